"""Declarations are what an officer opens: the page speaks of them, and only of what was seen."""

import numpy as np
import pandas as pd
import pytest

from analytics import smuggling
from analytics.briefing import texts
from analytics.simulation.simulated import Simulation
from analytics.smuggling import page
from analytics.smuggling.features.frames import InputError, attributes, prepare
from analytics.smuggling.features.units import Units
from analytics.smuggling.models.calibration import Platt, design
from analytics.statistics import share_of


def said(study: smuggling.Study) -> str:
    verdict = page.verdict(study)
    return f"{verdict.text.en} {verdict.lead.en}"


@pytest.fixture(scope="module")
def blind(declared: pd.DataFrame) -> smuggling.Study:
    """A user's study: no truth is given."""
    return smuggling.study(declared, smuggling.Question(evaluate_from="2025-07-01", model="logistic"))


def test_lines_of_a_declaration_are_chosen_together_and_the_share_is_of_declarations(studied: smuggling.Study):
    t = studied.targeting
    assert (t.groupby("declaration_id")["selected"].nunique() == 1).all()
    heads = t.drop_duplicates("declaration_id")
    assert heads["selected"].sum() == round(0.04 * len(heads))
    assert t["selected"].sum() > heads["selected"].sum()


def test_by_line_where_a_parameter_says_so(declared: pd.DataFrame, simulated: Simulation):
    question = smuggling.Question(evaluate_from="2025-07-01", unit="line", model="logistic", refit_weeks=0)
    study = smuggling.study(declared, question, truth=simulated.truth["lines"])
    assert study.targeting["selected"].sum() == round(0.04 * len(study.targeting))
    assert "lines" in page.verdict(study).text.en


def test_a_port_s_capacity_counts_declarations():
    scores = pd.DataFrame(
        {
            "declaration_id": np.repeat([f"D{i}" for i in range(40)], 5), "score": np.linspace(1, 0, 200),
            "port": "P1", "date": pd.Timestamp("2025-01-01"), "enterprise_id": "E1",
        }
    )  # fmt: skip
    chosen = smuggling.select(scores, 0.2, 0.0, capacity=3)
    assert chosen[chosen["selected"]]["declaration_id"].nunique() == 3
    assert chosen["selected"].sum() == 15


def test_hit_rate_and_tax_of_the_tiles_are_of_one_selection(studied: smuggling.Study):
    row = studied.selection
    shown = [t.en for t in texts(page.exhibits(studied)["headline"])]
    assert any(f"{100 * row['precision']:.1f}" in t for t in shown)
    assert page.key_figures(studied)["hit_rate"] == row["precision"]
    assert page.key_figures(studied)["tax_reached"] == row["recovered_share"]


def test_the_selection_holds_its_random_tenth(studied: smuggling.Study):
    top = studied.at("blend", 0.04)["precision"]
    assert studied.selection["precision"] < top + 0.02  # a random draw finds less than the riskiest, but for chance


def test_few_outcomes_make_no_boast(blind: smuggling.Study):
    verdict = page.verdict(blind)
    assert blind.answers.basis == "weighted"
    assert verdict.status == "insufficient"
    assert not verdict.text.en.startswith("Selecting")
    assert "Cannot be judged" in verdict.badge.en  # type: ignore[union-attr]
    tiles = {t.label.en: t.value for t in page.exhibits(blind)["headline"].tiles}  # type: ignore[union-attr]
    assert tiles["Findings reached"] == tiles["Tax reached"] == ("not known", "未知")
    assert np.isnan(page.key_figures(blind)["tax_reached"])
    for section in (page.hit_rate(blind), page.strategies(blind)):
        assert "times as much" not in section.finding.en


@pytest.mark.parametrize("stream", [None, "定向布控"])
def test_without_a_random_stream_no_rate_is_given_for_all(declared: pd.DataFrame, stream: str | None):
    frame = declared.assign(selection_stream=pd.Series(stream, index=declared.index, dtype="str"))
    frame = frame.drop(columns="selection_probability")
    study = smuggling.study(frame, smuggling.Question(evaluate_from="2025-07-01", model="logistic"))
    assert study.answers.basis == "inspected_only"
    assert np.isnan(study.rate.value)
    assert page.verdict(study).status == "insufficient"
    assert any("No line was drawn at random" in p.en for p in page.watch(study).items)


@pytest.mark.parametrize("spelling", ["Random", "R", "随机布控", " random ", "随机抽查"])
def test_streams_are_read_in_any_spelling(declared: pd.DataFrame, spelling: str):
    given = declared["selection_stream"].replace({"random": spelling, "targeted": "风险布控"})
    read = prepare(declared.assign(selection_stream=given))["selection_stream"]
    assert (read.fillna("") == declared["selection_stream"].reset_index(drop=True).fillna("")).all()


def test_an_unknown_stream_asks(declared: pd.DataFrame):
    odd = declared.head(50).assign(selection_stream="Stichprobe")
    with pytest.raises(InputError, match='"Stichprobe" is no stream'):
        prepare(odd)


