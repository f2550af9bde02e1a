"""What the page says of a year: verdict, tiles, headings and what to watch, in two languages, all computed."""

from __future__ import annotations

import numpy as np

from analytics.briefing.parts import Tile, Tone, Verdict
from analytics.language import Language, Text, money, money_scale, month, months_to, number, percent
from analytics.targets import Status, judge
from analytics.tax_forecast.record.judging import TOLERANCE
from analytics.tax_forecast.year.forecast import YearForecast

TARGET = "revenue_forecast_error"
RECORD_YEARS = 5  # a shorter record cannot carry a chance
LANGUAGES: tuple[Language, Language] = ("en", "zh")
FIVE = percent(TOLERANCE, 0, "en")

ITEMS = {
    "duty": Text("Customs duty", "关税"),
    "customs_duty": Text("Customs duty", "关税"),
    "import_duty": Text("Import duty", "进口关税"),
    "import_vat": Text("Import VAT", "进口增值税"),
    "import_consumption_tax": Text("Import consumption tax", "进口消费税"),
    "import_vat_and_consumption_tax": Text("Import VAT and consumption tax", "进口环节税"),
    "excise": Text("Excise on imports", "进口消费税"),
    "ipi_on_imports": Text("Excise on imports", "进口消费税"),
}


def item(name: str) -> Text:
    """Name of a tax item or district for readers."""
    return ITEMS.get(name, Text(name.replace("_", " "), name.replace("_", " ")))


def amounts(value: float, unit: str, *, sign: bool = False) -> Text:
    """Write an amount in both languages."""
    return Text(*(money(value, unit, language, sign=sign) for language in LANGUAGES))


def bare(value: float, unit: str, size: float, *, sign: bool = False) -> Text:
    """Write an amount without its unit, at the scale that suits `size`."""
    out = []
    for language in LANGUAGES:
        shown = value * money_scale(unit, language, size)[0]
        digits = 0 if abs(size * money_scale(unit, language, size)[0]) >= 1000 else 1
        out.append(number(shown, digits, language, sign=sign))
    return Text(*out)


def unit_label(unit: str, size: float) -> Text:
    """Unit at the scale that suits `size`."""
    return Text(*(money_scale(unit, language, size)[1] for language in LANGUAGES))


def _p(share: float, language: Language, digits: int = 1, *, sign: bool = False) -> str:
    return percent(share, digits, language, sign=sign)


def origin_name(year: YearForecast) -> Text:
    """Name of the origin: the June forecast, the forecast at the year's start."""
    if year.months == 0:
        return Text("year-start", "年初")
    return Text(month(year.as_of, "en").split()[0], f"{year.months}月末")


def _against(change: float) -> Text:
    """Direction against last year, in words that carry the sign."""
    size = abs(change)
    if size < 0.0005:
        return Text("level with last year", "与上年持平")
    if change > 0:
        return Text(f"{_p(size, 'en')} above last year", f"比上年增长{_p(size, 'zh')}")
    return Text(f"{_p(size, 'en')} below last year", f"比上年下降{_p(size, 'zh')}")


def record_facts(year: YearForecast) -> dict[str, float]:
    """Record of forecasts at this time of the year: years, hits, mean and worst error (signed), worst year."""
    errors = year.record["forecast"] / year.record["actual"] - 1
    if errors.empty:
        return {"years": 0, "hits": 0, "mean": float("nan"), "worst": float("nan"), "worst_year": float("nan")}
    worst = int(np.argmax(errors.abs()))
    return {
        "years": len(errors),
        "hits": int((errors.abs() <= TOLERANCE).sum()),
        "mean": float(errors.abs().mean()),
        "worst": float(errors.iloc[worst]),
        "worst_year": float(errors.index[worst]),
    }


def verdict(year: YearForecast) -> Verdict:
    """Judge the year: by the outturn once it is known, by the calibrated chance before.

    The value is the error in percent of the outturn where that is known, else missing: an open year has no error yet.
    """
    if year.judged:
        return _judged(year)
    if year.months >= 12:
        return _over(year)
    change = _against(year.forecast / year.last_year - 1)
    total = amounts(year.forecast, year.unit)
    text = Text(
        f"Customs revenue will end {year.year} near {total.en}, {change.en}",
        f"预计{year.year}年海关税收约{total.zh}，{change.zh}",
    )
    chance = year.chance_within()
    enough = record_facts(year)["years"] >= RECORD_YEARS
    badge = Text(
        f"Chance of ending within {FIVE}: {_p(chance, 'en', 0)}",
        f"误差在5%以内的概率：{_p(chance, 'zh', 0)}",
    )
    few = Text("Too short a record to state a chance", "历史记录不足，暂不给出概率")
    status: Status = "watch" if enough else "insufficient"
    low, high = (100 * (bound / year.forecast - 1) for bound in year.interval(0.8))
    return Verdict(TARGET, status, None, low, high, text, lead(year), badge if enough else few)


