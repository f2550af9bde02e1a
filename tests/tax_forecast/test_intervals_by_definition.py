"""The interval of a year's forecast against other hands: formulas written out, simulated truth."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from analytics.tax_forecast.record.calibration import spread, stretch, swing_ratio
from analytics.tax_forecast.record.paths import Spread, calibrated, raw_deviations, simulated_spread, split


def test_bounds_and_chances_are_students():
    said, t = Spread(0.04, 7.0, 9), stats.t(7.0, scale=0.04)
    low, high = said.interval(200.0, 0.8)
    assert t.cdf(np.log([low / 200, high / 200])) == pytest.approx([0.1, 0.9])
    assert said.interval(200.0, 0.95) == pytest.approx((200 * np.exp(t.ppf(0.025)), 200 * np.exp(t.ppf(0.975))))
    assert said.half80 == pytest.approx(np.log(high / 200))
    assert said.times(2.0) == Spread(0.08, 7.0, 9)
    assert [said.at_least(x) for x in (low / 200, 1.0, high / 200, 0.0, -1.0)] == pytest.approx([0.9, 0.5, 0.1, 1, 1])
    outturn = 200 * np.exp(t.ppf((np.arange(200_000) + 0.5) / 200_000))
    assert said.within(0.05) == pytest.approx((np.abs(200 / outturn - 1) <= 0.05).mean(), abs=1e-4)


def test_the_scale_is_the_weighted_record_steadied_by_two_simulated_years():
    errors, history = np.array([0.10, np.nan, -0.02, 0.04]), np.array([4.0, 8.0, 8.0, 20.0])
    weight = np.array([0.5 ** (3 / 16) / 4, 0.5 ** (1 / 16), 1.0])  # half of the history: a quarter
    size = np.array([0.10, 0.02, 0.04])
    found = spread(errors, 0.03, history, ratio=1.5)
    assert found.freedom == pytest.approx(weight.sum() + 2)
    assert found.scale == pytest.approx(((weight * size).sum() * np.sqrt(np.pi / 2) + 2 * 1.5 * 0.03) / found.freedom)
    assert found.years == 3
    assert spread(-errors, 0.03, history, ratio=1.5) == found
    assert spread(np.empty(0), 0.03) == Spread(pytest.approx(0.03), 2.0, 0)
    assert spread(np.zeros(3), 0.0).scale == 1e-9
    aged = spread(np.array([0.1, 0.0]), 0.0).scale / spread(np.array([0.0, 0.1]), 0.0).scale
    assert aged == pytest.approx(0.5 ** (1 / 16))


def test_a_series_that_has_been_twice_as_far_off_at_all_months_is_known_by_it():
    age, simulated, history = np.array([2.0, 1.0, 0.0]), np.array([0.1, 0.05, 0.0]), np.array([8.0, 2.0, 8.0])
    weight = np.array([0.5 ** (2 / 16), 0.5 ** (1 / 16) / 16])  # nothing simulated: nothing to compare
    off = np.sqrt(np.pi / 2) * np.array([0.2 / 0.1, 0.1 / 0.05])
    expected = ((weight * off).sum() + 6) / (weight.sum() + 6)
    assert swing_ratio(age, np.array([0.2, -0.1, 0.3]), simulated, history) == pytest.approx(expected)


def test_intervals_that_held_four_times_in_five_stay_and_others_are_stretched_to_hold():
    """Sizes in half-widths whose .8 quantile is one, half, and one and a half; many of them outweigh the six."""
    age, history = np.zeros(400), np.full(400, 10.0)
    fair = np.abs(stats.t.ppf((np.arange(400) + 0.5) / 400, 6)) / stats.t.ppf(0.9, 6)
    assert stretch(age, fair, history) == pytest.approx(np.quantile(fair, 0.84), rel=0.01)
    assert stretch(age, 0.7 * fair, history) == pytest.approx(0.7 * np.quantile(fair, 0.84), rel=0.015)
    assert stretch(age, 0.1 * fair, history) == 0.6
    assert stretch(age, 9 * fair, history) == 1.6
    recent = np.where(np.arange(400) < 200, 200.0, 0.0)
    sizes = np.where(recent > 0, 1.5, 0.7)
    assert stretch(recent, sizes, history) < stretch(recent[::-1], sizes, history)
    short, long = (stretch(age[:2], np.full(2, 1.9), np.full(2, years)) for years in (2.0, 10.0))
    assert 1.0 < short < long  # a record made from a short history weighs less


def test_eighty_percent_intervals_hold_eighty_percent_of_simulated_outturns():
    rng = np.random.default_rng(8)
    held80, held95 = [], []
    for _ in range(1500):
        errors = rng.normal(0, 0.05, 13)
        said = spread(errors[:12], 0.05)
        for held, level in ((held80, 0.8), (held95, 0.95)):
            low, high = said.interval(100.0, level)
            held.append(low <= 100 * np.exp(errors[12]) <= high)
    assert np.mean(held80) == pytest.approx(0.8, abs=0.035)
    assert np.mean(held95) == pytest.approx(0.95, abs=0.02)


def test_paths_have_the_quantiles_of_the_interval_and_keep_their_order():
    rng = np.random.default_rng(3)
    origin, median = SimpleNamespace(received=60.0), np.array([20.0, 12.0, 8.0])
    drawn = 0.3 * rng.standard_normal((999, 3))
    said = Spread(0.05, 9.0, 9)
    paths = calibrated(origin, median, drawn, said)
    totals = origin.received + paths.sum(axis=1)
    assert np.median(totals) == pytest.approx(100.0)
    chance = (np.arange(999) + 0.5) / 999
    np.testing.assert_allclose(np.sort(totals), 100 * np.exp(0.05 * stats.t.ppf(chance, 9)))
    raw = median * np.exp(drawn)
    assert (np.argsort(totals) == np.argsort(raw.sum(axis=1))).all()
    np.testing.assert_allclose(paths / paths.sum(axis=1, keepdims=True), raw / raw.sum(axis=1, keepdims=True))
    floor = calibrated(origin, median, drawn, Spread(0.5, 3.0, 9)).sum(axis=1).min()
    assert floor == pytest.approx(0.1 * 40)  # what is received is received
    assert simulated_spread(origin, median, drawn) == pytest.approx(np.log(60 + raw.sum(axis=1)).std())
    assert simulated_spread(SimpleNamespace(received=-1e9), median, drawn) == 0.2


def test_leaves_of_every_path_add_up_to_it_by_their_shares():
    rng = np.random.default_rng(2)
    total, medians = rng.uniform(50, 60, (40, 2)), np.array([[30.0, 0.0], [10.0, 0.0], [20.0, 0.0]])
    leaves = split(total, medians, np.zeros((3, 40, 2)))
    np.testing.assert_allclose(leaves.sum(axis=0), total)
    np.testing.assert_allclose(leaves[:, :, 0] / total[:, 0], np.array([[1 / 2], [1 / 6], [1 / 3]]) * np.ones(40))
    np.testing.assert_allclose(leaves[:, :, 1] / total[:, 1], 1 / 3)  # nothing expected of any: even shares


def _young(complete: int, receipts: list[list[float]], known: int = 9) -> SimpleNamespace:
    history = SimpleNamespace(ends=tuple(range(12)), complete_years=tuple(range(complete)))
    return SimpleNamespace(history=history, known=known, on_one_law=np.array(receipts), ahead=0, since=0)


def test_a_history_too_short_for_a_season_scatters_as_its_months_have():
    receipts = np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.3, (3, 12)), axis=0))
    receipts[1, 3] = -5.0  # a refund has no logarithm
    steps = np.diff(np.log(np.where(receipts > 0, receipts, np.nan)), axis=0)
    drawn = raw_deviations(_young(2, receipts.tolist()), 20_000, 7)
    assert drawn.shape == (20_000, 3)
    scale = np.nanstd(steps)
    assert drawn.std(axis=0) == pytest.approx(scale * np.sqrt(1.25), rel=0.03)
    assert np.corrcoef(drawn.T)[0, 1] == pytest.approx(1 / 1.25, abs=0.02)  # the year's own shock is common
    few = raw_deviations(_young(2, [[1.0, 2.0], [3.0, 9.0]]), 20_000, 7)
    assert few.std(axis=0) == pytest.approx(0.2 * np.sqrt(1.25), rel=0.03)
    three = raw_deviations(_young(2, [[1.0, 2.0, 3.0], [3.0, 9.0, 3.0]]), 20_000, 7)
    assert three.std(axis=0) == pytest.approx(np.std(np.log([3, 4.5, 1])) * np.sqrt(1.25), rel=0.03)


@pytest.mark.parametrize(("complete", "known", "season", "wild"), [
    (3, 9, True, 0.0), (2, 9, False, 0.0), (3, 9, False, 3.1), (3, 9, False, np.nan), (3, 12, True, 0.0),
])  # fmt: skip
def test_the_model_draws_where_it_has_seen_three_years_and_knows_every_month(
    monkeypatch, complete, known, season, wild
):
    def drawn(_level, steps, paths, rng):
        own = rng.choice([-1.0, 1.0], (paths, steps))
        own[:, :1] *= 2.9 if wild == 0 else wild
        return own

    monkeypatch.setattr("analytics.tax_forecast.record.paths.deviations", drawn)
    monkeypatch.setattr("analytics.tax_forecast.record.paths.fitted", lambda *_series: None)
    found = raw_deviations(_young(complete, [[1.0] * 12] * 3, known), 300, 1)
    assert (set(np.unique(np.abs(found))) <= {1.0, 2.9}) == season
    years = _young(3, [[1.0] * 12] * 3, known)
    years.history.ends = (6, 12)  # half-years have no season
    years.known = 1
    assert raw_deviations(years, 300, 1).max() < 0.01


def test_a_total_that_cannot_be_logged_has_no_spread_of_its_own():
    drawn = np.array([[0.0], [0.3], [-0.3]])
    two = simulated_spread(SimpleNamespace(received=-1.0), np.array([1.0]), np.vstack([drawn, [[0.6]]]))
    assert two == pytest.approx(np.log(np.exp([0.3, 0.6]) - 1).std())
    assert simulated_spread(SimpleNamespace(received=-1.2), np.array([1.0]), drawn) == 0.2
