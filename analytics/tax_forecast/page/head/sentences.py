"""Sentences under the page's title: what came in, what of it is estimated, the interval, the record, the plan."""

from __future__ import annotations

import numpy as np

from analytics.language import Text, joined, told
from analytics.tax_forecast.page.words import (
    FIVE,
    Record,
    amounts,
    base_name,
    chance,
    months,
    origin_name,
    share,
    so_far,
    span,
    year_name,
)
from analytics.tax_forecast.year.result import YearForecast


def against(year: YearForecast, total: float) -> Text:
    """Direction against last year, in words that carry the sign."""
    change = total / year.last_year - 1
    before = base_name(year)
    year_before = year.base_year == year.year - 1
    than = Text("last year", "上年") if year_before else Text(before.en, f"{before.zh}年")
    if not np.isfinite(change):
        return Text("with no complete year to compare", "尚无完整年份可比")
    if abs(change) < 0.0005:
        return told("level with {than}", "与{than}持平", than=than)
    if change > 0:
        return told("{by} above {than}", "比{than}增长{by}", by=share(change), than=than)
    return told("{by} below {than}", "比{than}下降{by}", by=share(-change), than=than)


def outturn(year: YearForecast) -> Text:
    """Say what a judged year brought, and on which side the forecast erred."""
    assert year.outturn is not None
    low, high = year.interval(0.8)
    bounds = span(low, high, year.unit)
    return told(
        "With receipts to {at} the year was put at {forecast}; it brought {outturn}, so the forecast was {error} "
        "{side}. The outturn lay {held} the 80\N{NO-BREAK SPACE}% interval ({low} to {high}).",
        "根据截至{at}的数据，预测全年{forecast}，实际入库{outturn}，预测{side}{error}。"
        "决算数落在80%预测区间（{low}至{high}）{held}。",
        at=months(year.as_of),
        forecast=amounts(year.forecast, year.unit),
        outturn=amounts(year.outturn, year.unit),
        error=share(abs(year.error)),
        side=Text("too high", "偏高") if year.error > 0 else Text("too low", "偏低"),
        held=Text("inside", "之内") if low <= year.outturn <= high else Text("outside", "之外"),
        low=bounds[0],
        high=bounds[1],
    )


def ended_unseen(year: YearForecast) -> bool:
    """Whether the year is over, but what was never published decides whether this forecast held."""
    over = len(year.later) > 0 and year.later["period"].max() == year.panel.total.ends[-1]
    return bool(over and year.outturn is None and year.unseen > 0)


def estimated(year: YearForecast) -> Text:
    """Say how much of what is told as received was not published, and that the year is not judged before it is."""
    unseen = year.panel.total.unseen_in(year.year, year.months)
    en = "Up to {amount} of that was not published: it is estimated, or taken as ended (see what to watch)."
    zh = "其中至多{amount}尚未公布，系估计或按停征处理（见“需要关注”）。"
    part = told(en, zh, amount=amounts(unseen, year.unit)) if unseen > 0 else Text("", "")
    if not ended_unseen(year):
        return part
    whole = told(
        "The year is over, but up to {amount} of its outturn was not published: the forecast is not judged until then.",
        "全年已结束，但决算中至多{amount}尚未公布，待补齐后再检验本次预测。",
        amount=amounts(year.unseen, year.unit),
    )
    return joined([part, whole])


def received(year: YearForecast) -> Text:
    """Say what came in so far, against a year ago."""
    if not (np.isfinite(year.last_year) and (year.known == 0 or year.received_before > 0)):
        got = amounts(year.received, year.unit)
        return (
            told("{months} brought {got}.", "{months}累计入库{got}。", months=so_far(year), got=got)
            if year.known
            else Text("", "")
        )
    if year.known == 0:
        return told(
            "No month of {year} is known yet; {before} brought {total}.",
            "{year}年尚无数据；{before}年入库{total}。",
            year=year_name(year),
            before=base_name(year),
            total=amounts(year.last_year, year.unit),
        )
    gap = year.received - year.received_before
    return told(
        "{months} brought {got}, {diff} ({rate}) {side} than a year ago.",
        "{months}累计入库{got}，比上年同期{side}{diff}（{way}{rate}）。",
        months=so_far(year),
        got=amounts(year.received, year.unit),
        diff=amounts(abs(gap), year.unit),
        rate=share(abs(gap / year.received_before)),
        side=Text("more", "增加") if gap >= 0 else Text("less", "减少"),
        way="增长" if gap >= 0 else "下降",
    )


def interval(year: YearForecast) -> Text:
    """Say where the year ends four times out of five."""
    low, high = span(*year.interval(0.8), year.unit)
    en, zh = "Four times out of five the year ends between {low} and {high}.", "全年80%预测区间为{low}至{high}。"
    return told(en, zh, low=low, high=high)


def earlier(year: YearForecast) -> Text:
    """Say how good forecasts made at this time of the year have been."""
    facts = Record.of(year)
    if not facts.years:
        return Text("No earlier year can be judged yet.", "尚无可供检验的历史年份。")
    return told(
        "Forecasts made at this time of the year ({name}) missed by {mean} on average over {first}–{last}; {hits} of "
        "{years} years ended within {five}.",
        "{first}—{last}年同一时点（{name}）的预测平均误差{mean}，{years}年中有{hits}年误差在5%以内。",
        name=origin_name(year),
        mean=share(facts.mean),
        first=year_name(year, int(year.record.index.min())),
        last=year_name(year, int(year.record.index.max())),
        hits=facts.hits,
        years=facts.years,
        five=FIVE,
    )


def planned(year: YearForecast) -> Text:
    """Set the forecast against the plan, where there is one."""
    if not year.plan:
        return Text("", "")
    gap = year.forecast / year.plan - 1
    return told(
        "Against the plan of {plan} that is {gap}; the chance of reaching it is {chance}.",
        "与计划数{plan}相比{gap}，完成计划的概率为{chance}。",
        plan=amounts(year.plan, year.unit),
        gap=Text(share(gap, sign=True).en, ("高" if gap >= 0 else "低") + share(abs(gap)).zh),
        chance=chance(year.chance_of_plan()),
    )
