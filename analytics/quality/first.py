"""A file of one's own for the first time: which columns were recognised, and the map that reads it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analytics import tables
from analytics.shown import Shown
from analytics.tables import Table, contract
from analytics.tables.mapping import files
from analytics.tables.start.guess import guess


@dataclass(frozen=True, repr=False)
class FirstLook(Shown):
    """What a file seems to hold.

    Attributes
    ----------
    table : as it was read
    column_map : that read it, a shipped one's name or a file
    shipped : whether the map ships with the suite
    columns : DataFrame column, title, title_zh, source; one row a column of the contract that the file fills
    left : columns of the file that are not used
    """

    table: Table
    column_map: str
    shipped: bool
    columns: pd.DataFrame
    left: tuple[str, ...]

    @property
    def said(self) -> str:
        """The result in one line."""
        return f"{self.table.name} by {self.column_map}: {len(self.columns)} columns filled, {len(self.left)} not used"

    def summary(self) -> pd.DataFrame:
        """Columns of the contract that the file fills."""
        return self.columns


def first_look(source: str, folder: Path, table: str | None = None) -> FirstLook:
    """Look at a file, write a first column map for it, and read it by that map.

    Parameters
    ----------
    source : file, as in `tables.read`
    folder : where column_map.yaml is written, unless a shipped map reads the file as it stands
    table : what it holds, where that is known; by default told by its columns

    Raises
    ------
    AnalystError
        No table fits, or a doubt is open that the analyst has to decide.
    """
    found = guess(source, table)
    column_map = found.shipped
    if not found.shipped:
        path = folder / "column_map.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(found.lines) + "\n", encoding="utf-8")
        column_map = str(path)
    read = tables.read(found.table, source, column_map)
    return FirstLook(read, column_map, bool(found.shipped), _columns(read, column_map), found.left)


def _columns(read: Table, column_map: str) -> pd.DataFrame:
    rules, mapped = contract(read.name), files.load(column_map, read.name).fields
    names = [name for name in read.columns if name in mapped]
    return pd.DataFrame({
        "column": names,
        "title": [rules[name].title.en for name in names],
        "title_zh": [rules[name].title.zh for name in names],
        "source": [" + ".join(mapped[name].sources) for name in names],
    })  # fmt: skip
