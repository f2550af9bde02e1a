import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.targets import judge, target, targets


def test_every_indicator_of_the_plan_is_carried_with_both_names():
    assert len(targets()) == 64
    assert all(t.name.en and t.name.zh for t in targets().values())


def test_restated_indicators_point_at_the_first_statement_with_the_same_bounds():
    for t in targets().values():
        if t.duplicate_of:
            first = target(t.duplicate_of)
            assert (first.low, first.high) == (t.low, t.high), t.id


@pytest.mark.parametrize(
    ("value", "low", "high", "status"),
    [
        (1.00, 0.97, 1.03, "met"),
        (1.00, 0.90, 1.10, "watch"),
        (0.90, 0.88, 0.93, "not_met"),
        (0.90, 0.88, 0.96, "watch"),
        (1.20, 1.10, 1.30, "not_met"),
        (math.nan, None, None, "insufficient"),
    ],
)
def test_a_price_level_is_judged_with_its_whole_interval(value, low, high, status):
    assert judge("price_level", value, low, high) == status


def test_about_four_per_cent_is_read_as_three_and_a_half_to_four_and_a_half():
    assert (target("risk_control_rate").low, target("risk_control_rate").high) == (3.5, 4.5)
    assert judge("risk_control_rate", 3.4) == "not_met"


def test_strictly_below_excludes_the_threshold_itself():
    assert judge("trade_stat_revision_share", 1.0) == "not_met"
    assert judge("trade_stat_revision_share", 0.99) == "met"


def test_milestones_are_not_judged_by_a_number():
    assert judge("risk_big_system_built", 1.0) == "insufficient"


@given(st.floats(-1e6, 1e6), st.floats(0, 1e3), st.floats(0, 1e3))
def test_a_wider_interval_never_turns_watch_into_a_firm_judgement(value, below, above):
    narrow = judge("price_level", value, value - below / 2, value + above / 2)
    wide = judge("price_level", value, value - below, value + above)
    assert not (narrow == "watch" and wide in ("met", "not_met"))


def test_an_unknown_indicator_names_those_there_are():
    with pytest.raises(KeyError, match="price_level"):
        judge("price_levels", 1.0)
