"""Panels from declaration lines: months and cells are summed on the engine, only sums reach pandas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from analytics.early_warning.detector.pace import PACES, Pace
from analytics.early_warning.panels.panel import (
    DIMENSIONS,
    MEASURES,
    Coverage,
    Panel,
    WarningDataError,
    empty_months,
    grid_of,
    joined,
)
from analytics.language import Text
from analytics.tables import Table, as_ibis
from analytics.tables.currency import mixed
from analytics.tables.engine import connection as engine

UNSAID = "-"
"""Stands for a part of a series' name that the declarations leave empty: such lines are watched as a series too."""

_RECENT = 12  # months
_UNFINISHED = 0.5
"""A last month or week with fewer than this share of the usual lines is not yet complete."""

_ENDS = {"month": 5, "week": 2}
_EARLIEST = 0.1
_SLACK = {"month": 2, "week": 0}
"""Nor is one whose last day lies so many days before that of nine of ten in the year before."""


def columns_needed(by: Sequence[str], carrier: str | None = None) -> list[str]:
    """Columns of the declarations that a panel needs."""
    own = {column_of(d) for d in (*by, *([carrier] if carrier else []))}
    return sorted(own | {"date", "hs_code", "value"})


def column_of(dimension: str) -> str:
    """Column of the declarations behind a dimension."""
    return {"product": "hs_code", "chapter": "hs_code", "enterprise": "enterprise_id"}.get(dimension, dimension)


def from_declarations(
    declarations: Any,
    *,
    by: Sequence[str] = ("product", "origin"),
    measures: Sequence[str] = ("unit_value", "value"),
    product_digits: int = 6,
    least_months: int = 24,
    period: str = "month",
) -> tuple[list[Panel], Coverage]:
    """Sum declaration lines into monthly or weekly series.

    Parameters
    ----------
    declarations : tables.Table, Ibis table or DataFrame of the canonical table
    by : dimensions whose crossings are the series
    measures : keys of MEASURES, one panel each
    product_digits : digits of the HS code that make a product; 0 for all
    least_months : a series seen in fewer months, or not in the last twelve, is not watched; of weeks as many years
    period : "month" or "week" (Monday to Sunday)

    Returns
    -------
    (panels, coverage)

    Raises
    ------
    WarningDataError
        For an unknown dimension or measure, missing columns, too few months or no series to watch.
    """
    pace = PACES[period]
    monthly = sums_by_step(declarations, by, product_digits, period)
    monthly, unfinished = _finished(monthly, pace)
    grid = grid_of(monthly["month"], period)
    key = pd.Series(joined(monthly[list(by)]))
    seen = key.groupby(key).transform("size").to_numpy()
    recent = (monthly["month"] > grid[-1] - pd.DateOffset(months=_RECENT)).to_numpy()
    alive = set(key[recent])
    kept = (seen >= least_months * pace.steps / 12) & key.isin(alive).to_numpy()
    coverage = Coverage(
        series=key.nunique(),
        watched=key[kept].nunique(),
        share=float(monthly["value"][kept].sum() / monthly["value"].sum()),
        unfinished=unfinished,
        ended=key.nunique() - len(alive),
        empty=empty_months(grid, monthly["month"]),
    )
    if not coverage.watched:
        raise WarningDataError(
            f"None of {coverage.series:,} series ({', '.join(by)}) was seen in {least_months} months and in the last "
            "twelve. Choose a coarser breakdown or a smaller least_months."
        )
    return [_panel(monthly[kept], by, measure, grid, pace) for measure in measures], coverage


def sums_by_step(declarations: Any, by: Sequence[str], product_digits: int, period: str) -> pd.DataFrame:
    """Value, quantity and lines by step and cell: columns month (its first day), value, quantity, lines, dimensions."""
    wanted = (*columns_needed(by), "quantity", "net_mass_kg", "direction")
    table = usable(as_ibis(declarations, wanted))
    keyed = with_dimensions(table, by, product_digits, period)
    sums = keyed.group_by(["month", *by]).aggregate(
        value=keyed["value"].sum(), quantity=keyed["weight"].sum(), lines=keyed.count(), last=keyed["date"].max()
    )
    frame = engine.fetch(sums.order_by(["month", *by]))
    for column in ("month", "last"):
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[ns]")
    return frame


