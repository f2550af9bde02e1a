"""Revisions, holes and joint months: an origin sees what was published by then, and treats it as was done then."""

import numpy as np
import pandas as pd
import pytest

from analytics.tax_forecast import backtest, forecast_year
from analytics.tax_forecast.inputs.receipts import prepare

KW = {"model": "theta", "paths": 200}


def published(frame: pd.DataFrame) -> pd.DataFrame:
    """Every month published in the middle of the next."""
    return frame.assign(vintage=frame["ds"] + pd.DateOffset(months=1, days=14))


@pytest.mark.parametrize("revised", ["2022-04-01", "2019-11-01", "2022-06-01"])
def test_a_forecast_with_a_past_as_of_does_not_see_a_later_revision(series, forgetful, revised):
    first = published(series(last="2023-12"))
    late = first[first["ds"] == revised].assign(y=lambda f: f["y"] * 1.6, vintage=pd.Timestamp("2023-03-15"))
    then = forecast_year(first, 2022, "2022-06", **KW)
    told = forecast_year(pd.concat([first, late]), 2022, "2022-06", **KW)
    assert told.forecast == then.forecast
    assert told.received == then.received
    assert told.interval(0.8) == then.interval(0.8)
    assert (told.outturn != then.outturn) == (revised[:4] == "2022")


def test_a_forecast_of_the_newest_month_uses_every_revision(series, forgetful):
    first = published(series(last="2023-06"))
    late = first[first["ds"] == "2023-04-01"].assign(y=lambda f: f["y"] * 1.6, vintage=pd.Timestamp("2023-09-15"))
    now = forecast_year(pd.concat([first, late]), 2023, **KW)
    assert now.received == pytest.approx(first.loc[first["ds"].dt.year == 2023, "y"].sum() + late["y"].item() * 0.375)


@pytest.mark.parametrize("hole", [["2016-04-01"], ["2018-01-01"], ["2017-11-01", "2017-12-01"]])
def test_a_hole_is_filled_without_the_following_year_at_an_origin_before_it(series, forgetful, hole):
    frame = series()
    frame = frame[~frame["ds"].isin(pd.to_datetime(hole))]
    disturbed = frame.copy()
    after = disturbed["ds"] > "2018-03-01"
    disturbed.loc[after, "y"] *= np.random.default_rng(1).uniform(0.3, 3, after.sum())
    a, b = (prepare(f).total.until(2018, 3).grid for f in (frame, disturbed))
    assert np.array_equal(a, b, equal_nan=True)
    year_a, year_b = (forecast_year(f, 2018, "2018-03", **KW) for f in (frame, disturbed))
    assert year_a.forecast == year_b.forecast
    assert year_a.interval(0.95) == year_b.interval(0.95)


def test_a_hole_at_the_origin_is_bridged_from_the_past_alone(series):
    frame = series()
    whole = prepare(frame).total.row(2018)[3]
    cut = prepare(frame[frame["ds"] != "2018-04-01"]).total.until(2018, 4)
    assert cut.grid[-1, 3] == pytest.approx(whole, rel=0.15)


@pytest.mark.parametrize("since", [2014, 2018, 2022])
def test_months_joined_later_do_not_join_those_of_earlier_origins(series, joint, forgetful, since):
    apart = series()
    mixed = joint(apart, range(since, 2025))
    before, own = prepare(mixed).total.until(since - 1, 6), prepare(apart).total.until(since - 1, 6)
    assert before.ends == own.ends == tuple(range(1, 13))
    assert np.array_equal(before.grid, own.grid, equal_nan=True)
    assert prepare(mixed).total.until(since, 6).ends[0] == 2


def test_the_backtest_of_early_years_is_the_same_before_and_after_months_were_joined(series, joint, forgetful):
    apart = series()
    mixed = joint(apart, range(2020, 2025))
    early = [backtest(f, range(2014, 2020), (3, 6), ("theta",)) for f in (apart, mixed)]
    pd.testing.assert_frame_equal(*early)


def test_a_late_item_changes_no_earlier_origin(panel, forgetful):
    frame = panel(last="2024-06")
    late = frame[~((frame["unique_id"] == "duty/north") & (frame["ds"] == "2024-06-01"))]
    a, b = (prepare(f).total.until(2024, 5).grid for f in (frame, late))
    assert np.array_equal(a, b, equal_nan=True)
