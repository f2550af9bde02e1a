"""What kind an alarm is: known at once for a shift that has built up, a month later for a jump."""

from __future__ import annotations

from typing import Final

import numpy as np

from analytics.early_warning.detector.pace import PACES
from analytics.early_warning.detector.watch import Reading

_SAME_SIDE = 0.4
_LARGEST = 6.0
WIDTHS: Final = {"month": (3.0, 4.1), "week": (1.9, 3.5)}


def lasting(reading: Reading) -> np.ndarray:
    """Whether a month's jump lasted, judged by the next month.

    Parameters
    ----------
    reading : arrays of shape (months, series)

    Returns
    -------
    (months, series): 1 where the next month stands on the same side by at least .4 of the surprise (at most 6), 0 where
    it does not, NaN where the next month is not known or holds nothing.
    """
    surprise = reading.deviation / reading.spread
    after = np.full_like(surprise, np.nan)
    after[:-1] = surprise[1:]
    same = np.sign(surprise) * after > _SAME_SIDE * np.minimum(np.abs(surprise), _LARGEST)
    return np.where(np.isfinite(after) & np.isfinite(surprise), same, np.nan)


def smallest_told(scale: np.ndarray, rate: float, period: str = "month") -> tuple[np.ndarray, np.ndarray]:
    """Smallest rise and fall told within three months with chance .8.

    Parameters
    ----------
    scale : standard deviation of a series' noise, logarithm
    rate : episodes a series and step
    period : "month" or "week"

    Returns
    -------
    (rise, fall) as changes, such as (.27, -.21): so many standard deviations of the noise at one episode in five years
    and in fifty (WIDTHS), as measured on simulated panels; between them by the logarithm of the rate.
    """
    frequent, rare = WIDTHS[period]
    years = np.clip(np.log10(1 / (PACES[period].steps * rate)), np.log10(5), np.log10(50))
    width = (frequent + (rare - frequent) * (years - np.log10(5))) * scale
    return np.expm1(width), np.expm1(-width)
