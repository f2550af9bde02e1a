"""How levels run over time."""

from __future__ import annotations

import pandas as pd

from analytics.briefing import Chart, Section
from analytics.language import Text
from analytics.valuation.page import drawing
from analytics.valuation.page.findings import Findings


def over_time(found: Findings) -> Section:
    """Course of the cells farthest out, month by month, against limits that know the lines of each month."""
    parts = [data.assign(key=key) for key, data in found.charts.items()]
    chart = Chart(
        name="control_chart",
        caption=Text("Smoothed monthly level", "平滑后的月度水平"),
        alt=CHART_ALT,
        data=pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"key": []}),
        draw=lambda: drawing.control_chart(found.charts),
        note=CHART_NOTE,
    )
    return Section(_finding(found.charts), Text("Over time", "走势"), (chart,))


def _finding(charts: dict[str, pd.DataFrame]) -> Text:
    """When the first signal came."""
    first = [c.loc[c["signal"], "month"].min() for c in charts.values() if c["signal"].any()]
    if not first:
        return Text("No cell gives an early warning", "没有单元发出预警信号")
    when, n = min(first), len(first)
    return Text(
        f"{n} of {len(charts)} watched cells give a signal; the first came in {when:%Y-%m}",
        f"重点关注的{len(charts)}个单元中{n}个发出信号，最早在{when:%Y-%m}",
    )


CHART_ALT = Text(
    "Monthly price levels of the cells farthest from the band with their exponentially weighted moving average and its "
    "limits.",
    "偏离最大单元的月度价格水平、指数加权移动平均及其控制限。",
)
CHART_NOTE = Text(
    "Points: months. Line: moving average (weight 0.25). Shaded: three standard errors around 1; they widen where "
    "lines "
    "are few. The ring marks the first signal.",
    "点为各月；线为移动平均（权重0.25）；阴影为1上下三倍标准误，记录少时变宽；圆圈为首个信号。",
)
