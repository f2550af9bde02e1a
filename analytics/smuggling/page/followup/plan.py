"""The page of the audit plan: whom to audit, what it may bring and cost, trusted traders, classes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics import targets
from analytics.briefing import (
    Column,
    Fold,
    Headline,
    Lead,
    Listing,
    Part,
    Points,
    Section,
    Tile,
    Verdict,
    cells,
    present,
)
from analytics.language import Text, day, number
from analytics.smuggling.followup.plan import AuditPlan
from analytics.smuggling.followup.promise import Range
from analytics.smuggling.page.followup.classes import classes, trusted
from analytics.smuggling.page.followup.links import links
from analytics.smuggling.page.words import both

TARGET = "followup_effectiveness"
UNKNOWN = Text("not known", "未知")
WHY = {"stake": Text("tax at stake", "涉税金额"), "coverage": Text("coverage of business", "业务覆盖面")}


def _money(x: float) -> str:
    return number(x / 10_000, 0 if abs(x) >= 1e6 else 1)


def _span(r: Range) -> Text:
    low, high = both(r.low, 0), both(r.high, 0)
    return Text(f"{low.en} to {high.en}", f"{low.zh}至{high.zh}")


def verdict(plan: AuditPlan) -> Verdict:
    """Expected effectiveness against the plan's 20 %: a promise is watched, never met before audits are closed."""
    e = plan.promise.effective
    n, of, share = (
        number(int(plan.firms["planned"].sum())),
        number(len(plan.firms)),
        both(plan.stake_covered, 0),
    )
    text = Text(
        f"Auditing {n} of {of} enterprises looks at {share.en} of the tax expected at stake",
        f"稽查{of}家企业中的{n}家，可覆盖预期涉税金额的{share.zh}",
    )
    if np.isnan(e.value):
        lead = Text(
            f"What audits bring cannot be promised: {number(plan.promise.closed)} closed audits with "
            f"{number(plan.promise.findings)} findings are too few to learn from, or none were given.",
            f"无法预计稽查成效：已办结稽查{number(plan.promise.closed)}项、"
            f"有效{number(plan.promise.findings)}项，数量过少或未提供。",
        )
        badge = Text("Effectiveness not known, plan 20 %", "有效率未知，规划20%")
        return Verdict(TARGET, "insufficient", None, None, None, text, lead, badge)
    value, span = both(e.value, 0), _span(e)
    judged = targets.judge(TARGET, 100 * e.value, 100 * e.low, 100 * e.high)
    closed = number(plan.promise.closed)
    lead = Text(
        f"About {value.en} of these audits are expected to find something ({span.en}), as {closed} closed audits tell; "
        "the plan asks for 20 %. It is a promise until they are closed.",
        f"据已办结稽查{closed}项推算，预计有效率约{value.zh}（{span.zh}），规划要求20%。办结之前仅为预计。",
    )
    badge = Text(f"Expected effectiveness {value.en}, plan 20 %", f"预计有效率{value.zh}，规划20%")
    status = "watch" if judged == "met" else judged
    return Verdict(TARGET, status, 100 * e.value, 100 * e.low, 100 * e.high, text, lead, badge)


def _headline(plan: AuditPlan, place: Text) -> Headline:
    q, p = plan.question, plan.promise
    kicker = Text(
        f"{place.en} · lines of {day(plan.first)} to {day(plan.last)}",
        f"{place.zh} · {day(plan.first, 'zh')}至{day(plan.last, 'zh')}的申报",
    )
    low, high = _money(p.recovery.low), _money(p.recovery.high)
    known = not np.isnan(p.recovery.value)
    tiles = (
        Tile(Text("Enterprises", "企业覆盖"), both(plan.enterprises_covered), Text(
            f"wanted {both(q.enterprise_coverage, 0).en}", f"要求{both(q.enterprise_coverage, 0).zh}")),
        Tile(Text("Business by value", "业务覆盖（货值）"), both(plan.value_covered, 0), Text(
            f"wanted {both(q.business_coverage, 0).en}", f"要求{both(q.business_coverage, 0).zh}"),
            None if plan.value_covered >= q.business_coverage else Text("short of it", "未达到"),
            "neutral" if plan.value_covered >= q.business_coverage else "bad"),
        Tile(Text(
            "Expected recovery", "预计追补税款"), Text(f"{low} to {high}", f"{low}至{high}") if known else UNKNOWN,
             Text("ten thousand, in the currency declared", "万元（申报币种）")),
        Tile(Text("Hours of work", "预计工时"), UNKNOWN if np.isnan(p.hours.value) else number(p.hours.value),
             Text("as closed audits took", "按已办结稽查推算")),
    )  # fmt: skip
    return Headline(verdict(plan), tiles, kicker)


