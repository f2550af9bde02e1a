"""Trusted traders and legal classes on the page of the audit plan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.briefing import Column, Listing, Section, cells
from analytics.language import Text, number
from analytics.smuggling.followup.classes import order_on
from analytics.smuggling.followup.plan import AuditPlan
from analytics.smuggling.page.words import both


def trusted(plan: AuditPlan) -> Section | None:
    """Whether those who are spared deserve it; None where no class is given."""
    t = plan.trusted
    if t is None:
        return None
    rate, others = both(t.rate), both(t.others)
    told = {
        "deserved": Text(
            "are found less often than others: sparing them is deserved", "查获率低于其他企业，免于稽查有据"
        ),
        "not deserved": Text("are found no less often than others", "查获率并不低于其他企业"),
        "by choice": Text(
            "were found less often on lines chosen for inspection, which says nothing of their other lines",
            "在布控查验的记录中查获率较低，但不能据此推及其余记录",
        ),
        "not told": Text("cannot be told from others by what was found", "与其他企业的查获率尚无法区分"),
        "too few": Text("were inspected too seldom to tell whether they deserve it", "查验过少，无法判断是否应予免查"),
    }[t.verdict]
    spared = plan.question.spare_trusted
    finding = Text(f"Trusted traders {told.en}", f"认证（A类以上）企业{told.zh}")
    stream = Text("lines drawn at random", "随机抽查记录") if t.by_random else Text("inspected lines", "已查验记录")
    lead = Text(
        f"{number(t.findings)} findings in {number(t.inspected)} {stream.en} of theirs ({rate.en}), against "
        f"{others.en} of "
        f"others'. They hold {both(t.share_of_lines, 0).en} of the lines and {both(t.share_of_stake, 0).en} of the tax "
        f"expected at stake, and are {'spared' if spared else 'not spared'} here.",
        f"其{stream.zh}{number(t.inspected)}条，查获{number(t.findings)}条（{rate.zh}），其他企业为{others.zh}。"
        f"占记录{both(t.share_of_lines, 0).zh}、预期涉税{both(t.share_of_stake, 0).zh}，"
        f"本计划{'予以免除' if spared else '未予免除'}。",
    )
    frame = pd.DataFrame({
        "name": cells((Text("trusted", "认证企业"), Text("others", "其他企业"))),
        "inspected": [t.inspected, t.others_inspected], "findings": [t.findings, t.others_findings],
        "rate": [t.rate, t.others], "low": [t.low, np.nan], "high": [t.high if np.isfinite(t.high) else np.nan, np.nan],
    })  # fmt: skip
    columns = (
        Column("name", Text("Enterprises", "企业")),
        Column("inspected", Text("Lines inspected", "查验记录"), "number"),
        Column("findings", Text("Findings", "查获"), "number"),
        Column("rate", Text("Rate", "查获率"), "percent"),
        Column("low", Text("Ratio to others, low", "与其他之比下限"), "number", digits=2),
        Column("high", Text("high", "上限"), "number", digits=2),
    )
    caption = Text("Trusted traders and others", "认证企业与其他企业")
    listing = Listing("trusted_traders", caption, frame, columns)
    return Section(finding, Text("Trusted traders", "认证企业"), (listing,), lead)


def classes(plan: AuditPlan, rows: int) -> Section:
    """Classes as given against the order in force, and the facts that the data hold."""
    order, f = order_on(plan.last), plan.facts.reset_index()
    strange = f[~f["known"]]
    finding = Text(f"Classes as given exist under {order.name}", f"所列等级均见于{order.name}")
    if len(strange):
        finding = Text(
            f"{number(len(strange))} enterprises carry a class that {order.name} does not know",
            f"{number(len(strange))}家企业所列等级不见于{order.name}",
        )
    if (f["category"] == "").all():
        finding = Text("No classes were given", "未提供信用等级")
    frame = pd.concat(
        [strange, f[f["known"] & (f["with_finding"] > 0)].nlargest(200, "with_finding")], ignore_index=True
    )
    frame = frame.assign(given=frame["category"].replace("", "—"), recovered=frame["recovered"] / 1e4)
    columns = (
        Column("enterprise_id", Text("Enterprise (masked)", "企业（已脱敏）")),
        Column("given", Text("Class as given", "信用等级（原样）")),
        Column("declarations", Text("Declarations in a year", "一年内报关单"), "number"),
        Column("inspected", Text("Inspected", "已查验"), "number"),
        Column("with_finding", Text("With a finding", "有查获"), "number"),
        Column("recovered", Text("Recovered (ten thousand)", "追补（万元）"), "number", digits=1),
    )
    lead = Text(
        "Classes are given on facts of law. The data hold the findings below; offences, fines, arrears, error rates as "
        "the orders count them and validation audits are in other systems.",
        "信用等级依法定事实认定。数据仅含下列查获情况；处罚、欠税、法定差错率和认证结论须查其他系统。",
    )
    caption = Text("Facts that the data hold, most findings first", "数据所含事实（查获多者在前）")
    return Section(
        finding, Text("Classes", "企业等级"), (Listing("class_facts", caption, frame, columns, rows=rows),), lead
    )
