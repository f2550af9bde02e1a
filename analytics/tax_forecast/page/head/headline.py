"""The page's head: what the year will bring (or brought), how sure that is, and how good such forecasts have been."""

from __future__ import annotations

from analytics.briefing import Headline
from analytics.briefing.parts import Outlook, Verdict
from analytics.language import Text, joined, told
from analytics.targets import Status, judge
from analytics.tax_forecast.inputs.doubts import FEW_SAME, repeated
from analytics.tax_forecast.inputs.holes import short_of_pace
from analytics.tax_forecast.inputs.periods import NEARLY_ALL
from analytics.tax_forecast.page.head.sentences import (
    against,
    earlier,
    ended_unseen,
    estimated,
    interval,
    outturn,
    planned,
    received,
)
from analytics.tax_forecast.page.head.tiles import RECORD_YEARS, tiles
from analytics.tax_forecast.page.parts import missed_sentence
from analytics.tax_forecast.page.words import (
    FIVE,
    Record,
    amounts,
    chance,
    months,
    origin_name,
    share,
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


def _open(year: YearForecast) -> Verdict:
    text = told(
        "Customs revenue will end {year} near {total}, {change}",
        "预计{year}年海关税收约{total}，{change}",
        year=year_name(year),
        total=amounts(year.forecast, year.unit),
        change=against(year, year.forecast),
    )
    status: Status = "watch"
    within = year.chance_within()
    word = Text("Open", "尚未确定")
    outlook: Outlook | None = None
    unseen = year.panel.total.unseen_in(year.year, year.months) > NEARLY_ALL * abs(year.forecast)
    rests = unseen or repeated(year.panel.total) >= FEW_SAME or short_of_pace(year.panel.total.grid) is not None
    if (within >= ON_TRACK and not rests) or within < AT_RISK:
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
    if ended_unseen(year):
        status, outlook = "insufficient", None
        badge = Text("Not judged: part of the outturn is not published", "未检验：部分决算数尚未公布")
    low, high = (100 * (bound / year.forecast - 1) for bound in year.interval(0.8))
    lead = joined([received(year), estimated(year), interval(year), earlier(year), planned(year)])
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
    lead = joined([outturn(year), missed_sentence(missed), own, earlier(year)])
    return Verdict(TARGET, status, abs(error) * 100, None, None, text, lead, badge)


def _parts(year: YearForecast, text: Text, missed: list[str]) -> dict[str, object]:
    return {"text": text, "count": len(missed), "all": len(year.panel.leaves)}


def _over(year: YearForecast) -> Verdict:
    text = told(
        "{year} brought {total}, {change}",
        "{year}年海关税收入库{total}，{change}",
        year=year_name(year),
        total=amounts(year.received, year.unit),
        change=against(year, year.received),
    )
    over = Text(
        "The year is over; nothing is left to forecast. Choose an earlier as_of to judge a forecast.",
        "全年已结束，无须预测。如需检验预测，请选择更早的数据截止月份。",
    )
    return Verdict(TARGET, "insufficient", None, None, None, text, joined([estimated(year), over]))
