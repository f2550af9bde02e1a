"""Rules and the line on the page: what each rule costs and brings, what lies just below the line."""

from __future__ import annotations

import pandas as pd

from analytics.briefing import Listing, Section, cells, interval
from analytics.briefing.parts import Column
from analytics.early_warning.enforced.line import SELECTED, above
from analytics.early_warning.enforced.rules import overlapping
from analytics.early_warning.enforced.study import EnforcementFindings
from analytics.language import Text, number, percent

_ROWS = 15
_STATES = {
    "better": Text("better than chance", "优于随机"),
    "worse": Text("worse than chance", "劣于随机"),
    "undecided": Text("cannot be told", "无法判断"),
    "unknown": Text("no random examinations", "无随机查验可比"),
    "unused": Text("nothing executed", "未执行"),
}


def rules(found: EnforcementFindings) -> Section | None:
    """Rules with hits, yield, cost, age and overlap; None where none were given."""
    if found.rules is None:
        return None
    table = found.rules
    frame = table.assign(
        state_word=cells(_STATES[s] for s in table["state"]),
        end_word=cells(_end(row) for row in table.itertuples()),
    )
    columns = [
        Column("rule_id", Text("Rule", "规则")),
        Column("kind", Text("Looks at", "类型")),
        Column("executed", Text("Executed", "执行"), "number"),
        Column("rate", Text("Found", "有效率"), "percent", digits=0),
        *interval("percent", 0),
        Column("state_word", Text("Against random", "与随机相比")),
        Column("end_word", Text("Validity", "有效期")),
    ]
    if table["by_hour"].notna().any():
        columns.append(Column("by_hour", Text("Recovered an hour", "每工时追补"), "number"))
    if found.hits_known:
        columns.append(Column("alone", Text("Found alone", "独有有效占比"), "percent", digits=0))
        columns.append(Column("shared", Text("Most shared", "最大重叠"), "percent", digits=0))
    listing = Listing(
        "rules",
        Text("Rules by executed hits", "各规则（按执行数）"),
        frame,
        tuple(columns),
        note=_note(found),
        rows=_ROWS,
    )
    counts = table["state"].value_counts()
    ended = int((table["ended"] & (table["hits"].fillna(0) > 0)).sum())
    finding = Text(
        f"{int(counts.get('better', 0))} of {len(table)} rules find more than chance; {ended} are past their date",
        f"{len(table)}条规则中{int(counts.get('better', 0))}条优于随机；{ended}条已过有效期",
    )
    return Section(finding, Text("Rules", "规则"), (listing,))


def _end(row: object) -> Text:
    if row.ended:  # type: ignore[attr-defined]
        day = f"{row.valid_to:%Y-%m-%d}"  # type: ignore[attr-defined]
        return Text(f"ended {day}", f"{day}已失效")
    return Text("runs", "有效")


def _note(found: EnforcementFindings) -> Text:
    en = ["Found: share of executed hits with a finding, exact 95 % limits."]
    zh = ["有效率：执行命中中查获占比，95%精确区间。"]
    if found.hits_known:
        n = len(overlapping(found.rules)) if found.rules is not None else 0
        en.append(
            "Found alone: findings that no other rule hit. Most shared: hits that one other rule hits too; "
            f"{number(n)} rules share half or more."
        )
        zh.append(f"独有有效占比：无其他规则命中的查获。最大重叠：同时被另一条规则命中的占比；重叠过半的规则{n}条。")
    else:
        en.append("Which declaration a rule hit is not given: overlap, cost and yield are not known.")
        zh.append("未提供逐票命中明细：重叠、成本与收益未知。")
    return Text(" ".join(en), "".join(zh))


def line(found: EnforcementFindings) -> Section:
    """What random examinations find below the line; says so where it cannot be tested."""
    table = found.line
    if table is None:
        empty = pd.DataFrame({"what": pd.Series([Text("no random examinations, or no chance of selection recorded",
                                                      "无随机查验，或未记录布控概率")], dtype=object)})  # fmt: skip
        listing = Listing(
            "below_the_line", Text("Below the line: not tested", "线下检验：未能进行"), empty,
            (Column("what", Text("Why", "原因")),),
        )  # fmt: skip
        return Section(Text("What lies below the line is not known", "线下情况未知"), Text("Below the line", "线下"),
                       (listing,))  # fmt: skip
    frame = table.assign(band_word=cells(_band(b) for b in table["band"]))
    listing = Listing(
        "below_the_line",
        Text(
            "Random examinations by chance of selection, the nearest to the line first",
            "随机查验按布控概率分档（近线者在前）",
        ),
        frame,
        (
            Column("band_word", Text("Declarations", "报关单")),
            Column("left_alone", Text("Not examined", "未查验"), "number"),
            Column("tested", Text("Tested at random", "随机查验"), "number"),
            Column("rate", Text("Found", "有效率"), "percent", digits=1),
            *interval("percent", 1),
            Column("missed", Text("Expected unseen", "预计漏检"), "number"),
            Column("missed_high95", Text("at most", "上限"), "number"),
        ),
        note=Text(
            "Expected unseen: findings among declarations nobody examined, if they are as those tested.",
            "预计漏检：未查验报关单若与受检者相同，预计的查获数。",
        ),
    )
    top, below = table.iloc[0], table.iloc[1:]
    tested = int(below["tested"].sum())
    finding = Text(
        f"Rules find {percent(top['rate'], 0)} where they select; {number(tested)} random examinations test what "
        "they leave",
        f"规则选中者有效率{percent(top['rate'], 0, 'zh')}；未选中者由{tested}次随机查验检验",
    )
    near = below[below["tested"] > 0]
    if len(near) and near["low95"].iloc[0] > top["high95"]:
        finding = Text(
            "Just below the line more is found than above it: the line is drawn in the wrong place",
            "线下有效率高于线上：布控线位置不当",
        )
    return Section(finding, Text("Below the line", "线下"), (listing,))


def _band(band: str) -> Text:
    if band == SELECTED:
        return Text("selected by rules", "规则选中")
    share = above(band)
    if share == 1:
        return Text("the lower half", "风险较低的一半")
    return Text(f"among the riskiest {percent(share, 0)}", f"风险最高的{percent(share, 0, 'zh')}之内")
