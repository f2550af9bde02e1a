"""Forecasts judged together: references, causes that add up, and a report that vouches for nothing unseen."""

import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics import briefing
from analytics.language import Text
from analytics.tax_forecast import Asked, Question, ReceiptsError, evaluate, forecast_year, lodge
from analytics.tax_forecast.evaluation.calibration import by_fifths, integral_transform
from analytics.tax_forecast.evaluation.efficiency import diebold_mariano, mincer_zarnowitz, revision_efficiency
from analytics.tax_forecast.evaluation.forecasts import read_rivals
from analytics.tax_forecast.evaluation.tree import Said, error_tree, parse_causes
from analytics.tax_forecast.inputs.receipts import prepare
from analytics.tax_forecast.page import reporting
from analytics.tax_forecast.record.setting import Setting
from analytics.tax_forecast.why.factors import split

RNG = np.random.default_rng(5)
PLACE = Text("Port", "口岸")


def test_diebold_mariano_one_year_ahead_is_the_paired_t_test():
    own, rival = RNG.normal(0, 1, 14), RNG.normal(0, 1.4, 14)
    found, reference = diebold_mariano(own, rival), stats.ttest_rel(np.abs(own), np.abs(rival))
    assert found.statistic == pytest.approx(reference.statistic)
    assert found.p == pytest.approx(reference.pvalue)
    assert found.ratio == pytest.approx(np.abs(own).mean() / np.abs(rival).mean())


def test_diebold_mariano_cannot_be_told_from_few_years_or_the_same_errors():
    assert np.isnan(diebold_mariano(RNG.normal(0, 1, 4), RNG.normal(0, 2, 4)).p)
    errors = RNG.normal(0, 1, 9)
    assert np.isnan(diebold_mariano(errors, -errors).p)


def test_mincer_zarnowitz_is_statsmodels_f_test():
    before = np.exp(RNG.normal(5, 0.1, 15))
    said, came = before * np.exp(RNG.normal(0.05, 0.08, 15)), before * np.exp(RNG.normal(0.02, 0.1, 15))
    found = mincer_zarnowitz(said, came, before)
    fit = sm.OLS(np.log(came / before), sm.add_constant(np.log(said / before))).fit()
    assert [found.constant, found.slope] == pytest.approx(list(fit.params))
    assert found.p == pytest.approx(float(fit.f_test("const = 0, x1 = 1").pvalue))


def test_a_bias_of_five_per_cent_is_seen():
    before, growth = np.full(15, 100.0), RNG.normal(0.05, 0.1, 15)
    came = before * np.exp(growth)
    said = came * np.exp(0.05 + RNG.normal(0, 0.02, 15))
    found = mincer_zarnowitz(said, came, before)
    assert found.p < 0.01
    assert found.low > 0.03


def test_revisions_that_creep_are_told_from_revisions_that_are_news():
    news = RNG.normal(0, 0.03, (300, 14, 6)).cumsum(axis=2)
    alarms = [revision_efficiency(paths[:, :-1], paths[:, -1]).p < 0.05 for paths in news]
    assert np.mean(alarms) < 0.12
    creeping = np.zeros((14, 6))
    for i in range(1, 6):
        creeping[:, i] = creeping[:, i - 1] * 0.8 + RNG.normal(0, 0.02, 14)
    found = revision_efficiency(creeping.cumsum(axis=1)[:, :-1], creeping.cumsum(axis=1)[:, -1])
    assert found.low > 0.3


amounts = st.lists(st.floats(0.01, 1e6), min_size=3, max_size=3).map(np.array)
changes = st.lists(st.floats(-3, 3), min_size=3, max_size=3).map(np.array)


@given(amounts, amounts, changes, changes)
@settings(max_examples=60, deadline=None)
def test_factors_and_rest_are_the_difference(now, before, a, b):
    parts = split(now, before, {"a": a, "b": b})
    assert np.allclose(sum(parts.values()), now - before, rtol=1e-9, atol=1e-9)


def test_the_order_of_now_and_before_only_turns_the_sign():
    now, before, change = np.array([3.0, 5.0]), np.array([2.0, 7.0]), np.array([0.4, -0.2])
    there, back = split(now, before, {"a": change}), split(before, now, {"a": -change})
    assert there["a"] == pytest.approx(-back["a"])


