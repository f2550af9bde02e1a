"""What no map of cells shows: enterprises that price apart wherever they declare, and codes that hold unlike goods."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.briefing import Column, Listing, Section, cells, interval
from analytics.language import Text, both, money, number, percent
from analytics.valuation.alike.mixed_goods import MIX
from analytics.valuation.level.verdicts import OUT
from analytics.valuation.page.findings import Findings
from analytics.valuation.page.numbers import at_stake
from analytics.valuation.page.words import of_the_nation, verdict_words

_ROWS = 12


def enterprises(found: Findings) -> Section | None:
    """Enterprises outside the band wherever they declare; None where none is named, or they are what is broken down."""
    table = found.enterprises
    if table.empty or "enterprise" in found.level.by:
        return None
    out = table[table["status"].isin(OUT)]
    judged = int((table["status"] != "insufficient").sum())
    low = int((out["level"] < 1).sum())
    finding = _price_apart(judged, len(out), low)
    if not table["usual"].all():
        finding = Text(
            f"{finding.en}; the others differ too much to have a usual price",
            f"{finding.zh}；其余企业价格差异过大，没有通常价格",
        )
    shown = table.assign(verdict=verdict_words(table["status"]))
    listing = Listing(
        name="enterprise_levels",
        caption=Text("Level of enterprises against like goods", "企业相对于同类货物的价格水平"),
        frame=shown,
        columns=(*ENTERPRISE_COLUMNS, *((RELATED,) if table["related"].notna().any() else ())),
        note=ENTERPRISE_NOTE,
        rows=_ROWS,
    )
    return Section(finding, Text("Enterprises", "企业"), (listing,))


def _price_apart(judged: int, out: int, low: int) -> Text:
    """How many enterprises price apart, of those that can be judged."""
    zh = f"可判断的{number(judged, 0, 'zh')}家企业中有{number(out, 0, 'zh')}家各处申报价格均与众不同，其中{low}家偏低"
    if not judged:
        return Text("No enterprise can be judged by its own lines", "没有可依其自身记录判断的企业")
    if not out and judged == 1:
        return Text("The one enterprise that can be judged does not price apart", "可判断的1家企业未见申报价格与众不同")
    if not out:
        return Text(
            f"None of {number(judged)} enterprises that can be judged prices apart wherever it declares",
            f"可判断的{number(judged, 0, 'zh')}家企业均未见各处申报价格与众不同",
        )
    of = f"{number(out)} of {number(judged)} enterprises that can be judged"
    if out == 1:
        side = "below" if low else "above"
        return Text(f"{of} prices apart wherever it declares, {side} the others", zh)
    return Text(f"{of} price apart wherever they declare, {both.part(low, out).en} of them below the others", zh)


def nation(found: Findings) -> Section | None:
    """The nation against prices from outside; None where none are given (the lead says what is not seen)."""
    table = found.nation
    if table.empty:
        return None
    shown = table.assign(name=pd.Series([Text("all", "全部"), *table["who"].iloc[1:]], table.index, dtype=object))
    listing = Listing(
        name="nation",
        caption=Text("Level against reference prices from outside", "相对外部参考价格的水平"),
        frame=shown,
        columns=NATION_COLUMNS,
        note=NATION_NOTE,
        rows=_ROWS,
    )
    return Section(of_the_nation(table.iloc[0], found.level.band), Text("Nation", "全国"), (listing,))


def mixed(found: Findings) -> Section | None:
    """Codes that mix unlike goods; None where none is known to."""
    table = found.level.goods
    unlike = table[table["grade"] == MIX].sort_values("value", ascending=False, ignore_index=True)
    if unlike.empty:
        return None
    share = float(unlike["value"].sum() / table["value"].sum())
    finding = Text(
        f"{'1 code mixes' if len(unlike) == 1 else f'{number(len(unlike))} codes mix'} goods that are not alike "
        f"({percent(share, 0)} of value): levels that rest on {'it' if len(unlike) == 1 else 'them'} are watched, not "
        "confirmed",
        f"{number(len(unlike), 0, 'zh')}个编码包含不同货物（占货值{100 * share:.0f}%）："
        "以其为主的水平只列为关注，不作确认",
    )
    listing = Listing(
        name="mixed_goods",
        caption=Text("Codes that hold several grades", "包含多个档次的编码"),
        frame=unlike.assign(two_prices=np.exp(unlike["step"])),
        columns=GOODS_COLUMNS,
        note=GOODS_NOTE,
        rows=_ROWS,
    )
    return Section(finding, Text("Mixed codes", "混合编码"), (listing,))


def queries(found: Findings) -> Section | None:
    """What earlier price queries came to, and what that says of the lines to verify; None without a ledger."""
    if found.ledger is None:
        return None
    book, unit = found.ledger, found.unit
    counts, (rate, low, high) = book.counts(), book.rate()
    closed = counts["raised"] + counts["accepted"]
    finding = Text("No price query is closed yet", "尚无结案的价格质疑")
    if closed:
        some = both.counted(closed, "closed price query", "closed price queries", "")
        finding = Text(
            f"{percent(rate, 0)} of {some.en} raised the value (95 %: {percent(low, 0)} to {percent(high, 0)})",
            f"{number(closed, 0, 'zh')}次已结案价格质疑中{percent(rate, 0, 'zh')}调整了价值"
            f"（95%区间：{percent(low, 0, 'zh')}至{percent(high, 0, 'zh')}）",
        )
    frame = pd.DataFrame(
        {
            "outcome": cells(OUTCOMES[name] for name in counts),
            "queries": list(counts.values()),
            "raised": [book.uplift() if name == "raised" else float("nan") for name in counts],
        }
    )
    listing = Listing(
        name="queries",
        caption=Text("Price queries by outcome", "价格质疑及结果"),
        frame=frame,
        columns=(
            Column("outcome", Text("Outcome", "结果")),
            Column("queries", Text("Queries", "次数"), "number"),
            Column("raised", Text("Value added", "调增价值"), "money", unit=unit),
        ),
    )
    return Section(finding, Text("Queries", "质疑"), (listing,), _yield(found))


def _yield(found: Findings) -> Text:
    """What queries of lines far below brought of their gap, and what the lines listed now would bring at that."""
    share, many = found.yielded
    asked = int((found.ledger.of(found.lines) != "").sum()) if found.ledger is not None and len(found.lines) else 0
    before = Text(
        f"{number(asked)} of the lines to verify {'was' if asked == 1 else 'were'} queried before (marked).",
        f"建议核查的记录中{number(asked, 0, 'zh')}条曾被质疑（已标示）。",
    )
    if not share >= 0:
        return Text(
            f"{before.en} Too few closed queries ({many}) are of lines below like goods to say what they yield.",
            f"{before.zh}低于同类货物的已结案质疑仅{many}次，不足以估计成效。",
        )
    stake, unit = at_stake(found.level)[0] * share, found.unit
    return Text(
        f"{before.en} {number(many)} closed queries of lines below like goods brought {percent(share, 0)} of their "
        f"gap: at that yield {money(stake, unit, 'en')} of what is at stake.",
        f"{before.zh}低于同类货物的{number(many, 0, 'zh')}次已结案质疑收回其差额的{percent(share, 0, 'zh')}："
        f"按此成效，涉及税款中可收回{money(stake, unit, 'zh')}。",
    )


OUTCOMES = {
    "raised": Text("value raised", "价值调整"),
    "accepted": Text("value accepted", "接受申报"),
    "open": Text("open", "未结"),
}
NATION_NOTE = Text(
    "Reference of the month, else the latest before. What the references have in common (freight and insurance, a "
    "change of world prices since) is in the level; goods without a reference are not seen.",
    "取当月参考价，无则取此前最近月份。参考价格共有的因素（运保费、此后国际价格变动）包含在水平之中；没有参考价格的商品未能反映。",
)
NATION_COLUMNS = (
    Column("name", Text("Place", "范围")),
    Column("level", Text("Level", "水平"), "number", digits=2),
    *interval("number", 2),
    Column("value_share", Text("Has a reference", "有参考价"), "percent", digits=0),
    Column("goods", Text("Goods", "商品数"), "number"),
    Column("lines", Text("Lines", "记录数"), "number"),
)
ENTERPRISE_NOTE = Text(
    "Median price against like goods elsewhere, over all goods and districts, drawn towards 1 by what honest "
    "enterprises differ; of the confirmed, one in a hundred may be a false alarm. Inside: its own lines show it; "
    "whom they show neither inside nor outside is not judged; what the grades of mixed codes may explain is suspect at "
    "most. Names are masked. A related party or a special contract "
    "can explain a level; it is a reason to ask.",
    "相对他处同类货物的中位价格（全部商品与关区），按正常企业间差异向1收缩；确认者中约百分之一可能为误报。"
    "区间内：其自身记录足以表明；其余不作判断；混合编码的档次可以解释的，至多列为存疑。"
    "名称已脱敏。关联交易或特殊合同可能解释差异，仅为质疑理由。",
)
ENTERPRISE_COLUMNS = (
    Column("enterprise", Text("Enterprise", "企业")),
    Column("verdict", Text("Verdict", "判断")),
    Column("level", Text("Level", "水平"), "number", digits=2),
    *interval("number", 2),
    Column("lines", Text("Lines", "记录数"), "number"),
    Column("goods", Text("Goods", "商品数"), "number"),
    Column("districts", Text("Districts", "关区数"), "number"),
)
RELATED = Column("related", Text("Between related parties", "关联交易"), "percent", digits=0)
GOODS_NOTE = Text(
    "Spread between enterprises of one district, log: above 0.15 a code holds several grades. Two prices: how many "
    "times the lower the higher is, where most places hold both, or enterprises fall into two groups that meet in most "
    "places. Specification, brand, size class or seller (parameter like) may part them.",
    "同一关区内企业间价格的离散程度（对数），超过0.15表明编码包含多个档次。两档价格：多数地方同时存在两档价格，"
    "或企业价格分为两组且两组在多数地方并存时，高档为低档的倍数。可用规格、品牌、数量级或卖方（参数like）加以区分。",
)
GOODS_COLUMNS = (
    Column("product", Text("Product", "商品")),
    Column("unit", Text("Unit", "单位")),
    Column("between", Text("Between enterprises", "企业间离散"), "number", digits=2),
    Column("two_prices", Text("Two prices, times", "两档价格倍数"), "number", digits=2),
    Column("enterprises", Text("Enterprises", "企业数"), "number"),
    Column("lines", Text("Lines", "记录数"), "number"),
)
