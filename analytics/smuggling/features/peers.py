"""How far a line stands from its peers: unit value, weight per unit and value per weight, robust and shrunk.

Peers are lines of the same code, unit and origin; a small cell leans on the code, the code on its heading, and so on.
"""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
from ibis import _
from sklearn.base import BaseEstimator

from analytics.smuggling.features.running import Lines
from analytics.smuggling.goods.siblings import Siblings

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
CODE = 2  # level of code and unit
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
        logs = pd.DataFrame(logs_of(frame), index=frame.index)
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
        """Deviations of each line, float32: `<measure>_gap` (log points), `<measure>_z`, the cell's size, siblings."""
        return pd.DataFrame(self.deviations(frame, self._found(frame)), index=frame.index).astype("float32")

    def deviations(self, lines: Lines, found: list[np.ndarray]) -> dict[str, np.ndarray]:
        """The same as arrays, of lines whose cell of every level stands at the position `found` (-1: none)."""
        logs, cells = logs_of(lines), self._cells()
        features: dict[str, np.ndarray] = {}
        for measure in MEASURES:
            median, spread = (np.full(len(found[0]), x) for x in self.overall_[measure])
            for level, at in enumerate(found):
                n, low, centre, high = (cells[level][f"{measure}:{c}"][at] for c in ("n", "q1", "q2", "q3"))
                n = np.nan_to_num(n)
                # interquartile range / 1.349: the standard deviation of a normal distribution
                width = (high - low) / 1.349
                share = n / (n + self.strength)
                median = np.where(n > 0, share * np.nan_to_num(centre) + (1 - share) * median, median)
                # a quartile range needs more lines than a median
                share = n / (n + 4 * self.strength)
                spread = np.where(n > 0, share * np.nan_to_num(width) + (1 - share) * spread, spread)
            gap = logs[measure] - median
            features[f"{measure}_gap"] = np.clip(gap, -4, 4)
            features[f"{measure}_z"] = np.clip(gap / np.maximum(spread, LEAST_SCALE), -8, 8)
        duty = np.asarray(lines["duty_rate"], dtype=float)
        for level, name in ((1, "duty_below_heading"), (2, "duty_below_code")):
            features[name] = cells[level]["duty"][found[level]] - duty
        features["peer_lines"] = np.log1p(np.nan_to_num(cells[-1]["unit_value:n"][found[-1]]))
        siblings: Siblings = self._kept[3]
        features |= siblings.values(logs, found[CODE])
        return features

    def found_one_by_one(self, lines: Lines) -> list[np.ndarray]:
        """Position of the cell of each of a few lines, by level."""
        parts = {c: ["" if v is None else str(v) for v in lines[c]] for c in {c for level in LEVELS for c in level}}
        keys = (["|".join(key) for key in zip(*(parts[c] for c in level), strict=True)] for level in LEVELS)
        return [self._keys()[i].get_indexer(pd.Index(k, dtype="str")) for i, k in enumerate(keys)]

    def _keys(self) -> list[pd.Index]:
        self._cells()
        keys: list[pd.Index] = self._kept[1]
        return keys

    def _cells(self) -> list[dict[str, np.ndarray]]:
        """Columns of the cells by level, with a last row for lines without a cell; made once."""
        if getattr(self, "_kept", (None,))[0] is not self.cells_:
            parts = [self.cells_[self.cells_["level"] == level] for level in range(len(LEVELS))]
            numbers = [c for c in self.cells_ if c not in ("level", "key")]
            columns = [
                {c: np.append(p[c].to_numpy(dtype=float, na_value=np.nan), np.nan) for c in numbers} for p in parts
            ]
            keys = [pd.Index(p["key"]) for p in parts]
            self._kept = (self.cells_, keys, columns, Siblings.of(keys[CODE], columns[CODE]))
        found: list[dict[str, np.ndarray]] = self._kept[2]
        return found

    def _found(self, frame: pd.DataFrame) -> list[np.ndarray]:
        """Position of every line's cell by level; each distinct narrowest cell is asked once."""
        parts = {column: frame[column].fillna("") for column in LEVELS[-1]}
        at, distinct = pd.factorize(_joined(parts, LEVELS[-1]))
        first = np.empty(len(distinct), dtype=np.int64)
        first[at[::-1]] = np.arange(len(at))[::-1]
        lines = frame.iloc[first]
        few = {column: lines[column].fillna("") for level in LEVELS for column in level}
        return [
            keys.get_indexer(pd.Index(_joined(few, columns)))[at]
            for keys, columns in zip(self._keys(), LEVELS, strict=True)
        ]


def _joined(parts: dict[str, pd.Series], columns: tuple[str, ...]) -> pd.Series:
    key = parts[columns[0]]
    for column in columns[1:]:
        key = key + "|" + parts[column]
    return key


def logs_of(lines: Lines) -> dict[str, np.ndarray]:
    """Natural logs of the measures; missing where a part is missing or not positive."""
    logs = {}
    for name, (above, below) in MEASURES.items():
        a, b = np.asarray(lines[above], dtype=float), np.asarray(lines[below], dtype=float)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs[name] = np.where((a > 0) & (b > 0), np.log(a) - np.log(b), np.nan)
    return logs


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
