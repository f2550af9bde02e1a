"""The models a year can be forecast with; a parameter set's devices decide which are candidates."""

from __future__ import annotations

from functools import partial

from analytics.language import Text
from analytics.tax_forecast.models import rules, smoothing, structural, year_end
from analytics.tax_forecast.models.base import Model

MODELS: dict[str, Model] = {
    m.name: m
    for m in (
        Model("last_year", Text("Last year's months", "上年同期"), 1, rules.last_year),
        Model("year_to_date_share", Text("Year-to-date share", "累计占比"), 1, rules.year_to_date_share),
        Model("damped_growth", Text("Damped growth", "阻尼增长"), 1, rules.damped_growth),
        Model(
            "structural",
            Text("Structural, level", "结构模型（水平）"),
            3,
            partial(structural.structural, spec="local level"),
        ),
        Model(
            "structural_trend",
            Text("Structural, trend", "结构模型（趋势）"),
            3,
            partial(structural.structural, spec="local linear trend"),
        ),
        Model("ets", Text("Exponential smoothing", "指数平滑"), 3, smoothing.ets),
        Model("theta", Text("Theta", "Theta 法"), 3, smoothing.theta),
        Model("sarimax", Text("Seasonal ARIMA", "季节ARIMA"), 3, smoothing.sarimax),
        Model("year_end_block", Text("Year-end block, structural", "跨年合并结构模型"), 3, year_end.block_structural),
        Model(
            "year_end_block_trend",
            Text("Year-end block, trend", "跨年合并趋势模型"),
            3,
            partial(year_end.block_structural, spec="local linear trend"),
        ),
        Model("year_end_block_growth", Text("Year-end block, growth", "跨年合并增长"), 3, year_end.block_growth),
        Model(
            "structural_drivers",
            Text("Structural with drivers", "带驱动因素的结构模型"),
            3,
            partial(structural.structural, spec="local level", drivers=True),
        ),
    )
}

__all__ = ["MODELS", "Model"]
