"""What the page of a risk selection shows and says: functions that take a study and return exhibits.

    briefing.show(page.headline(study, place), page.hit_rate(study))

Parts that need outcomes are None for a selection by rules.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from analytics.briefing import Part, present
from analytics.language import Text
from analytics.smuggling.inquiry.study import Study
from analytics.smuggling.inquiry.unlabelled import RuleStudy
from analytics.smuggling.page import by_rules, cautions, followup, leaks, performance, selected, trust, written
from analytics.smuggling.page import headline as head
from analytics.smuggling.page.followup import exploring


def _either(of_model: Callable[..., Any], of_rules: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """The exhibit of a study, and its counterpart of a selection by rules: None where there is none."""

    @wraps(of_model)
    def shown(study: Study | RuleStudy, *given: Any) -> Any:
        if isinstance(study, RuleStudy):
            return of_rules(study, *given) if of_rules else None
        return of_model(study, *given)

    return shown


headline = _either(head.headline, by_rules.headline)
verdict = _either(head.verdict, by_rules.verdict)
leads = _either(selected.leads, by_rules.leads)
for_board = _either(selected.for_board, by_rules.for_board)
watch = _either(cautions.watch, by_rules.watch)
method = _either(cautions.method, by_rules.method)
key_figures = _either(written.key_figures, by_rules.key_figures)
tables = _either(written.tables, by_rules.tables)
hit_rate, strategies, weekly = map(_either, (performance.hit_rate, performance.strategies, performance.weekly))
share_inspected = _either(performance.share_inspected)
calibration, drift = map(_either, (trust.calibration, trust.drift))
enterprises, indicators = _either(selected.enterprises), _either(selected.indicators)
exploration = _either(exploring.exploration)
leak_audit, leaking = map(_either, (leaks.leak_audit, leaks.leaking))


def exhibits(study: Study | RuleStudy) -> dict[str, Part]:
    """All parts of the page by name, in the page's order; those that the study cannot show are left out."""
    return present(
        headline=headline(study, Text("here", "本地")),
        hit_rate=hit_rate(study),
        share_inspected=share_inspected(study),
        strategies=strategies(study),
        weekly=weekly(study),
        exploration=exploration(study),
        calibration=calibration(study),
        leak_audit=leak_audit(study),
        leads=leads(study),
        enterprises=enterprises(study),
        indicators=indicators(study),
        drift=drift(study),
        watch=watch(study),
        method=method(study),
    )


__all__ = [
    "calibration",
    "drift",
    "enterprises",
    "exhibits",
    "exploration",
    "followup",
    "for_board",
    "headline",
    "hit_rate",
    "indicators",
    "key_figures",
    "leads",
    "leak_audit",
    "leaking",
    "method",
    "share_inspected",
    "strategies",
    "tables",
    "verdict",
    "watch",
    "weekly",
]
