"""The head of the risk page: verdict, tiles, and what to watch; every sentence is computed, in both languages."""

from __future__ import annotations

from analytics import targets
from analytics.briefing import Fold, Headline, Points, Tile, Verdict
from analytics.language import Text, number
from analytics.smuggling.inquiry.study import Study
from analytics.smuggling.page.model_card import model_card
from analytics.smuggling.page.words import both

TARGET = "risk_control_effectiveness"


def headline(study: Study, place: Text) -> Headline:
    """Verdict and tiles, with the place and the periods above them."""
    first, last = study.model.trained_from.date(), study.model.trained_to.date()
    kicker = Text(
        f"{place.en} · trained {first} to {last} · judged from {study.start.date()}",
        f"{place.zh} · 训练{first}至{last} · 自{study.start.date()}起评判",
    )
    return Headline(verdict(study), tuple(tiles(study)), kicker)


def verdict(study: Study) -> Verdict:
    """Hit rate at the selected share against the plan's 25 %, judged with its interval."""
    row = study.at("blend", study.question.rate)
    value, low, high = (100 * float(row[c]) for c in ("precision", "low95", "high95"))
    status = targets.judge(TARGET, value, low, high)
    if study.answers.basis != "truth":  # outcomes of inspected lines alone cannot say what the rest would have shown
        status = "insufficient"
    rate, hit = both(study.question.rate, 0), both(row["precision"])
    comparison = {
        "met": Text("above the plan's 25 %", "高于规划的25%"),
        "not_met": Text("below the plan's 25 %", "低于规划的25%"),
        "watch": Text("against the plan's 25 %, not yet certain", "对照规划的25%，尚不确定"),
        "insufficient": Text("among inspected lines only", "仅限已查验记录"),
    }[status]
    text = Text(
        f"Selecting {rate.en} of lines finds a case in {hit.en} of them, {comparison.en}",
        f"按{rate.zh}比例布控，有效率为{hit.zh}，{comparison.zh}",
    )
    badge = Text(f"Hit rate {hit.en} at {rate.en}, plan 25 %", f"布控{rate.zh}时有效率{hit.zh}，规划25%")
    return Verdict(TARGET, status, value, low, high, text, _lead(study), badge)


def _lead(study: Study) -> Text:
    row, answers = study.at("blend", study.question.rate), study.answers
    low, high = both(row["low95"], 0), both(row["high95"], 0)
    prevalence, top = both(answers.prevalence), both(study.ceiling, 0)
    where = {
        "truth": Text("judged against the simulation's truth", "以模拟真值评判"),
        "all_inspected": Text("all of them inspected, so this says nothing of lines that nobody chose to inspect",
                              "全部为已查验记录，不能代表未被选查的记录"),
        "inspected_only": Text("judged on the lines that were inspected, which were chosen, not drawn",
                               "仅按已查验记录评判，而其为选定而非随机抽取"),
    }[answers.basis]  # fmt: skip
    en = (
        f"{number(len(answers.at))} lines from {study.start.date()} on, {where.en}. The 95 % interval is {low.en} to "
        f"{high.en}; {prevalence.en} of the lines hold a finding, so the ceiling is {top.en}."
    )
    zh = (
        f"评判期自{study.start.date()}起共{number(len(answers.at))}条，{where.zh}。95%区间为{low.zh}至{high.zh}；"
        f"其中{prevalence.zh}可查获，有效率上限为{top.zh}。"
    )
    if study.audit.flagged:
        copied = both(study.audit.copied_share, 0)
        if study.purged:
            en += f" {copied.en} of them are copies of training lines: those were taken out first."
            zh += f"其中{copied.zh}与训练记录重复，已先剔除，上述数字为剔除后的结果。"
        else:
            en += f" {copied.en} of them are copies of training lines that were NOT taken out: the figure flatters."
            zh += f"其中{copied.zh}与训练记录重复且未剔除，上述数字偏高。"
    if 100 * study.ceiling < 25:
        en, zh = f"{en} No ranking could reach 25 % here.", f"{zh}任何排序在此均无法达到25%。"
    return Text(en, zh)


