"""What the page says: verdict, tiles, headings and sentences, computed, in both languages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.briefing import Tile, Verdict
from analytics.language import DASH, Text, money, number, percent
from analytics.valuation.level.control_chart import chart
from analytics.valuation.level.price_level import PriceLevel

WORDS = {
    "district": Text("district", "关区"),
    "chapter": Text("chapter", "章"),
    "heading": Text("heading", "品目"),
    "subheading": Text("subheading", "子目"),
    "product": Text("product", "商品"),
    "enterprise": Text("enterprise", "企业"),
    "origin": Text("origin", "原产国"),
    "regime": Text("regime", "监管方式"),
    "transport_mode": Text("mode of transport", "运输方式"),
    "period": Text("period", "期间"),
}
RUNG_NAMES = {
    "same month": Text("same product, origin and month", "同商品同原产国同月"),
    "three months": Text("same product and origin, three months", "同商品同原产国三个月内"),
    "heading": Text("only the heading compares", "仅品目可比"),
    "external": Text("external reference price", "外部参考价格"),
    "base period": Text("same product in the base period", "基期同商品"),
    "none": Text("nothing compares", "无可比"),
}
_LISTED = 3


def word(level: PriceLevel, column: str) -> Text:
    """What the page calls a breakdown."""
    return level.words.get(column, WORDS[column])


def figure(x: float, digits: int = 2) -> str:
    """Write a level, the same in both languages: "0.91"."""
    return number(x, digits)


def span(low: float, high: float) -> Text:
    """Write an interval of levels."""
    return Text(f"{figure(low)}{DASH}{figure(high)}", f"{figure(low)}—{figure(high)}")


def money_span(low: float, high: float, unit: str) -> Text:
    """Write an amount's interval, in the unit of its upper end."""
    return Text(
        f"{money(low, unit, 'en')} to {money(high, unit, 'en')}", f"{money(low, unit, 'zh')}至{money(high, unit, 'zh')}"
    )


def named(level: PriceLevel, key: str, *, period: str | None = None) -> Text:
    """Name a cell: "district 5300, chapter 84"."""
    columns = [c for c in level.by if c != "period"]
    values = key.split(" x ")
    en = ", ".join(f"{word(level, c).en} {v}" for c, v in zip(columns, values, strict=False)) or "all imports"
    zh = "".join(f"{v}{word(level, c).zh}" for c, v in zip(columns, values, strict=False)) or "全部进口"
    return Text(f"{en} ({period})", f"{zh}（{period}）") if period else Text(en, zh)


def breaches(level: PriceLevel, status: Sequence[str] = ("not_met",)) -> pd.DataFrame:
    """Cells of a status, those farthest from the band in probability and level first."""
    found = level.levels[level.levels["status"].isin(list(status))]
    return found.assign(_far=-np.abs(np.log(found["shrunk"]))).sort_values(["_far", "key"]).drop(columns="_far")


def breach_count(level: PriceLevel) -> dict[str, int]:
    """Cells by status."""
    counts = level.levels["status"].value_counts()
    return {s: int(counts.get(s, 0)) for s in ("met", "watch", "not_met", "insufficient")}


def at_stake(level: PriceLevel) -> tuple[float, float, float]:
    """Amount at stake with its 95 % interval: over the confirmed cells, or the suspect ones where none is confirmed."""
    found = level.levels["status"]
    cells = level.levels[found == ("not_met" if (found == "not_met").any() else "watch")]
    stake, low, high = (float(cells[c].sum()) for c in ("duty_at_stake", "duty_low", "duty_high"))
    return stake, low, high


def coverage(level: PriceLevel) -> float:
    """Share of value that is compared with like goods."""
    levels = level.levels
    return float((levels["matched_value_share"] * levels["value"]).sum() / levels["value"].sum())


def verdict(level: PriceLevel, to_verify: pd.DataFrame, unit: str) -> Verdict:
    """Judge the breakdown: the worst confirmed cell of many.

    Parameters
    ----------
    level : PriceLevel
    to_verify : lines to verify in the confirmed cells (`evidence.lines`)
    unit : money unit of the values
    """
    counts, status = breach_count(level), level.status
    worst = breaches(level, (status,)) if status in ("not_met", "watch") else level.levels
    row = worst.iloc[0] if len(worst) else None
    if status in ("met", "insufficient"):
        judged = level.levels[level.levels["status"] == "met"]
        row = judged.iloc[int(judged["level"].sub(1).abs().to_numpy().argmax())] if len(judged) else None
    title = _title(level, counts, row, status)
    return Verdict(
        target="price_level",
        status=status,  # type: ignore[arg-type]
        value=None if row is None else float(row["level"]),
        low=None if row is None else float(row["low95"]),
        high=None if row is None else float(row["high95"]),
        text=title,
        lead=_lead(level, counts, to_verify, unit),
        badge=_badge(counts, status),
    )


