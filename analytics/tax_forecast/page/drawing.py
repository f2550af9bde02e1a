"""Figures of a year: cumulative fan, contributions, record. Each takes results and returns a matplotlib Figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analytics.briefing import say
from analytics.briefing.look import theme
from analytics.language import Language, Text, number
from analytics.tax_forecast.page.words import base_name, item, scaled, year_name
from analytics.tax_forecast.record.calibration import TOLERANCE
from analytics.tax_forecast.year.result import YearForecast

LONG_RECORD = 16  # years of a record beyond which figures would overlap

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _language() -> Language:
    return "zh" if say(Text("en", "zh")) == "zh" else "en"


def _scale(year: YearForecast) -> tuple[float, str]:
    """Factor and unit label of the page's language, at the scale of the annual total."""
    return scaled(year.unit, _language(), year.forecast)


def _short(value: float, *, sign: bool = False) -> str:
    return number(value, 0 if abs(value) >= 100 else 1, _language(), sign=sign)


def _month_axis(ax: Axes, year: YearForecast) -> None:
    history = year.panel.total
    ends = history.ends
    ticks = [end for end in ends if end % 2 == 0 or len(ends) < 8]
    names = []
    for end in ticks:
        first, last = (history.month(year.year, position).month for position in (1, end))
        joint = end == ends[0] and end > 1
        en = f"{_MONTHS[first - 1]}–\n{_MONTHS[last - 1]}" if joint else _MONTHS[last - 1]
        names.append(say(Text(en, f"{first}—{last}月" if joint else f"{last}月")))
    ax.set_xticks(ticks, names)
    ax.set_xlim(0, 12)


def cumulative_fan(year: YearForecast) -> Figure:
    """Cumulative receipts with the fan of the open months, and the gap to last year."""
    figure, (left, right) = theme.subplots(1, 2, height=3.7, width_ratios=(3, 2))
    factor, label = _scale(year)
    table = year.cumulative() * factor
    table = pd.concat([pd.DataFrame(0.0, index=[0], columns=table.columns), table])
    open_from = max(year.months, 0)
    ahead = table[table.index >= open_from]
    got = table[table.index <= open_from]
    left.plot(table.index, table["last_year"], color=theme.GREY, linestyle=(0, (4, 2)), linewidth=1.3)
    for low, high, alpha in (("low95", "high95", 0.14), ("low80", "high80", 0.28)):
        left.fill_between(ahead.index, ahead[low], ahead[high], color=theme.ACCENT, alpha=alpha, linewidth=0)
    left.plot(ahead.index, ahead["forecast"], color=theme.ACCENT)
    left.plot(got.index, got["received"], color=theme.INK, linewidth=2)
    _ends(left, year, table, factor)
    _month_axis(left, year)
    left.set_ylim(bottom=0)
    theme.title(left, say(Text(f"Cumulative receipts, {label}", f"累计税收，{label}")))
    _gap(right, year, table, ahead, got, label)
    for ax in (left, right):
        theme.despine(ax)
    return figure


def _ends(ax: Axes, year: YearForecast, table: pd.DataFrame, factor: float) -> None:
    """Direct labels at December: forecast, last year, plan."""
    final, before = float(table["forecast"].iloc[-1]), float(table["last_year"].iloc[-1])
    labels = [
        (final, _short(final), theme.ACCENT, True),
        (before, f"{say(base_name(year))}: {_short(before)}", theme.MUTE, False),
    ]
    if year.plan:
        plan = year.plan * factor
        ax.plot([0, 12], [0, plan], color=theme.WARN, linewidth=0)
        ax.plot([11.6, 12.0], [plan, plan], color=theme.WARN, linewidth=2.2, clip_on=False)
        labels.append((plan, say(Text("plan ", "计划 ")) + _short(plan), theme.WARN, False))
    top = float(table["high95"].iloc[-1]) * 1.02
    heights = theme.spread([v for v, *_ in labels], top * 0.075)
    for (_, text, colour, strong), y in zip(labels, heights, strict=True):
        theme.label(ax, (12, y), text, color=colour, strong=strong)
    if year.known:
        at = year.received * factor
        # Beside the line, on the side where last year's does not run.
        leads = at > float(table["last_year"].to_numpy(dtype=float)[year.known])
        theme.label(
            ax,
            (year.months, at),
            say(Text(f"received\n{_short(at)}", f"已入库\n{_short(at)}")),
            strong=True,
            place=theme.Place(
                ha="right" if leads else "left",
                va="bottom" if leads else "top",
                dx=-7 if leads else 7,
                dy=4 if leads else -6,
            ),
        )


def _gap(ax: Axes, year: YearForecast, table: pd.DataFrame, ahead: pd.DataFrame, got: pd.DataFrame, label: str) -> None:
    """Gap of the cumulative total to last year."""
    for low, high, alpha in (("low95", "high95", 0.14), ("low80", "high80", 0.28)):
        ax.fill_between(
            ahead.index,
            ahead[low] - ahead["last_year"],
            ahead[high] - ahead["last_year"],
            color=theme.ACCENT,
            alpha=alpha,
            linewidth=0,
        )
    theme.zero_line(ax)
    ax.plot(ahead.index, ahead["forecast"] - ahead["last_year"], color=theme.ACCENT)
    ax.plot(got.index, got["received"] - got["last_year"], color=theme.INK, linewidth=2)
    end = float((table["forecast"] - table["last_year"]).iloc[-1])
    theme.label(ax, (12, end), _short(end, sign=True), color=theme.ACCENT, strong=True)
    _month_axis(ax, year)
    before = base_name(year)
    theme.title(ax, say(Text(f"Gap to {before.en}, {label}", f"与{before.zh}年之差，{label}")))


