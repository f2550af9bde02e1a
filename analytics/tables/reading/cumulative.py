"""Receipts that are cumulative since January, brought to single periods."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.tables.reading.checks import REASON


def differenced(typed: ir.Table) -> ir.Table:
    """Difference year-to-date receipts within every series and year.

    The first figure of a year covers all months since January: a joint January-February figure stays ONE period with
    months_covered = 2. A month that is missing lengthens the period that follows it. Rows set aside take no part.
    """
    series = [name for name in ("unique_id", "tax_item", "district") if name in typed.columns]
    good = typed.filter(typed[REASON].isnull())
    good = good.mutate(_year=good["ds"].year())
    window = ibis.window(group_by=[*series, "_year"], order_by="ds")
    before = good["y"].lag().over(window)
    month_before = good["ds"].month().lag().over(window)
    single = good.mutate(
        y=good["y"] - ibis.coalesce(before, ibis.literal(0.0)),
        months_covered=(good["ds"].month() - ibis.coalesce(month_before, ibis.literal(0))).cast("int64"),
    )
    names = [*typed.columns, *([] if "months_covered" in typed.columns else ["months_covered"])]
    aside = typed.filter(typed[REASON].notnull())
    if "months_covered" not in aside.columns:
        aside = aside.mutate(months_covered=ibis.null("int64"))
    return ibis.union(single.select(*names), aside.select(*names))
