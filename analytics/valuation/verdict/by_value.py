"""Breaches that few large consignments or enterprises make: seen by value, hardly line by line."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.statistics import NORMAL95
from analytics.valuation.verdict.decision import MOST_ORDINARY, SUSPECT, Decision

_NOT_UNLIKELY = 0.4  # line by line, from which on the level by value makes a cell suspect
_BY_ITSELF = 0.9  # by value, from which on it does so whatever the lines say
_ADDED = 0.02  # what extreme prices must add to a level (log) to dispute it by themselves


def call_by_value(decision: Decision, by_value: Decision, out: np.ndarray, cleared: np.ndarray) -> np.ndarray:
    """Make cells suspect, or open, that only both definitions together put outside the band.

    Parameters
    ----------
    decision : verdict line by line; its status is changed
    by_value : the same of the levels by value
    out : (G,) True where the level by value lies outside the band
    cleared : (G,) True where its enterprises' prices in other chapters speak for a cell

    Returns
    -------
    (G,) True where a cell is no longer in order: it lies outside line by line or by value, the two taken as
    independent, with probability one half or more. Suspect where the lines do not speak against it; else it cannot be
    told: of simulated cells that stood out by value alone, one in four had been biased.
    """
    value = np.nan_to_num(by_value.outside)
    both = 1 - (1 - decision.outside) * (1 - value)
    called = (decision.status == "met") & (both >= SUSPECT) & out
    suspect = (decision.outside >= _NOT_UNLIKELY) & ~cleared | (value >= _BY_ITSELF)
    decision.status[called] = np.where(suspect, "watch", "insufficient")[called]
    return called


def beyond_band(log: np.ndarray, band: tuple[float, float], reach: np.ndarray | float = 0.0) -> np.ndarray:
    """True where a log level lies outside the band, and farther from 0 than `reach`, (G,)."""
    return ((log < np.log(band[0])) | (log > np.log(band[1]))) & (np.abs(log) > reach)


def disputed(cells: pd.DataFrame, band: tuple[float, float]) -> np.ndarray:
    """True where the level by value lies outside though nothing is seen line by line: not in order either, (H,).

    Parameters
    ----------
    cells : DataFrame: `log_weighted` and `weighted_error`; where known `log_plain` and `plain_error`, and `log_whole`,
        the plain level with extreme prices counted as they were declared: a few of them may hold much of the value
    band : levels that are in order
    """
    found = beyond_band(cells["log_weighted"].to_numpy(), band, NORMAL95 * cells["weighted_error"].to_numpy())
    if "log_plain" in cells:
        reach = NORMAL95 * np.hypot(cells["plain_error"].to_numpy(), MOST_ORDINARY)
        found |= beyond_band(cells["log_plain"].to_numpy(), band, reach)
        added = np.abs(cells["log_whole"].to_numpy() - cells["log_plain"].to_numpy())
        found |= beyond_band(cells["log_whole"].to_numpy(), band) & (added > _ADDED)
    return found
