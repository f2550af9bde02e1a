"""A level that a few enterprises move, and what is said where lines are few."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics import valuation
from analytics.valuation.regression.elsewhere import Prior, elsewhere, renewed, seen
from analytics.valuation.regression.information import Information
from analytics.valuation.verdict.messages import Part
from analytics.valuation.verdict.posterior import judge


def trade(own: float, practice: float = 0.0, seed: int = 5, lines: int = 40_000) -> pd.DataFrame:
    """Twelve districts, three chapters; in D3 and chapter 84 one enterprise holds half of the value."""
    rng = np.random.default_rng(seed)
    firms = 480
    firm = rng.integers(0, firms, lines)
    district = firm % 12
    product = rng.integers(0, 18, lines)
    chapter = 84 + product % 3
    giant = (district == 3) & (chapter == 84) & (rng.random(lines) < 0.4)
    firm = np.where(giant, firms, firm)
    contract = rng.normal(0, 0.06, (firms + 1, 18))[firm, product]
    off = contract + rng.normal(0, 0.2, lines) + np.where(giant, own, 0.0)
    off = off + np.where((district == 5) & (chapter == 85), practice, 0.0)
    quantity = np.exp(rng.normal(4, 0.5, lines))
    value = quantity * np.exp(rng.normal(2, 1, 18)[product] + off)
    return pd.DataFrame(
        {
            "declaration_id": [f"{i:06d}" for i in range(lines)],
            "line_no": 1,
            "date": pd.Timestamp("2024-01-15") + pd.to_timedelta(rng.integers(0, 6, lines) * 30, unit="D"),
            "district": [f"D{d}" for d in district],
            "enterprise_id": [f"E{f:03d}" for f in firm],
            "hs_code": [f"{c}{p:08d}" for c, p in zip(chapter, product, strict=True)],
            "origin": "JP",
            "unit": "kg",
            "quantity": quantity,
            "value": value,
            "tax": value * 0.1,
        }
    )


@pytest.fixture(scope="module")
def level() -> valuation.PriceLevel:
    return valuation.price_level(trade(own=-0.3, practice=0.12), by=("district", "chapter"))


def test_one_large_enterprise_moves_its_cell_by_its_share(level):
    """40 % of the lines 0.3 (log) below the others: a level of about 0.90, which equal lines of equal firms hide."""
    row = level.levels.set_index("key").loc["D3 x 84"]
    assert row["status"] in ("watch", "not_met")
    assert row["low95"] < 1 + 0.4 * np.expm1(-0.3) < row["high95"]
    assert row["apart"] > 0.9 or row["moved_share"] == pytest.approx(0.4, abs=0.06)


def test_the_enterprise_that_moves_a_cell_is_named_first(level):
    ranked = valuation.enterprises.rank(level, ["D3 x 84"])
    assert ranked.iloc[0]["enterprise"] == "E480"


def test_a_practice_of_the_whole_cell_is_not_laid_on_an_enterprise(level):
    row = level.levels.set_index("key").loc["D5 x 85"]
    assert row["status"] == "not_met"
    assert row["low95"] < np.exp(0.12) < row["high95"]
    assert row["apart"] < 0.5


def test_ordinary_cells_stay_in_order(level):
    rest = level.levels[~level.levels["key"].isin(["D3 x 84", "D5 x 85"])]
    assert (rest["status"] == "met").all()
    assert rest["precise"].all()


NOBODY = np.empty(0, int), np.empty(0)


def test_a_level_is_drawn_towards_one_the_more_the_less_is_known():
    """Ten groups with an estimate of 0.08 for the first: with little information it is mostly chance."""
    found = []
    for strength in (400.0, 20_000.0):
        matrix = strength * (np.eye(10) - 0.1)
        score = matrix @ np.array([0.08, *[0.0] * 9])
        part = Part.plain(Information(np.arange(10), np.empty(0, int), matrix, score), np.ones(10), *NOBODY)
        found.append(judge([part], (0.95, 1.05)).mean[0])
    assert 0 < found[0] < 0.5 * found[1]
    assert found[1] == pytest.approx(0.08, abs=0.015)


def test_groups_in_another_order_give_the_same_levels():
    rng = np.random.default_rng(3)
    matrix = 900.0 * (np.eye(8) - 1 / 8) + np.diag(rng.uniform(10, 50, 8))
    score = matrix @ rng.normal(0, 0.05, 8)
    weight, order = rng.uniform(1, 5, 8), rng.permutation(8)

    def levels(at: np.ndarray) -> np.ndarray:
        known = Information(at, np.empty(0, int), matrix[np.ix_(at, at)], score[at])
        return judge([Part.plain(known, weight[at], *NOBODY)], (0.95, 1.05)).mean

    np.testing.assert_allclose(levels(order), levels(np.arange(8))[order], atol=1e-12)


SHARED = 0.05**2


def _stratum(seed: int, own: Prior | None = None) -> tuple[Information, np.ndarray]:
    """Four groups of six lines each; the first two lines of each are its large enterprise's. Also log prices."""
    rng = np.random.default_rng(seed)
    groups = np.kron(np.eye(4), np.ones((6, 1)))
    firms = groups * (np.arange(24) % 6 < 2)[:, None]
    prior = own or Prior(np.zeros(4), np.full(4, SHARED))
    cover = 0.03**2 * np.eye(24) + firms @ np.diag(prior.variance) @ firms.T
    y = 0.05 * rng.standard_normal(24)
    both, weight = np.hstack([groups, firms]), np.linalg.inv(cover)
    return Information(
        np.arange(4), np.arange(4), both.T @ weight @ both, both.T @ weight @ (y - firms @ prior.mean)
    ), y


