"""What a revenue office relies on: the year adds up, looks at nothing later, and says how sure it is."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.tax_forecast import backtest, backtest_table, by_month, forecast_table, forecast_year, policy_events
from analytics.tax_forecast.record import candidates
from analytics.tax_forecast.record.paths import split


def test_items_and_districts_add_up_to_the_total_on_every_path(panel):
    year = forecast_year(panel(), 2024, "2024-05", model="structural", paths=300)
    parts = np.sum(list(year.leaf_paths.values()), axis=0)
    assert np.allclose(parts, year.paths, rtol=1e-12, atol=0)


@pytest.mark.parametrize("by", ["unique_id", "tax_item", "district"])
def test_the_parts_of_the_forecast_add_up_to_its_total_to_a_billionth(panel, by):
    year = forecast_year(panel(), 2024, "2024-05", model="damped_growth", paths=300)
    parts = year.parts(by)
    assert parts["forecast"].sum() == pytest.approx(year.forecast, rel=1e-9)
    assert parts["received"].sum() == pytest.approx(year.received, rel=1e-9)
    assert parts["last_year"].sum() == pytest.approx(year.last_year, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6), st.integers(1, 5), st.integers(0, 10**6))
def test_any_split_of_paths_is_coherent(leaves, periods, seed):
    rng = np.random.default_rng(seed)
    total = rng.lognormal(5, 1, (7, periods))
    medians = rng.lognormal(2, 2, (leaves, periods)) * (rng.random((leaves, 1)) > 0.3)
    parts = split(total, medians, rng.normal(0, 0.5, (leaves, 7, periods)))
    assert np.allclose(parts.sum(axis=0), total, rtol=1e-9)
    assert (parts >= 0).all()


def test_figures_after_the_origin_change_nothing_but_the_outturn(series, forgetful):
    frame = series()
    later = frame.copy()
    after = later["ds"] > "2023-06-01"
    later.loc[after, "y"] *= 1.7
    honest = forecast_year(frame, 2023, "2023-06", paths=300)
    same = forecast_year(later, 2023, "2023-06", paths=300)
    cut = forecast_year(frame[~after], 2023, "2023-06", paths=300)
    assert same.forecast == honest.forecast == cut.forecast
    assert same.interval(0.8) == honest.interval(0.8) == cut.interval(0.8)
    assert cut.outturn is None
    assert same.outturn > honest.outturn


def test_a_backtest_row_uses_earlier_years_only(series, forgetful):
    frame = series()
    changed = frame.copy()
    changed.loc[changed["ds"] >= "2022-01-01", "y"] *= 2
    early = backtest(frame, range(2015, 2022), months_known=(3,))
    again = backtest(changed, range(2015, 2022), months_known=(3,))
    pd.testing.assert_frame_equal(early, again)


def test_the_interval_comes_from_summed_paths(series):
    year = forecast_year(series(), 2024, "2024-04", model="structural", paths=500)
    low, high = np.quantile(year.received + year.paths.sum(axis=1), [0.1, 0.9])
    assert year.interval(0.8) == pytest.approx((low, high), rel=1e-12)
    assert year.interval(0.95)[0] < low < year.forecast < high < year.interval(0.95)[1]


def test_the_interval_narrows_as_months_come_in(series):
    frame = series()
    widths = []
    for month in ("2023-12", "2024-04", "2024-10"):
        low, high = forecast_year(frame, 2024, month, model="structural", paths=500).interval(0.8)
        widths.append(high - low)
    assert widths[0] > widths[1] > widths[2]


def test_the_chance_of_the_plan_falls_as_the_plan_rises(series):
    frame = series(noise=0.08)
    last = frame.loc[frame["ds"].dt.year == 2023, "y"].sum()
    chances = [
        forecast_year(frame, 2024, "2024-03", "structural", plan=p * last, paths=400, record_years=6).chance_of_plan()
        for p in (0.8, 1.04, 1.3)
    ]
    assert chances[0] > chances[1] > chances[2]
    assert all(0 <= c <= 1 for c in chances)


def test_the_record_covers_about_four_years_of_five_at_eighty_percent(series):
    tables = [backtest(series(first=1996, seed=s, noise=0.1), range(2006, 2024), (3,), ("theta",)) for s in range(4)]
    table = pd.concat(tables)
    held = ((table["actual"] >= table["low80"]) & (table["actual"] <= table["high80"])).mean()
    assert 0.65 <= held <= 0.95


def test_the_same_input_gives_the_same_forecast(series, forgetful):
    first = forecast_year(series(), 2024, "2024-06", paths=300, record_years=6)
    candidates._kept.clear()
    second = forecast_year(series(), 2024, "2024-06", paths=300, record_years=6)
    assert np.array_equal(first.paths, second.paths)


def test_tables_that_other_programs_read_have_the_agreed_columns(panel):
    year = forecast_year(panel(), 2024, "2024-06", model="damped_growth", paths=200)
    assert list(forecast_table(year).columns) == [
        "unique_id", "year", "as_of", "forecast", "low80", "high80", "low95", "high95", "p_within_5pct",
    ]  # fmt: skip
    table = backtest_table(year)
    assert list(table.columns) == [
        "unique_id", "year", "months_known", "actual", "forecast", "low80", "high80", "low95", "high95", "model",
    ]  # fmt: skip
    assert set(by_month(table)["months_known"]) == {0, 2, 3, 6, 9}


def test_an_announced_tax_cut_lowers_the_forecast_and_one_not_yet_announced_does_not(series, forgetful):
    frame = series()
    kwargs = {"year": 2024, "as_of": "2024-05", "model": "damped_growth", "paths": 200}
    plain = forecast_year(frame.assign(tax_item="duty"), **kwargs)
    known = forecast_year(
        frame.assign(tax_item="duty"), events=policy_events(["2024-07-01 all -20 % announced 2024-04-01"]), **kwargs
    )
    unknown = forecast_year(
        frame.assign(tax_item="duty"), events=policy_events(["2024-07-01 all -20 % announced 2024-06-15"]), **kwargs
    )
    assert unknown.forecast == plain.forecast
    assert known.median[0] == pytest.approx(plain.median[0])  # June is still under the old rate
    assert np.allclose(known.median[1:], 0.8 * plain.median[1:])


def test_a_past_tax_cut_that_is_entered_is_not_taken_for_a_trend(series, forgetful):
    frame = series(noise=0.01)
    frame.loc[frame["ds"] >= "2023-09-01", "y"] *= 0.7
    event = policy_events(["2023-09-01 all -30 % announced 2023-06-01"])
    told = forecast_year(frame, 2024, "2024-03", model="year_to_date_share", events=event, paths=200)
    blind = forecast_year(frame, 2024, "2024-03", model="year_to_date_share", paths=200)
    assert abs(told.error) < 0.03
    assert abs(blind.error) > 0.05


def test_a_backtest_on_vintages_sees_what_was_published_then_and_judges_by_the_newest(series, forgetful):
    frame = series(first=2012, last="2022-12")
    first = frame.assign(vintage=frame["ds"] + pd.DateOffset(months=1, days=14))
    wrong = first["ds"] == "2021-04-01"
    first.loc[wrong, "y"] *= 1.5
    revised = frame[wrong].assign(vintage=pd.Timestamp("2022-03-15"))
    vintages = pd.concat([first, revised], ignore_index=True)
    then = backtest(vintages, [2021], (6,), ("damped_growth",)).iloc[0]
    final = backtest(frame, [2021], (6,), ("damped_growth",)).iloc[0]
    assert then["actual"] == pytest.approx(final["actual"])
    assert then["forecast"] > 1.02 * final["forecast"]


def test_the_record_rests_on_the_newest_years_asked_for(series):
    short = forecast_year(series(), 2024, "2024-06", model="damped_growth", record_years=6, paths=200)
    assert list(short.record.index) == [2018, 2019, 2020, 2021, 2022, 2023]
    assert short.spread.years == 6
