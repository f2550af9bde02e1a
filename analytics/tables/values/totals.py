"""Rows that add up the others, known by their name: left out wherever they stand, in whatever language."""

from __future__ import annotations

import re

import ibis
import ibis.expr.types as ir

from analytics.tables.contract.contracts import Contract
from analytics.tables.engine import connection as engine

WORDS = (
    "total", "totals", "grand total", "sub-total", "subtotal", "sum", "all", "overall", "world", "w00", "wld",
    "all countries", "all districts", "all items", "all products", "national total", "total national",
    "合计", "总计", "小计", "共计", "总和", "全国", "全国合计", "总额", "累计", "总值", "全部", 
    "合計", "總計", "小計", "總額", "全國", "世界",
    "합계", "총계", "계", "소계", "총액", "전체", "計", "総計", "総額", "全体",
    "totaux", "ensemble", "tous", "monde", "total général", "total general", "suma", "mundo", "todos", "totale",
    "gesamt", "insgesamt", "summe", "welt", "totaal", "totalt", "yhteensä", "razem", "ogółem", "celkem", "összesen",
    "итого", "всего", "мир", "разом", "усього", "toplam", "genel toplam", "jumlah", "tổng", "tổng cộng", "tổng số",
    "รวม", "รวมทั้งหมด", "ทั้งหมด", "कुल", "योग", "মোট", "সর্বমোট", "المجموع", "الإجمالي", "اجمالي", "مجموع", "جمع",
)  # fmt: skip
# Names that say so at their end or beginning: 进口环节税小计, 总计（共20票）, Total duties.
_SAYS = (
    r"(合计|小计|总计|共计|合計|小計|總計|总额)$|^(合计|小计|总计|共计|合計|小計|總計)"
    r"|^(grand |sub-?)?totals?\b|\btotals?$"
)
_FIRST = ("total", "grand", "sub-t", "subto")  # of names that may end in a digit
_LONGEST = 60  # bytes of a name that says so
PARTS = ("tax_item", "district", "unique_id", "origin")  # what a table's rows are parts by
_AROUND = r"^[:：*.()（）\s_—-]+|[:：*.()（）\s_—-]+$"


def totals(shaped: ir.Table, rules: Contract, given: list[str]) -> dict[str, tuple[str, ...]]:
    """Names of totals by column, where they stand beside parts.

    Parameters
    ----------
    given : columns that the source itself fills (no constants, nothing derived)
    """
    # The nation of a containment table is a place with evidence of its own, not the sum of the others.
    key = rules.key[0] if rules.name not in ("receipts", "containment") else ""
    names = [n for n in (*PARTS, key) if n in given and n in shaped.columns and shaped[n].type().is_string()]
    if not names:
        return {}
    found = {}
    for name, texts in _held(shaped, names, key).items():
        named = sorted(filter(is_total, texts))
        if named and (name == key or len(named) < len(texts)):
            found[name] = tuple(named)
    return found


def _held(shaped: ir.Table, names: list[str], key: str) -> dict[str, list[str]]:
    """Distinct texts of columns; of the key only those that may name a total: identifiers end in a digit."""
    parts = []
    for name in names:
        text = shaped[name]
        rows = shaped
        if name == key:
            last, first = text.right(1), text.left(5).lower()
            may = (last < "0") | (last > "9") | first.isin(_FIRST)
            rows = shaped.filter(may & (engine.byte_length(text) <= _LONGEST))
        parts.append(rows.select(column=ibis.literal(name), text=text).distinct())
    held = engine.fetch(ibis.union(*parts) if len(parts) > 1 else parts[0]).dropna()
    return {name: held.loc[held["column"] == name, "text"].tolist() for name in names}


def is_total(name: str) -> bool:
    """Whether a name says that it adds up others."""
    bare = re.sub(r"[(（\[][^)）\]]*[)）\]]\s*$", "", name)  # Total (USD million)
    plain = re.sub(_AROUND, "", bare or name).lower()
    return plain in WORDS or bool(re.search(_SAYS, plain))
