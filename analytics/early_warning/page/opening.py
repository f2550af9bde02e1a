"""The page's head: the month's leads, how much is watched, how often a quiet series is told."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.briefing import Headline, Tile, Verdict
from analytics.early_warning.page import words
from analytics.early_warning.page.sight import share_told
from analytics.early_warning.study import Findings
from analytics.language import Text, number, percent
from analytics.targets import Status

_CLEAR = 0.3


def headline(found: Findings, place: Text) -> Headline:
    """Finding, four figures, place and month."""
    last = words.when(found.last, found.question.period)
    kicker = Text(f"{place.en} · {last.en}", f"{place.zh} · {last.zh}")
    return Headline(verdict(found), (_watched(found), _alarms(found), _quiet(found), _sight(found)), kicker)


def verdict(found: Findings) -> Verdict:
    """Say what is listed; a watch never says that all is well."""
    listed = found.this_month
    period = found.question.period
    when = words.when(found.last, period)
    n = len(listed)
    if n:
        first = words.lead(next(listed.itertuples()), period)
        plural = "lead" if n == 1 else "leads"
        text = Text(f"{n} {plural} in {when.en}; first {first.en}", f"{when.zh}列出{n}条风险线索；首位为{first.zh}")
        badge = Text(f"{n} {plural}", f"{n}条线索")
    else:
        text, badge = _quiet_month(found, when)
    status: Status = "watch" if found.judged["judged"].any() else "insufficient"
    return Verdict("", status, None, None, None, text, _lead(found), badge)


def _quiet_month(found: Findings, when: Text) -> tuple[Text, Text]:
    """Title and badge of a month without a lead: what opened unlisted, and what goes on, is no quiet."""
    still, judged = len(_going_on(found)), int(found.judged["judged"].sum())
    watched, opened = number(judged), len(_opened(found))
    if not judged:
        return Text(f"No series could be judged in {when.en}", f"{when.zh}没有可作判断的序列"), Text(
            "Unseen", "无法判断"
        )
    if opened:
        text = Text(
            f"{opened} {'alarm' if opened == 1 else 'alarms'} opened in {when.en}, none of them listed",
            f"{when.zh}新增预警{opened}个，均未列入清单",
        )
        return text, Text(f"{opened} unlisted", f"{opened}个未列入")
    if not still and (silent := found.still_silent):
        text = Text(
            f"Nothing new in {when.en}, but {silent} of {watched} series told as silent "
            f"{'has' if silent == 1 else 'have'} not come back",
            f"{when.zh}无新增线索，但{watched}个序列中已提示停止申报的{silent}个尚未恢复",
        )
        return text, Text(f"{silent} silent", f"{silent}个未恢复")
    if not still:
        text = Text(f"Nothing new told of {watched} series in {when.en}", f"{when.zh}所监测的{watched}个序列无新增线索")
        return text, Text("Nothing new", "无新增")
    first = words.lead(next(_going_on(found).itertuples()), found.question.period)
    text = Text(
        f"Nothing new in {when.en}, but {still} of {watched} series still {'stands' if still == 1 else 'stand'} in "
        f"alarm: {first.en}",
        f"{when.zh}无新增线索，但{watched}个序列中仍有{still}个处于预警：{first.zh}",
    )
    return text, Text(f"{still} in alarm", f"{still}个预警持续")


def _going_on(found: Findings) -> pd.DataFrame:
    """Alarms of the last month that were opened in an earlier one, the strongest first; announced events are none."""
    rows = found.going_on
    return rows[rows["status"] != "known"]


def _lead(found: Findings) -> Text:
    opened = _opened(found)
    known = int((opened["status"] == "known").sum())
    years, listed, n = number(found.question.quiet_years), len(found.this_month), len(opened)
    unit = words.step(found.question.period)
    opening = "No alarm" if not n else f"{n} {'alarm' if n == 1 else 'alarms'}"
    en = [f"{opening} opened this {unit.en}."]
    zh = [f"本{unit.zh}无新增预警。" if not n else f"本{unit.zh}新增预警{n}个。"]
    if still := len(_going_on(found)):
        en.append(f"{still} told before {'goes' if still == 1 else 'go'} on.")
        zh.append(f"此前预警中有{still}个仍在持续。")
    if explained := int((found.going_on["status"] == "known").sum()):
        en.append(f"{explained} more {'is' if explained == 1 else 'are'} explained by announced policy events.")
        zh.append(f"另有{explained}个与已公布的政策事件相符。")
    if silent := found.still_silent:
        en.append(f"{silent} series told as silent before {'has' if silent == 1 else 'have'} not come back.")
        zh.append(f"此前提示停止申报的{silent}个序列尚未恢复。")
    if listed:
        en.append(f"Listed {'is' if listed == 1 else 'are'} the strongest {listed}, to be verified.")
        zh.append(f"列出其中最强的{listed}个，建议核查。")
    en.append(f"The line would have told a series of the past once in {years} years; many alarms are chance.")
    zh.append(f"阈值按历史上单个序列约每{years}年预警一次设定，因此不少预警出于偶然。")
    if known:
        en.append(f"{known} of them fall on announced policy events and are not listed.")
        zh.append(f"其中{known}个与已公布的政策事件相符，不予列出。")
    if n > known and not listed:
        en.append("The others are smaller than the least value listed, or were listed in the six months before.")
        zh.append("其余低于列出的最小货值，或在此前六个月内已列出。")
    if found.coverage.empty:
        en.append(f"The data hold nothing of {_months(found)[0]}: nobody was judged then, and nobody was missed.")
        zh.append(f"数据中缺{_months(found)[1]}：该{unit.zh}未作判断，亦不计为停止申报。")
    if found.coverage.unfinished is not None:
        left = found.coverage.unfinished
        named = words.when(left, found.question.period)
        en.append(f"{named.en[:1].upper()}{named.en[1:]} is not complete in the data and was not judged.")
        zh.append(f"{named.zh}数据尚不完整，未作判断。")
    return Text(" ".join(en), "".join(zh))


def _opened(found: Findings) -> pd.DataFrame:
    return found.alarms[found.alarms["opened"] & (found.alarms["told"] == found.last)]


def _months(found: Findings) -> Text:
    """Names of the steps that the data lack; the first three where there are many."""
    empty, period = found.coverage.empty, found.question.period
    named = [words.when(m, period) for m in empty[:3]]
    en, zh = ", ".join(n.en for n in named), "、".join(n.zh for n in named)
    more = len(empty) - 3
    if more <= 0:
        return Text(en, zh)
    return Text(f"{en} and {more} more {period}s", f"{zh}等{words.steps(len(empty), period).zh}")


def _watched(found: Findings) -> Tile:
    c, judged = found.coverage, int(found.judged["judged"].sum())
    return Tile(
        Text("Series judged", "已判断序列"),
        Text(number(judged), number(judged, 0, "zh")),
        note=Text(
            f"of {number(c.series)} in the data; watched are {percent(c.share, 1)} of the value",
            f"数据中共{c.series}个；监测占货值{percent(c.share, 1, 'zh')}",
        ),
    )


def _alarms(found: Findings) -> Tile:
    by_month = found.alarms[found.alarms["opened"]].groupby("told").size().reindex(found.told, fill_value=0)
    unit = words.step(found.question.period)
    usual = float(by_month.iloc[:-1].mean()) if len(by_month) > 1 else float("nan")
    return Tile(
        Text("Alarms opened", "新增预警"),
        number(int(by_month.iloc[-1])),
        note=Text(f"{number(usual, 1)} a {unit.en} in those before", f"此前各{unit.zh}平均{number(usual, 1, 'zh')}个"),
        spark=tuple(float(v) for v in by_month),
    )


def _quiet(found: Findings) -> Tile:
    measured, asked = found.measured_years(), found.question.quiet_years
    own = all(w.limits.own for w in found.series)
    source = Text("thresholds from the panel's own past", "阈值取自本面板历史")
    if not own:
        source = Text("past too short: thresholds of simulated panels", "历史不足，采用模拟面板阈值")
    told = words.steps(len(found.told), found.question.period)
    value = Text(f"{number(measured, 1)} years", f"{number(measured, 1, 'zh')}年")
    if not np.isfinite(measured):
        value = Text("none", "无")
    return Tile(
        Text("Between alarms of a series", "单序列预警间隔"),
        value,
        note=Text(
            f"in the last {told.en}; asked {number(asked)}; {source.en}",
            f"近{told.zh}实际；设定{number(asked)}年；{source.zh}",
        ),
    )


def _sight(found: Findings) -> Tile:
    watched = found.series[0]
    share = share_told(watched, _CLEAR)
    measure = words.MEASURES[watched.panel.measure]
    return Tile(
        Text("Can be seen falling 30 %", "可见30%降幅"),
        Text(percent(share, 0), percent(share, 0, "zh")),
        note=Text(
            f"of the series of {measure.en}, within three months with chance .8",
            f"的{measure.zh}序列（三个月内、概率0.8）",
        ),
        tone="neutral",
    )
