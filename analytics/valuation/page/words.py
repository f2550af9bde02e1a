"""The page's words: names of breakdowns and cells, figures and intervals as they are written, in both languages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.briefing import cells
from analytics.language import DASH, Text, money, number, percent
from analytics.valuation.comparison.keys import SEPARATOR
from analytics.valuation.evidence.to_verify import CELL, FALL, FIRM
from analytics.valuation.level.result import PriceLevel
from analytics.valuation.level.verdicts import (
    A_FEW,
    BY_VALUE,
    NO_MAJORITY,
    ON_AVERAGE,
    ONE_SIDE,
    OTHER_CHAPTERS,
    OTHER_MONTHS,
    OWN_GOODS,
    WIDE,
)
from analytics.valuation.verdict.too_little import FEW_ENTERPRISES, FEW_LINES, LITTLE, NOTHING

LEVEL = Text("price level, 1 = same price as the others", "价格水平，1为与其他一致")
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
    "twelve months": Text("same product and origin, twelve months", "同商品同原产国十二个月内"),
    "same month and origin": Text("same month and origin", "同月同原产国"),
    "same quarter and origin": Text("same quarter and origin", "同季同原产国"),
    "same quarter": Text("same quarter", "同季"),
    "same year and origin": Text("same year and origin", "同年同原产国"),
    "same year": Text("same year", "同年"),
    "heading": Text("only the heading compares", "仅品目可比"),
    "external": Text("external reference price", "外部参考价格"),
    "base period": Text("same product in the base period", "基期同商品"),
    "none": Text("nothing compares", "无可比"),
}
NEARNESS = {
    "same month and origin": Text("month, origin", "月、原产国"),
    "same quarter and origin": Text("quarter, origin", "季、原产国"),
    "same quarter": Text("quarter", "季"),
    "same year and origin": Text("year, origin", "年、原产国"),
    "same year": Text("year", "年"),
    "none": Text("nothing compares", "无可比"),
}
BECAUSE = {
    CELL: Text("group", "分组"),
    FIRM: Text("enterprise low everywhere", "企业各处偏低"),
    FALL: Text("price that fell", "价格下降"),
}
QUERIED = {
    "raised": Text("queried: raised", "曾质疑：调整"),
    "accepted": Text("queried: accepted", "曾质疑：接受"),
    "open": Text("queried: open", "质疑中"),
}
_LISTED = 3
_NEAR_POWER = 0.08  # decimal logarithm


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
    values = key.split(SEPARATOR)
    en = ", ".join(f"{word(level, c).en} {v}" for c, v in zip(columns, values, strict=False)) or "all imports"
    zh = "".join(_once(v, word(level, c).zh) for c, v in zip(columns, values, strict=False)) or "全部进口"
    return Text(f"{en} ({period})", f"{zh}（{period}）") if period else Text(en, zh)


def capital(text: Text) -> Text:
    """Begin a sentence."""
    return Text(text.en[:1].upper() + text.en[1:], text.zh)


def _once(value: str, called: str) -> str:
    """A Chinese name with what it is: 5300关区, but 南宁海关 and not 南宁海关关区."""
    return value if value.endswith(("海关", "关区", called)) else f"{value}{called}"


def what(level: PriceLevel) -> Text:
    """What is judged: districts, or district x chapter cells."""
    columns = list(level.by)
    if len(columns) == 1:
        said = word(level, columns[0])
        plural = "modes of transport" if said.en == "mode of transport" else f"{said.en}s"
        return Text(plural, f"个{said.zh}")
    return Text(
        f"{' x '.join(word(level, c).en for c in columns)} groups",
        f"个{'×'.join(word(level, c).zh for c in columns)}分组",
    )


def like_goods(level: PriceLevel) -> Text:
    """What makes goods alike: origins that are themselves compared do not part them."""
    if "origin" in level.by:
        return Text("same product and unit", "同商品、同单位")
    return Text("same product, unit and origin", "同商品、同单位、同原产国")


def stake_word(level: PriceLevel) -> Text:
    """Duty, or value where the declarations hold no tax."""
    return Text("tax", "税款") if level.prepared.weighted_by == "tax" else Text("value", "货值")


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


def verdict_words(status: pd.Series) -> np.ndarray:
    """Write the verdict of cells or enterprises."""
    words = {
        "not_met": Text("×\u00a0confirmed", "×\u00a0确认"),
        "watch": Text("!\u00a0suspect", "!\u00a0存疑"),
        "insufficient": Text("cannot be told", "无法判断"),
    }
    return cells(words.get(s, Text("inside", "区间内")) for s in status)


def floored(share: float) -> float:
    """Share of which a page says no more than there is: 99.7 % is not written as 100 %."""
    return float(np.floor(100 * share + 1e-6) / 100)


def reason(row: pd.Series) -> Text:
    """Why a cell is outside: its level, or what is set apart in it."""
    if row["reason"] == OTHER_MONTHS:
        at = figure(row["level"])
        return Text(f"at {at} of like goods of other months", f"为其他月份同类货物的{at}")
    if row["reason"] == "by value":
        return Text(
            f"at {figure(row['level'])} line by line and {figure(row['level_weighted'])} by value",
            f"按记录{figure(row['level'])}、按货值{figure(row['level_weighted'])}",
        )
    if row["reason"] != "set apart":
        return Text(f"at {figure(row['level'])}", f"水平{figure(row['level'])}")
    below = row["set_apart_below"] >= row["set_apart_above"]
    share = row["set_apart_below"] if below else row["set_apart_above"]
    side = Text("below", "偏低") if below else Text("above", "偏高")
    return Text(
        f"{percent(share, 0)} of its value set apart {side.en}", f"{percent(share, 0, 'zh')}的货值因价格{side.zh}另列"
    )


def remark(row: pd.Series) -> Text | None:
    """What else is to be known of a cell outside: another unit, mixed goods, value set apart."""
    if row["reason"] == "set apart":
        return reason(row)
    if row["reason"] in REMARKS:
        return REMARKS[row["reason"]]
    power = round(float(np.log10(row["level"]))) if 0 < row["level"] < np.inf else 0
    if power and abs(np.log10(row["level"]) - power) < _NEAR_POWER:
        return Text("a power of ten: another unit, or the price?", "恰为十的整数次方：计量单位不同，还是价格如此？")
    if row["reason"] == "by value":
        return Text("large consignments price apart", "大额货物价格不同")
    if row["reason"] == "mixed goods":
        return Text("goods not alike: not confirmed", "货物不一：不作确认")
    return None


REMARKS = {
    NO_MAJORITY: Text("no majority: which side is off cannot be told", "没有多数：无法判断何方偏离"),
    OTHER_MONTHS: Text("compared with other months only", "仅与其他月份可比"),
    OTHER_CHAPTERS: Text("against what its enterprises declare in other chapters", "与其企业在其他章的申报相比"),
    A_FEW: Text("a few lines make it, the others are in order", "由少数记录造成，其余记录正常"),
    ONE_SIDE: Text(
        "rests on goods of one other place: which is off cannot be told", "依据仅另一处申报的货物：无法判断何方偏离"
    ),
}
UNJUDGED = {
    FEW_LINES: Text("too few comparable lines", "可比记录过少"),
    FEW_ENTERPRISES: Text("in effect fewer than three enterprises on both sides", "双方有效企业不足三家"),
    NOTHING: Text("nothing compares", "没有可比货物"),
    LITTLE: Text("little of it is compared", "可比部分过少"),
    WIDE: Text("lines cannot rule out a level outside", "现有记录不能排除超出区间"),
    BY_VALUE: Text("in order line by line, outside by value", "按记录正常，按货值超出"),
    ON_AVERAGE: Text("in order by most lines, outside on the plain average", "多数记录正常，简单平均超出区间"),
    NO_MAJORITY: Text("no majority: which side is off cannot be told", "没有多数：无法判断何方偏离"),
    OTHER_MONTHS: Text("compared with other months only", "仅与其他月份可比"),
    OWN_GOODS: Text("goods that nobody else declares alike", "货物他处无同类申报"),
    "mixed goods": Text("goods not alike: no common price", "货物不一：没有共同价格"),
}
"""Why a cell is not judged, by the `reason` of the table."""


def of_the_nation(whole: pd.Series, band: tuple[float, float]) -> Text:
    """Where all imports stand, and whether that can be told from the band's edges."""
    if not whole["level"] > 0:
        return Text(
            "Too few goods have a reference price to judge the nation", "有参考价格的商品过少，无法判断全国水平"
        )
    said = Text("not to be told from the band's edge", "尚不能与区间边界区分")
    if band[0] <= whole["low95"] and whole["high95"] <= band[1]:
        said = Text("inside the band", "在区间内")
    elif whole["high95"] < band[0] or whole["low95"] > band[1]:
        said = Text("outside the band", "超出区间")
    between = span(whole["low95"], whole["high95"])
    return Text(
        f"All imports stand at {whole['level']:.2f} of the reference prices ({between.en}), {said.en}; "
        f"{percent(whole['value_share'], 0)} of value has one",
        f"全部进口为参考价格的{whole['level']:.2f}倍（{between.zh}），{said.zh}；"
        f"{percent(whole['value_share'], 0, 'zh')}的货值有参考价格",
    )


NOBODY = Text("No group can be judged: whether one stands out is not known", "没有可判断的分组：是否偏离不得而知")
