"""Levels, their variances and their posterior against other hands: dense matrices, integrals, simulated truth."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analytics.valuation.level.verdicts import in_order_by_value
from analytics.valuation.regression.components import (
    MOST,
    NOTHING,
    VARIANCE_START,
    _raw_effects,
    season_variance,
    variance_components,
)
from analytics.valuation.regression.information import Information
from analytics.valuation.regression.large import APART
from analytics.valuation.regression.mixed import Targets, against_others, estimate
from analytics.valuation.regression.robust import GOOD, SEASON, Observations
from analytics.valuation.regression.strata import strata
from analytics.valuation.verdict import posterior
from analytics.valuation.verdict.decision import MOST_ORDINARY, decided
from analytics.valuation.verdict.departures import CHANCE_APART, CHANCE_JOINED, CHANCE_JOINT, Grid, cases, moments
from analytics.valuation.verdict.messages import Messages, Part, grouped
from analytics.valuation.verdict.posterior import judge

BAND = (1 / 1.05, 1.05)
NOBODY = np.empty(0, int), np.empty(0)


def customs(seed: int, lines: int, firms: int, sd: dict[str, float], noise: float) -> Observations:
    """Lines of one chapter: five groups, products that all groups trade, enterprises in several groups."""
    rng = np.random.default_rng(seed)
    group, product, firm = rng.integers(0, 5, lines), rng.integers(0, 12, lines), rng.integers(0, firms, lines)
    random = {"enterprise": firm, "contract": np.unique(firm * 12 + product, return_inverse=True)[1]}
    size = rng.normal(4, 1, lines)
    off = sum(rng.normal(0, sd[name], code.max() + 1)[code] for name, code in random.items())
    price = rng.normal(2, 1, 12)[product] - 0.05 * size + 0.1 * (group == 2) + off + rng.normal(0, noise, lines)
    one = np.ones(lines)
    return Observations(price, size, one, one, product, np.zeros(lines, int), group, product, random)


@pytest.mark.parametrize("factored", [10_000, 0], ids=["by factors", "by iteration"])
def test_the_mixed_model_is_generalised_least_squares(monkeypatch, factored):
    """Groups, cells and slope fixed, V = sum of variance x ZZ' + noise: estimate and error of the dense solution."""
    monkeypatch.setattr("analytics.valuation.regression.information._DIRECT", factored)
    variances = {"enterprise": 0.01, "contract": 0.02}
    obs = customs(1, 240, 30, {"enterprise": 0.1, "contract": 0.14}, 0.2)
    rng = np.random.default_rng(2)
    noise = rng.uniform(0.02, 0.08, 240)
    weight = np.array([5.0, 1, 2, 3, 4])
    for base in (None, np.array([True, True, False, False, True])):
        targets = Targets(weight, base, np.arange(5), 5)
        parts = list(strata(obs, 1 / noise, variances))
        found = estimate(obs, parts, variances, targets, noise, np.full(240, -1))
        fixed = np.hstack([np.eye(5)[obs.group], np.eye(12)[obs.cell][:, 1:], obs.log_size[:, None]])
        cover = np.diag(noise)
        for name, code in obs.random.items():
            z = np.eye(code.max() + 1)[code]
            cover += variances[name] * z @ z.T
        inverse = np.linalg.inv(cover)
        exact = np.linalg.inv(fixed.T @ inverse @ fixed)
        effect = exact @ (fixed.T @ inverse @ obs.log_price)
        others = (1 - np.eye(5)) if base is None else np.tile(base.astype(float), (5, 1))
        contrast = np.eye(5) - others * weight / (others * weight).sum(1, keepdims=True)
        np.testing.assert_allclose(found.log, contrast @ effect[:5], atol=2e-4)
        np.testing.assert_allclose(found.error, np.sqrt(np.diag(contrast @ exact[:5, :5] @ contrast.T)), rtol=2e-3)
        assert (found.enterprises > 5).all()
        assert (found.enterprises <= 30).all()


