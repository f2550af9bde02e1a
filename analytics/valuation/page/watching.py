"""What to watch, and how the page was made: bullets and method of a price level."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.briefing import Fold, Points
from analytics.language import Text, number, percent
from analytics.valuation.level.price_level import PriceLevel
from analytics.valuation.page.findings import Findings
from analytics.valuation.page.words import figure, named, word


def watch(found: Findings) -> Points:
    """What to watch: concentration, thin cells, coverage, outliers."""
    level = found.level
    items = [*_mix(level), *_concentrated(level), *_uncertain(level), _set_apart(level)]
    return Points(Text("What to watch", "关注点"), tuple(items))


def method(found: Findings) -> Fold:
    """How the page was made."""
    return Fold(Text("Method", "方法"), METHOD)


def _concentrated(level: PriceLevel) -> list[Text]:
    data, items = level.levels, []
    apart = np.log(data["level_weighted"]) - data["log_level"]
    spread = np.hypot(data["error"], data["weighted_error"])
    focused = data[(apart.abs() > 2 * spread) & (data["status"] != "insufficient")]
    if len(focused):
        row = focused.loc[apart[focused.index].abs().idxmax()]
        where = named(level, row["key"])
        value, line = figure(row["level_weighted"]), figure(row["level_mixed"])
        items.append(
            Text(
                f"In {len(focused)} cells a few large consignments price unlike the rest, most of all in {where.en}: "
                f"{value} by value, {line} line by line.",
                f"{len(focused)}个单元中少数大额货物的价格与其余不同，最明显的是{where.zh}："
                f"按货值{value}，按记录{line}。",
            )
        )
    return items


def _uncertain(level: PriceLevel) -> list[Text]:
    data, items = level.levels, []
    thin = data[data["status"] == "insufficient"]
    if len(thin):
        share = float(thin["value"].sum() / data["value"].sum())
        items.append(
            Text(
                f"{len(thin)} cells ({percent(share, 1)} of value) hold too few comparable lines to be judged.",
                f"{len(thin)}个单元（占货值{percent(share, 1, 'zh')}）可比记录过少，不作判断。",
            )
        )
    vague = data[(data["status"] == "met") & ~data["precise"].astype(bool)]
    if len(vague):
        share = float(vague["value"].sum() / data["value"].sum())
        items.append(
            Text(
                f"In {len(vague)} cells ({percent(share, 0)} of value) nothing speaks against a level in order, but "
                "their lines are too few or too unlike to tell the edge of the band from 1.",
                f"{len(vague)}个单元（占货值{percent(share, 0, 'zh')}）未见异常，"
                "但记录过少或差异过大，尚不足以区分1与区间边界。",
            )
        )
    return items


def _set_apart(level: PriceLevel) -> Text:
    kinds = level.outliers.set_index("kind")["lines"]
    slips = int(kinds.get("unit slip", 0) + kinds.get("quantity and weight swapped", 0))
    extreme = int(kinds.get("extreme price", 0))
    return Text(
        f"{number(slips)} lines look like clerical errors (decimal slips, quantity and weight swapped) and "
        f"{number(extreme)} like extreme prices: all are listed, since an extreme undervaluation looks like an "
        f"error too.",
        f"{number(slips, 0, 'zh')}条疑似笔误（小数点错位、数量与重量互换），{number(extreme, 0, 'zh')}条价格极端："
        "均已列出，因为极端低报也形似差错。",
    )


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
    items = []
    sums = data.groupby(columns[0])[["pull", "value"]].sum()
    rows = (sums["pull"] / sums["value"]).transform(np.exp).sort_values()
    if len(rows) > 1:
        first = word(level, columns[0])
        low, high = rows.index[0], rows.index[-1]
        items.append(
            Text(
                f"Over all goods the lowest {first.en} is {low} ({figure(float(rows.iloc[0]))}), "
                f"the highest {high} "
                f"({figure(float(rows.iloc[-1]))}): a place that is low throughout buys cheaper grades or "
                "earlier in the chain; one that is low in a single good is a question of price.",
                f"就全部货物而言，最低的{first.zh}是{low}（{figure(float(rows.iloc[0]))}），最高的是{high}"
                f"（{figure(float(rows.iloc[-1]))}）：普遍偏低多因货品档次或流通环节不同，单一商品偏低才更可能是价格问题。",
            )
        )
    return items + _goods(data, columns)


def _goods(data: pd.DataFrame, columns: list[str]) -> list[Text]:
    """Which goods differ most from place to place, and whether these are residual codes."""
    items = []
    goods = data.groupby(columns[1])[["square", "value"]].sum()
    spread = (goods["square"] / goods["value"]).transform(np.sqrt).sort_values()
    if columns[1] in ("product", "subheading") and len(spread) > 3:
        even, wide = list(spread.index[:2]), list(spread.index[::-1][:3])
        residual = spread.index.str.contains(r"9$|90+$")
        inside, other = float(spread[residual].mean()), float(spread[~residual].mean())
        items.append(
            Text(
                f"Levels differ most in {', '.join(wide)} and least in {', '.join(even)}. "
                "Residual codes (for other goods, ending in 9) "
                f"differ by {percent(inside, 0)} on average, named goods by {percent(other, 0)}: "
                + (
                    "in residual codes a gap is first a question of mix."
                    if inside > other
                    else "mix alone does not explain it."
                ),
                f"差异最大的是{'、'.join(wide)}，最小的是{'、'.join(even)}。"
                f"“其他”类编码（末位为9）平均相差{percent(inside, 0, 'zh')}，"
                f"具名商品相差{percent(other, 0, 'zh')}："
                + ("“其他”类的差异首先是结构问题。" if inside > other else "不能仅以结构解释。"),
            )
        )
    return items


METHOD = (
    Text(
        "A level compares unit values of the same product, unit, origin and month. Mixed model: log unit value = "
        "cell + "
        "district in the chapter + size of the consignment + enterprise + enterprise by district + product by "
        "district + "
        "error, outlying lines weighted down (bisquare 4.685); the interval counts enterprises, not only lines. "
        "Value-weighted: the same cells, weights capped at the 90th percentile. National average: tax collected "
        "over tax "
        "at national unit values; leave-one-out: the same without the cell's own lines.",
        "价格水平比较同商品、同单位、同原产国、同月份的单价。混合模型：对数单价=可比单元+关区（章内）+批量+企业+企业×关区+商品×关区+误差，"
        "离群记录降权（双权4.685）；区间按企业而非仅按记录计算。按货值加权：同一可比单元，权重以90%分位封顶。"
        "全国均价法：实征税款与按全国均价计税款之比；留一法：剔除本单元自身记录。",
    ),
    Text(
        "Verdict: all cells are judged together (empirical Bayes), and a level is drawn towards 1 the more the less is "
        "known of it. Inside a chapter it is the cell's common practice plus what each of its largest enterprises does "
        "on its own, by share. Suspect: the level lies outside the band, on one side, with probability one half or "
        "more. Confirmed: the largest set of suspects of which one in a hundred may be a false alarm. The band "
        "0.95–1.05 is the plan's.",
        "判断：所有单元一并判断（经验贝叶斯），所知越少，水平越向1收缩。章内水平为单元共同做法加上最大几家企业各自的偏离（按份额）。"
        "存疑：落在区间某一侧之外的概率不低于一半。确认：平均误报率不超过百分之一的最大集合。"
        "区间0.95—1.05为规划目标。",
    ),
    Text(
        "Outliers: lines farther than the threshold times the robust standard deviation (1.4826 x median absolute "
        "deviation) from the median of product, unit and origin are set apart and listed; deviations near a power of "
        "ten are called slips. What is at stake: tax at the others' prices less tax declared, from the value-weighted "
        "level and its interval.",
        "离群值：偏离商品、单位、原产国中位数超过阈值倍稳健标准差（1.4826×绝对中位差）的记录另列；接近十的整数次方的偏离视为错位。"
        "涉及税款：按其他单元价格计的税款减申报税款，取自按货值加权的水平及其区间。",
    ),
)
