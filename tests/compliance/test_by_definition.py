"""Rates, totals and detection written out once more by hand, and in other units."""

import numpy as np
import pytest
from scipy import stats

from analytics import compliance
from analytics.compliance.engine import double
from analytics.compliance.engine.gap import quantile, unseen_weight
from analytics.statistics import exact_limits

RNG = np.random.default_rng(6)
N = 80
HELD, CHANCE, TAX = RNG.random(N) < 0.2, RNG.uniform(0.05, 0.9, N), RNG.pareto(2.0, N) + 0.1


def test_a_rate_is_hajeks_with_korn_and_graubards_limits():
    for weight in (None, TAX):
        w = (np.ones(N) if weight is None else weight) / CHANCE
        p = (w * HELD).sum() / w.sum()
        variance = ((1 - CHANCE) * (w * (HELD - p) / w.sum()) ** 2).sum() * N / (N - 1)
        loss = (stats.norm.ppf(0.975) / stats.t.ppf(0.975, N - 1)) ** 2
        effective = min(p * (1 - p) / variance * loss, N)
        found = compliance.share(HELD, CHANCE, weight)
        assert found.value == pytest.approx(p)
        assert (found.low, found.high) == pytest.approx(exact_limits(p * effective, effective))
        assert (found.cases, found.lines) == (HELD.sum(), N)
        if weight is not None:
            other = compliance.share(HELD, CHANCE, 1e6 * weight)
            assert (other.value, other.low, other.high) == pytest.approx((found.value, found.low, found.high))


def test_a_rate_of_nothing_or_everything_is_as_sure_as_its_effective_lines():
    w = 1 / CHANCE
    kish = w.sum() ** 2 / (w**2).sum()
    none, all_ = (compliance.share(np.full(N, held), CHANCE) for held in (False, True))
    assert (none.value, none.low, none.high) == pytest.approx((0, *exact_limits(0, kish)))
    assert (all_.value, all_.low, all_.high) == pytest.approx((1, *exact_limits(kish, kish)))
    for few in (compliance.share(HELD[:1], CHANCE[:1]), compliance.share(HELD, CHANCE, np.zeros(N))):
        assert np.isnan(few.value)
        assert (few.low, few.high) == (0.0, 1.0)
    two = compliance.share(np.array([True, False]), np.array([0.5, 0.5]))
    assert (two.value, two.low, two.high) == pytest.approx((0.5, 0.0, 1.0))  # two lines say next to nothing


def test_lines_taken_with_certainty_carry_no_error():
    sure = compliance.share(np.array([True, False, True, False]), np.array([1.0, 1.0, 0.999999, 0.999999]))
    assert (sure.low, sure.high) == pytest.approx(exact_limits(2, 4))  # never surer than so many lines


def test_the_unseen_line_weighs_as_the_losses_and_the_lines_do():
    weighed = np.array([10.0, 20.0, 30.0, 40.0, 500.0])
    assert quantile(weighed, np.ones(5), 0.8) == 40.0
    assert quantile(weighed, np.array([1.0, 1.0, 1.0, 7.0, 1.0]), 0.5) == 40.0
    assert unseen_weight(weighed, np.zeros(5)) == 500.0  # 500 of 600 lie on the last
    seen = np.array([4.0, 0.0, 4.0, 0.0, 0.0])
    trust = 2 / (2 + 4)
    assert unseen_weight(weighed, seen) == pytest.approx(max(120.0, trust * 30 + (1 - trust) * 500))
    assert unseen_weight(np.array([10.0, 11, 12]), np.array([1.0, 0, 0])) == pytest.approx(0.2 * 10 + 0.8 * 12)
    assert unseen_weight(np.empty(0), np.empty(0)) == 0.0


