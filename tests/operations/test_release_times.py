"""Release times: open cases are never left out, and an examination has its price."""

import numpy as np
import pandas as pd
import pytest

from analytics import briefing, operations, tables
from analytics.language import Text
from analytics.operations.page import release as page

SOURCE = "simulated:lines=20000,seed=5,detail=full,export_share=0.2"


def test_the_curve_of_kaplan_and_meier_is_the_published_one():
    """Remission of leukaemia under 6-MP (Freireich et al. 1963): median 23 weeks, 0.448 still in remission after 23."""
    weeks = np.array([6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35], dtype=float)
    over = np.array([True] * 9 + [False] * 12)
    s = operations.kaplan_meier(weeks, over)
    assert s.open == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=6e-4)
    assert s.time.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert s.quantile(0.5)[0] == 23
    assert np.isnan(s.quantile(0.9)[0])  # nine in ten are never reached


def test_without_open_cases_the_mean_is_the_plain_mean():
    hours = np.array([1.0, 2, 3, 10])
    mean, error = operations.kaplan_meier(hours, np.ones(4, dtype=bool)).mean_until(100)
    assert mean == pytest.approx(4)
    assert error == pytest.approx(np.std(hours) / 2)


def test_open_cases_make_it_longer_than_leaving_them_out():
    hours, released = np.array([1.0, 2, 3, 50, 60]), np.array([True, True, True, False, False])
    with_open = operations.kaplan_meier(hours, released).mean_until(60)[0]
    assert with_open > operations.kaplan_meier(hours[:3], released[:3]).mean_until(60)[0]


def _at(text):
    return pd.Timestamp(f"2025-03-{text}")


def _lines(**changed):
    rows = pd.DataFrame({
        "declaration_id": ["A", "A", "B", "C", "D"], "line_no": [1, 2, 1, 1, 1],
        "date": [_at("01")] * 2 + [_at("02"), _at("03"), _at("04")], "direction": "import",
        "transport_mode": ["sea", "sea", "sea", "sea", "air"], "port": "2201", "lane": "release",
        "accepted_at": [_at("01 09:00"), _at("01 09:00"), _at("02 23:00"), _at("03 09:00"), _at("04 09:00")],
        "released_at": [_at("01 10:00"), _at("01 12:00"), _at("03 00:30"), pd.NaT, _at("04 09:30")],
    })  # fmt: skip
    return rows.assign(**changed)


def test_same_day_is_a_matter_of_the_calendar_and_of_the_last_line():
    times = operations.release_times(_lines())
    sea = times.rates.set_index("indicator").loc["import_sea_same_day_release"]
    assert (sea["declarations"], sea["open"]) == (3, 1)
    assert sea["same_day"] == pytest.approx(1 / 3)  # A; B came out after midnight, C is open
    assert sea["within_24"] == pytest.approx(2 / 3)


def test_a_declaration_with_one_line_held_is_not_released():
    lines = _lines()
    lines.loc[1, "released_at"] = pd.NaT
    sea = operations.release_times(lines).rates.set_index("indicator").loc["import_sea_same_day_release"]
    assert sea["same_day"] == 0


def test_three_fast_declarations_do_not_meet_the_plan():
    lines = _lines(released_at=lambda d: d["accepted_at"] + pd.Timedelta(minutes=30), transport_mode="sea")
    times = operations.release_times(lines)
    assert times.rates["status"].iloc[0] == "watch"
    assert page.verdict(times).status == "watch"


def _and_one_open(lines):
    """The last declaration is still open: as a file of all that was accepted ends."""
    last = lines.iloc[[-1]].assign(declaration_id="Z", released_at=pd.NaT)
    return pd.concat([lines, last.astype({"released_at": lines["released_at"].dtype})], ignore_index=True)


def test_a_rate_without_declarations_is_told_and_never_met():
    many = pd.concat([_lines(declaration_id=lambda d, i=i: d["declaration_id"] + str(i)) for i in range(60)])
    fast = many.assign(released_at=many["accepted_at"] + pd.Timedelta(minutes=10))
    day = fast[fast["declaration_id"].str[0] != "B"]  # B alone came near midnight
    times = operations.release_times(_and_one_open(day))
    assert set(times.rates["status"].head(2)) == {"met"}
    assert page.verdict(times).status == "insufficient"
    assert "exports by sea" in page.verdict(times).lead.en


@pytest.mark.parametrize("column", ["accepted_at", "released_at"])
def test_without_times_the_page_says_which_column_is_missing(column):
    with pytest.raises(operations.OperationsError, match=column):
        operations.release_times(_lines().drop(columns=column))


def test_declarations_without_a_time_of_acceptance_are_counted_apart():
    lines = _lines()
    lines.loc[4, "accepted_at"] = pd.NaT
    times = operations.release_times(lines)
    assert times.untimed == 1
    assert "1 declarations have no time" in page.verdict(times).lead.en


def _many(**changed):
    """Eighty imports by sea, all released within minutes; one of them, of late, past midnight."""
    at = pd.Series(pd.to_datetime(["2025-03-03 09:00"] * 80))
    rows = pd.DataFrame({
        "declaration_id": [f"D{i}" for i in range(80)], "line_no": 1, "date": at.dt.normalize(), "direction": "import",
        "transport_mode": "sea", "accepted_at": at, "released_at": at + pd.Timedelta(minutes=5),
    })  # fmt: skip
    rows.loc[79, "released_at"] += pd.Timedelta(days=1)
    return rows.assign(**changed)