def test_what_others_tell_of_an_enterprise_changes_its_stratum_as_a_new_fit_would():
    prior = Prior(np.array([0.02, -0.03, 0.0, 0.05]), np.array([1e-4, 4e-4, SHARED, 9e-4]))
    found, wanted = renewed(_stratum(1)[0], prior, SHARED), _stratum(1, prior)[0]
    np.testing.assert_allclose(found.matrix, wanted.matrix, atol=1e-6 * wanted.matrix.max())
    np.testing.assert_allclose(found.score, wanted.score, atol=1e-6 * np.abs(wanted.score).max())


def test_a_stratum_tells_of_its_enterprises_what_bayes_rule_does():
    """Groups known to depart by 0 +- 0.02, nobody apart: normal posterior of the enterprises' own prices, dense."""
    known, y = _stratum(2)
    start = Prior(np.zeros(4), np.full(4, SHARED))
    tied = np.diag(np.repeat([0.02**-2, 1e9], 4))
    cover = np.linalg.inv(known.matrix + tied)
    told = seen(known, np.arange(4), start, cover @ known.score, cover)
    of_group = y.reshape(4, 6) @ np.column_stack([np.arange(6) < 2, np.ones(6)])
    for g in range(4):  # effects of enterprise and group from the sums over its lines
        system = np.array([[2, 2], [2, 6]]) / 0.03**2 + np.diag([1 / SHARED, 0.02**-2])
        whole = np.linalg.inv(system)
        precision = 1 / whole[0, 0]
        assert told.precision[g] == pytest.approx(precision - 1 / SHARED, rel=1e-3)
        assert told.pull[g] == pytest.approx(precision * (whole @ of_group[g])[0] / 0.03**2, rel=1e-3)
    others = elsewhere([told, told, replace(told, firm=np.full(4, -1))], SHARED)
    np.testing.assert_allclose(others[0].variance, 1 / (1 / SHARED + told.precision))
    np.testing.assert_allclose(others[2].variance, SHARED)  # who declares nowhere else is not known from there


def _districts(low: float, everywhere: float) -> list[Part]:
    """Four chapters of eight districts, each with an enterprise of its own that holds most of it."""
    parts = []
    for chapter in range(4):
        off = np.zeros(8)
        off[0] = everywhere + (low if chapter == 0 else 0.0)
        spread = 0.012**2 + SHARED
        both = np.block([[np.eye(8), np.eye(8)], [np.eye(8), np.eye(8)]]) / spread
        told = Information(np.arange(8) + 8 * chapter, np.arange(8), both, np.tile(off / spread, 2))
        part = Part.plain(told, np.ones(8), np.arange(8), np.full(8, 0.9))
        parts.append(replace(part, firm=np.arange(8)))
    return parts


def test_a_group_is_known_better_where_its_enterprises_declare_elsewhere_too():
    """Eight districts in the hands of one enterprise each: one chapter 0.10 low is seen once the others tell of it."""
    parts = _districts(low=-0.10, everywhere=0.0)
    alone, told = judge(parts, (0.95, 1.05)), judge(parts, (0.95, 1.05), SHARED)
    assert alone.outside[0] < 0.5 < 0.9 < told.outside[0]
    assert told.high[0] - told.low[0] < 0.7 * (alone.high[0] - alone.low[0])
    assert (told.outside >= np.minimum(alone.outside, 0.49)).all(), "what a cell's own lines leave open stays open"


@pytest.mark.parametrize("off", [-0.07, -0.10, -0.2, 0.12])
def test_a_district_that_is_off_in_all_its_chapters_is_not_explained_by_its_enterprises(off):
    """Their other chapters would say that this is their own price; no more than .035 of a level is put down to it."""
    parts = _districts(low=0.0, everywhere=off)
    alone, told = judge(parts, (0.95, 1.05)), judge(parts, (0.95, 1.05), SHARED)
    at = np.arange(4) * 8
    assert (told.outside[at] >= alone.outside[at]).all()
    assert (np.sign(off) * told.mean[at] >= np.sign(off) * alone.mean[at] - 0.035).all()


def test_a_low_chapter_is_seen_under_enterprises_that_are_dear_elsewhere():
    """0.05 dear in three chapters, 0.05 cheap in the fourth: that one is 0.10 low for who declares in it."""
    parts = _districts(low=-0.10, everywhere=0.05)
    alone, told = judge(parts, (0.95, 1.05)), judge(parts, (0.95, 1.05), SHARED)
    assert alone.outside[0] < 0.5 < told.outside[0]


@pytest.mark.parametrize("off", [-0.2, 0.15])
def test_one_honest_chapter_of_a_district_that_is_off_everywhere_else_is_not_accused(off):
    """That the other chapters are off is likelier than that their enterprises differ so much honestly."""
    parts = _districts(low=-off, everywhere=off)
    told = judge(parts, (0.95, 1.05), SHARED)
    assert told.outside[0] < 0.5
