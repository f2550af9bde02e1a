"""Rings of enterprises on the page of the audit plan."""

from __future__ import annotations

from analytics.briefing import Column, Listing, Section, cells
from analytics.language import Text, number
from analytics.smuggling.links.rings import Rings

SHARED = {
    "address": Text("address", "地址"),
    "phone": Text("telephone", "电话"),
    "legal_person": Text("legal person", "法定代表人"),
}


def _shared(kinds: str) -> Text:
    named = [SHARED[k] for k in kinds.split()]
    return Text(", ".join(n.en for n in named), "、".join(n.zh for n in named))


def links(found: Rings | None, rows: int) -> Section | None:
    """Groups that share what few share; None where no identifier is given."""
    if found is None or not found.told:
        return None
    n, count = number(len(found.rings)), number(len(found.successors))
    finding = Text("No group of enterprises shares more than buildings explain", "未见企业共用联系信息异常")
    groups = "group" if len(found.rings) == 1 else "groups"
    if len(found.rings):
        finding = Text(
            f"{n} {groups} of enterprises with address, telephone or legal person in common: suggest verification",
            f"{n}组企业共用地址、电话或法定代表人，建议核查",
        )
    looked = _shared(" ".join(found.told))
    lead = Text(
        f"Looked at: {looked.en}. A link is a reason to ask. {count} enterprises were registered after a linked one "
        "had been found.",
        f"比对项目：{looked.zh}。关联仅为核查依据。{count}家企业在其关联企业被查获之后注册。",
    )
    members = found.members.groupby("ring", sort=False)["enterprise_id"].agg(", ".join)
    frame = found.rings.assign(
        who=found.rings["ring"].map(members), by=cells(_shared(s) for s in found.rings["shared"])
    )
    columns = (
        Column("ring", Text("Group", "组")),
        Column("members", Text("Enterprises", "企业数"), "number"),
        Column("by", Text("Shared", "共用")),
        Column("findings", Text("Findings", "查获"), "number"),
        Column("expected_findings", Text("Expected", "预期"), "number", digits=1),
        Column("who", Text("Enterprises (masked)", "企业（已脱敏）")),
    )
    listing = Listing("rings", Text("Linked enterprises", "关联企业"), frame, columns, rows=rows)
    return Section(finding, Text("Links", "关联"), (listing,), lead)
