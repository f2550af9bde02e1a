"""What to watch, and how the page was made: bullets and method of a price level."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from analytics.briefing import Fold, Points
from analytics.language import Text, both, joined, told
from analytics.valuation.evidence.course import courses
from analytics.valuation.level.result import PriceLevel
from analytics.valuation.level.verdicts import BY_VALUE, ON_AVERAGE, OTHER_MONTHS, OWN_GOODS, WIDE
from analytics.valuation.page.findings import Findings
from analytics.valuation.page.words import figure, named, word
from analytics.valuation.verdict.too_little import FEW_ENTERPRISES, FEW_LINES, LITTLE, NOTHING

_APART = 0.05  # log: by value and by line less than so much apart are one price


def watch(found: Findings) -> Points:
    """What to watch: concentration, thin cells, coverage, outliers."""
    level = found.level
    items = [*_mix(level), *_concentrated(level), *_moved(level), *_uncertain(level), _set_apart(level)]
    return Points(Text("What to watch", "关注点"), tuple(items))


def method(found: Findings) -> Fold:
    """How the page was made."""
    return Fold(Text("Method", "方法"), METHOD)


def _concentrated(level: PriceLevel) -> list[Text]:
    data = level.levels
    apart = np.log(data["level_weighted"]) - data["log_level"]
    spread = np.hypot(data["error"], data["weighted_error"])
    focused = data[(apart.abs() > np.maximum(2 * spread, _APART)) & (data["status"] != "insufficient")]
    if focused.empty:
        return []
    row = focused.loc[apart[focused.index].abs().idxmax()]
    return [told(
        "In {n} a few large consignments price unlike the rest, most of all in {where}: {value} by value, "
        "{line} line by line.",
        "{n}中少数大额货物的价格与其余不同，最明显的是{where}：按货值{value}，按记录{line}。",
        n=_groups(len(focused)), where=named(level, row["key"]), value=figure(row["level_weighted"]),
        line=figure(row["level_mixed"]),
    )]  # fmt: skip


def _moved(level: PriceLevel) -> list[Text]:
    """Prices that moved for most groups at once, which levels are net of: a market, or a practice of most."""
    return [] if (moved := courses(level)).empty else [told(
        "Prices of {n} moved by a tenth or more for most groups at once, most of all {product} ({change} from {start} "
        "to {end}); levels are net of it. What most do together counts as the market: other price sources can tell.",
        "{n}的价格在多数分组中同时变动一成以上，{product}最大（{start}至{end}{change}），价格水平已扣除；多数分组的共同变动视同行情，须以其他价格来源核对。",
        **{**moved.iloc[0], "change": both.percent(moved["change"].iloc[0], 0, sign=True)},
        n=both.counted(len(moved), "code", "codes", "个编码"),
    )]  # fmt: skip


def _uncertain(level: PriceLevel) -> list[Text]:
    """Cells that nothing calls and that cannot be said to be in order, by what hides them."""
    data, items = level.levels, []
    for which, by, digits, said in _UNTOLD:
        rows = data[which(data)]
        if len(rows):
            share = float(rows[by].sum() / data[by].sum())
            n, more = _groups(len(rows)), _farthest(level, rows)
            items.append(told(said.en, said.zh, n=n, share=both.percent(share, digits), **more))
    return items


def _groups(count: int) -> Text:
    return both.counted(count, "group", "groups", "个分组")


def _farthest(level: PriceLevel, rows: pd.DataFrame) -> dict[str, Any]:
    """Where goods that nobody else declares would move the level most, and to what."""
    if not (rows["reason"] == OWN_GOODS).all():
        return {}
    row = rows.iloc[int(rows["unlike"].abs().argmax())]
    return {"where": named(level, row["key"]), "most": figure(float(np.exp(row["unlike"]) * row["level_mixed"]))}


def _for(*reasons: str) -> Callable[[pd.DataFrame], pd.Series]:
    """Cells that cannot be told, for one of the reasons."""
    return lambda cells: (cells["status"] == "insufficient") & cells["reason"].isin(reasons)


_UNTOLD: tuple[tuple[Callable[[pd.DataFrame], pd.Series], str, int, Text], ...] = (
    (_for("mixed goods"), "value", 1, Text(
        "In {n} ({share} of value) half of the places or more lie outside the band of any middle: goods of several "
        "kinds stand under one code. They are not judged, unless they stand far off even so; species, specification or "
        "size (parameter like) may part them.",
        "{n}（占货值{share}）所属编码中，半数以上的地方彼此相差超出区间宽度：同一编码下货物不一，不作判断"
        "（偏离极大者除外）；可用品种、规格或数量级（参数like）加以区分。",
    )),
    (_for(BY_VALUE), "value", 1, Text(
        "In {n} ({share} of value) nothing is seen line by line, but the level by value lies outside the band: a few "
        "large consignments price apart. Not called in order.",
        "{n}（占货值{share}）按记录未见异常，但按货值计超出区间：少数大额货物价格不同，不能视为正常。",
    )),
    (_for(ON_AVERAGE), "value", 1, Text(
        "In {n} ({share} of value) most lines are in order, but the plain average, in which no line counts for less, "
        "lies outside the band: a part of the lines prices apart. Not called in order.",
        "{n}（占货值{share}）多数记录正常，但不降权的简单平均超出区间：部分记录价格不同，不能视为正常。",
    )),
    (_for(LITTLE, OTHER_MONTHS), "lines_declared", 1, Text(
        "In {n} ({share} of lines) less than half of value or lines is compared: goods, origins, units or months that "
        "nobody else declares. Not called in order.",
        "{n}（占记录{share}）不足半数的货值或记录可比：其商品、原产国、单位或月份他处未申报，不能视为正常。",
    )),
    (_for(OWN_GOODS), "value", 1, Text(
        "{n}: lines whose origin or kind nobody else declares lie far from the same code and unit elsewhere; with them "
        "{where} would stand at {most}. Whether price or goods differ cannot be told, so nothing is called in order.",
        "{n}：原产国或规格他处未申报的记录与他处同编码同单位的价格相差较大，计入后{where}为{most}；"
        "无法判断是价格还是货物不同，不能视为正常。",
    )),
    (_for(WIDE), "value", 1, Text(
        "In {n} ({share} of value) the interval reaches more than 0.05 beyond the band, or the chance of lying outside "
        "is above one in ten: too little to call them, too much to call them in order.",
        "{n}（占货值{share}）的95%区间超出合理区间0.05以上，或超出合理区间的概率高于十分之一：不足以认定偏离，也不能视为正常。",
    )),
    (_for(FEW_LINES, FEW_ENTERPRISES, NOTHING), "value", 1, Text(
        "In {n} ({share} of value) too few lines or enterprises compare to be judged.",
        "{n}（占货值{share}）可比记录或企业过少，不作判断。",
    )),
    (lambda cells: (cells["status"] == "met") & ~cells["precise"].astype(bool), "value", 0, Text(
        "{n} ({share} of value) inside, but not by much: lines are too few or too unlike to tell the edge of the band "
        "from 1.",
        "{n}（占货值{share}）判断为区间内，但记录过少或差异过大，尚不足以区分1与区间边界。",
    )),
)  # fmt: skip


def _set_apart(level: PriceLevel) -> Text:
    kinds = level.outliers.set_index("kind")["lines"]
    slips = int(kinds.get("unit slip", 0) + kinds.get("quantity and weight swapped", 0))
    extreme = int(kinds.get("extreme price", 0))
    if extreme and not slips:
        return told(
            "{extreme} set apart for extreme prices, and listed: an extreme undervaluation looks like an error, too.",
            "{extreme}因价格极端而另列并列出：极端低报也形似差错。",
            extreme=both.counted(extreme, "line is", "lines are", "条记录"),
        )
    if not slips + extreme:
        return Text(
            "No line is set apart as a clerical error or an extreme price.", "没有因笔误或价格极端而另列的记录。"
        )
    return told(
        "{slips} {look} (decimal slips, quantity and weight swapped) and {extreme} like extreme "
        "prices: {all}, since an extreme undervaluation looks like an error too.",
        "{slips}疑似笔误（小数点错位、数量与重量互换），{extreme}条价格极端：{all}，因为极端低报也形似差错。",
        slips=both.counted(slips, "line", "lines", "条"), extreme=both.number(extreme),
        look="looks like a clerical error" if slips == 1 else "look like clerical errors",
        all=Text("it is listed" if slips + extreme == 1 else "all are listed", "均已列出"),
    )  # fmt: skip


def _mix(level: PriceLevel) -> list[Text]:
    """Where levels differ most, and whether that is a matter of price or of what a code puts together.

    Codes whose last digit is 9 (or 90 at eight digits and more) are the residual ones, "other", in the Harmonized
    System:
    their content differs from place to place, so a low level there may be a cheaper mix and not a lower price.
    """
    columns = [c for c in level.by if c != "period"]
    if len(columns) != 2:
        return []
    data = level.levels[level.levels["status"] != "insufficient"]
    data = data.assign(square=data["value"] * np.log(data["level"]) ** 2, pull=data["value"] * np.log(data["level"]))
    sums = data.groupby(columns[0])[["pull", "value"]].sum()
    rows = (sums["pull"] / sums["value"]).transform(np.exp).sort_values()
    if len(rows) < 2 or rows.between(*level.band).all():  # nothing to explain
        return _goods(data, columns)
    said = told(
        "Over all goods the lowest {first} is {low} ({least}), the highest {high} ({most}): a place that is low "
        "throughout buys cheaper grades or earlier in the chain; one that is low in a single good is a question of "
        "price.",
        "就全部货物而言，最低的{first}是{low}（{least}），最高的是{high}（{most}）："
        "普遍偏低多因货品档次或流通环节不同，单一商品偏低才更可能是价格问题。",
        first=word(level, columns[0]), low=rows.index[0], high=rows.index[-1],
        least=figure(float(rows.iloc[0])), most=figure(float(rows.iloc[-1])),
    )  # fmt: skip
    return [said, *_goods(data, columns)]


def _goods(data: pd.DataFrame, columns: list[str]) -> list[Text]:
    """Which goods differ most from place to place, and whether these are residual codes."""
    goods = data.groupby(columns[1])[["square", "value"]].sum()
    spread = (goods["square"] / goods["value"]).transform(np.sqrt).sort_values()
    if columns[1] not in ("product", "subheading") or len(spread) <= 3:
        return []
    even, wide = (joined(map(both.itself, keys), ", ", "、") for keys in (spread.index[:2], spread.index[::-1][:3]))
    residual = spread.index.str.contains(r"9$|90+$")
    inside, other = float(spread[residual].mean()), float(spread[~residual].mean())
    mix = Text("mix alone does not explain it.", "不能仅以结构解释。")
    if inside > other:
        mix = Text("in residual codes a gap is first a question of mix.", "“其他”类的差异首先是结构问题。")
    return [told(
        "Levels differ most in {wide} and least in {even}. Residual codes (for other goods, ending in 9) differ by "
        "{inside} on average, named goods by {other}: {mix}",
        "差异最大的是{wide}，最小的是{even}。“其他”类编码（末位为9）平均相差{inside}，具名商品相差{other}：{mix}",
        wide=wide, even=even, inside=both.percent(inside, 0), other=both.percent(other, 0), mix=mix,
    )]  # fmt: skip


METHOD = (
    Text(
        "Align, then refine. Log unit values of like goods (code, unit, origin; units of mass as kilograms) "
        "are fitted by medians on goods and districts, so that the size of an offset is no matter; districts, "
        "enterprises, goods and groups of lines that stand apart are moved by what they are off. What is left "
        "of a line decides whether it is a slip: beyond 3.5 robust spreads and alone. Slips are set apart and "
        "listed; a group with a tenth of its value set apart on one side is watched.",
        "先对齐，后精算。同类货物（编码、单位、原产国；质量单位统一为千克）的对数单价按中位数对货物和关区拟合，偏离大小不影响结果；"
        "明显偏离的关区、企业、货物或成组记录先移去其偏离。剩余偏差超过3.5倍稳健差且孤立的记录视为笔误，另列；"
        "单侧另列达货值十分之一的分组列为关注。",
    ),
    Text(
        "Aligned prices go through a mixed model: log unit value = goods + month + goods in the month + district in "
        "the chapter + size of the consignment + enterprise + enterprise by district + contract + product by district "
        "+ error, outlying lines weighted down (bisquare 4.685). All groups are judged together (empirical Bayes). "
        "What alignment took off is put back by value, and each level stands against the bulk of the others, not their "
        "mean. The interval holds honest differences too; the verdict asks for a practice.",
        "对齐后的价格进入混合模型：对数单价=同类货物+月份+当月同类货物+关区（章内）+批量+企业+企业×关区+合同+商品×关区+误差，"
        "离群记录降权（双权4.685）。所有分组一并判断（经验贝叶斯）。对齐时移去的部分按货值加回，参照为其他分组的主体而非均值。"
        "区间包含正常差异，判断只针对做法。",
    ),
    Text(
        "Suspect: the level lies outside the band, line by line or by value, with probability one half or more. "
        "Confirmed: the largest set of suspects of which one in a hundred may be a false alarm. Few lines or "
        "enterprises, an interval that reaches more than 0.05 beyond the band, or more than one chance in ten of lying "
        "outside: cannot be told, unless the level is plainly outside. Codes in which enterprises of one district "
        "differ by more than 0.15 (log), and those of which most places, or the enterprises of most places, hold the "
        "same two prices, are mixed: what they may explain is watched, not confirmed. Where the middle half of five "
        "places or more does not fit into the band, there is no common price: not judged, unless a place stands two "
        "spreads off. The band 0.95–1.05 is the plan's.",
        "存疑：按记录或按货值落在区间之外的概率不低于一半。确认：平均误报率不超过百分之一的最大集合。记录或企业过少、95%区间超出合理区间0.05以上、或超出区间的概率高于十分之一者无法判断，明显偏离者除外。"
        "同一关区企业间差异超过0.15（对数）的编码，以及多数地方（或多数地方的企业）都有相同两档价格的编码，为混合编码；其可解释的偏离只列关注，不作确认。五个以上地方的中间一半仍超出区间宽度时视为无共同价格，不作判断（偏离两倍离散度者除外）。区间0.95—1.05为规划目标。",
    ),
    Text(
        "At stake: tax at the others' prices less tax declared, of groups outside that price below, at most three "
        "times the tax declared. National average: tax collected over tax at national unit values; leave-one-out: the "
        "same without the group's own lines, with references of at least five lines of two enterprises.",
        "涉及税款：超出区间且偏低分组按其他分组价格计的税款减申报税款，至多为申报税款的三倍。"
        "全国均价法：实征税款与按全国均价计税款之比；留一法：剔除本分组自身记录，参考至少含五条、两家企业的记录。",
    ),
)
