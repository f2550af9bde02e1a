"""The evaluation: nothing is on pace that has no two years, and no line is drawn through what was not seen."""

import pandas as pd
import pytest

from analytics import briefing
from analytics.language import Text
from analytics.scorecard import Sources, page, score, standing, standings


def _card(rows, year=2008, since=None, **plan):
    goal = {"indicator_id": "x", "name": "x", "comparator": ">=", "low": 90.0, "unit": "%", "deadline": 2010, **plan}
    empty = {"indicator_id": "x", "numerator": None, "denominator": None, "value": None}
    table = pd.DataFrame([{**empty, **r} for r in rows])
    return score(Sources(indicators=table, targets=pd.DataFrame([goal])), year, since=since)


def _year(period, part, of=1_000):
    return {"period": str(period), "numerator": part, "denominator": of}


@pytest.mark.parametrize(("rows", "outlook"), [
    ([_year(2007, 850), _year(2008, 880)], "on_pace"), ([_year(2007, 850), _year(2008, 851)], "behind"),
    ([_year(2007, 870), _year(2008, 880)], "open"), ([_year(2007, 990), _year(2008, 950)], "slipping"),
    ([_year(2007, 950), _year(2008, 960)], "reached"), ([_year(2008, 880)], "behind"), ([_year(2008, 900)], "open"),
    ([_year(2007, 850)], "unknown"), ([_year(2007, 8, 10), _year(2008, 9, 10)], "open"),
    ([{"period": "2007", "value": 80.0}, {"period": "2008", "value": 89.0}], "behind"),
])  # fmt: skip
def test_a_goal_stands_where_its_two_years_say(rows, outlook):
    card = _card(rows)
    assert standing(card, card.goals[0]).outlook == outlook


def test_the_board_is_told_the_counts_and_each_goal_whose_verdict_changed():
    card = _card([_year(2007, 990), _year(2008, 800)])
    told = page.for_board(card)
    assert told.counts == card.counts == {"met": 0, "not_met": 1, "watch": 0, "insufficient": 0}
    assert (told.year, told.since) == (2008, 2007)
    assert [t.en for t in told.changed] == ["x: target not met, was target met"]
    assert told.changed[0].zh == "x：未达标，原为达标"
    alone = page.for_board(_card([_year(2008, 800)]))
    assert alone.since is None
    assert not alone.changed


def test_past_the_deadline_a_goal_is_reached_missed_or_open_and_no_line_is_drawn():
    for part, outlook in ((850, "missed"), (960, "reached"), (900, "open")):
        card = _card([_year(2009, 950), _year(2010, part)], 2010)
        found = standing(card, card.goals[0])
        assert found.outlook == outlook
        assert found.projected is None


def test_the_line_is_drawn_from_the_year_of_the_last_evaluation():
    rows = [_year(2006, 820), _year(2007, 875), _year(2008, 880)]
    near, far = (standing(card, card.goals[0]) for card in (_card(rows), _card(rows, since=2006)))
    assert near.projected.value == pytest.approx(89.0)
    assert far.projected.value == pytest.approx(94.0)
    assert far.chance > near.chance
    assert far.projected.low < 94 < far.projected.high


def test_a_line_stops_at_all_and_at_none():
    card = _card([_year(2007, 930), _year(2008, 990)])
    found = standing(card, card.goals[0])
    assert found.projected.value == found.projected.high == 100
    assert found.chance > 0.99


def test_the_same_intervals_give_a_chance_that_often_happens():
    """Goals that move on a straight line, slow or fast, reach their threshold about as often as was said."""
    import numpy as np

    rng = np.random.default_rng(4)
    said, happened = [], []
    for _ in range(300):
        first, slope = rng.uniform(0.80, 0.90), rng.uniform(-0.04, 0.06)
        true = [first + slope * k for k in (0, 1, 3)]
        rows = [_year(y, int(rng.binomial(1_000, p))) for y, p in zip((2007, 2008), true[:2], strict=True)]
        card = _card(rows)
        said.append(standing(card, card.goals[0]).chance)
        happened.append(true[2] >= 0.9)
    said, happened = np.array(said), np.array(happened)
    for low, high in ((0, 0.3), (0.3, 0.7), (0.7, 1.01)):
        at = (said >= low) & (said < high)
        assert abs(said[at].mean() - happened[at].mean()) < 0.12


def test_a_part_of_a_year_is_no_point_of_the_line():
    days = pd.to_datetime(["2007-01-05"] * 40 + ["2008-03-05"] * 40)
    rows = pd.DataFrame({
        "declaration_id": [f"D{i}" for i in range(80)], "date": days, "inspected": [i % 25 == 0 for i in range(80)],
    })  # fmt: skip
    card = score(Sources(rows), 2008)
    found = standing(card, next(g for g in card.distinct if g.id == "risk_control_rate"))
    assert found.outlook == "open"
    assert found.projected is None


def _parts(card):
    made = page.evaluation
    return [made.headline(card, Text("x", "某关")), made.chapters(card), made.changed(card), made.outlook(card),
            made.method()]  # fmt: skip


def test_the_page_holds_with_no_data_one_goal_and_a_whole_plan():
    for card in (score(Sources(), 2008), _card([_year(2007, 850), _year(2008, 880)])):
        parts = [part for part in _parts(card) if part is not None]
        assert [fault for part in parts for fault in briefing.faults(part)] == []
        made = page.evaluation.evaluation_table(card)
        assert len(made) == len(card.distinct) == sum(page.evaluation.figures(card).values())
    nothing = score(Sources(), 2008)
    assert page.evaluation.verdict(nothing).status == "insufficient"
    assert {s.outlook for s in standings(nothing)} == {"unknown"}
    assert "Mid-term evaluation: 0 of 53" in page.evaluation.verdict(nothing).text.en


@pytest.mark.parametrize(("year", "words"), [(2007, "Yearly monitoring"), (2008, "Mid-term"), (2010, "Final")])
def test_which_evaluation_it_is_follows_from_the_year(year, words):
    assert page.evaluation.verdict(score(Sources(), year)).text.en.startswith(words)


def test_a_changed_judgement_is_told_with_both_years():
    card = _card([_year(2007, 850), _year(2008, 960)])
    section = page.evaluation.changed(card)
    assert section.finding.en.startswith("1 goals stand better than in 2007")
    assert page.evaluation.changed(_card([_year(2007, 960), _year(2008, 961)])) is None
