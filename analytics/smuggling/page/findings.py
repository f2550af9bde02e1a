"""What the risk page says: verdict, tiles, headings; every sentence is computed, in both languages."""

from __future__ import annotations

from analytics import targets
from analytics.briefing import Tile, Verdict
from analytics.language import Text, number, percent
from analytics.smuggling.study import Study

TARGET = "risk_control_effectiveness"


def both(x: float, digits: int = 1) -> tuple[str, str]:
    """A share as a percentage in English and in Chinese."""
    return percent(x, digits), percent(x, digits, language="zh")


def verdict(study: Study) -> Verdict:
    """Hit rate at the selected share against the plan's 25 %, judged with its interval."""
    row = study.at("blend", study.selected_rate)
    value, low, high = (100 * float(row[c]) for c in ("precision", "low95", "high95"))
    status = targets.judge(TARGET, value, low, high)
    if study.basis != "truth":  # outcomes of inspected lines alone cannot say what the rest would have shown
        status = "insufficient"
    rate, rate_zh = both(study.selected_rate, 0)
    hit, hit_zh = both(row["precision"])
    limit = 100 * study.ceiling < 25
    cause = Text("", "")
    if limit:
        cause = Text(" No ranking could reach 25 % here", "任何排序在此均无法达到25%")
    comparison = {
        "met": Text("above the plan's 25 %", "高于规划的25%"),
        "not_met": Text("below the plan's 25 %", "低于规划的25%"),
        "watch": Text("against the plan's 25 %, not yet certain", "对照规划的25%，尚不确定"),
        "insufficient": Text("among inspected lines only", "仅限已查验记录"),
    }[status]
    text = Text(
        f"Selecting {rate} of lines finds a case in {hit} of them, {comparison.en}",
        f"按{rate_zh}比例布控，有效率为{hit_zh}，{comparison.zh}",
    )
    badge = Text(f"Hit rate {hit} at {rate}, plan 25 %", f"布控{rate_zh}时有效率{hit_zh}，规划25%")
    lead = _lead(study, cause)
    return Verdict(TARGET, status, value, low, high, text, lead, badge)


def _lead(study: Study, cause: Text) -> Text:
    row = study.at("blend", study.selected_rate)
    low, high = both(row["low95"], 0), both(row["high95"], 0)
    prevalence, top = both(study.prevalence), both(study.ceiling, 0)
    where = {
        "truth": Text("judged against the simulation's truth", "以模拟真值评判"),
        "all_inspected": Text("all of them inspected, so this says nothing of lines that nobody chose to inspect",
                              "全部为已查验记录，不能代表未被选查的记录"),
        "inspected_only": Text("judged on the lines that were inspected, which were chosen, not drawn",
                               "仅按已查验记录评判，而其为选定而非随机抽取"),
    }[study.basis]  # fmt: skip
    en = (
        f"{number(len(study.judged))} lines from {study.start.date()} on, {where.en}. The 95 % interval is {low[0]} to "
        f"{high[0]}; {prevalence[0]} of the lines hold a finding, so the ceiling is {top[0]}."
    )
    zh = (
        f"评判期自{study.start.date()}起共{number(len(study.judged))}条，{where.zh}。95%区间为{low[1]}至{high[1]}；"
        f"其中{prevalence[1]}可查获，有效率上限为{top[1]}。"
    )
    if study.audit.flagged:
        copied = both(study.audit.copied_share, 0)
        if study.purged:
            en += f" {copied[0]} of them are copies of training lines: those were taken out first."
            zh += f"其中{copied[1]}与训练记录重复，已先剔除，上述数字为剔除后的结果。"
        else:
            en += f" {copied[0]} of them are copies of training lines that were NOT taken out: the figure flatters."
            zh += f"其中{copied[1]}与训练记录重复且未剔除，上述数字偏高。"
    if cause.en:
        en, zh = f"{en}{cause.en}.", f"{zh}{cause.zh}。"
    return Text(en, zh)


def tiles(study: Study) -> list[Tile]:
    """Hit rate, share of tax reached, lines selected, prevalence with ceiling."""
    row = study.at("blend", study.selected_rate)
    chance = row["precision"] / study.prevalence if study.prevalence else float("nan")
    tone = {"met": "good", "not_met": "bad", "watch": "watch"}.get(verdict(study).status, "neutral")
    chosen = study.targeting["selected"].sum()
    random = (study.targeting["stream"] == "random").sum()
    result = [
        Tile(
            Text("Hit rate", "布控有效率"),
            Text(*both(row["precision"])),
            Text(f"at {both(study.selected_rate, 0)[0]} selected", f"布控{both(study.selected_rate, 0)[1]}"),
            Text(f"{number(chance, 1)} times chance", f"为随机的{number(chance, 1)}倍"),
            tone,  # type: ignore[arg-type]
        ),
        Tile(
            Text("Findings reached", "查获覆盖"),
            Text(*both(row["recall"], 0)),
            Text("of all findings", "占全部可查获"),
            Text(f"ceiling of the hit rate {both(study.ceiling, 0)[0]}", f"有效率上限{both(study.ceiling, 0)[1]}"),
        ),
        Tile(
            Text("Lines selected", "布控记录"),
            number(chosen),
            Text(f"of {number(len(study.targeting))}", f"共{number(len(study.targeting))}条"),
            Text(f"{number(random)} of them drawn at random", f"其中随机抽取{number(random)}条"),
        ),
    ]
    if study.table["recovered_share"].notna().any():
        mixture = study.at("blend, mixture", study.selected_rate)
        result.insert(2, Tile(
            Text("Tax reached", "税款覆盖"),
            Text(*both(mixture["recovered_share"], 0)),
            Text("of the tax at stake", "占涉税总额"),
            Text(f"ranked by risk and tax, hit rate {both(mixture['precision'])[0]}",
                 f"兼顾风险与税额排序，有效率{both(mixture['precision'])[1]}"),
        ))  # fmt: skip
    else:
        agreement = both(study.audit.agreement, 0)
        result.insert(2, Tile(
            Text("Copies in training", "训练集重复"),
            Text(*both(study.audit.copied_share, 0)),
            Text("of the lines judged", "占评判记录"),
            Text(f"same label in {agreement[0]}", f"标签一致{agreement[1]}"),
            "watch" if study.audit.flagged else "neutral",
        ))  # fmt: skip
    return result


