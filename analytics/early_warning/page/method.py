"""What to watch, and how it was done."""

from __future__ import annotations

from analytics.briefing import Fold, Points
from analytics.early_warning.page import words
from analytics.early_warning.study import Findings
from analytics.language import Text, number, percent

_CHANCE = {
    "month": Text(
        "A short list holds chance too: on simulated panels three of ten leads listed at five a month among 10,000 "
        "series were true changes. No false discovery rate is promised.",
        "清单中亦有偶然：在一万个模拟序列、每月列五条的试验中，约三成为真实变动。本页不承诺错误发现率。",
    ),
    "week": Text(
        "A short list holds chance too: on simulated panels of 4,000 weekly series one of eight leads listed at five a "
        "week was a true change, three of ten at one a week. No false discovery rate is promised.",
        "清单中亦有偶然：在4000个模拟周度序列的试验中，每周列五条约八分之一、每周列一条约三成为真实变动。"
        "本页不承诺错误发现率。",
    ),
}


def watch(found: Findings) -> Points:
    """What a reader should keep in mind."""
    items = [
        _CHANCE[found.question.period],
    ]
    if not all(w.limits.own for w in found.series):
        items.append(
            Text(
                "This panel's own past is too short to place thresholds; those of simulated panels are used, and real "
                "series are more restless than simulated ones.",
                "本面板历史过短，无法自定阈值，采用模拟面板的阈值；真实序列通常比模拟序列更不平稳。",
            )
        )
    items += _unseen(found)
    items.append(
        Text(
            "A series is quiet in its own eyes: slow changes, and what was always out of line, are not told here.",
            "预警只与自身历史比较：缓慢变化和一贯偏离者不在此提示。",
        )
    )
    return Points(Text("What to watch", "关注点"), tuple(items))


def _unseen(found: Findings) -> list[Text]:
    """What the watch does not see: series left out, series too noisy, months in which it learnt."""
    c, judged, period = found.coverage, found.judged, found.question.period
    unit, last, first = words.step(period), words.when(found.last, period), words.when(found.first_told, period)
    ended, short = c.ended, c.series - c.watched - c.ended
    items = []
    if c.series > c.watched:
        share = 1 - c.share
        items.append(
            Text(
                f"Not watched: {number(short)} series that are too short and {number(ended)} without a figure in the "
                f"last twelve months ({percent(share, 1)} of the value). Nothing is said of them.",
                f"未予监测：历史过短的序列{short}个，近12个月无数值的序列{ended}个"
                f"（占货值{percent(share, 1, 'zh')}），本页对其不作任何判断。",
            )
        )
    blind = int((judged["judged"] & ~judged["half"]).sum())
    young = int((~judged["judged"]).sum())
    if blind:
        items.append(
            Text(
                f"In {number(blind)} of the {number(int(judged['judged'].sum()))} series judged even a fall by half "
                "would not be told within three months: no alarm there means little.",
                f"已判断的{int(judged['judged'].sum())}个序列中，有{blind}个即使下降一半也难在三个月内发现：无预警不说明问题。",
            )
        )
    if young:
        items.append(
            Text(
                f"{number(young)} series watched could not be judged in {last.en}: they are in their first "
                "two years, or absent and too rarely seen to be missed.",
                f"{last.zh}有{young}个监测序列未能判断：尚在前两年，或当{unit.zh}缺失且历来申报过少。",
            )
        )
    items.append(
        Text(
            f"Nothing could be told before {first.en}: the first two years of the data teach the season.",
            f"{first.zh}之前不作提示：数据的前两年用于学习季节性。",
        )
    )
    return items


def method(found: Findings) -> Fold:
    """How alarms come about."""
    years, pace = number(found.question.quiet_years), found.question.pace
    unit, told = words.step(pace.name), words.steps(len(found.told), pace.name)
    one, three = words.steps(1, pace.name), words.steps(3, pace.name)
    back = words.steps(pace.candidates - 1, pace.name)
    lunar = (
        Text(" and the Lunar New Year", "、春节")
        if pace.name == "month"
        else Text(" and China's long holidays (Lunar New Year, National Day)", "、长假（春节、国庆）")
    )
    lunar = lunar if found.question.lunar_new_year else Text("", "")
    return Fold(
        Text("Method", "方法"),
        (
            Text(
                f"Each series: logarithm of the {unit.en}'s figure = level + slope + season{lunar.en}, followed by a "
                "robust filter. Common movements of all, of a good, of a partner or of a district are taken out first "
                "(robust means over at least ten series) and watched as series of their own.",
                f"每个序列：{unit.zh}度数值的对数＝水平＋斜率＋季节{lunar.zh}，以稳健滤波逐{unit.zh}跟踪。全体、商品、伙伴、关区的共同变动"
                "（至少十个序列的稳健平均）先予扣除，并作为单独序列监测。",
            ),
            Text(
                "A jump is judged by the tail of Student's t, its degrees of freedom learnt by series; a lasting shift "
                f"by the likelihood ratio of steps that began up to {back.en} ago; a silence by how often the series "
                "was absent in that month of the year and how long it usually stays away.",
                f"单{unit.zh}突变按t分布尾部概率判断，自由度由各序列学得；水平变动按{back.zh}内开始的阶跃似然比判断；"
                "停止申报按该月历来缺失频率与缺失持续时间判断。",
            ),
            Text(
                f"Thresholds are those at which the past before the last {told.en} would have told a series once in "
                f"{years} years (silences apart); what happened then counts as false, so they err on the strict side.",
                f"阈值使最近{told.zh}之前的历史约每{years}年对单个序列预警一次（停止申报另计）；历史上的真实变动亦计为误报，故阈值偏严。",
            ),
            Text(
                f"A jump's state is known a {unit.en} later, a shift's after three. The list holds the strongest "
                f"evidence of the {unit.en}, a series at most once in six months.",
                f"单{unit.zh}突变{one.zh}后可知是否持续，水平变动{three.zh}后可知。"
                f"清单按证据强度取当{unit.zh}最强者，同一序列六个月内至多列一次。",
            ),
        ),
    )
