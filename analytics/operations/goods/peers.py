"""Declared consumption against other enterprises with the same goods, with intervals and few false leads."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from analytics.statistics import MAD_TO_SD

FALSE = 0.1
"""Share of the leads that may be chance."""

SPREAD_DF = 5.0
"""Degrees of freedom that the spread usual among all goods counts for beside a code's own."""

_LEAST_SPREAD = 0.02  # no two enterprises declare more alike
_EFFICIENCY = np.pi / 2  # variance of a median over that of a mean


def discoveries(chance: pd.Series, false: float = FALSE) -> pd.Series:
    """Which of many are called, so that at most the share `false` of them is expected to be chance.

    Parameters
    ----------
    chance : p values; missing ones are not tested
    false : expected share of false ones among those called

    Notes
    -----
    Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57:289.
    """
    known = chance.dropna().sort_values()
    called = pd.Series(False, index=chance.index)
    below = np.flatnonzero(known.to_numpy() <= false * np.arange(1, len(known) + 1) / max(len(known), 1))
    if len(below):
        called.loc[known.index[: below[-1] + 1]] = True
    return called


def against_peers(rows: pd.DataFrame) -> pd.DataFrame:
    """Ratio of the declared consumption to the median of other enterprises with the same code.

    Parameters
    ----------
    rows : handbooks with hs_code, enterprise_id, unit_consumption

    Returns
    -------
    DataFrame aligned to `rows`: peers, against_peers, low95, high95 (of the ratio), discovered (bool: above the peers
    by more than chance, with at most one in ten called expected to be chance)

    Notes
    -----
    One value an enterprise and code, the mean of its handbooks on the logarithmic scale; its own is no peer of it.
    Few peers tell their own spread badly, so the spread usual within codes counts beside it for five degrees of freedom
    (moderated variance, Smyth 2004). Other codes of the same six digits are no peers: other goods take other amounts.
    """
    log = np.log(rows["unit_consumption"].where(rows["unit_consumption"] > 0))
    keys = ["hs_code", "enterprise_id"]
    firms = pd.DataFrame(rows[keys].assign(log=log).dropna().groupby(keys)["log"].mean()).reset_index()
    usual = _usual(firms)
    parts = [_within(part, usual) for _, part in firms.groupby("hs_code")]
    made = pd.concat(parts) if parts else firms.assign(peers=0, centre=np.nan, error=np.nan, df=np.nan)
    t = (made["log"] - made["centre"]) / made["error"]
    made["discovered"] = discoveries(pd.Series(stats.t.sf(t, made["df"]), index=made.index))
    found = rows[keys].merge(made.drop(columns="log"), how="left", on=keys)
    found.index = rows.index
    ratio, half = log - found["centre"], stats.t.ppf(0.975, found["df"]) * found["error"]
    return pd.DataFrame({
        "peers": found["peers"].fillna(0).astype(int), "against_peers": np.exp(ratio), "low95": np.exp(ratio - half),
        "high95": np.exp(ratio + half), "discovered": found["discovered"].eq(True),
    })  # fmt: skip


def _usual(firms: pd.DataFrame) -> float:
    """Usual spread among enterprises with the same code."""
    grouped = firms.groupby("hs_code")["log"]
    size = grouped.transform("size")
    several = size > 1
    away = (firms["log"] - grouped.transform("median"))[several] * np.sqrt(size / (size - 1))[several]
    return max(MAD_TO_SD * float(away.abs().median()), _LEAST_SPREAD) if len(away) else _LEAST_SPREAD


def _within(part: pd.DataFrame, usual: float) -> pd.DataFrame:
    """Median of the others, its error and degrees of freedom, for every enterprise of a code."""
    values, n = part["log"].to_numpy(), len(part) - 1
    if n < 1:
        return part.assign(peers=0, centre=np.nan, error=np.nan, df=np.nan)
    others = np.array([np.delete(values, i) for i in range(n + 1)])
    centre = np.median(others, axis=1)
    own = (MAD_TO_SD * np.median(np.abs(others - centre[:, None]), axis=1)) ** 2 if n > 2 else usual**2
    variance = (SPREAD_DF * usual**2 + (n - 1) * own) / (SPREAD_DF + n - 1)
    error = np.sqrt(variance * (1 + (_EFFICIENCY if n > 2 else 1.0) / n))
    return part.assign(peers=n, centre=centre, error=error, df=SPREAD_DF + n - 1)
