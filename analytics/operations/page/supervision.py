"""The page of goods under supervision: handbooks, exempted goods, transit."""

from __future__ import annotations

from analytics.briefing import Fold, Headline, Listing, Section, cells
from analytics.briefing.parts import Column, Tile, Tone, Verdict
from analytics.language import Text, told
from analytics.language.both import number, percent, span
from analytics.operations.goods.exemptions import Exempted
from analytics.operations.goods.handbooks import BALANCE, Handbooks
from analytics.operations.goods.peers import FALSE
from analytics.operations.goods.transit import Carried
from analytics.operations.page.exempted import exemptions
from analytics.operations.page.words import money
from analytics.statistics import exact_limits
from analytics.targets import Status, judge

__all__ = ["exemptions", "figures", "handbooks", "headline", "method", "on_time", "transferred", "transit", "verdict"]

_TONES: dict[str, Tone] = {"met": "good", "not_met": "bad", "watch": "watch", "insufficient": "neutral"}
HANDBOOK, TRANSIT = "handbook_ontime_writeoff_rate", "transit_fulfilment_rate"
_ABSENT, _EMPTY = Text("table not given", "未提供数据"), Text("no case", "无应计案件")

Rate = tuple[Status, float, float, float]


def _rate(cases: int, of: int, unknown: int, indicator: str, closed_only: bool = False) -> Rate:
    """Status, rate and limits; cases that may have been either widen them, a file of closed cases meets nothing."""
    if not of:
        return "insufficient", float("nan"), 0.0, 1.0
    low, high = exact_limits(cases, of, unknown)
    status = judge(indicator, 100 * cases / of, 100 * low, 100 * high)
    return "watch" if status == "met" and closed_only else status, cases / of, low, high


def on_time(books: Handbooks | None) -> Rate:
    """Status, rate and limits of write-off on time."""
    if books is None:
        return _rate(0, 0, 0, HANDBOOK)
    went = int((books.due["state"] == "on_time").sum())
    return _rate(went, len(books.due), books.undated, HANDBOOK, books.closed_only)


def transferred(carried: Carried | None) -> Rate:
    """Status, rate and limits of transit."""
    if carried is None:
        return _rate(0, 0, 0, TRANSIT)
    return _rate(carried.done, carried.done + carried.missing, carried.open, TRANSIT, carried.closed_only)


def verdict(books: Handbooks | None, carried: Carried | None, exempted: Exempted | None) -> Verdict:
    """Judge the two rates of the plan: the worse of them; nothing is met that was not given."""
    order: list[Status] = ["met", "watch", "insufficient", "not_met"]
    parts = {HANDBOOK: on_time(books), TRANSIT: transferred(carried)}
    name, (status, value, low, high) = max(parts.items(), key=lambda item: order.index(item[1][0]))
    text = _title(books, exempted)
    said = [
        told("Handbooks written off on time: {x}.", "手册按期核销率：{x}。", x=_said(parts[HANDBOOK], books is None)),
        told("Eligible transit transferred: {x}.", "应转尽转率：{x}。", x=_said(parts[TRANSIT], carried is None)),
    ]
    if books is not None and books.undated:
        said.append(told("{n} handbooks have no due date; the limits allow for them.",
                         "{n}本手册无到期日，区间已计入。", n=number(books.undated)))  # fmt: skip
    if carried is not None and (carried.recent or carried.open):
        said.append(told("{n} consignments came too recently to be judged, {m} are on the way or unclear.",
                         "{n}票货物进境不足30天，不作判定；{m}票在途或情况不明。", n=number(carried.recent),
                         m=number(carried.open)))  # fmt: skip
    said += _closed_only(books, carried)
    lead = Text(" ".join(t.en for t in said), "".join(t.zh for t in said))
    value_, low_, high_ = (100 * x if status != "insufficient" else None for x in (value, low, high))
    return Verdict(name, status, value_, low_, high_, text, lead)


def _closed_only(books: Handbooks | None, carried: Carried | None) -> list[Text]:
    """What a file of closed cases cannot show."""
    said = []
    if books is not None and books.closed_only:
        said.append(Text("Every handbook of the file is written off: if it was drawn by write-off, those overdue are "
                         "missing; bring the open ones too, until then the rate does not count as met.",
                         "文件中手册均已核销：如按核销情况提取，则缺少逾期未核的手册；"
                         "请一并提供未核销手册，此前不判为达标。"))  # fmt: skip
    if carried is not None and carried.closed_only:
        said.append(Text("Every consignment of the file is delivered: if it was drawn by delivery, those that never "
                         "came are missing; until the others are there the rate does not count as met.",
                         "文件中货物均已运抵：如按运抵情况提取，则缺少未运抵的货物；补齐前不判为达标。"))  # fmt: skip
    return said


