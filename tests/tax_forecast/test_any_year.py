"""Fiscal years from any month, years ahead, short and coarse histories: one rule, a page that says what it can."""

import numpy as np
import pandas as pd
import pytest

from analytics import briefing
from analytics.language import Text
from analytics.tax_forecast import ReceiptsError, backtest, forecast_year, page, periods_table, policy_events

PLACE = Text("Port", "口岸")


def moved(frame: pd.DataFrame, months: int) -> pd.DataFrame:
    return frame.assign(ds=frame["ds"] - pd.DateOffset(months=months))


@pytest.mark.parametrize(("start", "back"), [(7, 6), (4, 9), (10, 3), (2, 11)])
@pytest.mark.parametrize("known", [0, 3, 8])
def test_a_fiscal_year_is_forecast_as_a_calendar_year_is(series, forgetful, start, back, known):
    """The same figures, dated so that the year starts in another month, give the same forecast."""
    plain, frame = series(), moved(series(), back)
    at = pd.Timestamp(2024, 1, 1) + pd.DateOffset(months=known - 1)
    kwargs = {"model": "theta", "paths": 200}
    calendar = forecast_year(plain, 2024, f"{at:%Y-%m}", **kwargs)
    fiscal = forecast_year(frame, 2024, f"{at - pd.DateOffset(months=back):%Y-%m}", year_start=start, **kwargs)
    assert fiscal.forecast == calendar.forecast
    assert fiscal.interval(0.8) == calendar.interval(0.8)
    assert fiscal.outturn == calendar.outturn
    assert fiscal.months == known


def test_a_fiscal_year_is_named_by_both_its_years_and_its_months_by_the_calendar(series):
    year = forecast_year(moved(series(), 6), 2024, "2023-12", "theta", year_start=7, paths=200)
    parts = page.exhibits(year, PLACE)
    head = parts["headline"]
    assert "2023/24" in head.verdict.text.en
    assert "2023/24财年" in head.verdict.text.zh
    assert "December 2023" in head.kicker.en
    assert "by June" in parts["path"].exhibits[0].alt.en
    assert not [fault for part in parts.values() for fault in briefing.faults(part)]


def test_an_event_takes_effect_in_its_calendar_month_of_a_fiscal_year(series, forgetful):
    frame = moved(series(), 6).assign(tax_item="duty")
    event = policy_events(["2024-03-01 all -20 % announced 2023-08-01"])
    kwargs = {"model": "damped_growth", "paths": 200, "year_start": 7}
    plain, cut = (forecast_year(frame, 2024, "2023-12", events=e, **kwargs) for e in ((), event))
    assert (cut.median / plain.median).round(6).tolist() == [1.0, 1.0, 0.8, 0.8, 0.8, 0.8]


@pytest.mark.parametrize(("year", "months"), [(2024, -6), (2025, -18), (2026, -30)])
def test_later_years_are_forecast_from_any_month_and_the_range_widens(series, forgetful, year, months):
    found = forecast_year(series(last="2023-06", noise=0.06), year, model="theta", paths=400)
    near = forecast_year(series(last="2023-06", noise=0.06), 2023, model="theta", paths=400)
    assert found.months == months
    assert found.base_year == 2022
    truth = series(last="2026-12", noise=0.0).query(f"ds >= '{year}-01-01' and ds <= '{year}-12-31'")["y"].sum()
    assert found.forecast == pytest.approx(truth, rel=0.12)

    def width(forecast) -> float:
        low, high = forecast.interval(0.8)
        return (high - low) / forecast.forecast

    assert width(found) > width(near)
    parts = page.exhibits(found, PLACE)
    assert not [fault for part in parts.values() for fault in briefing.faults(part)]
    assert "2022" in parts["headline"].verdict.text.en


def test_the_record_of_a_later_year_uses_only_years_that_were_over(series, forgetful):
    frame = series(last="2023-12", noise=0.08)
    rows = backtest(frame, range(2013, 2022), (-6,), ("theta",))
    later = frame.copy()
    # The outturn of 2020 was not known in June 2020, when 2021 was first forecast.
    later.loc[later["ds"] > "2020-06-01", "y"] *= 1.5
    again = backtest(later, range(2013, 2022), (-6,), ("theta",))
    assert rows["forecast"].tolist() == again["forecast"].tolist()
    assert rows["low80"].tolist() == again["low80"].tolist()


def test_a_year_too_far_ahead_stops(series):
    with pytest.raises(ReceiptsError, match="must lie between"):
        forecast_year(series(last="2023-06"), 2028)


