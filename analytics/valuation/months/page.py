"""The page of months: levels by month, what each month holds, and what of them was read now."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analytics.briefing import Chart, Column, Fold, Listing, Part, Points, Section, cells, present
from analytics.briefing.look import theme
from analytics.language import Text, both, told
from analytics.valuation.months.levels import Months
from analytics.valuation.months.movement import LEAST_MONTHS, by_month, moved
from analytics.valuation.months.opening import headline, leads, verdict

__all__ = ["exhibits", "figures", "leads", "moved", "tables", "verdict"]

_PANELS, _ROWS = 6, 24
WORDS = {
    "watch": Text("outside its range", "超出自身范围"),
    "met": Text("no move seen", "未见变动"),
    "insufficient": Text("not judged", "不作判断"),
}


def exhibits(months: Months, table: pd.DataFrame, place: Text) -> dict[str, Part]:
    """All parts of the page in their order, by name.

    Parameters
    ----------
    months : Months
    table : as `moved` returns it
    """
    return present(
        headline=headline(table, months.account, place),
        districts=districts(months, table),
        months=held(months),
        step=step(table),
        read=read_now(months),
        method=METHOD,
    )


def districts(months: Months, table: pd.DataFrame) -> Section:
    """Course of the districts that moved most, and the newest month of all."""
    shown = table["key"].head(_PANELS).tolist()
    own = months.by_month[months.by_month["by"] == "district"]
    course = own[own["key"].isin(shown)][["month", "key", "level_loo", "lines", "matched_value_share"]]
    course = course.rename(columns={"key": "district"}).reset_index(drop=True)
    out, judged = int((table["status"] == "watch").sum()), int((table["status"] != "insufficient").sum())
    stand = "stands outside its own" if out == 1 else "stand outside their own"
    finding = told("{out} of {judged} districts {stand} usual range", "{judged}个可判断关区中{out}个超出自身通常范围",
                   out=out, judged=judged, stand=stand)  # fmt: skip
    if not judged:
        finding = Text("No district has enough earlier months to be judged", "各关区此前月份不足，不作判断")
    elif not out:
        finding = told("None of {judged} districts stands outside its own usual range",
                       "{judged}个可判断关区均在自身通常范围内", judged=judged)  # fmt: skip
    chart = Chart(
        name="course",
        caption=Text("Price level by month, the largest moves first", "各月价格水平，变动大者在前"),
        alt=told("Lines: levels of {names} by month; band: the range expected of the newest month.",
                 "折线：{names}各月水平；竖带：最新月的预期范围。", names=", ".join(shown)),
        data=course,
        draw=lambda: _drawn(course, table),
        note=Text("1 is the price of like goods elsewhere. Bar: range expected of the newest month.",
                  "1为他处同类货物价格。竖条：最新月的预期范围。"),
    )  # fmt: skip
    told_of = table.rename(columns={"key": "district"}).assign(verdict=cells(WORDS[s] for s in table["status"]))
    listing = Listing(
        name="newest_month",
        caption=Text("The newest month of every district", "各关区最新月"),
        frame=told_of,
        columns=DISTRICT_COLUMNS,
        note=Text(
            "Chapter alone: without it the district stands in its range; one wrong quantity may be behind it.",
            "仅由该章：剔除该章后处于自身范围内，可能只是一条记录的数量有误。",
        ),
        rows=_ROWS,
    )
    return Section(finding, Text("Districts", "各关区"), (chart, listing))


def _drawn(course: pd.DataFrame, table: pd.DataFrame) -> Figure:
    keys = [key for key in table["key"] if key in set(course["district"])]
    columns = min(3, max(len(keys), 1))
    rows = -(-max(len(keys), 1) // columns)
    fig, axes = theme.subplots(rows, columns, height=1.9 * rows + 0.3, sharey=True, squeeze=False)
    known = table.set_index("key")
    for ax, key in zip(axes.flat, keys, strict=False):
        own = course[course["district"] == key]
        when = pd.to_datetime(own["month"])
        ax.axhline(1, color=theme.GREY, linewidth=0.8)
        ax.plot(when, own["level_loo"], color=theme.ACCENT)
        row = known.loc[key]
        if np.isfinite(row["low"]):
            ax.vlines(when.iloc[-1], row["low"], row["high"], color=theme.GREY, linewidth=5, alpha=0.45)
        ax.scatter(when.iloc[-1:], own["level_loo"].iloc[-1:], s=26, zorder=4,
                   color=theme.BAD if row["status"] == "watch" else theme.ACCENT)  # fmt: skip
        theme.title(ax, str(key))
        theme.numbers(ax, "y", digits=2)
        theme.despine(ax)
        theme.dates(ax, when.reset_index(drop=True), 2)
    for ax in axes.flat[len(keys) :]:
        ax.set_axis_off()
    return fig


def held(months: Months) -> Section:
    """The table of months."""
    table = by_month(months).sort_values("month", ascending=False, ignore_index=True)
    rows = int(table["rows_read"].sum())
    return Section(
        told("{n} months with {rows} rows stand behind this page", "本页依据{n}个月共{rows}行",
             n=len(table), rows=both.number(rows)),
        Text("Months", "各月"),
        (Listing(
            name="months",
            caption=Text("What each month holds, the newest first", "各月情况，近者在前"),
            frame=table,
            columns=(*MONTH_COLUMNS[:4], Column("value", Text("Value", "货值"), "money", unit=months.currency or "CNY"),
                     *MONTH_COLUMNS[4:]),
            rows=_ROWS,
        ),),
    )  # fmt: skip


def read_now(months: Months) -> Points:
    """What of the months this run had to read; in no table, since a repeated run reads less."""
    account = months.account
    now = account[account["state"] != "kept"]
    share = both.percent(now["rows_read"].sum() / max(int(account["rows_read"].sum()), 1))
    items = [told(
        "This run read {n} of {all} months, {rows} rows ({share}); the sums of the others were kept from earlier runs.",
        "本次运行读取{all}个月中的{n}个，共{rows}行（{share}）；其余月份沿用此前保存的汇总。",
        n=len(now), all=len(account), rows=both.number(int(now["rows_read"].sum())), share=share,
    )]  # fmt: skip
    if months.emptied:
        items.append(Text(
            "What was kept before came from another code, masking key, map or threshold, and was read anew.",
            "此前保存的汇总因程序、脱敏密钥、映射或阈值不同而重新读取。",
        ))  # fmt: skip
    again = now.loc[now["state"] == "read again", "month"].tolist()
    if again:
        en, zh = ", ".join(again), "、".join(both.month(m).zh for m in again)
        items.append(Text(f"Given anew, in another version: {en}.", f"以新版本重新提供：{zh}。"))
    return Points(Text("What was read", "读取情况"), tuple(items))


def step(table: pd.DataFrame) -> Points:
    """Propose what to do next, and who does it."""
    out = table.loc[table["status"] == "watch", "key"].tolist()
    what = Text(
        "Add the next month when its file is complete; judge the levels themselves on the page of price levels.",
        "次月文件齐备后补入；水平本身的判定见价格水平简报。",
    )
    if out:
        what = told(
            "Run the page of price levels for {keys} over the newest months, and verify the lines that it lists.",
            "对{keys}就最近月份运行价格水平简报，并核查其所列记录。",
            keys=Text(", ".join(out[:_PANELS]), "、".join(out[:_PANELS])),
        )
    owner = Text(" Owner: valuation.", "责任单位：审价岗。")
    return Points(Text("Proposed next step", "下一步建议"), (Text(what.en + owner.en, what.zh + owner.zh),))


def figures(months: Months, table: pd.DataFrame) -> dict[str, float]:
    """Key figures of result.json."""
    nation = months.by_month[months.by_month["by"] == "nation"].sort_values("month")
    return {
        "months": float(len(months.account)),
        "rows_read": float(months.account["rows_read"].sum()),
        "districts_judged": float((table["status"] != "insufficient").sum()),
        "districts_moved": float((table["status"] == "watch").sum()),
        "newest_matched_value_share": float(nation["matched_value_share"].iloc[-1]),
    }


def tables(months: Months) -> dict[str, pd.DataFrame]:
    """Levels of nation, chapters and districts, of every month and of all together; enterprises stay in the house."""
    named = ~months.by_month["by"].str.contains("enterprise")
    whole = months.levels[~months.levels["by"].str.contains("enterprise")]
    return {"levels_by_month": months.by_month[named].reset_index(drop=True), "levels": whole.reset_index(drop=True)}


METHOD = Fold(
    Text("Method", "方法"),
    (
        Text(
            "Levels are those of `valuation.national_levels`: unit values against like goods of other districts (same "
            "code, unit, origin and month, then wider), weighted by tax. A line is a slip by the like goods of its own "
            "month alone, so that no later month changes an earlier one.",
            "水平口径同`valuation.national_levels`：单价与其他关区同类货物（同编码、同单位、同原产国、同月，不足时放宽）"
            "相比，按税款加权。笔误仅按当月同类货物判断，后来的月份不改变此前的月份。",
        ),
        Text(
            f"Range: prediction interval of a district’s newest month from its earlier months on logs (at least "
            f"{LEAST_MONTHS}, with at least a fifth of value compared), at 5 % over all districts judged; a month of "
            "fewer lines may scatter by so much more. Months count as independent; a slow drift widens the interval.",
            f"范围：以此前各月（至少{LEAST_MONTHS}个月，可比货值不低于两成）的对数值求最新月的预测区间，对全部可判断关区"
            "合计控制在5%；记录较少的月份允许相应更大的波动。区间假定各月独立，缓慢漂移会使其变宽。",
        ),
    ),
)
DISTRICT_COLUMNS = (
    Column("district", Text("District", "关区")),
    Column("verdict", Text("Verdict", "判断")),
    Column("level", Text("Level", "水平"), "number", digits=2),
    Column("low", Text("Usual from", "通常下限"), "number", digits=2),
    Column("high", Text("to", "上限"), "number", digits=2),
    Column("usual", Text("Before", "此前平均"), "number", digits=2),
    Column("carried_by", Text("Chapter alone", "仅由该章")),
    Column("months_before", Text("Months before", "此前月数"), "number"),
    Column("lines", Text("Lines", "记录数"), "number"),
    Column("matched_value_share", Text("Compared", "可比"), "percent", digits=0),
)
MONTH_COLUMNS = (
    Column("month", Text("Month", "月份"), "month"),
    Column("rows_read", Text("Rows", "行数"), "number"),
    Column("rows_set_aside", Text("Set aside", "剔除"), "number"),
    Column("lines", Text("Lines", "记录数"), "number"),
    Column("matched_value_share", Text("Compared", "可比"), "percent", digits=0),
    Column("lowest_key", Text("Lowest", "最低关区")),
    Column("lowest", Text("Level", "水平"), "number", digits=2),
    Column("highest_key", Text("Highest", "最高关区")),
    Column("highest", Text("Level", "水平"), "number", digits=2),
)