def _judged(year: YearForecast) -> Verdict:
    assert year.outturn is not None
    error = year.error
    status = judge(TARGET, abs(error) * 100)
    name = origin_name(year)
    inside = status == "met"
    text = Text(
        f"The {name.en} forecast for {year.year} missed the outturn by {_p(abs(error), 'en')}, "
        f"{'inside' if inside else 'outside'} the plan's {FIVE}",
        f"{name.zh}对{year.year}年的预测与决算相差{_p(abs(error), 'zh')}，{'在' if inside else '超出'}5%的目标"
        f"{'之内' if inside else ''}",
    )
    forecast, outturn = amounts(year.forecast, year.unit), amounts(year.outturn, year.unit)
    side = Text("too high", "偏高") if error > 0 else Text("too low", "偏低")
    low, high = year.interval(0.8)
    held = low <= year.outturn <= high
    told = Text(
        f"With receipts to {month(year.as_of, 'en')} the year was put at {forecast.en}; it brought {outturn.en}, so "
        "the "
        f"forecast was {_p(abs(error), 'en')} {side.en}. The outturn lay {'inside' if held else 'outside'} the "
        f"80\N{NO-BREAK SPACE}% "
        f"interval ({amounts(low, year.unit).en} to {amounts(high, year.unit).en}).",
        f"根据截至{month(year.as_of, 'zh')}的数据，预测全年{forecast.zh}，实际入库{outturn.zh}，预测"
        f"{side.zh}{_p(abs(error), 'zh')}。"
        f"决算数落在80%预测区间（{amounts(low, year.unit).zh}至{amounts(high, year.unit).zh}）"
        f"{'之内' if held else '之外'}。",
    )
    badge = Text(
        f"Error {_p(error, 'en', sign=True)}: {'within' if inside else 'beyond'} {FIVE}",
        f"误差{_p(error, 'zh', sign=True)}：{'未超过' if inside else '超过'}5%",
    )
    chance = year.chance_within()
    own = Text(
        f"It gave itself a chance of {_p(chance, 'en', 0)} to end within {FIVE}.",
        f"当时给出的误差5%以内概率为{_p(chance, 'zh', 0)}。",
    )
    record = _record_sentence(year)
    both = Text(" ".join(t for t in (told.en, own.en, record.en) if t), told.zh + own.zh + record.zh)
    return Verdict(TARGET, status, abs(error) * 100, None, None, text, both, badge)


def _over(year: YearForecast) -> Verdict:
    total, change = amounts(year.received, year.unit), _against(year.received / year.last_year - 1)
    text = Text(f"{year.year} brought {total.en}, {change.en}", f"{year.year}年海关税收入库{total.zh}，{change.zh}")
    told = Text(
        "The year is over; nothing is left to forecast. Choose an earlier as_of to judge a forecast.",
        "全年已结束，无须预测。如需检验预测，请选择更早的数据截止月份。",
    )
    return Verdict(TARGET, "insufficient", None, None, None, text, told)


def _record_sentence(year: YearForecast) -> Text:
    facts = record_facts(year)
    if not facts["years"]:
        return Text("", "")
    first, last = int(year.record.index.min()), int(year.record.index.max())
    name = origin_name(year)
    return Text(
        f"Forecasts made at this time of the year ({name.en}) missed by {_p(facts['mean'], 'en')} on average over "
        f"{first}–{last}; {facts['hits']:.0f} of {facts['years']:.0f} years ended within {FIVE}.",
        f"{first}—{last}年同一时点（{name.zh}）的预测平均误差{_p(facts['mean'], 'zh')}，"
        f"{facts['years']:.0f}年中有{facts['hits']:.0f}年误差在5%以内。",
    )


def lead(year: YearForecast) -> Text:
    """First paragraph of an open year: receipts so far, interval, record, plan."""
    parts = [_so_far(year), _interval_sentence(year), _record_sentence(year), _plan_sentence(year)]
    return Text(" ".join(p.en for p in parts if p.en), "".join(p.zh for p in parts))


def _so_far(year: YearForecast) -> Text:
    if year.months == 0:
        return Text(
            f"No month of {year.year} is known yet; {year.year - 1} brought {amounts(year.last_year, year.unit).en}.",
            f"{year.year}年尚无数据；{year.year - 1}年入库{amounts(year.last_year, year.unit).zh}。",
        )
    before = float(year.panel.total.row(year.year - 1)[: year.known].sum())
    gap = year.received - before
    got, diff = amounts(year.received, year.unit), amounts(abs(gap), year.unit)
    rate = abs(gap / before)
    return Text(
        f"{months_to(year.as_of, 'en')} brought {got.en}, {diff.en} ({_p(rate, 'en')}) "
        f"{'more' if gap >= 0 else 'less'} "
        "than a year ago.",
        f"{months_to(year.as_of, 'zh')}累计入库{got.zh}，比上年同期{'增加' if gap >= 0 else '减少'}{diff.zh}"
        f"（{'增长' if gap >= 0 else '下降'}{_p(rate, 'zh')}）。",
    )


