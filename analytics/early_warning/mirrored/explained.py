"""How the mirror finds gaps, and what is published of the gap against the tax rate."""

from __future__ import annotations

from analytics import mirror
from analytics.briefing import Fold, Points
from analytics.early_warning.mirrored.study import MirrorFindings
from analytics.language import Text, number, percent


def evasion(found: MirrorFindings) -> Points:
    """The gap against the tax rate, beside the published figure."""
    published = Text(
        f"Published: {mirror.PUBLISHED['slope']:.0f} % more goes missing a percentage point of tax "
        f"({mirror.PUBLISHED['source']}; {mirror.PUBLISHED['data']}).",
        f"已发表：税率每高一个百分点，缺失多{mirror.PUBLISHED['slope']:.0f}%（Fisman与Wei，2004，"
        "香港对中国内地出口，1998年）。",
    )
    e = found.elasticity
    if e is None:
        own = Text(
            "Here: not estimated; the imports hold no duty rates, or too few headings.",
            "本数据：未估计；进口数据无税率或品目过少。",
        )
    else:
        own = Text(
            f"Here: {number(e.slope, 1, sign=True)} % a point ({number(e.low95, 1, sign=True)} to "
            f"{number(e.high95, 1, sign=True)}), {number(e.cells)} flows in {e.clusters} headings.",
            f"本数据：每百分点{number(e.slope, 1, 'zh', sign=True)}%（{number(e.low95, 1, 'zh', sign=True)}至"
            f"{number(e.high95, 1, 'zh', sign=True)}），{e.clusters}个品目{e.cells}个单元。",
        )
    return Points(Text("The gap against the tax rate", "差距与税率"), (own, published))


def method(found: MirrorFindings) -> Fold:
    """How gaps are found."""
    return Fold(
        Text("Method", "方法"),
        (
            Text(
                "Both sides are summed by good, exporter and importer. Exports are spread over the months under way "
                "(shares by non-negative least squares on monthly changes). The log ratio of a flow is set against "
                "what is usual (CIF over FOB) and the habits of importer, exporter and good; its spread is the common "
                "one times a factor of each reporter. All is estimated robustly and drawn to the common value where "
                "flows are few.",
                "双方按商品、出口方、进口方汇总。出口按在途月份分摊（对月度变化作非负最小二乘）。单元的对数比率与通常水"
                "平（CIF对FOB）及进口方、出口方、商品的习惯比较；离散为共同离散乘以双方各自的系数。全部稳健估计，"
                "单元较少者向共同值收缩。",
            ),
            Text(
                "A shortfall is told beyond the smallest distance at which surpluses number at most "
                f"{percent(found.question.share_false, 0)} of the shortfalls. Unit values that differ a hundredfold or "
                "more are taken for slips of a unit; flows of fewer than six months or below the least value are not "
                "judged.",
                "缺口超过某一距离方予提示：在该距离之外，"
                f"对侧盈余数至多为缺口数的{percent(found.question.share_false, 0, 'zh')}。"
                "单价相差百倍以上视为单位差错；不足六个月或低于最小值的单元不作判断。",
            ),
        ),
    )
