"""What the index says of one set: verdict, finding, place, period, value now and before."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from analytics import targets
from analytics.briefing.look.wording import STATUS, said, word
from analytics.briefing.written.kept import read_result
from analytics.language import NO_FIGURE, Language, Text, month, number

State = Literal["done", "skipped", "failed"]
ORDER = ("met", "watch", "not_met", "insufficient", "skipped", "failed")
PAGE = "briefing.html"


@dataclass(frozen=True)
class Entry:
    """One parameter set on the index.

    Parameters
    ----------
    pillar, name : str
        The set's folder is <pillar>/<name> below the index page.
    state : {"done", "skipped", "failed"}
        A done set is read from its result.json.
    note : Text or str
        Why it was skipped, or the message of the failure.
    since : Entry, optional
        A later run that was skipped or failed while this briefing stands.
    history : sequence of mappings
        Headlines of earlier runs, oldest first: started, target, status, value.
    """

    pillar: str
    name: str
    state: State
    note: Text | str = ""
    since: Entry | None = None
    history: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Row:
    """An entry with what its result.json says."""

    entry: Entry
    status: str
    language: Language
    linked: bool
    result: dict[str, Any] = field(default_factory=dict)
    damaged: bool = False

    @property
    def href(self) -> str:
        """Address of the briefing from the index."""
        return f"{self.entry.pillar}/{self.entry.name}/{PAGE}"

    @property
    def finding(self) -> str:
        """The title of the briefing, or what happened instead of one."""
        if self.result:
            return str(self.result["verdict"]["text"][self.language])
        note = word("damaged", self.language) if self.damaged else said(self.entry.note, self.language)
        # The first line says what happened; the whole message is on the set's own page.
        text = (note.strip() or STATUS[self.status].in_language(self.language)).splitlines()[0]
        return text[0].upper() + text[1:]

    @property
    def where(self) -> str:
        """Place and period that the data speak of."""
        params = self.result.get("params", {})
        place = params.get("place_zh") if self.language == "zh" else params.get("place")
        return " · ".join(part for part in (str(place or ""), self._period()) if part)

    def _period(self) -> str:
        spans = [(i["first_period"], i["last_period"]) for i in self.result.get("inputs", []) if i.get("last_period")]
        ends = [str(first) for first, _ in spans if first], [str(last) for _, last in spans]
        if not ends[0]:
            return ""
        first, last = when(min(ends[0]), self.language), when(max(ends[1]), self.language)
        dash = NO_FIGURE if self.language == "zh" else "\N{EN DASH}"
        return first if first == last else f"{first}{dash}{last}"

    @property
    def simulated(self) -> bool:
        """Whether any input is simulated."""
        return bool(self.result.get("simulated"))

    @property
    def later(self) -> str:
        """What became of a later run that did not replace this briefing."""
        since = self.entry.since
        if since is None:
            return ""
        told = said(since.note, self.language).strip() or STATUS[since.state].in_language(self.language)
        return word(f"since_{since.state}", self.language).format(reason=told.splitlines()[0])

    @property
    def later_href(self) -> str:
        """Address of the later run's page, where it left one."""
        failed = self.entry.since is not None and self.entry.since.state == "failed"
        return f"{self.entry.pillar}/{self.entry.name}/last_attempt/{PAGE}" if failed else ""

    @property
    def value(self) -> str:
        """The judged value in the unit of its indicator."""
        verdict = self.result.get("verdict", {})
        return self._shown(verdict.get("target"), verdict.get("value"))

    @property
    def before(self) -> str:
        """The value of the last run that had another one, with its day."""
        verdict = self.result.get("verdict", {})
        for told in reversed(self.entry.history):
            shown = self._shown(told.get("target"), told.get("value"))
            if told.get("target") == verdict.get("target") and shown not in (NO_FIGURE, self.value):
                return word("before", self.language).format(value=shown, day=str(told["started"])[:10])
        return ""

    def _shown(self, target: Any, value: Any) -> str:
        if not isinstance(value, int | float):
            return NO_FIGURE
        goal = targets.targets().get(str(target))
        share = goal is not None and goal.unit.startswith("%")
        unit = ("%" if self.language == "zh" else "\N{NO-BREAK SPACE}%") if share else ""
        return number(value, 1 if share else 3, self.language) + unit

    @property
    def target(self) -> str:
        """The plan's threshold in words."""
        goal = targets.targets().get(self.result.get("verdict", {}).get("target", ""))
        return goal.allowed().in_language(self.language) if goal else NO_FIGURE

    @property
    def newest(self) -> str:
        """The last period of the data, as it is written in result.json; empty where there is none."""
        return max((str(i["last_period"]) for i in self.result.get("inputs", []) if i.get("last_period")), default="")

    @property
    def month(self) -> str:
        """Month of the last period, "2025-06"; empty where there is none, or another kind of period."""
        found = re.match(r"\d{4}-\d{2}(?!\d)", self.newest)
        return found[0] if found else ""

    @property
    def month_class(self) -> str:
        """Class by which the board shows one month; a row without data is shown in all."""
        return f"dated m-{self.month}" if self.month else ""

    @property
    def data_to(self) -> str:
        """The last period of the data, as a reader writes it."""
        return when(self.newest, self.language) if self.newest else NO_FIGURE


def read(entry: Entry, root: Path, language: Language) -> Row:
    """Read an entry's result.json; a damaged one is told, and breaks no index."""
    folder = root / entry.pillar / entry.name
    linked = (folder / PAGE).exists()
    if entry.state != "done":
        return Row(entry, entry.state, language, linked)
    result = read_result(folder)
    if result is None or result["verdict"]["status"] not in ORDER:
        return Row(entry, "failed", language, linked, damaged=True)
    return Row(entry, result["verdict"]["status"], language, linked, result)


def when(text: str, language: Language) -> str:
    """Write a month or period as a reader does; what is none stands as it is."""
    try:
        return month(text, language)
    except (ValueError, TypeError):
        return str(text)
