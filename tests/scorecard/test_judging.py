"""Every goal of the plan at its threshold, just under and just over; and what is never called met."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.language import Text
from analytics.scorecard import Goal, Measure, PlanError, census, judged, own_plan, process, the_plan

PLAN = [g for g in the_plan() if not g.restates]
NUMBERED = [g for g in PLAN if g.has_number]
STEP = 1e-6


def test_the_plan_has_64_statements_of_53_goals():
    assert len(the_plan()) == 64
    assert len(PLAN) == 53
    firsts = {g.id for g in PLAN}
    assert all(g.restates in firsts for g in the_plan() if g.restates)


# What the plan writes, typed in from its text and not read from the table under test.
WRITTEN = {
    "auto_screening_rate": (">=", 100), "risk_control_rate": ("~", 4), "risk_control_effectiveness": (">=", 25),
    "full_collection_rate": (">=", 95), "smuggling_containment_rate": (">=", 98),
    "import_sea_same_day_release": (">=", 80), "import_other_same_day_release": (">=", 90),
    "litigation_win_rate": (">=", 95), "internal_discipline_pass_rate": (">=", 99),
    "integrity_responsibility_pass_rate": (">=", 98), "staff_misconduct_rate": ("<=", 0.4),
    "revenue_forecast_error": ("<=", 5), "criminal_enforcement_pass_rate": (">=", 90),
    "admin_enforcement_pass_rate": (">=", 95), "export_sea_same_day_release": (">=", 90),
    "export_other_same_day_release": (">=", 95), "transit_fulfilment_rate": (">=", 95),
    "physical_fence_share": (">=", 25), "info_fence_share": (">=", 95), "handbook_ontime_writeoff_rate": (">=", 98),
    "stat_autocollection_rate": (">=", 100), "decision_support_coverage": (">=", 100),
    "operational_data_accuracy": (">=", 99), "trade_stat_revision_share": ("<", 1),
    "enterprise_compliance_rate": (">=", 95), "followup_enterprise_coverage": (">=", 5),
    "followup_business_coverage": (">=", 15), "followup_effectiveness": (">=", 20),
    "port_assessment_share": (">=", 85),
    "leader_offjob_training": (">=", 3), "officer_training_days": (">=", 12), "training_share": (">=", 100),
    "reserve_cadre_two_posts": (">=", 100), "reserve_cadre_grassroots": (">=", 95), "leadership_age_core": ("~", 50),
    "client_satisfaction": (">=", 90), "workforce_info_coverage": (">=", 100), "econ_audit_coverage": (">=", 100),
    "internal_control_share": (">=", 90), "industry_standards_count": (">=", 40), 
    "backbone_availability": (">=", 99.98),
    "h2000_availability": (">=", 99.9), "convention_participation": (">=", 80), "hb2004_usage": (">=", 100),
    "budget_execution": (">=", 99),
}  # fmt: skip


def test_every_goal_with_one_threshold_is_written_down_here():
    others = {"price_level", "ideology_themes_per_year"}
    assert {g.id for g in NUMBERED} == set(WRITTEN) | others


@pytest.mark.parametrize("name", WRITTEN)
def test_a_goal_at_just_under_and_just_over_its_threshold(name):
    goal = next(g for g in PLAN if g.id == name)
    sign, number = WRITTEN[name]
    status = lambda value: judged(goal, Measure(value), 2008)  # noqa: E731
    if sign == "~":
        low, high = number * 0.875, number * 1.125
        assert [status(x) for x in (low - STEP, low, number, high, high + STEP)] == [
            "not_met", "met", "met", "met", "not_met",
        ]  # fmt: skip
        return
    under, at, over = status(number - STEP), status(number), status(number + STEP)
    expected = {
        ">=": ("not_met", "met", "met"), "<=": ("met", "met", "not_met"), "<": ("met", "not_met", "not_met"),
    }[sign]  # fmt: skip
    assert (under, at, over) == expected


@pytest.mark.parametrize(("name", "inside", "outside"), [
    ("price_level", (0.95, 1.0, 1.05), (0.95 - STEP, 1.05 + STEP)),
    ("ideology_themes_per_year", (1, 2), (0, 3)),
])  # fmt: skip
def test_a_goal_between_two_bounds(name, inside, outside):
    goal = next(g for g in PLAN if g.id == name)
    assert {judged(goal, Measure(x), 2008) for x in inside} == {"met"}
    assert {judged(goal, Measure(x), 2008) for x in outside} == {"not_met"}


MILESTONES = {
    "risk_big_system_built": 2010, "shanghai_college_founded": 2007, "college_disciplines_standard": 2010,
    "midterm_review": 2008, "final_review": 2010,
}  # fmt: skip


@pytest.mark.parametrize("name", MILESTONES)
def test_a_milestone_is_judged_by_the_year_it_was_done(name):
    goal, year = next(g for g in PLAN if g.id == name), MILESTONES[name]
    assert goal.deadline == year
    assert judged(goal, Measure(1, year=year), 2015) == "met"
    assert judged(goal, Measure(1, year=year + 1), 2015) == "not_met"
    assert judged(goal, Measure(0), year) == "watch"
    assert judged(goal, Measure(0), year + 1) == "not_met"
    assert judged(goal, None, year) == "insufficient"


def test_a_direction_without_a_number_is_never_judged():
    goal = next(g for g in PLAN if g.id == "classification_accuracy_direction")
    assert judged(goal, Measure(99.0), 2008) == "insufficient"


def test_three_cases_of_three_are_not_green():
    goal = next(g for g in PLAN if g.id == "litigation_win_rate")
    assert judged(goal, process(3, 3), 2008) == "watch"
    assert judged(goal, process(300, 300), 2008) == "met"
    assert judged(goal, process(0, 3), 2008) == "not_met"


@pytest.mark.parametrize(("ceiling", "status"), [("watch", "watch"), ("insufficient", "insufficient"), ("met", "met"),
                                                 ("not_met", "not_met")])  # fmt: skip
def test_nothing_is_judged_better_than_its_source_allows(ceiling, status):
    goal = next(g for g in PLAN if g.id == "full_collection_rate")
    assert judged(goal, Measure(98, 97, 99, ceiling=ceiling), 2008) == status


def test_an_upper_bound_below_the_goal_is_not_met_all_the_same():
    goal = next(g for g in PLAN if g.id == "enterprise_compliance_rate")
    assert judged(goal, Measure(90.0, ceiling="watch"), 2008) == "not_met"


@given(st.sampled_from(NUMBERED), st.floats(0, 200), st.floats(0, 5), st.floats(0, 5))
def test_a_wider_interval_never_makes_a_firm_judgement_of_an_open_one(goal, value, below, above):
    narrow = judged(goal, Measure(value, value - below / 2, value + above / 2), 2008)
    wide = judged(goal, Measure(value, value - below, value + above), 2008)
    assert not (narrow == "watch" and wide in ("met", "not_met"))


@given(st.integers(1, 10_000), st.data())
def test_a_rate_lies_in_its_interval_and_nobody_gets_more_than_all(of, data):
    m = process(data.draw(st.integers(0, of)), of)
    assert 0 <= m.low <= m.value <= m.high <= 100


def test_a_rate_of_nothing_is_no_rate():
    assert process(0, 0) is None
    assert census(0, 0) is None


@pytest.mark.parametrize(("row", "words"), [
    ({"indicator_id": "a", "comparator": "=>", "low": 1}, 'comparator "=>" is not known'),
    ({"indicator_id": "a", "comparator": ">="}, "needs column low"),
    ({"indicator_id": "a", "comparator": "between", "low": 1}, "needs column high"),
    ({"indicator_id": "a", "comparator": "between", "low": 3, "high": 1}, "Swap them"),
])  # fmt: skip
def test_a_plan_that_cannot_be_read_names_its_row_and_what_is_allowed(row, words):
    with pytest.raises(PlanError, match=words):
        own_plan(pd.DataFrame([row]))


def test_every_goal_says_what_it_asks_in_both_languages():
    assert all(g.allowed.en and g.allowed.zh for g in PLAN)
    made = Goal("x", Text("x", "x"), "~", 4, 4, "%", "", None)
    assert "read as 3.5 to 4.5" in made.allowed.en
    assert math.isinf(next(g for g in PLAN if g.id == "final_review").high)
