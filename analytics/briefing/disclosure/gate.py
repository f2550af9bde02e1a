"""The gate of a page that is to leave the house: what of its tables and sentences may be told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.briefing.disclosure.ledger import Ledger
from analytics.briefing.disclosure.located import Located
from analytics.briefing.disclosure.records import Records
from analytics.briefing.disclosure.rule import Rule
from analytics.language import Text

Bools = NDArray[np.bool_]

SILENCED = Text(
    "Withheld: this sentence tells of an enterprise, or of a group of records that may not be told.",
    "未公开：此句涉及单家企业或不可公开的数据单元。",
)
_MASK = re.compile(r"\b[A-Z]-[0-9a-f]{6,}\b")
_FIGURE = re.compile(r"\d")
_CODE = re.compile(r"(?<![\d.,])\d{4,10}(?![.,]?\d)")
_CHAPTERS = re.compile(r"\bchapters? ((?:\d\d(?:, | and )?)+)|(?<!\d)(\d\d)章")
_BY_LENGTH = {4: "heading", 6: "subheading"}


class Gate:
    """What may be told of a page's inputs, and what was.

    Parameters
    ----------
    rule : Rule
    inputs : tables of the page, those that are still to come among them
    parameters : of the page
    """

    def __init__(self, rule: Rule, inputs: list[Any], parameters: Mapping[str, Any]) -> None:
        self.rule, self._inputs, self._parameters = rule, inputs, parameters
        self._ledgers: dict[int, tuple[Ledger, tuple[str, str]]] = {}

    @property
    def open(self) -> bool:
        """Whether all inputs are published already: by the package, or as the set says."""
        own = [t for t in self._inputs if not str(getattr(t, "source", "")).startswith("published:")]
        return self.rule.public or (bool(self._inputs) and not own)

    def table(self, frame: pd.DataFrame, *, total: bool = False) -> tuple[pd.DataFrame | None, int]:
        """Return a table as it may leave, and how many of its rows are left out; None where none of it may.

        Parameters
        ----------
        frame : DataFrame
            One row a cell of the data: district, chapter, month and the like, or `by` and `key`.
        total : bool
            The last row is the total of those above.
        """
        if self.open:
            return frame, 0
        kept = np.zeros(len(frame), dtype=bool)
        looked: Located | None = None
        for ledger, span in self._with_enterprises():
            located = Located(frame, ledger.records.dimensions, self._parameters, span, total=total)
            if not located.possible or not any(located.places):
                continue
            told = self._told(ledger, located)
            kept = told if looked is None else kept & told  # who stands behind it in every input
            looked = located
        if looked is None or not kept.any():
            return None, 0
        return _shown(frame, kept, looked), int((~kept).sum())

    def sentence(self, text: Text) -> Text:
        """Return a sentence as it may leave: itself, or that it is withheld.

        A sentence that names an enterprise, or a district, chapter or code of which the data may not be told, is not
        said. One that names none is left to those who read the page before it leaves.
        """
        if self.open:
            return text
        if any(_MASK.search(part) for part in text):
            return SILENCED
        if any(getattr(t, "unseen", False) for t in self._inputs) and any(_FIGURE.search(part) for part in text):
            return SILENCED  # whose records a figure tells of cannot be counted
        return text if all(self._admitted(ledger, text) for ledger, _ in self._with_enterprises()) else SILENCED

    def cell(self, value: object) -> object:
        """Return what stands in a table; nothing where it names an enterprise."""
        parts: Iterable[object] = value if isinstance(value, Text) else (value,)
        return "" if any(isinstance(part, str) and _MASK.search(part) for part in parts) else value

    def _told(self, ledger: Ledger, located: Located) -> Bools:
        kept = np.zeros(len(located.places), dtype=bool)
        for dims in sorted({place[0] for place in located.places if place is not None}):
            cells = [(k, place[1]) for k, place in enumerate(located.places) if place is not None and place[0] == dims]
            kept[[k for k, _ in cells]] = ledger.admit(dims, [key for _, key in cells])
        return kept

    def _admitted(self, ledger: Ledger, text: Text) -> bool:
        named = _named(ledger.records, text)
        for count in range(1, len(named) + 1):
            for dims in combinations(sorted(named), count):
                there = ledger.records.by(dims)
                keys = [key for key in product(*(sorted(named[d]) for d in dims)) if key in there]
                if not all(ledger.admit(dims, keys)):
                    return False
        return True

    def _with_enterprises(self) -> Iterable[tuple[Ledger, tuple[str, str]]]:
        for table in self._inputs:
            if id(table) not in self._ledgers and "enterprise_id" in getattr(table, "columns", ()):
                counts = getattr(table, "accounting", None)
                ends = (str(getattr(counts, name, ""))[:7] for name in ("first_period", "last_period"))
                first, last = ends
                self._ledgers[id(table)] = Ledger(Records(table), self.rule), (first, last)
        return [self._ledgers[id(t)] for t in self._inputs if id(t) in self._ledgers]


def _named(records: Records, text: Text) -> dict[str, set[str]]:
    """Cells of the data that a sentence names, by dimension."""
    found: dict[str, set[str]] = {}
    dims = records.dimensions
    codes = {code for part in text for code in _CODE.findall(part)}
    chapters = {c for part in text for en, zh in _CHAPTERS.findall(part) for c in re.findall(r"\d\d", en or zh)}
    for name, values in (("district", codes), ("chapter", chapters)):
        if name in dims and (there := values & records.values(name)):
            found[name] = there
    for code in codes - found.get("district", set()):
        name = _BY_LENGTH.get(len(code), "product")
        if name in dims and code in records.values(name):
            found.setdefault(name, set()).add(code)
    return found


def _shown(frame: pd.DataFrame, kept: Bools, located: Located) -> pd.DataFrame:
    """Leave out rows that may not be told, their names too, and figures of a part of a cell only."""
    shown = frame[kept].copy()
    for at, name in enumerate(map(str, frame.columns)):
        if name in located.partial:
            numeric = pd.api.types.is_numeric_dtype(shown.iloc[:, at])
            shown.isetitem(at, [float("nan") if numeric else ""] * len(shown))
    return shown.reset_index(drop=True)
