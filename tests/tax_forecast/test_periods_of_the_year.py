"""Joint January-February, mixed histories, and what is known at an origin."""

import numpy as np
import pytest

from analytics.tax_forecast import forecast_year
from analytics.tax_forecast.inputs.receipts import prepare

JOINT_ENDS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)


def test_a_joint_january_february_is_one_of_eleven_periods(series, joint):
    panel = prepare(joint(series()))
    assert panel.total.ends == JOINT_ENDS
    assert panel.total.total(2020) == pytest.approx(prepare(series()).total.total(2020))


def test_a_mixed_history_is_brought_to_the_periods_that_all_years_share(series, joint):
    mixed = prepare(joint(series(), range(2012, 2025))).total
    whole = prepare(joint(series())).total
    assert mixed.ends == JOINT_ENDS
    assert np.allclose(mixed.grid, whole.grid)


def test_single_months_can_be_read_as_joint_ones(series, joint):
    asked = prepare(series(), joint=(1, 2)).total
    assert asked.ends == JOINT_ENDS
    assert np.allclose(asked.grid, prepare(joint(series())).total.grid)


def test_january_alone_waits_for_february_where_the_two_are_one_period(series, joint):
    year = forecast_year(joint(series()), 2024, "2024-02", model="structural", paths=200, record_years=1)
    assert year.known == 1
    early = forecast_year(joint(series()), 2024, "2023-12", model="structural", paths=200, record_years=1)
    assert (early.months, early.known, early.received) == (0, 0, 0.0)


@pytest.mark.parametrize("months", range(12))
def test_every_month_of_the_year_is_an_origin(series, months):
    as_of = f"2024-{months:02d}" if months else "2023-12"
    year = forecast_year(series(), 2024, as_of, year_end_block=True, paths=200, record_years=6)
    assert year.months == months
    assert year.panel.total.known(months) == months
    assert abs(year.error) < 0.15
    assert year.cumulative().loc[12, "forecast"] == pytest.approx(year.forecast)


def test_a_year_that_is_over_needs_no_forecast(series):
    year = forecast_year(series(), 2024, "2024-12", paths=200)
    assert year.forecast == pytest.approx(year.received) == pytest.approx(year.outturn)
    assert not year.judged


def test_bookings_that_shift_over_the_year_end_hurt_the_block_less(series, joint):
    """What December lacks January-February brings: the block must not see a fall and a jump."""
    rng = np.random.default_rng(5)
    frame = series(first=2002, noise=0.02)
    errors = {}
    for year in range(2002, 2024):
        part = float(rng.uniform(-0.3, 0.3))
        december, january = frame["ds"] == f"{year}-12-01", frame["ds"] == f"{year + 1}-01-01"
        moved = part * frame.loc[december, "y"].item()
        frame.loc[december, "y"] -= moved
        frame.loc[january, "y"] += moved
    for name in ("structural_level", "block_structural_level"):
        kwargs = {"model": name, "paths": 200, "record_years": 1}  # the record only says how sure a forecast is
        miss = [forecast_year(joint(frame), y, f"{y}-02", **kwargs).error for y in range(2014, 2025)]
        errors[name] = np.mean(np.abs(miss))
    assert errors["block_structural_level"] < 0.9 * errors["structural_level"]
