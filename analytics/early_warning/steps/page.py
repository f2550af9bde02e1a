"""Duty steps on the page: who moved goods where, how much chance would tell, the duty at stake."""

from __future__ import annotations

import math

import pandas as pd

from analytics.briefing import Fold, Headline, Lead, Listing, Points, Section, Tile, Verdict, cells
from analytics.briefing.parts import Column
from analytics.early_warning.steps.study import StepFindings
from analytics.language import Text, money, number, percent

_ROWS = 15
_KINDS = {"origin": Text("another origin", "改报原产国"), "code": Text("another code", "改报编码")}


def headline(found: StepFindings, place: Text, currency: str) -> Headline:
    """How many enterprises moved goods, and the duty at stake."""
    leads = found.leads
    stake = float(leads["duty"].sum())
    tiles = (
        Tile(
            Text("Enterprises compared", "比较企业"),
            number(found.compared),
            note=Text("with goods in the old place before a step", "调整前申报于原处者"),
        ),
        Tile(
            Text("Leads", "线索"),
            number(len(leads)),
            note=_chance(found),
        ),
        Tile(
            Text("Duty at stake", "涉及关税"),
            Text(money(stake, currency, "en"), money(stake, currency, "zh")),
            note=Text("a year, on the goods moved", "按年计，移动货物所涉"),
        ),
    )
    return Headline(verdict(found, currency), tiles, place)


def verdict(found: StepFindings, currency: str) -> Verdict:
    """Name the largest move; silence of this page is no finding."""
    n, steps = len(found.leads), len(found.steps)
    if not n:
        text = Text(
            f"No enterprise is seen to move goods at the old price around {steps} duty steps",
            f"{steps}次税率调整前后未见企业以原价移动货物",
        )
        lead = Text(
            "Seen are moves of half of an enterprise's goods within three months at its old unit value; smaller, later "
            "or repriced moves, and those of newly founded enterprises, are not.",
            "可见者为企业三个月内以原单价移动半数以上货物；较小、较晚、改价或由新设企业进行的移动不可见。",
        )
        return Verdict("", "watch", None, None, None, text, lead, Text("No lead", "无线索"))
    top = found.leads.iloc[0]
    text = Text(
        f"{n} {'enterprise' if n == 1 else 'enterprises'} moved goods at the old price when a duty rose; "
        f"the largest from {top['old']} to {top['new']}",
        f"税率提高时{n}家企业以原价移动货物；最大者由{top['old']}移至{top['new']}",
    )
    stake = float(found.leads["duty"].sum())
    chance = _chance(found)
    lead = Text(
        f"Duty at stake {money(stake, currency, 'en')} a year; {chance.en}. A move may be lawful: suggest verification "
        "of origin, or of the goods.",
        f"涉及关税每年{money(stake, currency, 'zh')}；{chance.zh}。移动可能合法：建议核查原产地或商品归类。",
    )
    return Verdict("", "watch", None, None, None, text, lead, Text(f"{n} leads", f"{n}条线索"))


def _chance(found: StepFindings) -> Text:
    """Say what dates without a step tell; nothing where the data hold no such date."""
    if math.isnan(found.chance):
        return Text("no earlier date to compare with: chance is not known", "无更早日期可比，偶然程度未知")
    if found.chance == 0:
        return Text("earlier dates without a step tell none", "更早的无调整日期未见此类移动")
    told = found.chance
    return Text(
        f"earlier dates without a step tell {number(told, 1)}, so about {percent(found.precision, 0)} are more "
        "than chance",
        f"更早的无调整日期可见{number(told, 1, 'zh')}条，约{percent(found.precision, 0, 'zh')}超出偶然",
    )


def moves(found: StepFindings) -> Section:
    """Table of the enterprises that moved goods."""
    frame = found.leads.assign(kind_word=cells(_KINDS[k] for k in found.leads["kind"]))
    columns = [
        Column("enterprise", Text("Enterprise", "企业")),
        Column("kind_word", Text("Moved to", "移动方式")),
        Column("goods", Text("Goods, or origin kept", "商品或保留的原产国")),
        Column("old", Text("From", "由")),
        Column("new", Text("To", "至")),
        Column("fell", Text("Fell by", "减少"), "number"),
        Column("gained", Text("Gained there", "新处增加"), "number"),
        Column("old_price", Text("Price before", "原单价"), "number", digits=2),
        Column("new_price", Text("Price there", "新单价"), "number", digits=2),
        Column("duty", Text("Duty a year", "年关税"), "number"),
    ]
    if frame["same_seller"].notna().any():
        columns.insert(-1, Column("same_seller", Text("Same seller", "同一卖方"), "percent", digits=0))
    table = Listing(
        "moves",
        Text("Leads, the largest duty first: suggest verification", "线索，按关税排序：建议核查"),
        frame,
        tuple(columns),
        note=Text(
            "Amounts are monthly means. Prices are unit values; the table file also holds the means before the step "
            "and the price of others in the new place.",
            "金额为月均值。单价为单位价值；数据文件另列调整前月均值与新处他人单价。",
        ),
        rows=_ROWS,
    )
    by_kind = found.leads["kind"].value_counts()
    origin, code = int(by_kind.get("origin", 0)), int(by_kind.get("code", 0))
    finding = Text(
        f"{origin} moved to another origin, {code} to another code",
        f"改报原产国{origin}家，改报编码{code}家",
    )
    return Section(finding, Text("Leads", "线索"), (table,))


