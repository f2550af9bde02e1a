"""A DataFrame as a table of a page: figures aligned on their last digit, changes signed, units in the heading."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics.briefing.look.names import Names
from analytics.briefing.look.templates import element, wide
from analytics.briefing.look.wording import said
from analytics.briefing.parts import Column
from analytics.language import Language, Text, money_scale, month, number, percent

_RIGHT = ("number", "percent", "money")
_SENTENCE = 34  # characters, Chinese ones counted twice: longer texts do not fit beside other columns of a phone
_NO_VALUE = "\N{EM DASH}"


def grid(
    frame: pd.DataFrame,
    title: Text,
    columns: Sequence[Column],
    language: Language,
    *,
    total: bool = False,
    by: Sequence[str] = (),
) -> str:
    """Return the HTML table: caption, column headings, and the first column as row headings.

    A table with long texts is laid out as cards on a phone, one a row.

    Parameters
    ----------
    frame : DataFrame, one row a line
    title : Text
    columns : those shown, in order
    language : {"en", "zh"}
    total : whether the last row is the total of those above
    by : what the parts of a column "key" are, such as district and chapter; their names stand beside the codes
    """
    names = Names(frame, by)
    shown = [_Shown(c, frame[c.key], language, names) for c in columns]
    as_cards = any(s.wordy() for s in shown[1:])
    body = element("grid", language, title=title, columns=shown, cards=as_cards, rows=len(frame), total=total)
    return wide(body, "table", language)


@dataclass(frozen=True)
class _Cell:
    """What one cell shows: a verdict, or a text with its classes and the share of a bar behind it."""

    text: str
    css: list[str]
    status: str = ""
    share: float | None = None
    name: str = ""


class _Shown:
    """One column with its values as text, its unit found once for all rows."""

    def __init__(self, column: Column, values: pd.Series, language: Language, names: Names) -> None:
        self.column, self.language, self.names = column, language, names
        self.values = list(values)
        self.unit = ""
        self.write = self._writer()
        sizes = [abs(v) for v in map(_float, self.values) if math.isfinite(v)]
        self.largest = max(sizes, default=0.0) if column.kind in _RIGHT else 0.0

    def _writer(self) -> Callable[[object], str]:
        c, language = self.column, self.language
        match c.kind:
            case "number":
                return lambda v: number(_float(v), c.digits or 0, language, sign=c.sign)
            case "percent":
                return lambda v: percent(_float(v), 1 if c.digits is None else c.digits, language, sign=c.sign)
            case "money":
                sizes = [abs(_float(v)) for v in self.values if math.isfinite(_float(v))]
                factor, self.unit = money_scale(c.unit, language, max(sizes, default=0.0)) if c.unit else (1.0, "")
                digits = 1 if c.digits is None else c.digits
                return lambda v: number(_float(v) * factor, digits, language, sign=c.sign)
            case "month":
                return lambda v: _NO_VALUE if _blank(v) else month(pd.Timestamp(str(v)), language)
        return lambda v: said(v, language) if isinstance(v, Text) else _NO_VALUE if _blank(v) else str(v)

    def wordy(self) -> bool:
        """Whether the column holds sentences, which a phone cannot show beside others."""
        return self.column.kind == "text" and any(_width(self.write(v)) > _SENTENCE for v in self.values)

    @property
    def label(self) -> Text:
        """Heading of the column."""
        return self.column.label

    @property
    def name(self) -> str:
        """Heading with its unit, told beside each value on a card."""
        unit = f"（{self.unit}）" if self.language == "zh" else f" ({self.unit})"
        return said(self.column.label, self.language) + (unit if self.unit else "")

    @property
    def css(self) -> list[str]:
        """Classes of the column: figures stand right, sentences get the width of a sentence."""
        return ["n"] if self.column.kind in _RIGHT else ["words"] if self.wordy() else []

    def cell(self, at: int, *, first: bool) -> _Cell:
        """What the column shows in a row; the first column names the rows: it stands left, numbers or not."""
        value = self.values[at]
        if self.column.kind == "status" and not _blank(value):
            return _Cell("", [], str(value))
        amount = _float(value)
        css = [] if first else self.css
        if self.column.tone and math.isfinite(amount) and amount != 0:
            css = [*css, "pos" if amount > 0 else "neg"]
        bar = self.column.bar and self.largest > 0 and math.isfinite(amount)
        name = self.names.of(self.column.key, value, self.language) if self.column.kind == "text" else ""
        return _Cell(self.write(value), css, share=100 * abs(amount) / self.largest if bar else None, name=name)


def _width(text: str) -> int:
    """Characters of a text; a Chinese one is as wide as two."""
    return sum(2 if ord(sign) >= 0x2E80 else 1 for sign in text)


def _blank(value: Any) -> bool:
    return value is None or value == "" or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def _float(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan
