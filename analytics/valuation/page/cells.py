"""Cells outside the band, who moves them, and the lines to verify."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from analytics.briefing import Column, Lead, Listing, Section, cells, interval
from analytics.language import Text, joined, number
from analytics.valuation.evidence.to_verify import CELL
from analytics.valuation.level.result import PriceLevel
from analytics.valuation.page.findings import Findings
from analytics.valuation.page.numbers import breaches as confirmed_cells
from analytics.valuation.page.opening.to_verify import verify_sentences
from analytics.valuation.page.words import (
    BECAUSE,
    NEARNESS,
    QUERIED,
    UNJUDGED,
    figure,
    listing,
    named,
    reason,
    remark,
    span,
    stake_word,
    verdict_words,
)

_LINES, _UNJUDGED = 12, 8


def breaches(found: Findings) -> Section:
    """Confirmed and suspect cells with the enterprises that move them, and the lines to verify."""
    level, unit = found.level, found.unit
    table = found.outside.copy()
    table["verdict"] = verdict_words(table["status"])
    table["remark"] = cells(remark(row) for _, row in table.iterrows())
    table["leading"] = _leading(found.ranking, table["key"])
    count = _count(found)
    table["lines_to_verify"] = [count[cell] for cell in zip(table["key"], table["period"], strict=True)]
    groups = Listing(
        name="breaches",
        caption=Text("Groups outside the band, confirmed first", "超出区间的分组，确认者在前"),
        frame=table,
        columns=tuple(c for c in _cell_columns(unit, level) if c.key != "remark" or table["remark"].notna().any()),
        note=_note(level),
        rows=found.cells_shown,
    )
    lines = Listing(
        name="lines_to_verify",
        caption=Text("Lines to verify, largest gap first", "建议核查的记录，按差额排序"),
        frame=_told(found),
        columns=tuple(c for c in _line_columns(unit, level) if c.key != "why" or set(found.lines["because"]) - {CELL}),
        note=LINES_NOTE,
        rows=_LINES,
    )
    lead = joined(verify_sentences(found)) if len(found.lines) else None
    return Section(_finding(level), Text("Breaches", "偏离"), (groups, lines, *_not_judged(level)), lead)


def _count(found: Findings) -> Counter[tuple[str, str]]:
    """Lines to verify by cell and period."""
    return Counter(zip(found.lines["key"], found.lines["period"], strict=True))


def _not_judged(level: PriceLevel) -> tuple[Listing, ...]:
    """Groups that are not judged, those of most value first, each with why."""
    table = level.levels[level.levels["status"] == "insufficient"]
    if table.empty:
        return ()
    table = table.sort_values(["value_declared", "key"], ascending=[False, True], ignore_index=True)
    table["why"] = cells(UNJUDGED[why] for why in table["reason"])
    period = [Column("period", Text("Period", "期间"))] if "period" in level.by else []
    columns = (
        Column("key", Text("Group", "分组")),
        *period,
        Column("why", Text("Why not judged", "未作判断的原因")),
        Column("lines_declared", Text("Lines", "记录数"), "number"),
        Column("matched_value_share", Text("Compared", "可比"), "percent", digits=0),
        Column("level", Text("Level", "水平"), "number", digits=2),
        *interval("number", 2),
    )
    caption = Text("Groups that are not judged, largest first", "未作判断的分组，按货值排序")
    return (
        Listing(name="not_judged", caption=caption, frame=table, columns=columns, note=UNJUDGED_NOTE, rows=_UNJUDGED),
    )


def leads(found: Findings) -> list[Lead]:
    """Cells outside the band for the board, confirmed first, each with its district and the lines to verify."""
    by = found.level.by
    count = _count(found)
    made = []
    for row in found.outside.to_dict("records"):
        where = named(found.level, row["key"], period=row["period"] if "period" in by else None)
        what, between = reason(pd.Series(row)), span(row["low95"], row["high95"])
        said = Text("confirmed", "已确认") if row["status"] == "not_met" else Text("suspect", "存疑")
        lines = count[row["key"], row["period"]]
        known = row["reason"] != "set apart"
        at = figure(row["level"])
        shown = Text(f"price level {at} ({between.en})", f"价格水平{at}（{between.zh}）")
        low, high = found.level.band
        if low <= row["level"] <= high and np.isfinite(row["level_weighted"]):  # by lines in order, by value not
            value = figure(row["level_weighted"])
            shown = Text(f"{shown.en}, by value {value}", f"{shown.zh}，按货值{value}")
        level = shown if known else what
        some = "1 line" if lines == 1 else f"{lines} lines"
        verify = Text(f"; {some} to verify", f"；建议核查{lines}条") if lines else Text("", "")
        text = Text(f"{where.en}: {level.en}, {said.en}{verify.en}", f"{where.zh}：{level.zh}，{said.zh}{verify.zh}")
        made.append(Lead(text, str(row["district"]) if "district" in by else ""))
    return made


def _told(found: Findings) -> pd.DataFrame:
    """Lines with their rung and marks in words, those queried before marked."""
    lines = found.lines
    words = {
        (True, True): Text("> set apart", ">已另列"),
        (True, False): Text(">", ">"),
        (False, True): Text("set apart", "已另列"),
    }
    marks = [words.get((bool(c), bool(a))) for c, a in zip(lines["capped"], lines["set_apart"], strict=True)]
    asked = found.ledger.of(lines) if found.ledger is not None else pd.Series("", lines.index)
    marks = [_queried(mark, state) for mark, state in zip(marks, asked, strict=True)]
    nearness = [NEARNESS[r] for r in lines["rung"]]
    why = cells(BECAUSE[name] for name in lines["because"])
    return lines.assign(nearness=cells(nearness), mark=cells(marks), why=why)


def _queried(mark: Text | None, state: str) -> Text | None:
    """Add to a line's mark what became of its last query."""
    if not state:
        return mark
    said = QUERIED[state]
    return Text(f"{mark.en} {said.en}", f"{mark.zh}{said.zh}") if mark is not None else said


