"""No page says "quiet" over what the watch did not see: months missing in a file, ended series, alarms not listed."""

import numpy as np
import pandas as pd
import pytest

from analytics import early_warning
from analytics.early_warning import page
from analytics.early_warning.alarms.selected import given_told
from analytics.early_warning.panels import from_receipts

MONTHS = pd.date_range("2019-01-01", periods=66, freq="MS")


def receipts(series=40, seed=1, noise=0.05):
    rng = np.random.default_rng(seed)
    names = [f"S{n:02d}" for n in range(series)]
    values = np.exp(rng.normal(4, 1, series) + noise * rng.normal(size=(len(MONTHS), series)))
    wide = pd.DataFrame(values, index=MONTHS, columns=names)
    return wide.rename_axis("ds").reset_index().melt("ds", var_name="unique_id", value_name="y")


def study(frame, **asked):
    return early_warning.study(frame, early_warning.Question(**{"told_months": 12, "lunar_new_year": False, **asked}))


def said(found):
    verdict = page.verdict(found)
    points = [text.en for text in page.watch(found).items]
    return " ".join([verdict.text.en, verdict.lead.en, *points])


def test_a_month_that_the_file_lacks_is_named_and_nobody_is_missed_in_it():
    frame = receipts()
    found = study(frame[frame["ds"] != "2024-04-01"])
    assert not ((found.alarms["kind"] == "silence") & (found.alarms["told"] == "2024-04-01")).any()
    assert "hold nothing of April 2024" in said(found)
    assert page.figures(found)["months_without_data"] == 1


def test_january_published_with_february_is_no_missing_month():
    frame = receipts(2)
    frame = frame[frame["ds"].dt.month != 1].assign(months_covered=1)
    frame.loc[frame["ds"].dt.month == 2, "months_covered"] = 2
    frame = frame[frame["ds"] >= "2019-02-01"]
    assert from_receipts(frame)[1].empty == ()


def test_a_series_that_ended_long_ago_is_counted_and_not_called_quiet():
    frame = receipts()
    frame = frame[(frame["unique_id"] != "S03") | (frame["ds"] < "2022-06-01")]
    found = study(frame)
    assert found.coverage.ended == 2  # the series, and the total that needs it
    assert "S03" not in set(found.series[0].panel.keys)
    assert "2 without a figure in the last twelve months" in said(found)


def test_a_total_that_lacks_a_part_is_unknown_and_never_silent():
    frame = receipts()
    found = study(frame[(frame["unique_id"] != "S07") | (frame["ds"] < "2024-02-01")])
    silent = found.alarms[found.alarms["kind"] == "silence"]
    assert set(silent["series"]) == {"S07"}
    judged = found.judged.set_index("key")["judged"]
    assert not judged["total"]
    assert judged.drop("total").all()


def test_what_an_announced_event_explains_is_not_called_standing_in_alarm():
    frame = receipts(noise=0.03)
    late = (frame["unique_id"] == "S05") & (frame["ds"] >= "2024-05-01")
    frame.loc[late, "y"] *= 0.5
    told, known = study(frame), study(frame, known_events=["2024-05-01 S05 (a plant closed)"])
    assert "S05" in page.verdict(told).text.en
    assert "S05" not in page.verdict(known).text.en
    assert "explained by announced policy events" in page.verdict(known).lead.en
    assert [lead.text.en for lead in page.leads(told)]
    assert not [lead for lead in page.leads(known) if "S05" in lead.text.en]


def test_a_series_told_as_silent_is_still_told_as_away_in_a_later_month():
    frame = receipts()
    found = study(frame[(frame["unique_id"] != "S07") | (frame["ds"] < "2024-02-01")])
    assert found.still_silent >= 1
    assert "not come back" in said(found)


def test_alarms_that_opened_but_are_not_listed_stand_in_the_title():
    frame = receipts()
    frame.loc[(frame["unique_id"] == "S05") & (frame["ds"] == "2024-06-01"), "y"] *= 4
    found = study(frame, least_value=1e12)
    verdict = page.verdict(found)
    assert found.this_month.empty
    assert "none of them listed" in verdict.text.en
    assert "Nothing new" not in verdict.text.en
    assert "smaller than the least value" in verdict.lead.en


def test_the_title_counts_the_series_judged_and_names_those_too_noisy_to_tell():
    found = study(receipts(noise=0.5), quiet_years=50)
    judged = found.judged
    assert judged["judged"].all()
    assert list(judged.loc[judged["half"], "key"]) == ["total"]
    assert "even a fall by half would not be told" in said(found)
    assert page.figures(found)["series_judged_last_month"] == len(judged)


def test_months_that_only_taught_the_season_are_said():
    assert "before January 2021" in said(study(receipts()))


@pytest.mark.parametrize("zeros", [0.3, 0.9])
def test_series_of_mostly_zeros_are_absent_and_never_minus_infinity(zeros):
    frame = receipts()
    rng = np.random.default_rng(2)
    frame.loc[(frame["unique_id"] < "S20") & (rng.random(len(frame)) < zeros), "y"] = 0
    found = study(frame)
    assert np.isfinite(found.alarms["size"]).all()
    assert len(found.series[0].panel.keys) + found.coverage.ended <= found.coverage.series


def test_a_told_size_is_drawn_towards_nought_and_never_through_it():
    size, error = np.array([0.5, -0.5, 0.01, -0.3]), np.full(4, 0.1)
    shift = np.array([True, True, True, False])
    middle, low, high = given_told(size, error, shift)
    assert middle == pytest.approx([0.475, -0.475, 0, -0.28])
    assert high - middle == pytest.approx(1.96 * 0.1 * np.array([1.1, 1.1, 1.1, 1.2]), rel=1e-3)
    assert (low < middle).all()
