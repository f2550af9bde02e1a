"""The mirror on the page: shortfalls told, transit named, reporters' habits, the gap against the tax rate."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analytics.briefing import Chart, Listing, Section, interval, say
from analytics.briefing.look import code_names, theme
from analytics.briefing.parts import Column
from analytics.early_warning.mirrored.explained import evasion, method
from analytics.early_warning.mirrored.feeds import leads, levels, risk_features, tables
from analytics.early_warning.mirrored.opening import JUDGED, headline, verdict
from analytics.early_warning.mirrored.study import MirrorFindings
from analytics.early_warning.page import words
from analytics.language import Text, number

_ROWS = 12
_CELL = (
    Column("good", Text("Good", "商品")),
    Column("exporter", Text("From", "来自")),
    Column("importer", Text("To", "进口方")),
)


def _both(found: MirrorFindings) -> tuple[Column, Column]:
    return (
        Column("imports", Text("Imports", "进口"), "money", unit=found.currency),
        Column("exports", Text("Mirror exports", "镜像出口"), "money", unit=found.currency),
    )


def shortfalls(found: MirrorFindings) -> Section:
    """Cells that fall short, and how both sides of chance look."""
    short = found.of_status("short")
    data = found.gaps.cells.loc[found.gaps.cells["status"].isin(JUDGED), ["z", "status"]]
    chart = Chart(
        "standing",
        Text("How far flows stand from what is usual for their reporters", "各单元与其申报方通常情形的距离"),
        Text("Histogram of standardised gaps, shortfalls told in colour.", "标准化差距的直方图，已提示的缺口着色。"),
        data,
        lambda: _draw(data),
        note=Text(
            "Left: imports fall short of the mirror. Chance falls on both sides alike; only what the left side has "
            "more than the right speaks of something missing.",
            "左侧：进口低于镜像。偶然因素两侧相当；左侧多出右侧的部分才提示缺失。",
        ),
    )
    table = Listing(
        "shortfalls",
        Text("Shortfalls, the largest amount first: suggest verification", "缺口，按金额排序：建议核查"),
        short,
        (
            *_CELL,
            *_both(found),
            Column("gap", Text("Gap (log)", "差距（对数）"), "number", digits=2, sign=True),
            *interval("number", 2, sign=True),
            Column("expected", Text("Usual", "通常"), "number", digits=2, sign=True),
            Column("price_gap", Text("of it price", "其中价格"), "number", digits=2, sign=True),
            Column("missing_value", Text("Short by", "缺少"), "money", unit=found.currency),
        ),
        note=Text(
            "Gap: log of imports over mirror exports as they should arrive, with its 95 % interval from the months. "
            "Price: the part that lies in the unit value; the rest lies in the quantity.",
            "差距：进口与应到镜像出口之比的对数，95%区间由各月得出。价格：差距中属于单价的部分，其余属于数量。",
        ),
        rows=_ROWS,
    )
    n = len(short)
    finding = Text(f"{n} shortfalls told", f"提示缺口{n}个") if n else Text("No shortfall is told", "未提示缺口")
    return Section(finding, Text("Shortfalls", "缺口"), (chart, table))


def transit(found: MirrorFindings) -> Section:
    """Routes through hubs, which no mirror of pairs can judge."""
    cells = found.gaps.cells[found.gaps.cells["status"] == "transit"]
    routes = cells.groupby(["exporter", "hub"], as_index=False).agg(
        goods=("good", "nunique"), imports=("imports", "sum"), exports=("exports", "sum")
    )
    routes = routes[routes["hub"] != ""].sort_values("imports", ascending=False, ignore_index=True)
    listing = Listing(
        "transit",
        Text("Hubs: what one importer holds for others", "中转：一方进口中含他方货物"),
        routes,
        (
            Column("exporter", Text("From", "来自")),
            Column("hub", Text("Hub", "中转地")),
            Column("goods", Text("Goods", "商品数"), "number"),
            *_both(found),
        ),
        note=Text(
            "A hub reports at least twice what was sent to it while others on the route report less, or passes the "
            "goods on itself. Flows on such routes are not judged pair by pair.",
            "中转地的进口至少为发往该地的两倍，而同路线其他方偏少，或其自身转出该商品。此类路线的单元不逐对判断。",
        ),
        rows=_ROWS,
    )
    if routes.empty:
        finding = Text("No hub was found", "未发现中转地")
    else:
        top = routes.iloc[0]
        hub, sender = code_names.with_name(top["hub"]), code_names.with_name(top["exporter"])
        finding = Text(
            f"The largest hub is {hub.en} for goods from {sender.en}", f"最大的中转地是{hub.zh}，货物来自{sender.zh}"
        )
    return Section(finding, Text("Transit", "过境"), (listing,))


def reporters(found: MirrorFindings) -> Section:
    """How reliable each importing side is."""
    times, habit = found.gaps.reporters.times["importer"], found.gaps.reporters.habit["importer"]
    spread = np.sqrt(found.gaps.reporters.common * times)
    table = pd.DataFrame({"reporter": times.index, "habit": habit.reindex(times.index), "spread": spread})
    table = table.sort_values("spread", ascending=False, ignore_index=True)
    listing = Listing(
        "reporters",
        Text("Habit and reliability of importing reporters", "各进口申报方的习惯与可靠程度"),
        table,
        (
            Column("reporter", Text("Reporter", "申报方")),
            Column("habit", Text("Habit (log)", "习惯（对数）"), "number", digits=2, sign=True),
            Column("spread", Text("Spread (log)", "离散（对数）"), "number", digits=2),
        ),
        note=Text(
            "Habit: how the reporter's flows stand to the usual ratio. A reporter that misses the same share of "
            "everything has a habit, and no shortfall: this mirror cannot see it.",
            "习惯：该申报方各单元相对通常比率的位置。若对一切商品同比例少报，只表现为习惯，本镜像无从发现。",
        ),
        rows=_ROWS,
    )
    low, high = float(table["spread"].min()), float(table["spread"].max())
    finding = Text(
        f"Gaps scatter by {number(low, 2)} to {number(high, 2)} (log) about what is usual",
        f"差距围绕通常水平的离散为{number(low, 2, 'zh')}—{number(high, 2, 'zh')}（对数）",
    )
    return Section(finding, Text("Reporters", "申报方"), (listing,))


def widened(found: MirrorFindings) -> Section | None:
    """Cells whose imports fell against the mirror of late; None where the data are too short to say."""
    if found.widened is None:
        return None
    frame = words.texts(found.widened.assign(outcome=""))
    n = len(frame)
    listing = Listing(
        "widened",
        Text("Imports that fell against the mirror, the latest first", "相对镜像下降的进口，近者在前"),
        frame,
        (
            Column("told", Text("Told", "提示月"), "month"),
            Column("name", Text("Good × from × to", "商品×来自×进口方")),
            Column("moved", Text("What moved", "变动")),
            *interval("percent", 0, sign=True),
            Column("status_word", Text("State", "状态")),
        ),
        rows=_ROWS,
    )
    finding = Text(
        f"{n} gaps widened in {found.question.told_months} months, each against its own past",
        f"{found.question.told_months}个月内{n}个差距相对自身历史扩大",
    )
    return Section(finding, Text("Widened", "扩大"), (listing,))


def figures(found: MirrorFindings) -> dict[str, float]:
    """Key figures of result.json."""
    counts = found.gaps.cells["status"].value_counts()
    e = found.elasticity
    return {
        **{
            f"cells_{s}": float(counts.get(s, 0))
            for s in ("short", "surplus", "in_line", "transit", "unit", "one_sided", "thin")
        },
        "missing_value": float(found.gaps.cells["missing_value"].sum()),
        "precision_estimated": found.gaps.precision,
        "usual_ratio": float(np.exp(found.gaps.reporters.usual)),
        "elasticity": e.slope if e else float("nan"),
        "elasticity_low95": e.low95 if e else float("nan"),
        "elasticity_high95": e.high95 if e else float("nan"),
    }


def _draw(data: pd.DataFrame) -> Figure:
    fig, ax = theme.subplots(height=2.4)
    edges = np.arange(-8, 8.25, 0.25)
    z = data["z"].clip(-8, 8)
    ax.hist(z, edges, color=theme.GREY)
    ax.hist(z[data["status"] == "short"], edges, color=theme.ACCENT)
    ax.axvline(0, color=theme.INK, linewidth=0.8)
    theme.title(
        ax,
        say(Text("flows by standardised gap (negative: imports fall short)", "单元数，按标准化差距（负值为进口偏少）")),
    )
    theme.numbers(ax, "x", sign=True)
    theme.despine(ax)
    return fig


__all__ = [
    "evasion",
    "figures",
    "headline",
    "leads",
    "levels",
    "method",
    "reporters",
    "risk_features",
    "shortfalls",
    "tables",
    "transit",
    "verdict",
    "widened",
]
