"""How much of an enterprise's value is declared between related parties: one of the reasons why a price may differ."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.lines import imports

COLUMN = "related_party"


def related(declarations: Any) -> pd.DataFrame:
    """Share of each enterprise's value that is declared between related buyers and sellers.

    Parameters
    ----------
    declarations : tables.Table, Ibis table or DataFrame of the canonical table; None where they are not at hand

    Returns
    -------
    DataFrame: `enterprise`, `related` (of the value of lines that say it, either way; missing where none does); empty
    where no line of the table says it. A relation is no doubt by itself (WTO Valuation Agreement, article 1.2).
    """
    empty = pd.DataFrame({"enterprise": pd.Series(dtype=str), "related": pd.Series(dtype=float)})
    table = None if declarations is None else imports(declarations, (COLUMN,))
    if table is None or COLUMN not in table.columns or not table[COLUMN].type().is_boolean():
        return empty
    said = table.drop_null([COLUMN, "enterprise_id"])
    value = said.value.cast("float64")
    sums = said.group_by(enterprise=said.enterprise_id.cast("string")).agg(
        of=value.sum(), between=value.sum(where=said[COLUMN])
    )
    found = engine.fetch(sums)
    share = found["between"].fillna(0.0) / found["of"]
    return found[["enterprise"]].assign(related=share) if len(found) else empty
