"""One piece of the declarations: its lines with what alignment says of them, and its cells with their references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.valuation.alignment.pieces import Compared, aligned
from analytics.valuation.comparison.keys import alike, cell_keys, contrasted, stratified
from analytics.valuation.comparison.pieces.reading import Read
from analytics.valuation.comparison.pieces.sums import cells
from analytics.valuation.comparison.question import Question
from analytics.valuation.comparison.references import with_references

TOLD = ("shift", "doubt", "deviation", "spread")


@dataclass(frozen=True)
class Piece:
    """A piece of whole chapters, texts as categories.

    Attributes
    ----------
    lines : DataFrame, one row a line, as `Prepared` describes
    compared : DataFrame, one row a cell of `cell_keys` with its sums and references, in the order of the keys; None
        where the lines are not compared with each other
    """

    lines: pd.DataFrame
    compared: pd.DataFrame | None


def worked(read: Read, part: int, question: Question) -> Piece:
    """Align one piece of what was read, add it up and compare it."""
    columns, by, base = read.take(part), tuple(question.by), question.base_period
    compared = Compared(stratified(by, base), contrasted(by, base), alike(by, base))
    found = aligned(columns, compared, read.nameless, question.outlier_threshold)
    cell = None
    if compared.between and base is None:
        sums = _frame(cells(columns, found, cell_keys(by)), read)
        cell = with_references(sums, compared.between, question.reference)
    columns |= {name: getattr(found, name) for name in (*TOLD, "kind")}
    return Piece(_frame(columns, read), cell)


def _frame(columns: dict[str, np.ndarray], read: Read) -> pd.DataFrame:
    """Columns of codes and figures as a DataFrame that shares them, the month as its first day."""
    shown: dict[str, Any] = columns | {"month": read.day[columns["month"]]}
    for name, column in columns.items():
        if name in read.texts:
            shown[name] = pd.Categorical.from_codes(column, dtype=read.texts[name])
        elif isinstance(column, pa.Array):
            shown[name] = column.to_pandas()
    return pd.DataFrame(shown, copy=False)


def joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """One frame of those of all pieces, which are let go column by column."""
    parts = [dict(frame.items()) for frame in frames]
    columns = {str(name): _one([part.pop(name) for part in parts]) for name in list(parts[0])}
    return pd.DataFrame(columns, copy=False)


def _one(parts: list[pd.Series]) -> pd.Series:
    """One column; pieces that were read each on its own have categories of their own."""
    if parts[0].dtype == "category" and any(part.dtype != parts[0].dtype for part in parts):
        parts = [part.astype("str") for part in parts]
    return pd.concat(parts, ignore_index=True)