def _interval_sentence(year: YearForecast) -> Text:
    low, high = (amounts(bound, year.unit) for bound in year.interval(0.8))
    return Text(
        f"Four times out of five the year ends between {low.en} and {high.en}.",
        f"全年80%预测区间为{low.zh}至{high.zh}。",
    )


def _plan_sentence(year: YearForecast) -> Text:
    if not year.plan:
        return Text("", "")
    chance, gap = year.chance_of_plan(), year.forecast / year.plan - 1
    plan = amounts(year.plan, year.unit)
    return Text(
        f"Against the plan of {plan.en} that is {_p(gap, 'en', sign=True)}; the chance of reaching it is "
        f"{_p(chance, 'en', 0)}.",
        f"与计划数{plan.zh}相比{'高' if gap >= 0 else '低'}{_p(abs(gap), 'zh')}，完成计划的概率为"
        f"{_p(chance, 'zh', 0)}。",
    )


def tiles(year: YearForecast) -> list[Tile]:
    """Four figures: the total, its interval, last year or plan, the chance and the record."""
    unit, size = unit_label(year.unit, year.forecast), year.forecast
    low80, high80 = (bare(b, year.unit, size) for b in year.interval(0.8))
    low95, high95 = (bare(b, year.unit, size) for b in year.interval(0.95))
    totals = [year.panel.total.total(y) for y in range(year.year - 12, year.year)]
    return [
        Tile(
            Text(f"Forecast for {year.year}", f"{year.year}年预测"),
            bare(year.forecast, year.unit, size),
            unit,
            spark=[*totals, year.forecast],
        ),
        Tile(
            Text("80\N{NO-BREAK SPACE}% interval", "80%区间"),
            Text(f"{low80.en}–{high80.en}", f"{low80.zh}—{high80.zh}"),
            unit,
            Text(f"95\N{NO-BREAK SPACE}%: {low95.en}–{high95.en}", f"95%：{low95.zh}—{high95.zh}"),
        ),
        _change_tile(year),
        _chance_tile(year),
    ]


def _change_tile(year: YearForecast) -> Tile:
    if year.plan:
        gap, base = year.forecast - year.plan, year.plan
        label = Text("Against plan", "与计划相比")
        note = Text(
            f"chance of reaching it {_p(year.chance_of_plan(), 'en', 0)}",
            f"完成概率{_p(year.chance_of_plan(), 'zh', 0)}",
        )
    else:
        gap, base = year.forecast - year.last_year, year.last_year
        label = Text(f"Against {year.year - 1}", f"与{year.year - 1}年相比")
        note = None
    amount = amounts(gap, year.unit, sign=True)
    tone: Tone = "good" if gap > 0 else "bad"
    value = Text(_p(gap / base, "en", sign=True), _p(gap / base, "zh", sign=True))
    return Tile(label, value, amount, note, tone)


def _chance_tile(year: YearForecast) -> Tile:
    facts = record_facts(year)
    if year.judged and year.outturn is not None:
        within = abs(year.error) <= TOLERANCE
        return Tile(
            Text("Error against the outturn", "与决算的误差"),
            Text(_p(year.error, "en", sign=True), _p(year.error, "zh", sign=True)),
            Text("of the outturn", "占决算数"),
            Text(f"outturn {amounts(year.outturn, year.unit).en}", f"决算{amounts(year.outturn, year.unit).zh}"),
            "good" if within else "bad",
        )
    if facts["years"] < RECORD_YEARS:
        return Tile(Text(f"Chance within {FIVE}", "误差5%以内概率"), Text("not stated", "暂不给出"))
    return Tile(
        Text(f"Chance within {FIVE}", "误差5%以内概率"),
        Text(_p(year.chance_within(), "en", 0), _p(year.chance_within(), "zh", 0)),
        Text("calibrated on the record", "按历史记录校准"),
        Text(
            f"record: {facts['hits']:.0f} of {facts['years']:.0f} years; worst {_p(facts['worst'], 'en', sign=True)} "
            f"({facts['worst_year']:.0f})",
            f"记录：{facts['years']:.0f}年中{facts['hits']:.0f}年；最大{_p(facts['worst'], 'zh', sign=True)}（"
            f"{facts['worst_year']:.0f}年）",
        ),
    )


def kicker(year: YearForecast, place: Text) -> Text:
    """Line above the title: place, data date."""
    return Text(f"{place.en} · data to {month(year.as_of, 'en')}", f"{place.zh} · 数据截至{month(year.as_of, 'zh')}")
