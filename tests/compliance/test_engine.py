"""The statistics of the random sample: published values, and what every draw and interval must keep."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import compliance
from analytics.compliance.engine import double
from analytics.compliance.engine.planner import half_width
from analytics.statistics import exact_limits


def test_the_gamma_interval_gives_the_published_limits_of_fay_and_feuer():
    """Down's syndrome, birth order 5 and more, Michigan 1950-64 (Fleiss 1981, table 14.4; Fay and Feuer 1997).

    75.529 (67.702 to 188.300) per 100,000, as the R package dsrTest prints it in its vignette.
    """
    births = np.array([
        [230_061, 329_449, 114_920, 39_487, 14_208, 3_052], [72_202, 326_701, 208_667, 83_228, 28_466, 5_375],
        [15_050, 175_702, 207_081, 117_300, 45_026, 8_660], [2_293, 68_800, 132_424, 98_301, 46_075, 9_834],
        [327, 30_666, 123_419, 149_919, 104_088, 34_392],
    ])  # fmt: skip
    cases = np.array([0, 8, 63, 112, 262, 295])
    weight = births.sum(axis=0) / births.sum() / births[4]
    total, variance = float((weight * cases).sum()), float((weight**2 * cases).sum())
    low, high = compliance.gamma_limits(total, variance, float(weight.max()))
    assert [1e5 * x for x in (total, low, high)] == pytest.approx([75.52901, 67.70212, 188.30017], abs=5e-6)


def test_with_equal_weights_the_gamma_interval_is_the_exact_poisson_one():
    """Garwood 1936: 10 events have the limits 4.795 and 18.390."""
    low, high = compliance.gamma_limits(10.0, 10.0, 1.0)
    assert (low, high) == pytest.approx((4.795, 18.390), abs=5e-4)


@pytest.mark.parametrize(
    ("cases", "lines", "low", "high"), [(0, 10, 0, 0.3085), (5, 10, 0.1871, 0.8129), (1, 20, 0.0013, 0.2487)]
)
def test_exact_limits_of_a_share_are_those_of_clopper_and_pearson(cases, lines, low, high):
    assert exact_limits(cases, lines) == pytest.approx((low, high), abs=5e-5)


sizes = st.lists(st.floats(0, 1e9), min_size=3, max_size=60).map(np.array)


@given(sizes, st.data())
@settings(max_examples=60, deadline=None)
def test_chances_add_up_to_the_sample_and_none_is_above_one_or_nothing(size, data):
    lines = data.draw(st.integers(1, len(size)))
    made = compliance.design(size, lines)
    assert made.probability.sum() == pytest.approx(lines)
    assert made.probability.max() <= 1
    assert made.probability.min() > 0  # no line is beyond reach
    at = compliance.draw(made, 3)
    assert abs(len(at) - lines) <= 1
    assert set(np.flatnonzero(made.certain)) <= set(at)
    assert np.array_equal(at, compliance.draw(made, 3))


def test_a_total_known_beforehand_is_met_on_average():
    rng = np.random.default_rng(2)
    size = rng.pareto(1.5, 4_000) + 0.1
    loss = np.where(rng.random(4_000) < 0.05, 0.4 * size, 0.0)
    made = compliance.design(size, 600)
    got = []
    for seed in range(200):
        at = compliance.draw(made, seed)
        got.append(compliance.estimate(loss[at], size[at], made.probability[at]).value)
    assert np.mean(got) == pytest.approx(loss.sum(), rel=0.03)


def test_intervals_hold_and_a_wrong_score_costs_width_not_coverage():
    """A hundred draws; the benchmark judges with many more."""
    rng = np.random.default_rng(5)
    n = 8_000
    size, risk = rng.pareto(1.3, n) + 0.1, np.exp(rng.normal(0, 1.2, n))
    wrong = rng.random(n) < np.minimum(0.03 * risk / risk.mean(), 1)
    loss = np.where(wrong, size * np.minimum(rng.pareto(1.8, n) * 0.3 + 0.2, 20), 0)
    truth = np.minimum(loss, 2 * size).sum()
    width = {}
    for name, score in (("right", risk), ("permuted", rng.permutation(risk)), ("inverted", 1 / risk)):
        made, held, wide = compliance.design(size, 800, score), [], []
        for seed in range(100):
            at = compliance.draw(made, seed)
            g = compliance.estimate(loss[at], size[at], made.probability[at])
            held.append(g.low <= truth <= g.high)
            wide.append(g.high - g.low)
        assert np.mean(held) >= 0.91, name
        width[name] = np.median(wide)
    assert width["right"] < width["permuted"]
    assert width["right"] < width["inverted"]


def test_a_sample_without_a_loss_gives_an_upper_bound_and_no_lower_one():
    size, chance = np.full(100, 10.0), np.full(100, 0.01)
    g = compliance.estimate(np.zeros(100), size, chance)
    assert (g.value, g.low, g.hits, g.effective_hits) == (0, 0, 0, 0)
    assert g.high == pytest.approx(3.689 * 1000, rel=1e-3)  # 3.689: upper limit of no event, at 1,000 a line


def test_losses_above_the_cap_are_shown_apart():
    size, loss, chance = np.array([10.0, 10, 10]), np.array([5.0, 90, 0]), np.array([0.5, 0.5, 1])
    g = compliance.estimate(loss, size, chance)
    assert g.value == pytest.approx((5 + 20) / 0.5)
    assert g.above_cap == pytest.approx(70 / 0.5)


def test_causes_add_up_to_the_whole():
    rng = np.random.default_rng(1)
    size, chance = rng.random(300) + 0.1, rng.random(300) * 0.5 + 0.1
    loss, cause = np.where(rng.random(300) < 0.2, size, 0), rng.integers(0, 4, 300)
    parts = [compliance.estimate(loss, size, chance, domain=cause == k).value for k in range(4)]
    assert sum(parts) == pytest.approx(compliance.estimate(loss, size, chance).value)


def test_a_share_from_equal_chances_is_the_plain_share_within_exact_limits():
    held = np.array([True] * 30 + [False] * 970)
    r = compliance.share(held, np.full(1000, 1e-6))
    low, high = exact_limits(30, 1000)
    assert r.value == pytest.approx(0.03)
    assert r.low == pytest.approx(low, abs=3e-4)
    assert r.high == pytest.approx(high, abs=3e-4)


def test_detection_by_hand():
    """Second team finds four of ten each; the first found three of them: d = 3.5/5 by count."""
    first, second = np.array([10.0, 10, 10, 0, 5, 0]), np.array([10.0, 10, 10, 10, 0, 0])
    d = double.detection(first, second, np.ones(6))
    assert d.by_count == pytest.approx(0.7)
    assert d.value == pytest.approx((30 + 3 * 0.7 * 10) / (40 + 30))
    assert d.low < d.value < d.high
    assert (d.both, d.second, d.lines) == (3, 4, 6)


def test_nobody_is_told_what_was_missed_where_the_second_team_found_nothing():
    assert double.detection(np.ones(5), np.zeros(5), np.ones(5)) is None
    assert double.detection(np.array([]), np.array([]), np.array([])) is None


def test_correction_raises_the_gap_and_widens_the_interval():
    rng = np.random.default_rng(3)
    size, chance = np.ones(500), np.full(500, 0.1)
    loss = np.where(rng.random(500) < 0.1, 0.5, 0.0)
    found = compliance.estimate(loss, size, chance)
    second = np.where((loss > 0) & (rng.random(500) < 0.7), loss, 0.0)
    fixed = double.corrected(found, double.detection(loss, second, chance))
    assert fixed.value > found.value
    assert fixed.half_width > found.half_width
    assert fixed.low < fixed.value < fixed.high


def test_more_lines_never_promise_a_wider_interval():
    size = np.random.default_rng(4).pareto(1.2, 5_000) + 0.1
    widths = [half_width(size, n)[0] for n in (100, 300, 1_000, 3_000)]
    assert widths == sorted(widths, reverse=True)
    made = compliance.plan(size, 0.5)
    assert made.half_width <= 0.5
    assert made.assured_lines > made.lines


def test_a_pilot_with_large_losses_asks_for_more_lines():
    rng = np.random.default_rng(4)
    size = rng.pareto(1.2, 5_000) + 0.1
    at = np.arange(0, 5_000, 10)
    heavy = compliance.Pilot(at, np.where(rng.random(500) < 0.02, 2 * size[at], 0), np.full(500, 0.1))
    even = compliance.Pilot(at, np.where(rng.random(500) < 0.5, 0.2 * size[at], 0), np.full(500, 0.1))
    assert compliance.plan(size, 0.4, pilot=heavy).lines > compliance.plan(size, 0.4, pilot=even).lines


@pytest.mark.parametrize(("call", "words"), [
    (lambda: compliance.design(np.ones(10), 11), "1 to 10"),
    (lambda: compliance.design(np.ones(10), 5, np.array([1.0] * 9 + [np.nan])), "1 lines have a missing"),
    (lambda: compliance.plan(np.ones(500), 0.001, most=100), "not reached with 100 lines"),
    (lambda: compliance.plan(np.ones(500), -1), "share of the gap"),
])  # fmt: skip
def test_what_cannot_be_drawn_or_promised_is_said_with_what_is_allowed(call, words):
    with pytest.raises(compliance.DesignError, match=words):
        call()
