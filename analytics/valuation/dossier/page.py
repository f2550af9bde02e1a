"""The dossier as a page: declared prices against comparables, grounds for doubt, what is asked, hearing and dates."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analytics.briefing import Chart, Column, Fold, Listing, Part, Points, Section, cells, say
from analytics.briefing.look import theme
from analytics.language import Text, number
from analytics.valuation.alike.mixed_goods import MIX
from analytics.valuation.dossier.asked import ASKED, METHOD, steps
from analytics.valuation.dossier.file import Dossier
from analytics.valuation.dossier.opening import headline
from analytics.valuation.evidence.comparables import RUNGS
from analytics.valuation.evidence.ledger import ACCEPTED, OPEN, RAISED
from analytics.valuation.page.words import RUNG_NAMES, span

_LINES, _COMPARABLES = 20, 15


def course(found: Dossier) -> Section:
    """Declared unit prices over time, with their references."""
    columns = [
        "declaration_id",
        "line_no",
        "month",
        "district",
        "origin",
        "quantity",
        "unit_value",
        "reference",
        "relative",
    ]
    data = found.lines[columns]
    chart = Chart(
        name="declared_prices",
        caption=Text("Declared unit price and its reference, line by line", "逐条申报单价与参考价"),
        alt=Text(
            "Points: declared unit prices by month. Dashes: the reference of each line.",
            "点：各月申报单价；短线：该条的参考价。",
        ),
        data=data,
        draw=lambda: _drawn(data),
        note=Text(
            "Filled: declared. Dash: median of at least five like lines of others.",
            "实点：申报；短线：至少五条他人同类记录的中位数。",
        ),
    )
    lines = Listing(
        name="lines",
        caption=Text("Its lines, the lowest ratio first", "各条记录，比率低者在前"),
        frame=_told(found),
        columns=LINE_COLUMNS,
        rows=_LINES,
    )
    low = found.compared["relative"].min()
    finding = Text("No line has comparables", "无可比记录")
    if np.isfinite(low):
        finding = Text(f"The lowest line stands at {low:.2f} of its reference", f"最低一条为其参考价的{low:.2f}倍")
    return Section(finding, Text("Declared prices", "申报价格"), (chart, lines))


def _told(found: Dossier) -> pd.DataFrame:
    lines = found.lines.sort_values(["relative", "declaration_id", "line_no"], na_position="last", ignore_index=True)
    lines["nearness"] = cells(RUNG_NAMES[r] for r in lines["rung"])
    asked = found.ledger.of(lines) if found.ledger is not None else pd.Series("", lines.index)
    words = {RAISED: Text("raised", "已调整"), ACCEPTED: Text("accepted", "已接受"), OPEN: Text("open", "未结")}
    lines["asked"] = cells(words.get(a) for a in asked)
    return lines


def _drawn(data: pd.DataFrame) -> Figure:
    fig, ax = theme.subplots(height=3.0)
    when = data["month"].astype("datetime64[us]")
    ax.scatter(when, data["reference"], marker="_", s=90, color=theme.GREY, label=say(Text("reference", "参考价")))
    ax.scatter(when, data["unit_value"], s=18, color=theme.ACCENT, label=say(Text("declared", "申报")))
    if data["unit_value"].max() > 20 * data["unit_value"].min():
        ax.set_yscale("log")
    ax.legend(frameon=False, loc="best")
    theme.title(ax, say(Text("unit price", "单价")))
    theme.despine(ax)
    spots = sorted(when.unique())
    spots = [spots[0], spots[-1]] if len(spots) > 1 else spots
    ax.set_xticks(spots, [theme.month_mark(pd.Timestamp(m)) for m in spots])
    return fig


def comparables(found: Dossier) -> Section:
    """Lines of others, in the order of the law."""
    table = found.comparables
    table = table.assign(
        nearness=cells(RUNG_NAMES[r] for r in table["rung"]),
        place=pd.Series(
            [Text("elsewhere", "他处") if e else Text("same district", "本关区") for e in table["other_district"]],
            table.index,
            dtype=object,
        ),
    )
    first = next(iter(RUNGS))
    same = int((table["rung"] == first).sum())
    listing = Listing(
        name="comparables",
        caption=Text("Comparables: the nearest first, of these the lowest", "可比记录：最接近者在前，其中价低者在前"),
        frame=table,
        columns=COMPARABLE_COLUMNS,
        note=Text(
            "Identical goods (code, unit, size class) of the same month and origin before the same quarter, then other "
            "origins, then the year; of several the lowest counts (Agreement on Customs Valuation, Articles 2 and 3). "
            "Names are letters. References leave the own district out.",
            "同编码、同单位、同数量级的货物：同月同原产国优先，其次同季、其他原产国、同年；有多个时取最低（《WTO估价协定》第2、3条）。"
            "企业以字母代称。参考价不含本关区记录。",
        ),
        rows=_COMPARABLES,
    )
    return Section(
        Text(
            f"{number(len(table))} lines of others compare, {number(same)} of them of the same month and origin",
            f"共{number(len(table), 0, 'zh')}条他人可比记录，其中{number(same, 0, 'zh')}条同月同原产国",
        ),
        Text("Comparables", "可比记录"),
        (listing,),
    )


def grounds(found: Dossier) -> Points:
    """Grounds for doubt, and what may explain the price."""
    items, level = [], found.level
    ratio, low, high = found.ratio
    if np.isfinite(ratio):
        between = span(low, high)
        items.append(
            Text(
                f"Its lines stand at {ratio:.2f} of their references (95 %: {between.en}).",
                f"其记录为参考价的{ratio:.2f}倍（95%区间：{between.zh}）。",
            )
        )
    if found.standing is not None and np.isfinite(found.standing["level"]):
        s = found.standing
        between = span(s["low95"], s["high95"])
        items.append(
            Text(
                f"Over all its goods the enterprise prices at {s['level']:.2f} of others ({between.en}), "
                f"{int(s['lines'])} lines.",
                f"就全部商品而言，该企业价格为他人的{s['level']:.2f}倍（{between.zh}），共{int(s['lines'])}条记录。",
            )
        )
    for _, row in found.cells.iterrows():
        if row["status"] in ("watch", "not_met"):
            items.append(
                Text(
                    f"Its cell {row['key']} is outside the band at {row['level']:.2f}.",
                    f"所属分组{row['key']}水平为{row['level']:.2f}，超出区间。",
                )
            )
    grade = level.goods.loc[level.goods["product"] == found.product, "grade"]
    if (grade == MIX).any():
        items.append(
            Text(
                "The code mixes goods that are not alike: ask first for specification and grade.",
                "该编码包含不同货物：先核对规格和档次。",
            )
        )
    if not items:
        items.append(Text("Nothing compares: there is no ground from prices.", "无可比记录：价格方面没有质疑理由。"))
    items += _queried(found)
    return Points(Text("Grounds for doubt", "质疑理由"), tuple(items))


def _queried(found: Dossier) -> list[Text]:
    """What became of earlier queries of these lines; nothing without a ledger."""
    if found.ledger is None:
        return []
    counts = found.ledger.of(found.lines).value_counts()
    known = int(counts.drop("", errors="ignore").sum())
    return [
        Text(
            f"{known} of its lines were queried before: {int(counts.get(RAISED, 0))} raised, "
            f"{int(counts.get(ACCEPTED, 0))} accepted, {int(counts.get(OPEN, 0))} open.",
            f"其中{known}条曾被质疑：调整{int(counts.get(RAISED, 0))}条，接受{int(counts.get(ACCEPTED, 0))}条，"
            f"未结{int(counts.get(OPEN, 0))}条。",
        )
    ]


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
        "at_stake": found.at_stake,
    }
    known = {"ratio": ratio, "ratio_low95": low, "ratio_high95": high}
    return {name: float(x) for name, x in {**numbers, **known}.items() if np.isfinite(x)}


def tables(found: Dossier) -> dict[str, pd.DataFrame]:
    """Tables beside those of the exhibits: the line that a ledger of queries takes."""
    worst = found.compared.nsmallest(1, "relative")
    row = worst if len(worst) else found.lines.head(1)
    return {
        "query": row[["declaration_id", "line_no"]].assign(
            declared_value=row["value"], accepted_value=np.nan, outcome=OPEN
        )
    }


LINE_COLUMNS = (
    Column("declaration_id", Text("Declaration", "报关单号")),
    Column("line_no", Text("Line", "项号")),
    Column("month", Text("Month", "月份"), "month"),
    Column("origin", Text("Origin", "原产国")),
    Column("quantity", Text("Quantity", "数量"), "number"),
    Column("unit_value", Text("Unit price", "单价"), "number", digits=2),
    Column("reference", Text("Reference", "参考价"), "number", digits=2),
    Column("relative", Text("Ratio", "比率"), "number", digits=2),
    Column("compared_lines", Text("Compared lines", "可比记录"), "number"),
    Column("nearness", Text("Nearness", "可比程度")),
    Column("asked", Text("Queried", "曾质疑")),
)
COMPARABLE_COLUMNS = (
    Column("who", Text("Enterprise", "企业")),
    Column("nearness", Text("Nearness", "可比程度")),
    Column("month", Text("Month", "月份"), "month"),
    Column("months_apart", Text("Months apart", "相隔月数"), "number"),
    Column("place", Text("Place", "地点")),
    Column("quantity_ratio", Text("Quantity ratio", "数量比"), "number", digits=1),
    Column("unit_value", Text("Unit price", "单价"), "number", digits=2),
)
