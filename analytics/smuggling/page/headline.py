"""The head of the risk page: verdict and tiles; every sentence is computed, in both languages."""

from __future__ import annotations

import numpy as np

from analytics import targets
from analytics.briefing import Headline, Tile, Verdict
from analytics.language import Text, day, number
from analytics.smuggling.features.units import PARTIES
from analytics.smuggling.inquiry.believed import LEAST_JUDGED, WIDEST
from analytics.smuggling.inquiry.study import Study
from analytics.smuggling.page.leaks import doubts, flattered, left_out
from analytics.smuggling.page.words import OBJECTIVES, UNITS, both

TARGET = "risk_control_effectiveness"
NOT_KNOWN = Text("not known", "未知")
SEEN = 0.9  # share of the lines that name a party, below which nothing is said to be sure
WIDE = 0.15  # width of an interval from which on it is said first; `WIDEST` is too wide to judge


def headline(study: Study, place: Text) -> Headline:
    """Verdict and tiles, with the place and the periods above them."""
    first, last = study.model.trained_from, study.model.trained_to
    kicker = Text(
        f"{place.en} · trained {day(first)} to {day(last)} · judged from {day(study.start)}",
        f"{place.zh} · 训练{day(first, 'zh')}至{day(last, 'zh')} · 自{day(study.start, 'zh')}起评判",
    )
    return Headline(verdict(study), tuple(tiles(study)), kicker)


def verdict(study: Study) -> Verdict:
    """Hit rate of the selection against the plan's 25 %, judged with its interval where the outcomes bear it."""
    row = study.selection
    value, low, high = (100 * float(row[c]) for c in ("precision", "low95", "high95"))
    status = targets.judge(TARGET, value, low, high) if enough(study) else "insufficient"
    if status in ("met", "not_met") and not parties_seen(study):
        status = "watch"
    hit, rate = both(row["precision"]), both(study.question.rate, 0)
    badge = Text(f"Hit rate {hit.en} at {rate.en}, plan 25 %", f"布控{rate.zh}时有效率{hit.zh}，规划25%")
    if status == "insufficient":
        badge = Text("Cannot be judged against the plan", "尚不能对照规划评判")
    unknown = study.records.level_unknown
    known = [None if unknown or np.isnan(x) else x for x in (value, low, high)]
    return Verdict(TARGET, status, known[0], known[1], known[2], _finding(study, status), _lead(study), badge)


def enough(study: Study) -> bool:
    """Whether the outcomes speak for all that was selected, and are enough to judge it."""
    row, judged = study.selection, study.calibration.observed.counted
    return (
        not flattered(study)
        and not study.records.doubts
        and study.answers.basis in ("truth", "weighted")
        and judged >= LEAST_JUDGED
        and float(row["high95"]) - float(row["low95"]) <= WIDEST
    )


def parties_seen(study: Study) -> bool:
    """Whether most judged lines name a party: outcomes of one party hang together, and else an interval is too bold."""
    return bool(study.evaluation[list(PARTIES)].notna().any(axis=1).mean() >= SEEN)


def _finding(study: Study, status: str) -> Text:
    """The page's title: what was measured, of how many, the interval first where it is wide."""
    row, unit = study.selection, UNITS[study.question.unit]
    rate, hit, low, high = both(study.question.rate, 0), *(both(row[c]) for c in ("precision", "low95", "high95"))
    if status != "insufficient":
        told = {
            "met": Text("above the plan's 25 %", "高于规划的25%"),
            "not_met": Text("below the plan's 25 %", "低于规划的25%"),
            "watch": Text("against the plan's 25 %, not yet certain", "对照规划的25%，尚不确定"),
        }[status]
        if float(row["high95"]) - float(row["low95"]) > WIDE:
            return Text(
                f"Between {low.en} and {high.en} of the {rate.en} of {unit.en} selected hold a case, {told.en}",
                f"按{rate.zh}比例布控{unit.zh}，有效率在{low.zh}至{high.zh}之间，{told.zh}",
            )
        return Text(
            f"Selecting {rate.en} of {unit.en} finds a case in {hit.en} of them, {told.en}",
            f"按{rate.zh}比例布控{unit.zh}，有效率为{hit.zh}，{told.zh}",
        )
    return _unjudged(study)