def test_the_weighted_regression_has_the_error_of_all_its_random_effects():
    """Weighted least squares, its influences squared with the variance that lines of one enterprise share."""
    variances = {"enterprise": 0.01, "contract": 0.02}
    obs = customs(4, 200, 25, {"enterprise": 0.1, "contract": 0.14}, 0.2)
    w, noise, weight = np.random.default_rng(3).uniform(1, 9, 200), np.full(200, 0.05), np.array([5.0, 1, 2, 3, 4])
    parts = list(strata(obs, w, None))
    found = estimate(obs, parts, variances, Targets(weight, None, np.arange(5), 5), noise, np.full(200, -1))
    fixed = np.hstack([np.eye(5)[obs.group], np.eye(12)[obs.cell][:, 1:], obs.log_size[:, None]])
    influence = against_others(weight) @ np.linalg.solve(fixed.T @ (w[:, None] * fixed), fixed.T * w)[:5]
    variance = influence**2 @ noise
    for name, code in obs.random.items():
        variance += variances[name] * ((influence @ np.eye(code.max() + 1)[code]) ** 2).sum(1)
    np.testing.assert_allclose(found.log, influence @ obs.log_price, atol=2e-4)
    np.testing.assert_allclose(found.error, np.sqrt(variance), rtol=2e-3)
    by_firm = np.abs(influence @ np.eye(25)[obs.random["enterprise"]])
    np.testing.assert_allclose(found.enterprises, by_firm.sum(1) ** 2 / (by_firm**2).sum(1), rtol=1e-3)
    both = estimate(obs, parts, variances, Targets(weight, None, np.zeros(5, int), 1), noise, np.full(200, -1))
    mean = weight / weight.sum()
    assert both.log[0] == pytest.approx(mean @ found.log, abs=2e-4)  # a target over several groups: their weighted mean


def test_two_groups_are_enough_and_the_unit_of_their_value_does_not_matter():
    obs = customs(4, 200, 25, {"enterprise": 0.1, "contract": 0.14}, 0.2)
    two = Observations(**{**vars(obs), "group": obs.group % 2})
    parts, noise = list(strata(two, np.ones(200), None)), np.full(200, 0.05)
    none = {"enterprise": 0.0, "contract": 0.0}
    found = [
        estimate(two, parts, none, Targets(unit * np.array([3.0, 1]), base, np.arange(2), 2), noise, np.full(200, -1))
        for unit in (1e6, 1e-6)
        for base in (None, np.array([True, False]))
    ]
    assert found[0].log[0] == pytest.approx(-found[0].log[1])
    assert found[1].log == pytest.approx([0, found[0].log[1]])
    np.testing.assert_allclose([f.log for f in found[2:]], [f.log for f in found[:2]], atol=1e-9)


def test_a_group_that_only_one_place_has_is_compared_with_nothing():
    assert np.isnan(against_others(np.array([3.0]))).all()
    alone = Targets(np.ones(3), np.array([False, False, True]), np.arange(3), 3)
    assert np.isnan(alone.contrast(np.array([0, 1]))).all()


def test_raw_effects_are_those_of_the_dense_projection():
    """M takes groups, cells and slope out: effect z'My / z'Mz, information z'Mz, influence of each variance."""
    obs = customs(6, 150, 12, {"enterprise": 0.1, "contract": 0.1}, 0.2)
    w = np.random.default_rng(1).uniform(2, 20, 150)
    free = {name: v for name, v in VARIANCE_START.items() if name != SEASON}  # cells fixed, as the projection has them
    [part] = strata(obs, w, free)
    effect, known_by, influence, block = _raw_effects(part, obs.log_price)
    fixed = np.hstack([np.eye(5)[obs.group], np.eye(12)[obs.cell][:, 1:], obs.log_size[:, None]])
    weighted = w[:, None] * fixed
    project = np.diag(w) - weighted @ np.linalg.solve(fixed.T @ weighted, weighted.T)
    z = [np.eye(code.max() + 1)[code] for code in obs.random.values()]
    every, owner = np.hstack(z), np.repeat([0, 1], [len(x.T) for x in z])
    inner = every.T @ project @ every
    told_ = np.diag(inner) > 1e-3 * np.diag(every.T @ np.diag(w) @ every)
    assert (block == owner[told_]).all()
    np.testing.assert_allclose(known_by, np.diag(inner)[told_], rtol=1e-3)
    np.testing.assert_allclose(effect, ((every.T @ project @ obs.log_price) / np.diag(inner))[told_] ** 2, atol=1e-4)
    by_block = np.stack([(inner[:, owner == f] ** 2).sum(1) for f in (0, 1)], 1) / np.diag(inner)[:, None] ** 2
    np.testing.assert_allclose(influence, by_block[told_], rtol=2e-3, atol=1e-6)


def test_what_cannot_be_told_is_taken_as_nothing():
    """Two enterprises are too few for a variance; a stratum without random effects keeps the first guess."""
    start = {**VARIANCE_START, "enterprise": 0.05, "contract": 0.04}
    obs = customs(2, 800, 2, {"enterprise": 0.5, "contract": 0.2}, 0.1)
    found = variance_components(obs, list(strata(obs, np.full(800, 100.0), start)), 1.0, start)
    assert found["enterprise"] == NOTHING
    assert found["contract"] == pytest.approx(0.04, rel=0.6)
    assert variance_components(obs, list(strata(obs, np.full(800, 100.0), None)), 1.0, start) == start
    assert variance_components(obs, [], 1.0, start) == start
    wild = customs(3, 2000, 100, {"enterprise": 2.0, "contract": 0.0}, 0.1)
    found = variance_components(wild, list(strata(wild, np.full(2000, 100.0), start)), 1.0, start)
    assert found["enterprise"] == pytest.approx(MOST)


