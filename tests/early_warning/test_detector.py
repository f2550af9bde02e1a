"""What a watched series can rely on: nothing is told early, late, or because of how the data were handed in."""

import chinese_calendar
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.early_warning.alarms.kinds import lasting, smallest_told
from analytics.early_warning.alarms.thresholds import calibrate, episodes
from analytics.early_warning.detector import lunar, tails
from analytics.early_warning.detector.follow import follow, further
from analytics.early_warning.detector.groups import Groups
from analytics.early_warning.detector.pace import MONTH
from analytics.early_warning.detector.seasonal import LUNAR, SEASON, SeasonalFilter

MONTHS = pd.date_range("2018-01-01", periods=72, freq="MS")


def panel(series=200, noise=0.08, seed=1, months=MONTHS):
    """Quiet series with a season, without an event."""
    rng = np.random.default_rng(seed)
    season = rng.normal(0, 0.1, (12, series))[months.month - 1]
    return np.exp(rng.uniform(5, 9, series) + season + rng.normal(0, noise, (len(months), series)))


def told(reading):
    return (reading.jump > 3.6) | (reading.shift > 5.5)


@pytest.mark.parametrize(("change", "sign"), [(0.6, 1), (-0.4, -1), (1.5, 1)])
def test_a_lasting_shift_is_told_within_two_months_with_its_month_and_size(change, sign):
    figures = panel()
    figures[50:, 7] *= 1 + change
    reading = follow(figures, MONTHS).reading
    assert told(reading)[50:52, 7].any()
    assert reading.shift[51, 7] > 5.5
    assert 51 - reading.began[51, 7] == 50
    assert np.sign(reading.size[51, 7]) == sign
    assert abs(reading.size[51, 7] - np.log1p(change)) < 3 * reading.error[51, 7]


def test_quiet_series_are_seldom_told():
    reading = follow(panel(series=1000), MONTHS).reading
    assert episodes(told(reading)[24:]).mean() < 0.004


def test_after_a_shift_the_new_level_is_ordinary():
    figures = panel(series=60)
    figures[40:] *= 1.5
    reading = follow(figures, MONTHS).reading
    assert np.nanmedian(np.abs(reading.deviation[48:])) < 0.12


def test_a_single_outlier_is_no_shift_and_a_month_later_is_known_for_one():
    figures = panel()
    figures[50, :50] *= 3
    figures[50:, 50:100] *= 3
    reading = follow(figures, MONTHS).reading
    verdict = lasting(reading)[50]
    assert (verdict[:50] == 0).mean() > 0.95
    assert (verdict[50:100] == 1).mean() > 0.85
    assert np.isnan(lasting(reading)[-1]).all()


def test_months_without_trade_are_gaps_and_never_minus_infinity():
    figures = panel(series=30)
    figures[np.random.default_rng(2).random(figures.shape) < 0.3] = 0
    figures[:, 0] = 0
    figures[10:20, 1] = np.nan
    followed = follow(figures, MONTHS)
    for name in ("jump", "scale", "spread", "error"):
        assert np.isfinite(getattr(followed.reading, name)[:, 1:]).all(), name
    assert (followed.reading.jump[figures == 0] == 0).all()
    assert not told(followed.reading)[:, 0].any()


def test_what_is_said_of_a_month_does_not_know_the_next():
    figures = panel(series=40)
    early = follow(figures[:60], MONTHS[:60]).reading
    figures[60:] *= 7
    late = follow(figures, MONTHS).reading
    np.testing.assert_array_equal(early.shift, late.shift[:60])
    np.testing.assert_array_equal(early.jump, late.jump[:60])


def test_a_month_taken_in_later_says_the_same_as_the_whole_panel_at_once():
    figures = panel(series=80)
    names = pd.DataFrame({"good": np.repeat(list("abcd"), 20)})
    groups = Groups.of(names, ["good"], 10)
    whole = follow(figures, MONTHS, groups)
    before = follow(figures[:-1], MONTHS[:-1], groups)
    last = further(before, figures[-1], MONTHS[-1])
    np.testing.assert_array_equal(last.reading.shift[0], whole.reading.shift[-1])
    np.testing.assert_array_equal(last.silence[0], whole.silence[-1])
    np.testing.assert_array_equal(last.index[0], whole.index[-1])


def test_a_month_out_of_turn_is_refused():
    followed = follow(panel(series=3), MONTHS)
    with pytest.raises(ValueError, match="does not follow"):
        further(followed, np.ones(3), pd.Timestamp("2026-01-01"))


