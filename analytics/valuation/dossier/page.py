"""The dossier as a page: declared prices against comparables, grounds for doubt, what is asked, hearing and dates."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analytics.briefing import Chart, Fold, Listing, Part, Section, cells, say
from analytics.briefing.look import theme
from analytics.language import Text, number
from analytics.valuation.dossier.asked import ASKED, METHOD, steps
from analytics.valuation.dossier.columns import (
    COMPARABLE_COLUMNS,
    IN_DOUBT,
    LINES_NOTE,
    SET_APART,
    line_columns,
)
from analytics.valuation.dossier.file import Dossier
from analytics.valuation.dossier.grounds import grounds
from analytics.valuation.dossier.opening import headline, verdict
from analytics.valuation.evidence.comparables import RUNGS
from analytics.valuation.evidence.ledger import ACCEPTED, OPEN, RAISED
from analytics.valuation.page.words import NEARNESS

_LINES, _COMPARABLES = 20, 15
_LOGARITHMIC = 6  # highest over lowest price from which on equal distances are equal ratios


def course(found: Dossier) -> Section:
    """Declared unit prices over time, with their references."""
    columns = [
        "declaration_id",
        "line_no",
        "month",
        "district",
        "origin",
        "quantity",
        "unit",
        "unit_value",
        "reference",
        "relative",
        "set_apart",
    ]
    data = found.lines[columns]
    unit = data["unit"].mode().iloc[0]  # prices of another unit stand on another scale: in the table only
    drawn, axis = data[data["unit"] == unit], _per(found.unit, unit)
    chart = Chart(
        name="declared_prices",
        caption=Text("Declared unit price and its reference, line by line", "逐条申报单价与参考价"),
        alt=Text(
            "Points: declared unit prices by month. Dashes: the reference of each line.",
            "点：各月申报单价；短线：该条的参考价。",
        ),
        data=data,
        draw=lambda: _drawn(drawn, axis),
        note=Text(
            "Filled: declared. Dash: median of at least five like lines of others.",
            "实点：申报；短线：至少五条他人同类记录的中位数。",
        ),
    )
    lines = Listing(
        name="lines",
        caption=Text("Its lines, the lowest ratio first", "各条记录，比率低者在前"),
        frame=_told(found),
        columns=line_columns(found),
        note=LINES_NOTE,
        rows=_LINES,
    )
    low = found.compared["relative"].min()
    finding = Text("No line has comparables", "无可比记录")
    if np.isfinite(low):
        finding = Text(f"The lowest line stands at {low:.2f} of its reference", f"最低一条为其参考价的{low:.2f}倍")
    return Section(finding, Text("Declared prices", "申报价格"), (chart, lines))


def _told(found: Dossier) -> pd.DataFrame:
    lines = found.lines.sort_values(["relative", "declaration_id", "line_no"], na_position="last", ignore_index=True)
    lines["nearness"] = cells(NEARNESS[r] for r in lines["rung"])
    asked = found.ledger.of(lines) if found.ledger is not None else pd.Series("", lines.index)
    words = {RAISED: Text("raised", "已调整"), ACCEPTED: Text("accepted", "已接受"), OPEN: Text("open", "未结")}
    marks = [SET_APART if kind else None for kind in lines["set_apart"]]
    lines["asked"] = cells(words.get(a) or mark for a, mark in zip(asked, marks, strict=True))
    return lines


def _per(currency: str, unit: str) -> Text:
    """What a unit price is counted in: "unit price, CNY/kg"."""
    counted = "/".join(part for part in (currency, unit) if part)
    return Text(f"unit price, {counted}", f"单价，{counted}") if counted else Text("unit price", "单价")


def _drawn(data: pd.DataFrame, axis: Text) -> Figure:
    fig, ax = theme.subplots(height=3.0)
    when = data["month"].astype("datetime64[us]")
    ax.scatter(when, data["reference"], marker="_", s=90, color=theme.GREY, label=say(Text("reference", "参考价")))
    apart = (data["set_apart"] != "").to_numpy()
    prices = data["unit_value"]
    ax.scatter(when[~apart], prices[~apart], s=18, color=theme.ACCENT, label=say(Text("declared", "申报")))
    if apart.any():
        hollow = {"s": 22, "facecolors": "none", "edgecolors": theme.ACCENT, "linewidths": 1, "label": say(SET_APART)}
        ax.scatter(when[apart], prices[apart], **hollow)
    if prices.max() > _LOGARITHMIC * prices.min():
        ax.set_yscale("log")
        powers = np.arange(np.floor(np.log10(prices.min())), np.ceil(np.log10(prices.max())) + 1)
        ticks = [step * 10.0**power for power in powers for step in (1, 2, 5)]
        ax.set_yticks([tick for tick in ticks if prices.min() * 0.9 <= tick <= prices.max() * 1.1])
        ax.minorticks_off()
        theme.numbers(ax, "y", digits=0 if prices.min() >= 1 else 2)
    ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=3, borderaxespad=0.2)
    theme.title(ax, say(axis))
    theme.despine(ax)
    spots = sorted(when.unique())
    spots = [spots[0], spots[-1]] if len(spots) > 1 else spots
    ax.set_xticks(spots, [theme.month_mark(pd.Timestamp(m)) for m in spots])
    return fig


def comparables(found: Dossier) -> Section:
    """Lines of others elsewhere, in the order of the law; the own place's, which are no measure of it, in the table."""
    table = found.elsewhere
    doubted = table["in_doubt"].astype(bool)
    table = table.assign(
        nearness=cells(NEARNESS[r] for r in table["rung"]), mark=cells(IN_DOUBT if d else None for d in doubted)
    )
    same = int((table["rung"] == next(iter(RUNGS))).sum())
    near = len(found.comparables) - len(table)
    listing = Listing(
        name="comparables",
        caption=Text(
            "Comparables elsewhere: the nearest first, of these the lowest",
            "他处可比记录：最接近者在前，其中价低者在前",
        ),
        frame=table,
        columns=tuple(c for c in COMPARABLE_COLUMNS if c.key != "mark" or doubted.head(_COMPARABLES).any()),
        note=Text(
            "Identical goods (code, unit, size class) of the same month and origin before the same quarter, then other "
            "origins, then the year; of several the lowest counts (Agreement on Customs Valuation, Articles 2 and 3). "
            "Lines whose own price is in doubt come last. "
            f"Names are letters. {number(near)} lines of others in the same places are no measure of them and stand in "
            "the CSV comparables_same_place.",
            "同编码、同单位、同数量级的货物：同月同原产国优先，其次同季、其他原产国、同年；有多个时取最低（《WTO估价协定》第2、3条）。"
            "自身价格存疑的记录排在最后。"
            f"企业以字母代称。本地他人记录{number(near, 0, 'zh')}条不作参照，见CSV文件comparables_same_place。",
        ),
        rows=_COMPARABLES,
    )
    return Section(
        Text(
            f"{number(len(table))} lines of others elsewhere compare, {number(same)} of them of the same month and "
            "origin",
            f"他处共{number(len(table), 0, 'zh')}条他人可比记录，其中{number(same, 0, 'zh')}条同月同原产国",
        ),
        Text("Comparables", "可比记录"),
        (listing,),
    )


