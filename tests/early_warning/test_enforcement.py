"""The same goods treated alike: who stands apart is told, who has other goods is not, and nobody is called equal."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable

from analytics import briefing
from analytics.early_warning.enforced import EnforcementQuestion, page, study_enforcement
from analytics.early_warning.enforced.alike import apart, funnel
from analytics.early_warning.enforced.decisions import decisions
from analytics.early_warning.enforced.line import below_the_line
from analytics.early_warning.enforced.rules import judged, overlapping
from analytics.early_warning.panels import WarningDataError
from analytics.language import Text

SCHEMA = Path(__file__).resolve().parents[2] / "params" / "early_warning" / "enforcement.schema.json"
RISKY = {"01": 0.02, "02": 0.10, "03": 0.40}


def rows(seed=1, number=12_000, districts=14):
    """Declarations whose examination hangs on their goods alone; districts trade different mixtures of them."""
    rng = np.random.default_rng(seed)
    district = rng.integers(0, districts, number)
    mix = np.stack([rng.dirichlet([2, 2, 2]) for _ in range(districts)]).cumsum(axis=1)
    goods = np.array(list(RISKY))[(rng.random(number)[:, None] > mix[district]).sum(axis=1)]
    frame = pd.DataFrame({"district": np.char.add("D", district.astype(str)), "goods": goods})
    frame["enterprise"] = rng.integers(0, 3_000, number).astype(str)
    return frame.assign(examined=(rng.random(number) < frame["goods"].map(RISKY)).astype(float))


def judge(frame, alike=("goods",)):
    return apart([funnel(frame, "examined", "district", list(alike))])[0]


def test_a_district_that_examines_half_as_often_is_told_and_nobody_else():
    frame = rows()
    rng = np.random.default_rng(9)
    frame.loc[(frame["district"] == "D3") & (rng.random(len(frame)) < 0.5), "examined"] = 0.0
    told = judge(frame).table.query("apart")
    assert list(told["unit"]) == ["D3"]
    row = told.iloc[0]
    assert row["observed"] < 0.65 * row["others"]
    assert row["low95"] < row["odds"] < row["high95"] < 1


def test_where_all_are_treated_alike_nobody_is_told_in_nearly_all_customs():
    told = [int(judge(rows(seed, 4_000)).table["apart"].sum()) for seed in range(2, 14)]
    assert sum(n > 0 for n in told) <= 2


def test_other_goods_are_no_other_treatment():
    frame = rows()
    raw = frame.groupby("district")["examined"].mean()
    assert raw.max() > 1.5 * raw.min()  # the raw rates differ a lot
    assert not judge(frame).table["apart"].any()
    assert judge(frame, alike=()).between > 3 * judge(frame).between


def test_what_one_enterprise_meets_is_not_laid_to_its_district():
    frame = rows()
    lone = frame.index[(frame["district"] == "D5") & (frame["goods"] != "03")][:150]
    frame.loc[lone, ["enterprise", "examined"]] = ["E", 1.0]
    told = judge(frame).table.set_index("unit")
    spread = frame.copy()
    spread.loc[lone, "enterprise"] = np.arange(len(lone)).astype(str)
    assert abs(told.loc["D5", "z"]) < 0.5 * abs(judge(spread).table.set_index("unit").loc["D5", "z"])
    assert told.loc["D5", "design"] > 5


def test_the_score_is_that_of_mantel_and_haenszel():
    frame = rows(districts=2).assign(enterprise=lambda f: np.arange(len(f)).astype(str))
    frame.loc[(frame["district"] == "D1") & (frame.index % 6 == 0), "examined"] = 0.0
    cells = [pd.crosstab(part["district"], part["examined"]).to_numpy()[:, ::-1] for _, part in frame.groupby("goods")]
    expected = StratifiedTable([c.astype(float) for c in cells]).test_null_odds().statistic
    found = judge(frame).table.set_index("unit")
    # a normal score against an exact mid-p tail: near, not equal
    assert found.loc["D0", "z"] == pytest.approx(np.sqrt(expected), rel=0.04)
    assert found.loc["D0", "z"] == pytest.approx(-found.loc["D1", "z"], rel=0.05)


def test_declarations_that_only_one_unit_has_are_not_compared():
    frame = rows()
    frame.loc[frame["district"] == "D1", "goods"] = "99"
    found = judge(frame)
    assert "D1" not in set(found.table["unit"])
    assert found.small >= 1
    assert found.compared < 1


def lines(number=4_000, seed=3):
    """Declaration lines as a user has them."""
    rng = np.random.default_rng(seed)
    frame = rows(seed, number).rename(columns={"enterprise": "enterprise_id"})
    chosen = frame.pop("examined") == 1
    chance = frame["goods"].map(RISKY)
    by_lot = chosen & (rng.random(number) < 0.3)
    found = chosen & (rng.random(number) < np.where(by_lot, 0.05, 0.3))
    return frame.assign(
        declaration_id=[f"D{n:05d}" for n in range(number)], line_no=1, hs_code=frame.pop("goods") + "0110",
        date=pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 300, number), "D"), value=100.0,
        inspected=chosen, finding=found.where(chosen), selection_probability=chance,
        selection_stream=np.where(by_lot, "random", np.where(chosen, "targeted", None)),
    )  # fmt: skip


RULES = pd.DataFrame(
    {
        "rule_id": ["R1", "R2", "R3", "R4"], "hits": [300, 300, 20, 5], "executed": [250, 250, 10, 0],
        "findings": [120, 2, 1, 0], "valid_to": pd.to_datetime(["2030-01-01", "2025-02-01", None, None]),
    }
)  # fmt: skip


def test_rules_are_judged_against_random_examinations_and_against_their_date():
    found = judged(RULES, decisions(lines(), 2)).set_index("rule_id")
    assert found["state"].to_dict() == {"R1": "better", "R2": "worse", "R3": "undecided", "R4": "unused"}
    assert found["ended"].to_dict() == {"R1": False, "R2": True, "R3": False, "R4": False}
    low = stats.beta.ppf(0.025, 120, 131)  # Clopper and Pearson
    assert found.loc["R1", "low95"] == pytest.approx(low, abs=1e-6)


def test_without_random_examinations_no_rule_is_called_better_than_chance():
    frame = lines().assign(selection_stream="targeted")
    found = study_enforcement(frame, EnforcementQuestion(), RULES)
    assert set(found.rules["state"]) == {"unknown", "unused"}
    assert found.line is None
    assert "not known" in page.line(found).finding.en
    assert page.headline(found, Text("a", "某")).tiles[2].value.en == "not known"


def test_hits_tell_overlap_cost_and_yield():
    hits = pd.DataFrame(
        {
            "rule_id": ["R1"] * 4 + ["R2"] * 3, "declaration_id": list("abcd") + list("abe"),
            "finding": [True, False, True, False, True, False, False], "recovered": [100, 0, 50, 0, 100, 0, 0],
            "hours": [2.0, 1, 1, 1, 2, 1, 1],
        }
    )  # fmt: skip
    found = judged(RULES, decisions(lines(), 2), hits).set_index("rule_id")
    assert found.loc["R1", "by_hour"] == pytest.approx(30)
    assert found.loc["R1", "alone"] == pytest.approx(0.5)
    assert (found.loc["R1", "like"], found.loc["R1", "shared"]) == ("R2", 0.5)
    assert set(overlapping(found.reset_index())["rule_id"]) == {"R1", "R2"}
    assert np.isnan(found.loc["R3", "hours"])


def test_the_line_is_tested_with_the_random_share_only():
    frame = decisions(lines(), 2)
    table = below_the_line(frame)
    by_lot = frame[frame["stream"] == "random"]
    assert table["tested"].iloc[1:].sum() == len(by_lot)
    assert table["found"].iloc[1:].sum() == by_lot["found"].sum()
    assert table["rate"].iloc[0] == pytest.approx(0.3, abs=0.06)
    assert (table["left_alone"].iloc[1:] <= table["declarations"].iloc[1:]).all()


@pytest.mark.parametrize("planted", [False, True])
def test_every_part_of_the_page_keeps_the_rules_of_the_house(planted):
    frame = lines(8_000)
    if planted:
        frame.loc[frame["district"] == "D3", "inspected"] = False
    found = study_enforcement(frame, EnforcementQuestion(alike=("goods",)), RULES)
    parts = [page.headline(found, Text("a", "某")), page.units(found), page.rules(found), page.line(found)]
    assert not any(briefing.faults(part) for part in (*parts, page.watch(found), page.method(found)))
    verdict = page.verdict(found)
    assert (verdict.status, verdict.target) == ("watch", "")
    assert ("D3" in verdict.text.en) is planted
    if not planted:
        assert "no finding that all are treated alike" in verdict.lead.en
    assert page.units(found).exhibits[0].draw().axes
    assert "value changed" in page.watch(found).items[2].en  # named as not compared


def test_what_cannot_be_compared_says_what_is_missing():
    with pytest.raises(WarningDataError, match="district, port or officer_id"):
        study_enforcement(lines().drop(columns="district"), EnforcementQuestion())
    with pytest.raises(WarningDataError, match="no two deciders"):
        study_enforcement(lines().assign(district="D1"), EnforcementQuestion())
    with pytest.raises(WarningDataError, match="no decision"):
        study_enforcement(lines().drop(columns=["inspected", "finding"]), EnforcementQuestion())


def test_parameters_and_question_agree_on_names_and_defaults():
    rules = json.loads(SCHEMA.read_text(encoding="utf-8"))["properties"]
    asked = EnforcementQuestion.of({n: r["default"] for n, r in rules.items()})
    assert tuple(asked.alike) == EnforcementQuestion().alike
    assert asked.product_digits == EnforcementQuestion().product_digits
