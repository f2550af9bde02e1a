"""Containment is a range with its assumptions priced, never a single boast."""

import itertools

import numpy as np
import pandas as pd
import pytest

from analytics import briefing, tables
from analytics.early_warning.contained import (
    ContainmentError,
    Evidence,
    containment,
    like_with_like,
    page,
    study_containment,
)
from analytics.language import Text


def place(seed):
    """Evidence drawn about a known truth: a sampled gap, a mirror, inspectors of unknown skill."""
    rng = np.random.default_rng(seed)
    due = 100.0
    wrong, smuggled = rng.uniform(0.5, 3), rng.uniform(0, 1.5)
    detection, share = rng.uniform(0.7, 0.95), rng.uniform(0.2, 0.9)
    proved = 0.3
    collected = due - wrong - smuggled - proved
    gap = wrong * detection + rng.normal(0, 0.25)
    missing = smuggled / share + rng.normal(0, 0.3)
    evidence = Evidence(collected, proved, gap, gap - 0.49, gap + 0.49, missing=max(missing, 0.0),
                        missing_low95=missing - 0.59, missing_high95=missing + 0.59,
                        smuggled_low=0.1, smuggled_high=1.0)  # fmt: skip
    return evidence, (collected + proved) / due


def test_the_range_covers_the_truth_in_eighteen_of_twenty_and_is_no_wider_than_six_points():
    results = [(containment(e), truth) for e, truth in map(place, range(20))]
    assert sum(r.low <= truth <= r.high for r, truth in results) >= 18
    assert max(r.high - r.low for r, _ in results) <= 0.06
    assert all(r.low < r.high for r, _ in results)


def test_without_a_mirror_undeclared_trade_is_said_to_be_unseen():
    evidence = Evidence(97, 0.5, 2, 1.5, 2.5)
    result = containment(evidence)
    assert result.unseen == ("undeclared_trade",)
    assert "undeclared_trade" not in result.worth
    assert 0.95 < result.low < result.high < 1


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"detection_low": 0.4}, "missed_by_inspection"),
        ({"gap_low95": 0.0, "gap_high95": 4.0}, "sample_interval"),
        ({"missing": 4.0, "missing_low95": 3.9, "missing_high95": 4.1}, "undeclared_trade"),
    ],
)
def test_each_assumption_is_priced_by_what_it_is_worth(change, part):
    base = {"collected": 97.0, "proved": 0.5, "gap": 2.0, "gap_low95": 1.95, "gap_high95": 2.05, "missing": 0.1,
            "missing_low95": 0.09, "missing_high95": 0.11}  # fmt: skip
    result = containment(Evidence(**{**base, **change}))
    assert max(result.worth, key=result.worth.get) == part


def test_more_escaping_contains_less():
    ranges = [containment(Evidence(97, 0.5, g, g - 0.1, g + 0.1)) for g in (0.5, 1, 2, 4)]
    assert all(a.low > b.low and a.high > b.high for a, b in itertools.pairwise(ranges))


def test_a_place_is_compared_with_its_like_only():
    good, bad = Evidence(97, 0.5, 0.5, 0.4, 0.6), Evidence(97, 0.5, 9, 8.5, 9.5)
    places = pd.DataFrame({"place": list("abcdef"), "group": ["coastal"] * 3 + ["inland"] * 3})
    table = like_with_like(places, [good, good, bad, bad, bad, bad])
    assert list(table["apart"]) == [False, False, True, False, False, False]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ((-1, 0, 0, 0, 0), "collected"),
        ((0, 0, 0, 0, 0), "nothing was collected"),
        ((9, 0, 3, 4, 5), "interval"),
        ((9, 0, 1, 0, 2, 0.0, 0.9), "detection_low"),
        ((9, 0, 1, 0, 2, 0.9, 0.7), "detection_low"),
    ],
)
def test_impossible_figures_are_named(values, message):
    with pytest.raises(ContainmentError, match=message):
        containment(Evidence(*values))


def table_of(**change):
    base = {"place": "nation", "period": "2025", "collected": 97.0, "proved": 0.5, "gap": 0.3, "gap_low95": 0.2,
            "gap_high95": 0.4, "missing": 0.1, "missing_low95": 0.0, "missing_high95": 0.2}  # fmt: skip
    return pd.DataFrame([{**base, **change}])


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, "met"),
        ({"missing": np.nan, "missing_low95": np.nan, "missing_high95": np.nan}, "watch"),  # what no mirror saw
        ({"gap": 2.0, "gap_low95": 1.0, "gap_high95": 3.0}, "watch"),
        ({"gap": 6.0, "gap_low95": 5.5, "gap_high95": 6.5}, "not_met"),
    ],
)
def test_the_target_is_met_only_where_the_whole_range_lies_above_it_and_nothing_is_unseen(change, status):
    found = study_containment(table_of(**change))
    assert page.verdict(found).status == status
    parts = (page.headline(found, Text("a", "某")), page.ranges(found), page.assumptions(found), page.method(found))
    assert not any(briefing.faults(part) for part in parts)


@pytest.mark.parametrize("nation", ["国家", "全国", "Nation"])
def test_evidence_is_read_from_a_file(tmp_path, nation):
    table_of(place=nation, group="沿海").to_csv(tmp_path / "e.csv", index=False)
    found = study_containment(tables.read("containment", str(tmp_path / "e.csv")))
    assert found.where == (nation, "2025")
    assert found.is_nation
    assert page.verdict(found).status == "met"


def test_without_a_row_of_the_nation_the_lowest_place_leads_and_one_good_place_is_not_met():
    good, bad = table_of(place="east"), table_of(place="west", gap=2.0, gap_low95=1.0, gap_high95=3.0)
    found = study_containment(pd.concat([good, bad]))
    verdict = page.verdict(found)
    assert found.where[0] == "west"
    assert verdict.status == "watch"
    assert "lowest of 2" in verdict.text.en
    assert "nothing is said of it" in verdict.lead.en


def test_a_place_without_evidence_in_the_last_period_keeps_the_target_from_being_met():
    early = table_of(place="west", period="2024")
    found = study_containment(pd.concat([table_of(place="east"), early]))
    assert found.absent == ("west",)
    assert page.verdict(found).status == "watch"
    assert "west" in page.verdict(found).lead.en


def test_a_change_is_told_only_where_it_is_larger_than_both_samples_errors():
    after = table_of(period="2025", gap=0.3)
    clear = table_of(period="2024", gap=6.0, gap_low95=5.5, gap_high95=6.5)
    same = table_of(period="2024", gap=0.35, gap_low95=0.25, gap_high95=0.45)
    for before, told in ((clear, True), (same, False)):
        row = study_containment(pd.concat([before, after])).latest.iloc[0]
        assert bool(row["change_low"] > 0) is told
        assert row["change_low"] < row["change_high"]


def test_a_group_of_one_is_not_called_like_its_group():
    found = study_containment(table_of(group="border"))
    cells = page.ranges(found).exhibits[1].frame["standing"]
    assert cells[0].en == "too few of its kind"


def test_an_uneven_interval_is_drawn_unevenly():
    even = containment(Evidence(97, 0.5, 2, 1, 3))
    long = containment(Evidence(97, 0.5, 2, 1.9, 5))
    assert long.low < even.low
    assert long.high < even.high
