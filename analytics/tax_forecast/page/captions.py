"""Headings, captions, notes and alternative texts of the page's figures and tables, all computed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.briefing.parts import Column
from analytics.language import Language, Text, months_to, percent
from analytics.tax_forecast.models import MODELS
from analytics.tax_forecast.page.wording import FIVE, amounts, item, origin_name, record_facts
from analytics.tax_forecast.record.judging import TOLERANCE
from analytics.tax_forecast.year.forecast import YearForecast


def _p(share: float, language: Language, digits: int = 1, *, sign: bool = False) -> str:
    return percent(share, digits, language, sign=sign)


def path_title(year: YearForecast) -> Text:
    """Heading of the cumulative figure: how the gap to the reference moves to the year's end."""
    before = float(year.panel.total.row(year.year - 1)[: year.known].sum())
    now, end = year.received - before, year.forecast - year.last_year
    a, b = amounts(abs(now), year.unit), amounts(abs(end), year.unit)
    if year.months == 0:
        word = Text("above", "高于") if end >= 0 else Text("below", "低于")
        return Text(
            f"The year is expected to end {b.en} {word.en} {year.year - 1}",
            f"预计全年比{year.year - 1}年{word.zh[0]}{b.zh}",
        )
    if now * end < 0:
        return Text(
            f"A {'lead' if now > 0 else 'gap'} of {a.en} on {year.year - 1} turns into a "
            f"{'lead' if end > 0 else 'gap'} of {b.en} by December",
            f"累计比上年同期{'增' if now > 0 else '减'}{a.zh}，预计到年底转为{'增' if end > 0 else '减'}{b.zh}",
        )
    wide = "widens" if abs(end) > abs(now) else "narrows"
    kind = Text("lead over", "增收") if end >= 0 else Text("gap to", "减收")
    return Text(
        f"The {kind.en} {year.year - 1} {wide} from {a.en} to about {b.en} by December",
        f"与{year.year - 1}年相比的{kind.zh}额预计由{a.zh}{'扩大' if wide == 'widens' else '收窄'}到年底的约{b.zh}",
    )


def path_note(year: YearForecast) -> Text:
    """How to read the fan."""
    joint = year.panel.total.ends[0] == 2
    return Text(
        f"Dark band 80\N{NO-BREAK SPACE}%, light band 95\N{NO-BREAK SPACE}%, from {len(year.paths):,} simulated paths."
        + (" January and February are one period, as published." if joint else ""),
        f"深色带为80%区间，浅色带为95%区间，由{len(year.paths)}条模拟路径得出。"
        + ("1—2月按公布口径合并为一期。" if joint else ""),
    )


def path_alt(year: YearForecast) -> Text:
    """Say what the cumulative figure shows."""
    low, high = (amounts(b, year.unit) for b in year.interval(0.8))
    return Text(
        f"Cumulative receipts of {year.year}: {amounts(year.received, year.unit).en} received, about "
        f"{amounts(year.forecast, year.unit).en} by December (80 % interval {low.en} to {high.en}), against "
        f"{amounts(year.last_year, year.unit).en} last year.",
        f"{year.year}年累计税收：已入库{amounts(year.received, year.unit).zh}，预计全年约"
        f"{amounts(year.forecast, year.unit).zh}"
        f"（80%区间{low.zh}至{high.zh}），上年为{amounts(year.last_year, year.unit).zh}。",
    )


def parts_title(year: YearForecast, parts: pd.DataFrame) -> Text:
    """Heading of the waterfall: which part carries the change."""
    names = parts[parts.columns[0]]
    change = year.forecast - year.last_year
    leader = int(np.argmax(parts["change"] * np.sign(change)))
    label, share = item(str(names.iloc[leader])), parts["change"].iloc[leader] / change if change else float("nan")
    amount = amounts(abs(float(parts["change"].iloc[leader])), year.unit)
    of = Text("rise", "增收") if change >= 0 else Text("shortfall", "减收")
    if not 0 < share <= 1:
        return Text(f"{label.en} makes the {of.en}: {amount.en}", f"{of.zh}主要来自{label.zh}：{amount.zh}")
    return Text(
        f"{label.en}: {amount.en} of the {of.en} ({_p(share, 'en', 0)})",
        f"{label.zh}{of.zh}{amount.zh}，占总{of.zh}的{_p(share, 'zh', 0)}",
    )


