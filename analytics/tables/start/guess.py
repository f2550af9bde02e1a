"""A first look at a file: which table it holds, where its names stand, and the column map that reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from analytics.errors import DataError, fold_width, plain_name
from analytics.tables.contract.contracts import contract
from analytics.tables.contract.months import month_labelled
from analytics.tables.engine import connection as engine
from analytics.tables.mapping.files import every_shipped
from analytics.tables.mapping.maps import ColumnMap
from analytics.tables.source import sources
from analytics.tables.source.raw import Raw
from analytics.tables.start.kinds import fiscal_label, label_of, without_words
from analytics.tables.start.lines import map_lines
from analytics.tables.start.seen import Seen, quoted
from analytics.tables.start.words import columns_named
from analytics.tables.values.spellings import family_of
from analytics.tables.values.years import fiscal_texts

_TABLES = ("declarations", "receipts")
_FEW = 30  # distinct values that are looked at
_ROWS = 5_000  # rows whose values are looked at
_SURELY = 6  # columns of a shipped map that are all found show its source, however many others stand beside them


@dataclass(frozen=True)
class Guess:
    """What a file seems to hold.

    Attributes
    ----------
    table : of the contract
    shipped : name of a shipped map that reads it as it stands; "" where `lines` are needed
    lines : of a column map in YAML, commented
    left : headers that the map does not use
    """

    table: str
    shipped: str
    lines: tuple[str, ...]
    left: tuple[str, ...]


def guess(source: str, table: str | None = None) -> Guess:
    """Find the table that a file seems to hold and write a column map for it.

    Parameters
    ----------
    source : as in `tables.read`
    table : where it is known

    Raises
    ------
    DataError
        The file cannot be opened, or no table fits its columns.
    """
    first, *_ = sources.placed(source)
    [raw, *_] = sources.opened(first, table or "declarations", ColumnMap())
    sheet, row, header = _header(raw)
    if sheet or row > 1:
        [raw, *_] = sources.opened(first, table or "declarations", ColumnMap(sheet=sheet or None, header_row=row))
    above = tuple(cell for line, cells in raw.head if line < row for cell in cells if cell)
    every = _held(raw)
    seen = Seen(header, above, lambda name: every(name)[:_FEW], every)
    found = {name: map_lines(seen, name) for name in ([table] if table else _TABLES)}
    fits = {name: lines for name, lines in found.items() if lines}
    if not fits:
        raise DataError(
            f"{raw.name}: no table of the contract fits its columns ({', '.join(h for h in header if h)[:200]}). Write "
            "a column map by hand: docs/own_data.md shows one for each kind of file."
        )
    best = max(fits, key=lambda name: len(columns_named(header, name)) + 2 * (name == "declarations"))
    layout = ([f"sheet: {quoted(sheet)}"] if sheet else []) + ([f"header_row: {row}"] if row > 1 else [])
    if not layout and (known := _shipped(header, best)):
        return Guess(best, known, (), ())
    lines, used = fits[best]
    return Guess(best, "", (f"table: {best}", *layout, *lines), tuple(h for h in header if h and h not in used))


def _held(raw: Raw) -> Callable[[str], list[str]]:
    """Distinct values of a column among the first rows: these are fetched once, and looked at in passing."""
    cells = {f"c{i}": raw.table[f"c{i}"].cast("string") for i in range(len(raw.header))}
    texts = engine.fetch(raw.table.select(**cells).limit(_ROWS))
    held: dict[str, list[str]] = {}

    def values(name: str) -> list[str]:
        if name not in raw.header:
            return []
        if name not in held:
            found = texts.iloc[:, raw.header.index(name)].dropna().astype(str).drop_duplicates()
            held[name] = sorted(v for v in found if v.strip())
        return held[name]

    return values


def _header(raw: Raw) -> tuple[str, int, Sequence[str]]:
    """Sheet (if not the first), row and names of the header: the row that names most columns."""
    rows = [("", line, row) for line, row in raw.head]
    rows += [(sheet, line, row) for sheet, head in raw.sheets for line, row in head if sheet != raw.found.get("sheet")]
    if not rows:
        return "", 1, raw.header

    def score(entry: tuple[str, int, Sequence[str]]) -> tuple[int, int, int]:
        cells = [" ".join(c.split()) for c in entry[2]]
        return max(len(columns_named(cells, t)) for t in _TABLES) + _labels(cells), sum(map(bool, cells)), -entry[1]

    sheet, line, row = max(rows, key=score)
    first = "sep" in plain_name("".join(raw.head[0][1])) and line == 2 if raw.head else False
    return sheet, 1 if first else line, [" ".join(c.split()) for c in row]


def _labels(cells: Sequence[str]) -> int:
    """How many cells of a row name periods that follow one another, as a header does and a row of figures hardly."""
    months = [m for c in cells if (m := month_labelled(c))]
    if len(months) > 2 and all((b - a) % 12 == 1 for a, b in pairwise(months)):
        return len(months)
    kinds = [label_of(c) for c in cells]
    for kind in set(kinds) - {""}:
        mine = [c for c, k in zip(cells, kinds, strict=True) if k == kind]
        days = [_day(c) for c in mine]
        steps = {(b.year - a.year) * 12 + b.month - a.month for a, b in pairwise(days)}
        if len(mine) > 2 and len(steps) == 1 and steps & {1, -1, 3, -3, 12, -12}:
            return len(mine)
    return 0


def _day(label: str) -> dt.date:
    """Day that a label of a period stands for; a fiscal year's is any of the calendar year in which it ends."""
    if fiscal_label(label):
        return dt.date(fiscal_texts([label])[label][0], 12, 1)
    return next(iter(family_of(without_words(fold_width(label)))[1].values())).day


def _shipped(header: Sequence[str], table: str) -> str:
    plain, named = {plain_name(h) for h in header}, columns_named(header, table)
    for known in every_shipped():
        wanted = [f.sources for f in known.fields.values() if f.sources]
        required = [f for f in known.fields.values() if f.join]
        known_names = {plain_name(s) for names in wanted for s in names}
        known_names |= {plain_name(s) for f in required for part in f.join for s in part}
        known_names |= {plain_name(s) for s in known.left_out}
        joined = all(any(plain_name(s) in plain for s in part) for f in required for part in f.join)
        reads = all(_reads(known, name, plain) for name in contract(table).required)
        reads = reads and all(_reads(known, name, plain) for name in named)
        met = sum(any(plain_name(s) in plain for s in names) for names in wanted)
        most = len(plain & known_names) >= 0.7 * len(plain) or met >= max(0.9 * len(wanted), _SURELY)
        if known.table == table and not known.unpivot and joined and reads and most:
            return known.name
    return ""


def _reads(known: ColumnMap, name: str, plain: set[str]) -> bool:
    """Whether a map finds a column of its table in a header."""
    rule = known.fields.get(name)
    if rule is None:
        return False
    return rule.constant is not None or bool(rule.join) or any(plain_name(s) in plain for s in rule.sources)
