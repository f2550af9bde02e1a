"""The page's end: what could still move the year, and how the forecast was made."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.briefing import Fold, Points
from analytics.language import Text, joined, month, told
from analytics.tax_forecast.models import MODELS
from analytics.tax_forecast.page.words import FIVE, amounts, share
from analytics.tax_forecast.record.calibration import TOLERANCE
from analytics.tax_forecast.year.result import YearForecast


def watch(year: YearForecast) -> Points:
    """List what could still move the year: year-end bookings, the width that is left, policy, notes on the data."""
    points = [_still_open(year)] if len(year.median) else []
    if points and _ratios(year).size >= 3:
        points.insert(0, _december(year))
    if not [e for e in year.setting.events if e.date > year.as_of + pd.offsets.MonthEnd(0)]:
        points.append(
            Text(
                "No policy event is entered for the rest of the year: a change of rates would come on top.",
                "未录入年内后续政策调整；如税率变动，影响须另计。",
            )
        )
    return Points(Text("What to watch", "需要关注"), (*points, *year.notes))


def _ratios(year: YearForecast) -> np.ndarray:
    """Receipts of the year's last period against the three before it, by year."""
    grid = year.panel.total.grid[:-1]
    if grid.shape[1] < 4:
        return np.empty(0)
    ratio: np.ndarray = grid[:, -1] / grid[:, -4:-1].mean(axis=1)
    return ratio[np.isfinite(ratio)]


def _december(year: YearForecast) -> Text:
    ratio = _ratios(year)
    end = year.panel.total.month(year.year, 12)
    swing = float(np.std(ratio)) * float(year.median[-1])
    return told(
        "{month}: in {years} years it brought {low} to {high} of the three periods before; a usual swing is {swing} "
        "({part} of the year).",
        "{month}入库：{years}年间相当于此前三期平均的{low}至{high}；通常波动{swing}（占全年{part}）。",
        month=Text(month(end, "en").split()[0], f"{end.month}月"),
        years=len(ratio),
        low=share(float(ratio.min()), 0),
        high=share(float(ratio.max()), 0),
        swing=amounts(swing, year.unit),
        part=share(swing / year.forecast),
    )


def _still_open(year: YearForecast) -> Text:
    ahead = float(year.median.sum()) / year.forecast
    return told(
        "{ahead} of the year is still to come; an error of {five} of the total would take {off} of the open months.",
        "全年仍有{ahead}尚未入库；全年误差达5%，相当于剩余月份偏离{off}。",
        ahead=share(ahead, 0),
        five=FIVE,
        off=share(TOLERANCE / ahead, 0),
    )


def method(year: YearForecast) -> Fold:
    """Say how the forecast was made."""
    weighed = [(MODELS[str(name)].label, w) for name, w in year.weights.items() if w > 0.005]
    mix = joined((told("{m} {w}", "{m}{w}", m=label, w=share(w, 0)) for label, w in weighed), ", ", "、")
    return Fold(
        Text("Method", "方法"),
        (
            told(
                "Central forecast: {mix}. Weights follow each model's squared error of the annual total at the same "
                "number of known months, earlier years only. From two known months on a model does not speak that lies "
                "further than a factor of 1.5 from the models' median. Models work on logarithms.",
                "点预测由以下模型加权：{mix}。权重取决于各模型在此前年份相同时点对全年总额的预测误差。已知两个月起，"
                "与各模型中位数相差1.5倍以上的模型不参与加权。模型以对数形式估计。",
                mix=mix,
            ),
            *((year.year_end.reason(),) if year.year_end else ()),
            Text(
                "Interval and chance: remaining periods are simulated from the structural model and summed; the spread "
                "of the annual totals is set by the record of forecasts at the same time of the year, shrunk towards "
                "the simulated spread while the record is short (Student's t). Bounds of months are never added up.",
                "区间与概率：由结构模型模拟剩余各期并逐条加总；全年总额的离散程度按同一时点的历史预测误差校准，"
                "记录较短时向模拟离散度收缩（t 分布）。各月上下限不直接相加。",
            ),
            Text(
                "Items and districts: the median of two Theta forecasts, the year-to-date share and last year, held to "
                "what last year, the year before and the recent pace allow, and scaled path by path so that they add "
                "up to the total. Refunds are forecast by themselves; what has come to an end stays at nothing.",
                "分税种、分关区取两种Theta法、累计占比和上年同期四者的中位数，限定在上年、前年及近期进度所允许的范围内，"
                "并逐条路径按比例调整，使之与总额一致。退税单独预测；已停征项目预测为零。",
            ),
        ),
    )
