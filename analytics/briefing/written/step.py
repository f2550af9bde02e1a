"""The next step that a page proposes where its pillar names none: what follows from verdict and leads, for whom."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.briefing.look.templates import element
from analytics.briefing.look.wording import said
from analytics.briefing.page import Page
from analytics.briefing.parts import Lead, Verdict
from analytics.language import Text, told

TITLE = Text("Proposed next step", "下一步建议")
_WHAT = {
    "met": Text(
        "File this briefing, and run it again when the next period is in.",
        "本简报存档，下期数据到齐后再次运行。",
    ),
    "not_met": Text(
        "Say what lies behind the gap to the target, and agree on what is to be done until the next briefing.",
        "查明与目标差距的原因，并商定下期简报前的措施。",
    ),
    "watch": Text(
        "Look at what is in doubt, and run it again when the next period is in.",
        "查看尚存疑问之处，下期数据到齐后再次运行。",
    ),
    "insufficient": Text(
        "Bring the data that are missing (see the data notes), and run it again.",
        "补齐所缺数据（见数据说明）后再次运行。",
    ),
}
_VERIFY = Text(
    "Verify the leads that are listed ({n}), the first ones first, and enter what came of each as an outcome.",
    "按顺序核查所列线索（{n}条），并逐条录入核查结果。",
)


def propose(page: Page, verdict: Verdict, leads: Sequence[Lead] | None) -> None:
    """Show the next step, where the page has shown none and its schema says who takes it (x-owner).

    Parameters
    ----------
    page : Page
    verdict : Verdict
    leads : as `finish` is given them
    """
    shown = {facts.get("title") for facts in (o["metadata"]["briefing"] for o in page.outputs)}
    if page.owner is None or shown & {TITLE.en, TITLE.zh}:
        return
    what = told(*_VERIFY, n=len(leads)) if leads else _WHAT[verdict.status]
    who = Text(page.owner["en"], page.owner["zh"])
    item = page.tell(told("{what} Owner: {who}.", "{what}责任单位：{who}。", what=what, who=who))
    title = said(TITLE, page.language)
    content = element("bullets", page.language, title=TITLE, items=[item])
    page.show("bullets", content, f"{title}\n- {said(item, page.language)}", title=title, short=title)
