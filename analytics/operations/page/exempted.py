"""Exempted goods on the page: overdue, at risk, and the duty forgone."""

from __future__ import annotations

from analytics.briefing import Listing, Section, cells
from analytics.briefing.parts import Column
from analytics.language import Text, told
from analytics.language.both import number, span
from analytics.operations.goods.exemptions import Exempted
from analytics.operations.page.words import money

_STAKE = {
    "overdue": Text("Past their supervision and not lifted", "监管届满未解除"),
    "soon": Text("Ending within 90 days", "90天内届满"),
    "elsewhere": Text("Goods found elsewhere", "货物不在核准地点"),
    "undated": Text("End or lifting not known", "届满或解除情况不明"),
    "unseen": Text("Goods never looked at", "货物从未核查"),
}


def exemptions(exempted: Exempted | None, rows: int = 10) -> Section | None:
    """Exempted goods past their supervision or at risk, and the duty forgone by chapter."""
    if exempted is None:
        return None
    late, checked = exempted.overdue, exempted.checked
    away = int(checked["elsewhere"].astype(bool).sum()) if len(checked) else 0
    finding = told("{n} certificates are past their supervision and not lifted, {duty} of duty forgone on them; {away} "
                   "of {seen} checked goods were elsewhere",
                   "{n}份证明监管届满未解除，涉及减免税额{duty}；核查{seen}份中{away}份货物不在核准地点",
                   n=number(len(late)), duty=money(float(late["duty_forgone"].sum())), away=number(away),
                   seen=number(len(checked)))  # fmt: skip
    _, low, high = exempted.away
    stake = exempted.at_stake
    stake = stake.assign(what=cells(_STAKE[r] for r in stake["reason"]))
    unseen = float(stake.loc[stake["reason"] == "unseen", "duty_forgone"].sum())
    note = (
        told("Of the goods checked {s} were elsewhere; were the checks a random choice, {a} to {b} of the duty on "
             "goods never looked at would be too. Reasons overlap.",
             "已核查货物中{s}不在核准地点；如核查系随机选取，从未核查货物中相应减免税额为{a}至{b}。各行有重叠。",
             s=span(low, high), a=money(low * unseen), b=money(high * unseen))
        if len(checked)
        else Text("Nobody looked where the goods are. Reasons overlap.", "尚无核查记录，货物所在不明。各行有重叠。")
    )  # fmt: skip
    at_stake = Listing(
        "exemptions_at_stake", Text("Certificates worth a look", "值得关注的征免税证明"), stake,
        (Column("what", Text("Why", "原因")), Column("certificates", Text("Certificates", "证明数"), "number"),
         Column("duty_forgone", Text("Duty forgone", "减免税额"), "money", unit="CNY")), note,
    )  # fmt: skip
    overdue = Listing(
        "exemptions_overdue", Text("Past their supervision and not lifted", "监管届满未解除"), late,
        (Column("exemption_id", Text("Certificate", "证明编号")), Column("enterprise_id", Text("Enterprise", "企业")),
         Column("supervision_end", Text("Ended", "届满"), "month"),
         Column("duty_forgone", Text("Duty forgone", "减免税额"), "money", unit="CNY")), rows=rows,
    )  # fmt: skip
    by = Listing(
        "duty_forgone", Text("Duty forgone on goods under supervision, by chapter", "监管中货物减免税额（按章）"),
        exempted.forgone,
        (Column("chapter", Text("Chapter", "章")), Column("certificates", Text("Certificates", "证明数"), "number"),
         Column("duty_forgone", Text("Duty forgone", "减免税额"), "money", unit="CNY", bar=True)), rows=rows,
    )  # fmt: skip
    return Section(finding, Text("Exemptions", "减免税"), (at_stake, overdue, by))
