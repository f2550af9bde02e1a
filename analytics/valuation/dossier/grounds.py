"""Grounds for doubt, and what stands beside them."""

from __future__ import annotations

import numpy as np

from analytics.briefing import Points
from analytics.language import Text, number
from analytics.valuation.alike.mixed_goods import MIX
from analytics.valuation.comparison.keys import LEAST_LINES
from analytics.valuation.dossier.file import Dossier, ratio_of
from analytics.valuation.evidence.ledger import ACCEPTED, OPEN, RAISED
from analytics.valuation.page.words import named, span


def grounds(found: Dossier) -> Points:
    """Grounds for doubt, and what may explain the price."""
    items, level = [], found.level
    ratio, low, high = found.ratio
    part = found.asked[0]
    where = Text(f" {part.en}" if part.en else "", part.zh)
    if np.isfinite(ratio):
        between = span(low, high)
        items.append(
            Text(
                f"Its lines{where.en} stand at {ratio:.2f} of their references (95 %: {between.en}).",
                f"其记录{'（' + where.zh + '）' if where.zh else ''}为参考价的{ratio:.2f}倍（95%区间：{between.zh}）。",
            )
        )
    items += _for_the_importer(found)
    if found.standing is not None and np.isfinite(found.standing["level"]):
        s = found.standing
        between = span(s["low95"], s["high95"])
        items.append(
            Text(
                f"Over all its goods the enterprise prices at {s['level']:.2f} of others ({between.en}), "
                f"{int(s['lines'])} lines.",
                f"就全部商品而言，该企业价格为他人的{s['level']:.2f}倍（{between.zh}），共{int(s['lines'])}条记录。",
            )
        )
    for _, row in found.cells.iterrows():
        if row["status"] in ("watch", "not_met"):
            items.append(
                Text(
                    f"The group {named(level, row['key']).en} is outside the band at {row['level']:.2f}.",
                    f"所属分组{named(level, row['key']).zh}水平为{row['level']:.2f}，超出区间。",
                )
            )
    grade = level.goods.loc[level.goods["product"] == found.product, "grade"]
    if (grade == MIX).any():
        items.append(
            Text(
                "The code mixes goods that are not alike: ask first for specification and grade.",
                "该编码包含不同货物：先核对规格和档次。",
            )
        )
    if not items:
        items.append(Text("Nothing compares: there is no ground from prices.", "无可比记录：价格方面没有质疑理由。"))
    items += _queried(found)
    return Points(Text("Grounds for doubt", "质疑理由"), tuple(items))


def _for_the_importer(found: Dossier) -> list[Text]:
    """What stands beside the doubt and may speak against it: all its lines, and how its neighbours price."""
    items = []
    if found.asked[0].en:
        whole, low, high = ratio_of(found.lines)
        between = span(low, high)
        items.append(
            Text(
                f"All its {len(found.lines)} lines of this good stand at {whole:.2f} ({between.en}).",
                f"该商品全部{len(found.lines)}条记录为{whole:.2f}倍（{between.zh}）。",
            )
        )
    near, lines = found.neighbours
    if lines >= LEAST_LINES:
        items.append(
            Text(
                f"Other enterprises of the same places price this good at {near:.2f} of like references "
                f"({number(lines)} lines).",
                f"本地其他企业该商品的价格为同类参考价的{near:.2f}倍（{number(lines, 0, 'zh')}条记录）。",
            )
        )
    return items


def _queried(found: Dossier) -> list[Text]:
    """What became of earlier queries of these lines; nothing without a ledger."""
    if found.ledger is None:
        return []
    counts = found.ledger.of(found.lines).value_counts()
    known = int(counts.drop("", errors="ignore").sum())
    return [
        Text(
            f"{known} of its lines were queried before: {int(counts.get(RAISED, 0))} raised, "
            f"{int(counts.get(ACCEPTED, 0))} accepted, {int(counts.get(OPEN, 0))} open.",
            f"其中{known}条曾被质疑：调整{int(counts.get(RAISED, 0))}条，接受{int(counts.get(ACCEPTED, 0))}条，"
            f"未结{int(counts.get(OPEN, 0))}条。",
        )
    ]
