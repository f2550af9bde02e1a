"""Who speaks in the combination, when the year-end block is on, and what sets the width of the interval."""

import numpy as np
import pandas as pd
import pytest

from analytics.tax_forecast import backtest, forecast_year, page
from analytics.tax_forecast.inputs.receipts import prepare
from analytics.tax_forecast.record.calibration import spread, stretch, swing_ratio
from analytics.tax_forecast.record.combine import short_history, speaking, weights
from analytics.tax_forecast.record.setting import Setting
from analytics.tax_forecast.record.shifts import offsetting, resolved


@pytest.fixture
def shifting(series):
    """Receipts of which a random part of December is booked in January and February."""

    def make(last: str = "2024-12", seed: int = 5) -> pd.DataFrame:
        rng = np.random.default_rng(seed)
        frame = series(first=2006, last=last, noise=0.02)
        for year in range(2006, 2024):
            december = frame["ds"] == f"{year}-12-01"
            after = frame["ds"].isin([pd.Timestamp(f"{year + 1}-01-01"), pd.Timestamp(f"{year + 1}-02-01")])
            moved = float(rng.uniform(-0.4, 0.4)) * frame.loc[december, "y"].sum()
            frame.loc[december, "y"] -= moved
            frame.loc[after, "y"] += moved / 2
        return frame

    return make


@pytest.mark.parametrize("wild", [1.6, 4.0, 0.3, 1e6])
def test_from_two_known_months_on_a_candidate_far_from_the_others_does_not_speak(wild):
    totals = np.array([100.0, 104.0, 97.0, 100 * wild, np.nan])
    assert speaking(totals, 2).tolist() == [True, True, True, False, False]
    assert speaking(totals, 6).tolist() == [True, True, True, False, False]


def test_at_the_years_start_candidates_may_differ():
    assert speaking(np.array([100.0, 104.0, 200.0]), 0).all()


def test_two_candidates_that_contradict_each_other_both_speak_rather_than_none():
    assert speaking(np.array([100.0, 400.0]), 6).all()


def test_later_in_the_year_the_record_separates_candidates_less():
    errors = np.array([[0.01, 0.03], [-0.02, 0.05], [0.015, -0.04]])
    early, late = weights(errors, 2), weights(errors, 3)
    assert early[0] > late[0] > 0.5
    squares = (errors**2).sum(axis=0)
    shrunk = (squares + 3 * np.median(squares / 3)) / 6
    assert late == pytest.approx((1 / shrunk) / (1 / shrunk).sum())


def test_shifts_over_the_year_end_are_seen_and_the_block_goes_on(shifting, joint, forgetful):
    panel = prepare(joint(shifting()))
    setting, decision = resolved(panel, 2024, Setting(record_years=8))
    assert setting.year_end_block is True
    assert decision.correlation < -0.5
    assert decision.ratio < 1
    assert "offset each other" in decision.reason().en
    assert "此消彼长" in decision.reason().zh


def test_receipts_without_shifts_rarely_take_the_block(series):
    """Independent months pass the correlation in about one year of twenty, and then the record must agree too."""
    panels = [prepare(series(first=2004, seed=seed, noise=0.05)) for seed in range(12)]
    taken = [resolved(panel, 2024, Setting())[0].year_end_block for panel in panels]
    assert sum(taken) <= 1


def test_the_decision_uses_what_was_known_when_the_year_began(shifting):
    frame = shifting()
    later = frame.copy()
    later.loc[later["ds"] >= "2019-01-01", "y"] *= np.random.default_rng(1).uniform(0.5, 2, 72)
    before, after = (resolved(prepare(f), 2019, Setting())[1] for f in (frame, later))
    assert before == after


def test_a_set_that_names_the_block_is_obeyed(series):
    panel = prepare(series())
    assert resolved(panel, 2024, Setting(year_end_block=True)) == (Setting(year_end_block=True), None)


def test_few_year_ends_decide_nothing(series):
    correlation, pairs = offsetting(prepare(series(first=2020)).total.grid, 2)
    assert np.isnan(correlation)
    assert pairs == 3


