"""Whether chances and intervals told the truth: coverage, chances by fifths, the probability integral transform."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from analytics.tax_forecast.record.calibration import TOLERANCE
from analytics.tax_forecast.record.scores import transform

GROUPS = 5


def coverage(table: pd.DataFrame) -> pd.DataFrame:
    """Share of outturns inside their intervals, by months known.

    Parameters
    ----------
    table : DataFrame as from `forecasts.backtested`

    Returns
    -------
    DataFrame with columns months_known, years, and for 80 and 95: covered80, low80, high80 (Clopper and Pearson's 95 %
    bounds of the coverage), ...
    """
    rows = []
    for months, group in table.groupby("months_known"):
        row: dict[str, float] = {"months_known": float(str(months)), "years": float(len(group))}
        for level in ("80", "95"):
            inside = group["actual"].between(group[f"low{level}"], group[f"high{level}"])
            low, high = proportion_confint(int(inside.sum()), len(inside), method="beta")
            row |= {f"covered{level}": float(inside.mean()), f"from{level}": float(low), f"to{level}": float(high)}
        rows.append(row)
    return pd.DataFrame(rows)


def by_fifths(table: pd.DataFrame) -> pd.DataFrame:
    """Chances of ending within 5 % said, against what happened, in fifths of the forecasts by the chance said.

    Returns
    -------
    DataFrame with columns group (1 to 5), forecasts, said, happened (shares), gap (happened - said).
    """
    hit = (table["forecast"] / table["actual"] - 1).abs() <= TOLERANCE
    order = table["p_within_5pct"].rank(method="first")
    groups = np.ceil(order / len(table) * GROUPS).astype(int)
    found = pd.DataFrame({"group": groups, "said": table["p_within_5pct"], "happened": hit.astype(float)})
    means = found.groupby("group").agg(forecasts=("said", "size"), said=("said", "mean"), happened=("happened", "mean"))
    return means.assign(gap=means["happened"] - means["said"]).reset_index()


def integral_transform(table: pd.DataFrame) -> tuple[np.ndarray, float]:
    """Return the probability integral transform of every forecast, and how far it is from even.

    Returns
    -------
    (values between 0 and 1, p of the chi-squared test over fifths). Forecasts of one year are no independent draws: the
    test counts years, not forecasts.
    """
    values = transform(*(table[c].to_numpy(dtype=float) for c in ("actual", "forecast", "scale", "freedom")))
    if not len(values):
        return values, float("nan")
    shares = np.histogram(values, bins=GROUPS, range=(0, 1))[0] / len(values)
    years = table["year"].nunique()
    statistic = years * float(((shares - 1 / GROUPS) ** 2).sum()) * GROUPS
    return values, float(stats.chi2.sf(statistic, GROUPS - 1))
