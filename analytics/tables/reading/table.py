"""A canonical table that was read: rows used, row accounting, and the way back to masked identifiers."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from analytics.errors import DataError, did_you_mean
from analytics.language import Text
from analytics.tables.contract.accounting import Accounting
from analytics.tables.contract.contracts import contract
from analytics.tables.engine import connection as engine

SOURCE, RECORD, PART = "_source", "_record", "_part"
PLACE = (SOURCE, RECORD, PART)
_SHOWN = 5


@dataclass(frozen=True)
class Masks:
    """Rows whose identifiers are masked when they are asked for.

    Attributes
    ----------
    rows : as in `Table.rows`, before masking
    names : column to the stored table of its masked and original names
    """

    rows: ir.Table
    names: dict[str, ir.Table]

    def masked(self, columns: Sequence[str]) -> ir.Table:
        """Some columns (with the places of the rows), identifiers masked."""
        columns = list(dict.fromkeys([*PLACE, *columns]))
        rows = self.rows.select(*columns)
        for column, names in self.names.items():
            if column in columns:
                joined = rows.left_join(names, rows[column] == names["_original"])
                rows = joined.mutate(**{column: joined["_masked"]}).select(*columns)
        return rows


@dataclass(frozen=True, repr=False)
class Table:
    """Rows of a canonical table that may be used, and the account of those that may not.

    Attributes
    ----------
    name : canonical table, such as "declarations"
    source : source string as given (never an address)
    accounting : rows read, used and set aside
    simulated : whether any row is simulated
    identities : DataFrame kind, masked, original; for the private table only
    stamps : files that are read anew at each use, and what tells that they were replaced
    """

    name: str
    source: str
    accounting: Accounting
    simulated: bool
    rows: ir.Table = field(repr=False)
    identities: pd.DataFrame = field(repr=False)
    quarantined: Callable[[pd.DataFrame], pd.DataFrame] = field(repr=False)
    masks: Masks | None = field(default=None, repr=False)
    stamps: Mapping[Path, tuple[int, ...]] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        """One line: what was read, and what became of its rows."""
        account = self.accounting
        return (
            f"{self.name} from {self.source}: {account.rows_read:,} rows read, {account.rows_used:,} used, "
            f"{account.rows_set_aside:,} set aside"
        )

    def _repr_html_(self) -> str:
        """First rows under the line that says what was read, for JupyterLab."""
        rows = engine.fetch(self.rows.order_by(*PLACE).select(*self.columns).limit(_SHOWN))
        return f"<p>{html.escape(repr(self))}</p>{rows.to_html(index=False, na_rep='')}"

    def unchanged(self) -> None:
        """Make sure that files read where they lie are those that were accounted for.

        Raises
        ------
        DataError
            One of them was replaced.
        """
        for path, before in self.stamps.items():
            now = path.stat() if path.exists() else None
            if now is None or (now.st_size, now.st_mtime_ns, now.st_ino) != before:
                raise DataError(
                    f"{path.name}: the file was replaced after it was read; its rows are no longer those that were "
                    "accounted for. Read it again."
                )

    @property
    def ibis(self) -> ir.Table:
        """Ibis table: canonical columns and types, used rows only, in no particular order."""
        self.unchanged()
        return self.rows.drop(*PLACE)

    def part(self, columns: Sequence[str]) -> ir.Table:
        """Ibis table of some columns: in a large source only these are read, and only their identifiers looked up."""
        self.unchanged()
        rows = self.masks.masked(columns) if self.masks else self.rows
        return rows.select(*columns)

    @property
    def columns(self) -> list[str]:
        """Names of the columns at hand."""
        return [name for name in self.rows.columns if name not in PLACE]

    def to_pandas(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the used rows as pandas, in the source's order.

        Parameters
        ----------
        columns : names to return; by default all

        Raises
        ------
        DataError
            A column that the table does not have.
        """
        names = list(columns) if columns is not None else self.columns
        for name in names:
            if name not in self.columns:
                raise DataError(
                    f"{self.source}: there is no column {name}.{did_you_mean(name, self.columns)} "
                    f"Columns at hand: {', '.join(self.columns)}."
                )
        self.unchanged()
        rows = self.masks.masked(names) if self.masks else self.rows
        return engine.fetch(rows.order_by(*PLACE).select(*names))

    def keep(self, predicate: Callable[[ir.Table], ir.BooleanValue], reason: Text) -> Table:
        """Keep the rows for which a predicate holds; the others are set aside with a reason and accounted for.

        Parameters
        ----------
        predicate : `ibis._.value > 0`, or a function of the Ibis table; missing counts as not holding
        reason : why the others are set aside, in both languages

        Examples
        --------
        >>> table = table.keep(ibis._.direction == "import", Text("not an import", "非进口"))  # doctest: +SKIP
        """
        if not callable(predicate) and not isinstance(predicate, ibis.Deferred):
            raise TypeError("predicate must be a function of the table or deferred, such as ibis._.value > 0")
        holds = predicate.resolve(self.rows) if isinstance(predicate, ibis.Deferred) else predicate(self.rows)
        holds = holds.fill_null(False)
        rows = self.rows.filter(holds)
        gone = engine.store(self.rows.filter(~holds).select(*PLACE), "kept_out")
        lost = engine.count(gone)
        used = self.accounting.rows_used - lost
        said = pd.DataFrame([(reason.en, reason.zh, "kept_out", "", "", lost)], columns=REASON_COLUMNS)

        def entry(limit: int | None) -> pd.DataFrame:
            places = gone.order_by(*PLACE)
            frame = engine.fetch(places if limit is None else places.limit(limit))
            return self.quarantined(frame.assign(reason=reason.en, reason_zh=reason.zh, code="kept_out", column=""))

        first, last, _ = periods(rows, self.name)
        accounting = self.accounting.further(said if lost else said.iloc[:0], used, entry, first, last)
        masks = self.masks and replace(self.masks, rows=self.masks.rows.anti_join(gone, list(PLACE)))
        return replace(self, rows=rows, accounting=accounting, masks=masks)


