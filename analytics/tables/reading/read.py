"""Reading a canonical table: source, shape, parsing, checks, duplicates, masking, accounting."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import replace

import ibis.expr.types as ir
import pandas as pd

from analytics.language import Text
from analytics.tables.contract.accounting import Accounting
from analytics.tables.contract.contracts import Contract, contract
from analytics.tables.contract.doubts import Doubt, DoubtError
from analytics.tables.contract.reasons import Reason, Reasons, misfit
from analytics.tables.engine import connection
from analytics.tables.plausible import belonging, declarations, receipts, running
from analytics.tables.reading import masking, settle
from analytics.tables.reading.quarantine import Quarantine
from analytics.tables.reading.recognised import Opened, Recognised, opened, recognised
from analytics.tables.reading.table import REASON_COLUMNS, SOURCE, Masks, Table, periods
from analytics.tables.reading.typed import together, typed
from analytics.tables.source import sources
from analytics.tables.values.figures import MARKS
from analytics.tables.values.stated import stated_factor


def read(
    table: str,
    source: str,
    map: str | None = None,
    *,
    columns: Sequence[str] = (),
    mask: bool = True,
    today: dt.date | None = None,
    engine: str = "duckdb",
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
    engine : what is to carry the rows, from here to the result: "duckdb", or Spark ("spark" on this machine,
        "spark:local[4]", "spark://HOST:PORT")

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
    rules, day, there, here = contract(table), today or dt.date.today(), connection.named(engine), connection.duckdb()
    places = sources.placed(source)
    size = sum(place.size for place in places)
    direct = not there.cleans and all(place.in_parquet for place in places) and size >= there.looks_from
    with connection.every_core(size):
        for carrier in (there, here) if direct else (here,):
            with contextlib.suppress(CleaningNeededError):
                parts = opened(rules, places, map, columns, carrier)
                found = settled(finish(table, source, parts, mask=mask, today=day))
                break
    return found if carrier is there else replace(found, rows=connection.handed_over(found.rows, there), masks=None)


class CleaningNeededError(Exception):
    """Cells must be cleaned, which DuckDB does before Spark takes over."""


def settled(table: Table) -> Table:
    """A table without open doubts.

    Raises
    ------
    DoubtError
        Something in it reads two ways.
    """
    if table.accounting.doubts:
        raise DoubtError(table.accounting.doubts)
    return table


def finish(table: str, source: str, found: Sequence[Opened], *, mask: bool = True, today: dt.date) -> Table:
    """Recognise, type, check and account for sources that were opened.

    Parameters
    ----------
    table, source, mask, today : as in `read`
    found : the parts of the source
    """
    rules, reasons = contract(table), Reasons()
    readings = [recognised(one, rules, today) for one in found]
    stays = all(reading.in_place for reading in readings)
    if not stays and not connection.of(readings[0].table).cleans:
        raise CleaningNeededError
    rows = together([typed(r, i, rules, reasons, today) for i, r in enumerate(readings)], rules)
    ends = next((m.year_ends or 12 for m in (reading.column_map for reading in readings) if m.cumulative), None)
    every, used, aside = (
        settle.in_place(rows, rules, reasons) if stays else settle.stored(rows, rules, reasons, year_ends=ends)
    )
    names, identities = _names(every, rules) if mask else ({}, masking.lookup([], "", "", b""))
    masks = Masks(used, names) if names else None
    masked = masks.masked(used.columns) if masks else used
    masked = masked if masks is None else connection.view(masked)
    quarantine = Quarantine(aside, readings, reasons, rules, mask=mask)
    accounting = _accounted((every, used), readings, rules, quarantine, source)
    return Table(
        rules.name, source, accounting, any(r.raw.simulated for r in readings), masked, identities, quarantine.placed,
        masks=masks, stamps={p: s for r in readings for p, s in r.raw.stamps.items()},
    )  # fmt: skip


def _names(every: ir.Table, rules: Contract) -> tuple[dict[str, ir.Table], pd.DataFrame]:
    """Masked names of identifiers, made once for each distinct one; and the table that leads back."""
    secret, names, known = masking.key(), {}, []
    for column in rules.columns:
        if not column.masked or column.name not in every.columns:
            continue
        distinct = connection.fetch(every.select(column.name).distinct().drop_null())[column.name]
        lookup = masking.lookup(distinct, column.masked, column.name, secret)
        known.append(lookup)
        names[column.name] = connection.load_frame(lookup[["masked", "original"]].add_prefix("_"), beside=every)
    return names, pd.concat(known, ignore_index=True) if known else masking.lookup([], "", "", b"")


def _accounted(
    rows: Sequence[ir.Table], readings: Sequence[Recognised], rules: Contract, quarantine: Quarantine, source: str
) -> Accounting:
    """Account for every record counted in the sources: used, or set aside with its reason."""
    listed = [_listed(reason, n) for reason, n in quarantine.counts]
    misfits = pd.concat([r.raw.misfits for r in readings])["problem"].value_counts()
    listed += [_listed(misfit(str(code)), int(n)) for code, n in misfits.items()]
    listed.sort(key=lambda row: (-row[-1], row[0]))
    first, last, count = periods(rows[1], rules.name)
    return Accounting(
        rows_read=sum(reading.rows for reading in readings), rows_used=count,
        reasons=pd.DataFrame(listed, columns=REASON_COLUMNS), sha256=_digest(readings),
        first_period=first, last_period=last, notes=tuple(_notes(readings)),
        doubts=_doubts(rows[1], readings, rules, source) + _aside(quarantine, readings, rows[0], last),
        entries=(quarantine.misfits, quarantine.checked),
    )  # fmt: skip


def _listed(reason: Reason, rows: int) -> tuple[str, str, str, str, str, int]:
    return (reason.text.en, reason.text.zh, reason.code, reason.column, reason.advice, rows)


def _doubts(used: ir.Table, readings: Sequence[Recognised], rules: Contract, source: str) -> tuple[Doubt, ...]:
    """What reads two ways, and what can hardly be meant; a map may accept it."""
    found = [doubt for reading in readings for doubt in reading.doubts]
    if all(reading.raw.simulated for reading in readings):
        return tuple(found)
    found += [doubt.of(source) for doubt in _of_rows(used, rules)]
    if all(_says_per_cent(reading, rules) for reading in readings):
        found = [doubt for doubt in found if doubt.name != "duty_rate.tiny"]
    if any(reading.column_map.cumulative for reading in readings):
        found = [doubt for doubt in found if doubt.kind not in ("cumulative", "overlap")]
        found += [doubt.of(source) for doubt in running.differenced(connection.fetch(used))]
    accepted = {name for reading in readings for name in reading.column_map.accept}
    return tuple(d.located(readings[0].shaped.origin) for d in found if d.name not in accepted)


def _of_rows(used: ir.Table, rules: Contract) -> list[Doubt]:
    """What the rows of all sources tell together."""
    if rules.name == "receipts":
        return receipts.doubts(connection.fetch(used))
    return declarations.doubts(used) if rules.name == "declarations" else []


def _says_per_cent(reading: Recognised, rules: Contract) -> bool:
    """Whether a text's header itself says that its rates are per cents; a workbook's may only be shown so."""
    [header, *others] = reading.shaped.origin.get("duty_rate", ["", ""])
    return reading.raw.text is not None and not others and stated_factor(rules["duty_rate"], header) == 0.01


def _aside(
    quarantine: Quarantine, readings: Sequence[Recognised], every: ir.Table, last: pd.Timestamp | None
) -> tuple[Doubt, ...]:
    """What stands among the rows set aside: names again, and periods behind the last one that is used."""
    found = [] if last is None or not quarantine.counts else receipts.newest(quarantine.behind(every, "ds", last), last)
    found = [d.of(readings[0].raw.name) for d in found if not any(d.name in r.column_map.accept for r in readings)]
    for number, reading in enumerate(readings if quarantine.counts else ()):
        mine = quarantine.aside.filter(quarantine.aside[SOURCE] == number)
        again = belonging.names_again(reading.raw, mine, reading.column_map.accept)
        found += [doubt.of(reading.raw.name) for doubt in again]
    return tuple(found)


def _digest(readings: Sequence[Recognised]) -> str:
    first, *others = [r.raw.sha256 for r in readings]
    return hashlib.sha256("".join([first, *others]).encode()).hexdigest() if others else first


def _notes(readings: Sequence[Recognised]) -> list[Text]:
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
        notes += _marks(reading)
        if reading.raw.text is not None and not reading.raw.text.ends_with_break:
            notes.append(Text(
                f"{name}: the file does not end with a line break; make sure that it is complete.",
                f"{name}：文件末尾无换行符，请确认文件完整。",
            ))  # fmt: skip
    return notes + [note for reading in readings for note in reading.raw.notes]


def _marks(reading: Recognised) -> list[Text]:
    """How figures with marks were read, and what told it."""
    name, notes = reading.raw.name, []
    asked = {doubt.column for doubt in reading.figures.doubts}
    for column, (points, commas) in (reading.figures.told or {}).items():
        mark = MARKS[reading.figures.of(column).decimal]
        if points or commas:
            notes.append(Text(
                f"{name}, column {column}: read with a decimal {mark.en} ({commas:,} say a comma, {points:,} a point).",
                f"{name}，{column}列：按{mark.zh}作小数符号读取（{commas}个为逗号，{points}个为点）。",
            ))  # fmt: skip
        elif column not in asked:
            notes.append(Text(
                f"{name}, column {column}: its marks group thousands, for smaller figures stand without any.",
                f"{name}，{column}列：分隔符按千位分隔读取，因较小的数字均不带分隔符。",
            ))  # fmt: skip
    return notes
