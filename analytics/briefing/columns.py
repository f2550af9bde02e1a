"""Columns that many tables hold: words in cells, names of codes, an interval as two columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analytics.briefing.parts import Column, Kind
from analytics.language import Text
from analytics.language.both import itself


def cells(texts: Iterable[Any]) -> np.ndarray:
    """Texts, one a row, as the cells of a column: `frame.assign(name=cells(...))`."""
    told = list(texts)
    column = np.empty(len(told), dtype=object)
    for i, text in enumerate(told):  # numpy would take a text for a row of two
        column[i] = text
    return column


def named(words: Mapping[str, Text], keys: Iterable[Any]) -> np.ndarray:
    """The word for every key as the cells of a column; a key without one stands for itself."""
    return cells(words.get(str(key), itself(key)) for key in keys)


def labelled(frame: pd.DataFrame, **columns: Iterable[Any]) -> pd.DataFrame:
    """Return a table with columns of texts added or replaced."""
    return frame.assign(**{name: cells(texts) for name, texts in columns.items()})


def interval(
    kind: Kind, digits: int | None = None, *, sign: bool = False, keys: tuple[str, str] = ("low95", "high95")
) -> tuple[Column, Column]:
    """Columns of an interval's lower and upper end.

    Parameters
    ----------
    kind, digits, sign : as for `Column`
    keys : the two columns of the table
    """
    labels = Text("Low", "下限"), Text("High", "上限")
    low, high = (Column(key, label, kind, digits, sign) for key, label in zip(keys, labels, strict=True))
    return low, high
