"""What an analyst is told about a file: recognised, used, set aside and why, and what to do next."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from analytics.tables.contract.accounting import NO_FAULT, POOR
from analytics.tables.contract.contracts import Contract, contract
from analytics.tables.engine import connection as engine
from analytics.tables.mapping import files
from analytics.tables.reading.read import finish
from analytics.tables.reading.recognised import Opened, opened
from analytics.tables.reading.table import Table
from analytics.tables.source.sources import placed

_EXAMPLES = 3
_WIDEST = 60


@dataclass(frozen=True)
class Report:
    """Outcome of a check.

    Attributes
    ----------
    text : the report
    ok : the table can be used (rows remain, not too many were set aside, and nothing reads two ways)
    table : the table as read
    """

    text: str
    ok: bool
    table: Table


def check(table: str, source: str, map: str | None = None, *, today: dt.date | None = None) -> Report:
    """Read a source as a canonical table and say what was found.

    Parameters
    ----------
    table, source, map : as in `read`

    Returns
    -------
    Report

    Raises
    ------
    DataError
        The source cannot be read as this table at all.
    """
    places = placed(source)
    with engine.every_core(sum(place.size for place in places)):
        sources = opened(contract(table), places, map)
        made = finish(table, source, sources, today=today or dt.date.today())
    lines = [f"{source} as {table}" + (f", column map {map}" if map else "")]
    for reading in sources:
        lines += _recognised(reading, contract(table))
    lines += _rows(made) + _content(made)
    lines += ["", *(doubt.text.en for doubt in made.accounting.doubts)] if made.accounting.doubts else []
    verdict, ok = _verdict(made)
    return Report("\n".join([*lines, "", verdict]), ok, made)


def _recognised(reading: Opened, rules: Contract) -> list[str]:
    raw, shaped = reading.raw, reading.shaped
    lines = ["", raw.name + (": " + ", ".join(f"{k} {v}" for k, v in raw.found.items()) if raw.found else "")]
    found = [f"{name} <- {' + '.join(h)}" if h != [name] else name for name, h in shaped.origin.items()]
    lines.append(_wrapped("columns read", found))
    if shaped.constants:
        lines.append(_wrapped("constant", shaped.constants))
    if shaped.absent:
        lines.append(_wrapped("not there", shaped.absent))
    ignored = [h for h in shaped.ignored if h not in reading.column_map.left_out]
    if ignored:
        lines.append(_wrapped("not used", ignored))
        near = _near_misses(ignored, shaped.absent, rules)
        lines += [f"  {line}" for line in near]
    return lines


def _near_misses(ignored: list[str], absent: list[str], rules: Contract) -> list[str]:
    """Columns not used that a shipped map knows under a canonical name."""
    said = []
    for known in files.every_shipped():
        if known.table != rules.name:
            continue
        for name, rule in known.fields.items():
            hit = next((h for h in rule.sources if h in ignored), None)
            if hit and name in absent:
                said.append(f'"{hit}" may be {name}: the column map {known.name} reads it so.')
    return list(dict.fromkeys(said))[:5]


def _wrapped(label: str, items: list[str]) -> str:
    lines, line = [], f"  {label}: "
    for i, item in enumerate(items):
        piece = item + (", " if i + 1 < len(items) else "")
        if len(line) + len(piece) > 110:
            lines.append(line.rstrip())
            line = "    "
        line += piece
    return "\n".join([*lines, line.rstrip()])


def _rows(table: Table) -> list[str]:
    account = table.accounting
    lines = ["", f"rows read {account.rows_read:,} = used {account.rows_used:,} + set aside {account.rows_set_aside:,}"]
    if not account.rows_set_aside:
        return lines
    examples = account.examples(_EXAMPLES)
    for reason in account.reasons.to_dict("records"):
        lines.append(f"  {reason['rows']:,}  {reason['reason']}")
        mine = examples[examples["reason"] == reason["reason"]].head(_EXAMPLES)
        lines += [f"      {_place(row)}" for _, row in mine.iterrows()]
        if reason["column"]:
            lines.append(f"      allowed: {contract(table.name)[reason['column']].allowed.en}")
        if reason["advice"]:
            lines.append(f"      {reason['advice']}")
    return lines


def _place(row: pd.Series) -> str:
    where = f"line {row['line']:,}" if pd.notna(row["line"]) else ""
    where = where or (f"record {row['record']:,}" if pd.notna(row["record"]) else "")
    place = ", ".join(part for part in (str(row["source"]), where) if part)
    if not row["column"]:
        return place
    value = "empty" if pd.isna(row["value"]) else f'"{str(row["value"])[:_WIDEST]}"'
    return f"{place}, column {row['column']}: {value}"


def _content(table: Table) -> list[str]:
    account, lines = table.accounting, [""]
    if account.first_period is not None and account.last_period is not None:
        lines.append(f"periods {account.first_period:%Y-%m-%d} to {account.last_period:%Y-%m-%d}")
    rows = table.ibis
    asked = {}
    for name, label in (("district", "districts"), ("hs_code", "HS codes"), ("enterprise_id", "enterprises"),
                        ("unique_id", "series"), ("indicator_id", "indicators"), ("currency", "currencies"),
                        ("unit", "units")):  # fmt: skip
        if name in rows.columns:
            asked[label] = rows[name].nunique()
    counts: dict[str, int] = {}
    if asked and account.rows_used:
        counts = engine.one_row(rows.aggregate(**asked))
        lines.append("distinct: " + ", ".join(f"{label} {int(n):,}" for label, n in counts.items()))
    if table.name == "receipts" and account.rows_used:
        negative = engine.count(rows.filter(rows["y"] < 0))
        if negative:
            lines.append(f"note: {negative:,} amounts are negative (refunds); they are used")
    if "value" in rows.columns and table.name == "declarations" and not counts.get("currencies", 0):
        lines.append("note: no currency is stated for the values: give it as `currency: {constant: USD}` in the map")
    lines += [f"note: {note.en}" for note in account.notes]
    return lines if len(lines) > 1 else []


def _verdict(table: Table) -> tuple[str, bool]:
    account = table.accounting
    if not account.rows_read:
        return "Not usable: the source has a header but no row.", False
    if account.doubts:
        columns = ", ".join(dict.fromkeys(doubt.column for doubt in account.doubts))
        return f"Not usable yet: {len(account.doubts)} doubts are open ({columns}).", False
    if not account.rows_used:
        return "Not usable: every row was set aside.", False
    meant = int(account.reasons.loc[account.reasons["code"].isin(NO_FAULT), "rows"].sum())
    share = (account.rows_set_aside - meant) / max(account.rows_read - meant, 1)
    if share > POOR:
        return f"Look into it first: {share:.1%} of the rows were set aside.", False
    return ("Ready to use." if not share else f"Ready to use; {share:.2%} of the rows were set aside."), True
