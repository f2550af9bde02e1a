"""Index numbers computed a second time from their published definitions, product by product."""

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analytics.index_numbers import bilateral, multilateral
from analytics.index_numbers.aggregation import aggregate
from analytics.index_numbers.panel import panel
from analytics.valuation import IndexNumberError


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


TREE = pd.DataFrame({"all": "all", "group": ["food", "food", "fuel"]}, index=["rice", "fish", "coal"])


@pytest.mark.parametrize("order", [1.0, 0.0, -1.0, 0.5])
@pytest.mark.parametrize("chained", [True, False])
def test_aggregates_are_power_means_with_price_updated_weights(order, chained):
    """Two periods by hand: a mean of the order, shares updated by the relatives to that order."""
    relatives = pd.DataFrame({0: [1.0, 1, 1], 1: [1.2, 0.9, 1.5], 2: [1.1, 1.3, 0.8]}, index=TREE.index)
    weights = pd.Series([5.0, 3, 2], index=TREE.index)
    got = aggregate(relatives, TREE, weights, order=order, chained=chained)

    def mean(values, shares):
        shares = shares / shares.sum()
        if order == 0:
            return np.prod(values**shares)
        return np.sum(shares * values**order) ** (1 / order)

    w = weights.to_numpy()
    for name, inside in {"all": [0, 1, 2], "food": [0, 1], "fuel": [2]}.items():
        first = mean(relatives[1].to_numpy()[inside], w[inside])
        second = mean(relatives[2].to_numpy()[inside], (w * relatives[1].to_numpy() ** order)[inside])
        assert got.loc[name].to_numpy() == pytest.approx([1, first, first * second if chained else second])
    assert list(got.index) == ["all", "food", "fuel", *TREE.index]


def test_what_has_no_price_takes_the_mean_of_the_nearest_aggregate_that_has_one():
    relatives = pd.DataFrame({0: [1.0, 1, 1], 1: [1.2, np.nan, np.nan]}, index=TREE.index)
    got = aggregate(relatives, TREE, {"rice": 5.0, "fish": 3.0, "coal": 2.0})[1]
    assert got[["fish", "coal", "food", "all"]].tolist() == pytest.approx([1.2] * 4)
    coal = relatives.assign(**{"1": np.nan}).drop(columns="1")
    coal.loc["coal", 1] = 0.9
    weights = {"rice": 5.0, "fish": 3.0, "coal": 2.0}
    assert aggregate(coal, TREE, weights)[1]["fish"] == pytest.approx(1.2)  # of its group, not coal's
    coal[1] = np.nan
    assert aggregate(coal, TREE, weights)[1].tolist() == [1.0] * 6


def test_an_aggregate_of_nothing_weighed_or_classified_is_refused():
    relatives = pd.DataFrame({0: [1.0, 1, 1], 1: [1.2, 0.9, 1.5]}, index=TREE.index)
    with pytest.raises(IndexNumberError, match="not in the hierarchy"):
        aggregate(relatives, TREE.iloc[:2], {"rice": 1.0, "fish": 1.0})
    with pytest.raises(IndexNumberError, match="weights must be positive; 1 are not, first coal"):
        aggregate(relatives, TREE, {"rice": 1.0, "fish": 1.0, "coal": 0.0})
