"""Amounts in several currencies are nobody's sum: every pillar that adds values up asks here first."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pandas as pd

from analytics.tables.engine import connection as engine


def stated(table: ir.Table | pd.DataFrame) -> pd.Series:
    """Lines of each currency stated, the most frequent first; empty where none is."""
    if "currency" not in table.columns:
        return pd.Series(dtype="int64")
    if isinstance(table, pd.DataFrame):
        return table["currency"].dropna().value_counts()
    counts = table.group_by("currency").agg(lines=table.count()).order_by(ibis.desc("lines"))
    return engine.fetch(counts).dropna(subset="currency").set_index("currency")["lines"]


def mixed(table: ir.Table | pd.DataFrame) -> str | None:
    """Say that values stand in several currencies, and what to do; None where they do not."""
    return several(stated(table))


def several(found: pd.Series) -> str | None:
    """Say the same of the lines of each currency."""
    if len(found) < 2:
        return None
    listed = ", ".join(f"{name} ({lines:,} lines)" for name, lines in found.items())
    return (
        f"column currency: values in {len(found)} currencies: {listed}. Convert them to one at the customs rate, or "
        "leave the others out in the column map."
    )
