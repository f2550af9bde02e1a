"""The page of the integrity panel: pairs of officer and declarant beyond chance, and what could not be seen."""

from __future__ import annotations

import pandas as pd

from analytics.briefing import Column, Fold, Headline, Listing, Part, Points, Section, Tile, Verdict
from analytics.language import Text, day, number
from analytics.smuggling.links.integrity import LEAST_DAYS, Panel
from analytics.smuggling.page.words import both


def verdict(panel: Panel) -> Verdict:
    """Pairs beyond chance are watched; none told clears nobody."""
    n, tested, looked = (number(x) for x in (len(panel.pairs), panel.tested, panel.looked))
    if not panel.named:
        text = Text(
            "Nothing can be said: no declaration names an officer and a declarant",
            "无法分析：报关单未注明经办关员和报关单位",
        )
        lead = Text(
            f"{number(panel.declarations)} declarations were read; map officer_id (masked) and declarant_id.",
            f"共读取{number(panel.declarations)}票报关单；请映射经办关员（脱敏）和报关单位字段。",
        )  # fmt: skip
        return Verdict("", "insufficient", None, None, None, text, lead, Text("Nothing seen", "未能分析"))
    lead = Text(
        f"Of {tested} pairs of a port {looked} met on {LEAST_DAYS} days or more; only these can be told. A pairing is "
        "a reason to ask: languages, counters and specialities pair people too.",
        f"各口岸共{tested}对关员与报关单位组合，其中{looked}对有{LEAST_DAYS}天及以上相遇，仅此部分可作判断。"
        "组合偏多仅为了解情况的理由：语言、窗口和专业分工也会造成此种情况。",
    )
    if len(panel.pairs):
        text = Text(
            f"{n} {'pair meets' if len(panel.pairs) == 1 else 'pairs meet'} more often than chance explains: suggest "
            "verification",
            f"{n}对组合相遇次数超出随机：建议核查",
        )
        badge = Text(f"{n} beyond chance", f"{n}对超出随机")
        return Verdict("", "watch", None, None, None, text, lead, badge)
    text = Text(
        f"No pair was told among the {looked} that met often enough; this clears nobody",
        f"相遇天数足够的{looked}对中未见超出随机者；并不代表其他组合无异常",
    )
    return Verdict("", "insufficient", None, None, None, text, lead, Text("No pair told", "未见超出随机的组合"))


def _pairs(panel: Panel, rows: int) -> Section:
    columns = (
        Column("officer_id", Text("Officer (masked)", "关员（已脱敏）")),
        Column("declarant_id", Text("Declarant (masked)", "报关单位（已脱敏）")),
        Column("port", Text("Port", "口岸")),
        Column("days", Text("Days met", "相遇天数"), "number"),
        Column("expected", Text("Expected", "预期"), "number", digits=1),
        Column("p", Text("Chance, adjusted", "概率（校正后）")),
        Column("released", Text("Released unseen: the pair", "未经审核放行：该组合"), "percent"),
        Column("released_alike", Text("the declarant with others", "该报关单位与其他关员"), "percent"),
    )
    told = panel.pairs.assign(p=["< .001" if p < 0.001 else f"{p:.3f}" for p in panel.pairs["p_adjusted"]])
    n = number(len(told))
    note = Text(
        "Chance of so many days or more, were the declarations of a port dealt anew to its officers within a month, "
        "and within weekdays of a quarter; the larger of the two, adjusted for all pairs. Released unseen: without "
        "papers or examination.",
        "若将口岸报关单在同月内、以及同季度同一星期几内重新随机分派，出现如此多或更多相遇天数的概率；"
        "取两者较大值并对全部组合作多重校正。未经审核放行：未审单证、未查验。",
    )
    caption = Text("Pairs beyond chance, rarest first", "超出随机的组合（概率最小者在前）")
    listing = Listing("officer_pairs", caption, told, columns, note, rows)
    pairs = "pair" if len(told) == 1 else "pairs"
    return Section(
        Text(f"{n} {pairs}: suggest verification", f"{n}对组合，建议核查"), Text("Pairs", "组合"), (listing,)
    )


def exhibits(panel: Panel, place: Text, rows: int = 12) -> dict[str, Part]:
    """All parts of the page by name, in order; no table where no pair was told."""
    span = Text("", "")
    if panel.first is not None and panel.last is not None:
        span = Text(
            f" · {day(panel.first)} to {day(panel.last)}", f" · {day(panel.first, 'zh')}至{day(panel.last, 'zh')}"
        )
    share = panel.named / max(panel.declarations, 1)
    tiles = (
        Tile(Text("Beyond chance", "超出随机"), number(len(panel.pairs)), Text("pairs", "对")),
        Tile(Text("Met often enough", "可判断"), number(panel.looked), Text(
            f"of {number(panel.tested)} pairs", f"共{number(panel.tested)}对")),
        Tile(Text("Name officer and declarant", "注明关员和报关单位"), both(share, 0), Text(
            f"of {number(panel.declarations)} declarations", f"共{number(panel.declarations)}票"),
            None, "watch" if share < 0.95 else "neutral"),
    )  # fmt: skip
    parts: dict[str, Part | None] = {
        "headline": Headline(verdict(panel), tiles, Text(f"{place.en}{span.en}", f"{place.zh}{span.zh}")),
        "pairs": _pairs(panel, rows) if len(panel.pairs) else None,
        "watch": Points(Text("What to watch", "关注点"), (
            Text(
                "This page opens with two keys and names masked identities only. Keep the folder where both holders "
                "say.",
                "本页须两把密钥共同开启，仅显示脱敏标识。存放位置由两位持钥人共同决定。",
            ),
            Text(
                "Not seen: pairs that met seldom, a port with one officer, and a whole shift that acts together.",
                "无法识别：很少相遇的组合、仅有一名关员的口岸，以及整班协同的情形。",
            ),
        )),
        "method": Fold(Text("Method", "方法"), (Text(
            "Days on which declarant and officer met at a port, against hypergeometric dealing within strata (exact "
            "sum of independent counts); Holm's adjustment at 5 % over all pairs, met or not. After Chalendar, "
            "Fernandes, Raballand and Rijkers (2023), Quarterly Journal of Economics 138.",
            "以报关单位与关员在同一口岸相遇天数对照分层超几何随机分派（独立计数之和的精确分布）；对全部组合（含未相遇者）作Holm多重校正，水平5%。"
            "参见Chalendar等（2023），《经济学季刊》第138卷。",
        ),)),
    }  # fmt: skip
    return {name: part for name, part in parts.items() if part is not None}


def key_figures(panel: Panel) -> dict[str, float]:
    """Key figures for result.json: counts, and nobody's identity."""
    return {
        "pairs_beyond_chance": float(len(panel.pairs)), "pairs_tested": float(panel.tested),
        "pairs_that_met_often_enough": float(panel.looked), "declarations": float(panel.declarations),
        "declarations_named": float(panel.named),
    }  # fmt: skip


def tables(panel: Panel) -> dict[str, pd.DataFrame]:
    """The pairs."""
    return {"officer_pairs": panel.pairs}