def test_the_page_says_why_the_block_is_on_or_off(series, shifting, forgetful):
    for frame, word in ((series(), "forecast apart"), (shifting(), "as one block")):
        year = forecast_year(frame, 2024, "2024-06", paths=200, record_years=6)
        assert word in " ".join(text.en for text in page.method(year).paragraphs)


def test_a_backtest_takes_each_years_own_decision(shifting, forgetful):
    frame = shifting()
    auto = backtest(frame, range(2009, 2024), (3,)).set_index("year")["forecast"]
    off = backtest(frame, range(2009, 2024), (3,), year_end_block=False).set_index("year")["forecast"]
    on = backtest(frame, range(2009, 2024), (3,), year_end_block=True).set_index("year")["forecast"]
    assert auto.loc[2009] == off.loc[2009]  # too few year ends to know
    assert auto.loc[2023] == on.loc[2023] != off.loc[2023]


def test_a_calm_series_takes_less_of_the_simulated_spread_and_one_without_a_record_all_of_it():
    age, history = np.arange(10.0), np.full(10, 20.0)
    calm, wild = (swing_ratio(age, np.full(10, e), np.full(10, 0.1), history) for e in (0.02, 0.3))
    assert calm < 0.75
    assert wild > 1.5
    assert swing_ratio(age[:0], age[:0], age[:0], age[:0]) == 1.0
    short = swing_ratio(age, np.full(10, 0.02), np.full(10, 0.1), np.full(10, 2.0))
    assert calm < short < 1


def test_the_scale_is_the_weighted_mean_absolute_error_shrunk_towards_the_simulated_one():
    """Worked by hand: ages 1, 0; both from long histories."""
    weight = np.array([0.5 ** (1 / 16), 1.0])
    expected = (weight @ [0.10, 0.02] * np.sqrt(np.pi / 2) + 2 * 0.04) / (weight.sum() + 2)
    found = spread(np.array([0.10, -0.02]), 0.04)
    assert found.scale == pytest.approx(expected)
    assert found.freedom == pytest.approx(weight.sum() + 2)


def test_an_error_made_from_a_short_history_counts_less():
    errors = np.array([0.4, 0.02, 0.02])
    told, blind = spread(errors, 0.02, np.array([2, 10, 11])), spread(errors, 0.02)
    assert told.scale < 0.5 * blind.scale
    assert told.years == blind.years == 3


def test_one_crisis_widens_the_interval_less_than_its_square_would():
    calm, crisis = np.full(10, 0.02), np.array([0.02] * 9 + [0.3])
    widened = spread(crisis, 0.02).scale / spread(calm, 0.02).scale
    assert 1.5 < widened < np.sqrt(np.mean(crisis**2)) / 0.02


def test_intervals_that_held_too_often_are_narrowed_and_those_that_missed_are_widened():
    """Sizes in half-widths of the 80 % interval; a calibrated record asks for (nearly) no change."""
    rng, age, long = np.random.default_rng(2), np.arange(40.0), np.full(40, 20.0)
    calibrated = np.abs(rng.standard_t(6, 40)) / 1.44
    narrow, fair, wide = (stretch(age, factor * calibrated, long) for factor in (0.4, 1.0, 2.0))
    assert narrow < 0.75
    assert fair == pytest.approx(1.05, abs=0.1)
    assert wide == 1.6
    assert stretch(age[:0], age[:0], age[:0]) == 1.0
    assert stretch(age[:1], np.array([9.0]), np.array([3.0])) < 1.25  # a crisis in a short record is not believed


def test_on_a_short_history_half_of_the_weight_goes_to_the_theta_forecasts():
    names, weight = ["structural", "theta", "theta_level"], np.array([0.8, 0.2, 0.0])
    assert short_history(weight, names, 6).tolist() == pytest.approx([0.4, 0.6, 0.0])
    assert short_history(weight, names, 7).tolist() == weight.tolist()
    assert short_history(weight, ["block_structural", "block_theta", "ets"], 6).tolist() == weight.tolist()


def test_three_years_of_history_are_forecast_by_the_combination(series, forgetful):
    year = forecast_year(series(first=2021, last="2024-06"), 2024, "2024-06", paths=200)
    assert year.weights[["theta", "theta_level"]].sum() > 0.5
    assert page.verdict(year).status == "insufficient"
