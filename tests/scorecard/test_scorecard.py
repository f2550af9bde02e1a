"""Indicators worked by hand, and a page that counts nothing as met that it did not see."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

from analytics import briefing, scorecard, tables
from analytics.language import Text
from analytics.scorecard import Sources, page, score

SOURCE = "simulated:lines=12000,seed=7,detail=full,start=2007-01-01,end=2008-12-31,export_share=0.2"
DOCS = Path(__file__).parents[2] / "docs" / "scorecard.md"


def _day(text):
    return pd.Timestamp(f"2008-{text}")


def _lines(**changed):
    """Five declarations of 2008, the first with two lines; one of 2007."""
    rows = pd.DataFrame({
        "declaration_id": ["A", "A", "B", "C", "D", "E", "P"], "line_no": [1, 2, 1, 1, 1, 1, 1],
        "date": [_day("03-01"), _day("03-01"), _day("03-02"), _day("03-03"), _day("03-04"), _day("03-05"),
                 pd.Timestamp("2007-05-05")],
        "district": ["2200"] * 3 + ["0400"] * 3 + ["2200"], "direction": ["import"] * 4 + ["export"] * 2 + ["import"],
        "transport_mode": ["sea", "sea", "sea", "air", "sea", "road", "sea"],
        "enterprise_id": ["e1", "e1", "e2", "e3", "e4", "e4", "e1"], "value": [100.0, 100, 200, 300, 100, 200, 50],
        "accepted_at": [_day("03-01 09:00"), _day("03-01 09:00"), _day("03-02 09:00"), _day("03-03 09:00"),
                        _day("03-04 23:00"), _day("03-05 08:00"), pd.NaT],
        "released_at": [_day("03-01 12:00"), _day("03-01 12:00"), _day("03-03 01:00"), pd.NaT, _day("03-04 23:59"),
                        _day("03-05 09:00"), pd.NaT],
        "inspected": [True, True, True, False, False, False, False],
        "finding": [False, True, None, None, None, None, None],
        "lane": ["examine", "examine", "examine", "release", "release", None, None], "version": [1, 2, 1, 1, 1, 1, 1],
    })  # fmt: skip
    return rows.assign(**changed).astype({"finding": "boolean", "inspected": "boolean"})


AUDITS = pd.DataFrame({
    "audit_id": ["a", "b", "c", "d"], "enterprise_id": ["e1", "e1", "e9", "e2"],
    "closed_on": pd.to_datetime(["2008-04-01", "2008-05-01", "2008-06-01", None]),
    "finding": pd.array([True, False, False, None], dtype="boolean"), "covered_value": [60.0, 20, 10, None],
})  # fmt: skip
HANDBOOKS = pd.DataFrame({
    "handbook_id": list("abcd"), "due_on": pd.to_datetime(["2008-01-31", "2008-02-28", "2008-03-31", "2008-04-30"]),
    "extended_to": pd.to_datetime([None, "2008-04-15", None, None]),
    "written_off_on": pd.to_datetime(["2008-01-31", "2008-04-10", "2008-05-01", None]),
    "physical_fence": pd.array([True, False, False, False], dtype="boolean"),
    "kind": ["book", "electronic", "paper", "book"],
    "trade_value": [40.0, 30, 20, 10],
})  # fmt: skip
TRANSIT = pd.DataFrame({
    "manifest_id": list("abcd"), "eligible": pd.array([True, True, True, False], dtype="boolean"),
    "arrived_on": pd.to_datetime(["2008-01-01"] * 4),
    "filed_on": pd.to_datetime(["2008-01-02", "2008-01-02", None, None]),
    "delivered_on": pd.to_datetime(["2008-01-05", None, None, None]),
})  # fmt: skip

# indicator: value in per cent, worked by hand from the tables above
BY_HAND = {
    "auto_screening_rate": 100 * 4 / 5,  # E has no lane
    "risk_control_rate": 100 * 2 / 5,  # A and B
    "risk_control_effectiveness": 100 * 1 / 1,  # of A and B only A's outcome is known
    "import_sea_same_day_release": 100 * 1 / 2,  # A; B came out after midnight
    "import_other_same_day_release": 0.0,  # C is still open
    "export_sea_same_day_release": 100.0,  # D, a minute before midnight
    "export_other_same_day_release": 100.0,  # E
    "trade_stat_revision_share": 100 * 1 / 6,  # the second line of A
    "enterprise_compliance_rate": 100 * 3 / 4,  # e1 had a finding
    "followup_enterprise_coverage": 100 * 1 / 1,  # e1 alone traded in 2007, and was audited
    "followup_business_coverage": 100 * 90 / 1000,
    "followup_effectiveness": 100 * 1 / 3,  # d is open
    "handbook_ontime_writeoff_rate": 100 * 2 / 4,  # a and, by its extension, b; d is overdue and stays in
    "physical_fence_share": 40.0,
    "info_fence_share": 80.0,
    "transit_fulfilment_rate": 100 * 1 / 3,  # b was declared and never arrived
}


@pytest.fixture(scope="module")
def by_hand():
    return score(Sources(_lines(), AUDITS, HANDBOOKS, TRANSIT), 2008)


@pytest.mark.parametrize("name", BY_HAND)
def test_a_computed_indicator_gives_what_a_hand_works_out(by_hand, name):
    goal = next(g for g in by_hand.distinct if g.id == name)
    assert by_hand.measure(goal).value == pytest.approx(BY_HAND[name])


def test_every_indicator_that_is_computed_from_tables_is_worked_by_hand(by_hand):
    computed = {name for name, _, district in by_hand.measures if district == "all"}
    assert computed == set(BY_HAND)


def test_audits_that_find_more_than_enterprises_have_findings_are_told():
    audits = pd.concat([AUDITS.assign(enterprise_id=f"e{i}", closed_on=_day("04-01"), finding=True) for i in range(5)])
    lines = pd.concat([_lines(), _lines(date=pd.Timestamp("2007-05-05"), declaration_id="Q")])
    agree = next(c for c in scorecard.checks(score(Sources(lines, audits), 2008)) if "audits found" in c.what.en)
    assert agree.holds is True
    rows = pd.DataFrame({"indicator_id": ["enterprise_compliance_rate"], "period": ["2008"], "numerator": [999.0],
                         "denominator": [1000.0]})  # fmt: skip
    card = score(Sources(lines, audits, indicators=rows), 2008)
    assert next(c for c in scorecard.checks(card) if "audits found" in c.what.en).holds is False


def test_an_indicator_of_a_district_counts_its_own_declarations_only(by_hand):
    goal = next(g for g in by_hand.distinct if g.id == "import_sea_same_day_release")
    assert by_hand.measure(goal, district="2200").denominator == 2
    assert by_hand.measure(goal, district="0400") is None


@pytest.mark.parametrize("dropped", ["lane", "finding", "released_at", "version", "enterprise_id", "inspected"])
def test_a_missing_column_takes_its_indicators_away_and_says_which(dropped):
    card = score(Sources(_lines().drop(columns=dropped)), 2008)
    gone = {
        "lane": "auto_screening_rate", "finding": "enterprise_compliance_rate", "released_at":
            "import_sea_same_day_release",
        "version": "trade_stat_revision_share", "enterprise_id": "enterprise_compliance_rate",
        "inspected": "risk_control_rate",
    }[dropped]  # fmt: skip
    goal = next(g for g in card.distinct if g.id == gone)
    assert card.status(goal) == "insufficient"
    assert dropped in card.reason(goal).en


def test_without_any_table_everything_is_missing_and_nothing_met():
    card = score(Sources(), 2008)
    assert card.counts == {"met": 0, "not_met": 0, "watch": 0, "insufficient": 53}
    assert page.verdict(card).status == "insufficient"


@pytest.fixture(scope="module")
def simulated():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANALYTICS_MASK_KEY", "a key for tests only")
        names = ("declarations", "audits", "handbooks", "transit", "indicators")
        yield score(Sources(**{name: tables.read(name, SOURCE) for name in names}))


def test_a_simulated_year_computes_at_least_32_goals_and_shows_all(simulated):
    assert simulated.year == 2008
    known = [g for g in simulated.distinct if simulated.measure(g) is not None]
    assert len(known) >= 32
    table = simulated.table()
    assert len(table) == 64
    assert (table.loc[table["status"] == "insufficient", "reason"].map(lambda t: len(t.en)) > 10).all()
    assert sum(simulated.counts.values()) == 53


def test_what_department_figures_hide_is_told(simulated):
    status = {g.id: simulated.status(g) for g in simulated.distinct}
    assert status["smuggling_containment_rate"] == "insufficient"
    assert status["final_review"] == "insufficient"
    assert status["operational_data_accuracy"] != "met"
    assert status["enterprise_compliance_rate"] != "met"


def test_every_part_of_the_page_keeps_the_rules(simulated, by_hand):
    for card in (simulated, by_hand, score(Sources(), 2008)):
        parts = [page.headline(card, Text("x", "某关")), page.attention(card), page.everything(card), page.pace(card),
                 page.districts(card, "import_sea_same_day_release"), page.agreement(card), page.missing(card),
                 page.method(card)]  # fmt: skip
        shown = [part for part in parts if part is not None]
        assert [fault for part in shown for fault in briefing.faults(part)] == []
        said = " ".join(t.en + t.zh for part in shown for t in briefing.texts(part))
        assert not re.search(r"\bnan\b", said)
        assert "违规" not in said


def test_the_table_of_indicators_keeps_its_contract(simulated):
    table = page.indicator_table(simulated)
    assert list(table.columns[:6]) == ["indicator_id", "period", "district", "value", "target", "status"]
    assert set(table["status"]) <= {"met", "not_met", "watch", "insufficient"}
    assert (table["district"] != "all").sum() > 100


def test_selection_and_effectiveness_are_held_against_each_other():
    found = scorecard.checks(score(Sources(_lines()), 2008))
    assert found[0].holds is True
    assert found[1].holds is None


def test_districts_are_compared_with_their_like_only(simulated):
    goal = next(g for g in simulated.distinct if g.id == "import_sea_same_day_release")
    frame = scorecard.league(simulated, goal)
    own = frame.groupby("kind")["group"].nunique()
    assert (own == 1).all()
    assert (frame["low"] <= frame["group"]).all()
    assert (frame["outside"] != "").mean() < 0.1  # no district was planted to differ


def _result(tmp_path, **changed):
    content = {
        "notebook": "notebooks/compliance/full_collection.ipynb", "simulated": True,
        "figures": {"classification_lines": 0.98},
        "inputs": [{"last_period": "2008-12-31"}],
        "verdict": {"target": "full_collection_rate", "status": "watch", "value": 97.0, "low": 96.0, "high": 98.0},
        **changed,
    }  # fmt: skip
    path = tmp_path / "result.json"
    path.write_text(json.dumps(content))
    return str(path)


@pytest.fixture(scope="module")
def lines():
    """Simulated declarations, read once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANALYTICS_MASK_KEY", "a key for tests only")
        yield tables.read("declarations", "simulated:lines=1000,seed=1,detail=full,start=2007-01-01,end=2008-12-31")


