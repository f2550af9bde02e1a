"""The page's head: what share of the revenue due was collected, in its two readings, and what cannot be said."""

from __future__ import annotations

from analytics.briefing import Headline
from analytics.briefing.parts import Tile, Tone, Verdict
from analytics.compliance.study import TARGET, Study
from analytics.language import Text, joined, month, told
from analytics.language.both import money, number, percent, span

_MANY = 10  # findings of the second team, all of them the first's, from which that is worth a word
_TONES: dict[str, Tone] = {"met": "good", "not_met": "bad", "watch": "watch", "insufficient": "neutral"}


def headline(study: Study, place: Text) -> Headline:
    """Verdict, four tiles, and the line above."""
    first, last = study.frame.first, study.frame.last
    above = told(
        "{place} · declarations of {a} to {b}", "{place} · {c}至{d}报关单", place=place,
        a=month(first, "en"), b=month(last, "en"), c=month(first, "zh"), d=month(last, "zh"),
    )  # fmt: skip
    return Headline(verdict(study), _tiles(study), above)


def verdict(study: Study) -> Verdict:
    """Judge the estimated rate against the plan: never met over what was not seen."""
    value, low, high = study.rate
    status = study.status
    shown = status != "insufficient"
    # A lower limit needs a second look, for what was missed may be more; an upper one only a sample that speaks.
    sure = study.due is not None and not study.sample.doubts
    above = shown or not (study.thin or study.sample.doubts)
    return Verdict(
        TARGET, status, 100 * value if shown else None, 100 * low if sure else None, 100 * high if above else None,
        _title(study), _lead(study),
        None if shown else Text("Not decided: see why", "尚不能判定，原因见正文"),
    )  # fmt: skip


def _title(study: Study) -> Text:
    value, low, high = study.rate
    wanted, interval = percent(study.question.rate, 0), span(low, high)
    if study.sample.doubts:
        return Text(
            "The sample does not speak for these declarations: no full-collection rate can be given",
            "样本不能代表这些报关单，无法给出应收尽收率",
        )
    if study.due is None and not study.found.hits:
        return Text(
            "Nothing was found missing on the lines drawn; what inspectors missed is not known",
            "抽中商品项未查获少征税款，漏查情况未知",
        )
    if study.due is None:
        return told(
            "At least {gap} of revenue is missing by what inspectors found; what they missed is not known",
            "按查实口径，至少少征税款{gap}；漏查部分未知",
            gap=money(study.found.low, study.question.currency),
        )
    if study.thin:
        return told(
            "Of the revenue due at least {low} was collected; the sample is too thin to say how much more",
            "应收税款至少已征{low}；样本命中过少，无法给出点估计",
            low=percent(low),
        )
    words = {
        "met": ("{value} of the revenue due was collected ({interval}), above the plan’s {wanted}",
                "应收尽收率为{value}（{interval}），高于规划要求的{wanted}"),
        "not_met": ("{value} of the revenue due was collected ({interval}), below the plan’s {wanted}",
                    "应收尽收率为{value}（{interval}），低于规划要求的{wanted}"),
        "watch": ("{value} of the revenue due was collected ({interval}); the sample does not decide on {wanted}",
                  "应收尽收率为{value}（{interval}），样本尚不足以判定是否达到{wanted}"),
    }  # fmt: skip
    return told(*words.get(study.status, words["watch"]), value=percent(value), interval=interval, wanted=wanted)


def _lead(study: Study) -> Text:
    g, cash = study.gap, study.question.currency
    parts = [
        told(
            "Collected {tax} on {lines} lines.", "共征税款{tax}，涉及{lines}个商品项。",
            tax=money(study.frame.tax, cash), lines=number(study.frame.lines),
        )
    ]  # fmt: skip
    if study.due is not None and not study.thin:
        parts.append(
            told(
                "Missing by estimate {gap} ({low} to {high}), of what a second careful inspection would find.",
                "据估计少征{gap}（{low}至{high}），指再次认真查验可发现的部分。",
                gap=money(g.value, cash),
                low=money(g.low, cash),
                high=money(g.high, cash),
            )
        )
    proved = study.collected_share(study.proved)
    parts.append(
        told(
            "Proved so far: {proved}, by which the rate would read {rate}, an upper bound.",
            "查实口径少征{proved}，据此比率为{rate}，仅为上限。",
            proved=money(study.proved, cash),
            rate=percent(proved),
        )
    )
    d = study.detection
    if d is not None and d.both == d.second == d.first and d.second >= _MANY:
        parts.append(Text(
            "Both teams found the same on every line: the correction holds only if the second did not know the first.",
            "两组查验结果完全一致：仅当第二组确为盲查时，漏查校正方可成立。",
        ))  # fmt: skip
    parts.append(_tail(study))
    parts += [told("Not decided because {why}.", "不能判定的原因：{why}。", why=why) for why in study.doubts]
    return joined(parts)


def _tail(study: Study) -> Text:
    """The part above the cap, said every time."""
    above = study.gap.above_cap
    if above > 0.005 * max(study.gap.value, 1e-9):
        return told(
            "Losses above twice what was at stake on a line, {above} "
            "by the lines seen, are not measured and not in the rate.",
            "单项损失超过其风险规模两倍的部分（已见{above}）未予计量，不在比率之内。",
            above=money(above, study.question.currency),
        )
    return Text(
        "Losses above twice what was at stake on a line, such as goods "
        "never declared, are not measured and not in the rate.",
        "单项损失超过其风险规模两倍的部分（如完全未申报的货物）未予计量，不在比率之内。",
    )


def _tiles(study: Study) -> tuple[Tile, ...]:
    value, low, high = study.rate
    sure = study.status != "insufficient"
    d = study.detection
    line = study.rates["lines_without_loss"]
    assert line is not None
    return (
        Tile(
            Text("Full-collection rate, estimated", "应收尽收率（估计口径）"),
            percent(value) if sure else told("at least {low}", "不低于{low}", low=percent(low))
            if study.due is not None and not study.sample.doubts else Text("not decided", "未判定"),
            note=span(low, high) if sure else None, tone=_TONES[study.status],
        ),
        Tile(
            Text("Full-collection "
                 "rate, proved", "应收尽收率（查实口径）"), percent(study.collected_share(study.proved)),
            note=Text("upper bound: only what was proved", "上限：仅计已查实部分"),
        ),
        Tile(
            Text("Lines without a loss, as found", "无少征税款的商品项比例（查实）"), percent(line.value),
            note=told("{span} · {hits} "
                      "hits", "{span}，命中{hits}项", span=span(line.low, line.high), hits=study.found.hits),
        ),
        Tile(
            Text("Inspectors find", "查验发现比例"),
            percent(d.value, 0) if d else Text("not known", "未知"),
            note=told("of the tax lost ({span})", "占少征税款（{span}）", span=span(d.low, d.high, 0)) if d
            else Text("nobody looked twice", "未做第二次盲查"),
        ),
    )  # fmt: skip
