"""The models a year can be forecast with. A model stands here once: its row says when "auto" weighs it.

To add an engine, write it (see `base.Engine`) and give it a row in `ENGINES`; its year-end-block twin, its place among
the candidates, the choice in the parameter set's schema and its row in the leaderboard follow from that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from analytics.language import Text
from analytics.tax_forecast.models import effective_rate, rules, smoothing, year_end
from analytics.tax_forecast.models.base import Device, Engine, Model, on_periods
from analytics.tax_forecast.models.structural import engine as structural_engine

BLOCK = "block_"
_LEVEL, _TREND = structural_engine("local level"), structural_engine("local linear trend")
_SLOPE = structural_engine("local linear deterministic trend")


@dataclass(frozen=True)
class Row:
    """An engine's row: how it is called, and with which device "auto" weighs it (never, where none is named)."""

    name: str
    label: Text
    engine: Engine
    joins: Device | None = None


ENGINES = (
    Row("structural", Text("structural, fixed slope", "结构模型（固定斜率）"), _SLOPE, "always"),
    Row("structural_level", Text("structural, level", "结构模型（水平）"), _LEVEL),
    Row("structural_trend", Text("structural, local trend", "结构模型（局部趋势）"), _TREND),
    Row("ets", Text("exponential smoothing", "指数平滑"), smoothing.ets, "always"),
    Row("theta", Text("Theta on logs", "Theta法（对数）"), smoothing.theta, "always"),
    Row("theta_level", Text("Theta on levels", "Theta法（水平值）"), smoothing.theta_level, "always"),
    Row("sarimax", Text("seasonal ARIMA", "季节ARIMA"), smoothing.sarimax, "always"),
    Row("structural_drivers", Text("structural with drivers", "带驱动因素的结构模型"), _LEVEL, "drivers"),
    Row("structural_calendar", Text("structural with working days", "带工作日的结构模型"), _SLOPE, "calendar"),
)
RATES = (
    Row("rate_structural", Text("tax base x rate, structural", "税基×税率，结构模型"), _LEVEL, "base"),
    Row("rate_theta", Text("tax base x rate, Theta", "税基×税率，Theta法"), smoothing.theta, "base"),
    Row("rate_sarimax", Text("tax base x rate, seasonal ARIMA", "税基×税率，季节ARIMA"), smoothing.sarimax, "base"),
    Row("rate_last", Text("tax base x last rate", "税基×最新税率"), effective_rate.last_rate, "base"),
)
RULES = (
    Model("last_year", Text("last year's months", "上年同期"), 1, rules.last_year),
    Model("year_to_date_share", Text("year-to-date share", "累计占比"), 1, rules.year_to_date_share, "rule"),
    Model("pace", Text("pace of the newest months", "近期月均"), 0, rules.pace),
    Model("damped_growth", Text("damped growth", "阻尼增长"), 1, rules.damped_growth),
    Model(f"{BLOCK}growth", Text("damped growth by blocks", "跨年合并阻尼增长"), 3, year_end.block_growth),
)


def _models() -> Iterator[Model]:
    yield from RULES
    for row in ENGINES:
        drivers, calendar = row.joins == "drivers", row.joins == "calendar"
        apart = partial(on_periods, engine=row.engine, drivers=drivers, calendar=calendar)
        joined = partial(year_end.on_blocks, engine=row.engine, drivers=drivers, calendar=calendar)
        label = Text(f"{row.label.en}, year-end block", f"{row.label.zh}，跨年合并")
        yield Model(row.name, row.label, 3, apart, row.joins)
        yield Model(BLOCK + row.name, label, 3, joined)
    for row in RATES:
        yield Model(row.name, row.label, 3, partial(effective_rate.forecast, engine=row.engine), row.joins)


MODELS: dict[str, Model] = {model.name: model for model in _models()}


def joining(device: Device) -> tuple[str, ...]:
    """Names of the models that "auto" weighs with a device, in the order of their rows."""
    return tuple(name for name, model in MODELS.items() if model.joins == device)


__all__ = ["BLOCK", "MODELS", "Model", "joining"]
