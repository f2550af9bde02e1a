"""What moved the forecast within the year, and where its error came from once the year is over."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.briefing import Column, Listing, Section, labelled
from analytics.language import Text, told
from analytics.tax_forecast.page.words import amounts, column_unit, item, months, origin_text, share
from analytics.tax_forecast.year.result import YearForecast
from analytics.tax_forecast.year.vintages import error_sources
from analytics.tax_forecast.year.vintages import revisions as revised


def revisions(year: YearForecast) -> Section | None:
    """Forecasts of this year at its earlier origins, and what moved them; None at the first origin."""
    table = revised(year)
    if len(table) < 2:
        return None
    first, last = float(table["forecast"].iloc[0]), float(table["forecast"].iloc[-1])
    finding = told(
        "Since {since} the forecast has moved {way} by {moved} ({part})",
        "自{since}以来，预测{way}{moved}（{part}）",
        since=origin_text(year, int(table["months_known"].iloc[0])),
        way=Text("up", "上调") if last >= first else Text("down", "下调"),
        moved=amounts(abs(last - first), year.unit),
        part=share(abs(last - first) / first),
    )
    causes = (
        ("change", Text("Change", "变动")),
        ("new_actuals", Text("New actuals", "新入库数据")),
        ("assumptions", Text("Assumptions", "假设")),
        ("model", Text("Open months", "剩余月份重估")),
    )
    columns = (
        Column("origin", Text("Data to", "数据截至")),
        Column("forecast", Text("Forecast", "预测"), "money", unit=column_unit(year)),
        *(Column(key, label, "money", sign=True, tone=True, unit=column_unit(year)) for key, label in causes),
    )
    caption = Text("What moved the forecast from one origin to the next", "各时点预测变动及原因")
    shown = labelled(table, origin=(origin_text(year, int(k)) for k in table["months_known"]))
    return Section(finding, Text("Revisions", "变动"), (Listing("revisions", caption, shown, columns),))


def sources(year: YearForecast) -> Section | None:
    """Periods and parts that carry the error of a judged year; None while it is open."""
    if not year.judged:
        return None
    table = error_sources(year)
    caption = Text("Forecast against receipts after the origin", "预测时点之后的预测与实绩")
    columns = (
        Column("label", Text("Month or item", "月份或税种")),
        Column("forecast", Text("Forecast", "预测"), "money", unit=column_unit(year)),
        Column("actual", Text("Received", "实绩"), "money", unit=column_unit(year)),
        Column("error", Text("Error", "误差"), "money", sign=True, unit=column_unit(year)),
    )
    labels = [_label(year, str(kind), str(name)) for kind, name in zip(table["kind"], table["name"], strict=True)]
    listing = Listing("error_sources", caption, labelled(table, label=labels), columns)
    return Section(_finding(year, table), Text("Error", "误差来源"), (listing,))


def _label(year: YearForecast, kind: str, name: str) -> Text:
    return months(year.panel.total.month(year.year, int(name))) if kind == "period" else item(name)


def _finding(year: YearForecast, table: pd.DataFrame) -> Text:
    """Name the period and the part that carry most of the error."""
    worst = {}
    for kind, group in table.groupby("kind"):
        row = group.iloc[int(np.argmax(group["error"].abs()))]
        worst[kind] = {
            "name": _label(year, str(kind), str(row["name"])),
            "size": amounts(float(row["error"]), year.unit, sign=True),
        }
    text = told("The largest error is in {name} ({size})", "误差最大的月份是{name}（{size}）", **worst["period"])
    if "part" not in worst:
        return text
    en, zh = "{text}; by item, in {name} ({size})", "{text}；分税种看，主要在{name}（{size}）"
    return told(en, zh, text=text, **worst["part"])