def _what(level: PriceLevel) -> Text:
    columns = [c for c in level.by if c != "period"] or ["period"]
    if len(columns) == 1:
        said = word(level, columns[0])
        plural = "modes of transport" if said.en == "mode of transport" else f"{said.en}s"
        return Text(plural, f"个{said.zh}")
    return Text(
        f"{' x '.join(word(level, c).en for c in columns)} cells",
        f"个{'×'.join(word(level, c).zh for c in columns)}单元",
    )


def _title(level: PriceLevel, counts: dict[str, int], row: pd.Series | None, status: str) -> Text:
    judged = counts["met"] + counts["watch"] + counts["not_met"]
    what, band = _what(level), span(*level.band)
    if row is None:
        return Text("Too few lines compare to judge price levels", "可比记录过少，无法判断价格水平")
    where = named(level, row["key"], period=row["period"] if "period" in level.by else None)
    if status == "not_met":
        n = counts["not_met"]
        verb = "stands" if n == 1 else "stand"
        return Text(
            f"{n} of {judged} {what.en} {verb} outside {band.en}; {where.en} is farthest at {figure(row['level'])}",
            f"{judged}{what.zh}中{n}个价格水平超出{band.zh}；偏离最大的是{where.zh}，为{figure(row['level'])}",
        )
    if status == "watch":
        return Text(
            f"No confirmed breach; {counts['watch']} of {judged} {what.en} are to be watched, "
            f"{where.en} first at {figure(row['level'])}",
            f"未见确认的偏离；{judged}{what.zh}中{counts['watch']}个需关注，首位为{where.zh}（{figure(row['level'])}）",
        )
    return Text(
        f"All {judged} {what.en} price within {band.en}; farthest from 1 is {where.en} at {figure(row['level'])}",
        f"{judged}{what.zh}价格水平均在{band.zh}之内；离1最远的是{where.zh}，为{figure(row['level'])}",
    )


def like_goods(level: PriceLevel) -> Text:
    """What makes goods alike: origins that are themselves compared do not part them."""
    if "origin" in level.by:
        return Text("same product and unit", "同商品、同单位")
    return Text("same product, unit and origin", "同商品、同单位、同原产国")


def _lead(level: PriceLevel, counts: dict[str, int], to_verify: pd.DataFrame, unit: str) -> Text:
    share, goods = coverage(level), like_goods(level)
    parts_en = [f"{percent(share, 0)} of the value is compared with like goods ({goods.en})."]
    parts_zh = [f"按{goods.zh}比较的货值占{percent(share, 0, 'zh')}。"]
    if level.base_period is not None:
        parts_en = [f"{percent(share, 0)} of the value is compared with the same products in {level.base_period}."]
        parts_zh = [f"与{level.base_period}年同商品可比的货值占{percent(share, 0, 'zh')}。"]
    if len(to_verify):
        parts_en.insert(0, verify_sentence(level, to_verify, unit).en)
        parts_zh.insert(0, verify_sentence(level, to_verify, unit).zh)
    if counts["watch"] and counts["not_met"]:
        parts_en.append(f"{counts['watch']} more are suspect without being confirmed.")
        parts_zh.append(f"另有{counts['watch']}个存疑而未确认。")
    parts_en.append("A price gap is a reason to ask, not a value to impose.")
    parts_zh.append("价格差异是质疑的理由，不是估价的依据。")
    return Text(" ".join(parts_en), "".join(parts_zh))


