"""Enterprises by what is at stake, conduct that changes, and data without outcomes."""

import numpy as np
import pandas as pd
import pytest

from analytics import briefing, smuggling
from analytics.smuggling import page
from analytics.smuggling.evaluation.monitoring import conduct_changed, outcomes_by_month
from analytics.smuggling.explanation.contributions import reasons
from analytics.smuggling.explanation.evidence import declared_above, priced_apart
from analytics.smuggling.features.build import THEMES, theme_of
from analytics.smuggling.features.frames import prepare
from analytics.smuggling.models.recovery import Recovery


def firms_scored(recovery: list[float], risk: float = 0.05) -> pd.DataFrame:
    lines = [(f"E{i}", risk, r / 5) for i, r in enumerate(recovery) for _ in range(5)]
    return pd.DataFrame(lines, columns=["enterprise_id", "probability", "expected_recovery"])


def test_enterprises_rank_by_the_sum_of_what_their_lines_may_bring():
    graded = smuggling.grade(firms_scored([10.0, 500.0, 40.0, 450.0]))
    assert graded["enterprise_id"].tolist() == ["E1", "E3", "E2", "E0"]
    assert graded["expected_recovery"].tolist() == pytest.approx([500, 450, 40, 10])
    assert graded["attention"].tolist() == [5, 4, 2, 1]  # half, three quarters, nine tenths, all but 3 %
    assert graded["share_of_all"].sum() == pytest.approx(1.0)


def test_a_level_is_not_said_to_fall_after_more_inspections_than_anybody_makes():
    near, far = (
        smuggling.grade(firms_scored([490.0, 300.0, 230.0], risk))["next_level"].iloc[0] for risk in (0.05, 0.0005)
    )
    assert near.endswith("inspections without finding would lower the level")
    assert "no number of clean inspections" in far


def test_a_card_asks_for_more_findings_than_the_inspections_were_to_bring():
    scored = firms_scored([1.0] * 10)
    often = pd.DataFrame({"enterprise_id": "E1", "probability": 0.5, "finding": [1.0] * 4 + [0.0] * 4})
    rare = pd.DataFrame({"enterprise_id": "E2", "probability": 0.02, "finding": [1.0] * 4 + [0.0] * 4})
    graded = smuggling.grade(scored, pd.concat([often, rare])).set_index("enterprise_id")
    assert graded.loc["E1", "card"] == ""  # four of eight, four expected
    assert graded.loc["E2", "card"] == "red"


