"""How firm the findings are: other choices, and what the lines were compared with."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.briefing import Column, Listing, Look, Section, cells
from analytics.language import Text, both, told
from analytics.valuation.level.result import PriceLevel
from analytics.valuation.page.findings import Findings
from analytics.valuation.page.words import RUNG_NAMES, UNJUDGED, capital, figure, named, span, word


def firmness(found: Findings) -> Section:
    """Levels under other choices, and share of value by what it was compared with."""
    ladder = found.level.ladder
    choices = Listing(
        name="sensitivity",
        caption=Text("Level under each choice", "不同口径下的水平"),
        frame=found.sensitivity,
        columns=SENSITIVITY_COLUMNS,
        note=SENSITIVITY_NOTE,
    )
    references = Listing(
        name="references",
        caption=Text("What the lines were compared with", "比较所用的参考"),
        frame=ladder.assign(name=cells(RUNG_NAMES[r] for r in ladder["rung"])),
        columns=LADDER_COLUMNS,
    )
    finding = _finding(found.sensitivity, found.level.band, len(found.outside))
    return Section(finding, Text("Sensitivity", "敏感性"), (choices, references))


def one_district(found: Findings) -> Look | None:
    """How the groups of one district or another stand; nothing where the breakdown has no district."""
    level = found.level
    if "district" not in level.by:
        return None
    parts = [(str(key), own) for key, own in level.levels.groupby("district", sort=True)]
    largest = np.argmax([own["lines"].sum() for _, own in parts]) if parts else 0
    texts = tuple(_of_district(level, own) for _, own in parts)
    title = Text(f"Quick look: one {word(level, 'district').en}", f"速览：单个{word(level, 'district').zh}")
    return Look(title, word(level, "district"), tuple(key for key, _ in parts), texts, int(largest)) if parts else None


def _of_district(level: PriceLevel, own: pd.DataFrame) -> Text:
    judged = own[own["status"] != "insufficient"]
    out = {status: int((own["status"] == status).sum()) for status in ("not_met", "watch")}
    if len(own) == 1:
        return _of_one(level, own.iloc[0])
    en = f"{len(judged)} of {len(own)} groups could be judged, {out['not_met']} confirmed outside the band, "
    zh = f"{len(own)}个分组中{len(judged)}个可判断，{out['not_met']}个确认超出区间，"
    en, zh = f"{en}{out['watch']} in doubt.", f"{zh}{out['watch']}个存疑。"
    known = judged[judged["level"].notna()]
    if not len(known):
        return Text(en, zh)
    row = known.loc[np.log(known["level"]).abs().idxmax()]
    where, between = named(level, str(row["key"])), span(row["low95"], row["high95"])
    return Text(
        f"{en} Farthest from 1: {where.en} at {figure(row['level'])} ({between.en}).",
        f"{zh}离1最远：{where.zh}，为{figure(row['level'])}（{between.zh}）。",
    )


def _of_one(level: PriceLevel, row: pd.Series) -> Text:
    """A district that is one group: what is said of it, and why."""
    words = {
        "met": Text("in order", "在区间内"),
        "watch": Text("in doubt", "存疑"),
        "not_met": Text("confirmed outside the band", "确认超出区间"),
    }
    why = UNJUDGED[row["reason"]] if row["status"] == "insufficient" else words[row["status"]]
    said = Text(f"not judged ({why.en})", f"未作判断（{why.zh}）") if row["status"] == "insufficient" else why
    where, at = named(level, str(row["key"])), Text("", "")
    if pd.notna(row["level"]):
        between = span(row["low95"], row["high95"])
        at = Text(f": {figure(row['level'])} ({between.en})", f"：{figure(row['level'])}（{between.zh}）")
    return told("{where} is {said}{at}.", "{where}{said}{at}。", where=capital(where), said=said, at=at)


def _finding(table: pd.DataFrame, band: tuple[float, float], outside: int) -> Text:
    """How many of the cells shown stay outside when all is computed anew, and under every definition."""
    if table.empty:
        return Text("Nothing to test: no group stands out", "无偏离分组，无需检验")
    values = table.drop(columns=["key", "period"], errors="ignore")
    low = (values < band[0]) | values.isna()
    high = (values > band[1]) | values.isna()
    anew = ["judged", "strict", "unfiltered", "quarter"]
    known = values[anew].notna().any(axis=1)  # where all is set apart there is no level that stays
    kept = int((known & (low[anew].all(axis=1) | high[anew].all(axis=1))).sum())
    firm = int((known & (low.all(axis=1) | high.all(axis=1))).sum())
    if outside == 1 or not kept:
        return _of_few(outside, kept, firm)
    of = Text(f"{kept} of {outside}", f"{outside}个中有{kept}个")
    if len(table) < outside:
        of = Text(
            f"{kept} of the {len(table)} farthest of {outside}", f"{outside}个中偏离最大的{len(table)}个里有{kept}个"
        )
    return told(
        "{of} {stay} outside however lines are filtered and compared, {firm} of them under every definition",
        "{of}无论如何过滤和比较均超出区间，其中{firm}个在各种定义下均超出",
        of=of, stay="stays" if kept == 1 else "stay", firm=both.part(firm, kept),
    )  # fmt: skip


def _of_few(many: int, kept: int, firm: int) -> Text:
    """Where one group stands out, or none stays, nothing is counted."""
    if not kept:
        one = (
            "The group that stands out does not stay"
            if many == 1
            else f"None of the {many} groups that stand out stays"
        )
        return Text(
            f"{one} outside under every filter and reference", f"{many}个偏离分组在不同过滤和参考下均未能始终超出区间"
        )
    also = (
        Text(", under every definition", "，各种定义下均如此")
        if firm
        else Text(", not under every definition", "，但并非各种定义下均如此")
    )
    en, zh = "The group stays outside however lines are filtered and compared", "该分组无论如何过滤和比较均超出区间"
    return Text(en + also.en, zh + also.zh)


SENSITIVITY_NOTE = Text(
    "Definitions: as judged; robust mixed model line by line; regression by value; tax-weighted ratios. Filter and "
    "reference, judged anew (how rare departures are is kept): lines beyond 2.5 robust deviations left out; no line "
    "left out; compared within the quarter instead of the month. Same month: leave-one-out with the closest references "
    "only.",
    "口径：判定值；按记录的稳健混合模型；按货值加权回归；税款加权比率。过滤与参考（重新判定，偏离频率沿用原估计）：剔除2.5倍稳健差以外；不剔除；按同季度而非同月比较。同月：留一法仅用最近参考。",
)
SENSITIVITY_COLUMNS = (
    Column("key", Text("Group", "分组")),
    Column("judged", Text("As judged", "判定值"), "number", digits=2),
    Column("mixed", Text("Line by line", "按记录"), "number", digits=2),
    Column("weighted", Text("By value", "按货值"), "number", digits=2),
    Column("loo", Text("Leave-one-out", "留一法"), "number", digits=2),
    Column("included", Text("National average", "全国均价"), "number", digits=2),
    Column("strict", Text("Strict filter", "从严过滤"), "number", digits=2),
    Column("unfiltered", Text("No filter", "不过滤"), "number", digits=2),
    Column("quarter", Text("By quarter", "按季度"), "number", digits=2),
    Column("same_month", Text("Same month", "同月"), "number", digits=2),
)
LADDER_COLUMNS = (
    Column("name", Text("Reference", "参考")),
    Column("lines", Text("Lines", "记录数"), "number"),
    Column("value_share", Text("Share of value", "货值占比"), "percent", bar=True),
)
