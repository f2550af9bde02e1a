"""The page of goods under supervision: handbooks, exempted goods, transit."""

from __future__ import annotations

import pandas as pd

from analytics.briefing import Fold, Headline, Listing, Section
from analytics.briefing.parts import Column, Tile, Tone, Verdict
from analytics.language import Text
from analytics.operations.goods.exemptions import Exempted
from analytics.operations.goods.handbooks import APART, BALANCE, Handbooks
from analytics.operations.goods.transit import Carried
from analytics.operations.page.words import count, money, percent, span, told
from analytics.operations.release.times import exact
from analytics.targets import Status, judge

_TONES: dict[str, Tone] = {"met": "good", "not_met": "bad", "watch": "watch", "insufficient": "neutral"}
HANDBOOK, TRANSIT = "handbook_ontime_writeoff_rate", "transit_fulfilment_rate"
_ABSENT = Text("table not given", "未提供数据")


def _rate(cases: int, of: int, indicator: str) -> tuple[Status, float, float, float]:
    if not of:
        return "insufficient", float("nan"), 0.0, 1.0
    low, high = exact(cases, of)
    return judge(indicator, 100 * cases / of, 100 * low, 100 * high), cases / of, low, high


def on_time(books: Handbooks | None) -> tuple[Status, float, float, float]:
    """Status, rate and limits of write-off on time."""
    if books is None:
        return _rate(0, 0, HANDBOOK)
    return _rate(int((books.due["state"] == "on_time").sum()), len(books.due), HANDBOOK)


def transferred(carried: Carried | None) -> tuple[Status, float, float, float]:
    """Status, rate and limits of transit."""
    return _rate(0, 0, TRANSIT) if carried is None else _rate(carried.done, len(carried.rows), TRANSIT)


def verdict(books: Handbooks | None, carried: Carried | None, exempted: Exempted | None) -> Verdict:
    """Judge the two rates of the plan: the worse of them; nothing is met that was not given."""
    order: list[Status] = ["met", "watch", "insufficient", "not_met"]
    parts = {HANDBOOK: on_time(books), TRANSIT: transferred(carried)}
    name, (status, value, low, high) = max(parts.items(), key=lambda item: order.index(item[1][0]))
    leads = 0 if books is None else len(books.leads)
    overdue = 0 if exempted is None else len(exempted.overdue)
    text = told(
        "{leads} handbooks and {overdue} exemption certificates suggest verification",
        "建议核查手册（账册）{leads}本、征免税证明{overdue}份", leads=count(leads), overdue=count(overdue),
    )  # fmt: skip
    said = [
        told("Handbooks written off on time: {x}.", "手册按期核销率：{x}。", x=_said(parts[HANDBOOK])),
        told("Eligible transit transferred: {x}.", "应转尽转率：{x}。", x=_said(parts[TRANSIT])),
    ]
    lead = Text(" ".join(t.en for t in said), "".join(t.zh for t in said))
    value_, low_, high_ = (100 * x if status != "insufficient" else None for x in (value, low, high))
    return Verdict(name, status, value_, low_, high_, text, lead)


def _said(rate: tuple[Status, float, float, float]) -> Text:
    status, value, low, high = rate
    if status == "insufficient":
        return _ABSENT
    return told("{v} ({s})", "{v}（{s}）", v=percent(value), s=span(low, high))


def headline(books: Handbooks | None, carried: Carried | None, exempted: Exempted | None, place: Text) -> Headline:
    """Verdict and four tiles.

    Parameters
    ----------
    books, carried, exempted : what was given of handbooks, transit and exemptions; None is said to be missing
    place : whose goods
    """
    a, b = on_time(books), transferred(carried)
    running = None if exempted is None else float(exempted.forgone["duty_forgone"].sum())
    tiles = (
        Tile(Text("Written off on time", "按期核销率"), _ABSENT if a[0] == "insufficient" else percent(a[1]),
             note=None if a[0] == "insufficient" else span(a[2], a[3]), tone=_TONES[a[0]]),
        Tile(Text("Transit transferred", "应转尽转率"), _ABSENT if b[0] == "insufficient" else percent(b[1]),
             note=None if b[0] == "insufficient" else span(b[2], b[3]), tone=_TONES[b[0]]),
        Tile(Text("Handbooks to verify", "建议核查手册"), _ABSENT if books is None else count(len(books.leads)),
             note=Text("balance, consumption or overdue", "平衡、单耗或逾期")),
        Tile(Text("Duty forgone under supervision", "监管中减免税额"), _ABSENT if running is None else money(running)),
    )  # fmt: skip
    return Headline(verdict(books, carried, exempted), tiles, place)


