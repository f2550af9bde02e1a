"""The names that stand beside codes in a table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analytics.briefing.look import code_names
from analytics.language import Language, Text

_GOODS = ("hs_code", "product", "chapter", "heading", "subheading")
_PLACES = ("district", "destination")
_COUNTRIES = (
    "origin",
    "departure_country",
    "exporter",
    "importer",
    "reporter",
    "partner",
    "hub",
    "old",
    "new",
    "district",
)
_WORDS = ("unit", "place", "group", "kind", "tax_item", "series")
_JOINT = " x "


class Names:
    """Names of the codes of a table; nothing where a code is not known.

    Parameters
    ----------
    frame : DataFrame
    by : what the parts of a column "key" are
    """

    def __init__(self, frame: pd.DataFrame, by: Sequence[str]) -> None:
        self._by = [name for name in by if name not in ("period", "month")]
        places = [str(v) for name in _PLACES if name in frame.columns for v in frame[name].dropna()]
        if "key" in frame.columns and "district" in self._by:
            keys = [str(key).split(_JOINT) for key in frame["key"]]
            at = self._by.index("district")
            places += [parts[at] for parts in keys if len(parts) == len(self._by)]
        self._places = code_names.are_districts(places)
        there = (
            name for name in _COUNTRIES if name in frame.columns and not pd.api.types.is_numeric_dtype(frame[name])
        )
        self._countries = {name for name in there if code_names.are_countries(frame[name].dropna())}

    def of(self, column: str, value: object, language: Language) -> str:
        """Return the name of a cell's code or codes."""
        if not isinstance(value, str):
            return ""
        if column in _WORDS and language == "zh":  # in English the word says it
            return code_names.WORDS.get(value, "")
        if column != "key":
            return self._said(self._one(column, value), language)
        parts = value.split(_JOINT)
        if len(parts) != len(self._by):
            return ""
        told = [self._said(self._one(name, part), language) for name, part in zip(self._by, parts, strict=True)]
        return (", " if language == "en" else "，").join(name for name in told if name)

    def _one(self, column: str, code: str) -> Text | None:
        if column in _GOODS:
            return code_names.goods(code)
        if column in self._countries:
            return code_names.country(code)
        return code_names.district(code) if column in _PLACES and self._places else None

    @staticmethod
    def _said(name: Text | None, language: Language) -> str:
        return name.in_language(language) if name is not None else ""