def contributions(year: YearForecast, parts: pd.DataFrame, *, most: int = 8) -> Figure:
    """Waterfall from last year's total to the forecast, part by part, the largest changes first."""
    factor, label = _scale(year)
    parts = parts.reindex(parts["change"].abs().sort_values(ascending=False).index)
    names = [say(item(str(n))) for n in parts.iloc[:most, 0]]
    changes = [float(c) * factor for c in parts["change"].iloc[:most]]
    if len(parts) > most:
        names.append(say(Text("others", "其他")))
        changes.append(float(parts["change"].iloc[most:].sum()) * factor)
    start, end = year.last_year * factor, year.forecast * factor
    name = year_name(year)
    rows = [say(base_name(year)), *names, say(Text(f"{name.en} forecast", f"{name.zh}年预测"))]
    figure, ax = theme.subplots(height=0.42 * len(rows) + 0.9)
    levels = np.concatenate([[start], start + np.cumsum(changes)])
    low = min(levels.min(), end)
    floor = max(0.0, low - 3 * (max(levels.max(), end) - low))
    ax.barh(0, start - floor, left=floor, color=theme.GREY, height=0.6)
    for i, change in enumerate(changes, start=1):
        colour = theme.GOOD if change >= 0 else theme.BAD
        ax.barh(i, change, left=levels[i - 1], color=colour, height=0.6)
        ax.plot([levels[i - 1]] * 2, [i - 0.7, i + 0.3], color=theme.GREY, linewidth=0.8)
        theme.label(ax, (max(levels[i - 1], levels[i]), i), _short(change, sign=True))
    ax.barh(len(rows) - 1, end - floor, left=floor, color=theme.ACCENT, height=0.6)
    theme.label(ax, (start, 0), _short(start))
    theme.label(ax, (end, len(rows) - 1), _short(end), color=theme.ACCENT, strong=True)
    ax.set_yticks(range(len(rows)), rows)
    ax.invert_yaxis()
    ax.set_xlim(floor, max(levels.max(), end) + 0.12 * (max(levels.max(), end) - floor))
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    cut = say(Text(" (axis does not start at zero)", "（横轴不从零开始）")) if floor > 0 else ""
    theme.title(ax, say(Text(f"Annual receipts, {label}", f"全年税收，{label}")) + cut)
    theme.despine(ax)
    return figure


def record_bars(year: YearForecast) -> Figure:
    """Signed error of the forecast at this time of each earlier year, with the 80 % interval's reach."""
    figure, ax = theme.subplots(height=3.1)
    table = year.record
    errors = 100 * (table["forecast"] / table["actual"] - 1)
    theme.target_band(ax, -100 * TOLERANCE, 100 * TOLERANCE)
    theme.zero_line(ax)
    inside = errors.abs() <= 100 * TOLERANCE
    ax.bar(errors.index, errors, color=[theme.ACCENT if ok else theme.BAD for ok in inside], width=0.62)
    # A long record: only the years outside the band carry a figure, only every fifth year its number.
    long = len(errors) > LONG_RECORD
    for x, value in (errors[~inside] if long else errors).items():
        theme.label(
            ax,
            (x, float(value)),
            _short(float(value), sign=True),
            place=theme.Place(ha="center", va="bottom" if value >= 0 else "top", dx=0, dy=2 if value >= 0 else -2),
        )
    reach = max(7.0, float(errors.abs().max()) * 1.25)
    ax.set_ylim(-reach, reach)
    shown = [y for y in errors.index if y % 5 == 0] if long else list(errors.index)
    ax.set_xticks(shown, [str(y) for y in shown])
    theme.title(ax, say(Text("Error of the annual forecast, % of the outturn", "全年预测误差，占决算数%")))
    theme.despine(ax)
    return figure


def scenario_ranges(year: YearForecast, table: pd.DataFrame) -> Figure:
    """Annual total and 80 % interval of each scenario, the central forecast first."""
    factor, label = _scale(year)
    figure, ax = theme.subplots(height=0.42 * len(table) + 0.9)
    for i, (_, row) in enumerate(table.iterrows()):
        colour = theme.ACCENT if i == 0 else theme.INK
        ax.plot([row["low80"] * factor, row["high80"] * factor], [i, i], color=colour, alpha=0.35, linewidth=7)
        ax.plot(row["forecast"] * factor, i, marker="o", color=colour, markersize=6)
        theme.label(ax, (row["high80"] * factor, i), _short(row["forecast"] * factor), color=colour, strong=i == 0)
    if year.plan:
        ax.axvline(year.plan * factor, color=theme.WARN, linewidth=1.2, linestyle=(0, (4, 2)))
        theme.label(ax, (year.plan * factor, -0.6), say(Text("plan", "计划")), color=theme.WARN)
    ax.set_yticks(range(len(table)), [say(name) for name in table["scenario"]])
    ax.set_ylim(len(table) - 0.4, -0.8)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    theme.title(ax, say(Text(f"Annual total with its 80 % interval, {label}", f"全年税收及80%区间，{label}")))
    theme.despine(ax)
    return figure
