"""Column maps as values: where each canonical column comes from, and how it is written."""

from __future__ import annotations

from dataclasses import dataclass, field

from analytics.language import Text
from analytics.tables.contract.contracts import Contract


@dataclass(frozen=True)
class Field:
    """Where the values of one canonical column come from, and how they are read.

    Attributes
    ----------
    sources : names that the column may have in the source; the first one found counts
    join, between : columns written one after the other to form an identifier
    constant : the same value in every row
    decimal : decimal mark of this column, where it differs from the rest or reads two ways
    factor : number by which values are multiplied to get the contract's unit
    codes : source code to canonical value; others stay as they are
    date_format : as in strptime, such as "%d/%m/%Y"
    """

    sources: tuple[str, ...] = ()
    join: tuple[tuple[str, ...], ...] = ()
    between: str = "-"
    constant: str | None = None
    factor: float | None = None
    codes: dict[str, str] = field(default_factory=dict)
    date_format: str | None = None
    decimal: str | None = None


@dataclass(frozen=True)
class RowRule:
    """Rows to leave out: a column that equals one of some values (or none of them), matches a pattern, or is empty.

    A rule of a map that reads several layouts may hold only where its column is there.
    """

    columns: tuple[str, ...]
    equals: tuple[str, ...]
    matches: str | None
    empty: bool
    reason: Text
    not_equals: tuple[str, ...] = ()
    where_there: bool = False


@dataclass(frozen=True)
class Unpivot:
    """Several value columns, each becoming rows of its own."""

    into: tuple[str, ...]
    values: str
    columns: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class ColumnMap:
    """A checked column map; without a file, canonical names stand for themselves."""

    name: str = ""
    table: str | None = None
    title: Text | None = None
    fields: dict[str, Field] = field(default_factory=dict)
    unpivot: Unpivot | None = None
    row_rules: tuple[RowRule, ...] = ()
    left_out: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    date_format: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    negative: tuple[str, ...] = ()
    strip: tuple[str, ...] = ()
    calendar: str | None = None
    time_zone: str | None = None
    accept: tuple[str, ...] = ()
    cumulative: bool = False
    encoding: str | None = None
    separator: str | None = None
    header_row: int | None = None
    sheet: str | None = None
    year_ends: int | None = None

    def for_table(self, table: Contract) -> dict[str, Field]:
        """Fields by canonical name. A map is complete: columns that it does not mention are not read."""
        return self.fields or {name: Field(sources=(name,)) for name in table.names}
