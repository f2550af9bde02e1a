"""The models a year can be forecast with; a parameter set's devices decide which are candidates."""

from __future__ import annotations

from functools import partial

from analytics.language import Text
from analytics.tax_forecast.models import effective_rate, rules, smoothing, year_end
from analytics.tax_forecast.models.base import Engine, Model, on_periods
from analytics.tax_forecast.models.structural import engine as structural_engine

BLOCK = "block_"
_LEVEL, _TREND = structural_engine("local level"), structural_engine("local linear trend")
_SLOPE = structural_engine("local linear deterministic trend")
_ENGINES: tuple[tuple[str, Text, Engine, bool], ...] = (
    ("structural", Text("structural, fixed slope", "结构模型（固定斜率）"), _SLOPE, False),
    ("structural_level", Text("structural, level", "结构模型（水平）"), _LEVEL, False),
    ("structural_trend", Text("structural, local trend", "结构模型（局部趋势）"), _TREND, False),
    ("ets", Text("exponential smoothing", "指数平滑"), smoothing.ets, False),
    ("theta", Text("Theta on logs", "Theta法（对数）"), smoothing.theta, False),
    ("theta_level", Text("Theta on levels", "Theta法（水平值）"), smoothing.theta_level, False),
    ("sarimax", Text("seasonal ARIMA", "季节ARIMA"), smoothing.sarimax, False),
    ("structural_drivers", Text("structural with drivers", "带驱动因素的结构模型"), _LEVEL, True),
    ("structural_calendar", Text("structural with working days", "带工作日的结构模型"), _SLOPE, False),
)
_RATES: tuple[tuple[str, Text, Engine], ...] = (
    ("rate_structural", Text("tax base x rate, structural", "税基×税率，结构模型"), _LEVEL),
    ("rate_theta", Text("tax base x rate, Theta", "税基×税率，Theta法"), smoothing.theta),
    ("rate_sarimax", Text("tax base x rate, seasonal ARIMA", "税基×税率，季节ARIMA"), smoothing.sarimax),
    ("rate_last", Text("tax base x last rate", "税基×最新税率"), effective_rate.last_rate),
)
_RULES = (
    Model("last_year", Text("last year's months", "上年同期"), 1, rules.last_year),
    Model("year_to_date_share", Text("year-to-date share", "累计占比"), 1, rules.year_to_date_share),
    Model("damped_growth", Text("damped growth", "阻尼增长"), 1, rules.damped_growth),
    Model(f"{BLOCK}growth", Text("damped growth by blocks", "跨年合并阻尼增长"), 3, year_end.block_growth),
)


def _models() -> dict[str, Model]:
    found = {model.name: model for model in _RULES}
    for name, label, engine, drivers in _ENGINES:
        days = name == "structural_calendar"
        found[name] = Model(name, label, 3, partial(on_periods, engine=engine, drivers=drivers, calendar=days))
        joined = Text(f"{label.en}, year-end block", f"{label.zh}，跨年合并")
        block = partial(year_end.on_blocks, engine=engine, drivers=drivers, calendar=days)
        found[BLOCK + name] = Model(BLOCK + name, joined, 3, block)
    for name, label, engine in _RATES:
        found[name] = Model(name, label, 3, partial(effective_rate.forecast, engine=engine))
    return found


MODELS: dict[str, Model] = _models()

__all__ = ["BLOCK", "MODELS", "Model"]
