"""What a head of section needs to start a query: the lines, what they were compared with, and the duty at stake."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import numpy as np
import pandas as pd

from analytics.tables.engine import connection as engine
from analytics.valuation.level.levels import MATCHED
from analytics.valuation.level.price_level import PriceLevel
from analytics.valuation.regression.fixed_effects import contrasted

LINE_COLUMNS = [
    "key", "declaration_id", "line_no", "enterprise", "product", "unit", "origin", "month",
    "quantity", "unit_value", "reference", "compared_lines", "tax", "relative",
    "duty_at_stake", "duty_low", "duty_high",
]  # fmt: skip


def lines(level: PriceLevel, keys: Sequence[str], share: float = 0.9) -> pd.DataFrame:
    """Lines to verify in some cells: those that pull away from one, the largest pull first, up to a share of it.

    Parameters
    ----------
    level : PriceLevel
    keys : cells, as in column `key`
    share : float
        Lines are listed until this share of the cell's gross pull is explained.

    Returns
    -------
    DataFrame: `key`, `declaration_id`, `line_no`, `enterprise`, `product`, `unit`, `origin`, `month`, `quantity`,
    `unit_value`, `reference` (price a unit of the compared lines), `compared_lines`, `relative`, `tax`, `duty_at_stake`
    with `duty_low` and `duty_high` (95 %, from the spread of the product's unit values; zero for prices above one).
    """
    chosen = level.levels[level.levels["key"].isin(list(keys))]
    if chosen.empty:
        return pd.DataFrame(columns=LINE_COLUMNS).astype(dict.fromkeys(LINE_COLUMNS[8:], "float64"))
    found = _with_reference(level, chosen)
    off = np.log(found["unit_value"] / found["reference"])
    direction = np.where(found["level"] < 1, -1.0, 1.0)
    found["relative"] = np.exp(off)
    found["pull"] = ((found["tax"] - found["tax"] / found["relative"]) * direction).clip(lower=0)
    found = found[found["pull"] > 0].sort_values(
        ["key", "pull", "declaration_id", "line_no"], ascending=[True, False, True, True]
    )
    before = found.groupby("key")["pull"].cumsum() - found["pull"]
    found = found[before < share * found.groupby("key")["pull"].transform("sum")]
    # The reference of a single line is known within the spread of the unit values that it is compared with.
    error = 1.96 * found["spread"] / np.sqrt(found["compared_lines"].clip(lower=1))
    gap = -np.log(found["relative"])
    for name, log in (("duty_at_stake", gap), ("duty_low", gap - error), ("duty_high", gap + error)):
        found[name] = (found["tax"] * np.expm1(log)).clip(lower=0)
    return found[LINE_COLUMNS].reset_index(drop=True)


def _with_reference(level: PriceLevel, chosen: pd.DataFrame) -> pd.DataFrame:
    by = list(level.by)
    kept = level.prepared.kept
    wanted = engine.load_frame(chosen[by].astype("str"))
    part = engine.fetch(kept.semi_join(wanted, by).drop("heading", "subheading", "regime", "transport_mode"))
    cell = [c for c in ("product", "unit", "origin", "month") if c in level.compared.columns]
    group = [c for c in by if c not in cell and c in part.columns]
    usable = level.compared[level.compared["rung"].isin(MATCHED)]
    reference = usable.drop_duplicates([*cell, *group])[[*cell, *group, "reference"]]
    alike = [c for c in cell if c not in contrasted(level.by, level.base_period)]
    partition = level.compared.groupby(alike)["lines"].sum().rename("all_lines").reset_index()
    own = level.compared.groupby([*cell, *group])["lines"].sum().rename("own_lines").reset_index()
    found = part.merge(reference, on=[*cell, *group]).merge(partition, on=alike).merge(own, on=[*cell, *group])
    found = found.merge(chosen[[*by, "key", "level"]], on=by)
    found["compared_lines"] = (found["all_lines"] - found["own_lines"]).clip(lower=1)
    found["unit_value"] = found["value"] / found["quantity"]
    columns = ["key", "declaration_id", "line_no", "enterprise", "product", "unit", "origin", "month", "quantity"]
    columns += ["unit_value", "reference", "compared_lines", "tax_weight", "level", "spread"]
    return found[columns].rename(columns={"tax_weight": "tax"})


def outliers(level: PriceLevel, rows: int | None = None) -> pd.DataFrame:
    """Lines set apart by the robust filter, the most extreme first: clerical errors apart from extreme prices.

    An extreme undervaluation looks like a slip of the pen too: the list is for a human to read.
    """
    table = level.prepared.lines.filter(level.prepared.lines.kind != "")
    columns = ["kind", "declaration_id", "line_no", "district", "enterprise", "product", "unit", "origin", "month"]
    table = table.select(
        *columns, "quantity", "net_mass_kg", "value", unit_value=table.value / table.quantity,
        median=(table.log_price - table.deviation).exp(), spreads=table.deviation / table.spread,
    ).order_by(ibis.desc(ibis._.spreads.abs()), "declaration_id", "line_no")  # fmt: skip
    return engine.fetch(table.limit(rows) if rows else table)
