"""Names beside codes: China's customs districts, headings of the Harmonized System, countries, units, usual words."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from importlib import resources

from analytics.language import Text

_KNOWN = 0.75  # of the codes: fewer, and they are another country's
_DISTRICT = 4  # digits


@cache
def _hs() -> dict[str, Text]:
    return {row["code"]: Text(row["en"], row["zh"]) for row in _rows("hs_names.csv")}


@cache
def _districts() -> dict[str, Text]:
    return {
        row["code"]: Text(row["name_en"].removesuffix(" Customs District"), row["name_zh"].removesuffix("海关"))
        for row in _rows("customs_districts.csv")
    }


@cache
def _countries() -> dict[str, Text]:
    rows = _rows("countries.csv")
    return {row[code]: Text(row["en"], row["zh"]) for row in rows for code in ("alpha2", "alpha3")}


# What tables call things in one word of the data, said to Chinese readers.
WORDS = {
    "duty": "关税", "import_vat": "进口增值税", "consumption_tax": "进口消费税", "export_duty": "出口关税",
    "import_vat_and_consumption_tax": "进口环节税",
    "nation": "全国", "coastal": "沿海", "border": "沿边", "inland": "内陆",
    "goods": "商品", "price": "价格", "origin": "原产地", "enterprise": "企业", "weight": "重量", "value": "货值",
    "kg": "千克", "g": "克", "t": "吨", "piece": "件", "set": "套", "pair": "双", "litre": "升", "m": "米",
    "m2": "平方米", "m3": "立方米", "kwh": "千瓦时", "dozen": "打",
}  # fmt: skip


def _rows(name: str) -> list[dict[str, str]]:
    text = (resources.files("analytics") / "data" / name).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def goods(code: object) -> Text | None:
    """Return the short name of a commodity code: its heading's, else its chapter's; None where neither is known.

    Parameters
    ----------
    code : text of two digits and more; dots are passed over. The first six are the same in every country.

    Examples
    --------
    >>> goods("8703.23.10").en
    'Passenger cars'
    >>> goods("99") is None
    True
    """
    digits = str(code).replace(".", "").strip()
    if not digits.isdigit() or len(digits) < 2:
        return None
    return _hs().get(digits[:4]) or _hs().get(digits[:2])


def country(code: object) -> Text | None:
    """Return the name of a country by its code of two or three letters (ISO 3166-1); None where it is not known."""
    return _countries().get(str(code))


def are_countries(codes: Iterable[object]) -> bool:
    """Whether codes are those of countries: all of two or all of three capitals, at least three quarters known."""
    found = {str(code) for code in codes if str(code)}
    if len({len(code) for code in found}) != 1 or not all(code.isalpha() and code.isupper() for code in found):
        return False
    return sum(code in _countries() for code in found) >= _KNOWN * len(found)


def with_name(code: object) -> Text:
    """Return a country's code with its name, to stand in a sentence: "Sweden (SWE)"; another code as it stands.

    Examples
    --------
    >>> with_name("SWE").en
    'Sweden (SWE)'
    """
    name = country(code)
    return Text(f"{name.en} ({code})", f"{name.zh}（{code}）") if name else Text(str(code), str(code))


def word(value: object) -> Text:
    """Return a word of the data as readers say it: "duty" and "关税"; another one as it stands."""
    return Text(str(value).replace("_", " ") if value in WORDS else str(value), WORDS.get(str(value), str(value)))


def district(code: object) -> Text | None:
    """Return the name of a customs district of China by its code; None where it is not known."""
    return _districts().get(str(code))


def are_districts(codes: Iterable[object]) -> bool:
    """Whether codes are those of China's districts: four digits each, and at least three quarters of them known.

    Another country's codes may look alike; a few that happen to be the same must not lend them a name.
    """
    found = {str(code) for code in codes if str(code)}
    if not found or not all(len(code) == _DISTRICT and code.isdigit() for code in found):
        return False
    return sum(code in _districts() for code in found) >= _KNOWN * len(found)