def test_a_verdict_of_another_briefing_is_taken_as_it_is(tmp_path, lines):
    card = score(Sources(lines, results=(_result(tmp_path),)))
    status = {g.id: card.status(g) for g in card.distinct}
    assert status["full_collection_rate"] == "watch"  # its interval alone would say met
    code = next(g for g in card.distinct if g.id == "classification_accuracy_direction")
    assert card.measure(code).value == pytest.approx(98)


def test_what_another_briefing_left_open_is_not_called_missed(tmp_path, lines):
    verdict = {"target": "price_level", "status": "watch", "value": 0.76, "low": None, "high": None}
    card = score(Sources(lines, results=(_result(tmp_path, verdict=verdict),)))
    assert card.status(next(g for g in card.distinct if g.id == "price_level")) == "watch"


def test_the_forecast_of_another_briefing_counts_by_the_size_of_its_error(tmp_path):
    verdict = {"target": "revenue_forecast_error", "status": "met", "value": -3.2, "low": -5.0, "high": 1.0}
    path = _result(tmp_path, verdict=verdict, simulated=False)
    card = score(Sources(_lines(), results=(path,)), 2008)
    goal = next(g for g in card.distinct if g.id == "revenue_forecast_error")
    assert card.measure(goal).value == pytest.approx(3.2)
    assert card.status(goal) == "met"


