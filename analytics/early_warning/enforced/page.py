"""Enforcement on the page: who stands apart, a funnel, rules, what lies below the line, how it was done."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy import stats

from analytics.briefing import Chart, Fold, Lead, Listing, Points, Section, cells, say
from analytics.briefing.look import theme
from analytics.briefing.parts import Column
from analytics.early_warning.enforced.alike import Funnel
from analytics.early_warning.enforced.decisions import DECISIONS, UNITS
from analytics.early_warning.enforced.opening import headline, said, verdict
from analytics.early_warning.enforced.policy import line, rules
from analytics.early_warning.enforced.study import EnforcementFindings
from analytics.language import Text, number, percent
from analytics.statistics import NORMAL95

_ROWS = 12
_ALIKE = {
    "goods": Text("goods", "商品"),
    "direction": Text("direction", "进出口方向"),
    "mode": Text("mode of transport", "运输方式"),
    "regime": Text("regime", "监管方式"),
    "risk": Text("band of risk", "风险档"),
}


def units(found: EnforcementFindings) -> Section:
    """Units that stand apart, the furthest first; the funnel of the furthest."""
    table = found.table
    shown = found.apart if len(found.apart) else table.head(_ROWS)
    frame = shown.assign(
        kind_word=cells(UNITS[k] for k in shown["kind"]),
        decision_word=cells(DECISIONS[d] for d in shown["decision"]),
    )
    n = len(found.apart)
    caption = Text("Units that stand apart from their like: suggest asking why", "偏离同类的单位：建议询问原因")
    finding = Text(
        f"{n} of {number(found.comparisons)} comparisons {'stands' if n == 1 else 'stand'} apart",
        f"{found.comparisons}项比较中{n}项偏离",
    )
    if not n:
        caption = Text("The furthest from their like; none of them beyond chance", "与同类相差最大者（均未超出偶然）")
        finding = Text("No unit stands apart beyond chance", "未见超出偶然的偏离")
    listing = Listing(
        "apart",
        caption,
        frame,
        (
            Column("kind_word", Text("Who", "单位类别")),
            Column("unit", Text("Name", "名称")),
            Column("decision_word", Text("Decision", "决定")),
            Column("compared", Text("Compared", "可比票数"), "number"),
            Column("observed", Text("Here", "本单位"), "percent", digits=1),
            Column("others", Text("Others, like goods", "他处同类"), "percent", digits=1),
            Column("low95", Text("Odds, low", "比值下限"), "number", digits=2),
            Column("high95", Text("high", "上限"), "number", digits=2),
        ),
        note=Text(
            "Compared: declarations that others have like ones of. Odds: of being so decided here against elsewhere, "
            "95 % interval of one comparison alone.",
            "可比票数：他处有同类的报关单。比值：本单位与他处作此决定的优势比，单项95%区间。",
        ),
        rows=_ROWS,
    )
    return Section(finding, Text("Units", "单位"), (*_funnel(found), listing))


def _funnel(found: EnforcementFindings) -> tuple[Chart, ...]:
    """The funnel in which a unit stands furthest out."""
    drawn = [f for f in found.funnels if len(f.table) > 2]
    if not drawn:
        return ()
    chosen = max(drawn, key=lambda f: float(f.table["z"].abs().max()))
    unit, decision = UNITS[chosen.unit], DECISIONS[chosen.decision]
    data = chosen.table.assign(log_odds=np.log(chosen.table["odds"].clip(lower=0.02)))
    return (
        Chart(
            "funnel",
            Text(f"Funnel by {unit.en}: {decision.en}", f"各{unit.zh}漏斗图：{decision.zh}"),
            Text(
                "Points, one a unit, by comparable declarations and log odds against others; limits narrow to the "
                "right.",
                "各单位以点表示，横轴为可比票数，纵轴为相对他处的对数优势比；界限向右收窄。",
            ),
            data,
            lambda: _draw(chosen, found.comparisons),
            note=Text(
                "Inner lines: 95 % of units alike but for chance; outer: all comparisons of the page taken together. "
                f"Both hold what {unit.en}s differ by anyway (spread {number(chosen.between, 2)} of the log odds).",
                f"内线：仅有偶然差异时95%的单位所在；外线：全页比较一并校正。两者均含各{unit.zh}固有离散"
                f"（对数优势{number(chosen.between, 2, 'zh')}）。",
            ),
        ),
    )


def _draw(funnel: Funnel, comparisons: int) -> Figure:
    table = funnel.table.sort_values("spread", ascending=False)
    fig, ax = theme.subplots(height=3.2)
    spread = table["spread"].to_numpy(float)
    x = 1 / np.sqrt(np.maximum(spread**2 - funnel.between**2, 1e-9))
    for width, color in ((NORMAL95, theme.GREY), (float(stats.norm.isf(0.025 / max(comparisons, 1))), theme.ACCENT)):
        for sign in (-1, 1):
            ax.plot(x, sign * width * spread, color=color, linewidth=1)
    apart = table["apart"].astype(bool).to_numpy()
    y = np.log(table["odds"].clip(lower=0.02)).to_numpy()
    ax.scatter(x[~apart], y[~apart], s=14, color=theme.GREY, linewidth=0)
    ax.scatter(x[apart], y[apart], s=26, color=theme.BAD, linewidth=0)
    for at in np.flatnonzero(apart)[:4]:
        ax.annotate(
            str(table["unit"].iloc[at]), (x[at], y[at]), xytext=(4, 4), textcoords="offset points", color=theme.BAD
        )
    theme.zero_line(ax)
    theme.numbers(ax, "y", digits=1, sign=True)
    theme.numbers(ax, "x", digits=1)
    theme.title(
        ax, say(Text("log odds against others; to the right: known more exactly", "相对他处的对数优势；越右越精确"))
    )
    theme.despine(ax)
    return fig


def watch(found: EnforcementFindings) -> Points:
    """What a reader should keep in mind."""
    alike = [_ALIKE[a] for a in found.question.alike if a in _ALIKE]
    items = [
        Text(
            f"Like are declarations of the same {', '.join(t.en for t in alike)}; what else distinguishes goods is not "
            "seen. Officers are compared within their port, as if declarations came to them by lot.",
            f"同类指{'、'.join(t.zh for t in alike)}相同的报关单，其他差别不可见。关员只在本口岸内比较，"
            "并假定派单随机。",
        ),
        Text(
            "Where risk is compared by the chance of selection, a rule that selects unequally is taken for granted: it "
            "shows among the rules, not here.",
            "以布控概率划分风险档时，布控规则本身的不均衡不在此显示，而见于规则部分。",
        ),
    ]
    if found.absent:
        names = [DECISIONS[d] for d in found.absent]
        items.append(
            Text(
                f"Not compared, for the data do not hold them: {'; '.join(t.en for t in names)}.",
                f"数据未载，未作比较：{'；'.join(t.zh for t in names)}。",
            )
        )
    least = min((f.compared for f in found.funnels), default=1.0)
    items.append(
        Text(
            f"Declarations that nobody else has like ones of are in no comparison; at worst {percent(least, 0)} could "
            "be compared.",
            f"他处无同类的报关单未纳入比较；可比比例最低为{percent(least, 0, 'zh')}。",
        )
    )
    return Points(Text("What to watch", "关注点"), tuple(items))


def method(found: EnforcementFindings) -> Fold:
    """How units are compared."""
    return Fold(
        Text("Method", "方法"),
        (
            Text(
                "Within each stratum of like declarations a unit's decisions are set against all, the totals given "
                "(Mantel and Haenszel); tails from a binomial of the same mean and variance, mid-p. The variance is "
                "raised by what declarations of the same enterprise share. What units differ by anyway is estimated on "
                "scores winsorised at a tenth on either side (Spiegelhalter, 2005), from ten units on, and added. All "
                "comparisons are taken together by Holm's procedure at 5 %. Units whose comparable decisions carry "
                "less information than two expected decisions are not judged.",
                "在每一同类层内以总数为条件，将单位的决定与全体比较（Mantel-Haenszel）；尾部概率取同均值同方差二项分布"
                "的中位p值。方差按同一企业报关单的相关性放大。各单位固有离散按两端各一成缩尾的得分估计（Spiegelhalter，"
                "2005；十个单位以上），并计入界限。全部比较以Holm法按5%一并校正。可比信息不足两次预期决定的单位不作判"
                "断。",
            ),
            Text(
                "Rules: findings against those of random examinations by Fisher's exact test, each rule alone at 5 %. "
                "Below the line: finding rates of random examinations by band of the chance of selection.",
                "规则：以Fisher精确检验与随机查验的有效率比较，逐条5%。线下检验：按布控概率分档的随机查验有效率。",
            ),
        ),
    )


def figures(found: EnforcementFindings) -> dict[str, float]:
    """Key figures of result.json."""
    states = found.rules["state"].value_counts() if found.rules is not None else pd.Series(dtype=int)
    return {
        "declarations": float(found.declarations),
        "comparisons": float(found.comparisons),
        "comparisons_too_small": float(found.small),
        "apart": float(len(found.apart)),
        "rules": float(states.sum()),
        "rules_better": float(states.get("better", 0)),
        "rules_worse": float(states.get("worse", 0)),
        "rules_ended": float(found.rules["ended"].sum()) if found.rules is not None else float("nan"),
    }


def leads(found: EnforcementFindings) -> list[Lead]:
    """Units that stand apart, for the board."""
    return [
        Lead(said(row), str(row.unit) if row.kind == "district" else "", f"{found.months[0]:%Y-%m}")
        for row in found.apart.itertuples()
    ]


def tables(found: EnforcementFindings) -> dict[str, pd.DataFrame]:
    """Tables that other programs read."""
    return {"comparisons": found.table}


__all__ = ["figures", "headline", "leads", "line", "method", "rules", "tables", "units", "verdict", "watch"]
