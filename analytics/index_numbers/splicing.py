"""Extending a multilateral index by rolling windows without revising what was published.

Source: Consumer Price Index Manual (2020), ch. 10; Chessa (2016, 2021); Krsinich (2016); Lamboray (2017);
Diewert and Fox (2020) for the mean splice.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analytics.index_numbers.panel import IndexNumberError

SPLICES = ("movement", "window", "half", "mean", "mean_published", "wisp", "hasp", "fbew", "fbmw")
# A window function takes (first row, last row + 1) and returns the log levels of those rows.
WindowLevels = Callable[[int, int], np.ndarray]


def _anchors(window: int, splice: str) -> np.ndarray:
    """Positions in the new window on which the new period is linked."""
    positions = {
        "movement": np.array([window - 2]),
        "window": np.array([0]),
        "wisp": np.array([0]),
        # The middle of the new window; of an even window the later of its two middle periods.
        "half": np.array([(window - 1) // 2 if window % 2 else window // 2]),
        "hasp": np.array([(window - 1) // 2 if window % 2 else window // 2]),
        "mean": np.arange(window - 1),
        "mean_published": np.arange(window - 1),
    }
    return positions[splice]


def rolling(size: int, window: int, splice: str, levels: WindowLevels) -> np.ndarray:
    """Log levels of `size` periods from windows of `window` periods.

    Parameters
    ----------
    splice : str
        "movement": on last period's change. "window", "half", "mean": on the first, the middle, or all periods
        shared with the previous window, as recalculated there. "wisp", "hasp", "mean_published": the same on the
        series as published. "fbmw", "fbew": on the fixed base period (the last of each `window` - 1 periods), from a
        moving or an expanding window.

    Raises
    ------
    IndexNumberError
        For an unknown splice or a window that does not fit.
    """
    if splice not in SPLICES:
        raise IndexNumberError(f'splice "{splice}" does not exist. Allowed: {", ".join(SPLICES)}.')
    if not 2 <= window <= size:
        raise IndexNumberError(f"window {window} must lie between 2 and the number of periods, {size}.")
    published = np.empty(size)
    published[:window] = levels(0, window)
    if splice in ("fbew", "fbmw"):
        return _fixed_base(published, size, window, splice, levels)
    old = published[:window].copy()
    at = _anchors(window, splice)
    on_published = splice in ("wisp", "hasp", "mean_published", "movement")
    for t in range(window, size):
        new = levels(t - window + 1, t + 1)
        # old[1:] and new[:-1] are the same periods.
        before = published[t - window + 1 : t] if on_published else old[1:] - old[-1] + published[t - 1]
        published[t] = np.mean(before[at] + new[-1] - new[at])
        old = new
    return published


def _fixed_base(published: np.ndarray, size: int, window: int, splice: str, levels: WindowLevels) -> np.ndarray:
    for t in range(window, size):
        base = (t - 1) // (window - 1) * (window - 1)
        first = base if splice == "fbew" else t - window + 1
        new = levels(first, t + 1)
        published[t] = published[base] + new[-1] - new[base - first]
    return published
