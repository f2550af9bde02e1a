"""Whether figures rest on what nobody knew: copies of judged lines, and columns written after the inspection."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pandas as pd

from analytics.briefing import Column, Listing, Section, cells, interval, named
from analytics.language import Text, number
from analytics.smuggling.audit.outcomes import KEPT
from analytics.smuggling.inquiry.study import Study
from analytics.smuggling.page.words import HIT_RATE, SPLITS, STRATEGIES, STRATEGY, both

SHORT = Text("Leak audit", "泄漏审计")
TELLS = {"finding": Text("a finding", "有查获"), "no finding": Text("no finding", "无查获")}


def leak_audit(study: Study) -> Section:
    """What the audits saw, what they looked at, and what they could not."""
    shown = [*([_signs(study)] if study.outcome_audit.signs else []), _splits(study)]
    return Section(_finding(study), SHORT, tuple(shown), _lead(study))


def leaking(study: Study) -> bool:
    """Whether either audit flags something."""
    a = study.outcome_audit
    return study.audit.flagged or bool(a.signs) or a.dates_doubted


def flattered(study: Study) -> bool:
    """Whether what nobody knew at declaration is still in the figures: kept by parameter, or in amended versions."""
    told, q = study.outcome_audit.sources, study.question
    return bool(told and not q.leave_out_leaks) or bool({*KEPT} & {*told}) or (study.audit.flagged and not study.purged)


def left_out(study: Study) -> Text:
    """What was left out, or kept, because it told outcomes."""
    en = zh = ""
    if "version" in study.outcome_audit.sources:
        en += " Later versions stand with findings: figures may be those put right. Read the version first declared."
        zh += "报关单后续版本与查获同现，申报数字可能已被更正：请使用首次申报版本。"
    if "date" in study.outcome_audit.sources:
        en += " Declaration dates were moved on lines with a finding. Read the date first declared."
        zh += "有查获记录的申报日期已被更改：请使用首次申报日期。"
    if told := [c for c in study.outcome_audit.sources if c not in KEPT]:
        names, kept = ", ".join(told), not study.question.leave_out_leaks
        done = "KEPT: the figure flatters" if kept else "left out"
        en += f" Columns that tell outcomes nobody knew were {done}: {names}."
        zh += f"以下字段泄露事后结果，{'但被保留，上述数字偏高' if kept else '已剔除'}：{names.replace(', ', '、')}。"
    if study.audit.flagged:
        copied = both(study.audit.copied_share, 0)
        if study.purged:
            en += f" {copied.en} of them are copies of training lines: those were taken out first."
            zh += f"其中{copied.zh}与训练记录重复，已先剔除，上述数字为剔除后的结果。"
        else:
            en += f" {copied.en} of them are copies of training lines that were NOT taken out: the figure flatters."
            zh += f"其中{copied.zh}与训练记录重复且未剔除，上述数字偏高。"
    return Text(en.strip(), zh)


def doubts(study: Study) -> list[Text]:
    """What the records are not, though figures by them would take it for granted; the first is the gravest."""
    r, size = study.records, number(study.records.inspected)
    repeated, silent, reused, apart = (both(x, 0) for x in (r.repeated, r.unrecorded, r.reused, r.apart))
    told = {
        "repeated": Text(
            f"{repeated.en} of the lines stand more than once, and each counts again.",
            f"{repeated.zh}的记录重复出现，并被重复计数。",
        ),
        "unrecorded": Text(
            f"{silent.en} of {size} inspected lines have no outcome: if clean ones were not written down, the hit rate "
            "is too high by as much.",
            f"已查验的{size}条记录中{silent.zh}没有查验结果：若无查获者未作登记，有效率即相应偏高。",
        ),
        "reused": Text(
            f"{reused.en} of the declarations with several lines bear more than one date or enterprise, so their "
            "numbers stand for several declarations each: join port or year to the number.",
            f"多项报关单中{reused.zh}含不同日期或企业，同一编号对应多票报关单：请在编号中加入口岸或年份。",
        ),
        "apart": Text(
            f"{apart.en} of the declarations hold a later line alone, so declarations seem to be split by line.",
            f"{apart.zh}的报关单仅含序号大于1的单项，报关单似被按项拆分。",
        ),
        "parties": Text(
            f"The outcomes are worth those of {number(r.parties, 1)} enterprises, and say nothing of the others.",
            f"查验结果集中，仅相当于{number(r.parties, 1)}家企业，不能代表其他企业。",
        ),
    }
    if r.level_unknown:
        told |= _levels(study)
    return [told[name] for name in r.doubts]


_OVER = {
    "enterprise_id": Text("enterprises", "企业"), "declarant_id": Text("declarants", "申报单位"),
    "district": Text("districts", "关区"), "port": Text("ports", "口岸"), "hs2": Text("chapters", "商品章"),
    "origin": Text("origins", "原产国"), "regime": Text("regimes", "监管方式"),
}  # fmt: skip


def _levels(study: Study) -> dict[str, Text]:
    """What keeps outcomes from telling a rate of all lines."""
    r, over = study.records, _OVER.get(study.records.over, Text("", ""))
    late = both(r.late, 0)
    return {
        "late": Text(
            f"Findings are recorded later than clean outcomes: {late.en} of those on the newest lines cannot be known "
            "yet, so their rate is too low. Judge an earlier period (evaluate_from), or wait.",
            f"有查获的结果晚于无查获的结果录入：最近记录中约{late.zh}的查获尚不可知，比率偏低。请评判更早时段（evaluate_from）或待结果齐备。",
        ),
        "uneven": Text(
            f"The lines called random are not spread over {over.en} as all lines are, far beyond chance, so they were "
            "not drawn evenly: what they find is no rate of all lines. Record the chance of each "
            "(selection_probability).",
            f"标为随机抽查的记录在{over.zh}间的分布与全部记录明显不同，远超偶然，并非等概率抽取：其有效率不能代表全部。"
            "请记录各自的入样概率（selection_probability）。",
        ),
    }


def _finding(study: Study) -> Text:
    a, copied, agreement = study.outcome_audit, both(study.audit.copied_share, 0), both(study.audit.agreement, 0)
    if a.signs:
        names = ", ".join(a.sources)
        return Text(
            f"Leak: what these columns hold was written after the inspection: {names}",
            f"数据泄漏：以下字段含有查验之后写入的内容：{names.replace(', ', '、')}",
        )
    if study.audit.flagged:
        return Text(
            f"Leak: {copied.en} of the judged lines stand in training already, with the same label in {agreement.en}",
            f"数据泄漏：{copied.zh}的评判记录已出现在训练集中，其中{agreement.zh}标签相同",
        )
    if a.dates_doubted:
        early = both(a.early, 0)
        return Text(
            f"{early.en} of the outcomes are dated before their declaration: these dates are not used",
            f"{early.zh}的查验结果日期早于申报日期：此类日期不予采用",
        )
    if not a.tested:
        return Text(
            "Leaks could not be tested: too few outcomes, or one kind only", "查验结果过少或只有一种，无法检验是否泄漏"
        )
    n = number(len(a.tested))
    return Text(
        f"No sign of a leak in the {n} columns and pairs tested, nor in copies",
        f"在检验的{n}个字段及组合和重复记录中未见泄漏迹象",
    )


def _lead(study: Study) -> Text:
    """What was looked at and done, and what no test can see."""
    a, done = study.outcome_audit, Text("", "")
    if a.signs:
        done = Text("They were left out before fitting. ", "拟合前已剔除。")
        if set(a.sources) <= {*KEPT}:
            done = Text(
                "What was changed cannot be told from what was first declared. ", "更改后的内容无法与首次申报区分。"
            )
        if not study.question.leave_out_leaks:
            done = Text("They were kept, as the parameter leave_out_leaks asked. ", "按参数要求未剔除。")
    if study.audit.flagged:
        look = both(study.audit.lookup_precision, 0)
        kept = Text("Copies were removed from training before fitting. ", "拟合前已从训练集中剔除重复记录。")
        if not study.purged:
            kept = Text("Copies were kept, as the parameter purge asked. ", "按参数要求未剔除重复记录。")
        done = Text(
            f"{done.en}A mere look-up of copies would score a hit rate of {look.en} at 4 %, which says nothing of new "
            f"lines. {kept.en}",
            f"{done.zh}仅查找重复记录即可在4%布控下得到{look.zh}的有效率，这对新记录毫无意义。{kept.zh}",
        )
    limit = Text("", "")
    if a.tested and a.without_unseen:
        limit = Text(
            " Every line was inspected, so only nearly perfect signs could be told from skill.",
            "全部记录均已查验，仅能识别近乎完全的迹象。",
        )
    if a.by_contract:
        names = ", ".join(a.by_contract)
        limit = Text(
            f"{limit.en} Not read at all, since the contract says that they come later: {names}.",
            f"{limit.zh}以下字段按数据契约为事后写入，一律不读取：{names.replace(', ', '、')}。",
        )
    return Text(
        f"{done.en}Judged lines were looked up among training lines; every declared column, its digits, ratios and "
        "pairs were tested for values that stand with outcomes but hardly on lines that nobody looked at. A correction "
        f"that keeps all figures consistent cannot be seen: read the version first declared.{limit.en}",
        f"{done.zh}已将评判记录与训练记录比对，并检验各申报字段、尾数、比值和组合是否出现仅随结果而见的取值。"
        f"使全部数字保持一致的更正无法识别：请使用首次申报版本。{limit.zh}",
    )


def _signs(study: Study) -> Listing:
    """Regions that give outcomes away."""
    signs = study.outcome_audit.signs
    frame = pd.DataFrame([asdict(s) for s in signs]).assign(tells=cells(TELLS[s.tells] for s in signs))
    columns = (
        Column("source", Text("Column", "字段")),
        Column("column", Text("Looked at", "检验项")),
        Column("region", Text("Values", "取值")),
        Column("tells", Text("Tells", "泄露")),
        Column("found", Text("With a finding", "有查获"), "number"),
        Column("clean", Text("Inspected, none", "查验无查获"), "number"),
        Column("unseen", Text("Not inspected", "未查验"), "number"),
        Column("expected", Text("Expected there", "应有未查验数"), "number"),
    )
    note = Text(
        "Of the half of the declarations that judges. Were the values declared beforehand, so many lines that nobody "
        "looked at would have them.",
        "为用于评判的一半报关单。若取值为事先申报，则应有相应数量的未查验记录。",
    )
    return Listing(
        "leak_columns", Text("Values that stand with outcomes only", "仅随查验结果出现的取值"), frame, columns, note
    )


def _splits(study: Study) -> Listing:
    """What each split says at the selected share: beside each other only here."""
    a, t = study.audit, study.comparison.table
    rows = t[np.isclose(t["selected_share"], study.question.rate)]
    leaks = rows["split"] == "official (leaks)"
    rows = rows[leaks | rows["strategy"].isin(["blend", "boosting", "random"] if leaks.any() else ["blend", "random"])]
    rows, copied = rows.reset_index(drop=True), both(a.copied_share, 0)
    note = Text(
        f"{number(a.rows)} lines looked up by code, origin, duty rate and net mass: {copied.en} have a copy in "
        f"training; agreement of labels beyond chance (kappa) {number(a.kappa, 2)}; {number(a.purged_rows)} training "
        "lines copy judged lines.",
        f"按税号、原产地、税率和净重比对{number(a.rows)}条：{copied.zh}在训练集中有重复；"
        f"标签一致性（kappa）{number(a.kappa, 2)}；{number(a.purged_rows)}条训练记录与评判记录重复。",
    )
    columns = (
        Column("split_name", Text("Split", "划分")),
        Column("name", STRATEGY),
        Column("precision", HIT_RATE, "percent"),
        *interval("percent"),
    )
    frame = rows.assign(split_name=named(SPLITS, rows["split"]), name=named(STRATEGIES, rows["strategy"]))
    return Listing("leak_audit", Text("Copies of judged lines", "评判记录的重复"), frame, columns, note)
