"""Doubts: what reads two ways is asked, never guessed."""

from __future__ import annotations

from dataclasses import dataclass

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
    source : file, sheet or table
    column : canonical name
    kind : what is doubted: decimal, date, magnitude, per_cent, sum, currency
    said : what was seen, with an example
    ways : how it may be meant, and how to say so
    """

    source: str
    column: str
    kind: str
    said: Text
    ways: tuple[Way, ...]

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


class DoubtError(DataError):
    """Data that read two ways: nothing is computed before the column map says which."""

    def __init__(self, doubts: tuple[Doubt, ...]) -> None:
        self.doubts = doubts
        said = "\n".join(doubt.text.en for doubt in doubts)
        super().__init__(
            f"{said}\nNothing was computed: say which in the column map (`analytics start FILE` writes a first one)."
        )
