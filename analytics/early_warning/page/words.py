"""Words of the page: series, changes and kinds as a reader speaks of them."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from analytics.briefing import cells
from analytics.briefing.look import code_names
from analytics.early_warning.panels.panel import DIMENSIONS, MEASURES
from analytics.language import NO_FIGURE, Text, month, number, percent

KINDS: Final = {
    "shift": Text("lasting shift", "水平变动"),
    "jump": Text("single jump", "单{step}突变"),
    "silence": Text("silence", "停止申报"),
}
STATUSES: Final = {
    "open": Text("open", "待观察"),
    "lasting": Text("lasting", "持续"),
    "passed": Text("passed", "已回复"),
    "known": Text("known event", "已知政策事件"),
}
OUTCOMES: Final = {
    "": Text(NO_FIGURE, NO_FIGURE),
    "open": Text("open", "核查中"),
    "confirmed": Text("confirmed", "属实"),
    "unfounded": Text("unfounded", "不属实"),
}

STEPS: Final = {"month": Text("month", "月"), "week": Text("week", "周")}
DATES: Final = {"month": "%Y-%m", "week": "%Y-%m-%d"}
_TIMES = 3  # a rise beyond this is told in times, not in per cent


def kind(key: str, period: str = "month") -> Text:
    """Name of a kind of alarm."""
    return Text(KINDS[key].en, KINDS[key].zh.format(step=step(period).zh))


def series(alarm: Any) -> Text:
    """Name of a series or of a group."""
    name = str(alarm.series)
    if alarm.level != "group":
        told = code_names.word(name)
        return Text(told.en.replace(" x ", " × "), told.zh.replace(" x ", " × "))
    dimension, _, key = name.partition("=")
    word = DIMENSIONS.get(dimension, Text(dimension, dimension))
    return Text(f"{word.en} {key}".strip(), f"{word.zh}{key}")


def when(day: Any, period: str = "month") -> Text:
    """Write a step: "June 2025", or "the week of 2 June 2025"."""
    if period == "month":
        return Text(month(day), month(day, "zh"))
    at = pd.Timestamp(day)
    return Text(f"the week of {at.day} {month(at)}", f"{month(at, 'zh')}{at.day}日当周")


def steps(count: int, period: str = "month") -> Text:
    """Write a number of steps: "12 months", "1 week"."""
    return Text(f"{count} {period}{'' if count == 1 else 's'}", f"{count}{'个月' if period == 'month' else '周'}")


def step(period: str = "month") -> Text:
    """What a step is called; in Chinese after 当, 本, 各 or 单."""
    return STEPS[period]


def change(alarm: Any, period: str = "month") -> Text:
    """What moved, by how much and since when: "unit value down 44 % since November 2023"."""
    since_en, since_zh = when(alarm.since, period)
    if alarm.kind == "silence":
        return Text(f"not declared since {since_en}", f"自{since_zh}起无申报")
    measure = MEASURES[alarm.measure]
    size = abs(alarm.size)
    rise = alarm.size > 0
    shown = Text(percent(size, 0), percent(size, 0, "zh"))
    began = Text(f"in {since_en}", since_zh) if alarm.kind == "jump" else Text(f"since {since_en}", f"自{since_zh}起")
    if size > _TIMES:
        return Text(
            f"{measure.en} at {number(1 + size)} times its level {began.en}",
            f"{began.zh}{measure.zh}为原水平的{number(1 + size, 0, 'zh')}倍",
        )
    return Text(
        f"{measure.en} {'up' if rise else 'down'} {shown.en} {began.en}",
        f"{began.zh}{measure.zh}{'升' if rise else '降'}{shown.zh}",
    )


def lead(alarm: Any, period: str = "month") -> Text:
    """Name of a series and what it did."""
    name, moved = series(alarm), change(alarm, period)
    return Text(f"{name.en}: {moved.en}", f"{name.zh}：{moved.zh}")


def like(alarm: Any, period: str = "month") -> Text:
    """What was like it: earlier alarms of the same series."""
    if not alarm.earlier:
        return Text("first alarm", "首次预警")
    last = f"{pd.Timestamp(alarm.last_earlier):{DATES[period]}}"
    return Text(f"{alarm.earlier} before, last {last}", f"此前{alarm.earlier}次，最近{last}")


def texts(alarms: pd.DataFrame, period: str = "month") -> pd.DataFrame:
    """Add the columns of words that tables show: name, moved, kind, status, like, measure, outcome."""
    rows: list[Any] = list(alarms.itertuples())
    made: dict[str, list[Any]] = {
        "name": [series(a) for a in rows],
        "told_word": [f"{a.told:{DATES[period]}}" for a in rows],
        "moved": [change(a, period) for a in rows],
        "kind_word": [kind(a.kind, period) for a in rows],
        "measure_word": [MEASURES[a.measure] for a in rows],
        "status_word": [STATUSES[a.status] for a in rows],
        "like": [like(a, period) for a in rows],
        "outcome_word": [OUTCOMES.get(a.outcome, Text(a.outcome, a.outcome)) for a in rows],
    }
    return alarms.assign(**{name: cells(values) for name, values in made.items()})
