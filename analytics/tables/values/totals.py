"""Rows that add up the others, known by their name: left out wherever they stand, in whatever language."""

from __future__ import annotations

import re

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
    plain = {n: shaped[n].re_replace(_AROUND, "").lower() for n in names}
    named = {n: text.isin(WORDS) | text.re_search(_SAYS) for n, text in plain.items()}
    seen = engine.one_row(shaped.aggregate(**{n: test.any() for n, test in named.items()}))
    found = {}
    for name in (n for n in names if engine.is_true(seen[n])):
        texts = engine.fetch(shaped.filter(named[name]).select(name).distinct())[name].tolist()
        others = engine.one_row(shaped.filter(~named[name]).aggregate(rows=shaped[name].count()))["rows"]
        if others or name == key:
            found[name] = tuple(sorted(texts))
    return found


def is_total(name: str) -> bool:
    """Whether a name says that it adds up others."""
    plain = re.sub(_AROUND, "", name).lower()
    return plain in WORDS or bool(re.search(_SAYS, plain))
