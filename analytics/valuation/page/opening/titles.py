"""What the page's headline says: the farthest cell, both sides where nobody can tell, or that too little is known."""

from __future__ import annotations

import pandas as pd

from analytics.language import Text, percent, told
from analytics.valuation.level.result import PriceLevel
from analytics.valuation.level.verdicts import BY_VALUE
from analytics.valuation.page.numbers import judged_share, opposed
from analytics.valuation.page.words import capital, figure, floored, named, reason, span, what


def title(level: PriceLevel, counts: dict[str, int], row: pd.Series | None, status: str) -> Text:
    """The headline's sentence.

    Parameters
    ----------
    level : PriceLevel
    counts : cells by status
    row : the cell that title and tile name; None where nothing is judged
    status : verdict over all cells
    """
    judged = counts["met"] + counts["watch"] + counts["not_met"]
    cells, band = what(level), span(*level.band)
    if row is None:
        return Text("Too little compares to judge price levels", "可比内容过少，无法判断价格水平")
    where = named(level, row["key"], period=row["period"] if "period" in level.by else None)
    if judged == 1 and status in ("met", "not_met"):
        return _only_one(level, row, status)
    if status == "not_met":
        n, of = counts["not_met"], _judged(level, judged)
        return Text(
            f"{n} of {of.en} {'is' if n == 1 else 'are'} confirmed outside {band.en}; {where.en} is farthest at "
            f"{figure(row['level'])}",
            f"{of.zh}中{n}个确认超出{band.zh}；偏离最大的是{where.zh}，为{figure(row['level'])}",
        )
    if status == "watch":
        sides = opposed(level, row)
        if len(sides):
            return _opposed(level, sides)
        return _to_watch(level, counts["watch"], judged, row)
    if status == "insufficient":
        if not judged:
            return Text(
                f"The price level of {cells.en} is known too little to be judged",
                f"各{cells.zh.removeprefix('个')}价格水平把握不足，无法判断",
            )
        return _known_too_little(level, counts["insufficient"], judged)
    share, of = floored(judged_share(level)), _judged(level, judged)
    return Text(
        f"None of {of.en} is found outside {band.en} ({percent(share, 0)} of value judged); "
        f"farthest from 1 is {where.en} at {figure(row['level'])}",
        f"{of.zh}均未见超出{band.zh}（判断覆盖货值{percent(share, 0, 'zh')}）；"
        f"离1最远的是{where.zh}，为{figure(row['level'])}",
    )


def _judged(level: PriceLevel, judged: int) -> Text:
    """How many are judged, and that others are not: of who stands far off alone all would seem to."""
    cells = what(level)
    if judged == len(level.levels):
        return Text(f"{judged} {cells.en}", f"{judged}{cells.zh}")
    return Text(f"{judged} {cells.en} that can be judged", f"可判断的{judged}{cells.zh}")


def _only_one(level: PriceLevel, row: pd.Series, status: str) -> Text:
    """A single cell can be judged: there is nothing to count."""
    where = named(level, row["key"], period=row["period"] if "period" in level.by else None)
    said = Text("stands outside", "价格水平超出") if status == "not_met" else Text("is not found outside", "未见超出")
    return told(
        "{where} alone can be judged and {said} {band}, at {at}",
        "仅{where}可判断，{said}{band}，为{at}",
        where=capital(where), said=said, band=span(*level.band), at=figure(row["level"]),
    )  # fmt: skip


def _to_watch(level: PriceLevel, n: int, judged: int, row: pd.Series) -> Text:
    """Suspects without a confirmed breach, the first of them with its reason."""
    where = named(level, row["key"], period=row["period"] if "period" in level.by else None)
    of = told("{n} of {of} ", "{of}中{n}个", n=n, of=_judged(level, judged))
    first = Text(f"are to be watched, {where.en} first,", f"需关注，首位为{where.zh}")
    if judged == 1:
        of, first = (
            Text(f"{where.en} alone can be judged and ", f"仅{where.zh}可判断，"),
            Text("is to be watched,", "需关注"),
        )
    elif n == 1:
        first = Text(f"is to be watched: {where.en},", f"需关注，为{where.zh}")
    return told("No confirmed breach; {of}{first} {why}", "未见确认的偏离；{of}{first}（{why}）",
                of=of, first=first, why=reason(row))  # fmt: skip


def _opposed(level: PriceLevel, sides: pd.DataFrame) -> Text:
    """Two places, or few without a majority: both ends are named, and nobody is accused."""
    low, high = (named(level, sides["key"].iloc[at]) for at in (0, -1))
    many = len(sides)
    ratio = figure(float(sides["level"].iloc[0]) if many == 2 else sides["level"].iloc[0] / sides["level"].iloc[-1])
    en = "with two places alone nobody can tell which is off"
    zh = "仅有两处，无法判断何方偏离"
    if many > 2:
        en, zh = (
            f"the {many} places agree on no price, so nobody can tell which is off",
            f"{many}处没有多数一致的价格，无法判断何方偏离",
        )
    return Text(
        f"{capital(low).en} declares at {ratio} of the prices of {high.en}; {en}",
        f"{low.zh}价格为{high.zh}的{ratio}倍；{zh}",
    )


def _known_too_little(level: PriceLevel, unknown: int, judged: int) -> Text:
    """Nothing is found outside, yet the whole is not seen to be in order."""
    band, cells, seen = span(*level.band), what(level), floored(level.seen_in_order)
    by_value = int(((level.levels["status"] == "insufficient") & (level.levels["reason"] == BY_VALUE)).sum())
    if by_value:
        is_ = "1 group is" if by_value == 1 else f"{by_value} groups are"
        return Text(
            f"Line by line no group is found outside {band.en}, but {is_} outside by value: a few large consignments "
            "price apart",
            f"按记录未见分组超出{band.zh}，但{by_value}个分组按货值超出：少数大额货物价格不同",
        )
    they = "1 group is known too little to say that it is"
    if unknown != 1:
        they = f"{unknown} groups are known too little to say that they are"
    if not unknown:
        they = "the rest is compared too little to say that it is"
    return Text(
        f"Only {percent(seen, 0)} of value and lines is seen to lie near {band.en} ({judged} {cells.en}); nothing is "
        f"found outside, but {they} in order",
        f"仅{percent(seen, 0, 'zh')}的货值和记录可确认在{band.zh}附近（{judged}{cells.zh}）；未见超出，"
        + (f"但另有{unknown}个分组把握不足，不能说明整体正常" if unknown else "但其余可比过少，不能说明整体正常"),
    )


def prices_apart(table: pd.DataFrame, *, any_judged: bool = True) -> Text:
    """Who prices apart in groups none of which does."""
    first, n = table.iloc[0], len(table)
    who = (
        "1 enterprise prices apart wherever it declares"
        if n == 1
        else f"{n} enterprises price apart wherever they declare"
    )
    at = figure(first["level"])
    none = Text("No group is found outside the band", "未见分组超出区间")
    if not any_judged:
        none = Text("No group can be judged", "没有可判断的分组")
    return Text(
        f"{none.en}, but {who} ({first['enterprise']} at {at})",
        f"{none.zh}，但有{n}家企业各处申报价格均与众不同（{first['enterprise']}为{at}）",
    )
