"""Reading a canonical table: source, shape, parsing, checks, duplicates, masking, accounting."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import replace

import ibis
import ibis.expr.types as ir
import pandas as pd

from analytics.language import Text
from analytics.tables.contract.accounting import Accounting
from analytics.tables.contract.contracts import Contract, contract
from analytics.tables.engine import connection as engine
from analytics.tables.engine import settings
from analytics.tables.mapping import maps
from analytics.tables.reading import checks, masking, settle
from analytics.tables.reading.checks import REASON, Reason, Reasons
from analytics.tables.reading.quarantine import Quarantine
from analytics.tables.reading.reading import Reading
from analytics.tables.reading.table import PART, REASON_COLUMNS, RECORD, SOURCE, Masks, Table, periods
from analytics.tables.shaping.shape import RULE, shape
from analytics.tables.source import carried, sources
from analytics.tables.values import evidence, parse
from analytics.tables.values.standing import standing

TYPES = {
    "id": "string", "code": "string", "text": "string", "date": "timestamp(6)", "time": "timestamp(6)",
    "month": "timestamp(6)", "number": "float64", "integer": "int64", "flag": "boolean",
}  # fmt: skip


def read(
    table: str,
    source: str,
    map: str | None = None,
    *,
    columns: Sequence[str] = (),
    mask: bool = True,
    today: dt.date | None = None,
) -> Table:
    """Read a canonical table, check every row and account for it.

    Parameters
    ----------
    table : "receipts", "declarations", "enterprises" or "indicators"
    source : a file or folder, "published:NAME", "simulated:lines=N,seed=S", "database:VARIABLE/table"; several joined
        by " + " (see `analytics.tables.sources`)
    map : name of a shipped column map, or path of one
    columns : optional columns that this use needs; without them reading stops here and not in the middle of a model
    mask : replace identifiers of enterprises, declarants and sellers by a keyed hash
    today : dates after this day lie in the future; by default the day of reading

    Returns
    -------
    Table

    Raises
    ------
    SourceMissing
        The source is not at hand.
    DataError
        The source cannot be read as this table: the message says what was found, what is allowed, what to do next.

    Examples
    --------
    >>> receipts = read("receipts", "published:china_customs_revenue_monthly")
    >>> receipts.accounting.rows_set_aside
    0
    """
    if settings.on_spark() and sources.lies_in_parquet(source):
        with contextlib.suppress(CleaningNeededError):
            return finish(table, source, open_readings(table, source, map, columns), mask=mask, today=today)
    with settings.on_duckdb():
        found = finish(table, source, open_readings(table, source, map, columns), mask=mask, today=today)
    return replace(found, rows=engine.handed_over(found.rows), masks=None) if settings.on_spark() else found


class CleaningNeededError(Exception):
    """Cells must be cleaned, which DuckDB does before Spark takes over."""


def finish(
    table: str, source: str, readings: list[Reading], *, mask: bool = True, today: dt.date | None = None
) -> Table:
    """Parse, check and account for sources that were opened."""
    rules, reasons, day = contract(table), Reasons(), today or dt.date.today()
    parts = [_typed(reading, i, rules, reasons, readings, day) for i, reading in enumerate(readings)]
    typed = ibis.union(*parts) if len(parts) > 1 else parts[0]
    stays = all(reading.in_place for reading in readings)
    cumulative = any(reading.column_map.cumulative for reading in readings)
    every, rows, aside = (
        settle.in_place(typed, rules, reasons) if stays else settle.stored(typed, rules, reasons, cumulative=cumulative)
    )
    names, identities = _names(every, rules) if mask else ({}, masking.lookup([], "", "", b""))
    masks = Masks(rows, names) if names else None
    masked = rows
    if masks is not None:
        masked = masks.masked(rows.columns)
        masked = engine.view(masked) if stays else engine.store(masked, "read")
    finished = _finished(rows, masked, aside, readings, reasons, source, rules, identities, mask=mask)
    return replace(finished, masks=masks if stays else None)


def open_readings(table: str, source: str, map_name: str | None, columns: Sequence[str] = ()) -> list[Reading]:
    """Open every part of a source and bring it into the table's shape."""
    rules, readings = contract(table), []
    for part in sources.split(source):
        column_map = maps.load(map_name or _own_map(part), table)
        for raw in sources.open_source(part, table, column_map):
            shaped = shape(raw, rules, column_map, columns)
            readings.append(Reading(raw, shaped, evidence.figures(shaped.table, rules, column_map), column_map))
    return readings


def _own_map(source: str) -> str | None:
    scheme, _, name = source.partition(":")
    known = carried.CARRIED.get(name) if scheme == "published" else None
    return known.column_map if known else None


