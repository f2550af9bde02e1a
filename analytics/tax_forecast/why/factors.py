"""A difference of receipts split on the factors whose product they are: exactly, month by month.

Receipts = volume x price x exchange rate x rate x what the law does not explain. The difference of two such products is
the sum over factors of L(a, b) ln(factor of a / factor of b), L the logarithmic mean (Montgomery 1937; Vartia 1976;
in energy studies LMDI, Ang 2004): nothing is left over, and the order of the factors does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analytics.index_numbers.bilateral import logarithmic_mean
from analytics.statistics import MAD_TO_SD

REST = "rest"
NEWEST, BROKEN = 3, 6.0  # newest periods, and robust standard errors from which on they alone say what today is


def split(now: np.ndarray, before: np.ndarray, changes: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Split `now` - `before` on factors.

    Parameters
    ----------
    now, before : ndarray of one shape
        Receipts of the same months.
    changes : mapping of factor to ndarray
        ln(factor now / factor before); NaN where it is not known there.

    Returns
    -------
    dict of factor to its amount, and "rest": what no factor explains. Together they are `now` - `before`. Where one of
    the two is not positive there is no product to split: the whole difference is rest.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = np.log(now / before)
        can = np.isfinite(whole) & (now > 0) & (before > 0)
        weight = np.where(can, logarithmic_mean(np.where(can, now, 1.0), np.where(can, before, 1.0)), 0.0)
    amounts = {name: weight * np.where(np.isfinite(change), change, 0.0) for name, change in changes.items()}
    explained = np.sum(list(amounts.values()), axis=0) if amounts else np.zeros_like(now)
    return {**amounts, REST: now - before - explained}


def todays_level(known: np.ndarray) -> float:
    """Mean of the known figures, oldest first; of the newest three alone where they have broken with the others."""
    if not len(known):
        return 0.0
    newest, others = known[-NEWEST:], known[:-NEWEST]
    if len(others) > NEWEST:
        middle = float(np.median(others))
        error = MAD_TO_SD * float(np.median(np.abs(others - middle))) / np.sqrt(NEWEST)
        if abs(float(newest.mean()) - middle) > BROKEN * error:
            return float(newest.mean())
    return float(known.mean())