def test_a_refund_has_no_factors_and_stands_in_the_rest():
    parts = split(np.array([-4.0]), np.array([2.0]), {"a": np.array([0.1])})
    assert parts["a"] == 0
    assert parts["rest"] == -6


EFFECTS = {
    "volume": (0.85, 7),
    "price": (1.1, 8),
    "exchange_rate": (1.05, 9),
    "rate": (0.8, 10),
    "behaviour": (0.95, 7),
    "rhythm": (0.7, 12),
}


@pytest.fixture(scope="module")
def world():
    """Receipts as volume x price x exchange rate x rate x behaviour x rhythm, with known causes in half a year."""
    months = pd.date_range("2012-01-01", "2024-12-01", freq="MS")
    rng, t, n = np.random.default_rng(2), np.arange(len(months)), len(months)
    usual = {
        "volume": np.exp(4 + 0.04 * t / 12 + 0.12 * np.sin(2 * np.pi * t / 12)),
        "price": np.full(n, 2.0),
        "exchange_rate": np.full(n, 7.0),
        "rate": np.full(n, 0.13),
        "behaviour": np.ones(n),
        "rhythm": np.where(months.month == 12, 0.9, 1.0),
    }
    late = months.year == 2024
    actual = {
        name: usual[name]
        * np.exp(0.004 * rng.standard_normal(n) * (name in ("volume", "behaviour", "rhythm")))
        * np.where(late & (months.month >= since), factor, 1.0)
        for name, (factor, since) in EFFECTS.items()
    }
    received = np.prod(list(actual.values()), axis=0)
    drivers = pd.DataFrame({k: actual[k] for k in ("volume", "price", "exchange_rate", "rate")}, index=months)
    drivers["assessed"] = drivers.prod(axis=1) * actual["behaviour"]
    open_ = late & (months.month > 6)
    before = np.prod(list(usual.values()), axis=0)
    logs = {name: np.log(actual[name] / usual[name])[open_] for name in usual}
    truth = {name: float(part.sum()) for name, part in split(received[open_], before[open_], logs).items()}
    frame = pd.DataFrame({"unique_id": "duty", "ds": months, "y": received, "unit": "CNY million"})
    return frame, drivers, truth


CAUSES = ["volume: volume", "price: price", "exchange_rate: exchange_rate", "rate: rate"]


@pytest.mark.parametrize("assessed", [True, False])
def test_known_causes_are_found_within_a_tenth_of_the_years_change_and_add_up(world, assessed):
    frame, drivers, truth = world
    made = forecast_year(frame, 2024, "2024-06", "theta", paths=200)
    causes = parse_causes(CAUSES + (["assessed: assessed"] if assessed else []))
    tree = error_tree(Said.of(made), prepare(frame).total, drivers, causes)
    assert tree.error == pytest.approx(made.forecast - made.outturn)
    assert abs(sum(tree.causes.values()) - tree.error) < 1e-9 * made.outturn
    change = abs(made.outturn - made.last_year)
    told = EFFECTS if assessed else ("volume", "price", "exchange_rate", "rate")
    for name in told:
        assert abs(-tree.causes[name] - truth[name]) < 0.1 * change, name
    if not assessed:
        both = tree.causes["behaviour"] + tree.causes["rhythm"]
        assert abs(-both - truth["behaviour"] - truth["rhythm"]) < 0.1 * change


def test_a_tree_asks_for_a_year_that_is_over_and_drivers_that_cover_it(world):
    frame, drivers, _ = world
    made = Said.of(forecast_year(frame, 2024, "2024-06", "theta", paths=200))
    early = prepare(frame[frame["ds"] < "2024-12-01"]).total
    with pytest.raises(ReceiptsError, match="not over"):
        error_tree(made, early, drivers, {"volume": "volume"})
    with pytest.raises(ReceiptsError, match="does not cover 2024"):
        error_tree(made, prepare(frame).total, drivers[drivers.index < "2024-11-01"], {"volume": "volume"})


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["weather: rain"], "cannot be read"),
        (["volume: a", "volume: b"], "given twice"),
        (["base: a", "volume: b"], "not both"),
    ],
)
def test_a_cause_that_cannot_be_is_refused_with_what_is_allowed(lines, words):
    with pytest.raises(ReceiptsError, match=words):
        parse_causes(lines)