def _unjudged(study: Study) -> Text:
    """The title where nothing is judged, and why."""
    row, seen, unit = study.selection, study.calibration.observed, UNITS[study.question.unit]
    rate, hit, low, high = both(study.question.rate, 0), *(both(row[c]) for c in ("precision", "low95", "high95"))
    if flattered(study):
        return Text(
            f"Not judged: what was written after the inspection is still in the data, and {hit.en} flatters",
            f"不予评判：数据中仍含查验之后写入的内容，{hit.zh}偏高",
        )
    if said := doubts(study):
        return Text(f"Not judged: {said[0].en[0].lower()}{said[0].en[1:-1]}", f"不予评判：{said[0].zh[:-1]}")
    if study.answers.basis == "all_inspected":
        return Text(
            f"Among inspected {unit.en}, the riskiest {rate.en} hold a case in {hit.en} ({low.en} to {high.en})",
            f"在已查验{unit.zh}中，风险最高的{rate.zh}有效率为{hit.zh}（{low.zh}至{high.zh}）",
        )
    n, found = number(seen.counted), number(round(np.nan_to_num(seen.value) * seen.counted))
    if study.answers.basis == "inspected_only" and seen.counted >= LEAST_JUDGED:
        share = both(seen.value)
        return Text(
            f"Of {n} selected {unit.en} that were inspected, {share.en} held a case; of the others nothing is known",
            f"所选{unit.zh}中已查验的{n}票有效率为{share.zh}；其余情况未知",
        )
    if study.answers.basis == "weighted" and seen.counted >= LEAST_JUDGED:
        return Text(
            f"Anything from {low.en} to {high.en} of the {unit.en} selected may hold a case: too wide to judge",
            f"所选{unit.zh}的有效率可能在{low.zh}至{high.zh}之间，区间过宽，无法评判",
        )
    if study.answers.basis == "inspected_only" or not seen.counted:
        return Text(
            f"Too little to judge: {n} of the {unit.en} selected were ever inspected",
            f"数据不足以评判：所选{unit.zh}中仅{n}票曾被查验",
        )
    return Text(
        f"Too little to judge: {n} of the {unit.en} selected were inspected, about {found} with a case",
        f"数据不足以评判：所选{unit.zh}中仅{n}票曾被查验，约{found}票有查获",
    )


def _lead(study: Study) -> Text:
    """What the finding rests on; it stands alone."""
    row, answers, unit = study.selection, study.answers, UNITS[study.question.unit]
    low, high, top = both(row["low95"], 0), both(row["high95"], 0), both(study.ceiling, 0)
    n, prevalence, basis = number(len(answers.units)), both(answers.prevalence), _basis(study)
    en = f"{n} {unit.en} from {day(study.start)} on, {basis.en}."
    zh = f"自{day(study.start, 'zh')}起{unit.zh}共{n}票，{basis.zh}。"
    if answers.basis in ("truth", "weighted") and not study.records.level_unknown:
        en += f" The 95 % interval is {low.en} to {high.en}; {prevalence.en} hold a case, so the ceiling is {top.en}."
        zh += f"95%区间为{low.zh}至{high.zh}；其中{prevalence.zh}可查获，有效率上限为{top.zh}。"
        if 100 * study.ceiling < 25:
            en, zh = f"{en} No ranking could reach 25 % here.", f"{zh}任何排序在此均无法达到25%。"
    if answers.basis == "weighted":
        en = f"{en} All outcomes of the period speak, through the risks. What inspectors miss comes on top."
        zh = f"{zh}期内全部结果经由风险概率参与推算。查验遗漏的部分未计入。"
    said = [left_out(study), *doubts(study)]
    return Text(" ".join([en, *(t.en for t in said if t.en)]), "".join([zh, *(t.zh for t in said)]))


