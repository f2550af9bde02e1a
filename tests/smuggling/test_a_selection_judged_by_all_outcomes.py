"""Outcomes of the whole period judge a selection: unbiased where risks are off, honest where outcomes are few."""

import numpy as np
import pytest
from scipy.special import expit, logit

from analytics.smuggling.evaluation.assisted import Assisted


def drawn(seed: int, shift: float = 0.0, unseen: float = 0.5) -> tuple[np.ndarray, ...]:
    """Risk, outcome, chance of inspection, selection and truth of units whose rules know more than the risk does."""
    rng = np.random.default_rng(seed)
    n = 8_000
    z, hint = rng.normal(-4, 1.3, n), rng.normal(0, 1, n)
    truth = expit(z + shift + unseen * 0.5 * hint)
    chance = np.clip(0.02 * np.exp(0.5 * (z + 4) + unseen * hint), 0.004, 0.6)
    outcome = np.where(rng.random(n) < chance, rng.random(n) < truth, np.nan)
    chosen = (z > np.quantile(z, 0.96)).astype(float)
    return expit(z), outcome, chance, chosen, truth


@pytest.mark.parametrize("shift", [0.0, -0.8, 0.6])
def test_the_interval_covers_though_risks_are_off_and_rules_know_more(shift: float):
    covered, widths = 0, []
    for seed in range(40):
        risk, outcome, chance, chosen, truth = drawn(seed, shift)
        share = Assisted.of(risk, outcome, chance, np.arange(len(risk))).share(chosen)
        covered += share.low <= chosen @ truth / chosen.sum() <= share.high
        widths.append(share.high - share.low)
    assert covered >= 36
    assert np.median(widths) < 0.30


def test_few_outcomes_leave_a_wide_interval():
    risk, outcome, chance, chosen, _ = drawn(1)
    seen = np.flatnonzero(~np.isnan(outcome))
    outcome[seen[12:]] = np.nan
    share = Assisted.of(risk, outcome, chance, np.arange(len(risk))).share(chosen)
    assert share.high - share.low > 0.30
    assert share.counted <= 12


def test_one_enterprise_s_outcomes_count_together():
    risk, outcome, chance, chosen, _ = drawn(2)
    one = np.arange(len(risk)) % 12  # a dozen enterprises that behave alike
    outcome = np.where(np.isnan(outcome), np.nan, (one < 2).astype(float))
    each, all_alike = (Assisted.of(risk, outcome, chance, c).share(chosen) for c in (np.arange(len(risk)), one))
    assert all_alike.high - all_alike.low > each.high - each.low


def test_findings_and_tax_reached_are_of_the_same_expectation():
    risk, outcome, chance, chosen, _ = drawn(3)
    made = Assisted.of(risk, outcome, chance, np.arange(len(risk)))
    row = made.selected(np.ones(len(risk)), np.full(len(risk), 5.0))
    assert row["recall"] == pytest.approx(1.0)
    assert row["recovered_share"] == pytest.approx(1.0)
    part = made.selected(chosen, np.full(len(risk), 5.0))
    assert part["recall"] == pytest.approx(part["recovered_share"])
    assert logit(part["low95"]) < logit(part["precision"]) < logit(part["high95"])
