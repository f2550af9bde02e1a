"""Bad input: a clear error or a documented treatment for each."""

import numpy as np
import pandas as pd
import pytest

from analytics.tax_forecast import ReceiptsError, forecast_year
from analytics.tax_forecast.inputs.receipts import prepare


def test_a_gap_in_the_year_at_stake_stops_with_the_months_named(series):
    frame = series(last="2024-09")
    with pytest.raises(ReceiptsError, match=r"no figure for May 2024.*months_covered"):
        forecast_year(frame[frame["ds"] != "2024-05-01"], 2024, "2024-09")


def test_a_long_gap_in_an_old_year_stops(series):
    frame = series()
    hole = frame["ds"].between("2012-03-01", "2012-07-01")
    with pytest.raises(ReceiptsError, match="March 2012"):
        forecast_year(frame[~hole], 2024, "2024-06")


def test_a_short_gap_in_an_old_year_is_filled_and_noted(series):
    frame = series()
    whole = frame.loc[frame["ds"] == "2012-04-01", "y"].item()
    panel = prepare(frame[frame["ds"] != "2012-04-01"])
    assert panel.total.row(2012)[3] == pytest.approx(whole, rel=0.15)
    assert "April 2012" in panel.total.notes[0].en
    assert "2012年4月" in panel.total.notes[0].zh


def test_a_negative_month_stays_in_the_totals_and_the_models_pass_over_it(series):
    frame = series()
    frame.loc[frame["ds"] == "2019-11-01", "y"] = -50.0
    year = forecast_year(frame, 2024, "2024-06", paths=200)
    assert np.isfinite(year.forecast)
    assert year.panel.total.row(2019)[10] == -50.0
    assert abs(year.error) < 0.1


def test_a_period_given_twice_stops_with_both_figures(series):
    frame = series()
    twice = pd.concat([frame, frame[frame["ds"] == "2020-03-01"].assign(y=1.0)])
    with pytest.raises(ReceiptsError, match=r"March 2020 is given more than once.*vintage"):
        forecast_year(twice, 2024, "2024-06")


def test_the_newest_vintage_of_a_period_counts(series):
    frame = series().assign(vintage="2024-01-15")
    revised = frame[frame["ds"] == "2020-03-01"].assign(y=777.0, vintage="2024-06-15")
    panel = prepare(pd.concat([revised, frame]))
    assert panel.total.row(2020)[2] == 777.0


def test_two_units_of_one_currency_are_converted(series):
    frame = series()
    old = frame["ds"] < "2015-01-01"
    mixed = frame.copy()
    mixed.loc[old, "y"] *= 100
    mixed.loc[old, "unit"] = "CNY 10,000"
    panel = prepare(mixed)
    assert panel.total.unit == "CNY million"
    assert panel.total.total(2014) == pytest.approx(prepare(frame).total.total(2014))


def test_two_currencies_stop(series):
    frame = series()
    frame.loc[frame["ds"] < "2015-01-01", "unit"] = "USD million"
    with pytest.raises(ReceiptsError, match="two currencies"):
        prepare(frame)


def test_a_change_of_unit_half_way_without_a_word_stops_with_the_month_and_the_factor(series):
    frame = series()
    frame.loc[frame["ds"] < "2016-05-01", "y"] *= 10_000
    with pytest.raises(ReceiptsError, match=r"from May 2016 on .* change of unit"):
        forecast_year(frame, 2024, "2024-06")


def test_receipts_that_end_before_as_of_stop_with_both_months(series):
    with pytest.raises(ReceiptsError, match=r"end in 2024-04, before as_of 2024-06"):
        forecast_year(series(last="2024-04"), 2024, "2024-06")


def test_a_history_under_three_years_falls_back_to_damped_growth_and_says_so(series):
    year = forecast_year(series(first=2022, last="2024-06"), 2024, "2024-06", paths=200)
    assert list(year.weights.index) == ["damped_growth"]
    assert "falls back" in year.notes[0].en
    assert "阻尼增长" in year.notes[0].zh


def test_an_as_of_outside_the_year_stops(series):
    with pytest.raises(ReceiptsError, match="between 2020-01 and 2023-12"):
        forecast_year(series(), 2023, "2024-02")


def test_missing_columns_are_named(series):
    with pytest.raises(ReceiptsError, match="lack the column ds"):
        forecast_year(series().rename(columns={"ds": "month"}), 2024)


def test_an_unknown_model_is_named_with_those_that_exist(series):
    with pytest.raises(ValueError, match=r'"prophet" is unknown\. Models: auto'):
        forecast_year(series(), 2024, "2024-06", model="prophet")


def test_a_published_total_beside_its_items_is_not_counted_twice(panel):
    frame = panel(districts=("north",))
    total = (
        frame.groupby("ds", as_index=False)["y"].sum().assign(unique_id="total", tax_item="total", unit="CNY million")
    )
    with_total = prepare(pd.concat([frame, total]))
    assert with_total.total.total(2020) == pytest.approx(prepare(frame).total.total(2020))


def test_a_small_district_that_jumps_like_a_unit_is_noted_and_the_forecast_goes_on(panel):
    frame = panel(districts=("north", "port"))
    small = frame["district"] == "port"
    frame.loc[small, "y"] *= 1e-5
    frame.loc[small & (frame["ds"] >= "2019-01-01"), "y"] *= 1000
    notes = [note.en for note in prepare(frame).total.notes]
    assert any("duty/port: from January 2019" in note for note in notes)


@pytest.mark.parametrize(
    ("at", "factor"), [("2024-05", 1000), ("2019-02", 10_000), ("2015-12", 1e-3), ("2024-06", 100)]
)
def test_one_figure_in_another_unit_is_doubted_before_a_forecast_is_made_of_it(series, at, factor):
    frame = series(last="2024-06")
    frame.loc[frame["ds"] == f"{at}-01", "y"] *= factor
    with pytest.raises(ReceiptsError, match=r"times the months around it.*another unit"):
        forecast_year(frame, 2024, "2024-06")


@pytest.mark.parametrize("factor", [2.5, 8, 17])
def test_a_large_month_that_is_no_unit_is_not_refused(series, factor):
    frame = series(last="2024-06")
    frame.loc[frame["ds"] == "2019-02-01", "y"] *= factor
    assert np.isfinite(prepare(frame).total.grid).sum() == len(frame)


@pytest.mark.parametrize("name", ["合计", "Total", " grand total ", "全国合计"])
def test_a_total_beside_its_parts_is_left_out_in_any_language(panel, name):
    frame = panel(districts=("north",))
    total = frame.groupby("ds", as_index=False)["y"].sum().assign(unique_id=name, tax_item=name, unit="CNY million")
    assert prepare(pd.concat([frame, total])).total.total(2020) == pytest.approx(prepare(frame).total.total(2020))
