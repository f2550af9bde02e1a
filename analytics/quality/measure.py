"""Checks of a table that was read: each with its figure, its threshold and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import ibis
import pandas as pd

from analytics.language import Text
from analytics.shown import Shown
from analytics.tables import Table, contract
from analytics.tables.engine import connection as engine
from analytics.tables.mapping import files
from analytics.targets import Status, target

ACCURACY, REVISED = "operational_data_accuracy", "trade_stat_revision_share"
MISSING, COPIES, CONFLICTS, MOVED = 0.05, 0.001, 0.0, 0.5  # thresholds: shares, and the move of a month's rows
_BEFORE = 6  # months that the last one is compared with
_CODES = 10  # digits of a commodity code are counted up to this many lengths
Judged = Literal["met", "not_met", "watch", "insufficient"]


@dataclass(frozen=True, repr=False)
class Quality(Shown):
    """What was found in a table.

    Attributes
    ----------
    table : as read
    checks : DataFrame check, check_zh, value, threshold, status; shares unless said
    missing : DataFrame column, title, title_zh, missing (share of rows), for the columns that the source holds
    codes, units : DataFrames digits, rows and unit, rows (declarations only; else empty)
    months : DataFrame month, rows
    accepted : doubts that the column map decided, as it writes them
    accuracy : share of rows without a fault: at most so many are right
    revised : share of the lines that were revised; None without versions
    """

    table: Table
    checks: pd.DataFrame
    missing: pd.DataFrame
    codes: pd.DataFrame
    units: pd.DataFrame
    months: pd.DataFrame
    accepted: tuple[str, ...]
    accuracy: float | None
    revised: float | None

    @property
    def said(self) -> str:
        """The result in one line."""
        right = "no rows" if self.accuracy is None else f"{self.accuracy:.2%} of the rows without a fault of form"
        return f"{self.table.name}: {right}, {self.status}"

    def summary(self) -> pd.DataFrame:
        """The checks with their value, threshold and status."""
        return self.checks.drop(columns="check_zh")

    @property
    def status(self) -> Status:
        """Judge both figures: checks of form alone never show that the plan is met."""
        if self.accuracy is None:
            return "insufficient"
        if 100 * self.accuracy < (target(ACCURACY).low or 0):
            return "not_met"
        if self.revised is not None and 100 * self.revised >= (target(REVISED).high or 100):
            return "not_met"
        return "watch" if self.revised is not None else "insufficient"


def measure(table: Table, column_map: str | None = None) -> Quality:
    """Look a table over.

    Parameters
    ----------
    table : as `tables.read` gives it
    column_map : by which it was read, for the doubts that it decides

    Returns
    -------
    Quality
    """
    account, rules = table.accounting, contract(table.name)
    rows = table.ibis
    missing = _missing(table)
    months = _months(table)
    known = account.rows_read - account.rows_set_aside + account.rows_faulty
    accuracy = 1 - account.rows_faulty / known if known else None
    revised = _revised(table)
    said = files.load(column_map, table.name)
    checks = _checks(table, missing, months, accuracy, revised)
    has = set(rows.columns)
    codes = _counted(rows.mutate(digits=rows["hs_code"].length()), "digits") if "hs_code" in has else _none("digits")
    units = _counted(rows, "unit") if "unit" in has and rules.name == "declarations" else _none("unit")
    return Quality(table, checks, missing, codes, units, months, said.accept, accuracy, revised)


def _none(name: str) -> pd.DataFrame:
    return pd.DataFrame({name: [], "rows": []})


def _counted(rows: ibis.expr.types.Table, name: str) -> pd.DataFrame:
    counted = rows.group_by(name).aggregate(rows=rows.count()).order_by(ibis.desc("rows"), name).limit(_CODES)
    return engine.fetch(counted)


def _missing(table: Table) -> pd.DataFrame:
    """Share of rows without a value, by column that the source holds."""
    rows, rules = table.ibis, contract(table.name)
    asked = {name: rows[name].count() for name in table.columns}
    filled = engine.one_row(rows.aggregate(**asked))
    titles = {name: rules[name].title for name in asked}
    return pd.DataFrame({
        "column": list(asked), "title": [titles[n].en for n in asked], "title_zh": [titles[n].zh for n in asked],
        "missing": [1 - float(filled[n]) / max(table.accounting.rows_used, 1) for n in asked],
    })  # fmt: skip


def _months(table: Table) -> pd.DataFrame:
    period = contract(table.name).period
    if period is None or period not in table.columns or not table.ibis[period].type().is_temporal():
        return pd.DataFrame({"month": [], "rows": []})
    rows = table.ibis.mutate(month=table.ibis[period].truncate("M"))
    return engine.fetch(rows.group_by("month").aggregate(rows=rows.count()).order_by("month"))


def _revised(table: Table) -> float | None:
    """Share of the lines that were revised: those whose version is above 1; None without versions."""
    if "version" not in table.columns or not table.accounting.rows_used:
        return None
    version = table.ibis["version"]
    seen = engine.one_row(table.ibis.aggregate(known=version.count(), later=(version > 1).sum()))
    return float(seen["later"]) / table.accounting.rows_used if seen["known"] else None


def _checks(
    table: Table, missing: pd.DataFrame, months: pd.DataFrame, accuracy: float | None, revised: float | None
) -> pd.DataFrame:
    account = table.accounting
    by_code = account.reasons.groupby("code")["rows"].sum() if len(account.reasons) else pd.Series(dtype=float)
    read = max(account.rows_read, 1)
    optional = [c.name for c in contract(table.name).columns if not c.required]
    sparse = missing[missing["column"].isin(optional) & (missing["missing"] > MISSING)]
    found = [
        _check(
            Text("Rows without a fault of form (accuracy is at most this)", "无差错的行（准确率上限）"),
            accuracy,
            0.99,
            least=True,
        ),
        _check(Text("Lines revised", "更改的记录"), revised, 0.01, strict=True),
        _check(Text("Exact copies", "完全重复的行"), by_code.get("duplicate", 0) / read, COPIES),
        _check(Text("Same key, other values", "主键相同而数值不同"), by_code.get("conflict", 0) / read, CONFLICTS),
        _check(Text("Columns with more than 5 % missing", "缺失超过5%的列数"), float(len(sparse)), 0.0, count=True),
        _check(Text("Rows of the last month against those before", "末月行数与此前各月之差"), _moved(months), MOVED),
    ]
    return pd.DataFrame(found)


def _moved(months: pd.DataFrame) -> float | None:
    """How far the last month's rows lie from the median of the months before."""
    before = months["rows"].iloc[-1 - _BEFORE : -1]
    if len(before) < _BEFORE:
        return None
    return abs(float(months["rows"].iloc[-1]) / float(before.median()) - 1)


def _check(
    name: Text, value: float | None, threshold: float, *, least: bool = False, strict: bool = False, count: bool = False
) -> dict[str, object]:
    holds = value is not None and (value >= threshold if least else value < threshold if strict else value <= threshold)
    status: Judged = "insufficient" if value is None else "met" if holds else "not_met" if least or strict else "watch"
    if least and holds:
        status = "watch"  # what passes checks of form may still be wrong
    return {"check": name.en, "check_zh": name.zh, "value": value, "threshold": threshold, "status": status,
            "kind": "columns" if count else "share"}  # fmt: skip