def _named(level: PriceLevel) -> bool:
    return bool((level.compared["enterprise"] != "").any())


def _note(level: PriceLevel) -> Text:
    note = BREACH_NOTE_NAMED if _named(level) else BREACH_NOTE
    if (level.levels["grade_mix"] == 1).all():
        return note
    return Text(f"{note.en} {GRADES_NOTE.en}", f"{note.zh}{GRADES_NOTE.zh}")


def _finding(level: PriceLevel) -> Text:
    """The confirmed cells, named."""
    confirmed = confirmed_cells(level)
    if confirmed.empty:
        judged = int((level.levels["status"] != "insufficient").sum())
        if not judged:
            return Text(
                "No group could be judged: a breach is neither confirmed nor excluded",
                "没有可判断的分组：偏离既未确认，也未排除",
            )
        groups = "group" if judged == 1 else "groups"
        return Text(
            f"No breach is confirmed in {number(judged)} {groups} judged",
            f"已判断的{number(judged, 0, 'zh')}个分组中没有确认的偏离",
        )
    told = listing(level, confirmed, 3)
    n = len(confirmed)
    return Text(
        f"{n} {'group is' if n == 1 else 'groups are'} confirmed outside the band ({told.en})",
        f"{n}个分组确认超出区间（{told.zh}）",
    )


LINES_NOTE = Text(
    "Reference: median of at least five like lines of two enterprises (where named) of others, as near in time "
    "and origin as there are, in the same size class; lines without one are not listed. Gap: to that median, "
    "at most three times what the line bears (marked >). A price gap is a reason to ask.",
    "参考价：他处至少五条、两家企业（如有名称）的同类记录（同数量级）的中位数，时间和原产国尽可能接近；无参考者不列。"
    "差额：与该中位数之差，最多按所载金额的三倍计（以“>”标示）。价格差异是质疑的理由。",
)
BREACH_NOTE = Text(
    "Level with its 95 % interval, judged together with all groups; beside it the regression by value.",
    "水平及95%区间系与全部分组一并判断所得；另列按货值加权的回归。",
)
BREACH_NOTE_NAMED = Text(
    f"{BREACH_NOTE.en} Leading enterprises: largest share times shrunk mean deviation in the group's direction; names "
    "are masked.",
    f"{BREACH_NOTE.zh}主要企业：份额×收缩后平均偏离（按本分组方向）；名称已脱敏。",
)
UNJUDGED_NOTE = Text(
    "None of these is said to be in order. A level without a verdict is what the lines show so far.",
    "以上分组均不视为正常；未作判断的水平仅反映现有记录。",
)
GRADES_NOTE = Text(
    "The shape of the prices shows that groups differ in their mix of grades; this is no part of a level (column "
    "grade_mix of the CSV). A practice that touches only some lines of a group can look the same: where grade_mix is "
    "far from 1, look at the goods.",
    "价格分布的形状表明各分组商品档次构成不同，该部分不计入水平（见CSV的grade_mix列）。只涉及部分记录的做法可能呈现相同形状："
    "grade_mix明显偏离1的分组，请核对商品本身。",
)


def _cell_columns(unit: str, level: PriceLevel) -> tuple[Column, ...]:
    """Columns of the table of breaches."""
    what = stake_word(level)
    columns = [Column("key", Text("Group", "分组"))]
    if "period" in level.by:
        columns.append(Column("period", Text("Period", "期间")))
    columns += [
        Column("verdict", Text("Verdict", "判断")),
        Column("remark", Text("Remark", "说明")),
        Column("level", Text("Level", "水平"), "number", digits=2),
        *interval("number", 2),
        Column("level_weighted", Text("By value", "按货值"), "number", digits=2),
        Column("lines", Text("Lines", "记录数"), "number"),
        Column("matched_value_share", Text("Compared", "可比"), "percent", digits=0),
        Column("duty_at_stake", Text(f"{what.en.capitalize()} at stake", f"涉及{what.zh}"), "money", unit=unit),
    ]
    if _named(level):
        columns.append(Column("leading", Text("Leading enterprises", "主要企业")))
    return tuple(columns)


def _line_columns(unit: str, level: PriceLevel) -> tuple[Column, ...]:
    """Columns of the lines to verify."""
    what = stake_word(level)
    columns = [Column("key", Text("Group", "分组")), Column("declaration_id", Text("Declaration", "报关单号"))]
    if _named(level):
        columns.append(Column("enterprise", Text("Enterprise", "企业")))
    return (
        *columns,
        Column("product", Text("Product", "商品")),
        Column("unit_value", Text("Unit price", "单价"), "number", digits=2),
        Column("reference", Text("Reference", "参考价"), "number", digits=2),
        Column("compared_lines", Text("Compared lines", "可比记录"), "number"),
        Column("relative", Text("Ratio", "比率"), "number", digits=2),
        Column("nearness", Text("Same", "相同")),
        Column("duty_at_stake", Text(f"Gap, {what.en}", f"{what.zh}差额"), "money", unit=unit),
        Column("why", Text("Because of", "缘由")),
        Column("mark", Text("Mark", "标记")),
    )


def _leading(ranked: pd.DataFrame, keys: pd.Series, count: int = 3) -> list[str]:
    """Write the first enterprises of each cell."""
    top = ranked[ranked["rank"] <= count]
    names = top.groupby("key")["enterprise"].agg(", ".join)
    return [str(names.get(key, "")) for key in keys]