def _sea(lines):
    return operations.release_times(lines).rates.set_index("indicator").loc["import_sea_same_day_release"]


@pytest.mark.parametrize("gone", ["accepted_at", "direction", "transport_mode"])
def test_what_a_declaration_does_not_say_may_have_been_either(gone):
    assert _sea(_many())["status"] == "met"
    lines = _many()
    lines.loc[:30, gone] = None
    sea = _sea(lines)
    assert sea["unknown"] == 31
    assert sea["same_day"] == pytest.approx(48 / 49)
    assert sea["low95"] < 0.62
    assert sea["status"] == "watch"


def test_a_file_of_released_declarations_alone_is_never_met():
    """Drawn by release it holds the fast ones, whatever happened to the others."""
    fast = _many().iloc[:79]
    times = operations.release_times(fast)
    assert (times.drawn_by_release, _sea(fast)["status"]) == (True, "watch")
    assert "drawn by release" in page.verdict(times).lead.en
    whole = operations.release_times(_and_one_open(fast))
    assert (whole.drawn_by_release, _sea(_and_one_open(fast))["status"]) == (False, "met")


def test_released_before_accepted_is_in_no_rate():
    lines = _many()
    swapped = lines.index < 20
    early = lines["accepted_at"] - pd.Timedelta(days=3)
    times = operations.release_times(lines.assign(released_at=lines["released_at"].mask(swapped, early)))
    sea = times.rates.iloc[0]
    assert (times.backwards, sea["declarations"], sea["unknown"], times.untimed) == (20, 60, 20, 0)
    assert sea["status"] == "watch"
    assert "20 declarations are released before they are accepted" in page.verdict(times).lead.en


def test_days_without_hours_say_nothing_of_hours():
    lines = _many(accepted_at=lambda d: d["date"], released_at=lambda d: d["date"], lane="examine", port="2201")
    lines.loc[79, "released_at"] += pd.Timedelta(days=1)
    times = operations.release_times(lines)
    assert times.days_only
    assert times.by_hour.empty
    assert times.quantiles("port").empty
    assert times.rates["within_24"].isna().all()
    assert page.rates(times).finding.en == "1 of 4 rates reach the plan"
    assert "nothing is said of hours" in page.verdict(times).lead.en


def test_no_release_on_record_is_no_rate_of_nought():
    with pytest.raises(operations.OperationsError, match="released_at is empty in all 80"):
        operations.release_times(_many(released_at=pd.NaT).astype({"released_at": "datetime64[us]"}))


@pytest.mark.parametrize("gone", ["direction", "transport_mode"])
def test_without_direction_or_mode_nothing_is_taken_for_imports_by_other_modes(gone):
    made = operations.release_times(_many().drop(columns=gone))
    assert made.rates["declarations"].sum() == 0
    assert page.verdict(made).status == "insufficient"
    assert "none of the four rates" in page.verdict(made).text.en
    assert "none of the four rates" in page.verdict(made).lead.en.lower()
    page.headline(made, Text("x", "某关"))


@pytest.fixture(scope="module")
def times():
    return operations.release_times(tables.read("declarations", SOURCE, mask=False))


def test_an_examination_costs_the_hours_that_were_planted(times):
    """Nine hours of work, with nights between: about sixteen by the clock."""
    _, one, low, high = times.total_price
    assert low < one < high
    assert 13 < one < 21


def test_the_numbers_of_every_part_add_up_to_all_declarations(times):
    assert times.rates["declarations"].sum() == len(times.rows)
    lanes = times.quantiles("lane")
    assert lanes["declarations"].sum() == len(times.rows)
    assert (lanes["median_low"] <= lanes["median"]).all()
    assert (lanes["median"] <= lanes["median_high"]).all()


def test_every_part_of_the_page_keeps_the_rules(times):
    few = operations.release_times(_lines())
    for made in (times, few):
        parts = [
            page.headline(made, Text("x", "某关")),
            page.lanes(made),
            page.ports(made),
            page.price(made),
            page.method(),
            page.rates(made),
        ]
        assert [f for part in parts if part is not None for f in briefing.faults(part)] == []


@pytest.mark.parametrize(("word", "of_sea"), [("vessel", 80), ("水路运输", 80), ("Truck", 0), ("2", None)])
def test_modes_are_read_by_their_words_and_codes_are_not_taken_for_other_modes(word, of_sea):
    times = operations.release_times(_many(transport_mode=word))
    rates = times.rates.set_index("indicator")["declarations"]
    assert rates["import_sea_same_day_release"] == (of_sea or 0)
    assert rates["import_other_same_day_release"] == (80 if of_sea == 0 else 0)
    assert times.unplaced == (80 if of_sea is None else 0)
    assert (times.rates["status"] == "met").any() == (of_sea is not None)


def test_releases_by_day_are_held_against_the_day_of_acceptance():
    lines = _many()
    times = operations.release_times(lines.assign(released_at=lines["released_at"].dt.normalize()))
    assert (times.backwards, times.days_only) == (0, True)
    assert times.rates.set_index("indicator").loc["import_sea_same_day_release", "same_day"] == pytest.approx(79 / 80)


def test_declarations_read_in_later_versions_meet_nothing():
    assert _sea(_many(version=1))["status"] == "met"
    times = operations.release_times(_many(version=[2] * 10 + [1] * 70))
    assert times.rates["status"].iloc[0] == "watch"
    assert "later versions" in page.verdict(times).lead.en
