"""Small formulas that every pillar's interval rests on: published values, identities, other hands."""

import numpy as np
import pytest
from scipy import stats

from analytics.statistics import MAD_TO_SD, MEAN_ABS_TO_SD, NORMAL80, NORMAL95, exact_limits, mixture_quantile, share_of


@pytest.mark.parametrize(("cases", "of", "low", "high"), [
    (81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684), (1, 29, 0.0009, 0.1776),
])  # fmt: skip
def test_limits_of_a_share_are_those_published(cases, of, low, high):
    """Newcombe 1998, Statistics in Medicine 17:857, table I, method 5 (Clopper and Pearson)."""
    assert exact_limits(cases, of) == pytest.approx((low, high), abs=5e-5)
    assert exact_limits(of - cases, of) == pytest.approx((1 - high, 1 - low), abs=5e-5)


def test_limits_of_another_level_and_of_units_that_nobody_knows():
    asked = stats.binomtest(4, 19).proportion_ci(0.8, method="exact")
    assert exact_limits(4, 19, level=0.8) == pytest.approx((asked.low, asked.high), rel=1e-9)
    none, all_ = (stats.binomtest(k, 25).proportion_ci(0.95, method="exact") for k in (4, 10))
    assert exact_limits(4, 19, unknown=6) == pytest.approx((none.low, all_.high), rel=1e-9)
    assert exact_limits(0, 0) == (0.0, 1.0)
    assert exact_limits(3, 3)[1] == 1.0


def test_a_share_of_independent_units_is_the_plain_one():
    """Korn and Graubard's number of a simple random sample is its size."""
    y = np.array([1.0] * 15 + [0.0] * 133)
    found = share_of(y, np.full(148, 7.0))
    assert (found.value, found.counted) == (pytest.approx(15 / 148), 148)
    assert found.effective == pytest.approx(148)
    assert (found.low, found.high) == pytest.approx((0.0578, 0.1617), abs=5e-5)


def test_a_share_by_clusters_is_korn_and_graubards():
    rng = np.random.default_rng(4)
    cluster = np.repeat(np.arange(12), 5)
    y = (rng.random(60) < np.repeat(rng.uniform(0.1, 0.9, 12), 5)).astype(float)
    weight = rng.uniform(1, 4, 60)
    found = share_of(y, weight, cluster)
    p = np.average(y, weights=weight)
    scores = np.array([(weight[cluster == c] * (y[cluster == c] - p)).sum() for c in range(12)]) / weight.sum()
    variance = 12 / 11 * (scores**2).sum()
    effective = p * (1 - p) / variance * 60 / 59 * (stats.t.ppf(0.975, 59) / stats.t.ppf(0.975, 11)) ** 2
    assert found.effective == pytest.approx(effective)
    assert effective < 60
    assert (found.low, found.high) == pytest.approx(exact_limits(p * effective, effective))
    narrow = share_of(y, weight, cluster, level=0.8)
    assert found.low < narrow.low < found.value < narrow.high < found.high
    assert share_of(y, 1000 * weight, cluster) == found or share_of(y, 1000 * weight, cluster).low == pytest.approx(
        found.low
    )  # units of the weights do not matter


def test_units_without_outcome_or_weight_count_for_nothing_and_agreement_is_no_certainty():
    y, weight = np.array([1.0, 1.0, 1.0, 1.0, np.nan, 0.0]), np.array([1.0, 1.0, 1.0, 1.0, 1.0, 0.0])
    found = share_of(y, weight)
    assert (found.value, found.counted, found.effective) == (1.0, 4, pytest.approx(4))
    assert found.low == pytest.approx(0.025 ** (1 / 4))
    assert found.high == 1.0
    two = share_of(y, weight, np.array(["a", "a", "b", "b", "b", "b"]))
    assert two.effective == 2
    uneven = share_of(np.ones(2), np.array([3.0, 1.0]))
    assert uneven.effective == pytest.approx(1.6)  # Kish: 16 / 10


def test_the_quantile_of_one_normal_is_its_own_and_of_several_has_its_share_below():
    one = np.ones((3, 1)), np.array([[0.0], [2.0], [-1.0]]), np.array([[1.0], [0.5], [3.0]])
    np.testing.assert_allclose(mixture_quantile(*one, 0.975), (one[1] + stats.norm.ppf(0.975) * one[2])[:, 0])
    np.testing.assert_allclose(mixture_quantile(*one, 0.025), (one[1] - stats.norm.ppf(0.975) * one[2])[:, 0])
    rng = np.random.default_rng(1)
    weight, mean, sd = rng.dirichlet(np.ones(4), 9), rng.normal(0, 3, (9, 4)), rng.uniform(0.1, 2, (9, 4))
    for level in (0.001, 0.1, 0.5, 0.999):
        at = mixture_quantile(weight, mean, sd, level)
        np.testing.assert_allclose((weight * stats.norm.cdf(at[:, None], mean, sd)).sum(1), level, rtol=1e-9)
        np.testing.assert_allclose(mixture_quantile(weight, -mean, sd, 1 - level), -at, atol=1e-9)


def test_constants_are_those_of_the_normal_distribution():
    assert stats.norm.ppf(0.975) == pytest.approx(NORMAL95)
    assert stats.norm.ppf(0.9) == pytest.approx(NORMAL80)
    assert pytest.approx(1 / stats.norm.ppf(0.75), abs=5e-5) == MAD_TO_SD
    assert pytest.approx(np.sqrt(np.pi / 2)) == MEAN_ABS_TO_SD
