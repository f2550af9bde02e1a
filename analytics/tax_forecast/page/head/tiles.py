"""The four figures under the page's title."""

from __future__ import annotations

import numpy as np

from analytics.briefing.parts import Tile, Tone
from analytics.language import Text, told
from analytics.tax_forecast.page.words import (
    FIVE,
    Record,
    amounts,
    bare,
    base_name,
    chance,
    share,
    unit_label,
    year_name,
)
from analytics.tax_forecast.record.calibration import TOLERANCE
from analytics.tax_forecast.year.result import YearForecast

RECORD_YEARS = 5  # a shorter record cannot carry a chance


def tiles(year: YearForecast) -> list[Tile]:
    """Four figures: total, interval, last year or plan, chance and record; of a year that is over the two known."""
    size = year.forecast
    unit = unit_label(year.unit, size) if year.unit else None
    total, low80, high80, low95, high95 = bare((size, *year.interval(0.8), *year.interval(0.95)), year.unit, size)
    totals = [year.panel.total.total(y) for y in range(year.year - 12, year.year)]
    label = told("Forecast for {year}", "{year}年预测", year=year_name(year))
    reach = told("95\N{NO-BREAK SPACE}%: {low}–{high}", "95%：{low}—{high}", low=low95, high=high95)
    span = told("{low}–{high}", "{low}—{high}", low=low80, high=high80)
    if year.months >= 12 and not year.judged:  # all is known: an interval or a chance would boast
        received = told("Received in {year}", "{year}年入库", year=year_name(year))
        return [Tile(received, total, unit, spark=[*totals, size]), _change_tile(year)]
    return [
        Tile(label, total, unit, spark=[*totals, size]),
        Tile(Text("80\N{NO-BREAK SPACE}% interval", "80%区间"), span, unit, reach),
        _change_tile(year),
        _chance_tile(year),
    ]


def _change_tile(year: YearForecast) -> Tile:
    base, note = year.last_year, None
    label = told("Against {before}", "与{before}年相比", before=base_name(year))
    if year.plan:
        base, label = year.plan, Text("Against plan", "与计划相比")
        reach = chance(year.chance_of_plan())
        note = told("chance of reaching it {chance}", "完成概率{chance}", chance=reach)
    if not np.isfinite(base):
        return Tile(Text("Against last year", "与上年相比"), Text("no complete year", "无完整年份"))
    gap = year.forecast - base
    tone: Tone = "good" if gap > 0 else "bad"
    return Tile(label, share(gap / base, sign=True), amounts(gap, year.unit, sign=True), note, tone)


def _chance_tile(year: YearForecast) -> Tile:
    facts = Record.of(year)
    label = told("Chance within {five}", "误差5%以内概率", five=FIVE)
    if year.judged and year.outturn is not None:
        label, unit = Text("Error against the outturn", "与决算的误差"), Text("of the outturn", "占决算数")
        note = told("outturn {outturn}", "决算{outturn}", outturn=amounts(year.outturn, year.unit))
        tone: Tone = "good" if abs(year.error) <= TOLERANCE else "bad"
        return Tile(label, share(year.error, sign=True), unit, note, tone)
    if facts.years < RECORD_YEARS:
        return Tile(label, Text("not stated", "暂不给出"))
    note = told(
        "record: {hits} of {years} years; worst {worst} ({when})",
        "记录：{years}年中{hits}年；最大{worst}（{when}年）",
        hits=facts.hits,
        years=facts.years,
        worst=share(facts.worst, sign=True),
        when=year_name(year, facts.worst_year),
    )
    return Tile(label, chance(year.chance_within()), Text("calibrated on the record", "按历史记录校准"), note)