SHORT = [
    ("2024-01", 5, 2024),
    ("2023-07", 9, 2024),
    ("2023-01", 13, 2024),
    ("2022-05", 26, 2024),
    ("2021-01", 43, 2024),
    ("2023-01", 24, 2025),
    ("2023-01", 19, 2025),
]


@pytest.mark.parametrize(("first", "months", "year"), SHORT)
def test_a_short_history_gives_a_page_that_says_how_little_it_rests_on(first, months, year):
    stamps = pd.date_range(f"{first}-01", periods=months, freq="MS")
    y = 100 * np.exp(np.random.default_rng(months).normal(0, 0.2, months))
    found = forecast_year(pd.DataFrame({"ds": stamps, "y": y}), year, paths=200)
    parts = page.exhibits(found, PLACE)
    assert not [fault for part in parts.values() for fault in briefing.faults(part)]
    assert found.notes
    assert parts["headline"].verdict.status == "insufficient"
    assert np.isfinite(found.forecast)


@pytest.mark.parametrize("years", [1, 2, 4, 9])
def test_annual_receipts_alone_are_carried_on_with_damped_growth(years):
    stamps = [pd.Timestamp(2015 + k, 12, 1) for k in range(years)]
    frame = pd.DataFrame({"ds": stamps, "y": 100 * 1.04 ** np.arange(years), "months_covered": 12})
    found = forecast_year(frame, 2015 + years, paths=200)
    assert found.forecast == pytest.approx(100 * 1.04 ** (years - 1) * (1.02 if years > 1 else 1), rel=0.01)
    assert found.notes
    assert not [f for part in page.exhibits(found, PLACE).values() for f in briefing.faults(part)]


def test_receipts_by_quarter_are_four_periods_a_year(series):
    frame = series(first=2010).assign(quarter=lambda f: f["ds"].dt.to_period("Q").dt.end_time.dt.to_period("M"))
    quarterly = frame.groupby("quarter")["y"].sum().reset_index()
    quarterly = pd.DataFrame({"ds": quarterly["quarter"].dt.to_timestamp(), "y": quarterly["y"], "months_covered": 3})
    found = forecast_year(quarterly, 2024, "2024-06", "theta", paths=200)
    assert found.panel.total.ends == (3, 6, 9, 12)
    assert abs(found.error) < 0.06


def test_receipts_without_a_unit_make_a_page_without_one(series):
    found = forecast_year(series(last="2024-06").drop(columns="unit"), 2024, "2024-06", "theta", paths=200)
    parts = page.exhibits(found, PLACE)
    assert f"{found.forecast:,.1f}" in parts["headline"].verdict.text.en
    assert not [fault for part in parts.values() for fault in briefing.faults(part)]


def test_a_narrow_interval_keeps_two_different_bounds(series):
    found = forecast_year(series(noise=0.001), 2024, "2024-11", "theta", paths=400)
    low, high = page.words.span(*found.interval(0.8), found.unit)
    assert low.en != high.en
    assert low.zh != high.zh
    assert (
        low.en
        in page.verdict(forecast_year(series(noise=0.001, last="2024-11"), 2024, model="theta", paths=400)).lead.en
    )


@pytest.mark.parametrize(("noise", "as_of", "word"), [(0.01, "2024-10", "On track"), (0.3, "2024-02", "At risk")])
def test_an_open_year_takes_sides_where_the_record_allows(series, noise, as_of, word):
    frame = series(noise=noise)
    found = forecast_year(frame[frame["ds"] <= f"{as_of}-01"], 2024, model="theta", paths=400)
    verdict = page.verdict(found)
    assert verdict.badge.en.startswith(word)
    assert verdict.status == "watch"
    assert verdict.outlook == word.lower().replace(" ", "_")


@pytest.mark.parametrize("as_of", ["2023-12", "2024-05", "2024-11"])
def test_months_and_quarters_add_up_to_the_year(series, as_of):
    year = forecast_year(series(), 2024, as_of, "theta", paths=200)
    by_month, by_quarter = periods_table(year), periods_table(year, (3, 6, 9, 12))
    assert len(by_month) == 12
    assert len(by_quarter) == 4
    assert by_month["forecast"].sum() == pytest.approx(year.forecast)
    assert by_quarter["forecast"].sum() == pytest.approx(year.forecast)
    assert by_month["received"].sum() == pytest.approx(year.received)
    assert by_month["before"].sum() == pytest.approx(year.last_year)
    ahead = by_month[by_month["received"].isna()]
    assert (ahead["low80"] < ahead["forecast"]).all()
    assert (ahead["forecast"] < ahead["high80"]).all()
    assert by_quarter["last"].dt.month.tolist() == [3, 6, 9, 12]
