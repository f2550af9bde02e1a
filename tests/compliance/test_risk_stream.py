"""The random tenth of the risk page, drawn by what is at stake, tells the revenue gap; drawn evenly it hardly does."""

import numpy as np
import pandas as pd
import pytest

from analytics import compliance, smuggling


@pytest.fixture(scope="module")
def customs():
    """Twelve thousand lines of six thousand declarations with heavy-tailed tax; the score knows a little."""
    rng = np.random.default_rng(3)
    n = 12_000
    tax = 100 * (rng.pareto(1.6, n) + 0.1)
    wrong = rng.random(n) < 0.03
    score = np.where(wrong, rng.beta(2, 8, n), rng.beta(1, 12, n))
    lines = pd.DataFrame({"declaration_id": [f"D{i // 2}" for i in range(n)], "line_no": np.arange(n) % 2 + 1,
                          "score": score})  # fmt: skip
    return lines, compliance.sizes(tax, 5 * tax), np.where(wrong, 0.4 * tax, 0.0)


def _estimates(customs, by_stake, draws=40):
    lines, size, lost = customs
    found = []
    for seed in range(draws):
        made = smuggling.select(lines, 0.08, 0.5, stake=size if by_stake else None, seed=seed)
        at = np.flatnonzero(made["selected"].to_numpy(bool))
        found.append(compliance.estimate(lost[at], size[at], made["selection_probability"].to_numpy()[at]))
    return found


def _error(found, truth):
    return float(np.sqrt(np.mean([(g.value / truth - 1) ** 2 for g in found])))


def test_the_tenth_drawn_by_stake_tells_the_gap_and_its_interval_holds(customs):
    truth = customs[2].sum()
    even, drawn = _estimates(customs, False), _estimates(customs, True)
    assert _error(drawn, truth) < 0.75 * _error(even, truth)
    assert abs(np.mean([g.value / truth - 1 for g in drawn])) < 0.15
    assert sum(g.low <= truth <= g.high for g in drawn) >= 37


def test_every_unit_keeps_its_chance_and_none_is_out_of_reach(customs):
    lines, size, _ = customs
    made = smuggling.select(lines, 0.04, 0.25, stake=size, seed=1)
    again = smuggling.select(lines, 0.04, 0.25, stake=size, seed=1)
    pd.testing.assert_frame_equal(made, again)
    chance = made["selection_probability"]
    assert ((chance > 0) & (chance <= 1)).all()
    assert (chance[made["stream"] == "targeted"] == 1).all()
    heads = made.drop_duplicates("declaration_id")
    assert abs((heads["stream"] == "random").sum() - 60) <= 1  # a quarter of 4 % of 6,000
    assert heads.loc[heads["lane"] != "red", "selection_probability"].sum() == pytest.approx(60)
    assert made.groupby("declaration_id")["selected"].nunique().max() == 1
