"""Row accounting: rows read are rows used or rows set aside, each with its reason and its place in the source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from analytics.errors import DataError
from analytics.language import Text
from analytics.tables.contract.doubts import Doubt

# Rows set aside that are no faulty data: totals, notes, copies, older versions, what a rule or a use leaves out.
NO_FAULT = ("left_out", "kept_out", "total", "note", "duplicate", "superseded")
POOR = 0.05  # share of the rows set aside for faults from which on a file is to be looked into before it is used
QUARANTINE_COLUMNS = ["source", "record", "line", "reason", "reason_zh", "code", "column", "value"]


@dataclass(frozen=True)
class Accounting:
    """What became of the rows of a table.

    Attributes
    ----------
    rows_read, rows_used, rows_set_aside : int; read (counted without the engine) = used + set aside, always
    reasons : DataFrame with columns reason, reason_zh, code, column, advice, rows
    sha256 : of the source (of the sources' hashes where there are several)
    first_period, last_period : of the rows used; None where the table has no period
    notes : Text for the reader: what was recognised, repaired (codes restored, marks found) or not read
    doubts : what reads two ways; a table with doubts is given to nobody but `analytics check`
    """

    rows_read: int
    rows_used: int
    reasons: pd.DataFrame = field(repr=False)
    sha256: str
    first_period: pd.Timestamp | None = None
    last_period: pd.Timestamp | None = None
    notes: tuple[Text, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    entries: tuple[Callable[[int | None], pd.DataFrame], ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        """Hold the promise that no row is dropped in silence."""
        if self.rows_used + int(self.reasons["rows"].sum()) != self.rows_read:
            aside = int(self.reasons["rows"].sum())
            raise DataError(
                f"Rows do not add up: {self.rows_read:,} counted in the source, {self.rows_used:,} used and {aside:,} "
                "set aside. Nothing was used. The source may change while it is read; if not, this is a fault of the "
                "suite: send the file's first lines to whoever maintains it."
            )

    @property
    def rows_set_aside(self) -> int:
        """Rows read and not used."""
        return self.rows_read - self.rows_used

    @property
    def rows_faulty(self) -> int:
        """Rows set aside for a fault: not totals, notes, copies, older versions and what a rule leaves out."""
        return int(self.reasons.loc[~self.reasons["code"].isin(NO_FAULT), "rows"].sum())

    @property
    def faulty_share(self) -> float:
        """Share of the rows meant to be used that was set aside for a fault; 0 where there was no row."""
        return self.rows_faulty / max(self.rows_used + self.rows_faulty, 1)

    @cached_property
    def quarantine(self) -> pd.DataFrame:
        """Rows set aside: source, record, line (missing where unknown), reason, code, column, value and raw columns.

        Identifiers of enterprises are masked here as everywhere, and columns that were not recognised are left out.
        """
        return self.examples(None)

    def examples(self, rows: int | None = 10) -> pd.DataFrame:
        """First rows set aside (all, if `rows` is None)."""
        parts = [part for make in self.entries if len(part := make(rows))]
        if not parts:
            return pd.DataFrame({name: pd.Series(dtype="str") for name in QUARANTINE_COLUMNS})
        return pd.concat(parts, ignore_index=True)

    def write_quarantine(self, path: Path) -> Path | None:
        """Write the rows set aside as CSV; nothing is written where there are none."""
        if not self.rows_set_aside:
            return None
        path.parent.mkdir(parents=True, exist_ok=True)
        self.quarantine.to_csv(path, index=False, encoding="utf-8-sig")
        return path

    def further(
        self, reasons: pd.DataFrame, used: int, entry: Callable[[int | None], pd.DataFrame],
        first: pd.Timestamp | None, last: pd.Timestamp | None,
    ) -> Accounting:  # fmt: skip
        """Account for rows set aside later."""
        together = pd.concat([self.reasons, reasons], ignore_index=True) if len(self.reasons) else reasons
        return replace(
            self, rows_used=used, reasons=together, first_period=first, last_period=last, entries=(*self.entries, entry)
        )