def usable(source: Any, *, first: str | None = None, last: str | None = None) -> Any:
    """Set aside what is not watched: other than imports, lines without a value, months outside the span.

    Parameters
    ----------
    source : declarations or receipts: a tables.Table, whose row accounting is extended; or Ibis table or DataFrame
    first, last : first and last month ("2024-01"); all by default
    """
    kept = source if isinstance(source, Table) else as_ibis(source)
    day = "date" if "date" in kept.columns else "ds"
    rules: list[tuple[Callable[[ir.Table], ir.BooleanValue], Text]] = []
    if "value" in kept.columns:
        rules.append((is_import, Text("not an import", "非进口")))
        rules.append((lambda t: (t["value"] > 0).fill_null(False), Text("no positive value", "货值非正")))
    if first is not None:
        start = pd.Timestamp(first).date()
        rules.append((lambda t: t[day].cast("date") >= start, Text(f"before {first}", f"早于{first}")))
    if last is not None:
        stop = (pd.Timestamp(last) + pd.offsets.MonthEnd(0)).date()
        rules.append((lambda t: t[day].cast("date") <= stop, Text(f"after {last}", f"晚于{last}")))
    for rule, reason in rules:
        kept = kept.keep(rule, reason) if isinstance(kept, Table) else kept.filter(rule(kept))
    if (said := mixed(as_ibis(kept))) is not None:
        raise WarningDataError(said)
    return kept


def is_import(table: ir.Table) -> ir.BooleanValue:
    """Whether a line is an import; where no direction is given, it is."""
    if "direction" not in table.columns:
        return ibis.literal(True)
    return table["direction"].fill_null("").lower().isin(["import", "i", "进口", ""])


def with_dimensions(table: ir.Table, by: Sequence[str], product_digits: int, period: str = "month") -> ir.Table:
    """Add month (the first day of the month or week), weight and the dimensions.

    Raises
    ------
    WarningDataError
        For a dimension that is not known or a column that the declarations do not hold.
    """
    for dimension in by:
        if dimension not in DIMENSIONS or column_of(dimension) not in table.columns:
            raise WarningDataError(
                f'"{dimension}" cannot be watched: the declarations hold {", ".join(table.columns)}. '
                f"Dimensions: {', '.join(list(DIMENSIONS)[:6])}."
            )
    digits = {"product": product_digits, "chapter": 2}
    made = {d: table["hs_code"].substr(0, digits[d]) if digits.get(d) else table[column_of(d)] for d in by}
    made = {d: column.fill_null(UNSAID) for d, column in made.items()}
    weights = [table[c] for c in ("net_mass_kg", "quantity") if c in table.columns]
    weight = ibis.coalesce(*weights) if weights else ibis.literal(None).cast("float64")
    day = table["date"].cast("timestamp").truncate("M" if period == "month" else "W").cast("date")
    return table.mutate(month=day, weight=weight, **made)


def _finished(monthly: pd.DataFrame, pace: Pace) -> tuple[pd.DataFrame, pd.Timestamp | None]:
    """Leave out a last month or week that is not yet complete: too few lines, or it ends earlier than others do."""
    steps = monthly.groupby("month").agg(lines=("lines", "sum"), last=("last", "max"))
    if len(steps) <= pace.steps:
        return monthly, None
    end, past = steps.iloc[-1], steps.iloc[-1 - pace.steps : -1]
    held = (steps["last"] - steps.index).dt.days
    usual = held.iloc[-1 - pace.steps : -1].quantile(_EARLIEST) - _SLACK[pace.name]
    if end["lines"] < _UNFINISHED * past["lines"].median() or held.iloc[-1] < usual:
        last = steps.index[-1]
        return monthly[monthly["month"] < last].reset_index(drop=True), last
    return monthly, None


def ends_early(sums: pd.DataFrame, step: pd.Timestamp, pace: Pace) -> bool:
    """Whether a step's lines end before it does: by more than two days of a week, five of a month."""
    end = pace.after(step) - pd.Timedelta(days=1)
    last = sums.loc[sums["month"] == step, "last"].max()
    return bool((end - last).days > _ENDS[pace.name])


def _panel(monthly: pd.DataFrame, by: Sequence[str], measure: str, grid: pd.DatetimeIndex, pace: Pace) -> Panel:
    if measure not in MEASURES or measure == "receipts":
        raise WarningDataError(f'"{measure}" is no measure of declarations: value, quantity, unit_value, lines.')
    codes, first = np.unique(joined(monthly[list(by)]).astype(str), return_inverse=True)
    row = grid.get_indexer(pd.DatetimeIndex(monthly["month"]))
    value, quantity, lines = (np.zeros((len(grid), len(codes))) for _ in range(3))
    for made, column in ((value, "value"), (quantity, "quantity"), (lines, "lines")):
        made[row, first] = monthly[column].fillna(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        unit_value = np.where(quantity > 0, value / quantity, np.nan)
    figures = {"value": value, "quantity": quantity, "unit_value": unit_value, "lines": lines}[measure]
    names = monthly.groupby(first)[list(by)].first().reset_index(drop=True)
    return Panel(measure, names, figures, grid, value[-pace.steps :].sum(axis=0), period=pace.name)
