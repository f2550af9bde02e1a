"""A level that a few enterprises move, and what is said where lines are few."""

import numpy as np
import pandas as pd
import pytest

from analytics import valuation
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
