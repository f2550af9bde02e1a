"""Headings and columns of what stands side by side: scenarios, revisions, models, plans, sources of an error."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.briefing import say
from analytics.briefing.parts import Column
from analytics.language import Text, month, number, percent
from analytics.tax_forecast.models import MODELS
from analytics.tax_forecast.page.wording import FIVE, LANGUAGES, amounts, item, origin_name
from analytics.tax_forecast.record.setting import COMBINATION
from analytics.tax_forecast.year.forecast import YearForecast

CENTRAL = Text("Central forecast", "基准预测")
COMBINED = Text("Combination (used here)", "加权组合（本页采用）")


def scenarios_title(year: YearForecast, table: pd.DataFrame) -> Text:
    """Heading of the scenarios: how far they move the year."""
    others = table.iloc[1:]
    low, high = (amounts(v, year.unit) for v in (others["forecast"].min(), others["forecast"].max()))
    if len(others) == 1:
        change = amounts(float(others["change"].iloc[0]), year.unit, sign=True)
        return Text(
            f"{others['scenario'].iloc[0]}: {change.en} on the year", f"{others['scenario'].iloc[0]}：全年{change.zh}"
        )
    return Text(f"Scenarios put the year between {low.en} and {high.en}", f"各情景下全年税收在{low.zh}至{high.zh}之间")


def scenarios_shown(table: pd.DataFrame) -> pd.DataFrame:
    """Scenario table in the page's language."""
    shown = table.copy()
    shown["scenario"] = [say(CENTRAL), *table["scenario"].iloc[1:]]
    shown["assumptions"] = [
        say(Text(e, z)) for e, z in zip(table["assumptions_en"], table["assumptions_zh"], strict=True)
    ]
    return shown


def scenarios_caption(year: YearForecast) -> Text:
    """Caption of the scenarios."""
    return Text(f"{year.year} under other assumptions", f"不同假设下的{year.year}年税收")


def scenarios_alt(year: YearForecast, table: pd.DataFrame) -> Text:
    """Say what the scenario figure shows."""
    rows = table.iloc[1:]
    texts = []
    for language, comma in zip(LANGUAGES, (", ", "，"), strict=True):
        which = 0 if language == "en" else 1
        texts.append(
            comma.join(f"{r['scenario']} {amounts(r['forecast'], year.unit)[which]}" for _, r in rows.iterrows())
        )
    return Text(f"Annual total by scenario: {texts[0]}.", f"各情景全年税收：{texts[1]}。")


def scenarios_columns(year: YearForecast) -> list[Column]:
    """Columns of the scenarios."""
    columns = [
        Column("scenario", Text("Scenario", "情景")),
        Column("forecast", Text("Year", "全年"), "money", unit=year.unit),
        Column("change", Text("Change", "与基准之差"), "money", sign=True, tone=True, unit=year.unit),
        Column("share", Text("%", "变动"), "percent", sign=True),
    ]
    if year.plan:
        columns.append(Column("p_plan", Text("Chance of plan", "完成计划概率"), "percent", digits=0))
    return [*columns, Column("assumptions", Text("Assumptions", "假设"))]


def revisions_title(year: YearForecast, table: pd.DataFrame) -> Text:
    """Heading of the revisions: how far the forecast has moved since its first origin."""
    first, last = table.iloc[0], table.iloc[-1]
    change = float(last["forecast"] - first["forecast"])
    moved = amounts(abs(change), year.unit)
    share = abs(change) / float(first["forecast"])
    up = change >= 0
    since = origin_text(year, int(first["months_known"]))
    return Text(
        f"Since {since.en} the forecast has moved {'up' if up else 'down'} by {moved.en} ({percent(share)})",
        f"自{since.zh}以来，预测{'上调' if up else '下调'}{moved.zh}（{percent(share, 1, 'zh')}）",
    )


def origin_text(year: YearForecast, months: int) -> Text:
    """Name of an origin of this year by its last known month."""
    if months == 0:
        return Text("the year's start", "年初")
    at = pd.Timestamp(year.year, months, 1)
    return Text(month(at, "en"), month(at, "zh"))


def revisions_shown(year: YearForecast, table: pd.DataFrame) -> pd.DataFrame:
    """Revision table with named origins, in the page's language."""
    return table.assign(origin=[say(origin_text(year, int(k))) for k in table["months_known"]])


def revisions_caption() -> Text:
    """Caption of the revisions."""
    return Text("What moved the forecast from one origin to the next", "各时点预测变动及原因")


