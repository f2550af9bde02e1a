"""Words of the page: amounts, shares, names of items and origins in both languages, and the record in figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.language import LANGUAGES, Text, money, money_scale, month, number, percent
from analytics.tax_forecast.record.judging import TOLERANCE
from analytics.tax_forecast.year.result import YearForecast

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


def told(en: str, zh: str, **parts: Any) -> Text:
    """Fill a sentence in both languages; parts that are a `Text` speak each language themselves."""
    ours = ({name: p[which] if isinstance(p, Text) else p for name, p in parts.items()} for which in (0, 1))
    return Text(en.format(**next(ours)), zh.format(**next(ours)))


def joined(texts: Iterable[Text], en: str = " ", zh: str = "") -> Text:
    """Join sentences or names, each language with its own mark between them; empty ones are left out."""
    kept = [text for text in texts if text.en]
    return Text(en.join(t.en for t in kept), zh.join(t.zh for t in kept))


def labelled(frame: pd.DataFrame, **columns: Iterable[Text]) -> pd.DataFrame:
    """Return a table with columns of texts added or replaced."""
    made = {name: pd.Series(list(texts), index=frame.index, dtype=object) for name, texts in columns.items()}
    return frame.assign(**made)


def share(value: float, digits: int = 1, *, sign: bool = False) -> Text:
    """Write a share as a percentage."""
    return Text(*(percent(value, digits, language, sign=sign) for language in LANGUAGES))


def figure(value: float, digits: int = 0) -> Text:
    """Write a number."""
    return Text(*(number(value, digits, language) for language in LANGUAGES))


def amounts(value: float, unit: str, *, sign: bool = False) -> Text:
    """Write an amount with its unit."""
    return Text(*(money(value, unit, language, sign=sign) for language in LANGUAGES))


def bare(value: float, unit: str, size: float) -> Text:
    """Write an amount without its unit, at the scale that suits `size`."""
    out = []
    for language in LANGUAGES:
        factor = money_scale(unit, language, size)[0]
        out.append(number(value * factor, 0 if abs(size * factor) >= 1000 else 1, language))
    return Text(*out)


def unit_label(unit: str, size: float) -> Text:
    """Name the unit at the scale that suits `size`."""
    return Text(*(money_scale(unit, language, size)[1] for language in LANGUAGES))


def months(at: pd.Timestamp) -> Text:
    """Write a month."""
    return Text(month(at, "en"), month(at, "zh"))


def item(name: str) -> Text:
    """Name of a tax item or district for readers."""
    return ITEMS.get(name, Text(name.replace("_", " "), name.replace("_", " ")))


def origin_name(year: YearForecast) -> Text:
    """Name of the origin: the June forecast, the forecast at the year's start."""
    if year.months == 0:
        return Text("year-start", "年初")
    return Text(month(year.as_of, "en").split()[0], f"{year.months}月末")


def origin_text(year: YearForecast, known: int) -> Text:
    """Name of an origin of this year by its last known month."""
    return months(pd.Timestamp(year.year, known, 1)) if known else Text("the year's start", "年初")


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