def test_variance_components_are_found_again():
    """Four simulated chapters with the same variances: each component within a fifth, on average."""
    truth, found = {"enterprise": 0.12, "contract": 0.2}, []
    for seed in range(4):
        obs = customs(seed, 3000, 150, truth, 0.25)
        start = {**VARIANCE_START, "enterprise": 0.03**2, "contract": 0.05**2}
        parts = list(strata(obs, np.full(3000, 1 / 0.25**2), start))
        found.append([variance_components(obs, parts, 1.0, start)[name] for name in truth])
    assert np.mean(found, axis=0) == pytest.approx([0.12**2, 0.2**2], rel=0.2)


@pytest.mark.parametrize("doubt", [0.0, 0.03**2])
def test_a_cell_and_its_large_enterprise_have_the_moments_of_bayes_rule(doubt):
    """The sum over practices and the integral over both departures, by points close together."""
    grid = Grid.start()
    grid.apart = 0.1
    matrix = np.array([[[3000.0, 900], [900, 1000]], [[700, -200], [-200, 400]]])
    score = np.array([[250.0, -60], [40, 110]])
    found = cases(matrix, score, np.full(2, doubt), grid)
    mean, cover = moments(found, 2)
    d = np.linspace(-0.45, 0.45, 1801)
    spread = grid.width**2 + grid.ordinary + doubt
    practice = (grid.share * np.exp(-0.5 * (d[:, None] - grid.centre) ** 2 / spread) / np.sqrt(2 * np.pi * spread)).sum(
        1
    )
    e = np.linspace(-1, 1, 801)
    own = 0.1 * np.exp(-0.5 * e**2 / APART**2) / np.sqrt(2 * np.pi) / APART * (e[1] - e[0])
    e, own = np.append(e, 0.0), np.append(own, 0.9)
    for b in range(2):
        x = np.stack(np.meshgrid(d, e, indexing="ij"))
        told = np.einsum("i,ikl->kl", score[b], x) - 0.5 * np.einsum("ikl,ij,jkl->kl", x, matrix[b], x)
        p = practice[:, None] * own * np.exp(told - told.max())
        p /= p.sum()
        first = (x * p).sum((1, 2))
        second = np.einsum("ikl,jkl,kl->ij", x, x, p) - np.outer(first, first)
        np.testing.assert_allclose(mean[b], first, rtol=2e-3, atol=1e-5)
        np.testing.assert_allclose(cover[b], second, rtol=5e-3, atol=1e-7)
        assert found[1].weight[b].sum() == pytest.approx(p[:, :-1].sum(), rel=5e-3)
        assert sum(case.weight[b].sum() for case in found) == pytest.approx(1.0)


def test_cells_that_hang_together_agree_on_what_bayes_rule_gives():
    """Two cells compared with each other: messages passed to and fro against the integral over both departures."""
    grid, matrix, score = Grid.start(), np.array([[900.0, -600], [-600, 1100]]), np.array([95.0, -120])
    doubt, mix = np.array([0.0, 0.02**2]), np.array([0.03, -0.01])
    plain = Part.plain(Information(np.arange(2), NOBODY[0], matrix, score), np.ones(2), *NOBODY)
    stratum = Messages(Part(**{**vars(plain), "mix": mix, "doubt": doubt}))
    kinds = grouped([stratum])
    for _ in range(30):
        stratum.solve()
        for kind in kinds:
            kind.update(grid)
    mean, cover = moments(kinds[0].cases, 1)
    d = np.linspace(-0.5, 0.5, 1001)
    spread = grid.width**2 + grid.ordinary + doubt[:, None]
    bell = np.exp(-0.5 * (d[:, None, None] - grid.centre) ** 2 / spread) / np.sqrt(spread)
    prior = (grid.share * bell).sum(2)
    x = np.stack(np.meshgrid(d, d, indexing="ij"))
    lines = np.einsum("i,ikl->kl", score - matrix @ mix, x) - 0.5 * np.einsum("ikl,ij,jkl->kl", x, matrix, x)
    p = prior[:, :1] * prior[:, 1] * np.exp(lines - lines.max())
    p /= p.sum()
    first = (x * p).sum((1, 2))
    np.testing.assert_allclose(mean[:, 0], first, atol=2e-3)
    np.testing.assert_allclose(cover[:, 0, 0], (x**2 * p).sum((1, 2)) - first**2, rtol=0.15)


