"""A DataFrame as a table of a page: figures aligned on their last digit, changes signed, units in the heading."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from analytics.briefing.look.graphics import badge
from analytics.briefing.look.wording import attribute, html, said, wide
from analytics.briefing.parts import Column
from analytics.language import Language, Text, money_scale, month, number, percent

_RIGHT = ("number", "percent", "money")
_SENTENCE = 34  # characters: longer texts do not fit beside other columns of a phone
_NO_VALUE = "\N{EM DASH}"


def grid(
    frame: pd.DataFrame, title: Text, columns: Sequence[Column], language: Language, *, total: bool = False
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
    """
    shown = [_Shown(c, frame[c.key], language) for c in columns]
    as_cards = any(s.wordy() for s in shown[1:])
    for each in shown:
        each.as_card = as_cards
    # The roles are said outright: rows laid out as blocks would lose them.
    table, group, line = (f' role="{r}"' if as_cards else "" for r in ("table", "rowgroup", "row"))
    heads = "".join(s.heading(first=s is shown[0]) for s in shown)
    lines = []
    for at in range(len(frame)):
        css = ' class="total"' if total and at == len(frame) - 1 else ""
        lines.append(f"<tr{line}{css}>" + "".join(s.cell(at, first=s is shown[0]) for s in shown) + "</tr>")
    caption = f"<caption>{html(title, language)}</caption>"
    opening = f'<table class="cards"{table}>' if as_cards else "<table>"
    head = f"<thead{group}><tr{line}>{heads}</tr></thead>"
    return wide(f"{opening}{caption}{head}<tbody{group}>{''.join(lines)}</tbody></table>", "table", language)


class _Shown:
    """One column with its values as text, its unit found once for all rows."""

    def __init__(self, column: Column, values: pd.Series, language: Language) -> None:
        self.column, self.language = column, language
        self.values = list(values)
        self.unit = ""
        self.as_card = False
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
        return self.column.kind == "text" and any(len(self.write(v)) > _SENTENCE for v in self.values)

    def _card(self, role: str, *, labelled: bool = True) -> str:
        if not self.as_card:
            return ""
        name = f"{said(self.column.label, self.language)}{f' ({self.unit})' if self.unit else ''}"
        label = f' data-label="{attribute(name, self.language)}"' if labelled else ""
        return f' role="{role}"{label}'

    @property
    def css(self) -> str:
        return "n" if self.column.kind in _RIGHT else ""

    def heading(self, *, first: bool) -> str:
        unit = f' <span class="unit">{html(self.unit, self.language)}</span>' if self.unit else ""
        # The first column names the rows: it stands at the left edge, numbers or not.
        css = f' class="{self.css}"' if self.css and not first else ""
        heading = html(self.column.label, self.language)
        return f'<th scope="col"{self._card("columnheader", labelled=False)}{css}>{heading}{unit}</th>'

    def cell(self, at: int, *, first: bool) -> str:
        value = self.values[at]
        if self.column.kind == "status" and not _blank(value):
            return f"<td{self._card('cell')}>{badge(str(value), self.language)}</td>"
        text = html(self.write(value), self.language)
        amount = _float(value)
        css = [self.css] if self.css and not first else []
        if self.column.tone and math.isfinite(amount) and amount != 0:
            css.append("pos" if amount > 0 else "neg")
        if self.column.bar and self.largest > 0 and math.isfinite(amount):
            text = f'<span class="bar" style="--share:{100 * abs(amount) / self.largest:.1f}%"></span>{text}'
        own = f' class="{" ".join(css)}"' if css else ""
        if first:
            return f'<th scope="row"{self._card("rowheader", labelled=False)}{own}>{text}</th>'
        return f"<td{self._card('cell')}{own}>{text}</td>"


def _blank(value: Any) -> bool:
    return value is None or value == "" or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def _float(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan
