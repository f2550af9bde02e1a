"""Which cell of the data each row of a table tells of, by the names of its columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

Place = tuple[tuple[str, ...], tuple[str, ...]]  # dimensions in alphabetical order, and their values

_BY, _KEY, _JOINT = "by", "key", " x "
_ALL = ("", "all")
TIMES = ("month", "period", "year")
_FORMS = {"year": re.compile(r"\d{4}"), "month": re.compile(r"\d{4}-\d{2}")}
_SPAN = re.compile(r"(\d{4}-\d{2})/(\d{4}-\d{2})")
# Tables with such a column tell of single enterprises, declarations or officers, whatever else they say.
_SINGLE = re.compile(
    r"(^|_)(enterprise|declarant|seller|officer|handbook|exemption|declaration)_id$|^container_no$|^card$|^series$"
)
# Figures of some of a cell's records only: nobody has counted who stands behind those.
_PART = re.compile(r"^leading$|^remark|stake|verify|set_apart|^lines_(below|above)$|^duty_(low|high)|recover")


class Located:
    """The rows of a table as cells of the data.

    Parameters
    ----------
    frame : DataFrame
    dimensions : names by which the data can be told apart
    parameters : of the page; `by` says what the keys of its tables are
    span : first and last month of the data
    total : the last row is the total of those above
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        dimensions: frozenset[str],
        parameters: Mapping[str, Any],
        span: tuple[str, str],
        *,
        total: bool = False,
    ) -> None:
        self._frame, self._dimensions, self._span = frame, dimensions, span
        columns = [str(name) for name in frame.columns]
        self.named = [c for c in columns if c in dimensions]
        self._by = parameters.get(_BY)
        self._keyed = _KEY in columns and (_BY in columns or isinstance(self._by, list))
        self.kept = [*self.named, *(c for c in (_BY, _KEY, *TIMES) if c in columns)]
        self.partial = [c for c in columns if _PART.search(c) and c not in self.kept]
        places = [self._place(row) for _, row in frame.iterrows()]
        if total and places:
            places[-1] = ((), ())
        known = [p for p in places if p is not None]
        # Two rows of one cell are told apart by something that cannot be followed into the data.
        twice = {p for p in known if known.count(p) > 1} if len(known) != len(set(known)) else set()
        self.places = [None if p in twice else p for p in places]

    @property
    def possible(self) -> bool:
        """Whether rows can be found in the data at all."""
        columns = [str(name) for name in self._frame.columns]
        wide = any(c.isdigit() for c in columns)  # each such column tells of a cell of its own
        single = any(_SINGLE.search(c) for c in columns) or ("enterprise" in columns and not self._keyed)
        return bool(self.named or self._keyed) and not wide and not single

    def _place(self, row: pd.Series) -> Place | None:
        values: dict[str, str] = {}
        if self._keyed:
            told = self._keys(str(row[_KEY]), str(row[_BY]) if _BY in row.index else None)
            if told is None:
                return None
            values |= told
        elif any(not isinstance(row[c], str) for c in self.named if c not in TIMES):
            return None
        else:
            values |= {c: str(row[c]) for c in self.named if c not in TIMES}
        for column in (c for c in TIMES if c in row.index):
            moment = self._moment(row[column])
            if moment is None:
                return None
            values |= moment
        if not set(values) <= self._dimensions:
            return None
        names = tuple(sorted(values))
        return names, tuple(values[name] for name in names)

    def _keys(self, key: str, by: str | None) -> dict[str, str] | None:
        if key in _ALL:
            return {}
        names = by.split(_JOINT) if by is not None else [c for c in self._by or () if c not in TIMES]
        parts = key.split(_JOINT)
        return dict(zip(names, parts, strict=True)) if len(names) == len(parts) else None

    def _moment(self, value: Any) -> dict[str, str] | None:
        """Say which month or year a row tells of; nothing where it tells of all, None where that cannot be told."""
        text = value.strftime("%Y-%m") if isinstance(value, pd.Timestamp) else str(value)
        span = _SPAN.fullmatch(text)
        if span:
            return {} if (span[1], span[2]) == self._span else None
        return next(({name: text} for name, form in _FORMS.items() if form.fullmatch(text)), None)