def told(seed: int, groups: int = 40) -> tuple[Part, np.ndarray]:
    """What lines say of cells, a few with a practice, and their true levels against the others."""
    rng = np.random.default_rng(seed)
    true = rng.normal(0, 0.012, groups) + np.where(rng.random(groups) < 0.12, rng.choice([-0.12, 0.1, 0.2], groups), 0)
    strength = rng.uniform(1500, 20_000, groups)
    matrix = np.diag(strength) - np.outer(strength, strength) / strength.sum()
    score = matrix @ true + np.linalg.cholesky(matrix + 1e-6 * np.eye(groups)) @ rng.normal(0, 1, groups)
    weight = rng.uniform(1, 3, groups)
    return Part.plain(Information(np.arange(groups), NOBODY[0], matrix, score), weight, *NOBODY), true


def test_intervals_of_levels_hold_the_truth_as_often_as_they_say():
    held, off, width = [], [], []
    for seed in range(12):
        part, true = told(seed)
        found = judge([part], BAND)
        level = true - np.median(true)  # the bulk of the others is the reference
        held += list((found.low <= level) & (level <= found.high))
        off += list(level - found.mean)
        width += list(found.high - found.low)
        assert (found.low < found.mean).all()
        assert (found.mean < found.high).all()
    assert 0.92 <= np.mean(held) <= 0.995
    assert abs(np.mean(off)) < 0.002
    assert np.mean(width) < 4.6 * np.std(off)  # not held by width alone


def test_levels_below_are_judged_as_levels_above_in_the_mirror():
    part, _ = told(3)
    known = part.known
    mirror = Part.plain(Information(known.groups, known.candidates, known.matrix, -known.score), part.weight, *NOBODY)
    one, other = judge([part], BAND), judge([mirror], BAND)
    np.testing.assert_allclose(one.mean, -other.mean, atol=1e-9)
    np.testing.assert_allclose(one.low, -other.high, atol=1e-9)
    np.testing.assert_allclose(one.outside, other.outside, atol=1e-9)


def test_who_is_outside_the_band_is_likely_outside_and_who_stands_at_one_is_not():
    part, true = told(5)
    found, level = judge([part], BAND), true - np.median(true)
    assert (found.outside[np.abs(level) > 0.09] > 0.9).all()
    assert found.outside[np.abs(level) < 0.015].max() < 0.5
    assert found.outside[np.abs(level) < 0.015].mean() < 0.03
    assert found.outside.max() <= 1
    wide = judge([part], (0.5, 2.0)).outside
    assert wide.max() < 1e-3


def test_a_known_shift_back_and_doubts_move_and_widen_the_interval():
    """What alignment took off is put back to the same amount; variance of the goods is added, once."""
    part, _ = told(7)
    size = len(part.weight)
    before = judge([part], BAND)
    back = np.where(np.arange(size) == 4, 0.3, 0.0)
    shifted = judge([Part(**{**vars(part), "back": back})], BAND)
    assert shifted.mean[4] - before.mean[4] == pytest.approx(0.3, abs=0.01)
    np.testing.assert_allclose(np.delete(shifted.mean - before.mean, 4), 0.0, atol=0.012)
    goods = np.where(np.arange(size) == 4, 0.04**2, 0.0)
    for name in ("goods", "members"):
        wide = judge([Part(**{**vars(part), name: goods})], BAND)
        half, narrow = (wide.high - wide.low)[4] / 3.92, (before.high - before.low)[4] / 3.92
        assert half**2 - narrow**2 == pytest.approx(0.04**2, rel=0.1)
        assert wide.mean[4] == pytest.approx(before.mean[4], abs=2e-3)
    contrast, error = np.full((2, size), np.nan)
    contrast[4], error[4] = 0.25, 0.02
    own = judge([Part(**{**vars(part), "contrast": contrast, "error": error})], BAND)
    assert own.mean[4] == pytest.approx(0.25, abs=0.02)
    assert (own.high - own.low)[4] == pytest.approx(3.92 * 0.02, rel=0.1)


def test_a_large_enterprise_that_stands_apart_moves_its_cell_by_its_share_with_its_error():
    """Its own lines say -0.3 within 0.03, the others of the cell 0 within 0.03; it is 40 % of the cell."""
    size, strength = 30, 20_000.0
    matrix = np.diag(np.full(size + 2, strength))
    rest, own, at = 1 / 0.03**2, 1 / 0.03**2, [(3, 30, 0.4, -0.3), (8, 31, 0.25, 0.0)]
    true = np.zeros(size + 2)
    for group, firm, _, off in at:
        matrix[group, group], matrix[firm, firm] = rest + own, own
        matrix[group, firm] = matrix[firm, group] = own
        true[firm] = off
    known = Information(np.arange(size), np.array([0, 1]), matrix, matrix @ true)
    weight = np.ones(size)
    share = np.array([0.4, 0.25])
    found = judge([Part.plain(known, weight, np.array([3, 8]), share)], BAND)
    assert found.mean[3] == pytest.approx(0.4 * -0.3, abs=0.012)
    assert found.mean[8] == pytest.approx(0.0, abs=0.005)
    assert found.apart[3] > 0.95
    assert found.apart[8] < 0.1
    assert found.apart[0] == 0
    half = (found.high - found.low) / 3.92
    learnt = found.grid.ordinary + found.grid.width[0] ** 2  # what cells without a practice depart by
    both = np.linalg.inv(matrix[np.ix_([3, 30], [3, 30])] + np.diag([1 / learnt, 0]))
    assert half[3] == pytest.approx(np.sqrt(np.array([1, 0.4]) @ both @ np.array([1, 0.4])), rel=0.1)
    assert half[3] > 2 * half[0]
    again = judge([Part.plain(known, weight, np.array([3, 8]), 0.5 * share)], BAND)
    assert again.mean[3] == pytest.approx(0.2 * -0.3, abs=0.012)
    two = judge([told(3)[0], Part.plain(known, weight, np.array([3, 8]), share)], BAND)
    assert two.mean[40 + 3] == pytest.approx(0.4 * -0.3, abs=0.02)  # strata side by side are not mixed up


@pytest.mark.parametrize(("honest", "doubt", "known"), [
    (0.012, 0.0, 0.012), (0.020, 0.0, 0.020), (0.012, 0.02, 0.012), (0.06, 0.0, MOST_ORDINARY),
])  # fmt: skip
def test_honest_scatter_and_the_share_of_enterprises_apart_are_learnt(monkeypatch, honest, doubt, known):
    """150 cells without a practice, each with one large enterprise, every fifth of which stands apart."""
    monkeypatch.setattr(posterior, "levels", lambda strata, kinds, grid, band, **_: grid)
    rng, cells, strength = np.random.default_rng(2), 150, 60_000.0
    matrix = strength * np.block([[2 * np.eye(cells), np.eye(cells)], [np.eye(cells), np.eye(cells)]])
    apart = np.where(np.arange(cells) % 5 == 0, rng.choice([-0.3, 0.3], cells), 0.0)
    departs = rng.normal(0, honest, cells) + rng.normal(0, doubt, cells)
    score = matrix @ np.concatenate([departs, apart]) + np.linalg.cholesky(matrix) @ rng.normal(0, 1, 2 * cells)
    told_ = Information(np.arange(cells), np.arange(cells), matrix, score)
    part = Part.plain(told_, np.ones(cells), np.arange(cells), np.full(cells, 0.2))
    grid = judge([Part(**{**vars(part), "doubt": np.full(cells, doubt**2)})], BAND)
    # Small practices may explain a part of what is honest, more than all of it nothing may.
    assert 0.5 * known < np.sqrt(grid.ordinary) < 1.1 * known + 1e-9
    # Alone or together with others of its cell: the two are learnt apart, their sum is what was planted.
    assert grid.chance(1, 1)[0] == pytest.approx((30 + 0.02 * 50) / (cells + 50), abs=0.03)
    assert grid.share.sum() == pytest.approx(1.0)
    if honest < MOST_ORDINARY:
        assert grid.share[0] > 0.75


def test_nobody_is_confirmed_whose_value_stands_in_order():
    """Line by line three cells lie outside beyond doubt; by value one does, too, one is in order, one is above."""
    level = pd.DataFrame({"log_level": np.log([0.8, 0.8, 0.8, 1.2]), "log_weighted": np.log([0.85, 0.99, 1.2, 1.01])})
    sure = decided(level["log_level"], level["log_level"] - 0.01, level["log_level"] + 0.01, pd.Series(np.ones(4)))
    assert list(sure.status) == ["not_met"] * 4
    assert list(in_order_by_value(level, sure, BAND)) == [False, True, True, True]
    assert list(sure.status) == ["not_met", "watch", "watch", "watch"]


@pytest.mark.parametrize(("season", "contract"), [(0.06, 0.0), (0.03, 0.12), (0.15, 0.05)])
def test_the_variance_of_months_about_their_good_is_the_one_that_was_drawn(season, contract):
    """Sixty goods of twelve months, four lines each with a contract of its own; one good moves five times as much."""
    rng = np.random.default_rng(8)
    goods, months, lines = 60, 12, 4
    cells = goods * months
    good = np.repeat(np.arange(goods), months)
    sd = np.where(good == 0, 5 * season, season)
    moves = rng.normal(0, sd)
    moves -= (np.bincount(good, moves) / months)[good]  # the good's own mean is taken off
    cell = np.repeat(np.arange(cells), lines)
    left = 1 / (1 / contract**2 + 100) if contract else 0.0  # what a line leaves unknown of its contract
    rest = moves[cell] + rng.normal(0, 0.1, len(cell)) + rng.normal(0, np.sqrt(left), len(cell))
    zero, one = np.zeros(len(cell)), np.ones(len(cell))
    random = {GOOD: good[cell], "contract": np.arange(len(cell))} if contract else {GOOD: good[cell]}
    obs = Observations(zero, zero, one, one, cell, np.zeros(len(cell), int), np.zeros(len(cell), int), cell, random)
    shift = rng.normal(0, 0.2, cells)  # part of it stands in the fitted month already
    fitted = SimpleNamespace(precision=100 * one, residual=rest - shift[cell], season=shift, shrinkage=1.0)
    usual, own = season_variance(obs, fitted, {"contract": max(contract, 1e-3) ** 2})
    assert usual == pytest.approx(season**2, rel=0.25)
    assert own[0] > 4 * usual
    assert own[0] == own.max()
    assert np.median(own[months:]) == pytest.approx(usual, rel=0.3)
    assert (own >= usual / 4).all()