def _title(books: Handbooks | None, exempted: Exempted | None) -> Text:
    """What suggests verification, of the tables that were given."""
    parts = []
    if books is not None:
        parts.append(told("{n} handbooks", "手册（账册）{n}本", n=number(books.leads["handbook_id"].nunique())))
    if exempted is not None:
        parts.append(told("{n} exemption certificates", "征免税证明{n}份", n=number(len(exempted.overdue))))
    if not parts:
        return Text("Neither handbooks nor exemptions were given", "未提供手册及减免税数据")
    return told("{what} suggest verification", "建议核查{what}",
                what=Text(" and ".join(t.en for t in parts), "、".join(t.zh for t in parts)))  # fmt: skip


def _said(rate: Rate, absent: bool) -> Text:
    status, value, low, high = rate
    if status == "insufficient":
        return _ABSENT if absent else _EMPTY
    return told("{v} ({s})", "{v}（{s}）", v=percent(value), s=span(low, high))


def headline(books: Handbooks | None, carried: Carried | None, exempted: Exempted | None, place: Text) -> Headline:
    """Verdict and four tiles.

    Parameters
    ----------
    books, carried, exempted : what was given of handbooks, transit and exemptions; None is said to be missing
    place : whose goods
    """
    a, b = on_time(books), transferred(carried)
    to_verify = _ABSENT if books is None else number(books.leads["handbook_id"].nunique())
    running = None if exempted is None else float(exempted.forgone["duty_forgone"].sum())
    tiles = (
        Tile(Text("Written off on time", "按期核销率"), _said_short(a, books is None),
             note=None if a[0] == "insufficient" else span(a[2], a[3]), tone=_TONES[a[0]]),
        Tile(Text("Transit transferred", "应转尽转率"), _said_short(b, carried is None),
             note=None if b[0] == "insufficient" else span(b[2], b[3]), tone=_TONES[b[0]]),
        Tile(Text("Handbooks to verify", "建议核查手册"), to_verify,
             note=Text("balance, consumption or overdue", "平衡、单耗或逾期")),
        Tile(Text("Duty forgone under supervision", "监管中减免税额"), _ABSENT if running is None else money(running)),
    )  # fmt: skip
    return Headline(verdict(books, carried, exempted), tiles, place)


def _said_short(rate: Rate, absent: bool) -> Text:
    return (_ABSENT if absent else _EMPTY) if rate[0] == "insufficient" else percent(rate[1])


_WHY = {
    "balance": Text("balance", "料件不平衡"), "consumption": Text("consumption", "单耗偏高"),
    "overdue": Text("overdue", "逾期未核销"),
}  # fmt: skip


