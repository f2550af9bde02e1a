"""What no map of cells shows: enterprises that price apart wherever they declare, and codes that hold unlike goods."""

from __future__ import annotations

from analytics.briefing import Column, Listing, Section
from analytics.language import Text, number
from analytics.valuation.level.levels import OUT
from analytics.valuation.level.mixed_goods import MIX
from analytics.valuation.page.findings import Findings
from analytics.valuation.page.words import verdict_words

_ROWS = 12


def enterprises(found: Findings) -> Section | None:
    """Enterprises outside the band wherever they declare; None where no enterprise is named."""
    table = found.enterprises
    if table.empty:
        return None
    out = table[table["status"].isin(OUT)]
    judged = int((table["status"] != "insufficient").sum())
    low = int((out["level"] < 1).sum())
    finding = Text(
        f"{number(len(out))} of {number(judged)} enterprises price apart wherever they declare, {number(low)} of them "
        "below the others",
        f"{number(judged, 0, 'zh')}家企业中有{number(len(out), 0, 'zh')}家各处申报价格均与众不同，"
        f"其中{number(low, 0, 'zh')}家偏低",
    )
    if out.empty:
        finding = Text(
            f"None of {number(judged)} enterprises prices apart wherever it declares",
            f"{number(judged, 0, 'zh')}家企业均未见各处申报价格与众不同",
        )
    shown = table.assign(verdict=verdict_words(table["status"]))
    listing = Listing(
        name="enterprise_levels",
        caption=Text("Level of enterprises against like goods", "企业相对于同类货物的价格水平"),
        frame=shown,
        columns=ENTERPRISE_COLUMNS,
        note=ENTERPRISE_NOTE,
        rows=_ROWS,
    )
    return Section(finding, Text("Enterprises", "企业"), (listing,))


def mixed(found: Findings) -> Section | None:
    """Codes that mix unlike goods; None where none is known to."""
    table = found.level.goods
    unlike = table[table["grade"] == MIX].sort_values("value", ascending=False, ignore_index=True)
    if unlike.empty:
        return None
    share = float(unlike["value"].sum() / table["value"].sum())
    finding = Text(
        f"{number(len(unlike))} codes mix goods that are not alike ({100 * share:.0f} % of value): levels that rest on "
        "them are watched, not confirmed",
        f"{number(len(unlike), 0, 'zh')}个编码包含不同货物（占货值{100 * share:.0f}%）："
        "以其为主的水平只列为关注，不作确认",
    )
    listing = Listing(
        name="mixed_goods",
        caption=Text("Codes in which enterprises differ most", "企业间价格差异最大的编码"),
        frame=unlike,
        columns=GOODS_COLUMNS,
        note=GOODS_NOTE,
        rows=_ROWS,
    )
    return Section(finding, Text("Mixed codes", "混合编码"), (listing,))


ENTERPRISE_NOTE = Text(
    "Median price against like goods elsewhere, over all goods and districts, drawn towards 1 by what honest "
    "enterprises differ; of the confirmed, one in a hundred may be a false alarm. Names are masked. A related party or "
    "a special contract can explain a level; it is a reason to ask.",
    "相对他处同类货物的中位价格（全部商品与关区），按正常企业间差异向1收缩；确认者中约百分之一可能为误报。"
    "名称已脱敏。关联交易或特殊合同可能解释差异，仅为质疑理由。",
)
ENTERPRISE_COLUMNS = (
    Column("enterprise", Text("Enterprise", "企业")),
    Column("verdict", Text("Verdict", "判断")),
    Column("level", Text("Level", "水平"), "number", digits=2),
    Column("low95", Text("Low", "下限"), "number", digits=2),
    Column("high95", Text("High", "上限"), "number", digits=2),
    Column("lines", Text("Lines", "记录数"), "number"),
    Column("goods", Text("Goods", "商品数"), "number"),
    Column("districts", Text("Districts", "关区数"), "number"),
)
GOODS_NOTE = Text(
    "Spread between enterprises of one district, log. Above 0.15 a code holds several grades; specification, brand, "
    "size class or seller (parameter like) may part them.",
    "同一关区内企业间价格的离散程度（对数）。超过0.15表明编码包含多个档次；可用规格、品牌、数量级或卖方（参数like）加以区分。",
)
GOODS_COLUMNS = (
    Column("product", Text("Product", "商品")),
    Column("unit", Text("Unit", "单位")),
    Column("between", Text("Between enterprises", "企业间离散"), "number", digits=2),
    Column("enterprises", Text("Enterprises", "企业数"), "number"),
    Column("lines", Text("Lines", "记录数"), "number"),
)