def test_a_gap_is_the_capped_total_with_gamma_limits():
    size, chance = np.array([10.0, 10, 20, 20, 5, 8]), np.array([0.5, 0.25, 0.5, 0.5, 1.0, 0.2])
    loss = np.array([4.0, 100, 0, 6, 3, np.nan])
    seen = np.array([4 / 0.5, 20 / 0.25, 0, 6 / 0.5, 0])
    outside = np.array([0.5, 0.25, 0.5, 0.5, 0.2])
    variance = ((1 - outside) * seen**2).sum() - seen.sum() ** 2 / 5
    unseen = unseen_weight(np.array([20.0, 40, 40, 40, 40]), seen)
    low, high = compliance.gamma_limits(seen.sum(), max(variance, 0.0), unseen)
    found = compliance.estimate(loss, size, chance)
    assert (found.value, found.low, found.high) == pytest.approx((103.0, low + 3, high + 3))
    assert found.uncapped == pytest.approx(8 + 400 + 12 + 3)
    assert found.above_cap == pytest.approx(320)
    assert (found.hits, found.largest) == (4, pytest.approx(80 / 103))
    assert found.effective_hits == pytest.approx(103**2 / (seen**2).sum())
    assert found.half_width == pytest.approx((high - low) / 206)
    other = compliance.estimate(1000 * loss, 1000 * size, chance)
    assert (other.low, other.high) == pytest.approx((1000 * found.low, 1000 * found.high))
    cause = compliance.estimate(loss, size, chance, domain=np.array([True, False, False, True, False, False]))
    spread = 0.5 * (8.0**2 + 12.0**2)
    assert (cause.low, cause.high) == pytest.approx(compliance.gamma_limits(20.0, spread, max(12.0, 180 / 5 / 2)))
    assert compliance.estimate(np.zeros(6), size, chance).half_width == np.inf


@pytest.mark.parametrize(("total", "variance", "unseen", "level"), [(7.0, 21.0, 4.0, 0.95), (2.5, 1.5, 1.0, 0.8)])
def test_gamma_limits_are_quantiles_of_gamma_distributions(total, variance, unseen, level):
    tail = (1 - level) / 2
    low = stats.gamma.ppf(tail, total**2 / variance, scale=variance / total)
    wide, mean = variance + unseen**2, total + unseen
    high = stats.gamma.ppf(1 - tail, mean**2 / wide, scale=wide / mean)
    assert compliance.gamma_limits(total, variance, unseen, level) == pytest.approx((low, high))
    assert compliance.gamma_limits(total, 0.0, 0.0) == (total, total)
    assert compliance.gamma_limits(0.0, 0.0, 0.0) == (0.0, 0.0)


def test_what_the_first_team_finds_has_the_limits_of_a_beta():
    first = np.array([10.0, 0, 30, 0, 5, 0, -2])
    second = np.array([20.0, 10, 30, 40, 0, 0, 1])
    chance = np.array([0.5, 1, 1, 0.5, 1, 1, 0.25])
    d, u = double.detection(first, second, chance), np.array([40.0, 10, 30, 80, 4])
    by_count = 2.5 / 6
    value = (70 + 3 * by_count * u.mean()) / (u.sum() + 3 * u.mean())
    m = u.sum() ** 2 / (u**2).sum()
    beta = stats.beta(value * m + 0.5, (1 - value) * m + 0.5)
    assert (d.value, d.low, d.high) == pytest.approx((value, beta.ppf(0.025), beta.ppf(0.975)))
    assert (d.both, d.first, d.second, d.lines, d.by_count) == (2, 3, 5, 7, pytest.approx(by_count))
    gap = compliance.estimate(np.array([4.0, 9, 0, 6]), np.full(4, 10.0), np.full(4, 0.5))
    fixed = double.corrected(gap, d)
    assert fixed.value == pytest.approx(gap.value / value)
    assert fixed.uncapped == pytest.approx(gap.uncapped / value)
    up = np.sqrt(np.log(gap.high / gap.value) ** 2 + np.log(d.value / d.low) ** 2)
    down = np.sqrt(np.log(gap.value / gap.low) ** 2 + np.log(d.high / d.value) ** 2)
    assert (fixed.low, fixed.high) == pytest.approx((fixed.value * np.exp(-down), fixed.value * np.exp(up)))
    none = double.corrected(compliance.estimate(np.zeros(4), np.full(4, 10.0), np.full(4, 0.5)), d)
    assert (none.value, none.low) == (0.0, 0.0)
    assert none.high == pytest.approx(compliance.estimate(np.zeros(4), np.full(4, 10.0), np.full(4, 0.5)).high / d.low)
