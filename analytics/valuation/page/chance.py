"""Level against its standard error: what chance explains, and what is called."""

from __future__ import annotations

from analytics.briefing import Chart, Section
from analytics.language import Text, number
from analytics.valuation.level.result import PriceLevel
from analytics.valuation.level.verdicts import JUDGED, OUT, SET_APART
from analytics.valuation.page import drawing
from analytics.valuation.page.findings import Findings
from analytics.valuation.page.words import NOBODY


def funnel(found: Findings) -> Section:
    """Level against its standard error: what chance explains."""
    level = found.level
    columns = ["key", "period", "level", "low95", "high95", "probability_outside", "status", "reason"]
    chart = Chart(
        name="funnel",
        caption=Text("Level and how well it is known", "价格水平及其可靠程度"),
        alt=FUNNEL_ALT,
        data=level.levels[columns],
        draw=lambda: drawing.funnel(level),
        note=_funnel_note(level),
    )
    return Section(_funnel_finding(level), Text("Chance", "偶然性"), (chart,))


def _funnel_note(level: PriceLevel) -> Text:
    beyond = drawing.beyond_funnel(level)
    if not beyond:
        return FUNNEL_NOTE
    return Text(
        f"{FUNNEL_NOTE.en} Groups too uncertain for its width: {beyond} (in the CSV).",
        f"{FUNNEL_NOTE.zh}另有{beyond}个分组标准误过大，未在图中（见CSV）。",
    )


def _funnel_finding(level: PriceLevel) -> Text:
    """How many point estimates outside the band are chance, and how many inside it are called by their value."""
    drawn = drawing.in_funnel(level)
    shown = level.levels[drawn]
    out = (shown["level"] < level.band[0]) | (shown["level"] > level.band[1])
    called = shown["status"].isin(OUT)
    untold = int((out & ~called & ~shown["status"].isin(JUDGED)).sum())
    count, chance = int(out.sum()) - untold, int((out & ~called).sum()) - untold
    if not shown["status"].isin(JUDGED).any():
        return NOBODY
    within = shown[~out & called]  # by lines in order, by value or by what is set apart not
    apart = within["reason"] == SET_APART
    more = Text("", "")
    for n, en, zh in (
        (int((~apart).sum()), "by value", "按货值"),
        (int(apart.sum()), "by what is set apart", "因另列的货值"),
    ):
        if n:
            stand = "stands" if n == 1 else "stand"
            more = Text(f"{more.en}; {number(n)} more {stand} out {en}", f"{more.zh}；另有{n}个{zh}判为偏离")
    wide = int(level.levels.loc[~drawn, "status"].isin(OUT).sum())
    if wide:
        en = f"; {number(wide)} more, too uncertain to be drawn, {'stands' if wide == 1 else 'stand'} out"
        more = Text(more.en + en, f"{more.zh}；另有{wide}个判为偏离，因不确定性过大未绘出")
    if untold:
        more = Text(f"{more.en}; {number(untold)} cannot be told", f"{more.zh}；另有{untold}个无法判断")
    said = _outside_finding(count, chance)
    return Text(said.en + more.en, said.zh + more.zh)


def _outside_finding(count: int, chance: int) -> Text:
    if not count:
        return Text("No group reads outside the band", "没有分组的水平在区间之外")
    en = f"{number(count)} {'group reads' if count == 1 else 'groups read'} outside the band"
    zh = f"{count}个分组的水平在区间之外"
    if not chance:
        return Text(f"{en}: more than chance explains", f"{zh}，均非偶然所能解释")
    if chance == count:
        return Text(f"{en}: chance is enough to explain it", f"{zh}，用偶然即可解释")
    return Text(
        f"{en}; for {number(chance)} of them chance is enough to explain it, the others are called",
        f"{zh}，其中{chance}个用偶然即可解释，其余判为偏离",
    )


FUNNEL_ALT = Text(
    "Each point is a group: price level against its standard error. Points beyond the dashed lines lie outside the "
    "band by more than their error.",
    "每点为一个分组：价格水平与其标准误。虚线之外的点超出区间的幅度大于其误差。",
)
FUNNEL_NOTE = Text(
    "Dashed: band widened by 1.96 standard errors. Diamonds are confirmed, triangles suspect, rings cannot be told.",
    "虚线：区间加减1.96倍标准误。菱形为确认，三角为存疑，圆圈为无法判断。",
)