def _basis(study: Study) -> Text:
    """What the outcomes are, and of whom they speak."""
    answers = study.answers
    known, seen = number(answers.known), number(study.calibration.observed.counted)
    random = number(answers.design.random if answers.design else 0)
    return {
        "truth": Text(
            "judged against the simulation's truth, which counts what inspectors would miss too",
            "以模拟真值评判（含查验会遗漏的部分）",
        ),
        "all_inspected": Text(
            "all of them inspected, so this says nothing of what nobody chose to inspect",
            "全部为已查验记录，不能代表未被选查的部分",
        ),
        "weighted": Text(
            f"{known} of them with an outcome, {seen} among those targeted here, {random} drawn at random",
            f"其中{known}票有查验结果，本次定向布控中{seen}票，随机抽取{random}票",
        ),
        "inspected_only": Text(
            f"{known} of them with an outcome, which somebody chose: nothing was drawn at random, so no rate can be "
            "given for the others",
            f"其中{known}票有查验结果，均为选定；无随机抽查，无法推算其余部分的比例",
        ),
    }[answers.basis]


def tiles(study: Study) -> list[Tile]:
    """Hit rate, share of findings and of tax reached of one selection, and its size."""
    row, rate, top = study.selection, both(study.question.rate, 0), both(study.ceiling, 0)
    hit, low, high = both(row["precision"]), both(row["low95"], 0), both(row["high95"], 0)
    unit, basis = UNITS[study.question.unit], study.answers.basis
    of_all = {
        "truth": Text("of all findings", "占全部可查获"),
        "weighted": Text("of all findings expected", "占全部预期查获"),
    }
    tone = {"met": "good", "not_met": "bad", "watch": "watch"}.get(verdict(study).status, "neutral")
    heads = study.heads(study.targeting)
    chosen, random = number(heads["selected"].sum()), number((heads["stream"] == "random").sum())
    wide = not enough(study) and study.answers.basis != "all_inspected"
    result = [
        Tile(
            Text("Hit rate", "布控有效率"),
            Text(f"{low.en} to {high.en}", f"{low.zh}至{high.zh}") if wide else hit,
            Text(f"at {rate.en} selected", f"布控{rate.zh}"),
            _why_wide(study) if wide else Text(f"{low.en} to {high.en}", f"{low.zh}至{high.zh}"),
            tone,  # type: ignore[arg-type]
        ),
        Tile(
            Text("Findings reached", "查获覆盖"),
            NOT_KNOWN if wide else both(row["recall"], 0),
            of_all.get(basis, Text("of recorded findings", "占已记录查获")),
            None if study.records.level_unknown else Text(f"ceiling of the hit rate {top.en}", f"有效率上限{top.zh}"),
        ),
        _tax_or_copies(study, not wide),
        Tile(
            Text("Selected", "布控数量"),
            chosen,
            Text(f"of {number(len(heads))} {unit.en}", f"共{number(len(heads))}票{unit.zh}"),
            Text(f"{random} of them drawn at random", f"其中随机抽取{random}票"),
        ),
    ]
    return [tile for tile in result if tile is not None]


def _why_wide(study: Study) -> Text:
    """Why a hit rate is shown by its interval alone."""
    return Text("not judged", "不予评判") if study.records.doubts else Text("too wide to judge", "区间过宽")


def _tax_or_copies(study: Study, told: bool) -> Tile | None:
    """Tax reached where amounts are known, else what the audit of copies saw where it saw something."""
    of_all = {
        "truth": Text("of the tax at stake", "占涉税总额"), "weighted": Text("of the tax expected", "占预期追补税款"),
    }  # fmt: skip
    if study.answers.amount is not None:
        return Tile(
            Text("Tax reached", "税款覆盖"),
            both(study.selection["recovered_share"], 0) if told else NOT_KNOWN,
            of_all.get(study.answers.basis, Text("of the tax recovered", "占已追补税款")),
            OBJECTIVES[study.question.objective],
        )
    if not study.audit.flagged:
        return None
    agreement = both(study.audit.agreement, 0)
    return Tile(
        Text("Copies in training", "训练集重复"),
        both(study.audit.copied_share, 0),
        Text("of the lines judged", "占评判记录"),
        Text(f"same label in {agreement.en}", f"标签一致{agreement.zh}"),
        "watch",
    )
