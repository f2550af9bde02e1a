"""The page's head: what was found, how sure it is, and four figures."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from analytics.briefing import Headline, Tile, Verdict
from analytics.language import NO_FIGURE, Text, both, joined, number, told
from analytics.valuation.evidence.to_verify import CELL
from analytics.valuation.level.control_chart import chart
from analytics.valuation.level.result import PriceLevel
from analytics.valuation.level.verdicts import NO_MAJORITY, OUT
from analytics.valuation.page.findings import Findings
from analytics.valuation.page.numbers import (
    at_stake,
    breach_count,
    coverage,
    few_places,
    first_cell,
    judged_share,
    opposed,
    set_apart,
    without_price,
)
from analytics.valuation.page.opening.titles import prices_apart, title
from analytics.valuation.page.opening.to_verify import lines_of, verify_sentences
from analytics.valuation.page.words import (
    figure,
    floored,
    like_goods,
    money_span,
    named,
    of_the_nation,
    span,
    stake_word,
)

_FARTHEST, _FIRST = Text("Farthest confirmed", "偏离最大（已确认）"), Text("First to watch", "首位关注")


def verdict(found: Findings) -> Verdict:
    """Judge the breakdown: the worst confirmed cell of many."""
    level = found.level
    counts, status = breach_count(level), level.status
    row = first_cell(level)
    said = title(level, counts, row, status)
    if status == "met" and _nation_is_out(found):  # nothing inside the table shows what all districts do
        status, said = "watch", of_the_nation(found.nation.iloc[0], level.band)
    apart = _confirmed_enterprises(found) if status in ("met", "insufficient") else found.level.levels.iloc[:0]
    if len(apart):  # a group in order does not clear an enterprise in it
        judged = found.level.levels["status"].ne("insufficient").any()
        status, said = "watch", prices_apart(apart, any_judged=bool(judged))
    return Verdict(
        target="price_level",
        status=status,  # type: ignore[arg-type]
        value=None if row is None else float(row["level"]),
        low=None if row is None else float(row["low95"]),
        high=None if row is None else float(row["high95"]),
        text=said,
        lead=_lead(found, counts),
        badge=_badge(counts, status),
    )


def _nation_is_out(found: Findings) -> bool:
    """Whether all imports lie outside the band against reference prices, by more than their error."""
    whole, band = found.nation.head(1), found.level.band
    return bool(((whole["high95"] < band[0]) | (whole["low95"] > band[1])).any())


def _confirmed_enterprises(found: Findings) -> pd.DataFrame:
    """Enterprises confirmed outside the band wherever they declare."""
    return found.enterprises[found.enterprises["status"] == "not_met"]


def _lead(found: Findings, counts: dict[str, int]) -> Text:
    level, said = found.level, verify_sentences(found)
    share = both.percent(floored(coverage(level)), 0)
    if level.base_period is None:
        en, zh = "{share} of the value is compared with like goods ({goods}).", "按{goods}比较的货值占{share}。"
        said.append(told(en, zh, share=share, goods=like_goods(level)))
    else:
        en, zh = (
            "{share} of the value is compared with the same products in {year}.",
            "与{year}年同商品可比的货值占{share}。",
        )
        said.append(told(en, zh, share=share, year=level.base_period))
    if counts["watch"] and counts["not_met"]:
        are = "is" if counts["watch"] == 1 else "are"
        en = f"{{watch}} more {are} suspect without being confirmed."
        said.append(told(en, "另有{watch}个存疑而未确认。", **counts))
    if (level.levels["reason"] == NO_MAJORITY).any():
        said.append(told("{sides} can tell.", "{sides}可以区分。", sides=SIDES))
    elif counts["not_met"] and few_places(level):
        said.append(FEW_PLACES)
    if counts["insufficient"]:
        said.append(_not_judged(level, counts["insufficient"]))
    if level.base_period is None and level.question.reference is None:
        said.append(IN_COMMON)
    return joined([*said, REASON_TO_ASK])


FEW_PLACES = Text("With so few places the majority is taken for the price.", "可比的地方很少，以多数一方的价格为准。")
IN_COMMON = Text(
    "What all districts have in common cannot be seen without a base period or reference prices.",
    "未给基期或参考价格时，全国共同的偏差无法看出。",
)
REASON_TO_ASK = Text("A price gap is a reason to ask, not a value to impose.", "价格差异是质疑的理由，不是估价的依据。")
SIDES = Text(
    "Where no majority agrees, the amount holds only if the lower side is the one that is off; reference prices, a "
    "base period or partners' export prices (parameters reference, base_period)",
    "没有多数一致的价格时，金额仅在偏低一方确属偏离时成立；参考价格、基期或出口方价格（参数reference、base_period）",
)


def _not_judged(level: PriceLevel, count: int) -> Text:
    """How many groups nobody can judge, how much of the value the judged ones hold, and how many have no price."""
    share, unlike = floored(judged_share(level)), without_price(level)
    because = Text("", "")
    if unlike and count == 1:
        because = Text(" because its goods have no common price", "，因货物没有共同价格")
    elif unlike:
        some = "all" if unlike == count else number(unlike)
        en = f", {some} of them because their goods have no common price"
        because = Text(en, f"，其中{unlike}个货物没有共同价格")
    return told(
        "{groups} cannot be judged{because}; what is judged is {share} of the value.",
        "{groups}无法判断{because}；可判断部分占货值的{share}。",
        groups=both.counted(count, "group", "groups", "个分组"), because=because, share=both.percent(share, 0),
    )  # fmt: skip


def _badge(counts: dict[str, int], status: str) -> Text | None:
    if status == "not_met":
        n = counts["not_met"]
        return Text(f"{n} confirmed outside the band", f"{n}个确认超出区间")
    if status == "watch" and not counts["watch"]:
        return Text("to be watched", "需关注")
    if status == "watch":
        return Text(f"{counts['watch']} to watch", f"{counts['watch']}个需关注")
    return None


def headline(found: Findings, place: Text) -> Headline:
    """The finding with its tiles; place and months stand above it."""
    first, last = (both.month(when) for when in found.level.compared["month"].agg(["min", "max"]))
    kicker = told("{place} · {first} to {last}", "{place} · {first}至{last}", place=place, first=first, last=last)
    return Headline(verdict(found), tuple(tiles(found)), kicker)


def tiles(found: Findings) -> list[Tile]:
    """Four tiles: the farthest cell, confirmed and suspect cells, coverage, what is at stake."""
    return [*_farthest(found.level), _confirmed(found.level), _coverage(found.level), _stake(found)]


def _farthest(level: PriceLevel) -> list[Tile]:
    row = first_cell(level)
    if row is None or row["status"] not in OUT:
        return []
    where = named(level, row["key"], period=row["period"] if "period" in level.by else None)
    sides = opposed(level, row)
    if len(sides):
        row, other = sides.iloc[0], named(level, sides["key"].iloc[-1])
        where = told("{where}, against {other}", "{where}，相对{other}", where=named(level, row["key"]), other=other)
    series = None if level.base_period is not None else chart(level, row["key"])["smoothed"].tolist()
    return [
        Tile(
            _FARTHEST if row["status"] == "not_met" else _FIRST,
            figure(row["level"]),
            where,
            told("95 %: {span}", "95%区间：{span}", span=span(row["low95"], row["high95"])),
            "bad" if row["status"] == "not_met" else "watch",
            series,
        )
    ]


def _colour(counts: dict[str, int], status: str) -> Literal["neutral", "good", "bad", "watch"]:
    """Green only where the whole is seen to be in order."""
    if counts["not_met"]:
        return "bad"
    return "watch" if counts["watch"] else "good" if status == "met" else "neutral"


def _confirmed(level: PriceLevel) -> Tile:
    counts = breach_count(level)
    judged = counts["met"] + counts["watch"] + counts["not_met"]
    return Tile(
        Text("Confirmed outside the band", "确认超出区间"),
        str(counts["not_met"]),
        Text(f"of {number(judged)} judged", f"共判断{judged}个"),
        Text(
            f"{number(counts['watch'])} suspect; {number(counts['insufficient'])} cannot be told",
            f"{counts['watch']}个存疑；{counts['insufficient']}个无法判断",
        ),
        _colour(counts, level.status),
    )


def _coverage(level: PriceLevel) -> Tile:
    share, lines, apart = floored(coverage(level)), level.levels["lines"].sum(), set_apart(level)
    return Tile(
        Text("Coverage", "可比覆盖率"),
        both.percent(share, 0),
        Text("of value compared with like goods", "货值可与同类比较"),
        told(
            "{n}; {apart} more set apart as outliers",
            "{n}；另有{apart}条作离群值列出",
            n=lines_of(int(lines)),
            apart=both.number(apart),
        ),
    )


def _stake(found: Findings) -> Tile:
    """What is at stake; nothing is said of groups that are not judged, and no interval where none stands out."""
    stake, low, high = at_stake(found.level)
    what = stake_word(found.level)
    name = Text(f"{what.en.capitalize()} at stake", f"涉及{what.zh}")
    if (found.level.levels["status"] == "insufficient").all():
        return Tile(name, NO_FIGURE, Text("no group could be judged", "没有可判断的分组"))
    if not found.level.levels["status"].isin(OUT).any():
        return Tile(name, both.money(0.0, found.unit), Text("no group judged stands out", "已判断的分组均未见偏离"))
    return Tile(
        name,
        both.money(stake, found.unit),
        told("in {n} to verify", "建议核查{n}", n=lines_of(int((found.lines["because"] == CELL).sum()))),
        told("95 %: {between}", "95%区间：{between}", between=money_span(max(low, 0.0), high, found.unit))
        if np.isfinite(high)
        else None,
    )
