"""Both sides of a flow on the same cells and months, with the time that goods are under way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from analytics.errors import DataError
from analytics.shown import Shown

CELL: Final = ("importer", "exporter", "good")
"""What makes a cell: who reports the import, who reports the export, and of what."""

_LEAST_MONTHS = 24


class MirrorError(DataError):
    """Flows that cannot be compared: what was found, what is needed."""


def _checked(flows: pd.DataFrame, side: str) -> pd.DataFrame:
    missing = [c for c in (*CELL, "month", "value") if c not in flows]
    if missing:
        raise MirrorError(
            f"The {side} side of the mirror lacks {', '.join(missing)}. Columns found: {', '.join(map(str, flows))}."
        )
    kept = flows.assign(month=pd.to_datetime(flows["month"]).dt.to_period("M").dt.to_timestamp())
    kept["weight"] = kept.get("weight", np.nan)
    kept[list(CELL)] = kept[list(CELL)].astype(str)
    sums = kept[kept["value"] > 0].groupby([*CELL, "month"])[["value", "weight"]]
    return sums.sum(min_count=1).reset_index()


@dataclass(frozen=True, repr=False)
class Both(Shown):
    """Both sides of every cell, month by month.

    Attributes
    ----------
    cells : DataFrame with the columns of CELL, one row a cell
    months : consecutive
    imports, exports, import_weight, export_weight : (months, cells); missing where a side reported nothing
    """

    cells: pd.DataFrame
    months: pd.DatetimeIndex
    imports: np.ndarray
    exports: np.ndarray
    import_weight: np.ndarray
    export_weight: np.ndarray

    @property
    def said(self) -> str:
        """The result in one line."""
        return f"{len(self.cells):,} cells, {self.months[0]:%Y-%m} to {self.months[-1]:%Y-%m}"

    def summary(self) -> pd.DataFrame:
        """Cells with the values of both sides over all months, the largest first."""
        import_, export = np.nansum(self.imports, axis=0), np.nansum(self.exports, axis=0)
        return self.cells.assign(imports=import_, exports=export).sort_values("imports", ascending=False)

    def since(self, month: pd.Timestamp) -> Both:
        """Return the months from one on."""
        t = self.months >= month
        sides = {s: getattr(self, s)[t] for s in SIDES}
        return replace(self, months=self.months[t], **sides)


SIDES: Final = ("imports", "exports", "import_weight", "export_weight")


def matched(imports: pd.DataFrame, exports: pd.DataFrame) -> Both:
    """Put both sides of every cell and month beside each other.

    Parameters
    ----------
    imports, exports : DataFrame with importer, exporter, good, month, value and optional weight
        Each as its own side reported it: imports usually CIF, exports FOB, in the same currency.

    Returns
    -------
    Both; only months that both sides cover as a whole are kept.

    Raises
    ------
    MirrorError
        For missing columns, or sides that share no month.
    """
    here, there = _checked(imports, "import"), _checked(exports, "export")
    first, last = (f(here["month"].agg(g), there["month"].agg(g)) for f, g in ((max, "min"), (min, "max")))
    if not len(here) or not len(there) or first > last:
        raise MirrorError("The two sides of the mirror share no month. Give them the same years.")
    here, there = (f[f["month"].between(first, last)] for f in (here, there))
    keys = list(CELL)
    cells = pd.concat([here[keys], there[keys]]).drop_duplicates().sort_values(keys, ignore_index=True)
    place = pd.MultiIndex.from_frame(cells)
    months = pd.date_range(first, last, freq="MS")
    sides = {}
    for frame, names in ((here, SIDES[::2]), (there, SIDES[1::2])):
        row = months.get_indexer(pd.DatetimeIndex(frame["month"]))
        column = place.get_indexer(pd.MultiIndex.from_frame(frame[keys]))
        for name, what in zip(names, ("value", "weight"), strict=True):
            wide = np.full((len(months), len(cells)), np.nan)
            wide[row, column] = frame[what]
            sides[name] = wide
    return Both(cells, months, **sides)


def lag_shares(both: Both, lags: int = 3) -> np.ndarray:
    """Share of exports that show as imports in the same month, one month later and so on.

    Parameters
    ----------
    both : as from `matched`
    lags : longest time under way, months

    Returns
    -------
    ndarray of shape (lags + 1,), not negative, with sum one: non-negative least squares of changes in log imports on
    changes in log exports of this month and those before, over cells with 24 months of both sides; clipped at
    the 1st and 99th percentile. All weight on the same month where no cell is long enough.
    """
    long = ((both.imports > 0) & (both.exports > 0)).sum(axis=0) >= _LEAST_MONTHS
    same = np.eye(lags + 1)[0]
    if not long.any():
        return same
    dm, dx = (np.diff(np.log(w[:, long]), axis=0) for w in (both.imports, both.exports))
    shifted = np.stack([_down(dx, k) for k in range(lags + 1)], axis=-1)
    use = np.isfinite(dm) & np.isfinite(shifted).all(axis=-1)
    if use.sum() < 10 * (lags + 1):
        return same
    y, X = dm[use], shifted[use]
    share, _ = nnls(np.clip(X, *np.quantile(X, [0.01, 0.99])), np.clip(y, *np.quantile(y, [0.01, 0.99])))
    total = share.sum()
    return share / total if total > 0 else same


def lagged(both: Both, shares: np.ndarray) -> Both:
    """Exports as they should arrive: spread over the months that goods are under way; the first months fall away."""
    under_way = int(np.flatnonzero(shares > 0).max(initial=0))
    sides = {s: getattr(both, s)[under_way:] for s in SIDES}
    for name in ("exports", "export_weight"):
        given = np.nan_to_num(getattr(both, name))
        arriving = sum(share * _down(given, k, 0.0) for k, share in enumerate(shares))
        sides[name] = np.where(arriving > 0, arriving, np.nan)[under_way:]
    return replace(both, months=both.months[under_way:], **sides)


def _down(values: np.ndarray, rows: int, fill: float = np.nan) -> np.ndarray:
    moved = np.full_like(values, fill)
    moved[rows:] = values[: len(values) - rows]
    return moved


def totals(both: Both) -> pd.DataFrame:
    """Sums of both sides over all months, one row a cell, with the months in which either side reported."""
    sums = {}
    for name in SIDES:
        side = getattr(both, name)
        sums[name] = np.where(np.isfinite(side).any(axis=0), np.nansum(side, axis=0), np.nan)
    reported = np.isfinite(both.imports) | np.isfinite(both.exports)
    return both.cells.assign(months=reported.sum(axis=0), **sums)
