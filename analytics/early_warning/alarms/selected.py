"""Sizes of changes that were told because they were large: what selection adds to them, as measured."""

from __future__ import annotations

from typing import Final

import numpy as np

from analytics.statistics import NORMAL95

TOO_LARGE: Final = {"shift": 0.25, "jump": 0.20}
"""Standard errors by which a told size exceeds the true one in the middle of simulated alarms."""

WIDER: Final = {"shift": 1.1, "jump": 1.2}
"""Times the plain standard error that makes the interval hold the true size in .95 of them.

Both by benchmarks/early_warning/intervals.py, placed on seeds 701-705, judged on 706-708: shifts .947, jumps .965. The
textbook interval of an estimate that passed a line (a normal cut at the line) holds .88: a shift is looked at month
after month until it passes, and passes near the line without being overstated.
"""


def given_told(size: np.ndarray, error: np.ndarray, is_shift: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Correct sizes for having been selected.

    Parameters
    ----------
    size, error : estimates and their plain standard errors, logarithms
    is_shift : of bool, else jumps

    Returns
    -------
    (size, low95, high95): drawn towards nought by what selection adds, never through it, with the wider interval.
    """
    less = np.where(is_shift, TOO_LARGE["shift"], TOO_LARGE["jump"]) * error
    half = np.where(is_shift, WIDER["shift"], WIDER["jump"]) * NORMAL95 * error
    middle = np.sign(size) * np.maximum(np.abs(size) - less, 0)
    return middle, middle - half, middle + half