def test_a_real_result_does_not_stand_beside_simulated_data(tmp_path):
    lines = tables.read("declarations", "simulated:lines=1000,seed=1,detail=full")
    with pytest.raises(tables.SourceMissing, match="real results do not belong"):
        score(Sources(lines, results=(_result(tmp_path, simulated=False),)))
    with pytest.raises(tables.SourceMissing, match="no such result"):
        score(Sources(lines, results=("nowhere/result.json",)))


def test_pace_gives_a_chance_before_the_deadline_and_none_after():
    rows = pd.DataFrame({"indicator_id": "client_satisfaction", "period": ["2007", "2008"], "numerator": [850, 880],
                         "denominator": [1000, 1000]})  # fmt: skip
    card = score(Sources(indicators=rows), 2008)
    goal = next(g for g in card.distinct if g.id == "client_satisfaction")
    assert card.change(goal) == pytest.approx(3)
    assert 0.5 < card.chance(goal) <= 1
    late = score(Sources(indicators=rows.assign(period=["2010", "2011"])), 2011)
    assert pd.isna(late.chance(goal))


def _blocks():
    return re.findall(r"```(?:csv|yaml)\n(.*?)```", DOCS.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_a_plan_of_five_goals_runs_from_the_two_tables_in_the_docs(tmp_path):
    plan, known, parameters = _blocks()
    (tmp_path / "plan.csv").write_text(plan, encoding="utf-8")
    (tmp_path / "known.csv").write_text(known, encoding="utf-8")
    asked = yaml.safe_load(parameters)
    card = score(Sources(
        targets=tables.read("targets", str(tmp_path / asked["targets"])),
        indicators=tables.read("indicators", str(tmp_path / asked["indicators"])),
    ))  # fmt: skip
    assert card.year == 2025
    assert {g.id: card.status(g) for g in card.goals} == {
        "release_time": "met", "paperless_share": "met", "appeals_won": "watch", "audit_return": "met",
        "single_window": "met",
    }  # fmt: skip
    assert page.verdict(card).status == "watch"
    appeals = card.measure(next(g for g in card.goals if g.id == "appeals_won"))
    assert (round(appeals.low, 1), round(appeals.high, 1)) == (55.5, 99.7)
    assert page.verdict(card).text.en.startswith("4 of 5")
