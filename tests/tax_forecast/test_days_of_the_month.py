"""Days known within a month: the nowcast is sharper than the month's start, adds up, and refuses the rest."""

import re

import numpy as np
import pandas as pd
import pytest

from analytics import briefing
from analytics.tax_forecast import ReceiptsError, forecast_year, nowcast, page
from analytics.tax_forecast.days.rhythm import by_day, received_between, worked

FIRST = 2018


def daily(seed: int, noise: float = 0.15) -> pd.DataFrame:
    """Receipts on weekdays: noisy days, a peak in the middle and at the end of every month, a level that wanders."""
    rng, level, parts = np.random.default_rng(seed), 0.0, []
    for i, period in enumerate(pd.period_range(f"{FIRST}-01", "2024-12", freq="M")):
        days = pd.date_range(period.start_time, period.end_time.normalize())
        level += 0.02 * rng.standard_normal()
        place = np.arange(len(days))
        weight = (days.day_of_week < 5) * np.exp(noise * rng.standard_normal(len(days)))
        weight = weight * np.where(place >= len(days) - 5, 1.8, 1.0) * np.where((place > 12) & (place < 16), 1.6, 1.0)
        wave = 0.05 * i / 12 + 0.12 * np.sin(2 * np.pi * i / 12)
        total = 1000 * np.exp(wave + level + 0.06 * rng.standard_normal())
        parts.append(pd.DataFrame({"last_day": days, "y": total * weight / weight.sum(), "unit": "CNY million"}))
    return pd.concat(parts, ignore_index=True)


def monthly(days: pd.DataFrame) -> pd.DataFrame:
    months = days["last_day"].dt.to_period("M").dt.to_timestamp()
    return days.assign(ds=months).groupby(["ds", "unit"], as_index=False)["y"].sum()


def at_start(days: pd.DataFrame, month: int, **kwargs: object):
    frame = monthly(days)
    return forecast_year(frame[frame["ds"] <= f"2024-{month:02d}-01"], 2024, model="theta", paths=200, **kwargs)


@pytest.fixture(scope="module")
def drawn():
    """Errors of month and year at the month's start and on day 20, over worlds and months."""
    rows = []
    for seed in range(6):
        days = daily(seed)
        whole = monthly(days).set_index("ds")["y"]
        for month in (3 + seed % 4, 7 + seed % 4):
            year = at_start(days, month)
            found = nowcast(year, days[days["last_day"] <= f"2024-{month + 1:02d}-20"])
            actual, total = whole[f"2024-{month + 1:02d}-01"], whole["2024"].sum()
            inside = found.low80 <= actual <= found.high80
            errors = [abs(x / actual - 1) for x in (found.before, found.month)]
            rows.append((*errors, abs(year.forecast / total - 1), abs(found.year.forecast / total - 1), inside))
    return pd.DataFrame(rows, columns=["start", "now", "year_start", "year_now", "inside"])


def test_on_day_twenty_the_month_is_known_at_least_thirty_per_cent_better(drawn):
    assert drawn["now"].mean() < 0.7 * drawn["start"].mean()
    assert drawn["inside"].mean() > 0.6


def test_the_year_is_no_worse_for_the_days(drawn):
    assert drawn["year_now"].mean() < 1.25 * drawn["year_start"].mean()


def test_ten_day_figures_say_what_daily_ones_say_at_their_ends():
    days = daily(3)
    tens = days.assign(ten=np.minimum((days["last_day"].dt.day - 1) // 10, 2), month=days["last_day"].dt.to_period("M"))
    tens = tens.groupby(["month", "ten", "unit"], as_index=False).agg(last_day=("last_day", "max"), y=("y", "sum"))
    year = at_start(days, 6)
    found = [nowcast(year, f[f["last_day"] <= "2024-07-20"]) for f in (days, tens)]
    assert found[0].received == pytest.approx(found[1].received)
    assert found[0].month == pytest.approx(found[1].month, rel=0.06)


def test_nothing_after_the_day_is_seen():
    days = daily(4)
    year = at_start(days, 6)
    told = nowcast(year, days, "2024-07-20")
    assert told.month == nowcast(year, days[days["last_day"] <= "2024-07-20"]).month
    disturbed = days.assign(y=days["y"].where(days["last_day"] <= "2024-07-20", days["y"] * 3))
    assert nowcast(year, disturbed, "2024-07-20").month == told.month


def test_parts_still_add_up_to_the_total(panel):
    days = daily(5)
    frame = panel(last="2024-06", first=FIRST)
    scale = days["y"].sum() / frame["y"].sum()
    year = forecast_year(frame.assign(y=frame["y"] * scale), 2024, model="theta", paths=200)
    moved = nowcast(year, days[days["last_day"] <= "2024-07-20"]).year
    assert np.allclose(np.sum(list(moved.leaf_paths.values()), axis=0), moved.paths)
    assert np.allclose(np.sum(list(moved.leaf_medians.values()), axis=0), moved.median)


def test_the_page_says_the_month_the_share_and_what_stays_as_it_was():
    days = daily(6)
    year = at_start(days, 6)
    part = page.nowcast(year, nowcast(year, days[days["last_day"] <= "2024-07-20"]))
    assert not briefing.faults(part)
    text = " ".join(t.en + t.zh for t in briefing.texts(part))
    assert "July 2024" in text
    assert "2024-07-20" in text
    assert not re.search(r"\{|\}|nan|None", text)
    assert page.nowcast(year, None) is None


@pytest.mark.parametrize(
    ("change", "at", "words"),
    [
        (lambda f: f, "2024-08-20", "does not lie in the first open period"),
        (lambda f: f[f["last_day"] >= "2024-05-01"], "2024-07-20", "at least six months"),
        (lambda f: f.assign(unit="USD million"), "2024-07-20", "convert one of them"),
        (lambda f: f.drop(columns="y"), "2024-07-20", "lack the column y"),
    ],
)
def test_days_that_cannot_be_used_are_refused(change, at, words):
    days = daily(7)
    with pytest.raises(ReceiptsError, match=words):
        nowcast(at_start(days, 6), change(days), at)


def test_working_time_and_sums_between_days_are_counted_with_both_ends():
    days = by_day(pd.DataFrame({"last_day": pd.date_range("2024-01-01", "2024-01-10"), "y": 1.0}))
    assert received_between(days, pd.Timestamp("2024-01-03"), pd.Timestamp("2024-01-05")) == 3
    assert worked(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-07")) == 5
