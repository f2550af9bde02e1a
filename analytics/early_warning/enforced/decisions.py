"""Decisions of customs, one row a declaration: who decided what, on which goods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from analytics.early_warning.panels.panel import WarningDataError
from analytics.language import Text
from analytics.tables import as_ibis
from analytics.tables.engine import connection as engine

DECISIONS: Final = {
    "examined": Text("goods examined", "实施查验"),
    "documents": Text("papers looked at, of those not examined", "单证审核（未查验者）"),
    "same_day": Text("released on the day of acceptance", "当日放行"),
    "found": Text("a finding, of those examined", "查验有效（已查验者）"),
    "value": Text("value changed, of those examined", "调整价格（已查验者）"),
    "code": Text("code changed, of those examined", "改归类（已查验者）"),
    "origin": Text("origin changed, of those examined", "改原产地（已查验者）"),
}
"""Decisions that can be compared; each is missing where the data do not hold its columns."""

UNITS: Final = {
    "district": Text("district", "关区"),
    "port": Text("port", "口岸"),
    "officer_id": Text("officer", "关员"),
}
"""Who decides."""

_WANTED = (
    "declaration_id", "date", "district", "port", "officer_id", "direction", "transport_mode", "hs_code", "value",
    "regime", "enterprise_id", "inspected", "finding", "lane", "accepted_at", "released_at", "confirmed_value",
    "confirmed_hs_code", "confirmed_origin", "origin", "selection_stream", "selection_probability",
)  # fmt: skip
_NEEDED = ("declaration_id", "date", "hs_code")
BANDS: Final = (0.5, 0.8, 0.9, 0.95, 0.99)
"""Shares of the declarations below the edges of the bands of risk."""

_CHANGED = 0.01
"""A confirmed value within this share of the declared one is the declared one."""


def decisions(declarations: Any, product_digits: int) -> pd.DataFrame:
    """One row a declaration with its decisions.

    Parameters
    ----------
    declarations : tables.Table, Ibis table or DataFrame
    product_digits : digits of the code of the line of the largest value that make `goods`

    Returns
    -------
    DataFrame with declaration_id, date, goods, regime, direction, mode, way (lane), unit columns of UNITS, enterprise,
    stream, chance (of selection), risk (its band, "" where no chance is recorded), and a column for each key of
    DECISIONS: 1, 0 or missing (not known, or not asked).

    Raises
    ------
    WarningDataError
        For columns without which nothing can be compared.
    """
    table = as_ibis(declarations, _WANTED)
    have = set(table.columns)
    lacking = [c for c in _NEEDED if c not in have]
    if lacking or not have & set(UNITS):
        missing = ", ".join(lacking or ["district, port or officer_id"])
        raise WarningDataError(
            f"Enforcement is evaluated on the columns {', '.join(_NEEDED)} and district, port or officer_id; missing: "
            f"{missing}. Map them in a column map."
        )
    frame = engine.fetch(_one_row(table, have, product_digits).order_by("declaration_id"))
    for column in ("goods", "regime", "direction", "mode", "way", *UNITS, "enterprise", "stream"):
        frame[column] = frame[column].fillna("").astype(str)
    return _decided(frame)


def _one_row(t: ir.Table, have: set[str], digits: int) -> ir.Table:
    text, number, flag = ibis.null("string"), ibis.null("float64"), ibis.null("boolean")
    value = t.value.fill_null(0.0) if "value" in have else ibis.literal(1.0)
    largest = t.hs_code.argmax(value)

    def first(column: str) -> Any:
        return t[column].cast("string").min() if column in have else text

    def changed(confirmed: str, declared: str) -> Any:
        if not {confirmed, declared} <= have:
            return number
        if confirmed == "confirmed_value":
            differs = (t[confirmed] / t[declared].nullif(0) - 1).abs() > _CHANGED
        else:
            differs = t[confirmed] != t[declared]
        return differs.cast("float64").max()  # missing where nothing was confirmed

    both = {"accepted_at", "released_at"} <= have
    kept = {
        "date": t.date.min(),
        "goods": largest.substr(0, digits) if digits else largest,
        **{name: first(name) for name in (*UNITS, "regime", "direction")},
        "mode": first("transport_mode"), "enterprise": first("enterprise_id"), "way": first("lane"),
        "stream": first("selection_stream"),
        "chance": t.selection_probability.max() if "selection_probability" in have else number,
        "looked": t.inspected.fill_null(False).any() if "inspected" in have else flag,
        "finding": t.finding.cast("float64").max() if "finding" in have else number,
        "accepted": t.accepted_at.min() if both else ibis.null("timestamp"),
        "released": ibis.ifelse(t.released_at.count() == t.count(), t.released_at.max(), None) if both
        else ibis.null("timestamp"),
        "value": changed("confirmed_value", "value"), "code": changed("confirmed_hs_code", "hs_code"),
        "origin": changed("confirmed_origin", "origin"),
    }  # fmt: skip
    return t.group_by("declaration_id").aggregate(**kept)


def _decided(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn what was recorded into decisions: 1, 0, or missing where not asked or not known."""
    looked = frame["looked"].astype("boolean")
    by_lane = (frame["way"] == "examine").astype("boolean")
    looked = looked.fillna(by_lane) if (frame["way"] != "").any() else looked
    frame["examined"] = looked.astype("Float64").astype(float)
    lanes = (frame["way"] != "").any()
    papers = (frame["way"] == "documents").astype(float).where((frame["examined"] == 0) & (frame["way"] != ""))
    frame["documents"] = papers if lanes else np.nan
    timed = frame["accepted"].notna()
    day = frame["released"].dt.normalize() == frame["accepted"].dt.normalize()
    frame["same_day"] = day.astype(float).where(timed)
    frame["found"] = frame["finding"].where(frame["examined"] == 1)
    for name in ("value", "code", "origin"):
        frame[name] = frame[name].astype(float).where(frame["examined"] == 1)
    frame["risk"] = bands(frame["chance"])
    return frame.drop(columns=["looked", "finding", "accepted", "released"])


def bands(chance: pd.Series) -> pd.Series:
    """Bands of the chance of selection, finer where it is high: "0" (the lower half) to "5"; "" where not recorded."""
    if not chance.notna().any():
        return pd.Series("", index=chance.index)
    edges = np.unique(chance.quantile(BANDS).to_numpy())
    band = np.searchsorted(edges, chance.to_numpy(float), side="right")
    return pd.Series(band.astype(str), index=chance.index).where(chance.notna(), "")


def held(rows: pd.DataFrame) -> list[str]:
    """Decisions of which the data hold at least one of either kind."""
    return [name for name in DECISIONS if rows[name].nunique() == 2]


def units(rows: pd.DataFrame) -> list[str]:
    """Kinds of deciders of which the data name at least two."""
    return [name for name in UNITS if rows.loc[rows[name] != "", name].nunique() >= 2]


def strata(decision: str, unit: str, alike: Sequence[str]) -> list[str]:
    """What makes two declarations alike for a decision: goods and the like; officers are compared within their port.

    A release is compared among declarations that went the same way: an examination takes its time everywhere.
    """
    own = [c for c in alike if c in ("goods", "direction", "mode", "regime", "risk")]
    return [*own, *(["way"] if decision == "same_day" else []), *(["port"] if unit == "officer_id" else [])]