def exhibits(found: Dossier, place: Text, opened_on: str | None = None) -> dict[str, Part]:
    """All parts of the dossier in their order, by name."""
    return {
        "headline": headline(found, place),
        "course": course(found),
        "comparables": comparables(found),
        "grounds": grounds(found),
        "asked": ASKED,
        "hearing": steps(opened_on),
        "method": Fold(Text("Method", "方法"), METHOD),
    }


def figures(found: Dossier) -> dict[str, float]:
    """Key figures of result.json."""
    ratio, low, high = found.ratio
    numbers = {
        "lines": len(found.lines),
        "lines_compared": len(found.compared),
        "comparables": len(found.comparables),
        "at_stake": found.at_stake if verdict(found).status == "watch" else np.nan,
    }
    known = {"ratio": ratio, "ratio_low95": low, "ratio_high95": high}
    return {name: float(x) for name, x in {**numbers, **known}.items() if np.isfinite(x)}


def tables(found: Dossier) -> dict[str, pd.DataFrame]:
    """Tables beside those of the exhibits: the line that a ledger of queries takes."""
    worst = found.compared.nsmallest(1, "relative")
    row = worst if len(worst) else found.lines.head(1)
    near = ~found.comparables["other_district"].astype(bool)
    return {
        "comparables_same_place": found.comparables[near],
        "query": row[["declaration_id", "line_no"]].assign(
            declared_value=row["value"], accepted_value=np.nan, outcome=OPEN
        ),
    }
