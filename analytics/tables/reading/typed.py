"""Rows in canonical types, each with the number of the first reason against it, or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pandas as pd

from analytics.language import Text
from analytics.tables.contract.contracts import Contract
from analytics.tables.contract.reasons import Reason, Reasons, total
from analytics.tables.engine import connection as engine
from analytics.tables.reading import checks
from analytics.tables.reading.checks import REASON, Check
from analytics.tables.reading.recognised import Recognised
from analytics.tables.reading.table import PART, RECORD, SOURCE
from analytics.tables.shaping.shape import RULE
from analytics.tables.values import lengths, parse
from analytics.tables.values.dates import Dates
from analytics.tables.values.parse import DAY, MONTHS, WHY

TYPES = {
    "id": "string", "code": "string", "text": "string", "date": "timestamp(6)", "time": "timestamp(6)",
    "month": "timestamp(6)", "number": "float64", "integer": "int64", "flag": "boolean",
}  # fmt: skip


def typed(found: Recognised, number: int, rules: Contract, reasons: Reasons, today: dt.date) -> ir.Table:
    """Canonical types with the number of the first reason against each row.

    Parameters
    ----------
    number : of the source among those that are read together
    """
    here = [name for name in rules.names if name in found.table.columns]
    dirty = {n: (rules[n], found.figures.of(n)) for n in here if n not in found.stands}
    texts = _with_dates(parse.cleaned(found.table, dirty, found.figures.mixed), found)
    values = {name: _value(texts, name, found, rules) for name in here}
    if rules.name == "receipts" and "months_covered" not in values and f"{MONTHS}ds" in texts.columns:
        values["months_covered"] = ibis.coalesce(texts[f"{MONTHS}ds"], ibis.literal(1, "int64"))
    if "direction" in values:  # Import and IMPORT are import
        values["direction"] = values["direction"].cast("string").lower()
    parsed = texts.mutate(**{f"_p_{name}": value for name, value in values.items()})
    every = _row_rules(parsed, found) + _totals(parsed, found, rules) + _text_lines(parsed, found, rules)
    every += [check for name in here for check in _checks(parsed, name, found, rules, today)]
    return parsed.select(
        **{SOURCE: ibis.literal(number, "int32")}, _record=parsed[RECORD], _part=parsed[PART],
        **{REASON: checks.compile_reasons(every, reasons)},
        **{name: parsed[f"_p_{name}"].cast(TYPES[rules[name].kind]) for name in rules.names if name in values},
    )  # fmt: skip


def together(parts: Sequence[ir.Table], rules: Contract) -> ir.Table:
    """Rows of several sources one below the other; what one of them lacks is missing there."""
    if len(parts) == 1:
        return parts[0]
    everywhere = [n for n in rules.names if any(n in part.columns for part in parts)]
    return ibis.union(*(_with_columns(part, everywhere, rules) for part in parts))


def _with_columns(part: ir.Table, names: list[str], rules: Contract) -> ir.Table:
    filled = {n: part[n] if n in part.columns else ibis.null(TYPES[rules[n].kind]) for n in names}
    return part.select(SOURCE, RECORD, PART, REASON, **filled)


def _with_dates(texts: ir.Table, found: Recognised) -> ir.Table:
    """Add what the date texts mean: a day, the months covered, or why not."""
    for name, dates in found.dates.items():
        if not dates.read and not dates.problems:
            continue
        style = found.figures.of(name)
        meaning = engine.load_frame(_meanings(name, dates), beside=texts)
        texts = texts.mutate(_text=parse.trimmed_day(texts[f"_t_{name}"], style))
        columns = [c for c in texts.columns if c != "_text"]
        joined = texts.left_join(meaning, texts["_text"] == meaning["_meant"])
        clock = parse.clock_of(joined[f"_t_{name}"]).as_interval("s")
        texts = joined.select(
            *columns, f"{WHY}{name}", f"{MONTHS}{name}",
            **{f"{DAY}{name}": joined[f"{DAY}{name}"].cast("timestamp(6)") + clock},
        )  # fmt: skip
    return texts


def _meanings(name: str, dates: Dates) -> pd.DataFrame:
    texts = list(dict.fromkeys([*dates.read, *dates.problems]))
    days = [dates.read[t].day if t in dates.read else None for t in texts]
    months = [dates.read[t].months or None if t in dates.read else None for t in texts]
    return pd.DataFrame({
        "_meant": pd.array(texts, dtype="str"),
        f"{DAY}{name}": pd.to_datetime(pd.Series(days, dtype="object")).astype("datetime64[us]"),
        f"{WHY}{name}": pd.array([None if t in dates.read else dates.problems[t] for t in texts], dtype="str"),
        f"{MONTHS}{name}": pd.array(months, "Int64"),
    })  # fmt: skip


def _value(texts: ir.Table, name: str, found: Recognised, rules: Contract) -> ir.Value:
    """Value of a column by its kind, in the contract's unit."""
    column, fields = rules[name], found.column_map.for_table(rules)
    if name in found.stands:
        value = found.stands[name].value_in(texts)
    else:
        value = parse.parsed(texts, column, found.figures.of(name))
        if column.kind == "code":
            value = lengths.restored(value, texts[f"_t_{name}"], found.lengths[name])
    factor = fields[name].factor if name in fields else None
    if factor is None:
        return value
    if column.unit.startswith("share") and name not in found.stands:  # "13 %" says it by itself
        signed = texts[f"_t_{name}"].endswith("%").fill_null(False)
        return ibis.cases((signed, value), else_=value * factor)
    return value * factor


def _row_rules(parsed: ir.Table, found: Recognised) -> list[Check]:
    """Rows that the map leaves out."""
    said = [rule.reason for rule in found.column_map.row_rules]
    return [
        Check(parsed[RULE] == i, Reason("left_out", "", Text(f"left out by rule: {t.en}", f"按规则剔除：{t.zh}")))
        for i, t in enumerate(said)
    ]


def _totals(parsed: ir.Table, found: Recognised, rules: Contract) -> list[Check]:
    """Rows that add up others; of indicators the row of all districts is a figure of its own, and adds up nothing."""
    if rules.name == "indicators":
        return []
    return [Check(parsed[name].isin(names), total(rules[name])) for name, names in found.totals.items()]


def _text_lines(parsed: ir.Table, found: Recognised, rules: Contract) -> list[Check]:
    """Lines of text such as notes and sources: of the columns that every row must have one is filled, and no figure."""
    there = [n for n in rules.names if n in found.shaped.origin and f"_t_{n}" in parsed.columns]
    needed = [n for n in there if rules[n].required]
    figures = [n for n in there if rules[n].kind in parse.FIGURES and n not in needed]
    if len(needed) < 2 or (found.raw.text is None and found.raw.rows_of_sheet is None):
        return []
    cells = {n: (parsed[f"_t_{n}"], parsed[f"_p_{n}"]) for n in (*needed, *figures)}
    return [checks.line_of_text([cells[n] for n in needed], [cells[n] for n in figures])]


def _checks(parsed: ir.Table, name: str, found: Recognised, rules: Contract, today: dt.date) -> list[Check]:
    """Checks of one column."""
    column, known = rules[name], found.stands.get(name)
    filled = (column.required or name in found.column_map.filled) and not (known and known.complete)
    why = parsed[f"{WHY}{name}"] if f"{WHY}{name}" in parsed.columns else None
    text = None if known else parsed[f"_t_{name}"]
    return checks.column_checks(checks.Cell(column, text, parsed[f"_p_{name}"], filled, why), found.figures, today)
