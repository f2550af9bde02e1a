"""The page's head: what the year will bring (or brought), how sure that is, and how good such forecasts have been."""

from __future__ import annotations

import numpy as np

from analytics.briefing import Headline
from analytics.briefing.parts import Outlook, Verdict
from analytics.language import Text, joined, told
from analytics.targets import Status, judge
from analytics.tax_forecast.page.parts import missed_sentence
from analytics.tax_forecast.page.tiles import RECORD_YEARS, tiles
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

TARGET = "revenue_forecast_error"
ON_TRACK, AT_RISK = 0.9, 0.5  # chances of ending within 5 % from which, and below which, the badge takes sides


def headline(year: YearForecast, place: Text) -> Headline:
    """Verdict, four tiles, and the line above: place and data date.

    Parameters
    ----------
    year : YearForecast
    place : Text
        Whose receipts they are.
    """
    above = told("{place} · data to {at}", "{place} · 数据截至{at}", place=place, at=months(year.as_of))
    return Headline(verdict(year), tuple(tiles(year)), above)


def verdict(year: YearForecast) -> Verdict:
    """Judge the year: by the outturn once it is known, by the calibrated chance before.

    The value is the error in percent of the outturn where that is known, else missing: an open year has no error yet.
    """
    if year.judged:
        return _judged(year)
    return _over(year) if year.months >= 12 else _open(year)


def _against(year: YearForecast, total: float) -> Text:
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


def _open(year: YearForecast) -> Verdict:
    text = told(
        "Customs revenue will end {year} near {total}, {change}",
        "预计{year}年海关税收约{total}，{change}",
        year=year_name(year),
        total=amounts(year.forecast, year.unit),
        change=_against(year, year.forecast),
    )
    status: Status = "watch"
    within = year.chance_within()
    word = Text("Open", "尚未确定")
    outlook: Outlook | None = None
    if within >= ON_TRACK or within < AT_RISK:
        outlook = "on_track" if within >= ON_TRACK else "at_risk"
        word = Text("On track", "进展正常") if within >= ON_TRACK else Text("At risk", "存在风险")
    badge = told(
        "{word}: chance of ending within {five} {chance}",
        "{word}：误差在5%以内的概率{chance}",
        word=word,
        five=FIVE,
        chance=chance(within),
    )
    if Record.of(year).years < RECORD_YEARS:
        status, outlook, badge = (
            "insufficient",
            None,
            Text("Too short a record to state a chance", "历史记录不足，暂不给出概率"),
        )
    low, high = (100 * (bound / year.forecast - 1) for bound in year.interval(0.8))
    lead = joined([_so_far(year), _interval(year), _record(year), _plan(year)])
    return Verdict(TARGET, status, None, low, high, text, lead, badge, outlook)


def _judged(year: YearForecast) -> Verdict:
    error = year.error
    status = judge(TARGET, abs(error) * 100)
    inside = status == "met"
    text = told(
        "The {name} forecast for {year} missed the outturn by {error}, {inside} the plan's {five}",
        "{name}对{year}年的预测与决算相差{error}，{inside}",
        name=origin_name(year),
        year=year_name(year),
        error=share(abs(error)),
        inside=Text("inside", "在5%的目标之内") if inside else Text("outside", "超出5%的目标"),
        five=FIVE,
    )
    badge = told(
        "Error {error}: {side} {five}",
        "误差{error}：{side}5%",
        error=share(error, sign=True),
        side=Text("within", "未超过") if inside else Text("beyond", "超过"),
        five=FIVE,
    )
    missed = year.missed_parts()
    if missed:
        # A total that is right over parts that are not is no forecast met.
        status = "watch" if inside else status
        text = told(
            "{text}; {count} of {all} parts went far astray",
            "{text}；{all}个分项中有{count}个偏差过大",
            **_parts(year, text, missed),
        )
        badge = told(
            "{text}, {count} of {all} parts far off", "{text}，{count}个分项偏差过大", **_parts(year, badge, missed)
        )
    own = told(
        "It gave itself a chance of {chance} to end within {five}.",
        "当时给出的误差5%以内概率为{chance}。",
        chance=chance(year.chance_within()),
        five=FIVE,
    )
    lead = joined([_outturn(year), missed_sentence(missed), own, _record(year)])
    return Verdict(TARGET, status, abs(error) * 100, None, None, text, lead, badge)


def _parts(year: YearForecast, text: Text, missed: list[str]) -> dict[str, object]:
    return {"text": text, "count": len(missed), "all": len(year.panel.leaves)}


def _outturn(year: YearForecast) -> Text:
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


def _over(year: YearForecast) -> Verdict:
    text = told(
        "{year} brought {total}, {change}",
        "{year}年海关税收入库{total}，{change}",
        year=year_name(year),
        total=amounts(year.received, year.unit),
        change=_against(year, year.received),
    )
    lead = Text(
        "The year is over; nothing is left to forecast. Choose an earlier as_of to judge a forecast.",
        "全年已结束，无须预测。如需检验预测，请选择更早的数据截止月份。",
    )
    return Verdict(TARGET, "insufficient", None, None, None, text, lead)


def _so_far(year: YearForecast) -> Text:
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


def _interval(year: YearForecast) -> Text:
    low, high = span(*year.interval(0.8), year.unit)
    en, zh = "Four times out of five the year ends between {low} and {high}.", "全年80%预测区间为{low}至{high}。"
    return told(en, zh, low=low, high=high)


def _record(year: YearForecast) -> Text:
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


def _plan(year: YearForecast) -> Text:
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
