"""The head of the page of months: which districts' newest month lies outside their own usual range."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.briefing import Headline, Lead, Tile, Verdict
from analytics.language import Text, both, joined, told
from analytics.valuation.months.movement import LEAST_MONTHS

_NAMED = 3


def verdict(table: pd.DataFrame, newest: str) -> Verdict:
    """What the newest month gives reason to look at; never that levels are in order, which this page does not judge.

    Parameters
    ----------
    table : as `movement.moved` returns it
    newest : "2025-06"
    """
    judged = table[table["status"] != "insufficient"]
    out = table[table["status"] == "watch"]
    month = both.month(newest)
    if not len(judged):
        return Verdict(
            "", "insufficient", None, None, None,
            told("{month}: no district’s course can be judged yet", "{month}：尚不能判断各关区走势", month=month),
            told("A district needs {least} earlier months with enough compared lines.",
                 "每个关区须有{least}个可比记录充足的此前月份。", least=LEAST_MONTHS),
            Text("cannot be told", "尚不能定论"),
        )  # fmt: skip
    reach = told(
        "{judged} of {all} districts could be judged. Each is held against its own earlier months: a level that was "
        "never in order is not seen here but on the page of price levels.",
        "{all}个关区中{judged}个可判断，均与自身此前各月比较；一贯偏离者不在此提示，见价格水平简报。",
        judged=len(judged), all=len(table),
    )  # fmt: skip
    if not len(out):
        first = judged.iloc[0]
        text = told("{month}: none of {judged} districts left its own usual range",
                    "{month}：{judged}个关区均未超出自身通常范围", month=month, judged=len(judged))  # fmt: skip
        values = (float(first["level"]), float(first["low"]), float(first["high"]))
        return Verdict("", "watch", *values, text, reach, Text("no move seen", "未见变动"))
    first = out.iloc[0]
    text = told(
        "{month}: {out} of {judged} districts left {whose} usual range, {key} {far}at {level}",
        "{month}：{judged}个关区中{out}个超出自身通常范围，{far}{key}为{level}",
        month=month, out=len(out), judged=len(judged), key=first["key"], level=f"{first['level']:.2f}",
        whose="its own" if len(out) == 1 else "their own",
        far=Text("", "") if len(out) == 1 else Text("farthest ", "最远的"),
    )  # fmt: skip
    names = joined([_named(row) for _, row in out.head(_NAMED).iterrows()], "; ", "；")
    lead = joined([told("{names}.", "{names}。", names=names), reach])
    badge = told("{n} to verify", "建议核查{n}个", n=len(out))
    return Verdict("", "watch", float(first["level"]), float(first["low"]), float(first["high"]), text, lead, badge)


def _named(row: pd.Series) -> Text:
    alone = Text("", "")
    if row["carried_by"]:
        alone = told(", chapter {c} alone", "，仅由{c}章造成", c=row["carried_by"])
    return told("{key} {level} (usually {low}–{high}{alone})", "{key}为{level}（通常{low}—{high}{alone}）",
                key=row["key"], level=f"{row['level']:.2f}", low=f"{row['low']:.2f}", high=f"{row['high']:.2f}",
                alone=alone)  # fmt: skip


def headline(table: pd.DataFrame, account: pd.DataFrame, place: Text) -> Headline:
    """The finding with its tiles.

    Parameters
    ----------
    account : as in `Months.account`
    """
    newest, first = account["month"].max(), account["month"].min()
    now = account[account["month"] == newest].iloc[0]
    rows = int(account["rows_read"].sum())
    judged, out = table["status"] != "insufficient", table["status"] == "watch"
    shift = (table["level"] / table["usual"] - 1)[judged]
    far = max(shift.dropna(), key=abs, default=float("nan"))
    tiles = (
        Tile(Text("Outside their range", "超出自身范围"), both.number(int(out.sum())), Text("districts", "个关区"),
             told("of {n} judged", "可判断{n}个", n=int(judged.sum())), "watch" if out.any() else "neutral"),
        Tile(Text("Largest move", "最大变动"), both.percent(far, 0, sign=True) if np.isfinite(far) else "–",
             Text("of a district’s level", "关区水平"), Text("against its earlier months", "与自身此前各月相比")),
        Tile(Text("Months", "月份"), both.number(len(account)), Text("held", "个在册"),
             told("{a} to {b}", "{a}至{b}", a=both.month(first), b=both.month(newest))),
        Tile(Text("Newest month", "最新月"), both.number(int(now["rows_read"])), Text("rows", "行"),
             told("{share} of all", "占全部{share}", share=both.percent(now["rows_read"] / max(rows, 1)))),
    )  # fmt: skip
    kicker = told("{place} · {a} to {b}", "{place} · {a}至{b}", place=place, a=both.month(first), b=both.month(newest))
    return Headline(verdict(table, newest), tiles, kicker)


def leads(table: pd.DataFrame, newest: str) -> list[Lead]:
    """Districts that moved, the farthest first, for the board."""
    out = table[table["status"] == "watch"]
    said = ((_named(row), str(row["key"])) for _, row in out.iterrows())
    en, zh = "Price level of {what}", "价格水平：{what}"
    return [Lead(told(en, zh, what=what), key, newest) for what, key in said]
