"""How far a line stands from its peers: unit value, weight per unit and value per weight, robust and shrunk.

Peers are lines of the same code, unit and origin; a small cell leans on the code, the code on its heading, and so on.
"""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
from ibis import _
from sklearn.base import BaseEstimator

MEASURES = {  # name: numerator, denominator
    "unit_value": ("value", "quantity"),
    "unit_weight": ("net_mass_kg", "quantity"),
    "value_per_kg": ("value", "net_mass_kg"),
    "gross_to_net": ("gross_mass_kg", "net_mass_kg"),
}
LEVELS: tuple[tuple[str, ...], ...] = (  # from the widest peer group to the narrowest
    ("hs2", "unit"),
    ("hs4", "unit"),
    ("hs_code", "unit"),
    ("hs_code", "unit", "origin"),
)
LEAST_SCALE = 0.05  # log points: below this a deviation is not worth dividing by


class Peers(BaseEstimator):
    """Log deviations from the peers' median, and the same in robust standard deviations.

    Parameters
    ----------
    strength : float
        Lines at the wider group's median and spread that a cell starts with.

    Attributes
    ----------
    cells_ : DataFrame (level, key, measure, lines, median, spread)
    overall_ : dict of measure to (median, spread)
    """

    def __init__(self, strength: float = 5.0) -> None:
        self.strength = strength

    def fit(self, frame: pd.DataFrame) -> Peers:
        """Medians and median absolute deviations of all lines of `frame`, inspected or not."""
        logs = measures(frame)
        self.overall_ = {m: _centre(logs[m]) for m in MEASURES}
        columns = ["hs2", "hs4", "hs_code", "unit", "origin", "duty_rate"]
        table = ibis.memtable(pd.concat([frame[columns], logs], axis=1))
        parts = []
        for level, parts_of_key in enumerate(LEVELS):
            keyed = table.mutate(key=_key(table, parts_of_key)).drop_null("key")
            quantiles = {
                f"{m}:{q}": keyed[m].quantile(p) for m in MEASURES for q, p in (("q1", 0.25), ("q2", 0.5), ("q3", 0.75))
            }
            counts = {f"{m}:n": keyed[m].count() for m in MEASURES}
            parts.append(
                keyed.group_by("key")
                .agg(**quantiles, **counts, duty=_.duty_rate.mean())
                .to_pandas()
                .assign(level=level)
            )
        wide = pd.concat(parts, ignore_index=True).sort_values(["level", "key"], ignore_index=True)
        self.cells_ = wide
        return self

    def transform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Deviations of each line, float32: `<measure>_gap` (log points) and `<measure>_z`, and the cell's size."""
        logs = measures(frame)
        features: dict[str, np.ndarray] = {}
        found = self._looked_up(frame)
        for measure in MEASURES:
            median = np.full(len(frame), self.overall_[measure][0])
            spread = np.full(len(frame), self.overall_[measure][1])
            for cell in found:
                n = cell[f"{measure}:n"].fillna(0).to_numpy(dtype=float)
                centre = cell[f"{measure}:q2"].to_numpy(dtype=float)
                # interquartile range / 1.349: the standard deviation of a normal distribution
                width = (cell[f"{measure}:q3"] - cell[f"{measure}:q1"]).to_numpy(dtype=float) / 1.349
                share = n / (n + self.strength)
                median = np.where(n > 0, share * np.nan_to_num(centre) + (1 - share) * median, median)
                # a quartile range needs more lines than a median
                share = n / (n + 4 * self.strength)
                spread = np.where(n > 0, share * np.nan_to_num(width) + (1 - share) * spread, spread)
            gap = logs[measure].to_numpy() - median
            features[f"{measure}_gap"] = np.clip(gap, -4, 4)
            features[f"{measure}_z"] = np.clip(gap / np.maximum(spread, LEAST_SCALE), -8, 8)
        for level, name in ((1, "duty_below_heading"), (2, "duty_below_code")):
            features[name] = found[level]["duty"].to_numpy(dtype=float) - frame["duty_rate"].to_numpy()
        features["peer_lines"] = np.log1p(found[-1]["unit_value:n"].fillna(0).to_numpy(dtype=float))
        return pd.DataFrame(features, index=frame.index).astype("float32")

    def _looked_up(self, frame: pd.DataFrame) -> list[pd.DataFrame]:
        """Cell of every line by level, missing where it was not seen; each distinct narrowest cell is asked once."""
        parts = {column: frame[column].fillna("") for column in LEVELS[-1]}
        at, distinct = pd.factorize(_joined(parts, LEVELS[-1]))
        first = np.empty(len(distinct), dtype=np.int64)
        first[at[::-1]] = np.arange(len(at))[::-1]
        lines = frame.iloc[first]
        few = {column: lines[column].fillna("") for level in LEVELS for column in level}
        found = []
        for level, columns in enumerate(LEVELS):
            cells = self.cells_[self.cells_["level"] == level].set_index("key")
            found.append(cells.reindex(pd.Index(_joined(few, columns))).iloc[at].reset_index(drop=True))
        return found


def _joined(parts: dict[str, pd.Series], columns: tuple[str, ...]) -> pd.Series:
    key = parts[columns[0]]
    for column in columns[1:]:
        key = key + "|" + parts[column]
    return key


def measures(frame: pd.DataFrame) -> pd.DataFrame:
    """Natural logs of the measures; missing where a part is missing or not positive."""
    logs = {}
    for name, (above, below) in MEASURES.items():
        a, b = frame[above].to_numpy(), frame[below].to_numpy()
        with np.errstate(divide="ignore", invalid="ignore"):
            logs[name] = np.where((a > 0) & (b > 0), np.log(a) - np.log(b), np.nan)
    return pd.DataFrame(logs, index=frame.index)


def _centre(values: pd.Series) -> tuple[float, float]:
    if values.notna().sum() == 0:
        return 0.0, 1.0
    low, middle, high = values.quantile([0.25, 0.5, 0.75])
    return float(middle), max(float(high - low) / 1.349, LEAST_SCALE)


def _key(table: ibis.expr.types.Table, columns: tuple[str, ...]) -> ibis.expr.types.Value:
    key = table[columns[0]]
    for column in columns[1:]:
        key = key + "|" + table[column].fill_null("")
    return key
