"""Why tax changed on the year before: causes, goods and enterprises, from declarations and from drivers."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.briefing import Chart, Column, Fold, Headline, Listing, Part, Points, Section, labelled, present
from analytics.briefing.parts import Tile, Verdict
from analytics.language import Text, joined, told
from analytics.tax_forecast.page.reporting import plots
from analytics.tax_forecast.page.reporting.tree import LABELS
from analytics.tax_forecast.page.words import amounts, figure, months, share
from analytics.tax_forecast.why.declared import DeclaredChange

MOST = 20
ROUNDING = 1e-9
NAMES = LABELS | {
    "new_goods": Text("New goods", "新增商品"),
    "dropped_goods": Text("Dropped goods", "退出商品"),
    "rest": Text("Not told apart", "未能分解"),
}


def exhibits(found: DeclaredChange, place: Text, currency: str, owner: str | None = None) -> dict[str, Part]:
    """Return every part of the page, by name and in order."""
    return present(
        headline=headline(found, place, currency),
        causes=causes(found, currency),
        goods=goods(found, currency),
        enterprises=enterprises(found, currency),
        step=step(found, owner),
        method=method(found),
    )


def _span(found: DeclaredChange) -> Text:
    first, last = (pd.Timestamp(found.year, m, 1) for m in (found.first, found.last))
    return told("{a} to {b}", "{a}至{b}", a=months(first), b=months(last))


def headline(found: DeclaredChange, place: Text, currency: str) -> Headline:
    """Say how tax changed and what carried it."""
    above = told("{place} · {span}", "{place} · {span}", place=place, span=_span(found))
    names = [n for n in found.causes if n != "rest"]
    tiles = tuple(
        Tile(NAMES[name], amounts(found.causes[name], currency, sign=True), _of_before(found, found.causes[name]))
        for name in sorted(names, key=lambda n: -abs(found.causes[n]))[:4]
    )
    return Headline(verdict(found, currency), tiles, above)


def _of_before(found: DeclaredChange, amount: float) -> Text:
    return told("{part} of the year before", "占上年同期{part}", part=share(amount / found.before, sign=True))


def verdict(found: DeclaredChange, currency: str) -> Verdict:
    """Name the change and its largest cause; no target is judged here."""
    change = found.now - found.before
    first = max((n for n in found.causes if n != "rest"), key=lambda n: found.causes[n] * (1 if change >= 0 else -1))
    text = told(
        "Tax declared {way} by {change} ({rate}) on the year before; {cause}: {amount}",
        "申报税款同比{way}{change}（{rate}）；其中{cause}影响{amount}",
        way=Text("rose", "增加") if change >= 0 else Text("fell", "减少"),
        change=amounts(abs(change), currency),
        rate=share(change / found.before, sign=True),
        cause=Text(NAMES[first].en.lower(), NAMES[first].zh),
        amount=amounts(found.causes[first], currency, sign=True),
    )
    rest = abs(found.causes.get("rest", 0.0)) / found.before
    lead = told(
        "{lines} lines of {span} against the same months before: {before}, then {now}. {rest} of the year before could "
        "not be told apart by cause{aside}.",
        "{span}共{lines}行，上年同期{before}，本期{now}。未能按成因分解的部分相当于上年同期的{rest}{aside}。",
        lines=figure(found.lines),
        span=_span(found),
        before=amounts(found.before, currency),
        now=amounts(found.now, currency),
        rest=share(rest),
        aside=_aside(found),
    )
    return Verdict("", "watch", None, None, None, text, lead, Text("Causes", "成因"))


def _aside(found: DeclaredChange) -> Text:
    lines = sum(found.aside.values())
    return told("; {n} lines name no tax", "；{n}行无税额", n=figure(lines)) if lines else Text("", "")


def causes(found: DeclaredChange, currency: str) -> Section:
    """All causes, adding up to the change."""
    rows = [
        (name, amount)
        for name, amount in found.causes.items()
        if name != "rest" or abs(amount) > ROUNDING * found.before
    ]
    table = pd.DataFrame(rows, columns=["cause", "amount"])
    table["of_before"] = table["amount"] / found.before
    whole = pd.DataFrame([("total", found.now - found.before, found.now / found.before - 1)], columns=list(table))
    labels = [NAMES[c] for c in table["cause"]]
    shown = labelled(pd.concat([table, whole], ignore_index=True), name=[*labels, Text("Change", "增减合计")])
    columns = (
        Column("name", Text("Cause", "成因")),
        Column("amount", Text("Amount", "金额"), "money", sign=True, tone=True, unit=currency),
        Column("of_before", Text("Of the year before", "占上年同期"), "percent", sign=True, tone=True),
    )
    caption = Text("Change of tax by cause", "税款增减成因")
    said = [
        told("{n} {a}", "{n}{a}", n=name, a=amounts(float(a), currency, sign=True))
        for name, a in zip(labels, table["amount"], strict=True)
    ]
    alt = told("Change of tax by cause: {all}.", "税款增减成因：{all}。", all=joined(said, "; ", "；"))
    draw = partial(plots.causes, labels, table["amount"].tolist(), currency)
    chart = Chart("causes_drawn", caption, alt, table, draw)
    note = Text(
        "Volume, price, rate: good by good (tariff code and unit). A change of the mix inside a code shows as price or "
        "rate.",
        "数量、价格、税率按税号和计量单位逐项分解；税号内部结构变化体现为价格或税率变动。",
    )
    finding = told(
        "{up} push tax up, {down} pull it down",
        "{up}推高税款，{down}拉低税款",
        up=_named(table[table["amount"] > 0]),
        down=_named(table[table["amount"] < 0]),
    )
    listing = Listing("causes", caption, shown, columns, note, total=True)
    return Section(finding, Text("Causes", "成因"), (chart, listing))


def _named(table: pd.DataFrame) -> Text:
    order = table.reindex(table["amount"].abs().sort_values(ascending=False).index)["cause"]
    if not len(order):
        return Text("no causes", "无因素")
    names = joined((Text(NAMES[c].en.lower(), NAMES[c].zh) for c in order), ", ", "、")
    return Text(names.en[:1].upper() + names.en[1:], names.zh) if float(table["amount"].iloc[0]) > 0 else names


def _largest(table: pd.DataFrame) -> Text:
    return told(
        "The largest {n} carry {part} of all changes",
        "前{n}位占全部变动的{part}",
        n=min(MOST, len(table)),
        part=share(float(table["share"].iloc[:MOST].sum()), 0),
    )


def _columns(key: str, label: Text, currency: str) -> tuple[Column, ...]:
    return (
        Column(key, label),
        Column("before", Text("Before", "上年同期"), "money", unit=currency),
        Column("now", Text("Now", "本期"), "money", unit=currency),
        Column("change", Text("Change", "增减"), "money", sign=True, tone=True, unit=currency),
        Column("share", Text("Share of changes", "占变动"), "percent"),
    )


def goods(found: DeclaredChange, currency: str) -> Section:
    """The twenty goods that carry most of the changes."""
    kinds = [n for n in ("volume", "price", "exchange_rate", "rate") if n in found.goods]
    columns = (
        *_columns("hs_code", Text("Tariff code", "税号"), currency),
        *(Column(n, NAMES[n], "money", sign=True, unit=currency) for n in kinds),
    )
    caption = Text("Goods by their share of the changes", "重点税源商品（按占变动比重）")
    listing = Listing("goods", caption, found.goods, columns, rows=MOST)
    finding = told("Goods: {all}", "商品：{all}", all=_lower(_largest(found.goods)))
    return Section(finding, Text("Goods", "商品"), (listing,))


def enterprises(found: DeclaredChange, currency: str) -> Section | None:
    """The twenty enterprises that carry most of the changes; None where declarations name none."""
    if not len(found.enterprises):
        return None
    caption = Text("Enterprises by their share of the changes", "重点税源企业（按占变动比重）")
    columns = _columns("enterprise_id", Text("Enterprise", "企业"), currency)
    finding = told("Enterprises: {all}", "企业：{all}", all=_lower(_largest(found.enterprises)))
    return Section(
        finding, Text("Enterprises", "企业"), (Listing("enterprises", caption, found.enterprises, columns, rows=MOST),)
    )


def _lower(text: Text) -> Text:
    return Text(text.en[:1].lower() + text.en[1:], text.zh)


def step(found: DeclaredChange, owner: str | None) -> Points:
    """Propose what to do, and who."""
    who = Text(owner, owner) if owner else Text("revenue analysis", "税收分析岗")
    item = told(
        "Ask the largest payers and the districts of the first goods whether the change lasts, and enter what does "
        "as a driver or policy event of the forecast. Owner: {who}.",
        "向重点企业及前几位商品所在关区了解变动是否持续，持续的补录为预测的驱动因素或政策事件。责任单位：{who}。",
        who=who,
    )
    return Points(Text("Proposed next step", "下一步建议"), (item,))


def method(found: DeclaredChange) -> Fold:
    """Say how the change was split."""
    abroad = "exchange_rate" in found.causes
    return Fold(
        Text("Method", "方法"),
        (
            Text(
                "Tax of a good is quantity x unit value x tax per value; the difference of two years is the sum over "
                "factors of L(now, before) ln(now / before), L the logarithmic mean: nothing is left over. Goods of "
                "one year only have no price change and stand apart.",
                "某商品税款＝数量×单价×单位价值税负；两年之差按对数均值逐因素精确分解，无剩余。仅一年有税的商品单列。",
            ),
            Text(
                "Prices are taken in foreign money, at the mean exchange rate of the months."
                if abroad
                else "No exchange rate is given: price includes it.",
                "价格按各月平均汇率折为外币。" if abroad else "未提供汇率，价格因素包含汇率影响。",
            ),
            Text(
                "Tax is what declarations state at their date; receipts come in later, and refunds are not in it.",
                "税款为申报数，入库时间可能滞后，且未扣除退税。",
            ),
        ),
    )


def figures(found: DeclaredChange) -> dict[str, float]:
    """Key figures for result.json."""
    return {"before": found.before, "now": found.now, "lines": float(found.lines), **found.causes}
