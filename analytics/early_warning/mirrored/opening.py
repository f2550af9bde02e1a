"""The mirror page's head: what falls short, how much could be judged."""

from __future__ import annotations

import numpy as np

from analytics.briefing import Headline, Tile, Verdict
from analytics.early_warning.mirrored.study import MirrorFindings
from analytics.language import Text, money, month, number, percent

JUDGED = ("in_line", "short", "surplus")


def headline(found: MirrorFindings, place: Text) -> Headline:
    """What falls short of the mirror, and how sure that is."""
    first, last = found.months
    kicker = Text(
        f"{place.en} · {month(first)} to {month(last)}", f"{place.zh} · {month(first, 'zh')}至{month(last, 'zh')}"
    )
    cells = found.gaps.cells
    counts = cells["status"].value_counts()
    judged = int(counts.get("in_line", 0) + counts.get("short", 0) + counts.get("surplus", 0))
    share = float(
        cells.loc[cells["status"].isin(["in_line", "short", "surplus"]), "imports"].sum() / cells["imports"].sum()
    )
    usual = float(np.expm1(found.gaps.reporters.usual))
    transit = float(cells.loc[cells["status"] == "transit", "imports"].sum() / cells["imports"].sum())
    tiles = (
        Tile(Text("Flows judged", "判断单元"), number(judged),
             note=Text(f"of {number(len(cells))}; {percent(share, 0)} of imports",
                       f"共{len(cells)}个；占进口{percent(share, 0, 'zh')}")),
        Tile(Text("In transit", "过境"), Text(percent(transit, 0), percent(transit, 0, "zh")),
             note=Text("of imports, through hubs: not judged", "的进口经中转地，不作判断")),
        Tile(Text("Usual ratio", "通常比率"), Text(percent(usual, 0, sign=True), percent(usual, 0, "zh", sign=True)),
             note=Text("imports over mirror exports, median flow: freight, insurance and habit",
                       "进口高于镜像出口（中位单元）：运保费与申报习惯")),
        Tile(Text("Arrive a month or more later", "一个月及以后到达"),
             Text(percent(1 - found.gaps.lag[0], 0), percent(1 - found.gaps.lag[0], 0, "zh")),
             note=Text("of exports, estimated", "的出口（估计）")),
    )  # fmt: skip
    return Headline(verdict(found), tiles, kicker)


def verdict(found: MirrorFindings) -> Verdict:
    """Say what falls short; never that nothing is missing."""
    short = found.of_status("short")
    if short.empty:
        text = Text(
            "No shortfall stands out from how these reporters differ by chance",
            "未见超出各申报方偶然差异的缺口",
        )
        lead = Text(
            "At the share of chance allowed, shortfalls cannot be told from what these reporters differ by anyway. "
            "This is no finding that all is declared.",
            "在允许的偶然占比下，缺口与各申报方固有差异无从区分。这并不表明申报完整。",
        )
        return Verdict("", "watch", None, None, None, text, lead, Text("No lead", "无线索"))
    value, n, worst = float(short["missing_value"].sum()), len(short), short.iloc[0]
    plural = "flow falls" if n == 1 else "flows fall"
    text = Text(
        f"{n} {plural} short of the mirror; the largest is {worst['good']} from {worst['exporter']}",
        f"{n}个单元低于镜像；缺口最大的是来自{worst['exporter']}的{worst['good']}",
    )
    sure = found.gaps.precision
    lead = Text(
        f"Imports there are {money(value, found.currency, 'en')} below what partners' figures lead to expect. About "
        f"{percent(sure, 0)} of the flows are estimated to be more than chance, from how many stand as far above. "
        "Suggest verification; an enterprise, a route or a statistical practice may explain a gap.",
        f"其进口比按伙伴方数字的预期少{money(value, found.currency, 'zh')}。按对称一侧的数目估计，"
        f"约{percent(sure, 0, 'zh')}的单元超出偶然。建议核查；企业、路线或统计做法均可能是缺口的原因。",
    )
    return Verdict("", "watch", None, None, None, text, lead, Text(f"{n} leads", f"{n}条线索"))
