"""What is on record of a year: the news of every month against the profile lodged before it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.briefing import Column, Listing, Points, Section, labelled
from analytics.language import Text, joined, told
from analytics.tax_forecast.lodged.keeping import OnRecord
from analytics.tax_forecast.lodged.news import NEWS
from analytics.tax_forecast.page.words import column_unit, figure, item, months, share
from analytics.tax_forecast.year.result import YearForecast


def lodged(year: YearForecast, kept: OnRecord | None) -> Section | Points | None:
    """Months that came in against the lodged profile, and whether this forecast is on record; None without a record."""
    if kept is None:
        return None
    if not len(kept.news):
        return Points(Text("On record", "存档"), (_standing(kept),))
    table = kept.news
    columns = (
        Column("month", Text("Month", "月份")),
        Column("profile", Text("Profile from data to", "所对照的预测")),
        Column("expected", Text("Expected", "预期"), "money", unit=column_unit(year)),
        Column("received", Text("Received", "实绩"), "money", unit=column_unit(year)),
        Column("deviations", Text("Standard deviations", "标准差倍数"), "number", digits=1, sign=True),
        Column("worth", Text("Worth, of the year", "占全年"), "percent", digits=1, sign=True),
        Column("carried_by", Text("Carried by", "主要项目")),
    )
    shown = labelled(
        table,
        month=(_month(p) for p in table["period"]),
        profile=(_month(p) for p in table["as_of"]),
        carried_by=(item(str(name)) for name in table["carried_by"]),
    )
    caption = Text("Months against the profile lodged before them", "各月实绩与事前存档预测对照")
    note = told(
        "News: beyond {limit} standard deviations of the profile, one month of five by chance. {standing}",
        "超出存档预测{limit}个标准差的月份列为异动（随机情况下约五分之一）。{standing}",
        limit=figure(NEWS, 2),
        standing=_standing(kept),
    )
    return Section(_finding(table), Text("On record", "存档"), (Listing("news", caption, shown, columns, note),))


def sentence(row: pd.Series) -> Text:
    """Say a month: "March 2025 was 1.8 standard deviations above the profile, worth +0.6 % of the year; import VAT"."""
    size, worth = float(row["deviations"]), float(row["worth"])
    by = told("; {name}", "；主要是{name}", name=item(str(row["carried_by"]))) if row["carried_by"] else Text("", "")
    said = {"month": _month(row["period"]), "worth": share(worth, sign=True), "by": by}
    if not np.isfinite(size):
        en = "{month} brought nothing that can be measured against the profile, worth {worth} of the year{by}"
        return told(en, "{month}实绩无法与存档预测比较，占全年{worth}{by}", **said)
    return told(
        "{month} was {size} standard deviations {side} the profile, worth {worth} of the year{by}",
        "{month}{side}存档预测{size}个标准差，占全年{worth}{by}",
        size=figure(abs(size), 1),
        side=Text("above", "高于") if size >= 0 else Text("below", "低于"),
        **said,
    )


def _finding(table: pd.DataFrame) -> Text:
    told_of = table[table["news"].astype(bool)]
    if not len(told_of):
        return told(
            "None of {count} months since the profile was lodged is news",
            "存档以来{count}个月均未见异动",
            count=len(table),
        )
    worst = told_of.iloc[int(np.argmax(told_of["worth"].abs()))]
    more = len(told_of) - 1
    also = told(" (and {more} more)", "（另有{more}个月）", more=more) if more else Text("", "")
    return joined([sentence(worst), also], "", "")


def _standing(kept: OnRecord) -> Text:
    before = kept.profiles
    earlier = told(" Earlier profiles of this year on record: {count}.", "本年此前存档预测{count}份。", count=before)
    if kept.other:
        own = Text(
            "Another forecast from this month is on record already and stays: the one on this page is not lodged.",
            "本月已有存档预测，予以保留；本页预测未存档。",
        )
    elif kept.lodged_on:
        own = told(
            "This forecast was lodged on {day} and will not be overwritten.",
            "本预测于{day}存档，不再改动。",
            day=kept.lodged_on,
        )
    else:
        own = Text("The year is over: nothing was lodged.", "全年已结束，无新存档。")
    return joined([own, earlier], "", "")


def _month(period: object) -> Text:
    return months(pd.Timestamp(f"{period}-01"))
