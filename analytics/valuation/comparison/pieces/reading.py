"""Lines read as codes and figures in one pass, laid in pieces of whole chapters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow.compute as pc

from analytics.tables.engine import coded
from analytics.tables.engine import connection as engine
from analytics.valuation.alignment.stage import KINDS
from analytics.valuation.comparison.keys import PRODUCT_KEYS

_CODED = ("product", "district", "enterprise", "origin", "regime", "transport_mode", "unit", "like", "month")


@dataclass(frozen=True)
class Read:
    """What a pass read, and what its codes stand for.

    Attributes
    ----------
    parts : columns of each piece
    texts : by column the texts of its codes, in order
    day : first day of each month
    derived : by column what it is derived from, and its code for each code of that
    line : type of as few bytes as hold the numbers of lines
    """

    parts: coded.Read
    texts: dict[str, pd.CategoricalDtype]
    day: np.ndarray
    derived: dict[str, tuple[str, np.ndarray]]
    line: np.dtype

    @classmethod
    def of(cls, parts: coded.Read, length: str) -> Read:
        """Derive chapter, heading, subheading and period, of the few values that there are."""
        values = {name: found.to_pandas() for name, found in parts.distinct.items()}
        day = _first_day(values.pop("month").to_numpy())
        found = {name: ("product", values["product"].str[:digits]) for name, digits in PRODUCT_KEYS.items()}
        derived = {}
        for name, (source, texts) in {**found, "period": ("month", _periods(day, length))}.items():
            code, values[name] = pd.factorize(texts, sort=True)
            derived[name] = source, code.astype(coded.narrow(len(values[name])))
        values["kind"] = pd.Series(KINDS)
        kinds = {name: pd.CategoricalDtype(texts) for name, texts in values.items()}
        return cls(parts, kinds, day, derived, parts.fewest_bytes("line_no"))

    @property
    def nameless(self) -> int:
        """Code of lines without an enterprise, -1 where there are none."""
        names = self.texts["enterprise"].categories
        return 0 if len(names) and names[0] == "" else -1

    def take(self, part: int) -> dict[str, Any]:
        """Columns of a piece, those derived among them; it is let go, not kept."""
        columns = self.parts.take(part)
        columns |= {name: code[columns[source]] for name, (source, code) in self.derived.items()}
        columns["line_no"] = columns["line_no"].astype(self.line)
        # Arrow's logarithm is the engine's to the last digit; numpy's is not.
        return columns | {"log_price": pc.ln(columns["value"] / columns["quantity"]).to_numpy()}


def pieces(lines: ir.Table, chapters: pd.DataFrame, length: str) -> Iterator[tuple[Read, int]]:
    """Read all pieces in one pass, or each on its own where rows do not come as they are computed.

    Parameters
    ----------
    lines : as from `keyed`
    chapters : DataFrame chapter, lines, piece
    length : of a period

    Returns
    -------
    What was read, and the part of it that is the next piece.
    """
    month = (lines.month.year() * 12 + lines.month.month()).cast("int32").fill_null(0)
    wanted = lines.mutate(month=month).drop(*PRODUCT_KEYS, "log_price")
    piece_of = dict(zip(chapters["chapter"], chapters["piece"].tolist(), strict=True))
    sizes = chapters.groupby("piece")["lines"].sum().tolist()
    if engine.of(lines).streams:
        parts = coded.read(wanted, _CODED, sizes, "product", lambda product: piece_of[product[:2]])
        read = Read.of(parts, length)
        yield from ((read, part) for part in range(len(sizes)))
        return
    for at, size in enumerate(sizes):
        here = [chapter for chapter, piece in piece_of.items() if piece == at]
        yield Read.of(coded.read(wanted.filter(wanted["product"].substr(0, 2).isin(here)), _CODED, [size]), length), 0


def _first_day(month: np.ndarray) -> np.ndarray:
    """First day of months counted from the year 0; missing for 0."""
    day = (month - (1970 * 12 + 1)).astype("datetime64[M]").astype("datetime64[us]")
    return np.where(month > 0, day, np.datetime64("NaT"))


def _periods(day: np.ndarray, length: str) -> pd.Series:
    """Period of each month: itself, its quarter or year, or "all"."""
    months = pd.Series(day)
    if length == "all":
        return pd.Series("all", months.index)
    if length == "quarter":
        return months.dt.strftime("%Y-Q") + months.dt.quarter.astype("str")
    return months.dt.strftime("%Y" if length == "year" else "%Y-%m")
