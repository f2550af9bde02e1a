"""Scores against their closed forms and against what they are for."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics.tax_forecast.inputs.receipts import prepare
from analytics.tax_forecast.record.judging import record_with_intervals
from analytics.tax_forecast.record.scores import brier, interval_score, ranked_probability_score, scored, transform
from analytics.tax_forecast.record.setting import Setting


def test_the_interval_score_fines_by_distance():
    """Worked by hand: width 10; an outturn 3 below an 80 % interval costs 10 x 3 more."""
    score = interval_score(np.array([100.0, 92.0, 111.0]), np.full(3, 95.0), np.full(3, 105.0), 0.8)
    assert score == pytest.approx([10, 40, 70])


@settings(max_examples=50, deadline=None)
@given(st.floats(80, 120), st.floats(0.005, 0.1))
def test_the_ranked_probability_score_of_a_narrow_distribution_is_that_of_a_normal(actual, scale):
    """Closed form of the normal: Gneiting and Raftery (2007), eq. 21; a narrow log-normal is nearly normal."""
    sd, z = 100 * scale, (actual - 100) / (100 * scale)
    normal = sd * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi))
    assert ranked_probability_score(actual, 100.0, scale, 1e6) == pytest.approx(normal, rel=0.12, abs=0.15)


def test_a_sure_forecast_scores_its_absolute_error():
    assert ranked_probability_score(104.0, 100.0, 1e-9, 5.0) == pytest.approx(4.0)


def test_the_true_distribution_scores_best_on_average():
    rng = np.random.default_rng(3)
    actual = 100 * np.exp(0.05 * stats.t.rvs(8, size=800, random_state=rng))
    mean = {s: np.mean([ranked_probability_score(a, 100, s, 8) for a in actual]) for s in (0.02, 0.05, 0.12)}
    assert min(mean, key=mean.get) == 0.05
    transforms = transform(actual, np.full(800, 100.0), np.full(800, 0.05), np.full(800, 8.0))
    assert stats.kstest(transforms, "uniform").pvalue > 0.01


def test_chances_are_scored_by_what_happened():
    assert brier(np.array([1.0, 0.0]), np.array([1, 0])) == 0
    assert brier(np.array([0.5, 0.5]), np.array([1, 0])) == 0.25


def test_a_record_is_scored_with_its_own_distributions(series):
    record = record_with_intervals(prepare(series()), 2025, 6, Setting(model="theta"))
    found = scored(record)
    assert found["years"] == len(record)
    assert found["interval_score80"] >= found["width80"] > 0
    assert 0 < found["crps"] <= found["mean_error"] + found["width80"]
    assert 0 <= found["brier"] <= 1
    wide = record.assign(low80=record["low80"] * 0.5, high80=record["high80"] * 2)
    assert scored(wide)["interval_score80"] > found["interval_score80"]
    assert isinstance(record, pd.DataFrame)