def handbooks(books: Handbooks | None, rows: int = 12) -> Section | None:
    """Handbooks for which verification is suggested."""
    if books is None:
        return None
    data = books.leads
    why = [[_WHY[w] for w in codes.split()] for codes in data["leads"]]
    reach = [
        span(a, b) if known else Text("\N{EM DASH}", "\N{EM DASH}")
        for a, b, known in zip(data["low95"], data["high95"], data["against_peers"].notna(), strict=True)
    ]
    shown = data.assign(
        why=cells(Text(", ".join(t.en for t in w), "、".join(t.zh for t in w)) for w in why),
        reach=cells(reach),
    )  # fmt: skip
    finding = told(
        "{n} of {all} periods of {books} handbooks do not balance, declare more than their peers or are overdue",
        "{books}本手册（账册）的{all}个核销周期中{n}个料件不平衡、单耗高于同类或逾期",
        n=number(len(data)),
        all=number(len(books.rows)),
        books=number(books.books),
    )
    lead = told("{k} of {all} could be compared: another enterprise holds a handbook for the same code. Of the leads "
                "by balance or consumption at most {f} should be chance, if enterprises with the same code do the same "
                "work; of the handbooks without a peer nothing is said.",
                "{all}个核销周期中{k}个有同编码的其他企业可比。平衡及单耗线索中随机误报预期不超过{f}（前提是同编码企业工艺相"
                "同）；无可比企业的手册未作判断。", k=number(books.compared), all=number(len(books.rows)),
                f=percent(FALSE, 0))  # fmt: skip
    listing = Listing(
        "handbook_leads", Text("Handbooks to verify, the most material first", "建议核查的手册（按数量）"), shown,
        (Column("handbook_id", Text("Handbook", "手册")), Column("enterprise_id", Text("Enterprise", "企业")),
         Column("due_on", Text("Period to", "核销周期至"), "month"),
         Column("why", Text("Reason", "原因")), Column("balance", Text("Used / explained", "耗用/应耗"), "number", 3),
         Column("against_peers", Text("Against peers", "与同类比"), "number", 2),
         Column("reach", Text("95 % interval", "95%区间")), Column("peers", Text("Peers", "同类企业"), "number"),
         Column("excess_kg", Text("Excess, kg", "超耗（千克）"), "number")),
        told("Balance: off by more than {b} and by more than usual (balances here are off by {s} as a rule). "
             "Consumption: "
             "above other enterprises with the same code by more than chance. A reason to ask, no finding.",
             "平衡：偏离超过{b}且超出通常幅度（通常为{s}）；单耗：显著高于同编码的其他企业。仅为核查线索，并非结论。",
             b=percent(BALANCE, 0), s=percent(books.spread, 1)), rows,
    )  # fmt: skip
    return Section(finding, Text("Handbooks", "手册"), (listing,), lead)


def transit(carried: Carried | None, rows: int = 10) -> Section | None:
    """Routes on which eligible consignments were not transferred."""
    if carried is None:
        return None
    states = carried.rows["state"].value_counts()
    finding = told("{n} eligible consignments were not declared for transit, {m} were declared and did not arrive",
                   "{n}票应转未转，{m}票已申报未运抵",
                   n=number(states.get("not_declared", 0)), m=number(states.get("lost", 0)))  # fmt: skip
    listing = Listing(
        "transit_routes", Text("Routes with consignments not transferred", "未转关货物的路线"), carried.routes,
        (Column("district", Text("From", "进境地")), Column("destination", Text("To", "指运地")),
         Column("eligible", Text("Eligible", "应转"), "number"), Column("missing", Text(
             "Not transferred", "未转"), "number")),
        Text("Consignments that came within 30 days of the end of the data are not judged.",
             "数据截止前30天内进境的货物不作判定。"), rows,
    )  # fmt: skip
    return Section(finding, Text("Transit", "转关"), (listing,))


def method() -> Fold:
    """Definitions."""
    return Fold(Text("Method", "方法"), (
        Text("On time: handbooks written off by their (extended) date / handbooks due, those overdue and open "
             "included. Used = inputs less stock; explained = output x unit consumption / (1 - waste). Peers: other "
             "enterprises with the same code of the output; one value an enterprise, the spread usual within codes "
             "beside the code's own (moderated variance), leads chosen for a share of false ones (Benjamini and "
             "Hochberg 1995).",
             "按期核销率：在到期日（含延期）前核销的手册/到期手册，逾期未核销的计入分母。耗用＝进口－结存；"
             "应耗＝出口×单耗/（1－损耗率）。同类：成品编码相同的其他企业，每家企业取一值，离散度兼用各编码通常水平（方"
             "差收缩），线索按误报率控制选取（Benjamini和Hochberg，1995）。"),
    ))  # fmt: skip


def figures(books: Handbooks | None, carried: Carried | None, exempted: Exempted | None) -> dict[str, float]:
    """Flat figures for result.json; what was not given is missing."""
    nothing = float("nan")
    return {
        HANDBOOK: on_time(books)[1], TRANSIT: transferred(carried)[1],
        "handbook_leads": nothing if books is None else float(len(books.leads)),
        "handbooks_compared": nothing if books is None else float(books.compared),
        "exemptions_overdue": nothing if exempted is None else float(len(exempted.overdue)),
        "duty_overdue": nothing if exempted is None else float(exempted.overdue["duty_forgone"].sum()),
        "goods_elsewhere": nothing if exempted is None else exempted.away[0],
        "duty_forgone": nothing if exempted is None else float(exempted.forgone["duty_forgone"].sum()),
    }  # fmt: skip
