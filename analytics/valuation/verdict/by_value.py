"""Breaches that few large consignments or enterprises make: seen by value, hardly line by line."""

from __future__ import annotations

import numpy as np

from analytics.valuation.verdict.decision import SUSPECT, Decision


def call_by_value(decision: Decision, by_value: Decision, out: np.ndarray) -> np.ndarray:
    """Make cells suspect that only both definitions together put outside the band.

    Parameters
    ----------
    decision : verdict line by line; its status is changed
    by_value : the same of the levels by value
    out : (G,) True where the level by value lies outside the band

    Returns
    -------
    (G,) True where a cell became suspect: it lies outside line by line or by value, the two taken as independent, with
    probability one half or more.
    """
    both = 1 - (1 - decision.outside) * (1 - np.nan_to_num(by_value.outside))
    called = (decision.status == "met") & (both >= SUSPECT) & out
    decision.status[called] = "watch"
    return called


def beyond_band(log: np.ndarray, band: tuple[float, float], reach: np.ndarray | float = 0.0) -> np.ndarray:
    """True where a log level lies outside the band, and farther from 0 than `reach`, (G,)."""
    return ((log < np.log(band[0])) | (log > np.log(band[1]))) & (np.abs(log) > reach)