@settings(max_examples=10, deadline=None)
@given(factor=st.floats(1e-3, 1e6), seed=st.integers(0, 10))
def test_units_and_the_order_of_series_change_nothing(factor, seed):
    figures = panel(series=12, seed=seed, months=MONTHS[:48])
    order = np.random.default_rng(seed).permutation(12)
    plain = follow(figures, MONTHS[:48]).reading
    other = follow(figures[:, order] * factor, MONTHS[:48]).reading
    np.testing.assert_allclose(other.jump, plain.jump[:, order], atol=0.02)
    np.testing.assert_allclose(other.shift[26:], plain.shift[26:][:, order], atol=0.05)


def plain_kalman(values, months, season, scale):
    """Textbook recursion in double precision, one series, no clipping, constant noise."""
    T, a, P = np.eye(15), np.zeros(15), np.zeros((15, 15))
    T[0, 1], T[1, 1] = 1, 0.98
    a[0] = values[0]
    P[0, 0], P[1, 1], P[14, 14] = 0.5, 0.012**2, 0.09
    P[2:14, 2:14] = season**2 * 12 / 11 * (np.eye(12) - 1 / 12)
    P /= scale**2
    seen = []
    for y, m in zip(values, months, strict=True):
        a, P = T @ a, T @ P @ T.T
        P[0, 0] += 0.04
        P[1, 1] += 1e-5
        P[2 + m.month - 1, 2 + m.month - 1] += 1e-4
        Z = np.zeros(15)
        Z[0], Z[2 + m.month - 1], Z[14] = 1, 1, lunar.share(m)
        F = Z @ P @ Z + 1
        seen.append((y - Z @ a, F))
        K = P @ Z / F
        a, P = a + K * (y - Z @ a), P - np.outer(K, Z @ P)
    return np.array(seen)


def followed_filter(values, season=0.1, scale=0.1):
    """The suite's filter with its scale held, so that it can be compared."""
    one = SeasonalFilter.empty(season, values.shape[1])
    one.begin(np.arange(values.shape[1]), values[0], np.full(values.shape[1], scale))
    out, states, responses = [], [], []
    for y, m in zip(values, MONTHS, strict=False):
        one.advance(m.month - 1)
        out.append(one.observe(y.astype(np.float32), MONTH.place(m, use_lunar=True)))
        one.scale[:] = scale
        states.append(one.mean.copy())
        responses.append(one.response.copy())
    return out, states, responses


def test_without_surprises_the_filter_is_the_textbook_kalman_filter():
    rng = np.random.default_rng(3)
    values = 5 + np.clip(rng.normal(0, 0.1, (60, 1)), -0.15, 0.15)
    seen, _, _ = followed_filter(values)
    expected = plain_kalman(values[:, 0], MONTHS[:60], 0.1, 0.1)
    assert max(abs(float(m.surprise[0])) for m in seen) < 2.5  # nothing was clipped
    np.testing.assert_allclose([float(m.spread[0]) ** 2 for m in seen], expected[:, 1], rtol=2e-3)
    innovation = [float(m.surprise[0] * m.spread[0]) * 0.1 for m in seen]
    np.testing.assert_allclose(innovation, expected[:, 0], atol=2e-4)


def test_the_response_is_what_a_step_really_does_to_the_state():
    rng = np.random.default_rng(4)
    values = 5 + np.clip(rng.normal(0, 0.1, (44, 1)), -0.1, 0.1)
    stepped = values.copy()
    stepped[40:] += 0.02
    _, plain, responses = followed_filter(values)
    _, moved, _ = followed_filter(stepped)
    np.testing.assert_allclose((moved[43] - plain[43]) / 0.02, responses[43][3], atol=2e-3)
    assert responses[43].shape == (6, 15, 1)
    assert LUNAR - SEASON == 12


def test_densities_and_tails_are_those_of_student():
    from scipy.stats import t

    u = np.array([0.0, 1.2, -3.4])
    np.testing.assert_allclose(tails.tail_log_density(u, 5.0), t(5).logpdf(u), rtol=1e-5)
    np.testing.assert_allclose(tails.jump(u, np.full(3, 4.5)), -np.log10(2 * t(4.5).sf(np.abs(u))), rtol=1e-6)
    assert tails.jump(np.array([np.nan]), np.array([5.0]))[0] == 0


