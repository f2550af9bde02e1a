"""The dossier's head: what the declared prices give reason to ask, with four figures."""

from __future__ import annotations

import numpy as np

from analytics.briefing import Headline, Lead, Tile, Verdict
from analytics.language import NO_FIGURE, Text, both, month, number, told
from analytics.targets import Status
from analytics.valuation.dossier.file import FEWEST, Dossier
from analytics.valuation.page.words import span, stake_word

BADGES = {
    "watch": Text("a reason to ask", "质疑理由"),
    "met": Text("no reason from prices", "价格无质疑理由"),
    "insufficient": Text("cannot be told", "尚不能定论"),
}
NO_AMOUNT = Text("no reason to ask, no amount", "无质疑理由，不计金额")


def verdict(found: Dossier) -> Verdict:
    """What the declared prices give reason to ask."""
    ratio, low, high = found.ratio
    compared, part = found.compared, found.asked[0]
    where = Text(f"{part.en} " if part.en else "", part.zh)
    below = int((compared["relative"] < found.level.band[0]).sum())
    band, lie = found.level.band, "lies" if below == 1 else "lie"
    status: Status = "met"
    text = Text(
        f"Enterprise {found.enterprise}, product {found.product}: prices at {ratio:.2f} of comparable ones give no "
        "ground for a doubt of the whole",
        f"企业{found.enterprise}、商品{found.product}：价格为可比价格的{ratio:.2f}倍，整体上无质疑理由",
    )
    if len(compared) < FEWEST:
        status = "insufficient"
        text = Text(
            f"Enterprise {found.enterprise}, product {found.product}: too few comparable lines of others for a doubt",
            f"企业{found.enterprise}、商品{found.product}：他人可比记录过少，不足以提出质疑",
        )
    elif low < band[0] <= high:
        status = "insufficient"
        text = Text(
            f"Enterprise {found.enterprise}, product {found.product}: prices at {ratio:.2f} of comparable ones, too "
            f"scattered to say more; {below} of {len(compared)} lines {lie} below {band[0]:.2f}",
            f"企业{found.enterprise}、商品{found.product}：价格为可比价格的{ratio:.2f}倍，离散过大，尚不能定论；"
            f"{len(compared)}条中{below}条低于{band[0]:.2f}",
        )
    elif high < band[0]:
        status = "watch"
        text = Text(
            f"Enterprise {found.enterprise} declares product {found.product} {where.en}at {ratio:.2f} of comparable "
            f"prices: {below} of {len(compared)} lines {lie} below {band[0]:.2f}",
            f"企业{found.enterprise}{where.zh}申报商品{found.product}的价格为可比价格的{ratio:.2f}倍："
            f"{len(compared)}条中{below}条低于{band[0]:.2f}",
        )
    known = np.isfinite(ratio)
    return Verdict(
        "",
        status,
        ratio if known else None,
        low if known else None,
        high if known else None,
        text,
        _lead(found, status),
        BADGES[status],
    )


def _lead(found: Dossier, status: Status) -> Text:
    """What compares, and the amount where there is a reason to ask: an amount without one would be a reproach."""
    what, unit = stake_word(found.level), found.unit
    compared, stake, (label, part) = found.compared, found.at_stake, found.asked
    where = f" {label.en}" if label.en else ""
    lines = int(compared["compared_lines"].median()) if len(compared) else 0
    amount = Text("", "")
    if status == "watch":
        amount = told(
            " At their prices {what} would be {stake} higher.", "按其价格，{what}将增加{stake}。",
            what=what, stake=both.money(stake, unit),
        )  # fmt: skip
    return Text(
        f"{len(compared)} of {len(part)} lines{where} compare with like lines of others (median {lines})."
        f"{amount.en} The transaction value stands until the hearing shows otherwise.",
        f"{label.zh}{len(part)}条记录中{len(compared)}条有他人同类记录可比（中位{lines}条）。{amount.zh}"
        "磋商结论作出前，以成交价格为准。",
    )


def headline(found: Dossier, place: Text) -> Headline:
    """The finding with its tiles."""
    ratio, low, high = found.ratio
    first, last = found.lines["month"].min(), found.lines["month"].max()
    said, what = verdict(found), stake_word(found.level)
    others = found.elsewhere
    known = np.isfinite(ratio)
    between = span(low, high) if known else Text("", "")
    tiles = (
        Tile(
            Text("Price against comparables", "与可比价格之比"),
            f"{ratio:.2f}" if known else "–",
            Text("median of its lines", "各条中位数"),
            Text(f"95 %: {between.en}", f"95%区间：{between.zh}") if known else None,
            "watch" if known and high < found.level.band[0] else "neutral",
        ),
        Tile(
            Text("Lines", "记录"),
            number(len(found.lines)),
            Text("of this good", "该商品"),
            Text(f"{len(found.compared)} asked about", f"质疑涉及{len(found.compared)}条")
            if said.status == "watch"
            else Text(f"{len(found.compared)} with comparables", f"{len(found.compared)}条有可比记录"),
        ),
        Tile(
            Text("Comparables", "可比记录"),
            number(len(others)),
            Text("lines of others elsewhere", "他处他人记录"),
            Text(f"{others['who'].nunique()} enterprises, masked", f"{others['who'].nunique()}家企业（已脱敏）"),
        ),
        Tile(
            Text(f"{what.en.capitalize()} at stake", f"涉及{what.zh}"),
            both.money(found.at_stake, found.unit),
            Text("at comparable prices", "按可比价格"),
            Text("lines above them count against it", "高于可比价格的记录已抵减"),
        )
        if said.status == "watch"
        else Tile(Text(f"{what.en.capitalize()} at stake", f"涉及{what.zh}"), NO_FIGURE, NO_AMOUNT),
    )
    kicker = Text(
        f"{place.en} · price query · {month(first, 'en')} to {month(last, 'en')}",
        f"{place.zh} · 价格质疑 · {month(first, 'zh')}至{month(last, 'zh')}",
    )
    return Headline(said, tiles, kicker)


def leads(found: Dossier) -> list[Lead]:
    """The query for the board, where the prices give a reason to ask; of a district where all lines are one's."""
    said = verdict(found)
    if said.status != "watch":
        return []
    places = found.lines["district"].dropna().unique()
    since = found.compared["month"].min()
    return [Lead(said.text, str(places[0]) if len(places) == 1 else "", f"{since:%Y-%m}")]