def parts_alt(year: YearForecast, parts: pd.DataFrame) -> Text:
    """Say what the waterfall shows."""
    rows = [(item(str(r.iloc[0])), float(r["change"])) for _, r in parts.iterrows()]
    en = "; ".join(f"{name.en} {amounts(c, year.unit, sign=True).en}" for name, c in rows)
    zh = "；".join(f"{name.zh}{amounts(c, year.unit, sign=True).zh}" for name, c in rows)
    return Text(
        f"From {year.year - 1} to the forecast for {year.year}: {en}.",
        f"从{year.year - 1}年实绩到{year.year}年预测：{zh}。",
    )


def record_title(year: YearForecast) -> Text:
    """Heading of the record at this time of the year."""
    facts, name = record_facts(year), origin_name(year)
    if not facts["years"]:
        return Text("No earlier year can be judged yet", "尚无可供检验的历史年份")
    return Text(
        f"{name.en.capitalize()} forecasts: {facts['hits']:.0f} of {facts['years']:.0f} years within {FIVE}, "
        f"mean error {_p(facts['mean'], 'en')}",
        f"{name.zh}预测：{facts['years']:.0f}年中{facts['hits']:.0f}年误差在5%以内，平均误差{_p(facts['mean'], 'zh')}",
    )


def record_note(year: YearForecast) -> Text:
    """How to read the record."""
    covered = (
        (year.record["actual"] >= year.record["low80"]) & (year.record["actual"] <= year.record["high80"])
    ).mean()
    return Text(
        "Error = (forecast − outturn) / outturn; each year by models, weights and intervals from the years before it. "
        f"Green band: the plan's {FIVE}. The 80\N{NO-BREAK SPACE}% intervals held the outturn in "
        f"{_p(covered, 'en', 0)} of the years.",
        "误差＝（预测－决算）÷决算；各年模型、权重和区间仅用此前年份确定。绿色带为5%目标。80%区间覆盖了"
        f"{_p(covered, 'zh', 0)}年份的决算数。",
    )


def record_alt(year: YearForecast) -> Text:
    """Say what the record figure shows."""
    errors = year.record["forecast"] / year.record["actual"] - 1
    return Text(
        "Error of the forecast by year: " + ", ".join(f"{y} {_p(e, 'en', sign=True)}" for y, e in errors.items()),
        "各年预测误差：" + "，".join(f"{y}年{_p(e, 'zh', sign=True)}" for y, e in errors.items()),
    )


def watch(year: YearForecast) -> list[Text]:
    """What could still move the year: the largest open month, year-end bookings, the width that is left, notes."""
    points: list[Text] = []
    if len(year.median):
        last = year.panel.total.grid[:-1, -1]
        mean = year.panel.total.grid[:-1, -4:-1].mean(axis=1)
        ratio = (last / mean)[np.isfinite(last / mean)]
        low, high = float(ratio.min()), float(ratio.max())
        swing = float(np.std(ratio)) * float(year.median[-1])
        points.append(
            Text(
                f"December: in {len(ratio)} years it brought {_p(low, 'en', 0)} to {_p(high, 'en', 0)} of the three "
                "periods "
                f"before; a usual swing is {amounts(swing, year.unit).en} ({_p(swing / year.forecast, 'en')} of the "
                "year).",
                f"12月入库：{len(ratio)}年间相当于此前三期平均的{_p(low, 'zh', 0)}至{_p(high, 'zh', 0)}；"
                f"通常波动{amounts(swing, year.unit).zh}（占全年{_p(swing / year.forecast, 'zh')}）。",
            )
        )
        share = float(year.median.sum()) / year.forecast
        points.append(
            Text(
                f"{_p(share, 'en', 0)} of the year is still to come; an error of {FIVE} of the total would take "
                f"{_p(TOLERANCE / share, 'en', 0)} of the open months.",
                f"全年仍有{_p(share, 'zh', 0)}尚未入库；全年误差达5%，相当于剩余月份偏离"
                f"{_p(TOLERANCE / share, 'zh', 0)}。",
            )
        )
    ahead = [e for e in year.setting.events if e.date > year.as_of + pd.offsets.MonthEnd(0)]
    if not ahead:
        points.append(
            Text(
                "No policy event is entered for the rest of the year: a change of rates would come on top.",
                "未录入年内后续政策调整；如税率变动，影响须另计。",
            )
        )
    points += list(year.notes)
    return points


