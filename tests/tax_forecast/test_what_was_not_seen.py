"""A year is judged by what was published: what is late, missing or presumed ended never makes a forecast "met"."""

import numpy as np
import pandas as pd
import pytest

from analytics.language import Text
from analytics.tax_forecast import ReceiptsError, backtest, forecast_year, page
from analytics.tax_forecast.inputs.holes import short_of_pace
from analytics.tax_forecast.lodged.news import judged_months
from analytics.tax_forecast.lodged.profile import profile

KW = {"year": 2024, "as_of": "2024-06", "model": "theta", "paths": 100}


def item(name: str, size: float, first: int = 2016) -> pd.DataFrame:
    months = pd.date_range(f"{first}-01-01", "2024-12-01", freq="MS")
    at = np.arange(len(months))
    noise = np.random.default_rng(len(name)).normal(0, 0.03, len(months))
    y = size * np.exp(0.04 * at / 12 + noise) * (1 + 0.05 * np.sin(2 * np.pi * at / 12))
    return pd.DataFrame({"ds": months, "tax_item": name, "y": y, "unit": "CNY million"})


def goods(vat: float = 100.0) -> pd.DataFrame:
    return pd.concat([item("duty", 20.0), item("import_vat", vat)], ignore_index=True)


def without(frame: pd.DataFrame, since: str, to: str = "2024-12") -> pd.DataFrame:
    gone = (frame["tax_item"] == "import_vat") & frame["ds"].between(f"{since}-01", f"{to}-01")
    return frame[~gone]


@pytest.mark.parametrize(("since", "to"), [("2024-12", "2024-12"), ("2024-09", "2024-12"), ("2024-10", "2024-10")])
def test_a_year_that_is_partly_unpublished_is_neither_met_nor_missed(since, to):
    """Late, ended by its rows, a month that was never given."""
    frame = goods()
    if to == "2024-10":  # a hole must lie in a year before the newest
        frame = pd.concat([frame, frame.tail(1).assign(ds=pd.Timestamp("2025-01-01"))])
        frame = pd.concat([frame, frame.tail(1).assign(tax_item="duty", y=20.0)])
    judged, unseen = (page.verdict(forecast_year(f, **KW)) for f in (frame, without(frame, since, to)))
    assert judged.status == "met"
    assert unseen.status == "insufficient"
    assert unseen.outlook is None
    assert "Not judged" in unseen.badge.en
    assert "was not published" in unseen.lead.en


def test_a_part_too_small_to_change_the_verdict_leaves_the_year_judged():
    verdict = page.verdict(forecast_year(without(goods(vat=0.1), "2024-12"), **KW))
    assert verdict.status == "met"


def test_a_year_closed_with_an_estimate_says_so():
    verdict = page.verdict(forecast_year(without(goods(), "2024-12"), **KW | {"as_of": "2024-12"}))
    assert "was not published" in verdict.lead.en


def test_years_that_were_not_published_are_in_no_backtest():
    frame = without(goods(), "2021-05", "2021-06")
    assert 2021 in set(backtest(goods(), range(2020, 2025), (6,), ("theta",))["year"])
    assert set(backtest(frame, range(2020, 2025), (6,), ("theta",))["year"]) == {2020, 2022, 2023, 2024}


def test_nothing_is_on_track_while_it_rests_on_what_is_not_in():
    frame = goods()[lambda f: f["ds"] <= "2024-10-01"]
    whole, ragged = (forecast_year(f, **KW | {"as_of": "2024-10"}) for f in (frame, without(frame, "2024-10")))
    assert page.verdict(whole).outlook == "on_track"
    assert page.verdict(ragged).outlook is None
    assert "was not published" in page.verdict(ragged).lead.en
    assert np.ptp(ragged.interval(0.8)) > 1.05 * np.ptp(whole.interval(0.8))


def test_a_month_that_is_estimated_is_no_news():
    lodged = profile(forecast_year(goods()[lambda f: f["ds"] <= "2024-10-01"], **KW | {"as_of": "2024-10"}))
    frame = goods()
    assert list(judged_months(lodged, forecast_year(frame, **KW).panel)["period"]) == []
    for receipts, seen in ((frame, ["2024-11", "2024-12"]), (without(frame, "2024-12"), ["2024-11"])):
        panel = forecast_year(receipts, **KW | {"as_of": "2024-12"}).panel
        assert list(judged_months(lodged, panel)["period"]) == seen


def test_empty_months_at_the_end_are_asked_about():
    """A zero is a figure; a tax that never was zero and ends in zeros was not entered, or abolished."""
    frame = item("duty", 20.0)
    frame.loc[frame["ds"] >= "2024-05-01", "y"] = 0.0
    with pytest.raises(ReceiptsError, match=r"May 2024, June 2024 given as 0.*as_of to April 2024"):
        forecast_year(frame, **KW)
    assert forecast_year(frame, **KW | {"as_of": "2024-04"}).forecast > 200


def test_a_series_that_has_paused_before_may_pause_again():
    frame = item("duty", 20.0)
    frame.loc[(frame["ds"].dt.month >= 5) & (frame["ds"].dt.month <= 6), "y"] = 0.0
    assert forecast_year(frame, **KW).forecast > 100


def test_the_page_names_what_is_not_published_in_both_languages():
    parts = page.exhibits(forecast_year(without(goods(), "2024-12"), **KW), Text("a port", "某口岸"))
    assert "尚未公布" in parts["headline"].verdict.lead.zh


def test_figures_that_repeat_to_the_last_digit_are_asked_about_and_never_on_track():
    frame = item("duty", 20.0)
    frame.loc[frame["ds"] >= "2024-08-01", "y"] = 24.5
    year = forecast_year(frame[frame["ds"] <= "2024-10-01"], **KW | {"as_of": "2024-10"})
    assert year.chance_within() > 0.9
    assert page.verdict(year).outlook is None
    assert any("newest 3 figures are all the same" in note.en for note in year.notes)


def test_months_that_are_not_positive_are_said():
    frame = item("duty", 20.0)
    frame.loc[frame["ds"] == "2022-03-01", "y"] = -4.0
    assert any("negative in 1 periods (March 2022)" in note.en for note in forecast_year(frame, **KW).notes)


def test_a_newest_month_far_below_its_pace_is_said_and_nothing_is_on_track():
    frame = goods()
    whole = forecast_year(frame, **KW)
    partly = forecast_year(frame.assign(y=frame["y"].where(frame["ds"] != "2024-06-01", frame["y"] * 0.4)), **KW)
    told = [text.en for text in page.watch(partly).items]
    assert any("June 2024 is" in text and "of what its pace let expect" in text for text in told)
    assert not any("let expect" in text.en for text in page.watch(whole).items)
    assert short_of_pace(partly.panel.total.grid) == pytest.approx(0.4, abs=0.06)
    assert short_of_pace(whole.panel.total.grid) is None
    assert page.verdict(partly).outlook != "on_track"


def test_a_year_that_is_over_boasts_of_no_forecast():
    year = forecast_year(goods(), **KW | {"as_of": "2024-12"})
    assert len(page.headline(year, Text("here", "本地")).tiles) == 2
    assert page.record(year, pd.DataFrame()) is None
    assert "ended" in page.path(year).finding.en