def test_chances_of_who_stands_apart_are_the_mixture_of_alone_and_together():
    """Two of three: alone 0.1^2 x 0.9, together 0.6^2 x 0.4, in one cell of five; all subsets add up to one."""
    grid = Grid.start()
    grid.apart, grid.joined, grid.joint = 0.1, 0.2, 0.6
    chance, together = grid.chance(2, 3)
    assert chance == pytest.approx(0.8 * 0.009 + 0.2 * 0.144)
    assert together == pytest.approx(0.2 * 0.144 / (0.8 * 0.009 + 0.2 * 0.144))
    assert sum(n * grid.chance(k, 3)[0] for k, n in enumerate([1, 3, 3, 1])) == pytest.approx(1.0)


def test_practices_are_looked_for_on_both_sides_alike_and_most_cells_are_expected_to_have_none():
    grid = Grid.start()
    order, size = np.argsort(grid.centre), len(grid.centre)
    assert size == 2 + 2 * 29
    np.testing.assert_allclose(grid.centre[order], -grid.centre[order][::-1], atol=1e-12)
    np.testing.assert_allclose(np.sort(np.abs(grid.centre[2:]))[::2], np.arange(0.02, 0.305, 0.01))
    assert grid.centre[:2].tolist() == [0, 0]
    assert grid.share[0] == pytest.approx(0.85)
    assert grid.share.sum() == pytest.approx(1.0)
    assert (grid.share > 0).all()
    mirrored = [grid.share[np.isclose(grid.centre, c)].sum() - grid.share[np.isclose(grid.centre, -c)].sum()
                for c in grid.centre]  # fmt: skip
    np.testing.assert_allclose(mirrored, 0, atol=1e-15)
    assert grid.pseudo[0] == 10
    np.testing.assert_allclose(grid.pseudo[1:] / 7, grid.share[1:] / 0.15)  # seven cells' worth of the same shape
    bell = np.exp(-0.5 * (0.08 / 0.08) ** 2) + 0.05
    ratio = grid.share[np.isclose(grid.centre, 0.08)] / grid.share[1]
    assert ratio == pytest.approx(bell / 1.05)


def test_before_anybody_is_heard_a_cell_is_ordinary_within_three_per_cent_and_a_large_enterprise_within_two():
    nothing = Information(np.arange(2), np.array([0]), np.zeros((3, 3)), np.zeros(3))
    stratum = Messages(Part.plain(nothing, np.ones(2), np.array([1]), np.array([0.3])))
    stratum.solve()
    np.testing.assert_allclose(stratum.inverse, np.diag([0.03**2, 0.03**2, 0.02**2]))
    assert stratum.mean.tolist() == [0, 0, 0]


def test_messages_settle_where_every_cell_says_what_all_together_say():
    """Fixed point of expectation propagation: each cell's own moments are those of its stratum."""
    grid = Grid.start()
    strength, size = 6_000.0, 8
    matrix = np.diag(np.full(size + 1, strength)) + 0.0
    matrix[:size, :size] -= strength / size
    matrix[2, size] = matrix[size, 2] = 0.4 * strength  # a large enterprise of the third cell
    off = np.array([0.01, -0.02, 0.03, -0.12, 0.0, 0.02, 0.0, 0.15, -0.1])
    stratum = Messages(
        Part.plain(Information(np.arange(size), np.array([0]), matrix, matrix @ off), np.ones(size), np.array([2]),
                   np.array([0.4]))
    )  # fmt: skip
    kinds = grouped([stratum])
    assert [kind.at.shape for kind in kinds] == [(7, 1), (1, 2)]
    for _ in range(80):
        stratum.solve()
        for kind in kinds:
            kind.update(grid)
    stratum.solve()
    for kind in kinds:
        mean, cover = moments(kind.cases, kind.at.shape[1])
        for row, at in enumerate(kind.at):
            np.testing.assert_allclose(stratum.mean[at], mean[row], atol=2e-5)
            np.testing.assert_allclose(stratum.inverse[np.ix_(at, at)], cover[row], rtol=5e-3, atol=1e-7)