def method(year: YearForecast) -> list[Text]:
    """How the forecast was made, for the fold."""
    mix_en = ", ".join(f"{MODELS[str(n)].label.en} {_p(w, 'en', 0)}" for n, w in year.weights.items() if w > 0.005)
    mix_zh = "、".join(f"{MODELS[str(n)].label.zh}{_p(w, 'zh', 0)}" for n, w in year.weights.items() if w > 0.005)
    return [
        Text(
            f"Central forecast: {mix_en}. Weights follow each model's squared error of the annual total at the same "
            "number of known months, earlier years only. Models work on logarithms.",
            f"点预测由以下模型加权：{mix_zh}。权重取决于各模型在此前年份相同时点对全年总额的预测误差。模型以对数形式"
            "估计。",
        ),
        Text(
            "Interval and chance: remaining periods are simulated from the structural model and summed; the spread of "
            "the annual totals is set by the record of forecasts at the same time of the year, shrunk towards the "
            "simulated spread while the record is short (Student's t). Bounds of months are never added up.",
            "区间与概率：由结构模型模拟剩余各期并逐条加总；全年总额的离散程度按同一时点的历史预测误差校准，"
            "记录较短时向模拟离散度收缩（t 分布）。各月上下限不直接相加。",
        ),
        Text(
            "Items and districts are forecast by Theta and the rules of thumb, weighed in one pooled backtest, and "
            "scaled path by path so that they add up to the total.",
            "分税种、分关区采用Theta法和经验规则预测，权重由合并回测确定，并逐条路径按比例调整，使之与总额一致。",
        ),
    ]


def path_caption(year: YearForecast) -> Text:
    """Caption of the cumulative figure."""
    return Text(
        f"Receipts of {year.year} against {year.year - 1}, with the range of the open months",
        f"{year.year}年与{year.year - 1}年累计税收，以及剩余月份的区间",
    )


def parts_caption(year: YearForecast) -> Text:
    """Caption of the waterfall."""
    return Text(f"From {year.year - 1} to the forecast for {year.year}", f"从{year.year - 1}年实绩到{year.year}年预测")


def parts_table_title(year: YearForecast) -> Text:
    """Caption of the table of parts."""
    if year.months == 0:
        return Text(f"Forecast for {year.year}", f"{year.year}年预测")
    return Text(f"{months_to(year.as_of, 'en')} and the whole year", f"{months_to(year.as_of, 'zh')}累计与全年预测")


def districts_title(year: YearForecast, table: pd.DataFrame) -> Text:
    """Caption of the table of districts: how much of the year the largest ones bring."""
    first = table.iloc[:3]
    share = float(first["forecast"].sum()) / year.forecast
    names = [str(name) for name in first["name"]]
    return Text(
        f"{', '.join(names)} bring {_p(share, 'en', 0)} of the year", f"{'、'.join(names)}占全年{_p(share, 'zh', 0)}"
    )


def parts_columns(year: YearForecast) -> list[Column]:
    """Columns of the table of parts."""
    unit = year.unit
    columns = [Column("name", Text("Item", "项目"))]
    if year.months:
        columns += [
            Column("received", Text("Received", "累计入库"), "money", unit=unit),
            Column("growth_so_far", Text("On last year", "同比"), "percent", sign=True, tone=True),
        ]
    return [
        *columns,
        Column("forecast", Text("Year, forecast", "全年预测"), "money", unit=unit),
        Column("change", Text("Change", "比上年增减"), "money", sign=True, tone=True, unit=unit),
        Column("growth", Text("%", "增长"), "percent", sign=True, tone=True),
    ]


def record_caption(year: YearForecast) -> Text:
    """Caption of the record."""
    return Text(f"Error of the {origin_name(year).en} forecast by year", f"历年{origin_name(year).zh}预测误差")


def by_month_title(table: pd.DataFrame) -> Text:
    """Caption of the record by months known."""
    good = table[table["mean_error"] <= TOLERANCE]["months_known"]
    if good.empty:
        return Text("Record by months known", "各时点预测记录")
    first = int(good.min())
    return Text(
        f"Record by months known: the mean error is within {FIVE} "
        + (f"from {first} known months on" if first else "from the year's start"),
        f"各时点预测记录：{f'已知{first}个月起' if first else '年初起'}平均误差在5%以内",
    )


def by_month_columns() -> list[Column]:
    """Columns of the record by months known."""
    return [
        Column("months_known", Text("Months known", "已知月数"), "number"),
        Column("years", Text("Years", "年数"), "number"),
        Column("mean_error", Text("Mean error", "平均误差"), "percent"),
        Column("within", Text("Within 5 %", "5%以内"), "percent", digits=0),
        Column("worst", Text("Worst", "最大误差"), "percent", sign=True),
        Column("covered80", Text("80 % interval held", "80%区间覆盖"), "percent", digits=0),
        Column("width80", Text("its width", "区间宽度"), "percent", digits=0),
    ]


def watch_title() -> Text:
    """Heading of what to watch."""
    return Text("What to watch", "需要关注")


def method_title() -> Text:
    """Heading of the method."""
    return Text("Method", "方法")
