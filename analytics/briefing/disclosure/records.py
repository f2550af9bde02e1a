"""Who stands behind the cells of an input: its enterprises, and what each of them has of the amount."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis.expr.types as ir
import pandas as pd

WHO, AMOUNT = "_who", "_amount"
_CUT = {"chapter": 2, "heading": 4, "subheading": 6}
_PLAIN = (
    "district", "port", "origin", "departure_country", "regime", "transport_mode", "direction", "unit", "hs_code",
    "lane", "destination", "category", "kind",
)  # fmt: skip
_TIMES = {"year": 4, "month": 7}
Parts = dict[tuple[str, ...], dict[str, float]]
_AMOUNTS = ("value", "tax", "duty_forgone", "trade_value")


@dataclass
class Records:
    """Records of one input, added up by enterprise within the cells that are asked for.

    Attributes
    ----------
    table : analytics.tables.Table, or a DataFrame with the columns of dimensions, enterprise_id and value
    """

    table: Any
    _kept: dict[tuple[str, ...], Parts] = field(default_factory=dict, repr=False)

    @property
    def dimensions(self) -> frozenset[str]:
        """Names by which its records can be told apart; none where it names no enterprise."""
        columns = set(self.table.columns)
        if "enterprise_id" not in columns:
            return frozenset()
        found = {name for name in _PLAIN if name in columns}
        found |= {*_CUT, "product"} if "hs_code" in columns else set()
        return frozenset(found | (set(_TIMES) if self._moment() else set()))

    def by(self, dims: tuple[str, ...]) -> Parts:
        """Return the amounts of each cell by enterprise.

        Parameters
        ----------
        dims : names of dimensions, () for all records together

        Returns
        -------
        Mapping of key (the cell's values, in the order of `dims`) to amount by enterprise, never negative; lines where
        there is no amount. Records that name no enterprise count as those of one.
        """
        if dims not in self._kept:
            finer = [known for known in self._kept if set(dims) < set(known)]
            self._kept[dims] = merged(self._kept[finer[0]], finer[0], dims) if finer else self._read(dims)
        return self._kept[dims]

    def values(self, dimension: str) -> set[str]:
        """Values that a dimension takes."""
        return {key[0] for key in self.by((dimension,))}

    def _read(self, dims: tuple[str, ...]) -> Parts:
        rows = self._rows(dims)
        amounts = rows[AMOUNT].astype("float64").fillna(0.0).clip(lower=0.0)
        firms = rows[WHO].astype("object").where(rows[WHO].notna(), "")
        found: Parts = {}
        for key, who, amount in zip(_keys(rows, dims), firms, amounts, strict=True):
            cell = found.setdefault(key, {})
            cell[who] = cell.get(who, 0.0) + amount
        return found

    def _moment(self) -> str | None:
        return next((name for name in ("date", "released_on", "opened_on") if name in self.table.columns), None)

    def _rows(self, dims: Sequence[str]) -> pd.DataFrame:
        amount = next((name for name in _AMOUNTS if name in self.table.columns), None)
        needed = {self._column(d) for d in dims} | {"enterprise_id"} | ({amount} if amount else set())
        if isinstance(self.table, pd.DataFrame):
            rows = self.table[sorted(needed)]
        else:
            rows = _summed(self.table.part(sorted(needed)), sorted(needed - {amount}), amount)
        shown = {d: _cut(rows[self._column(d)], d) for d in dims}
        amounts = rows[amount] if amount else pd.Series(1.0, rows.index)
        return pd.DataFrame({**shown, WHO: rows["enterprise_id"], AMOUNT: amounts})

    def _column(self, dimension: str) -> str:
        if dimension in _TIMES:
            return str(self._moment())
        return "hs_code" if dimension in _CUT or dimension == "product" else dimension


def _keys(rows: pd.DataFrame, dims: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    return zip(*(rows[name] for name in dims), strict=True) if dims else [()] * len(rows)


def merged(parts: Parts, finer: tuple[str, ...], dims: tuple[str, ...]) -> Parts:
    """Add finer cells up to coarser ones."""
    at = [finer.index(name) for name in dims]
    found: Parts = {}
    for key, firms in parts.items():
        cell = found.setdefault(tuple(key[k] for k in at), {})
        for who, amount in firms.items():
            cell[who] = cell.get(who, 0.0) + amount
    return found


def _summed(rows: ir.Table, names: list[str], amount: str | None) -> pd.DataFrame:
    """Add up in the engine what differs in nothing that is asked for."""
    from analytics.tables.engine import connection

    if amount is None:
        return connection.fetch(rows.select(*names))
    return connection.fetch(rows.group_by(names).aggregate(**{amount: rows[amount].cast("float64").sum()}))


def _cut(column: pd.Series, dimension: str) -> pd.Series:
    """Write a dimension's values as tables write them; a missing one is a value of its own."""
    if dimension in _TIMES:
        text = pd.to_datetime(column).dt.strftime("%Y-%m").str[: _TIMES[dimension]]
    else:
        text = column.astype("object").map(str, na_action="ignore")
        text = text.str[: _CUT[dimension]] if dimension in _CUT else text
    return text.astype("object").where(text.notna(), "")