@pytest.mark.parametrize("doubt", [0.0, 0.01**2])
def test_lines_that_say_nothing_leave_every_guess_as_it_was(monkeypatch, doubt):
    """Without information expectations are priors: chances stay, shares go to what was believed, variance by hand."""
    monkeypatch.setattr(posterior, "levels", lambda strata, kinds, grid, band, **_: grid)
    cells, start = 30, Grid.start()
    nothing = Information(np.arange(cells), np.array([0]), np.zeros((cells + 1,) * 2), np.zeros(cells + 1))
    part = Part.plain(nothing, np.ones(cells), np.array([1]), np.array([0.3]))
    grid = judge([Part(**{**vars(part), "doubt": np.full(cells, doubt)})], BAND)
    assert grid.apart == pytest.approx(CHANCE_APART)
    assert grid.joined == pytest.approx(CHANCE_JOINED)
    assert grid.joint == pytest.approx(CHANCE_JOINT)
    share, ordinary = start.share, start.ordinary
    for _ in range(7):
        own = ordinary / (ordinary + doubt)
        spread = own**2 * (start.width[0] ** 2 + ordinary + doubt) + own * doubt
        share = (start.pseudo + cells * share) / (start.pseudo.sum() + cells)
        ordinary = min(ordinary * (spread / ordinary) ** 3, MOST_ORDINARY**2)
    np.testing.assert_allclose(grid.share, share, rtol=1e-4)
    assert grid.ordinary == pytest.approx(ordinary, rel=1e-3)


def test_levels_of_the_pair_are_judged_with_the_grades_the_goods_and_what_alignment_took_off():
    """Two strata whose groups stand in another order than their targets; the second was moved by alignment."""
    (one, _), (two, _) = told(3, 12), told(5, 10)
    labels = np.arange(22)[::-1].copy()  # target of each group
    known = [Information(np.arange(12), np.array([0, 1]), *_with(one.known, [3, 8])),
             Information(np.arange(12, 22), NOBODY[0], two.known.matrix, two.known.score)]  # fmt: skip
    weight = np.linspace(1, 3, 22)
    large = SimpleNamespace(group=np.array([3, 8]), share=np.array([0.3, 0.2]), enterprise=np.full(2, -1),
                            name=np.array(["A", "B"]))  # fmt: skip
    mixed = SimpleNamespace(information=known, log=np.linspace(-0.1, 0.1, 22), error=np.full(22, 0.03))
    pair = SimpleNamespace(
        mixed=mixed, large=large, variances={"product_group": 0.02**2, "contract": 0.03**2},
        targets=Targets(weight, None, labels, 22), keys=pd.DataFrame({"district": np.arange(22)}),
    )  # fmt: skip
    ramp = np.linspace(0, 1, 22)
    back = SimpleNamespace(log=0.02 * ramp, goods=0.5 * ramp, contracts=0.3 * ramp, doubt=0.01**2 * ramp,
                           moved=labels[::-1] < 4)  # fmt: skip
    mix = SimpleNamespace(shift=0.01 * ramp, variance=0.01**2 * ramp)
    found, grid = posterior.within_strata(pair, BAND, back, mix)
    parts = []
    for told_, group, share in zip(known, (np.array([3, 8]), NOBODY[0]), (large.share, NOBODY[1]), strict=True):
        of = labels[told_.groups]
        honest = 0.5 * 0.02**2 * back.goods[of] + 0.03**2 / 3 * back.contracts[of]
        contrast = np.where(of < 4, mixed.log[of], np.nan)
        parts.append(Part(told_, weight[told_.groups], group, share, mix.shift[of], mix.variance[of], back.log[of],
                          contrast, mixed.error[of], honest, back.doubt[of], np.full(len(group), -1)))  # fmt: skip
    exact = judge(parts, BAND, 0.0)
    assert found.index.tolist() == list(range(22))
    for name in ("mean", "low", "high", "outside", "apart"):
        np.testing.assert_allclose(found[name].to_numpy()[labels], getattr(exact, name), rtol=1e-9)
    brief, _ = posterior.within_strata(pair, BAND, back, mix, held=grid)
    np.testing.assert_allclose(brief["mean"], found["mean"], atol=2e-3)
    assert brief[["low", "high", "outside"]].isna().all().all()
    plain, _ = posterior.within_strata(pair, BAND, back)
    assert not np.allclose(plain["mean"], found["mean"], atol=1e-3)  # the grades are no part of a level
    mixed.information = []
    assert posterior.within_strata(pair, BAND, back) is None
    mixed.information, pair.targets = known, Targets(weight, None, np.zeros(22, int), 1)
    assert posterior.within_strata(pair, BAND, back) is None  # one target over several strata