REASON_COLUMNS = ["reason", "reason_zh", "code", "column", "advice", "rows"]


def periods(rows: ir.Table, name: str) -> tuple[pd.Timestamp | None, pd.Timestamp | None, int]:
    """First and last period of a table's rows, and how many rows there are."""
    column = contract(name).period
    if column is None or column not in rows.columns or not rows[column].type().is_temporal():
        return None, None, engine.count(rows)
    found = engine.one_row(rows.aggregate(first=rows[column].min(), last=rows[column].max(), rows=rows.count()))
    first, last = (None if pd.isna(v) else pd.Timestamp(v) for v in (found["first"], found["last"]))
    return first, last, int(found["rows"])


def as_ibis(data: Any, columns: Sequence[str] | None = None) -> ir.Table:
    """Table, Ibis table or DataFrame as an Ibis table on the engine, with those of the columns that it has.

    Parameters
    ----------
    columns : what is wanted of a Table; by default all
    """
    if isinstance(data, Table):
        return data.ibis if columns is None else data.part([c for c in data.columns if c in columns])
    if isinstance(data, ir.Table):
        return data
    if isinstance(data, pd.DataFrame):
        return engine.load_frame(data)
    raise TypeError(f"data must be a Table, an Ibis table or a DataFrame, got {type(data).__name__}")


def as_pandas(data: Any, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Table, Ibis table or DataFrame as pandas, with the columns asked for (by default all)."""
    if isinstance(data, Table):
        return data.to_pandas(columns)
    if isinstance(data, ir.Table):
        return engine.fetch(data.select(*columns) if columns is not None else data)
    if isinstance(data, pd.DataFrame):
        return data[list(columns)] if columns is not None else data
    raise TypeError(f"data must be a Table, an Ibis table or a DataFrame, got {type(data).__name__}")
