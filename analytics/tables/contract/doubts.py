"""Doubts: what reads two ways is asked, never guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analytics.errors import DataError
from analytics.language import Text


@dataclass(frozen=True)
class Way:
    """One way to read a column.

    Attributes
    ----------
    text : what it would mean, with an example
    line : what to write into the column map, so that it is read so; "" where the file itself is to be put right
    """

    text: Text
    line: str


@dataclass(frozen=True)
class Doubt:
    """A column that reads two ways, or holds what can hardly be meant.

    Attributes
    ----------
    column : canonical name
    kind : what is doubted: decimal, date, magnitude, per_cent, sum, currency
    said : what was seen, with an example
    ways : how it may be meant, and how to say so
    source : file, sheet or table: who finds a doubt need not know it, `of` says it once for all
    """

    column: str
    kind: str
    said: Text
    ways: tuple[Way, ...]
    source: str = ""

    @property
    def name(self) -> str:
        """Name by which a column map accepts what was seen, such as "y.magnitude"."""
        return f"{self.column}.{self.kind}"

    @property
    def text(self) -> Text:
        """The doubt with its readings, a line each."""
        en = [f"{self.source}, column {self.column}: {self.said.en}"]
        zh = [f"{self.source}，{self.column}列：{self.said.zh}"]
        en += [
            f"  - {way.text.en}" + (f": write `{way.line}` into the column map" if way.line else "")
            for way in self.ways
        ]
        zh += [f"  - {way.text.zh}" + (f"：在字段映射中写入`{way.line}`" if way.line else "") for way in self.ways]
        return Text("\n".join(en), "\n".join(zh))

    def of(self, source: str) -> Doubt:
        """The doubt as one about a source, by the name that messages call it."""
        return replace(self, source=source)

    def located(self, origin: Mapping[str, Sequence[str]]) -> Doubt:
        """The doubt with the source's own column names in the lines that it proposes.

        Parameters
        ----------
        origin : canonical name to the source's column names
        """
        return replace(self, ways=tuple(_located(way, self.column, origin) for way in self.ways))


def _located(way: Way, column: str, origin: Mapping[str, Sequence[str]]) -> Way:
    line = way.line
    if (found := re.search(r"\bcolumn: (\w+),", line)) is not None:
        header = _header(found[1], origin)
        if header is None:  # a label of an unpivoted column, or names put together
            text = Text(
                f"{way.text.en} (take it out of `unpivot`, or of the file)", f"{way.text.zh}（从unpivot或文件中去除）"
            )
            return Way(text, "")
        line = line.replace(found[0], f"column: {header},")
    if "{from: " in line and (header := _header(column, origin)) is not None:
        line = re.sub(r"\{from: (?:\.\.\.|\w+),", lambda _: f"{{from: {header},", line)
    return replace(way, line=line)


def _header(column: str, origin: Mapping[str, Sequence[str]]) -> str | None:
    """Name that a column has in the source, as YAML reads it; a derived series has that of what it stands for."""
    names = [column] if column in origin else []
    if column == "unique_id" and not names:
        names = [n for n in ("tax_item", "district") if n in origin]
    if len(names) != 1 or len(origin[names[0]]) != 1:
        return None
    header = origin[names[0]][0]
    if re.fullmatch(r"[A-Za-z_]\w*", header):
        return header
    return '"' + header.replace("\\", "\\\\").replace('"', '\\"') + '"'


class DoubtError(DataError):
    """Data that read two ways: nothing is computed before the column map says which."""

    def __init__(self, doubts: tuple[Doubt, ...]) -> None:
        self.doubts = doubts
        said = "\n".join(doubt.text.en for doubt in doubts)
        super().__init__(
            f"{said}\nNothing was computed: say which in the column map (`analytics start FILE` writes a first one)."
        )
