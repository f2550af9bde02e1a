"""What a canonical table and its columns are: the words in which the data contract is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analytics.language import Text

Kind = Literal["id", "code", "text", "date", "time", "month", "number", "integer", "flag"]
EARLIEST = "1950-01-01"


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    Attributes
    ----------
    name, title : the canonical name; what it is, in both languages
    kind : how it is read (see `Kind`)
    unit : "" if none
    required : must be there, and filled in every row
    above, minimum, maximum : allowed range of a number (`above` is exclusive)
    past : a date that cannot lie in the future
    masked : prefix of the keyed hash that replaces an identifier ("" for columns that are not masked)
    """

    name: str
    title: Text
    kind: Kind = "text"
    unit: str = ""
    required: bool = False
    above: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    past: bool = False
    masked: str = ""

    @property
    def allowed(self) -> Text:
        """What a value of the column may be, in words."""
        words = {
            "id": Text("an identifier (text)", "标识符（文本）"),
            "code": Text("a commodity code of 4 to 13 digits", "4至13位数字的商品编码"),
            "text": Text("text", "文本"),
            "date": Text(f"a date from {EARLIEST} to today, such as 2025-03-31", f"{EARLIEST}至今的日期，如2025-03-31"),
            "time": Text(
                f"a date with its time from {EARLIEST} to today, such as 2025-03-31 14:05:00",
                f"{EARLIEST}至今的日期和时间，如2025-03-31 14:05:00",
            ),
            "month": Text("a month up to now, such as 2025-03", "截至目前的月份，如2025-03"),
            "number": Text("a number", "数字"),
            "integer": Text("a whole number", "整数"),
            "flag": Text("yes or no (1/0, true/false, 是/否)", "是或否（1/0、true/false、是/否）"),
        }
        said = words[self.kind]
        bounds = [
            (self.above, "above {:g}", "大于{:g}"),
            (self.minimum, "at least {:g}", "不小于{:g}"),
            (self.maximum, "at most {:g}", "不大于{:g}"),
        ]
        parts = [(en.format(v), zh.format(v)) for v, en, zh in bounds if v is not None]
        if not parts:
            return said
        return Text(f"{said.en} {' and '.join(p[0] for p in parts)}", said.zh + "，" + "且".join(p[1] for p in parts))


@dataclass(frozen=True)
class Contract:
    """A canonical table: its columns, what identifies a row and which column tells a newer version."""

    name: str
    title: Text
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    version: str | None = None
    period: str | None = None

    def __getitem__(self, name: str) -> Column:
        """Return the column of that name."""
        return self.by_name[name]

    @property
    def by_name(self) -> dict[str, Column]:
        """Columns by name."""
        return {c.name: c for c in self.columns}

    @property
    def names(self) -> list[str]:
        """Names of all columns, in the contract's order."""
        return [c.name for c in self.columns]

    @property
    def required(self) -> list[str]:
        """Names of the columns that every source must have."""
        return [c.name for c in self.columns if c.required]


def column(name: str, en: str, zh: str, kind: Kind = "text", **more: object) -> Column:
    """Write a column in one line: canonical name, what it is in both languages, how it is read, and its limits."""
    return Column(name, Text(en, zh), kind, **more)  # type: ignore[arg-type]
