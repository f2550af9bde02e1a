"""Items and districts: which part carries the change, and what each one brings."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from analytics.briefing import Chart, Column, Listing, Section
from analytics.language import Text, joined, told
from analytics.tax_forecast.page import drawing
from analytics.tax_forecast.page.words import amounts, base_name, column_unit, item, share, so_far, year_name
from analytics.tax_forecast.year.result import YearForecast
from analytics.tax_forecast.year.tabled import district_parts, main_parts

NAMED = 3  # parts named in the verdict
MOST = 12  # parts that stand by themselves; the rest are "others"


def parts(year: YearForecast) -> Section | None:
    """Items, and districts where the receipts tell both; None where they hold one series only."""
    if not year.leaf_paths:
        return None
    table = main_parts(year)
    waterfall = [_waterfall(year, table)] if np.isfinite(year.last_year) else []
    shown: list[Chart | Listing] = [*waterfall, _listing(year, table, "parts", _caption(year))]
    districts = district_parts(year)
    if districts is not None:
        shown.append(_listing(year, districts, "districts", _districts_caption(year, districts)))
    return Section(_finding(year, table), Text("Items", "构成"), tuple(shown))


def _finding(year: YearForecast, table: pd.DataFrame) -> Text:
    """Say which part carries the change."""
    change = year.forecast - year.last_year
    if not np.isfinite(change):
        first = table.iloc[int(np.argmax(table["forecast"]))]
        part = share(float(first["forecast"]) / year.forecast, 0)
        return told("{name} brings {part} of the year", "{name}占全年{part}", name=item(str(first.iloc[0])), part=part)
    leader = int(np.argmax(table["change"] * np.sign(change)))
    own = float(table["change"].iloc[leader])
    said = {
        "name": item(str(table.iloc[leader, 0])),
        "amount": amounts(abs(own), year.unit),
        "of": Text("rise", "增收") if change >= 0 else Text("shortfall", "减收"),
    }
    of_all = own / change if change else float("nan")
    if not 0 < of_all <= 1:
        return told("{name} makes the {of}: {amount}", "{of}主要来自{name}：{amount}", **said)
    en, zh = "{name}: {amount} of the {of} ({part})", "{name}{of}{amount}，占总{of}的{part}"
    return told(en, zh, part=share(of_all, 0), **said)


def _waterfall(year: YearForecast, table: pd.DataFrame) -> Chart:
    ends = {"before": base_name(year), "year": year_name(year)}
    changes = [
        told("{name} {change}", "{name}{change}", name=item(str(name)), change=amounts(change, year.unit, sign=True))
        for name, change in zip(table.iloc[:, 0], table["change"], strict=True)
    ]
    listed = joined(changes, "; ", "；")
    return Chart(
        name="contributions",
        caption=told("From {before} to the forecast for {year}", "从{before}年实绩到{year}年预测", **ends),
        alt=told(
            "From {before} to the forecast for {year}: {all}.",
            "从{before}年实绩到{year}年预测：{all}。",
            all=listed,
            **ends,
        ),
        data=table,
        draw=partial(drawing.contributions, year, table),
    )


def _listing(year: YearForecast, table: pd.DataFrame, name: str, caption: Text) -> Listing:
    return Listing(name, caption, _largest_first(year, table), _columns(year), total=True)


def _caption(year: YearForecast) -> Text:
    if year.known == 0:
        return told("Forecast for {year}", "{year}年预测", year=year_name(year))
    return told("{months} and the whole year", "{months}累计与全年预测", months=so_far(year))


def _districts_caption(year: YearForecast, table: pd.DataFrame) -> Text:
    first = table.sort_values("forecast", ascending=False, ignore_index=True).iloc[:3]
    names = joined((item(str(name)) for name in first["district"]), ", ", "、")
    of_all = share(float(first["forecast"].sum()) / year.forecast, 0)
    return told("{names} bring {part} of the year", "{names}占全年{part}", names=names, part=of_all)


def _largest_first(year: YearForecast, table: pd.DataFrame) -> pd.DataFrame:
    """Parts largest first, those beyond `MOST` as one row, growth, and the total as the last row."""
    table = table.sort_values("forecast", ascending=False, ignore_index=True)
    names = [item(str(name)) for name in table.iloc[:, 0]]
    numbers = table.drop(columns=table.columns[0])
    if len(numbers) > MOST:
        rest = numbers.iloc[MOST:].sum()
        numbers = pd.concat([numbers.iloc[:MOST], rest.to_frame().T], ignore_index=True)
        names = [*names[:MOST], Text("Others", "其他")]
    low, high = year.interval(0.8)
    own = {
        "received": year.received,
        "forecast": year.forecast,
        "last_year": year.last_year,
        "low80": low,
        "high80": high,
    }
    whole = numbers.sum().to_dict() | own | {"change": year.forecast - year.last_year}
    numbers = pd.concat([numbers, pd.DataFrame([whole])], ignore_index=True).astype(float)
    numbers["growth_so_far"] = numbers["received"] / numbers["received_last_year"].where(lambda x: x > 0) - 1
    numbers["growth"] = numbers["forecast"] / numbers["last_year"].where(lambda x: x > 0) - 1
    labels = pd.Series([*names, Text("Total", "合计")], name="name", dtype=object)
    return pd.concat([labels, numbers], axis=1)


def _columns(year: YearForecast) -> tuple[Column, ...]:
    unit = column_unit(year)
    received = (
        Column("received", Text("Received", "累计入库"), "money", unit=unit),
        Column("growth_so_far", Text("On last year", "同比"), "percent", sign=True, tone=True),
    )
    return (
        Column("name", Text("Item", "项目")),
        *(received if year.known else ()),
        Column("forecast", Text("Year, forecast", "全年预测"), "money", unit=unit),
        Column("change", Text("Change", "比上年增减"), "money", sign=True, tone=True, unit=unit),
        Column("growth", Text("%", "增长"), "percent", sign=True, tone=True),
    )


def missed_sentence(missed: list[str]) -> Text:
    """Name the parts that a right total hides."""
    if not missed:
        return Text("", "")
    return told(
        "Beyond 1.5 times their forecast, or below two thirds of it, ended {names}{more}.",
        "超出预测1.5倍或不足三分之二的分项：{names}{more}。",
        names=joined((item(name) for name in missed[:NAMED]), ", ", "、"),
        more=Text(f" and {len(missed) - NAMED} more", f"等{len(missed)}项") if len(missed) > NAMED else Text("", ""),
    )