def test_recorded_chances_that_do_not_add_up_are_not_believed(declared: pd.DataFrame):
    frame = prepare(declared)
    assert design(frame, Units.of(frame)).by == "probability"
    frame["selection_probability"] = 0.9
    assert design(frame, Units.of(frame)).by == "random stream"


@pytest.mark.parametrize("found", [0, 1, 3])
def test_thin_random_streams_keep_the_order(found: int):
    rng = np.random.default_rng(found)
    random = np.arange(3000) < 150
    z = np.where(random, rng.normal(-4.5, 1.0, 3000), rng.normal(-2, 1.5, 3000))
    y = (rng.random(3000) < 1 / (1 + np.exp(-z))).astype(float)
    y[random] = np.arange(150) < found
    p = Platt().fit(z, y, np.where(random, 400.0, 1.0))
    assert p.slope_ > 0.7
    assert (np.diff(p.transform(np.sort(z))) > 0).all()
    top = z > np.quantile(z, 0.9)
    assert 0.5 < p.transform(z[top]).mean() / (1 / (1 + np.exp(-z[top]))).mean() < 1.3


def test_a_share_has_clopper_and_pearson_s_interval_where_weights_are_equal():
    y = np.r_[np.ones(4), np.zeros(16)]
    s = share_of(y, np.full(20, 3.0))  # 4 of 20: 5.73 % to 43.66 %, Newcombe (1998), table I has the method
    assert (s.value, s.low, s.high) == pytest.approx((0.2, 0.0573, 0.4366), abs=1e-3)
    none = share_of(np.zeros(11), np.ones(11))
    assert none.low == 0.0
    assert none.high == pytest.approx(1 - 0.025 ** (1 / 11))
    assert np.isnan(share_of(np.full(3, np.nan), np.ones(3)).value)


def test_what_customs_confirmed_is_never_a_feature(declared: pd.DataFrame):
    later = declared.head(200).assign(
        confirmed_hs_code="8471300000", confirmed_origin="JP", finding_kind="price", lane="examine", officer_id="O1",
        preference="ASEAN", tax_type="A",
    )  # fmt: skip
    assert set(attributes(later)) == {"preference", "tax_type"}


def test_the_judgement_of_probabilities_is_of_the_selection(studied: smuggling.Study):
    c = studied.calibration
    targeted = studied.heads(studied.targeting)
    assert c.expected == pytest.approx(targeted.loc[targeted["stream"] == "targeted", "probability"].mean())
    assert c.verdict in ("holds", "low", "high")
    assert set(c.table["part"]) == {"all", "selected"}


def test_a_random_stream_drawn_by_stake_is_weighted_by_its_chances_and_an_even_one_is_not():
    rng, estimates = np.random.default_rng(0), []
    n = 20_000
    stake = np.exp(rng.normal(0, 1.5, n))
    risk = np.clip(0.01 * stake, 0, 0.6)  # what is large is seldom in order: unweighted, the rate would be too high
    answer = rng.random(n) < risk
    for seed in range(12):
        scores = pd.DataFrame({"score": rng.random(n)})
        drawn = smuggling.select(scores, 0.05, 1.0, stake=stake, seed=seed)
        lines = drawn.assign(label=np.where(drawn["selected"], answer, np.nan), inspected=drawn["selected"],
                             selection_stream=drawn["stream"])  # fmt: skip
        estimates.append(smuggling.finding_rate(lines))
    assert all(r.weighted for r in estimates)
    assert np.mean([r.value for r in estimates]) == pytest.approx(answer.mean(), rel=0.15)
    assert sum(r.low <= answer.mean() <= r.high for r in estimates) >= 10
    even = smuggling.select(scores, 0.05, 1.0)
    even = even.assign(label=np.where(even["selected"], answer, np.nan), inspected=even["selected"],
                       selection_stream=even["stream"])  # fmt: skip
    assert not smuggling.finding_rate(even).weighted
    other = even.assign(selection_probability=rng.uniform(0.2, 0.9, n))  # chances of something else
    assert smuggling.finding_rate(other).value == pytest.approx(smuggling.finding_rate(even).value)


def test_a_model_that_has_seen_more_promises_no_more_than_its_lines_hold():
    rng = np.random.default_rng(8)
    true = rng.normal(-2.5, 1.5, 30_000)
    y = (rng.random(len(true)) < 1 / (1 + np.exp(-true))).astype(float)
    folds, whole = 0.8 * true - 0.2, 1.05 * true + 0.25  # surer of itself, and a little higher
    out_of_fold = Platt().fit(folds[:10_000], y[:10_000], np.ones(10_000))
    new = slice(14_000, None)
    top = np.argsort(-whole[new])[:640]
    found, scaled = y[new][top].mean(), out_of_fold.of_whole(folds[10_000:14_000], whole[10_000:14_000])
    assert out_of_fold.transform(whole[new])[top].mean() > 1.05 * found
    assert scaled.transform(whole[new])[top].mean() == pytest.approx(found, rel=0.04)
    few = out_of_fold.of_whole(folds[:50], whole[:50])
    assert (few.slope_, few.shift_) == (out_of_fold.slope_, out_of_fold.shift_)