def weekly(ratio: np.ndarray, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Inspections of 26 weeks, forty a week, whose findings run at `ratio` times the expectation."""
    rng = np.random.default_rng(seed)
    date = pd.Timestamp("2025-01-06") + pd.to_timedelta(np.repeat(np.arange(26) * 7, 40), unit="D")
    p = rng.beta(1, 6, len(date))
    found = (rng.random(len(date)) < np.clip(p * np.repeat(ratio, 40), 0, 1)).astype(float)
    return pd.DataFrame({"date": date, "probability": p}), found


def test_a_change_of_conduct_is_called_in_the_weeks_it_shows_and_none_is_not():
    steady = [conduct_changed(*weekly(np.ones(26), seed)) for seed in range(12)]
    assert sum(found is not None for found in steady) <= 1
    for times in (0.3, 2.5):
        ratio = np.where(np.arange(26) < 14, 1.0, times)
        called = [conduct_changed(*weekly(ratio, seed)) for seed in range(8)]
        assert sum(found is not None for found in called) >= 7
        weeks = [(found - pd.Timestamp("2025-01-06")).days / 7 for found in called if found is not None]
        assert 11 <= np.median(weeks) <= 17


def test_findings_as_many_as_before_among_others_than_the_model_thinks_are_a_change_too():
    called = []
    for seed in range(6):
        heads, found = weekly(np.ones(26), seed)
        late = np.flatnonzero(np.arange(len(found)) >= 14 * 40)
        found[late] = found[np.random.default_rng(seed).permutation(late)]
        called.append(conduct_changed(heads, found))
    assert sum(c is not None for c in called) >= 5
    weeks = [(c - pd.Timestamp("2025-01-06")).days / 7 for c in called if c is not None]
    assert 10 <= np.median(weeks) <= 17


def test_too_few_findings_call_nothing():
    heads, found = weekly(np.ones(26), 1)
    assert conduct_changed(heads, np.zeros(len(found))) is None
    assert conduct_changed(heads, np.full(len(found), np.nan)) is None


def test_findings_stand_beside_what_was_expected_of_the_same_inspections():
    heads, found = weekly(np.ones(26), 3)
    table = outcomes_by_month(heads, found)
    assert table["findings"].sum() == found.sum()
    assert table["expected"].sum() == pytest.approx(heads["probability"].sum())
    assert (table["low95"] <= table["ratio"]).all()
    assert (table["ratio"] <= table["high95"]).all()


def test_a_price_like_the_peers_is_no_reason():
    gaps = pd.DataFrame({"unit_value_gap": np.log([0.5, 0.86, 1.0, 1.14, 1.3])})
    assert priced_apart(gaps).tolist() == [True, False, False, False, True]


def test_no_reason_on_the_page_cites_a_price_within_15_percent(studied: smuggling.Study):
    cited = studied.targeting["reasons"].str.extract(r"unit value (\d+)\s*% of the peers'")[0].dropna().astype(int)
    assert len(cited)
    assert not cited.between(86, 114).any()


def test_code_and_duty_are_a_reason_of_their_own():
    for feature in ("duty_below_heading", "code_in_heading", "new_code", "enterprise_code_past_rate"):
        assert theme_of(feature) == "classification"
    assert "classification" in THEMES


@pytest.mark.parametrize("kept", [0, 5])
def test_without_enough_outcomes_rules_rank_and_the_page_says_so(declared: pd.DataFrame, kept: int):
    few = declared.copy()
    silent = ~(few["finding"].fillna(False) & (few["finding"].fillna(False).cumsum() <= kept))
    few.loc[silent, ["finding", "recovered"]] = pd.NA
    few.loc[silent, "inspected"] = False
    study = smuggling.answer(few)
    assert isinstance(study, smuggling.RuleStudy)
    verdict = page.verdict(study)
    assert verdict.status == "insufficient"
    assert "rules rank" in verdict.text.en
    assert {name: f for name, part in page.exhibits(study).items() if (f := briefing.faults(part))} == {}
    assert page.hit_rate(study) is None
    assert page.tables(study)["targeting"]["selected"].any()


def test_ten_lines_give_a_page(declared: pd.DataFrame):
    study = smuggling.answer(declared.head(10))
    assert page.verdict(study).status == "insufficient"
    assert page.tables(study)["targeting"].shape[0] == 10


def test_a_price_well_above_the_peers_is_told_even_where_it_lowers_the_score(
    fitted: smuggling.RiskModel, later: pd.DataFrame
):
    """Too high a value is a case of its own, and found so seldom that no score knows it."""
    lines = later.drop(columns=["inspected", "finding", "recovered", "outcome_date"]).head(60)
    lines = lines[lines["quantity"].gt(0)].reset_index(drop=True)
    dear = lines.assign(value=6 * lines["value"])
    for frame, least, most in ((dear, 0.8, 1.0), (lines, 0.0, 0.5)):
        X = fitted.matrix(prepare(frame))
        told = [text.en for text in reasons(fitted, X)]
        share = np.mean(["unit value against peers" in t and declared_above(X)[i] for i, t in enumerate(told)])
        assert least <= share <= most


def test_a_line_larger_than_any_found_before_is_expected_to_bring_more():
    rng = np.random.default_rng(3)
    tax = np.exp(rng.normal(8, 1, 300))
    value, recovered = tax / 0.2, tax * np.exp(0.5 * rng.standard_normal(300))
    X = pd.DataFrame({"log_tax": np.log1p(tax), "log_value": np.log1p(value)})
    learnt = Recovery().fit(X, np.ones(300), recovered, tax, value)
    most = tax.max()
    large = most * np.array([1.0, 10.0, 100.0])
    seen = pd.DataFrame({"log_tax": np.log1p(large), "log_value": np.log1p(large / 0.2)})
    told = learnt.predict(seen, large, large / 0.2)
    assert (np.diff(np.log(told)) > 0.4 * np.log(10)).all()
    assert learnt.predict(X, tax, value).sum() == pytest.approx(recovered.sum())
