"""What the page of a risk selection shows and says: functions that take a study and return exhibits.

briefing.show(page.headline(study, place), page.hit_rate(study))
"""

from __future__ import annotations

from analytics.briefing import Part
from analytics.language import Text
from analytics.smuggling.inquiry.study import Study
from analytics.smuggling.page.cautions import method, watch
from analytics.smuggling.page.headline import headline, verdict
from analytics.smuggling.page.leaks import leak_audit, leaking
from analytics.smuggling.page.performance import hit_rate, strategies, weekly
from analytics.smuggling.page.selected import enterprises, indicators, leads
from analytics.smuggling.page.trust import calibration, drift
from analytics.smuggling.page.written import key_figures, tables


def exhibits(study: Study) -> dict[str, Part]:
    """All parts of the page by name, in the page's order; those that the study cannot show are left out."""
    parts: dict[str, Part | None] = {
        "headline": headline(study, Text("here", "本地")),
        "hit_rate": hit_rate(study),
        "strategies": strategies(study),
        "weekly": weekly(study),
        "calibration": calibration(study),
        "leak_audit": leak_audit(study),
        "leads": leads(study),
        "enterprises": enterprises(study),
        "indicators": indicators(study),
        "drift": drift(study),
        "watch": watch(study),
        "method": method(study),
    }
    return {name: part for name, part in parts.items() if part is not None}


__all__ = [
    "calibration",
    "drift",
    "enterprises",
    "exhibits",
    "headline",
    "hit_rate",
    "indicators",
    "key_figures",
    "leads",
    "leak_audit",
    "leaking",
    "method",
    "strategies",
    "tables",
    "verdict",
    "watch",
    "weekly",
]