def _list(plan: AuditPlan, rows: int) -> Section:
    chosen = plan.firms[plan.firms["planned"]].reset_index()
    frame = chosen.assign(
        reason=cells(WHY[w] for w in chosen["why"]),
        stake=chosen["at_stake"] / 1e4,
        expected=chosen["expected_findings"],
        given=chosen["category"].replace("", "—"),
    )
    columns = (
        Column("enterprise_id", Text("Enterprise (masked)", "企业（已脱敏）")),
        Column("given", Text("Class as given", "信用等级（原样）")),
        Column("lines", Text("Lines", "记录数"), "number"),
        Column("expected", Text("Lines with a finding, expected", "预期有问题记录"), "number", digits=1),
        Column("stake", Text("Tax at stake (ten thousand)", "预期涉税（万元）"), "number", digits=1),
        Column("share_of_stake", Text("Of all at stake", "占全部"), "percent"),
        Column("reason", Text("Planned for", "列入原因")),
    )
    finding = Text(f"{number(len(chosen))} enterprises: suggest verification", f"{number(len(chosen))}家企业，建议核查")
    lead = Text(
        "Ranked by the tax expected at stake on lines that nobody has inspected, pooled over each enterprise.",
        "按未经查验记录的预期涉税金额排序，风险概率按企业汇总修正。",
    )
    caption = Text("Enterprises to be audited", "拟稽查企业")
    return Section(
        finding, Text("Audit plan", "稽查计划"), (Listing("audit_plan", caption, frame, columns, rows=rows),), lead
    )


def leads(plan: AuditPlan) -> list[Lead]:
    """Enterprises to be audited, most tax at stake first, for the board."""
    chosen = plan.firms[plan.firms["planned"]].sort_values("at_stake", ascending=False, kind="stable")
    made = []
    for row in chosen.reset_index().to_dict("records"):
        stake, share, why = row["at_stake"], both(row["share_of_stake"]), WHY[row["why"]]
        made.append(Lead(Text(
            f"Enterprise {row['enterprise_id']}: audit proposed for {why.en}; tax of {number(stake / 1e3)} thousand at "
            f"stake ({share.en} of all)",
            f"企业{row['enterprise_id']}：建议稽查（{why.zh}）；预期涉税{_money(stake)}万元，占全部{share.zh}",
        )))  # fmt: skip
    return made


def exhibits(plan: AuditPlan, place: Text, rows: int = 12) -> dict[str, Part]:
    """All parts of the page by name, in order."""
    return present(
        headline=_headline(plan, place),
        plan=_list(plan, rows),
        trusted=trusted(plan),
        classes=classes(plan, rows),
        links=links(plan.rings, rows),
        watch=_watch(plan),
        method=_method(plan),
    )


def _watch(plan: AuditPlan) -> Points:
    items = [Text(
        "Tax at stake is what inspectors would find. What they miss is not in "
        "it.", "涉税金额以查验所能发现者为限，遗漏部分未计入。"
    )]  # fmt: skip
    if plan.leaks.sources:
        names = ", ".join(plan.leaks.sources)
        items.append(Text(f"Columns that tell outcomes were left out: {names}.", f"已剔除泄露结果的字段：{names}。"))
    if plan.model.design is not None and not plan.model.design.speaks_for_all:
        items.append(Text(
            "Nothing was drawn at random: the order of enterprises can be used, the amounts are of inspected "
            "trade only.",
            "无随机抽查：企业排序可用，金额仅代表被查验贸易。",
        ))  # fmt: skip
    return Points(Text("What to watch", "关注点"), tuple(items))


def _method(plan: AuditPlan) -> Fold:
    m = plan.model
    return Fold(Text("Method", "方法"), (Text(
        f"Risks by a model fitted on {number(m.labelled)} inspected lines ({number(m.findings)} findings) of "
        f"{number(m.lines)}, pooled over each enterprise by its other lines and its findings against expectation. The "
        "promise draws closed audits again by chance: findings by what was expected of the enterprise, tax by "
        "what was at stake.",
        f"以{number(m.lines)}条中{number(m.labelled)}条已查验记录（查获{number(m.findings)}条）拟合，再按企业其他记录及"
        "查获与预期之比修正。成效预计以已办结稽查自助抽样：有效与否取决于预期问题数，税款取决于涉税金额。",
    ),))  # fmt: skip


def key_figures(plan: AuditPlan) -> dict[str, float]:
    """Key figures for result.json."""
    p = plan.promise
    return {
        "planned": float(plan.firms["planned"].sum()), "enterprises": float(len(plan.firms)),
        "enterprises_covered": plan.enterprises_covered, "value_covered": plan.value_covered,
        "stake_covered": plan.stake_covered, "effectiveness": p.effective.value,
        "recovery": p.recovery.value, "recovery_low95": p.recovery.low, "recovery_high95": p.recovery.high,
        "hours": p.hours.value, "closed_audits": float(p.closed),
    }  # fmt: skip


def tables(plan: AuditPlan) -> dict[str, pd.DataFrame]:
    """Tables that other programs read."""
    made = {"audit_plan": plan.firms.reset_index(), "class_facts": plan.facts.reset_index()}
    if plan.rings is not None:
        made |= {"ring_members": plan.rings.members, "successors": plan.rings.successors}
    return made
