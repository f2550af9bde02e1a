"""Rules of thumb of a revenue office: honest yardsticks, and the fall-back of a short history."""

from __future__ import annotations

import numpy as np

from analytics.tax_forecast.inputs.origin import Origin
from analytics.tax_forecast.models.effective_rate import broken

DAMPING = 0.5  # half of the log growth so far goes on: the square root of the growth factor


def _last_year(origin: Origin) -> np.ndarray:
    values = origin.on_one_law
    return values[-2] if len(values) > 1 else np.full(values.shape[1], np.nan)


def _growth_so_far(origin: Origin) -> float:
    """Receipts so far against the same periods of last year, on one law; NaN before the first figure."""
    k = origin.known
    before = _last_year(origin)[:k].sum()
    return float(origin.on_one_law[-1, :k].sum() / before) if k and before > 0 else float("nan")


def last_year(origin: Origin) -> np.ndarray:
    """The remaining periods bring what they brought last year (seasonal naive)."""
    return origin.under_law(_last_year(origin)[origin.known :])


def year_to_date_share(origin: Origin) -> np.ndarray:
    """The year so far has the share of the year that it had last year; no answer after a break of the rate."""
    if broken(origin) is not None:
        return np.full(len(origin.history.ends) - origin.known, np.nan)
    return origin.under_law(_last_year(origin)[origin.known :] * _growth_so_far(origin))


def damped_growth(origin: Origin) -> np.ndarray:
    """Last year's remaining periods times the square root of the growth so far.

    Before the first figure: half of the average log growth of the last three years.
    """
    if origin.known:
        growth = _growth_so_far(origin)
    else:
        totals = origin.on_one_law[:-1].sum(axis=1)[-4:]
        totals = totals[np.isfinite(totals) & (totals > 0)]
        steps = np.diff(np.log(totals))
        growth = float(np.exp(steps.mean())) if len(steps) else 1.0
    growth = growth if np.isfinite(growth) else 1.0
    return origin.under_law(_last_year(origin)[origin.known :] * max(growth, 1e-9) ** DAMPING)


def pace(origin: Origin) -> np.ndarray:
    """Carry the mean of the last twelve months' figures forward, by months, without season."""
    lengths = np.diff((0, *origin.history.ends))
    flat = origin.on_one_law.ravel()
    known = np.flatnonzero(np.isfinite(flat))[-len(lengths) :]
    if not len(known):
        return np.full(len(lengths) - origin.known, np.nan)
    a_month = flat[known].sum() / np.resize(lengths, len(flat))[known].sum()
    return origin.under_law(a_month * lengths[origin.known :])
