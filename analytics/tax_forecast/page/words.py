"""Words of the page: amounts, shares, names of items and origins in both languages, and the record in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.language import (
    LANGUAGES,
    Language,
    Text,
    both,
    money,
    money_scale,
    month,
    months_to,
    number,
    parse_unit,
    told,
)
from analytics.tax_forecast.record.calibration import TOLERANCE
from analytics.tax_forecast.record.setting import years_between
from analytics.tax_forecast.year.result import YearForecast

share, figure, months = both.percent, both.number, both.month
ITEMS = {
    "duty": Text("Customs duty", "关税"),
    "customs_duty": Text("Customs duty", "关税"),
    "import_duty": Text("Import duty", "进口关税"),
    "import_vat": Text("Import VAT", "进口增值税"),
    "import_consumption_tax": Text("Import consumption tax", "进口消费税"),
    "import_vat_and_consumption_tax": Text("Import VAT and consumption tax", "进口环节税"),
    "excise": Text("Excise on imports", "进口消费税"),
    "ipi_on_imports": Text("Excise on imports", "进口消费税"),
}


def chance(value: float) -> Text:
    """Write a chance; no forecast is certain, whatever its digits round to."""
    if value > 0.99:
        return told("over {p}", "超过{p}", p=share(0.99, 0))
    return told("under {p}", "不到{p}", p=share(0.01, 0)) if value < 0.01 else share(value, 0)


def amounts(value: float, unit: str, *, sign: bool = False, digits: int | None = None) -> Text:
    """Write an amount with its unit; a plain number where the receipts name no money unit."""
    if not is_money(unit):
        plain = (number(value, 1 if digits is None else digits, language, sign=sign) for language in LANGUAGES)
        return Text(*(f"{text} {unit}".strip() for text in plain))
    return Text(*(money(value, unit, language, digits, sign=sign) for language in LANGUAGES))


def span(low: float, high: float, unit: str) -> tuple[Text, Text]:
    """Write two bounds with as many decimals as it takes to tell them apart."""
    for digits in (None, 1, 2, 3, 4):
        bounds = amounts(low, unit, digits=digits), amounts(high, unit, digits=digits)
        if low == high or all(a != b for a, b in zip(*bounds, strict=True)):
            break
    return bounds


def scaled(unit: str, language: Language, size: float) -> tuple[float, str]:
    """Factor and label at the scale that suits `size`; (1, unit) where it is no money unit."""
    return money_scale(unit, language, size) if is_money(unit) else (1.0, unit)


def is_money(unit: str) -> bool:
    """Whether the receipts name a unit of money that can be written at other scales."""
    try:
        parse_unit(unit)
    except ValueError:
        return False
    return True


def column_unit(year: YearForecast) -> str | None:
    """Unit of a money column."""
    return year.unit if is_money(year.unit) else None


def bare(values: Sequence[float], unit: str, size: float) -> list[Text]:
    """Write amounts without their unit, at the scale that suits `size`, with decimals that tell them apart."""
    columns = []
    for language in LANGUAGES:
        factor = scaled(unit, language, size)[0]
        first = 0 if abs(size * factor) >= 1000 else 1
        for digits in range(first, 5):
            said = [number(value * factor, digits, language) for value in values]
            if len(set(said)) == len(set(values)):
                break
        columns.append(said)
    return [Text(*pair) for pair in zip(*columns, strict=True)]


def unit_label(unit: str, size: float) -> Text:
    """Name the unit at the scale that suits `size`."""
    return Text(*(scaled(unit, language, size)[1] for language in LANGUAGES))


def item(name: str) -> Text:
    """Name of a tax item or district for readers."""
    return ITEMS.get(name, Text(name.replace("_", " "), name.replace("_", " ")))


def year_name(year: YearForecast, which: int | None = None) -> Text:
    """Name of the year asked for, or of another one."""
    return year.panel.total.fiscal.label(year.year if which is None else which)


def base_name(year: YearForecast) -> Text:
    """Name of the year that the forecast is held against."""
    return year_name(year, year.base_year)


def last_month(year: YearForecast) -> Text:
    """Name of the year's last month."""
    return Text(month(year.panel.total.month(year.year, 12), "en").split()[0], "年底")


def so_far(year: YearForecast) -> Text:
    """Write the months of the year up to the origin: January-June 2025, or July 2024 to February 2025."""
    first = year.panel.total.month(year.year, 1)
    if first.month == 1:
        return Text(months_to(year.as_of, "en"), months_to(year.as_of, "zh"))
    return told("{first} to {last}", "{first}至{last}", first=months(first), last=months(year.as_of))


def origin_name(year: YearForecast) -> Text:
    """Name of the origin: the June forecast, the forecast at the year's start, one of a year before."""
    if year.months == 0:
        return Text("year-start", "年初")
    name = month(year.as_of, "en").split()[0]
    between = years_between(year.months)
    if between:
        ahead = "year" if between == 1 else f"{between} years"
        return Text(
            f"{name} one {ahead} ahead" if between == 1 else f"{name} {ahead} ahead",
            f"提前{between}年{year.as_of.month}月末",
        )
    return Text(name, f"{year.as_of.month}月末")


def origin_text(year: YearForecast, known: int) -> Text:
    """Name of an origin of this year by its last known month."""
    return months(year.panel.total.month(year.year, known)) if known else Text("the year's start", "年初")


FIVE = share(TOLERANCE, 0)


@dataclass(frozen=True)
class Record:
    """Forecasts at this time of earlier years: how many, how many within 5 %, mean and worst error."""

    years: int
    hits: int
    mean: float
    worst: float
    worst_year: int

    @classmethod
    def of(cls, year: YearForecast) -> Record:
        """Count the record of a forecast; NaN where there is none."""
        errors = year.record["forecast"] / year.record["actual"] - 1
        if errors.empty:
            return cls(0, 0, float("nan"), float("nan"), 0)
        worst = int(np.argmax(errors.abs()))
        hits = int((errors.abs() <= TOLERANCE).sum())
        return cls(len(errors), hits, float(errors.abs().mean()), float(errors.iloc[worst]), int(errors.index[worst]))
