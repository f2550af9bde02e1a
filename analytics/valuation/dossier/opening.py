"""The dossier's head: what the declared prices give reason to ask, with four figures."""

from __future__ import annotations

import numpy as np

from analytics.briefing import Headline, Lead, Tile, Verdict
from analytics.language import Text, money, month, number
from analytics.targets import Status
from analytics.valuation.dossier.file import Dossier
from analytics.valuation.page.words import span, stake_word

BADGES = {
    "watch": Text("a reason to ask", "质疑理由"),
    "met": Text("no reason from prices", "价格无质疑理由"),
    "insufficient": Text("cannot be told", "尚不能定论"),
}
_FEWEST = 3  # lines with a reference, below which nothing is said of an enterprise's price


def verdict(found: Dossier) -> Verdict:
    """What the declared prices give reason to ask."""
    ratio, low, high = found.ratio
    compared = found.compared
    below = int((compared["relative"] < found.level.band[0]).sum())
    band = found.level.band
    status: Status = "met"
    text = Text(
        f"Enterprise {found.enterprise}, product {found.product}: prices at {ratio:.2f} of comparable ones give no "
        "ground for a doubt of the whole",
        f"企业{found.enterprise}、商品{found.product}：价格为可比价格的{ratio:.2f}倍，整体上无质疑理由",
    )
    if len(compared) < _FEWEST:
        status = "insufficient"
        text = Text(
            f"Enterprise {found.enterprise}, product {found.product}: too few comparable lines of others for a doubt",
            f"企业{found.enterprise}、商品{found.product}：他人可比记录过少，不足以提出质疑",
        )
    elif low < band[0] <= high:
        status = "insufficient"
        text = Text(
            f"Enterprise {found.enterprise}, product {found.product}: prices at {ratio:.2f} of comparable ones, too "
            f"scattered to say more; {below} of {len(compared)} lines lie below {band[0]:.2f}",
            f"企业{found.enterprise}、商品{found.product}：价格为可比价格的{ratio:.2f}倍，离散过大，尚不能定论；"
            f"{len(compared)}条中{below}条低于{band[0]:.2f}",
        )
    elif high < band[0]:
        status = "watch"
        text = Text(
            f"Enterprise {found.enterprise} declares product {found.product} at {ratio:.2f} of comparable prices: "
            f"{below} of {len(compared)} lines lie below {band[0]:.2f}",
            f"企业{found.enterprise}申报商品{found.product}的价格为可比价格的{ratio:.2f}倍："
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
        _lead(found),
        BADGES[status],
    )


def _lead(found: Dossier) -> Text:
    what, unit = stake_word(found.level), found.unit
    compared = found.compared
    lines = int(compared["compared_lines"].median()) if len(compared) else 0
    stake = found.at_stake
    return Text(
        f"{len(compared)} of {len(found.lines)} lines compare with like lines of others (median {lines}). At their "
        f"prices {what.en} would be {money(stake, unit, 'en')} higher. The transaction value stands until the hearing "
        "shows otherwise.",
        f"{len(found.lines)}条记录中{len(compared)}条有他人同类记录可比（中位{lines}条）。按其价格，"
        f"{what.zh}将增加{money(stake, unit, 'zh')}。磋商结论作出前，以成交价格为准。",
    )


def headline(found: Dossier, place: Text) -> Headline:
    """The finding with its tiles."""
    ratio, low, high = found.ratio
    first, last = found.lines["month"].min(), found.lines["month"].max()
    unit, what = found.unit, stake_word(found.level)
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
            Text(f"{len(found.compared)} with comparables", f"{len(found.compared)}条有可比记录"),
        ),
        Tile(
            Text("Comparables", "可比记录"),
            number(len(found.comparables)),
            Text("lines of others", "他人记录"),
            Text(
                f"{found.comparables['who'].nunique()} enterprises, masked",
                f"{found.comparables['who'].nunique()}家企业（已脱敏）",
            ),
        ),
        Tile(
            Text(f"{what.en.capitalize()} at stake", f"涉及{what.zh}"),
            Text(money(found.at_stake, unit, "en"), money(found.at_stake, unit, "zh")),
            Text("at comparable prices", "按可比价格"),
            Text("at most three times what a line bears", "每条至多为所载金额三倍"),
        ),
    )
    kicker = Text(
        f"{place.en} · price query · {month(first, 'en')} to {month(last, 'en')}",
        f"{place.zh} · 价格质疑 · {month(first, 'zh')}至{month(last, 'zh')}",
    )
    return Headline(verdict(found), tiles, kicker)


def leads(found: Dossier) -> list[Lead]:
    """The query for the board, where the prices give a reason to ask; of a district where all lines are one's."""
    said = verdict(found)
    if said.status != "watch":
        return []
    places = found.lines["district"].dropna().unique()
    since = found.compared["month"].min()
    return [Lead(said.text, str(places[0]) if len(places) == 1 else "", f"{since:%Y-%m}")]
