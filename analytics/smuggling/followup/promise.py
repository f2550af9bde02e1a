"""What audits bring and cost, learnt from those that were closed, and what a plan may promise by it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

LEAST_AUDITS, LEAST_FINDINGS = 30, 8  # closed audits, and findings among them, that a promise rests on
DRAWS = 2000


@dataclass(frozen=True)
class Range:
    """A figure with its 95 % interval; all missing where nothing tells it."""

    value: float
    low: float
    high: float


NOTHING = Range(float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True)
class Promise:
    """What a list of enterprises is expected to bring.

    Attributes
    ----------
    effective : share of audits with a finding
    recovery : tax recovered
    hours : hours of work
    closed, findings : past audits that it rests on, and findings among them
    """

    effective: Range
    recovery: Range
    hours: Range
    closed: int
    findings: int


def promise(stake: pd.DataFrame, planned: pd.Index, audits: pd.DataFrame | None, seed: int = 0) -> Promise:
    """Expected findings, recovery and hours of auditing the enterprises planned.

    Parameters
    ----------
    stake : DataFrame by enterprise_id (expected_findings, at_stake), of the lines that nobody inspected
    planned : enterprises
    audits : table `audits`; None where there is none
    seed : of the draws

    Notes
    -----
    Two regressions on closed audits, drawn again by enterprise (bootstrap): whether there was a finding, by the
    expected findings of the enterprise (logistic); and the tax recovered where there was one, by the tax at stake (a
    line in logs). Each draw also draws which audits find something and, by the residuals, how much they bring.
    """
    past = None if audits is None else _closed(audits, stake)
    if past is None or len(past) < LEAST_AUDITS or past["finding"].sum() < LEAST_FINDINGS or not len(planned):
        counts = (0, 0) if past is None else (len(past), int(past["finding"].sum()))
        return Promise(NOTHING, NOTHING, NOTHING, *counts)
    if past["finding"].all():
        return Promise(NOTHING, NOTHING, NOTHING, len(past), len(past))
    rng, wanted = np.random.default_rng(seed), stake.loc[planned]
    drawn = np.array([_drawn(past, wanted, rng) for _ in range(DRAWS // 10)])
    effective, recovery, hours = (_range(drawn[:, i]) for i in range(3))
    return Promise(effective, recovery, hours, len(past), int(past["finding"].sum()))


def _closed(audits: pd.DataFrame, stake: pd.DataFrame) -> pd.DataFrame:
    """Closed audits of enterprises with lines, with what was expected of them."""
    done = audits[audits["finding"].notna() & audits["closed_on"].notna()]
    done = done.assign(finding=done["finding"].astype(float))
    return done.join(stake[["expected_findings", "at_stake"]], on="enterprise_id", how="inner").reset_index(drop=True)


def _terms(frame: pd.DataFrame) -> np.ndarray:
    return np.log(frame[["expected_findings"]].to_numpy(dtype=float) + 0.05)


def _drawn(past: pd.DataFrame, wanted: pd.DataFrame, rng: np.random.Generator) -> tuple[float, float, float]:
    """Effectiveness, recovery and hours of one draw."""
    again = past.iloc[rng.integers(0, len(past), len(past))]
    if again["finding"].nunique() < 2:
        again = past
    fit = LogisticRegression(C=10.0).fit(_terms(again), again["finding"])
    finds = rng.random(len(wanted)) < fit.predict_proba(_terms(wanted))[:, 1]
    hits = again[(again["finding"] > 0) & (again["recovered"] > 0)]
    brought = float((finds * _amounts(hits, wanted, rng)).sum())
    hours = again["hours"].dropna().to_numpy()
    took = float(rng.choice(hours, len(wanted)).sum()) if len(hours) else float("nan")
    return float(finds.mean()), brought, took


def _amounts(hits: pd.DataFrame, wanted: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """What an audit with a finding brings, by what is at stake: a line in logs, and its residuals drawn again."""
    if len(hits) < 3:
        return np.full(len(wanted), np.nan)
    x, y = np.log(hits["at_stake"].to_numpy() + 1), np.log(hits["recovered"].to_numpy(dtype=float))
    spread = x - x.mean()
    # one audit's worth of a slope of a half keeps the line steady where stakes hardly differ
    slope = (spread @ (y - y.mean()) + 0.5) / (spread @ spread + 1.0)
    residual = y - y.mean() - slope * spread
    at = np.log(wanted["at_stake"].to_numpy() + 1) - x.mean()
    return np.asarray(np.exp(y.mean() + slope * at + rng.choice(residual, len(wanted))))


def _range(values: np.ndarray) -> Range:
    low, high = np.percentile(values, [2.5, 97.5])
    return Range(float(values.mean()), float(low), float(high))


__all__ = ["NOTHING", "Promise", "Range", "promise"]