def revisions_columns(year: YearForecast) -> list[Column]:
    """Columns of the revisions."""
    unit = year.unit
    parts = (
        ("change", Text("Change", "变动")),
        ("new_actuals", Text("New actuals", "新入库数据")),
        ("assumptions", Text("Assumptions", "假设")),
        ("model", Text("Open months", "剩余月份重估")),
    )
    return [
        Column("origin", Text("Data to", "数据截至")),
        Column("forecast", Text("Forecast", "预测"), "money", unit=unit),
        *(Column(key, label, "money", sign=True, tone=True, unit=unit) for key, label in parts),
    ]


def leaderboard_title(year: YearForecast, board: pd.DataFrame) -> Text:
    """Caption of the leaderboard."""
    own = board[board["model"] == COMBINATION]
    count, name = len(board), origin_name(year)
    if own.empty:
        return Text(f"Models at this time of the year ({name.en})", f"各模型同一时点（{name.zh}）表现")
    rank = int(own.index[0]) + 1
    return Text(
        f"Models at this time of the year: the combination ranks {rank} of {count}",
        f"各模型同一时点表现：加权组合在{count}种方法中列第{rank}",
    )


def leaderboard_shown(board: pd.DataFrame) -> pd.DataFrame:
    """Leaderboard with the models' names in the page's language."""
    labels = {name: model.label for name, model in MODELS.items()} | {COMBINATION: COMBINED}
    return board.assign(name=[_first_upper(say(labels[m])) for m in board["model"]])


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def leaderboard_columns() -> list[Column]:
    """Columns of the leaderboard."""
    return [
        Column("name", Text("Model", "模型")),
        Column("mean_error", Text("Mean error", "平均误差"), "percent"),
        Column("within", Text(f"Within {FIVE}", "5%以内"), "percent", digits=0),
        Column("worst", Text("Worst", "最大误差"), "percent", sign=True),
        Column("years", Text("Years", "年数"), "number"),
        Column("weight", Text("Weight now", "当前权重"), "percent", digits=0),
    ]


def plans_title(table: pd.DataFrame) -> Text:
    """Caption of the official plan's own record."""
    errors = table["error"].abs()
    low, high = float(errors.min()), float(errors.max())
    inside = int((errors <= 0.05).sum())
    return Text(
        f"The official plan as a forecast: {inside} of {len(table)} years within {FIVE}, "
        f"off by {number(100 * low)} to {number(100 * high)}\N{NO-BREAK SPACE}%",
        f"以计划数作为预测：{len(table)}年中{inside}年误差在5%以内，偏离{number(100 * low)}%至{number(100 * high)}%",
    )


def plans_columns(unit: str) -> list[Column]:
    """Columns of the plan's record."""
    return [
        Column("year", Text("Year", "年份")),
        Column("plan", Text("Plan", "计划"), "money", unit=unit),
        Column("actual", Text("Outturn", "决算"), "money", unit=unit),
        Column("error", Text("Plan against outturn", "计划与决算之差"), "percent", sign=True),
    ]


def sources_title(year: YearForecast, table: pd.DataFrame) -> Text:
    """Heading of the sources of the error: the period and part that carry most of it."""
    periods, parts = (table[table["kind"] == kind] for kind in ("period", "part"))
    worst = periods.iloc[int(np.argmax(periods["error"].abs()))]
    at = pd.Timestamp(year.year, int(worst["name"]), 1)
    sizes = amounts(float(worst["error"]), year.unit, sign=True)
    text = Text(
        f"The largest error is in {month(at, 'en')} ({sizes.en})", f"误差最大的月份是{month(at, 'zh')}（{sizes.zh}）"
    )
    if parts.empty:
        return text
    part = parts.iloc[int(np.argmax(parts["error"].abs()))]
    name, size = item(str(part["name"])), amounts(float(part["error"]), year.unit, sign=True)
    return Text(f"{text.en}; by item, in {name.en} ({size.en})", f"{text.zh}；分税种看，主要在{name.zh}（{size.zh}）")


def sources_shown(year: YearForecast, table: pd.DataFrame) -> pd.DataFrame:
    """Sources of the error with names in the page's language."""
    names = [
        say(Text(month(at, "en"), month(at, "zh")))
        if kind == "period" and (at := pd.Timestamp(year.year, int(name), 1))
        else say(item(str(name)))
        for kind, name in zip(table["kind"], table["name"], strict=True)
    ]
    return table.assign(label=names)


def sources_caption() -> Text:
    """Caption of the sources of the error."""
    return Text("Forecast against receipts after the origin", "预测时点之后的预测与实绩")


def sources_columns(year: YearForecast) -> list[Column]:
    """Columns of the sources of the error."""
    return [
        Column("label", Text("Month or item", "月份或税种")),
        Column("forecast", Text("Forecast", "预测"), "money", unit=year.unit),
        Column("actual", Text("Received", "实绩"), "money", unit=year.unit),
        Column("error", Text("Error", "误差"), "money", sign=True, unit=year.unit),
    ]
