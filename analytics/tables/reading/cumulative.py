"""Receipts that are cumulative since the start of a year, brought to single periods."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.tables.reading.checks import REASON


def differenced(typed: ir.Table, ends: int = 12) -> ir.Table:
    """Difference year-to-date receipts within every series and year; `ends` is the last month of a year.

    The first figure of a year covers all months since its start: a joint January-February figure stays ONE period with
    months_covered = 2. A month that is missing lengthens the period that follows it. Rows set aside take no part.
    """
    series = [name for name in ("unique_id", "tax_item", "district") if name in typed.columns]
    good = typed.filter(typed[REASON].isnull())
    month = good["ds"].month()
    later = (month > ends).cast("int64")
    good = good.mutate(_year=good["ds"].year() + later, _month=month + 12 - ends - 12 * later)
    window = ibis.window(group_by=[*series, "_year"], order_by="ds")
    before = good["y"].lag().over(window)
    month_before = good["_month"].lag().over(window)
    single = good.mutate(
        y=good["y"] - ibis.coalesce(before, ibis.literal(0.0)),
        months_covered=(good["_month"] - ibis.coalesce(month_before, ibis.literal(0))).cast("int64"),
    )
    names = [*typed.columns, *([] if "months_covered" in typed.columns else ["months_covered"])]
    aside = typed.filter(typed[REASON].notnull())
    if "months_covered" not in aside.columns:
        aside = aside.mutate(months_covered=ibis.null("int64"))
    return ibis.union(single.select(*names), aside.select(*names))