def preferences(table: pd.DataFrame | None) -> Section | None:
    """Use of preferences by origin; None where the declarations hold none."""
    if table is None:
        return None
    routed = bool(table["elsewhere"].notna().any())
    columns = [
        Column("origin", Text("Origin", "原产国")),
        Column("eligible", Text("Could claim", "可享惠货值"), "number"),
        Column("claimed", Text("Claimed", "享惠货值"), "number"),
        Column("used", Text("Used", "利用率"), "percent", digits=0),
        Column("used_before", Text("Year before", "上年利用率"), "percent", digits=0),
    ]
    if routed:
        columns.append(Column("elsewhere", Text("Left from elsewhere", "自第三国启运"), "percent", digits=1))
    listing = Listing(
        "preferences",
        Text("Use of preferences in the last twelve months, by origin", "近12个月各原产国优惠利用情况"),
        table,
        tuple(columns),
        note=Text(
            "Could claim: value of the goods (six digits) and origins for which anybody claimed a preference in two "
            "years. Left from elsewhere: claimed value whose country of departure is not its origin; direct transport "
            "is a condition of most agreements.",
            "可享惠货值：两年内有企业享惠的商品（六位）与原产国的全部货值。自第三国启运：启运国与原产国不同的享惠货值占比，"
            "多数协定以直接运输为条件。",
        ),
        rows=_ROWS,
    )
    total = table[["eligible", "claimed"]].sum()
    share = float(total["claimed"] / total["eligible"])
    finding = Text(
        f"Preferences are claimed on {percent(share, 0)} of the value that could claim one",
        f"可享惠货值中{percent(share, 0, 'zh')}享受了优惠",
    )
    return Section(finding, Text("Preferences", "优惠利用"), (listing,))


def watch(found: StepFindings) -> Points:
    """What a reader should keep in mind."""
    return Points(
        Text("What to watch", "关注点"),
        (
            Text(
                "Goods in words are not compared here: a sibling code is seen by enterprise, seller and price, not by "
                "what the description says.",
                "本页不比对商品描述：改报相邻编码仅凭企业、卖方与价格判断。",
            ),
            Text(
                "The same price and seller under a new origin or code is a reason to ask for the certificate of "
                "origin, the "
                "route, the goods themselves; real changes of supply look the same where prices do not differ.",
                "同一价格、同一卖方改报新的原产国或编码，是核对原产地证、运输路线与货物本身的理由；"
                "各处价格相近时，真实的供应变化与之无异。",
            ),
        ),
    )


def method(found: StepFindings) -> Fold:
    """How moves are found."""
    return Fold(
        Text("Method", "方法"),
        (
            Text(
                "For each enterprise the mean month of the year before the step is set against the three months from "
                "it. A move: the old place falls by half or more, the new place gains two fifths of the fall or more, "
                "at a unit value within .15 (log) of the enterprise's own old one and, where the seller is not the "
                "same, .10 nearer to it than to the others' in the new place. Codes are compared within the four-digit "
                "heading.",
                "逐企业比较调整前十二个月月均与调整起三个月。移动：原处减少一半以上，新处增加达减少额的四成以上，"
                "新单价与企业自身原单价相差"
                "不超过0.15（对数）；卖方不同的，还须比新处他人单价接近0.10以上。编码在四位品目内比较。",
            ),
            Text(
                "Chance: the same rule at dates four, seven and ten months before each step, where the data "
                "reach back.",
                "偶然：在每次调整前四、七、十个月以同一规则计算（数据可及时）。",
            ),
        ),
    )


def figures(found: StepFindings) -> dict[str, float]:
    """Key figures of result.json."""
    kinds = found.leads["kind"].value_counts()
    return {
        "steps": float(len(found.steps)),
        "enterprises_compared": float(found.compared),
        "leads_origin": float(kinds.get("origin", 0)),
        "leads_code": float(kinds.get("code", 0)),
        "leads_by_chance": found.chance,
        "precision_estimated": found.precision,
        "duty_at_stake": float(found.leads["duty"].sum()),
    }


def leads(found: StepFindings) -> list[Lead]:
    """Enterprises that moved goods, for the board: the largest duty first."""
    return [
        Lead(
            Text(
                f"{row.enterprise} moved goods from {row.old} to {row.new} at the old price",
                f"{row.enterprise}以原价将货物由{row.old}改报{row.new}",
            ),
            since=str(row.step)[:7],
        )
        for row in found.leads.itertuples()
    ]
