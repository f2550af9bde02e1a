"""Index numbers computed a second time from their published definitions, product by product."""

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analytics.index_numbers import bilateral, multilateral
from analytics.index_numbers.panel import panel


@pytest.fixture(scope="module")
def prices():
    """Four periods of six products; each period lacks one of them."""
    rng = np.random.default_rng(11)
    rows = [
        (t, i, float(rng.lognormal(1 + 0.1 * t, 0.4)), float(rng.lognormal(2, 0.8)))
        for t in range(4)
        for i in range(6)
        if i != t + 1
    ]
    return pd.DataFrame(rows, columns=["period", "product", "price", "quantity"])


def test_a_dummy_regression_has_the_levels_and_errors_of_weighted_least_squares(prices):
    found = multilateral.product_dummy(panel(prices), "shares")
    value = prices["price"] * prices["quantity"]
    weights = value / value.groupby(prices["period"]).transform("sum")
    design = pd.get_dummies(prices[["period", "product"]].astype(str), dtype=float).drop(columns="period_0")
    fitted = sm.WLS(np.log(prices["price"]), design, weights=weights).fit()
    periods = ["period_1", "period_2", "period_3"]
    np.testing.assert_allclose(found.log[1:] - found.log[0], fitted.params[periods], rtol=1e-9)
    np.testing.assert_allclose(found.covariance[1:, 1:], fitted.cov_params().loc[periods, periods], rtol=1e-8)


def test_an_intersection_takes_products_of_all_three_periods_only(prices):
    table = prices.pivot_table(index="product", columns="period", values=["price", "quantity"])

    def fisher(s, t, goods):
        p0, p1, q0, q1 = (table[n].loc[goods, k].to_numpy() for n, k in
                          (("price", s), ("price", t), ("quantity", s), ("quantity", t)))  # fmt: skip
        return math.sqrt((p1 @ q0) / (p0 @ q0) * (p1 @ q1) / (p0 @ q1))

    def level(t):
        steps = []
        for link in range(4):
            seen = table["price"][sorted({0, link, t})].notna().all(axis=1)
            steps.append(math.log(fisher(0, link, seen)) + math.log(fisher(link, t, seen)))
        return np.mean(steps)

    found = multilateral.intersection_geks(panel(prices), "fisher").log
    np.testing.assert_allclose(found - found[0], [level(t) - level(0) for t in range(4)], atol=1e-12)


def test_gerardi_is_value_over_quantities_at_mean_prices(prices):
    reference = np.exp(np.log(prices["price"]).groupby(prices["product"]).mean())
    at_reference = (prices["quantity"] * prices["product"].map(reference)).groupby(prices["period"]).sum()
    level = np.log((prices["price"] * prices["quantity"]).groupby(prices["period"]).sum() / at_reference)
    found = multilateral.gerardi(panel(prices)).log
    np.testing.assert_allclose(found - found[0], level - level[0], rtol=1e-10)


def test_elasticities_of_products_are_found_where_prices_follow_them_exactly():
    level, delta = np.array([0.0, 0.3, -0.2, 0.5]), np.array([0.6, 1.0, 1.4])
    rows = [(t, i, math.exp(0.5 * i + delta[i] * level[t]), 1 / math.exp(0.5 * i + delta[i] * level[t]))
            for t in range(4) for i in range(3)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["period", "product", "price", "quantity"])
    found = multilateral.nonlinear_product_dummy(panel(frame)).log
    np.testing.assert_allclose(found - found[0], level, atol=1e-6)


@pytest.mark.parametrize("x", [0.0, 1e-9, 9.9e-4, -9.9e-4, 1.1e-3, 0.5, -3.0])
def test_the_logarithmic_mean_keeps_its_digits_near_equality(x):
    exact = 2.0 * (math.expm1(x) / x if x else 1.0)
    found = float(bilateral.logarithmic_mean(np.array(2.0 * math.exp(x)), np.array(2.0)))
    assert found == pytest.approx(exact, rel=2e-13)


def test_the_adjusted_dummy_index_takes_half_the_variance_off(prices):
    wide = (
        prices[prices["period"] < 2]
        .pivot_table(index="product", columns="period", values=["price", "quantity"])
        .dropna()
    )
    p0, p1, q0, q1 = (wide[n][t].to_numpy() for n in ("price", "quantity") for t in (0, 1))
    s0, s1 = p0 * q0 / (p0 @ q0), p1 * q1 / (p1 @ q1)
    weight, change = 1 / (1 / s0 + 1 / s1), np.log(p1 / p0)
    mean = float(weight @ change / weight.sum())
    variance = float(weight @ (change - mean) ** 2 / weight.sum() / (len(change) - 1))
    plain = bilateral.time_product_dummy(p0, q0, p1, q1)
    assert math.log(plain) == pytest.approx(mean, rel=1e-12)
    adjusted = bilateral.time_product_dummy_adjusted(p0, q0, p1, q1)
    assert math.log(adjusted) == pytest.approx(mean - variance / 2, rel=1e-12)
