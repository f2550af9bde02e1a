"""Names beside codes: customs districts of China, chapters and headings of the Harmonized System."""

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
