"""Columns named by the words of customs forms and statistics in many languages, if their values fit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache

from analytics.errors import fold_width, plain_name
from analytics.tables.contract.contracts import contract
from analytics.tables.start import kinds
from analytics.tables.start.names import forms

Values = Callable[[str], list[str]]
_PARTS = {
    "years": ("year", "fy", "fiscal year", "financial year", "jahr", "ano", "anio", "annee", "anno", "год", "年",
              "年份", "年度", "财政年度", "년", "ปี", "nam", "yil"),
    "months": ("month", "mes", "mois", "monat", "mese", "месяц", "月", "月份", "월", "เดือน", "thang", "ay"),
}  # fmt: skip
_NOT_THE_CODE = {"description", "desc", "sdesc", "name", "nombre", "nome", "nom", "bezeichnung", "designation",
                 "descricao", "descripcion", "наименование", "text", "label"}  # fmt: skip
# Thai, kana, Chinese and Korean set no blanks between words.
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_PREFIX = 3  # letters of what stands before a word in a database: CO_PAIS, VL_FOB


def by_phrase(header: list[str], table: str, found: set[str], values: Values | None) -> dict[str, str]:
    """Columns whose headers hold a name of the list among other words, and whose values look like it."""
    wanted, more = forms(table), dict[str, str]()
    header = [h for h in header if any(map(str.isalpha, h))]  # figures and months say no phrase: a sheet has hundreds
    for column in contract(table).columns:
        for phrase in wanted.get(column.name, ()) if column.name not in found else ():
            hit = next((h for h in header if h not in more.values() and _says(h, phrase, column.name)), None)
            if hit and (values is None or _looks_right(column.kind, column.name, values(hit))):
                more[column.name] = hit
                break
    return more


def _says(header: str, phrase: str, name: str) -> bool:
    """Whether a header holds a phrase; a single word must be all that it says, but for short prefixes (CO_, VL_)."""
    if _UNSPACED.search(phrase):
        bare = plain_name(before_bracket(header))
        return plain_name(phrase) in bare if len(phrase) > 1 else phrase == bare
    had, asked = _tokens(before_bracket(header)), _tokens(phrase)
    if asked[0] not in had or (name == "hs_code" and not _NOT_THE_CODE.isdisjoint(had)):
        return False
    at = next((i for i in range(len(had) - len(asked) + 1) if had[i : i + len(asked)] == asked), None)
    if at is None:
        return False
    return len(asked) > 1 or all(len(t) <= _PREFIX for t in had[:at] + had[at + 1 :])


def _looks_right(kind: str, name: str, values: list[str]) -> bool:
    if not values:
        return name not in ("hs_code", "date", "ds", "value")
    if kind == "number":
        return kinds.are_figures(values)
    if kind == "code":
        return kinds.are_codes(values)
    if kind in ("date", "month"):
        return kinds.are_periods(values)
    return kind == "id" or not kinds.are_figures(values)


def part(header: Sequence[str], which: str) -> list[str]:
    """Headers that name a year or a month by a word: which is "years" or "months"."""
    return [h for h in header if h and any(_says(h, w, which) for w in _PARTS[which])]


def before_bracket(header: str) -> str:
    """Header without the unit, note or code that brackets or a colon set apart."""
    return re.split(r"[(（\[:：,]", header)[0]


@lru_cache(maxsize=1 << 14)
def _tokens(text: str) -> tuple[str, ...]:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", fold_width(text))
    bare = "".join(c for c in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(c))
    return tuple(re.findall(r"[^\W_]+", bare.lower()))
