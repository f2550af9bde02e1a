"""Columns of a dossier's tables, and the words in their cells."""

from __future__ import annotations

from analytics.briefing import Column
from analytics.language import Text
from analytics.valuation.dossier.file import Dossier
from analytics.valuation.page.words import stake_word

LINES_NOTE = Text(
    "Gap: what the line would bear more at its reference, at most three times what it bears; nothing above it.",
    "差额：按参考价计应增加的金额，至多为该条所载金额的三倍；高于参考价者不计。",
)
SET_APART = Text("set apart: may be a slip", "已另列：可能为笔误")


def line_columns(found: Dossier) -> tuple[Column, ...]:
    """Columns of the enterprise's own lines."""
    what = stake_word(found.level)
    several = found.lines["unit"].nunique() > 1
    marked = (found.lines["set_apart"] != "").any() or found.ledger is not None
    return (
        Column("declaration_id", Text("Declaration", "报关单号")),
        Column("line_no", Text("Line", "项号")),
        Column("month", Text("Month", "月份"), "month"),
        Column("origin", Text("Origin", "原产国")),
        Column("quantity", Text("Quantity", "数量"), "number"),
        *([Column("unit", Text("Unit", "单位"))] if several else []),
        Column("unit_value", Text("Unit price", "单价"), "number", digits=2),
        Column("reference", Text("Reference", "参考价"), "number", digits=2),
        Column("relative", Text("Ratio", "比率"), "number", digits=2),
        Column("compared_lines", Text("Compared lines", "可比记录"), "number"),
        Column("nearness", Text("Same", "相同")),
        Column("at_stake", Text(f"Gap, {what.en}", f"{what.zh}差额"), "money", unit=found.unit),
        *([Column("asked", Text("Mark", "标记"))] if marked else []),
    )


IN_DOUBT = Text("itself in doubt", "自身存疑")
COMPARABLE_COLUMNS = (
    Column("who", Text("Enterprise", "企业")),
    Column("nearness", Text("Same", "相同")),
    Column("month", Text("Month", "月份"), "month"),
    Column("origin", Text("Origin", "原产国")),
    Column("months_apart", Text("Months apart", "相隔月数"), "number"),
    Column("quantity_ratio", Text("Quantity ratio", "数量比"), "number", digits=1),
    Column("unit_value", Text("Unit price", "单价"), "number", digits=2),
    Column("mark", Text("Mark", "标记")),
)