def hit_rate_title(study: Study) -> Text:
    """Finding of the first figure."""
    rules, own = (study.at(s, study.selected_rate)["precision"] for s in ("expert rules", "blend"))
    if own > rules > 0:
        return Text(
            f"The model finds {number(own / rules, 1)} times as much as expert rules at the same effort",
            f"同等布控力度下，模型的查获为专家规则的{number(own / rules, 1)}倍",
        )
    return Text("The model does not beat expert rules here", "模型在此未优于专家规则")


def hit_rate_alt(study: Study) -> Text:
    """Text alternative of the first figure."""
    parts = [(both(s, 0), both(study.at("blend", s)["precision"], 0)) for s in (0.01, 0.04, 0.10)]
    return Text(
        "Hit rate by share selected: " + ", ".join(f"{p[0]} at {s[0]}" for s, p in parts) + "; the ceiling falls as "
        "more is selected; expert rules and chance lie below.",
        "查获率随布控比例变化："
        + "，".join(f"布控{s[1]}时{p[1]}" for s, p in parts)
        + "；上限随比例上升而下降；专家规则与随机在其下。",
    )


def audit_title(study: Study) -> Text:
    """Finding of the leak audit."""
    copied, agreement = both(study.audit.copied_share, 0), both(study.audit.agreement, 0)
    if study.audit.flagged:
        return Text(
            f"Leak: {copied[0]} of the judged lines stand in training already, with the same label in {agreement[0]}",
            f"数据泄漏：{copied[1]}的评判记录已出现在训练集中，其中{agreement[1]}标签相同",
        )
    return Text(
        f"No leak: {copied[0]} of the judged lines have a copy in training, and copies do not give the label away",
        f"未见泄漏：{copied[1]}的评判记录在训练集中有重复，且重复记录不泄露标签",
    )


def audit_lead(study: Study) -> Text:
    """What the audit means for the figures on the page."""
    look = both(study.audit.lookup_precision, 0)
    if not study.audit.flagged:
        return Text(
            "Every judged line was looked up among the training lines by code, origin, duty rate and net mass.",
            "按税号、原产地、税率和净重，将每条评判记录与训练记录逐一比对。",
        )
    done = Text("Copies were removed from training before fitting.", "拟合前已从训练集中剔除重复记录。")
    if not study.purged:
        done = Text("Copies were kept, as the parameter purge asked.", "按参数要求未剔除重复记录。")
    return Text(
        f"A mere look-up of copies would score a hit rate of {look[0]} at 4 %: such a figure says nothing about new "
        f"lines. {done.en} The verdict rests on what is left.",
        f"仅查找重复记录即可在4%布控下得到{look[1]}的查获率，这对新记录毫无意义。{done.zh}结论以此后的数字为准。",
    )


def watch(s: Study) -> list[Text]:
    """What a reader of the page must keep in mind."""
    r = s.rate
    items = [
        Text(
            f"Inspections had a finding in {both(r.naive)[0]} of cases; the estimate for all lines is "
            f"{both(r.value)[0]} ({both(r.low)[0]} to {both(r.high)[0]}), by "
            f"{number(r.random_lines)} random lines.",
            f"查验查获率为{both(r.naive)[1]}；"
            f"推算全部记录为{both(r.value)[1]}（{both(r.low)[1]}至{both(r.high)[1]}），"
            f"依据随机抽查{number(r.random_lines)}条。",
        )
    ]
    if s.basis == "all_inspected":
        items = [Text(
            "The data hold inspected lines only: rates describe what was inspected, not all trade.",
            "数据仅含已查验记录：各比率描述被查验部分，而非全部贸易。",
        )]  # fmt: skip
    if s.ceiling < 0.25:
        items.append(Text(
            f"With {both(s.prevalence)[0]} of lines holding a finding, no ranking reaches 25 % at "
            f"{both(s.selected_rate, 0)[0]}: select fewer lines or judge by tax reached.",
            f"可查获比例仅{both(s.prevalence)[1]}，布控{both(s.selected_rate, 0)[1]}时任何排序均达不到25%："
            "宜减少布控或按税款覆盖评价。",
        ))  # fmt: skip
    if s.model.recovery.proxy:
        items.append(Text(
            "No recovered amounts are known: expected recovery is the probability times the declared tax or value.",
            "无追补税额数据：期望追补按概率乘以申报税额或货值计。",
        ))  # fmt: skip
    return items
