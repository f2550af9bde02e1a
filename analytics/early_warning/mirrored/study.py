"""The mirror as the watch uses it: gaps of the span, gaps that widened, and the gap against the tax rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from analytics import mirror
from analytics.early_warning.alarms.telling import tell
from analytics.early_warning.alarms.watched import watch_panel
from analytics.early_warning.panels.from_declarations import UNSAID, with_dimensions
from analytics.early_warning.panels.panel import LEAST_WATCH, Panel, WarningDataError
from analytics.language import NO_CURRENCY
from analytics.shown import Shown
from analytics.tables import as_ibis
from analytics.tables.engine import connection as engine

_SIDE = ("date", "hs_code", "origin", "district", "value", "net_mass_kg", "quantity", "duty_rate")


@dataclass(frozen=True)
class MirrorQuestion:
    """Settings of a mirror.

    Attributes
    ----------
    importer : name of the country whose declarations these are; "" where the column district names it
    product_digits : digits of the HS code on which both sides agree, usually six
    span_months : last months whose gaps are summed
    share_false : share of chance among the shortfalls told that is allowed
    least_value : cells smaller on both sides are not judged
    quiet_years : years in which a quiet cell's gap is told once
    told_months : last months whose widened gaps are told
    currency : unit of the amounts of both sides; "XXX" where none is stated
    """

    importer: str = ""
    product_digits: int = 6
    span_months: int = 24
    share_false: float = 0.15
    least_value: float = 0.0
    quiet_years: float = 20.0
    told_months: int = 12
    currency: str = NO_CURRENCY

    @classmethod
    def of(cls, namespace: Mapping[str, Any]) -> MirrorQuestion:
        """Take the settings out of a notebook's `globals()`."""
        return cls(**{f.name: namespace[f.name] for f in fields(cls) if namespace.get(f.name) is not None})


@dataclass(frozen=True, repr=False)
class MirrorFindings(Shown):
    """What the mirror shows.

    Attributes
    ----------
    question : what was asked
    gaps : gaps of the span
    months : first and last month compared
    widened : alarms of cells whose imports fell against the mirror, as from `telling.tell`; None where the data are too
        short to watch
    elasticity : of the gap to the tax rate; None without rates
    prices : reference prices, as from `mirror.reference_prices`
    levels : price level of each importer, as from `mirror.price_levels`
    currency : unit of the amounts
    """

    question: MirrorQuestion
    gaps: mirror.Gaps
    months: tuple[pd.Timestamp, pd.Timestamp]
    widened: pd.DataFrame | None
    elasticity: mirror.Elasticity | None
    prices: pd.DataFrame
    levels: pd.DataFrame
    currency: str = NO_CURRENCY

    @property
    def said(self) -> str:
        """The result in one line."""
        return f"{self.months[0]:%Y-%m} to {self.months[1]:%Y-%m}: {self.gaps.said}"

    def summary(self) -> pd.DataFrame:
        """Cells and values by status."""
        return self.gaps.summary()

    def of_status(self, status: str) -> pd.DataFrame:
        """Cells of a status, the largest missing value first."""
        cells = self.gaps.cells[self.gaps.cells["status"] == status]
        return cells.sort_values(["missing_value", "imports"], ascending=False, kind="stable", ignore_index=True)


def study_mirror(imports: Any, exports: Any, question: MirrorQuestion) -> MirrorFindings:
    """Compare own imports with what partners report.

    Parameters
    ----------
    imports : declarations of imports: district (or `question.importer`), origin, hs_code, value
    exports : the partners' exports in the same canonical columns: origin reports, district receives
    question : settings

    Raises
    ------
    mirror.MirrorError
        When the sides cannot be compared.
    WarningDataError
        For missing columns.
    """
    own, rates = _side(imports, question, named=bool(question.importer))
    theirs, _ = _side(exports, question, named=False)
    if question.importer:
        theirs = theirs[theirs["importer"] == question.importer]
    both = mirror.matched(own, theirs)
    start = both.months[-1] - pd.DateOffset(months=question.span_months - 1)
    span = both.since(start)
    found = mirror.gaps(span, share_false=question.share_false, least_value=question.least_value)
    return MirrorFindings(
        question,
        found,
        (span.months[0], span.months[-1]),
        _widened(both, found, question),
        _elasticity(found, rates),
        mirror.reference_prices(mirror.lagged(span, found.lag), found),
        mirror.price_levels(found),
        question.currency,
    )


def _side(source: Any, question: MirrorQuestion, *, named: bool) -> tuple[pd.DataFrame, pd.Series | None]:
    """Monthly flows of one side, and mean tax rates by good where they are given."""
    table = as_ibis(source, _SIDE)
    by = ["product", "origin"] if named else ["product", "origin", "district"]
    lacking = [c for c in ("date", "hs_code", "value", *by[1:]) if c not in table.columns]
    if lacking:
        raise WarningDataError(
            f"The mirror needs the column {', '.join(lacking)}; found {', '.join(table.columns)}. "
            "Map it in a column map, or name the importer in the parameter importer."
        )
    keyed = with_dimensions(table.filter((table["value"] > 0).fill_null(False)), by, question.product_digits)
    what = {"value": keyed["value"].sum(), "weight": keyed["weight"].sum()}
    if "duty_rate" in keyed.columns:
        what["rate"] = (keyed["duty_rate"] * keyed["value"]).sum()
    frame = engine.fetch(keyed.group_by(["month", *by]).aggregate(**what))
    names = {"product": "good", "origin": "exporter", "district": "importer"}
    frame = frame.rename(columns=names).assign(**({"importer": question.importer} if named else {}))
    frame = frame[(frame["exporter"] != UNSAID) & (frame["importer"] != UNSAID)]
    if "rate" not in frame or not frame["rate"].notna().any():
        return frame, None
    sums = frame.groupby("good")[["rate", "value"]].sum()
    return frame, sums["rate"] / sums["value"]


def _widened(both: mirror.Both, found: mirror.Gaps, question: MirrorQuestion) -> pd.DataFrame | None:
    """Cells whose imports fell against what partners sent, told by the watch."""
    arriving = mirror.lagged(both, found.lag)
    if len(arriving.months) < LEAST_WATCH + question.told_months:
        return None
    ratio = arriving.imports / arriving.exports
    enough = (np.isfinite(ratio).sum(axis=0) >= 24) & np.isfinite(ratio[-12:]).any(axis=0)
    if not enough.any():
        return None
    names = arriving.cells.loc[enough, ["good", "exporter", "importer"]].reset_index(drop=True)
    worth = np.nansum(arriving.exports[-12:, enough], axis=0)
    large = worth >= question.least_value
    panel = Panel(
        "mirror", names[large].reset_index(drop=True), ratio[:, enough][:, large], arriving.months, worth[large]
    )
    watched, _ = watch_panel(panel, rate=1 / (12 * question.quiet_years), told_months=question.told_months,
                             use_lunar=False)  # fmt: skip
    told = tell(watched)
    fell = told[(told["size"] < 0) & told["opened"] & (told["kind"] != "silence")]
    return fell.reset_index(drop=True)


def _elasticity(found: mirror.Gaps, rates: pd.Series | None) -> mirror.Elasticity | None:
    if rates is None:
        return None
    cells = found.cells[~found.cells["status"].isin(["transit", "unit", "thin"])]
    try:
        return mirror.elasticity(cells, cells["good"].map(rates))
    except mirror.MirrorError:
        return None