def _typed(
    reading: Reading, number: int, rules: Contract, reasons: Reasons, readings: list[Reading], today: dt.date
) -> ir.Table:
    """Canonical types with the number of the first reason against each row."""
    shaped, fields = reading.shaped.table, reading.column_map.for_table(rules)
    if reading.raw.in_place:
        shaped = engine.view(shaped)
    here = [rules[name] for name in rules.names if name in shaped.columns]
    styles = {
        c.name: checks.style_of(reading.figures, fields[c.name].date_format if c.name in fields else None) for c in here
    }
    known = {c.name: (c, styles[c.name]) for c in here}
    stands = standing(shaped, known, rules.key[0]) if reading.raw.in_place else {}
    reading.in_place = reading.may_stay and len(stands) == len(here)
    if settings.on_spark() and not reading.in_place:
        raise CleaningNeededError
    texts = parse.cleaned(shaped, {n: pair for n, pair in known.items() if n not in stands}, reading.figures.mixed)
    values: dict[str, ir.Value] = {}
    for column in here:
        if seen := stands.get(column.name):
            value = seen.value_in(texts)
            if seen.lengths is not None:
                reading.lengths[column.name] = seen.lengths
        else:
            value = parse.parsed(texts, column, styles[column.name])
        if column.kind == "code" and column.name not in stands:
            lengths = evidence.code_lengths(shaped, rules, column.name, styles[column.name])
            value = evidence.restored(value, texts[f"_t_{column.name}"], lengths)
            reading.lengths[column.name] = lengths
        factor = fields[column.name].factor if column.name in fields else None
        values[column.name] = value * factor if factor is not None else value
    parsed = texts.mutate(**{f"_p_{name}": value for name, value in values.items()})
    compiled = _row_rules(parsed, reading, reasons)
    for column in here:
        filled = column.required or column.name in reading.column_map.filled
        if column.name in stands and stands[column.name].complete:
            filled = False
        compiled += checks.column_checks(
            column,
            None if column.name in stands else parsed[f"_t_{column.name}"],
            parsed[f"_p_{column.name}"],
            reading.figures,
            filled=filled,
            today=today,
        )
    everywhere = [n for n in rules.names if any(n in r.shaped.table.columns for r in readings)]
    columns = {
        name: (parsed[f"_p_{name}"] if name in values else ibis.null("string")).cast(TYPES[rules[name].kind])
        for name in everywhere
    }
    return parsed.select(
        **{SOURCE: ibis.literal(number, "int32")}, _record=parsed[RECORD], _part=parsed[PART],
        **{REASON: checks.compile_reasons(compiled, reasons)},
        **columns,
    )  # fmt: skip


def _row_rules(parsed: ir.Table, reading: Reading, reasons: Reasons) -> list[checks.Check]:
    said = [r.reason for r in reading.column_map.row_rules]
    return [
        checks.Check(
            parsed[RULE] == i, Reason("left_out", "", Text(f"left out by rule: {t.en}", f"按规则剔除：{t.zh}"))
        )
        for i, t in enumerate(said)
    ]


def _names(every: ir.Table, rules: Contract) -> tuple[dict[str, ir.Table], pd.DataFrame]:
    """Masked names of identifiers, made once for each distinct one; and the table that leads back."""
    secret, names, known = masking.key(), {}, []
    for column in rules.columns:
        if not column.masked or column.name not in every.columns:
            continue
        distinct = engine.fetch(every.select(column.name).distinct().drop_null())[column.name]
        lookup = masking.lookup(distinct, column.masked, column.name, secret)
        known.append(lookup)
        names[column.name] = engine.load_frame(lookup[["masked", "original"]].add_prefix("_"))
    return names, pd.concat(known, ignore_index=True) if known else masking.lookup([], "", "", b"")


def _finished(
    unmasked: ir.Table, rows: ir.Table, aside: ir.Table, readings: list[Reading], reasons: Reasons, source: str,
    rules: Contract, identities: pd.DataFrame, *, mask: bool,
) -> Table:  # fmt: skip
    counted = engine.fetch(aside.group_by(REASON).aggregate(rows=aside.count()))
    used = engine.count(unmasked)
    listed = [
        (reason.text.en, reason.text.zh, reason.code, reason.column, reason.advice, int(n))
        for number, n in counted.itertuples(index=False)
        for reason in [reasons.found[int(number)]]
    ]
    misfits = pd.concat([r.raw.misfits for r in readings])["problem"].value_counts()
    for code, n in misfits.items():
        said = checks.misfit(str(code))
        listed.append((said.text.en, said.text.zh, said.code, "", said.advice, int(n)))
    listed.sort(key=lambda row: (-row[-1], row[0]))
    quarantine = Quarantine(aside, readings, reasons, rules, mask=mask)
    first, last = periods(unmasked, rules.name)
    accounting = Accounting(
        rows_read=used + sum(row[-1] for row in listed), rows_used=used,
        reasons=pd.DataFrame(listed, columns=REASON_COLUMNS), sha256=_digest(readings),
        first_period=first, last_period=last, notes=tuple(_notes(readings)),
        entries=(quarantine.misfits, quarantine.checked),
    )  # fmt: skip
    simulated = any(r.raw.simulated for r in readings)
    return Table(rules.name, source, accounting, simulated, rows, identities, quarantine.placed)


def _digest(readings: list[Reading]) -> str:
    digests = [r.raw.sha256 for r in readings]
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def _notes(readings: list[Reading]) -> list[Text]:
    """What was taken to be so, or repaired, and a reader should know."""
    notes: list[Text] = []
    for reading in readings:
        name = reading.raw.name
        for column, lengths in reading.lengths.items():
            for length in lengths.restored:
                n = lengths.counts[length]
                notes.append(Text(
                    f"{name}: {n:,} codes of {length} digits in {column} got back a leading zero.",
                    f"{name}：{column}列{n}个{length}位编码已补回前导零。",
                ))  # fmt: skip
        if reading.figures.commas and not reading.column_map.decimal:
            mark = Text("comma", "逗号") if reading.figures.style.decimal == "," else Text("point", "小数点")
            notes.append(Text(
                f"{name}: figures are read with a decimal {mark.en} ({reading.figures.commas:,} figures tell a comma, "
                f"{reading.figures.points:,} a point).",
                f"{name}：数字按{mark.zh}作小数符号读取（{reading.figures.commas}个为逗号，{reading.figures.points}个为点）。",
            ))  # fmt: skip
        if reading.raw.text is not None and not reading.raw.text.ends_with_break:
            notes.append(Text(
                f"{name}: the file does not end with a line break; make sure that it is complete.",
                f"{name}：文件末尾无换行符，请确认文件完整。",
            ))  # fmt: skip
    return notes + [note for reading in readings for note in reading.notes]
