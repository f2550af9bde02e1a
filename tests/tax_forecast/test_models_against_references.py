"""Own recursions against the libraries that hold the reference."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.statespace.structural import UnobservedComponents

from analytics.tax_forecast.models import smoothing
from analytics.tax_forecast.models.structural import deviations
from analytics.tax_forecast.record.calibration import spread
from analytics.tax_forecast.record.paths import Spread


def logs(n: int, periods: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return 5 + 0.005 * np.arange(n) + 0.2 * np.sin(2 * np.pi * np.arange(n) / periods) + 0.05 * rng.standard_normal(n)


@pytest.mark.parametrize("periods", [11, 12])
def test_theta_agrees_with_statsmodels(periods):
    y = logs(150, periods)
    reference = ThetaModel(pd.Series(y), period=periods, deseasonalize=True, use_test=False, method="additive").fit()
    assert smoothing.theta(y, y, 8, periods) == pytest.approx(reference.forecast(8).to_numpy(), abs=1e-4)
    levels = pd.Series(np.exp(y))
    reference = ThetaModel(levels, period=periods, deseasonalize=True, use_test=False, method="multiplicative").fit()
    assert np.exp(smoothing.theta_level(y, y, 8, periods)) == pytest.approx(reference.forecast(8).to_numpy(), rel=1e-4)


@pytest.mark.parametrize("periods", [11, 12])
def test_exponential_smoothing_agrees_with_statsmodels(periods):
    y = logs(120, periods)
    parameters = smoothing._ets_parameters(y.tobytes(), periods)
    reference = smoothing._ets(y, periods).smooth(np.array(parameters)).forecast(9)
    assert smoothing._ets_ahead(y, parameters, 9, periods) == pytest.approx(np.asarray(reference), abs=1e-10)


def test_the_airline_model_on_differences_agrees_with_the_one_on_levels():
    y = logs(140, 12)
    parameters = np.array(smoothing._airline_parameters(y.tobytes(), 12))
    reference = SARIMAX(y, order=(0, 1, 1), seasonal_order=(0, 1, 1, 12)).filter(parameters).forecast(10)
    assert smoothing.sarimax(y, y, 10, 12) == pytest.approx(reference, abs=1e-6)


def test_simulated_paths_have_the_forecast_variance_of_the_state_space_model():
    model = UnobservedComponents(logs(120, 12), "local level", seasonal=12)
    result = model.filter(np.array([0.002, 0.001, 0.0005]))
    paths = deviations(result, 6, 40_000, np.random.default_rng(1))
    expected = np.asarray(result.get_forecast(6).var_pred_mean)
    assert paths.var(axis=0) == pytest.approx(expected, rel=0.05)
    assert paths.mean(axis=0) == pytest.approx(np.zeros(6), abs=0.01)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-0.3, 0.3), max_size=20), st.floats(0.005, 0.3), st.floats(0.6, 0.99))
def test_an_interval_holds_the_chance_it_names(errors, simulated, level):
    found = spread(np.array(errors), simulated)
    low, high = found.interval(100.0, level)
    inside = stats.t(found.freedom, scale=found.scale).cdf([np.log(low / 100), np.log(high / 100)])
    assert inside[1] - inside[0] == pytest.approx(level)
    assert 0 <= found.within(0.05) <= 1
    assert found.within(0.02) <= found.within(0.05)


def test_a_longer_record_weighs_more_than_the_simulated_spread():
    short, long = spread(np.full(2, 0.01), 0.1), spread(np.full(30, 0.01), 0.1)
    assert long.scale < short.scale < 0.1


def test_reaching_the_forecast_itself_is_an_even_chance():
    assert Spread(0.05, 8.0, 6).at_least(1.0) == pytest.approx(0.5)