def tiles(study: Study) -> list[Tile]:
    """Hit rate, share of findings and of tax reached, lines selected."""
    row, rate, top = study.at("blend", study.question.rate), both(study.question.rate, 0), both(study.ceiling, 0)
    chance = row["precision"] / study.answers.prevalence if study.answers.prevalence else float("nan")
    tone = {"met": "good", "not_met": "bad", "watch": "watch"}.get(verdict(study).status, "neutral")
    chosen, random = study.targeting["selected"].sum(), (study.targeting["stream"] == "random").sum()
    return [
        Tile(
            Text("Hit rate", "布控有效率"),
            both(row["precision"]),
            Text(f"at {rate.en} selected", f"布控{rate.zh}"),
            Text(f"{number(chance, 1)} times chance", f"为随机的{number(chance, 1)}倍"),
            tone,  # type: ignore[arg-type]
        ),
        Tile(
            Text("Findings reached", "查获覆盖"),
            both(row["recall"], 0),
            Text("of all findings", "占全部可查获"),
            Text(f"ceiling of the hit rate {top.en}", f"有效率上限{top.zh}"),
        ),
        _tax_or_copies(study),
        Tile(
            Text("Lines selected", "布控记录"),
            number(chosen),
            Text(f"of {number(len(study.targeting))}", f"共{number(len(study.targeting))}条"),
            Text(f"{number(random)} of them drawn at random", f"其中随机抽取{number(random)}条"),
        ),
    ]


def _tax_or_copies(study: Study) -> Tile:
    """Tax reached where amounts are known, else what the leak audit saw."""
    if study.answers.amount is not None:
        mixture = study.at("blend, mixture", study.question.rate)
        hit = both(mixture["precision"])
        return Tile(
            Text("Tax reached", "税款覆盖"),
            both(mixture["recovered_share"], 0),
            Text("of the tax at stake", "占涉税总额"),
            Text(f"ranked by risk and tax, hit rate {hit.en}", f"兼顾风险与税额排序，有效率{hit.zh}"),
        )
    agreement = both(study.audit.agreement, 0)
    return Tile(
        Text("Copies in training", "训练集重复"),
        both(study.audit.copied_share, 0),
        Text("of the lines judged", "占评判记录"),
        Text(f"same label in {agreement.en}", f"标签一致{agreement.zh}"),
        "watch" if study.audit.flagged else "neutral",
    )


def watch(study: Study) -> Points:
    """What a reader of the page must keep in mind."""
    r, prevalence, rate = study.rate, both(study.answers.prevalence), both(study.question.rate, 0)
    naive, value, low, high = (both(x) for x in (r.naive, r.value, r.low, r.high))
    items = [
        Text(
            f"Inspections had a finding in {naive.en} of cases; the estimate for all lines is "
            f"{value.en} ({low.en} to {high.en}), by {number(r.random_lines)} random lines.",
            f"查验查获率为{naive.zh}；推算全部记录为{value.zh}（{low.zh}至{high.zh}），"
            f"依据随机抽查{number(r.random_lines)}条。",
        )
    ]
    if study.answers.basis == "all_inspected":
        items = [Text(
            "The data hold inspected lines only: rates describe what was inspected, not all trade.",
            "数据仅含已查验记录：各比率描述被查验部分，而非全部贸易。",
        )]  # fmt: skip
    if study.ceiling < 0.25:
        items.append(Text(
            f"With {prevalence.en} of lines holding a finding, no ranking reaches 25 % at "
            f"{rate.en}: select fewer lines or judge by tax reached.",
            f"可查获比例仅{prevalence.zh}，布控{rate.zh}时任何排序均达不到25%：宜减少布控或按税款覆盖评价。",
        ))  # fmt: skip
    if study.model.recovery.proxy_:
        items.append(Text(
            "No recovered amounts are known: expected recovery is the probability times the declared tax or value.",
            "无追补税额数据：期望追补按概率乘以申报税额或货值计。",
        ))  # fmt: skip
    return Points(Text("What to watch", "关注点"), tuple(items))


def method(study: Study) -> Fold:
    """Model card and method, folded away."""
    return Fold(Text("Method and model card", "方法与模型卡"), tuple(model_card(study.model)))
