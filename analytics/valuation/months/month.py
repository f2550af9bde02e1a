"""One month of declarations: read, accounted for, filtered, added up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analytics import tables
from analytics.language import Text
from analytics.valuation.alignment.stage import KINDS
from analytics.valuation.comparison.kernels import Lines, dense, summed
from analytics.valuation.comparison.lines import ValuationError, imports, keyed, look, usable
from analytics.valuation.comparison.slips import outlier_kinds

GOODS = ("product", "unit", "origin")
FIGURES = ("lines", "quantity", "value", "tax_weight")
_MOSTLY = 0.9  # share of a file's lines in one month, below which it is no file of a month
_OTHER = Text("dated in another month than its file", "日期不在该文件所属月份")


@dataclass(frozen=True)
class Month:
    """What is kept of a month: sums, no single line.

    Attributes
    ----------
    month : "2024-03"
    rows : DataFrame product, unit, origin, district, enterprise (masked; "" for none), lines, quantity, value,
        tax_weight
    keys : (N,) sorted 64-bit hashes of declaration and line number; empty where the source has none
    kinds : (2, K) lines and value by kind of outlier
    account : rows read, used, set aside, reasons, currency, weights
    """

    month: str
    rows: pd.DataFrame
    keys: np.ndarray
    kinds: np.ndarray
    account: dict[str, object]


def read_month(source: Path, column_map: str | None, product_digits: int, threshold: float) -> Month:
    """Read a month's file, account for its rows, set slips apart within the month, and add the others up.

    Raises
    ------
    ValuationError
        The file holds lines of several months, or none.
    """
    table = usable(tables.read("declarations", str(source), column_map))
    lines, weighted_by = keyed(imports(table), product_digits)
    wanted = [*GOODS, "district", "enterprise", "month", "quantity", "value", "tax_weight", "net_mass_kg"]
    frame = tables.as_pandas(lines.select(*wanted, "declaration_id", "line_no"))
    month = _month_of(frame, source)
    inside = frame["month"] == month
    if not inside.all():
        start = month.date()
        table = table.keep(lambda t: t.date.cast("date").truncate("M").cast("date") == start, _OTHER)
        frame = frame[inside].reset_index(drop=True)
    account = table.accounting
    rows, kinds = _added_up(frame, threshold)
    told: dict[str, object] = {
        "rows_read": account.rows_read,
        "rows_used": account.rows_used,
        "rows_set_aside": account.rows_set_aside,
        "reasons": json.loads(account.reasons.to_json(orient="records")),
        "currency": look(imports(table)).currency,
        "weighted_by": weighted_by,
    }
    keyed_by = {"declaration_id", "line_no"} <= set(table.columns)
    return Month(f"{month:%Y-%m}", rows, _keys(frame) if keyed_by else np.empty(0, np.uint64), kinds, told)


def _month_of(frame: pd.DataFrame, source: Path) -> pd.Timestamp:
    if not len(frame):
        raise ValuationError(
            f"{source.name}: no import line with positive quantity and value is left. Check the columns quantity, "
            "value and direction."
        )
    counts = frame.groupby("month").size().sort_values(ascending=False)
    month = pd.DatetimeIndex(counts.index)
    if counts.iloc[0] < _MOSTLY * len(frame):
        listed = ", ".join(f"{m:%Y-%m} ({n:,} lines)" for m, n in zip(month[:4], counts[:4], strict=True))
        raise ValuationError(
            f"{source.name}: holds lines of {len(counts)} months: {listed}. Give each month a file of its own, by the "
            "column date."
        )
    return month[0]


def _keys(frame: pd.DataFrame) -> np.ndarray:
    hashed = pd.util.hash_pandas_object(frame[["declaration_id", "line_no"]], index=False)
    return np.sort(hashed.to_numpy(dtype=np.uint64))


def _added_up(frame: pd.DataFrame, threshold: float) -> tuple[pd.DataFrame, np.ndarray]:
    """Sums by goods, district and enterprise of the lines that are no slips, chapter by chapter; and kinds of slips."""
    coded = {n: pd.factorize(frame[n], sort=True) for n in (*GOODS, "district", "enterprise")}
    figures = {n: frame[n].to_numpy(float) for n in ("quantity", "value", "tax_weight", "net_mass_kg")}
    codes = {name: code.astype(np.int64) for name, (code, _) in coded.items()}
    every = Lines(**codes, month=np.zeros(len(frame), np.int64), **figures)
    texts = {name: np.asarray(labels, dtype=object) for name, (_, labels) in coded.items()}
    nameless = 0 if len(texts["enterprise"]) and texts["enterprise"][0] == "" else -1
    prefix = pd.factorize(pd.Series(texts["product"]).str[:2], sort=True)[0][every.product]
    kinds, parts = np.zeros((2, len(KINDS))), []
    for chapter in range(int(prefix.max(initial=-1)) + 1):
        lines = every.take(np.flatnonzero(prefix == chapter))
        kind = outlier_kinds(lines, threshold)
        kinds += [np.bincount(kind, minlength=len(KINDS)), np.bincount(kind, lines.value, len(KINDS))]
        parts.append(_rows(lines.take(np.flatnonzero(kind == 0)), nameless, texts))
    return pd.concat(parts, ignore_index=True), kinds


def _rows(lines: Lines, nameless: int, texts: dict[str, np.ndarray]) -> pd.DataFrame:
    cell = dense(lines.product, lines.unit, lines.origin)  # the numbers that `summed` gives
    at = np.zeros(int(cell.max(initial=-1)) + 1, np.int64)
    at[cell] = np.arange(len(cell))
    rows = summed(lines, nameless)
    codes = {name: getattr(lines, name)[at][rows.cell] for name in GOODS}
    codes |= {name: getattr(rows, name) for name in ("district", "enterprise")}
    names = {name: pd.Categorical.from_codes(code, pd.Index(texts[name])) for name, code in codes.items()}
    return pd.DataFrame({**names, **{n: getattr(rows, n) for n in FIGURES}})
