"""The verdict of an evaluation, in words: mean error, bias, rivals, chances."""

from __future__ import annotations

import numpy as np

from analytics.briefing.parts import Tile, Verdict
from analytics.language import Text, joined, told
from analytics.targets import Status
from analytics.tax_forecast.evaluation.efficiency import FEWEST
from analytics.tax_forecast.evaluation.report import CANDIDATES, LAST_YEAR, PLAN, Evaluation
from analytics.tax_forecast.page.words import FIVE, figure, share
from analytics.tax_forecast.record.calibration import TOLERANCE
from analytics.tax_forecast.record.scores import scored

TARGET = "revenue_forecast_error"
SIGNIFICANT = 0.05
NAMES = {
    LAST_YEAR: Text("Last year's total", "上年总额"),
    CANDIDATES: Text("Plain mean of the candidates", "各模型简单平均"),
    PLAN: Text("Official plan", "税收计划"),
}


def verdict(found: Evaluation) -> Verdict:
    """Judge the forecasts made at one time of the year by their mean error and its 95 % interval."""
    rows = found.at(found.asked.judged_at)
    errors = (rows["forecast"] / rows["actual"] - 1).abs().to_numpy(dtype=float)
    then = when(found.asked.judged_at)
    if len(errors) < FEWEST:
        text = told(
            "{count} forecasts made {when} can be judged: too few",
            "{when}的预测可供评估的仅{count}份，数量不足",
            count=len(errors),
            when=then,
        )
        lead = told(
            "{open} lodged forecasts are of years that are not over yet. Nothing is judged here.",
            "另有{open}份存档预测所属年份尚未结束，暂不评估。",
            open=found.open_,
        )
        return Verdict(TARGET, "insufficient", None, None, None, text, lead)
    hits = int((errors <= TOLERANCE).sum())
    low, high = _mean_interval(errors)
    text = told(
        "Forecasts made {when} missed by {mean} on average; {hits} of {years} years ended within {five}",
        "{when}的预测平均误差{mean}；{years}年中{hits}年在5%以内",
        when=then,
        mean=share(float(errors.mean())),
        hits=hits,
        years=len(errors),
        five=FIVE,
    )
    status: Status = "met" if high <= TOLERANCE else "not_met" if low > TOLERANCE else "watch"
    # What was never said on its day cannot have met a target.
    status = status if found.asked.folder else "watch"
    badge = told(
        "{which}: mean error {mean} ({low} to {high})",
        "{which}：平均误差{mean}（{low}至{high}）",
        which=Text("Lodged", "存档预测") if found.asked.folder else Text("Backtest", "回测"),
        mean=share(float(errors.mean())),
        low=share(low),
        high=share(high),
    )
    lead = joined([_bias_sentence(found), rival_sentence(found), _chance_sentence(found)])
    return Verdict(TARGET, status, 100 * float(errors.mean()), 100 * low, 100 * high, text, lead, badge)


def _mean_interval(errors: np.ndarray) -> tuple[float, float]:
    """95 % interval of the mean absolute error, by 4,000 resamples of the years."""
    rng = np.random.default_rng(1)
    drawn = errors[rng.integers(len(errors), size=(4000, len(errors)))].mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def when(months: int) -> Text:
    """Say at what time of the year a forecast was made."""
    if months == 0:
        return Text("at the year's start", "年初")
    if months < 0:
        return told("{n} months before the year", "年前{n}个月", n=-months)
    return told("after {n} months", "已知{n}个月时", n=months)


def _bias_sentence(found: Evaluation) -> Text:
    one = found.bias[found.asked.judged_at]
    if not np.isfinite(one.p):
        return Text("Bias cannot be tested yet.", "偏差尚无法检验。")
    if one.p < SIGNIFICANT:
        return told(
            "They are biased or leave knowledge unused (p {p}): outturn growth = {a} + {b} x forecast growth.",
            "预测有偏或未充分利用信息（p值{p}）：实际增速＝{a}＋{b}×预测增速。",
            p=figure(one.p, 3),
            a=share(one.constant, sign=True),
            b=figure(one.slope, 2),
        )
    return told(
        "No bias is seen (mean {mean}, {low} to {high}; p {p} in {years} years: small ones cannot be excluded).",
        "未见偏差（均值{mean}，{low}至{high}；{years}年，p值{p}：不能排除小幅偏差）。",
        mean=share(one.mean, sign=True),
        low=share(one.low, sign=True),
        high=share(one.high, sign=True),
        p=figure(one.p, 2),
        years=one.years,
    )


def rival_sentence(found: Evaluation) -> Text:
    """Say which rivals the forecasts beat, which beat them, and which cannot be told apart."""
    rows = found.rivals[found.rivals["months_known"] == found.asked.judged_at]
    better = rows[(rows["p"] < SIGNIFICANT) & (rows["statistic"] < 0)]["rival"]
    worse = rows[(rows["p"] < SIGNIFICANT) & (rows["statistic"] > 0)]["rival"]
    unclear = rows[~(rows["p"] < SIGNIFICANT)]["rival"]
    parts = [
        (better, "Better than {names}.", "优于{names}。"),
        (worse, "Worse than {names}.", "不及{names}。"),
        (unclear, "No difference can be told from {names}.", "与{names}的差异不显著。"),
    ]
    return joined(
        told(en, zh, names=joined((_lower(n) for n in names), ", ", "、")) for names, en, zh in parts if len(names)
    )


def _lower(name: str) -> Text:
    label = NAMES.get(name, Text(name, name))
    return Text(label.en[:1].lower() + label.en[1:] if name in NAMES else label.en, label.zh)


def _chance_sentence(found: Evaluation) -> Text:
    worst = found.fifths.iloc[int(np.argmax(found.fifths["gap"].abs()))]
    return told(
        "Chances said and what happened differ by at most {gap} in every fifth of the {n} forecasts (said {said}, "
        "happened {happened}).",
        "{n}份预测按所给概率分五组，概率与实际最大相差{gap}（所给{said}，实际{happened}）。",
        gap=share(abs(float(worst["gap"])), 0),
        n=len(found.table),
        said=share(float(worst["said"]), 0),
        happened=share(float(worst["happened"]), 0),
    )


def tiles(found: Evaluation) -> tuple[Tile, ...]:
    """Four figures of the forecasts that the verdict speaks of."""
    rows = found.at(found.asked.judged_at)
    if not len(rows):
        return ()
    one, marks = found.bias[found.asked.judged_at], scored(rows)
    within = told("{hits} of {n} years", "{n}年中{hits}年", hits=round(marks["within"] * len(rows)), n=len(rows))
    return (
        Tile(Text("Mean error", "平均误差"), share(marks["mean_error"]), when(found.asked.judged_at)),
        Tile(told("Within {five}", "{five}以内", five=FIVE), within),
        Tile(Text("Bias", "偏差"), share(one.mean, sign=True), Text("mean of log errors", "对数误差均值")),
        Tile(Text("80 % intervals held", "80%区间覆盖"), share(marks["covered80"], 0), Text("of years", "年份")),
    )
