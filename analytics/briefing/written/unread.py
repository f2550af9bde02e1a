"""A verdict beside what was read: rows set aside for faults are in no figure; over many of them nothing is "met"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from analytics.briefing.parts import Verdict
from analytics.language import Text, both, joined, told
from analytics.tables.contract.accounting import POOR
from analytics.tables.contract.contracts import contract


def heeded(verdict: Verdict, inputs: Sequence[Any]) -> Verdict:
    """Return a verdict that knows how much of its inputs was not read.

    Where more than a twentieth of the rows of an input was set aside for faults, the lead says so, and what would be
    met is open: nobody knows what those rows hold.

    Parameters
    ----------
    verdict : as the pillar judged what was read
    inputs : tables.Table as accounted for on the page
    """
    poor = [(table.name, table.accounting.faulty_share) for table in inputs if table.accounting.faulty_share > POOR]
    if not poor:
        return verdict
    lead = joined([verdict.lead, *(_sentence(name, share) for name, share in poor)])
    if verdict.status != "met":
        return replace(verdict, lead=lead)
    badge = told("Open: {share} of the rows not read", "待定：{share}的行未能读取", share=both.percent(poor[0][1], 0))
    text = told("Of what could be read: {text}", "仅就已读取部分：{text}", text=verdict.text)
    return replace(verdict, text=text, lead=lead, status="watch", badge=badge, outlook=None)


def _sentence(name: str, share: float) -> Text:
    return told(
        "{share} of the rows of {table} were set aside for faults: what they hold is in no figure here.",
        "{table}有{share}的行因差错剔除，其内容未计入任何数字。",
        share=both.percent(share, 0),
        table=Text(name, contract(name).title.zh),
    )