def test_heavy_tails_are_learnt():
    rng = np.random.default_rng(5)
    weights = tails.no_evidence(2)
    for _ in range(400):
        tails.learn(weights, np.array([rng.normal(), rng.standard_t(3)], np.float32))
    normal, heavy = tails.degrees_of_freedom(weights)
    assert normal > 9
    assert heavy < 4.5


def test_a_shock_to_a_group_is_told_at_the_group_and_not_of_its_members():
    figures = panel(series=400)
    names = pd.DataFrame({"good": np.repeat(list("abcdefghij"), 40), "partner": np.tile(list("wxyz"), 100)})
    figures[50:, :40] *= 0.7
    groups = Groups.of(names, ["partner", "good"], 10)
    together, alone = follow(figures, MONTHS, groups), follow(figures, MONTHS)
    members = told(together.reading)[50:53, :40].any(axis=0).sum()
    assert told(alone.reading)[50:53, :40].any(axis=0).sum() > 25
    assert members <= 2
    at = groups.labels.index(("good", "a"))
    index = follow(np.exp(together.index), MONTHS).reading
    assert told(index)[50:52, at].any()
    assert together.index[52, at] - together.index[49, at] == pytest.approx(np.log(0.7), abs=0.05)


def test_a_member_that_moves_alone_is_told_though_its_group_is_taken_out():
    figures = panel(series=200)
    names = pd.DataFrame({"good": np.repeat(list("abcd"), 50)})
    figures[50:, 3] *= 1.6
    assert told(follow(figures, MONTHS, Groups.of(names, ["good"], 10)).reading)[50:52, 3].any()


def test_small_groups_speak_for_nobody():
    names = pd.DataFrame({"good": ["a"] * 12 + ["b"] * 9 + ["c"] * 11})
    assert list(Groups.of(names, ["good"], 10).labels) == [("all", ""), ("good", "a"), ("good", "c")]


@pytest.mark.parametrize("rate", [1 / 60, 1 / 240])
def test_thresholds_from_the_past_keep_their_rate_on_other_series(rate):
    past, other = (follow(panel(series=1500, seed=s), MONTHS) for s in (11, 12))
    limits = calibrate(past.reading, past.age > 24, rate)
    assert limits.own
    later = episodes((limits.jumped(other.reading) | limits.shifted(other.reading)) & (other.age > 24))
    assert later[24:].mean() == pytest.approx(rate, rel=0.35)


def test_a_short_past_takes_the_thresholds_of_simulated_panels_and_says_so():
    followed = follow(panel(series=3), MONTHS)
    limits = calibrate(followed.reading, followed.age > 24, 1 / 60)
    assert not limits.own
    assert limits.rate == 1 / 60


def test_a_steady_trader_that_stops_is_missed_and_a_seasonal_one_is_not():
    figures = np.ones((72, 60))
    figures[60:, 0] = 0  # steady, stops
    for i in range(10, 20):
        figures[MONTHS.month > 6, i] = 0  # never trades in the second half
    figures[:66, 30] = 0
    figures[68:, 30] = 0  # seen twice
    silence = follow(figures, MONTHS).silence
    assert silence[60:64, 0].min() > 2.5
    assert silence[:60, 0].max() == 0
    assert silence[36:, 10:20].max() < 2
    assert silence[:, 30].max() == 0


def test_the_lunar_new_year_is_the_official_one():
    for year in range(2004, 2027):
        first = lunar._new_years()[year]
        holiday, name = chinese_calendar.get_holiday_detail(first)
        assert holiday, year
        assert name == "Spring Festival", year
    days = [lunar._new_years()[y].toordinal() for y in range(1982, 2041)]
    assert set(np.diff(days)) <= {353, 354, 355, 383, 384, 385}
    for year in range(1982, 2041):
        around = [lunar.share(pd.Timestamp(year, m, 1)) for m in (1, 2, 3)]
        assert sum(around) == pytest.approx(1)
    assert lunar.share(pd.Timestamp(2024, 7, 1)) == 0


def test_the_smallest_change_told_grows_with_noise_and_strictness():
    rise, fall = smallest_told(np.array([0.08, 0.2]), 1 / 60)
    assert rise.tolist() == pytest.approx([np.expm1(0.24), np.expm1(0.6)])
    assert (fall > -1).all()
    assert smallest_told(np.array([0.08]), 1 / 600)[0][0] > rise[0]