def handbooks(books: Handbooks | None, rows: int = 12) -> Section | None:
    """Handbooks for which verification is suggested."""
    if books is None:
        return None
    data = books.leads
    words = {
        "balance": Text("balance", "料件不平衡"),
        "consumption": Text("consumption", "单耗偏高"),
        "overdue": Text("overdue", "逾期未核销"),
    }
    shown = data.assign(why=pd.Series(
        [Text(
            ", "
            "".join(words[w].en for w in codes.split()),
                "、".join(words[w].zh for w in codes.split())) for codes in data[
            "leads"]],
        dtype=object))  # fmt: skip
    finding = told("{n} of {all} handbooks do not balance, declare more than their peers or are overdue",
                   "{all}本手册中{n}本料件不"
                   "平衡、单耗高于同类或逾期", n=count(len(data)), all=count(len(books.rows)))  # fmt: skip
    listing = Listing(
        "handbook_leads", Text("Handbooks to verify, the most material first", "建议核查的手册（按数量）"), shown,
        (Column("handbook_id", Text("Handbook", "手册")), Column("enterprise_id", Text("Enterprise", "企业")),
         Column("why", Text("Reason", "原因")), Column("balance", Text("Used / explained", "耗用/应耗"), "number", 3),
         Column("against_peers", Text("Against peers", "与同类比"), "number", 2),
         Column("peers", Text("Peers", "同类企业"), "number"),
         Column("excess_kg", Text("Excess, kg", "超耗（千克）"), "number")),
        told("Balance: beyond ±{b}. Consumption: more than {z} robust standard "
             "deviations above other enterprises with the same "
             "goods. A reason to ask, no finding.", "平衡：偏离超过±{b}；单耗：高于同类企业{z}个"
                 "稳健标准差以上。仅为核查线索，并非结论。",
             b=percent(BALANCE, 0), z=f"{APART:g}"), rows,
    )  # fmt: skip
    return Section(finding, Text("Handbooks", "手册"), (listing,))


def exemptions(exempted: Exempted | None, rows: int = 10) -> Section | None:
    """Exempted goods past their supervision, and the duty forgone by chapter."""
    if exempted is None:
        return None
    late, checked = exempted.overdue, exempted.checked
    away = int(checked["elsewhere"].astype(bool).sum()) if len(checked) else 0
    low, high = exact(away, len(checked))
    finding = told("{n} certificates are past their supervision and not "
                   "lifted; {away} of {seen} checked goods were elsewhere",
                   "{n}份证明监管届满未解除；核查{seen}份"
                   "中{away}份货物不在核准地点", n=count(len(late)), away=count(away),
                   seen=count(len(checked)))  # fmt: skip
    note = told("Goods found elsewhere: {s} of those checked; how many of the others are, nobody has seen.",
                "不在核准地点的占已核查的{s}；未核查的情况不明。", s=span(low, high))  # fmt: skip
    overdue = Listing(
        "exemptions_overdue", Text("Past their supervision and not lifted", "监管届满未解除"), late,
        (Column("exemption_id", Text("Certificate", "证明编号")), Column("enterprise_id", Text("Enterprise", "企业")),
         Column("supervision_end", Text("Ended", "届满"), "month"),
         Column("duty_forgone", Text("Duty forgone", "减免税额"), "money", unit="CNY")),
        note, rows,
    )  # fmt: skip
    by = Listing(
        "duty_forgone", Text("Duty forgone on goods under "
                             "supervision, by chapter", "监管中货物减免税额（按章）"), exempted.forgone,
        (Column("chapter", Text("Chapter", "章")), Column("certificates", Text("Certificates", "证明数"), "number"),
         Column("duty_forgone", Text("Duty forgone", "减免税额"), "money", unit="CNY", bar=True)), rows=rows,
    )  # fmt: skip
    return Section(finding, Text("Exemptions", "减免税"), (overdue, by))


def transit(carried: Carried | None, rows: int = 10) -> Section | None:
    """Routes on which eligible consignments were not transferred."""
    if carried is None:
        return None
    states = carried.rows["state"].value_counts()
    finding = told("{n} eligible consignments were not declared for transit, {m} were declared and did not arrive",
                   "{n}票应转未转，{m}票"
                   "已申报未运抵", n=count(states.get("not_declared", 0)), m=count(states.get("lost", 0)))  # fmt: skip
    listing = Listing(
        "transit_routes", Text("Routes with consignments not transferred", "未转关货物的路线"), carried.routes,
        (Column("district", Text("From", "进境地")), Column("destination", Text("To", "指运地")),
         Column("eligible", Text("Eligible", "应转"), "number"), Column("missing", Text(
             "Not transferred", "未转"), "number")),
        Text("Declared less than 30 days before the "
             "end of the data: still on the way.", "数据截止前30天内申报的视为在途。"), rows,
    )  # fmt: skip
    return Section(finding, Text("Transit", "转关"), (listing,))


def method() -> Fold:
    """Definitions."""
    return Fold(Text("Method", "方法"), (
        Text("On time: handbooks written off by their (extended) date / handbooks "
             "due, those overdue and open included. Used = inputs "
             "less stock; explained = output x unit consumption / (1 "
             "- waste). Peers: other enterprises with the same code of "
             "the output, else the same six digits.",
             "按期核销率：在到期日（含延期）前核销的手册/到期手册，逾期未核销的计入分母。耗用＝进口－结存；应耗＝出口×单耗/（1－损耗率）。同类：成品编码"
             "（不足则前六位）相同的其他企业。"),
    ))  # fmt: skip


def figures(books: Handbooks | None, carried: Carried | None, exempted: Exempted | None) -> dict[str, float]:
    """Flat figures for result.json; what was not given is missing."""
    nothing = float("nan")
    return {
        HANDBOOK: on_time(books)[1], TRANSIT: transferred(carried)[1],
        "handbook_leads": nothing if books is None else float(len(books.leads)),
        "exemptions_overdue": nothing if exempted is None else float(len(exempted.overdue)),
        "duty_forgone": nothing if exempted is None else float(exempted.forgone["duty_forgone"].sum()),
    }  # fmt: skip
