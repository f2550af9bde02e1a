"""One source on its way to a table: opened, brought into shape, and what all its values together tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import ibis.expr.types as ir

from analytics.tables.contract.contracts import Column, Contract
from analytics.tables.contract.doubts import Doubt
from analytics.tables.engine import connection as engine
from analytics.tables.mapping import files
from analytics.tables.mapping.maps import ColumnMap
from analytics.tables.plausible import belonging, beside, clocks
from analytics.tables.shaping.casting import Casting, casts
from analytics.tables.shaping.shape import Shaped, shape
from analytics.tables.source import sources
from analytics.tables.source.raw import Raw
from analytics.tables.values import parse
from analytics.tables.values.dates import ENOUGH_DAYS, Asked, Dates, read_dates
from analytics.tables.values.figures import Figures, figures
from analytics.tables.values.lengths import CodeLengths, code_lengths, nine_digits
from analytics.tables.values.standing import Standing, standing
from analytics.tables.values.totals import totals

_MOST_DATES = 200_000  # distinct spellings of days that a column can hold


@dataclass(frozen=True)
class Opened:
    """A source found, decoded and in the shape of its table; its values are still as they were written."""

    raw: Raw
    shaped: Shaped
    column_map: ColumnMap


@dataclass(frozen=True)
class Recognised:
    """What all values of a source tell about how they are written.

    Attributes
    ----------
    table : source in shape
    figures, lengths, dates : how its figures, codes and dates are written
    stands : columns that need no cleaning
    totals : column to the names under which it adds up others
    beside : what headers, columns not used and other sheets say against the reading
    """

    opened: Opened
    table: ir.Table
    figures: Figures
    stands: Mapping[str, Standing]
    lengths: Mapping[str, CodeLengths]
    dates: Mapping[str, Dates]
    totals: Mapping[str, tuple[str, ...]]
    beside: tuple[Doubt, ...] = ()

    @property
    def raw(self) -> Raw:
        """The source as it stands."""
        return self.opened.raw

    @property
    def shaped(self) -> Shaped:
        """The source in shape."""
        return self.opened.shaped

    @property
    def column_map(self) -> ColumnMap:
        """The map that it is read by."""
        return self.opened.column_map

    @property
    def in_place(self) -> bool:
        """Whether the source is used where it lies: no cell needs cleaning, and every row is one row of the table."""
        whole = self.raw.in_place and self.column_map.unpivot is None and not self.column_map.cumulative
        return whole and {c for c in self.table.columns if not c.startswith("_")} == set(self.stands)

    @property
    def rows(self) -> int:
        """Rows of the table that the source's records make, set aside or not."""
        parts = len(self.column_map.unpivot.columns) if self.column_map.unpivot else 1
        return (self.raw.rows - len(self.raw.misfits)) * parts + len(self.raw.misfits)

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What reads two ways."""
        found = (*self.figures.doubts, *(d for dates in self.dates.values() for d in dates.doubts), *self.beside)
        found += tuple(d for name, known in self.lengths.items() if (d := nine_digits(self.table, name, known)))
        return tuple(d.of(self.raw.name) for d in found if d.name not in self.column_map.accept)


def opened(
    rules: Contract,
    places: Sequence[sources.Place],
    map_name: str | None,
    columns: Sequence[str] = (),
    there: engine.Engine | None = None,
) -> list[Opened]:
    """Open every part of a source, on an engine that can read it where it lies, and bring it into the table's shape."""
    found = []
    for place in places:
        column_map = files.load(map_name or place.own_map, rules.name)
        casting = partial(casts, Casting(rules, column_map))
        raws = sources.opened(place, rules.name, column_map, there, casting)
        found += [Opened(raw, shape(raw, rules, column_map, columns), column_map) for raw in raws]
    return found


def recognised(source: Opened, rules: Contract, today: dt.date) -> Recognised:
    """Find out how the values of a source are written."""
    raw, column_map = source.raw, source.column_map
    table = engine.view(source.shaped.table)  # a name for all its layers: they are put together once, not in each query
    how = figures(table, rules, column_map, raw.rows)
    known = {name: (rules[name], how.of(name)) for name in rules.names if name in table.columns}
    stands = standing(table, known, rules.key[0]) if raw.in_place else {}
    rest = {name: pair for name, pair in known.items() if name not in stands}
    lengths = {name: s.lengths for name, s in stands.items() if s.lengths is not None}
    lengths |= {n: code_lengths(table, rules, n, style) for n, (c, style) in rest.items() if c.kind == "code"}
    wanted = {n: pair for n, pair in rest.items() if pair[0].kind in ("date", "time", "month")}
    dates = {n: _dates(table, pair, column_map, today) for n, pair in wanted.items()}
    labels = column_map.unpivot.into if column_map.unpivot else ()
    plain = {name for name, stand in stands.items() if stand.plain}
    given = [n for n in (*source.shaped.origin, *labels) if n in table.columns and n not in plain]
    clock = [] if column_map.time_zone else clocks.doubts(table, rules, _first_cells(source))
    said = (
        *clock,
        *beside.doubts(raw, source.shaped, rules, column_map),
        *belonging.doubts(raw, source.shaped, column_map),
    )
    return Recognised(source, table, how, stands, lengths, dates, totals(table, rules, given), said)


def _first_cells(source: Opened) -> dict[str, list[str]]:
    """Column of the contract to its first cells, where it is one column of the source."""
    rows = [[cell.strip() for cell in cells] for _, cells in source.raw.head]
    header = [h.strip() for h in source.raw.header]
    places = {
        n: header.index(o[0].strip()) for n, o in source.shaped.origin.items() if len(o) == 1 and o[0].strip() in header
    }
    return {name: [row[at] for row in rows if at < len(row)] for name, at in places.items()}


def _dates(table: ir.Table, pair: tuple[Column, parse.Style], column_map: ColumnMap, today: dt.date) -> Dates:
    """Meaning of the date texts of a column that do not read at once."""
    column, style = pair
    if table[column.name].type().is_temporal() and not style.time_zone:
        return Dates()  # dates as the source holds them are no texts
    texts = parse.cleaned(table, {column.name: pair})
    quick, text = texts[f"_q_{column.name}"], parse.trimmed_day(texts[f"_t_{column.name}"], style)
    rest = texts.filter(quick.isnull(), texts[f"_t_{column.name}"].notnull())
    counted = engine.fetch(rest.group_by(day=text).aggregate(rows=rest.count()).limit(_MOST_DATES))
    if counted.empty:
        return Dates()
    seen = engine.one_row(
        texts.aggregate(
            first=quick.min(), last=quick.max(), rows=quick.count(), late=quick.day().max(), days=quick.nunique()
        )
    )
    near = (seen["first"].date(), seen["last"].date()) if seen["rows"] else None
    monthly = column.kind == "month"
    early = bool(seen["rows"]) and not monthly and int(seen["late"]) <= 12 and int(seen["days"]) >= ENOUGH_DAYS
    asked = Asked(column.name, monthly, today, near, int(seen["rows"]), column_map.accept, column_map.year_ends, early)
    return read_dates({str(t): int(n) for t, n in counted.itertuples(index=False)}, style, asked)