def verify_sentence(level: PriceLevel, to_verify: pd.DataFrame, unit: str) -> Text:
    """Suggest verification of so many lines, with the duty at stake in the confirmed cells."""
    stake, low, high = at_stake(level)
    what = stake_word(level)
    n = number(len(to_verify))
    if stake <= 0:
        return Text(
            f"Suggest verification of {n} lines; these cells price above the others, no {what.en} is at stake.",
            f"建议核查{number(len(to_verify), 0, 'zh')}条记录；这些单元价格偏高，不涉及{what.zh}流失。",
        )
    between = money_span(max(low, 0.0), high, unit)
    return Text(
        f"Suggest verification of {n} lines; {what.en} at stake {money(stake, unit, 'en')} ({between.en}).",
        f"建议核查{number(len(to_verify), 0, 'zh')}条记录；涉及{what.zh}{money(stake, unit, 'zh')}（{between.zh}）。",
    )


def stake_word(level: PriceLevel) -> Text:
    """Duty, or value where the declarations hold no tax."""
    return Text("tax", "税款") if level.prepared.weighted_by == "tax" else Text("value", "货值")


def _badge(counts: dict[str, int], status: str) -> Text | None:
    if status == "not_met":
        n = counts["not_met"]
        return Text(f"{n} confirmed outside the band", f"{n}个确认超出区间")
    if status == "watch":
        return Text(f"{counts['watch']} to watch", f"{counts['watch']}个需关注")
    return None


def tiles(level: PriceLevel, to_verify: pd.DataFrame, unit: str) -> list[Tile]:
    """Four tiles: the farthest cell, confirmed and suspect cells, coverage, what is at stake."""
    counts = breach_count(level)
    judged = counts["met"] + counts["watch"] + counts["not_met"]
    outside = breaches(level, ("not_met", "watch"))
    result = []
    if len(outside):
        row = outside.iloc[0]
        interval = span(row["low95"], row["high95"])
        where = named(level, row["key"], period=row["period"] if "period" in level.by else None)
        tone = "bad" if row["status"] == "not_met" else "watch"
        series = None if level.base_period is not None else chart(level, row["key"])["smoothed"].tolist()
        result.append(
            Tile(
                Text("Farthest price level", "偏离最大的价格水平"),
                figure(row["level"]),
                where,
                Text(f"95 %: {interval.en}", f"95%区间：{interval.zh}"),
                tone,  # type: ignore[arg-type]
                series,
            )
        )
    result.append(
        Tile(
            Text("Confirmed outside the band", "确认超出区间"),
            str(counts["not_met"]),
            Text(f"of {number(judged)} judged", f"共判断{judged}个"),
            Text(
                f"{counts['watch']} suspect; {counts['insufficient']} with too few lines",
                f"{counts['watch']}个存疑；{counts['insufficient']}个记录过少",
            ),
            "bad" if counts["not_met"] else ("watch" if counts["watch"] else "good"),
        )
    )
    result.append(
        Tile(
            Text("Coverage", "可比覆盖率"),
            Text(percent(coverage(level), 0), percent(coverage(level), 0, "zh")),
            Text("of value compared with like goods", "货值可与同类比较"),
            Text(
                f"{number(level.levels['lines'].sum())} lines; {number(_set_apart(level))} more set apart as outliers",
                f"{number(level.levels['lines'].sum(), 0, 'zh')}条记录；"
                f"另有{number(_set_apart(level), 0, 'zh')}条作离群值列出",
            ),
        )
    )
    stake, low, high = at_stake(level)
    what, between = stake_word(level), money_span(max(low, 0.0), high, unit)
    result.append(
        Tile(
            Text(f"{what.en.capitalize()} at stake", f"涉及{what.zh}"),
            Text(money(stake, unit, "en"), money(stake, unit, "zh")),
            Text(f"in {number(len(to_verify))} lines to verify", f"建议核查{number(len(to_verify), 0, 'zh')}条"),
            Text(f"95 %: {between.en}", f"95%区间：{between.zh}"),
        )
    )
    return result


def _set_apart(level: PriceLevel) -> int:
    found = level.outliers
    return int(found.loc[found["kind"] != "", "lines"].sum())


def listing(level: PriceLevel, rows: pd.DataFrame, limit: int = _LISTED) -> Text:
    """Name the first cells with level and interval: "chapter 84: 0.91, interval 0.88-0.93"."""
    en, zh = [], []
    for _, row in rows.head(limit).iterrows():
        where, interval = (
            named(level, row["key"], period=row["period"] if "period" in level.by else None),
            span(row["low95"], row["high95"]),
        )
        en.append(f"{where.en}: {figure(row['level'])}, interval {interval.en}")
        zh.append(f"{where.zh}{figure(row['level'])}（区间{interval.zh}）")
    return Text("; ".join(en), "；".join(zh))