@pytest.fixture(scope="module")
def judged(world):
    frame, drivers, _ = world
    plans = pd.DataFrame({"year": range(2016, 2025), "plan": 4000.0})
    question = Question(year=2024, setting=Setting(model="theta", year_end_block=False))
    asked = Asked(since=2016, plans=plans, causes=tuple(CAUSES), drivers=drivers)
    return evaluate(frame, question, asked)


def test_the_report_keeps_the_rules_of_the_house(judged):
    parts = reporting.evaluation.exhibits(judged, PLACE)
    assert list(parts) == ["headline", "bias", "rivals", "calibration", "tree", "watch", "method"]
    assert not {name: wrong for name, part in parts.items() if (wrong := briefing.faults(part))}
    for part in parts.values():
        for text in briefing.texts(part):
            assert not re.search(r"\{|\}|nan|None", text.en + text.zh), text
        for exhibit in part.exhibits if isinstance(part, briefing.Section) else ():
            if isinstance(exhibit, briefing.Chart):
                exhibit.draw().clear()


def test_a_backtest_never_meets_a_target(judged):
    verdict = reporting.evaluation.verdict(judged)
    assert verdict.high < 5
    assert verdict.status == "watch"
    assert verdict.badge.en.startswith("Backtest")


def test_every_rival_is_compared_in_the_years_both_forecast(judged):
    table = judged.rivals.set_index(["rival", "months_known"])
    assert set(table.index.get_level_values(0)) == {"plan", "last year", "mean of the candidates"}
    assert (table.loc["plan", "years"] == 9).all()
    assert table.loc[("last year", 9), "ratio"] < 0.5
    assert table.loc[("last year", 9), "statistic"] < 0


def test_the_trees_of_all_years_stand_side_by_side_and_add_up(judged):
    assert [tree.year for tree in judged.trees] == list(range(2016, 2025))
    for tree in judged.trees:
        assert abs(sum(tree.causes.values()) - tree.error) < 1e-9 * 1e4


def test_lodged_forecasts_are_judged_by_themselves_and_open_ones_counted(series, tmp_path):
    frame = series()
    for year in range(2019, 2024):
        lodge(forecast_year(frame, year, f"{year}-06", "theta", paths=200), tmp_path, dt.date(year, 7, 15))
    open_ = frame[frame["ds"] < "2024-07-01"]
    lodge(forecast_year(open_, 2024, "2024-06", "theta", paths=200), tmp_path)
    found = evaluate(open_, Question(year=2024, setting=Setting(model="theta")), Asked(folder=tmp_path))
    assert found.table["year"].tolist() == list(range(2019, 2024))
    assert found.open_ == 1
    assert reporting.evaluation.verdict(found).status == "met"


def test_without_a_judged_forecast_on_record_nothing_is_said_met(series, tmp_path):
    frame = series(last="2024-06")
    lodge(forecast_year(frame, 2024, "2024-06", "theta", paths=200), tmp_path)
    found = evaluate(frame, Question(year=2024, setting=Setting(model="theta")), Asked(folder=tmp_path))
    verdict = reporting.evaluation.verdict(found)
    assert verdict.status == "insufficient"
    assert verdict.value is None
    assert "1 lodged" in verdict.lead.en
    assert list(reporting.evaluation.exhibits(found, PLACE)) == ["headline", "method"]


def test_rivals_from_a_file_are_refused_with_the_line(tmp_path):
    path = tmp_path / "rivals.csv"
    path.write_text("rival,year,months_known,forecast\nbank,2020,6,100\nbank,2021,6,a lot\n", encoding="utf-8")
    with pytest.raises(ReceiptsError, match=r"rivals.csv, line 3"):
        read_rivals(path)


def test_chances_and_distributions_that_are_right_look_right():
    rng = np.random.default_rng(3)
    scale, n = 0.04, 4000
    errors = scale * rng.standard_t(8, n)
    p = stats.t.cdf(0.05 / scale, 8) - stats.t.cdf(-0.05 / scale, 8)
    table = pd.DataFrame(
        {"year": np.arange(n), "actual": np.exp(errors), "forecast": 1.0, "scale": scale, "freedom": 8.0}
    )
    table["p_within_5pct"] = p
    assert by_fifths(table)["gap"].abs().max() < 0.06
    assert integral_transform(table)[1] > 0.001
    assert integral_transform(table.assign(scale=scale / 2))[1] < 1e-6