def _with(known: Information, groups: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Matrix and score with a large enterprise in some groups, whose lines add half of what the others tell."""
    size = len(known.score)
    matrix, score = np.zeros((size + len(groups),) * 2), np.concatenate([known.score, 0.5 * known.score[groups]])
    matrix[:size, :size] = known.matrix
    for k, g in enumerate(groups, size):
        matrix[np.ix_([g, k], [g, k])] += 0.5 * known.matrix[g, g]
        score[g] += score[k]
    return matrix, score


def test_the_printed_interval_lies_where_a_normal_posterior_has_it():
    """One cell far more precise than any prior: mean -0.2 against the others, 1.96 errors to each side."""
    size, strength = 30, 250_000.0
    matrix = np.diag(np.full(size, strength)) - strength / size
    off = np.where(np.arange(size) == 4, -0.2, 0.0)
    found = judge(
        [Part.plain(Information(np.arange(size), NOBODY[0], matrix, matrix @ off), np.ones(size), *NOBODY)], BAND
    )
    error = 1 / np.sqrt(strength)
    assert found.mean[4] == pytest.approx(-0.2, abs=error / 2)
    assert (found.high - found.low)[4] == pytest.approx(
        2 * 1.96 * error, rel=0.12
    )  # what all have in common adds a little
    assert (found.high + found.low)[4] / 2 == pytest.approx(found.mean[4], abs=error / 20)
    assert found.outside[4] > 0.9999


def test_only_strata_with_random_effects_and_something_to_compare_tell_the_posterior():
    variances = {"enterprise": 0.01, "contract": 0.02}
    obs = customs(4, 200, 25, {"enterprise": 0.1, "contract": 0.14}, 0.2)
    noise, one = np.full(200, 0.05), np.ones(5)
    every, none = Targets(one, None, np.arange(5), 5), Targets(one, np.zeros(5, dtype=bool), np.arange(5), 5)
    random, fixed = list(strata(obs, 1 / noise, variances)), list(strata(obs, 1 / noise, None))
    assert len(estimate(obs, random, variances, every, noise, np.full(200, -1)).information) == 1
    assert estimate(obs, fixed, variances, every, noise, np.full(200, -1)).information == []
    nothing = estimate(obs, random, variances, none, noise, np.full(200, -1))
    assert nothing.information == []
    assert np.isnan(nothing.log).all()
    assert np.isnan(nothing.error).all()


def test_lines_in_another_order_give_the_same_levels():
    """More effects than are solved directly: the iteration ends so near that the order of lines shows in no digit."""
    variances = {"enterprise": 0.01, "contract": 0.02}
    obs = customs(9, 4_000, 700, {"enterprise": 0.1, "contract": 0.14}, 0.2)
    turn = np.random.default_rng(5).permutation(4_000)
    other = Observations(**{name: {k: c[turn] for k, c in x.items()} if isinstance(x, dict) else x[turn]
                            for name, x in vars(obs).items() if x is not None})  # fmt: skip
    targets, noise = Targets(np.ones(5), None, np.arange(5), 5), np.full(4_000, 0.05)
    found = [estimate(o, list(strata(o, 1 / noise, variances)), variances, targets, noise, np.full(4_000, -1))
             for o in (obs, other)]  # fmt: skip
    np.testing.assert_allclose(found[0].log, found[1].log, atol=1e-10)
    np.testing.assert_allclose(found[0].error, found[1].error, rtol=1e-9)


def test_a_good_that_moves_more_is_drawn_to_the_usual_by_ten_cells_and_noisy_cells_count_less():
    """All cells known alike: (sum of squares less errors + 10 x usual) / (12 x 11/12 + 10), by hand."""
    goods, months = 40, 12
    cells, good = goods * months, np.repeat(np.arange(goods), months)
    rng = np.random.default_rng(4)
    sd = np.where(good == 0, 0.2, 0.05)
    moves = rng.normal(0, sd)
    moves -= (np.bincount(good, moves) / months)[good]
    zero, one = np.zeros(cells), np.ones(cells)
    code = np.arange(cells)
    obs = Observations(zero, zero, one, one, code, zero.astype(int), zero.astype(int), code, {GOOD: good})
    fitted = SimpleNamespace(precision=4e4 * one, residual=moves, season=zero, shrinkage=1.0)
    usual, own = season_variance(obs, fitted, {})
    square = np.bincount(good, moves**2 - (11 / 12) / 4e4)
    hand = np.clip((square + 10 * usual) / (11 + 10), usual / 4, MOST)
    np.testing.assert_allclose(own, hand[good], rtol=1e-9)
    noisy = rng.random(cells) < 0.5
    error = np.where(noisy, 0.5, 0.005)
    said = SimpleNamespace(precision=error**-2.0, residual=moves + rng.normal(0, error), season=zero, shrinkage=1.0)
    usual, own = season_variance(obs, said, {})
    assert usual == pytest.approx(0.05**2, rel=0.3)
    assert own[0] == pytest.approx(0.2**2, rel=0.6)
    assert np.median(own[months:]) == pytest.approx(usual, rel=0.3)
