"""What kind an alarm is: known at once for a shift that has built up, a month later for a jump."""

from __future__ import annotations

import numpy as np

from analytics.early_warning.detector.watch import Reading

_SAME_SIDE = 0.4
_LARGEST = 6.0


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


def smallest_told(scale: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Smallest rise and fall told within three months with chance .8.

    Parameters
    ----------
    scale : standard deviation of a series' noise, logarithm
    rate : episodes a series and month

    Returns
    -------
    (rise, fall) as changes, such as (.27, -.21). Three standard deviations at one episode in five years, 4.1 at one in
    fifty (measured on simulated panels), between them by the logarithm of the rate.
    """
    years = np.clip(np.log10(1 / (12 * rate)), np.log10(5), np.log10(50))
    width = (3.0 + 1.1 * (years - np.log10(5))) * scale
    return np.expm1(width), np.expm1(-width)
