"""The page being made: language, folder, inputs, and what has been shown so far."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.briefing.by_hand import display, plain_errors, rendered, watch_cells
from analytics.briefing.disclosure import Gate, Rule
from analytics.briefing.files import slug
from analytics.briefing.look import theme
from analytics.briefing.look.templates import TEMPLATE, element
from analytics.briefing.look.wording import said, word
from analytics.briefing.masking import masked
from analytics.errors import AnalystError
from analytics.language import LANGUAGES, NO_CURRENCY, Language, Text

SIMULATED = Text("simulated customs", "模拟海关")
PUBLISHED = {"published:china_customs_revenue_monthly": Text("China, national", "全国")}
# The key under which an output says what it is; the export reads it, JupyterLab ignores it.
MARK = "briefing"


@dataclass
class Page:
    """One briefing in the making. Notebooks never see it: the functions of `analytics.briefing` fill it."""

    pillar: str
    language: Language
    output_dir: Path
    root: Path
    notebook: str
    parameters: dict[str, Any]
    inputs: list[Any] = field(default_factory=list)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    formats: dict[str, Any] = field(default_factory=dict)
    outputs: list[dict[str, Any]] = field(default_factory=list)
    missing_glyphs: set[str] = field(default_factory=set)
    owner: dict[str, str] | None = None  # who takes the step that follows, in both languages
    by_hand: bool = False  # run in JupyterLab, not by the batch
    without_currency: bool = False  # amounts are shown, and neither the data nor the set say in what
    gate: Gate | None = None  # of what may leave the house; None for use inside it
    blanks: dict[str, int] = field(default_factory=dict)  # rows left out by that rule, by table

    @property
    def simulated(self) -> bool:
        """Whether any input of the page is simulated."""
        return any(bool(getattr(t, "simulated", False)) for t in self.inputs)

    def table_name(self, wanted: str | None, kind: str) -> str:
        """Return the file name of a table: the one asked for, or the kind and its number."""
        name = slug(wanted) if wanted else f"{kind}_{1 + sum(n.startswith(kind + '_') for n in self.tables)}"
        if not name:
            raise ValueError(f'"{wanted}" makes no file name. Use ASCII letters, digits and underscores.')
        return name

    def tell(self, text: Any) -> Any:
        """Return a text as it may leave the house; as it stands for use inside."""
        if self.gate is None:
            return text
        told = self.gate.sentence(text if isinstance(text, Text) else Text(text, text))
        return told if isinstance(text, Text) or told.en != text else text

    def keep(self, name: str, frame: pd.DataFrame, *, total: bool = False) -> bool:
        """Remember a table to be written: identifiers masked, texts in the page's language.

        Returns whether it may be written: not where the page is to leave the house and the table may not.
        """
        if self.gate is not None:
            told, self.blanks[name] = self.gate.table(frame, total=total)
            if told is None:
                return False
            frame = told
        safe = masked(frame, self.inputs).copy()
        for at, dtype in enumerate(safe.dtypes):
            if pd.api.types.is_object_dtype(dtype):
                safe.isetitem(at, [said(v, self.language) if isinstance(v, Text) else v for v in safe.iloc[:, at]])
            if self.gate is not None and not self.gate.open and not pd.api.types.is_numeric_dtype(dtype):
                safe.isetitem(at, [self.gate.cell(v) for v in safe.iloc[:, at]])
        self.tables[name] = safe
        return True

    def show(self, kind: str, content: str, plain: str, *, update: bool = False, **facts: Any) -> Any:
        """Show an element, marked with what it is; with `update` return a handle by which `renew` replaces it."""
        output = {
            "output_type": "display_data",
            "data": rendered(content, plain),
            "metadata": {MARK: {"kind": kind, **facts}},
        }
        self.outputs.append(output)
        return display(output, update=update)

    def renew(self, handle: Any, content: str, plain: str) -> None:
        """Put another content in the place of an element that was shown with `update`."""
        output = handle.briefing_output
        output["data"] = rendered(content, plain)
        handle.update(output["data"], raw=True, metadata=output["metadata"])


_current: Page | None = None


def current() -> Page:
    """Return the page being made.

    Raises
    ------
    RuntimeError
        When no page was started.
    """
    if _current is None:
        raise RuntimeError("No briefing is open. Call briefing.start(pillar, globals()) in an earlier cell.")
    return _current


def start(subject: str, namespace: Mapping[str, Any]) -> None:
    """Open a briefing: language, folder, parameters, look.

    Parameters
    ----------
    subject : str
        Name of the pillar, or "pillar/notebook" for a further notebook of it: its schema says which of the notebook's
        variables are parameters.
    namespace : mapping
        The notebook's `globals()`. `language` ("en" or "zh") and `output_dir` are read from it too; without an
        `output_dir` the briefing goes to reports/<language>/<pillar>/by_hand under the project's root
        (by_hand_<notebook> for a further notebook).

    Raises
    ------
    ValueError
        When the language is not one of the two.
    analytics.parameters.ParameterError
        When there is no such schema.
    """
    global _current
    from analytics import parameters
    from analytics.root import project_root

    language = namespace.get("language", "en")
    if language not in LANGUAGES:
        raise ValueError(f'language must be one of {", ".join(LANGUAGES)}, got "{language}".')
    root = project_root()
    schema = parameters.schema(subject)
    pillar, _, further = subject.partition("/")
    folder = namespace.get("output_dir")
    by_hand = root / "reports" / language / pillar / (f"by_hand_{further}" if further else "by_hand")
    _current = Page(
        pillar=pillar,
        owner=schema.get("x-owner"),
        language=language,
        output_dir=(root / folder) if folder else by_hand,
        root=root,
        notebook=str(schema.get("x-notebook", "")),
        by_hand=not folder,
        parameters={name: namespace[name] for name in schema["properties"] if name in namespace},
    )
    rule = Rule.wanted(namespace.get("disclosure"))
    _current.gate = Gate(rule, _current.inputs, _current.parameters) if rule is not None else None
    theme.use(language)
    plain_errors()
    if not folder:  # in JupyterLab: a batch has its own clock, and its notebooks hold no times
        watch_cells(language)
    # Named twice, our rules outrank JupyterLab's own for tables and headings.
    style = (TEMPLATE / "elements.css").read_text(encoding="utf-8").replace(".briefing", ".briefing.briefing")
    _current.show("style", f"<style>{style}</style>", said(parameters.pillar_name(pillar), language), language=language)


def folder() -> Path:
    """Return the folder that the briefing is written to."""
    return current().output_dir


def account(*tables: Any) -> None:
    """Remember the inputs: for the simulated banner, the data notes, result.json and the private identities.

    Parameters
    ----------
    *tables : analytics.tables.Table
    """
    page = current()
    for table in tables:
        page.inputs.append(table)
        counts = table.accounting
        plain = (
            f"{table.name}: {word('read', page.language)} {counts.rows_read:,}, {word('used', page.language)} "
            f"{counts.rows_used:,}, {word('aside', page.language)} {counts.rows_set_aside:,}"
        )
        simulated = bool(getattr(table, "simulated", False))
        note = f" {word('simulated_note', page.language)}" if simulated else ""
        page.show("account", element("account", page.language, text=plain + note), plain + note, simulated=simulated)


def currency(given: str | None = None) -> str:
    """Return the currency of a page's amounts: what its inputs say, else the set (`given`), else "XXX": none is stated.

    Raises
    ------
    AnalystError
        The inputs speak of more than one currency.
    """
    held = [t.ibis.select("currency").distinct() for t in current().inputs if "currency" in getattr(t, "columns", ())]
    found = sorted({str(c) for one in held for c in one.execute()["currency"].dropna() if str(c).strip()})
    if len(found) > 1:
        raise AnalystError(
            f"column currency: the inputs hold amounts in {', '.join(found)}, and a page speaks of one. Convert them "
            "to one at the customs rate, or leave the others out in the column map."
        )
    current().without_currency = not found and not given
    return found[0] if found else given or NO_CURRENCY


def place(en: str | None = None, zh: str | None = None) -> Text:
    """Whose data a page speaks of: as the set says, else by the data's own name, never by another's.

    Parameters
    ----------
    en, zh : str, optional
        As the parameter set says; where only one is given it serves for both languages.

    Returns
    -------
    Text. Without words of the set: what the package publishes by its own name, "simulated customs" where all inputs
    are simulated, else the name of the first file or table that is not. Where no currency is stated it says so.
    """
    named = Text(str(en or zh), str(zh or en)) if en or zh else _own_name()
    if getattr(current(), "without_currency", False):
        return Text(f"{named.en} · currency not stated", f"{named.zh} · 币种未注明")
    return named


def _own_name() -> Text:
    inputs = current().inputs
    own = [t for t in inputs if not getattr(t, "simulated", False)]
    if inputs and not own:
        return SIMULATED
    source = str(getattr(own[0], "source", "")).strip() if own else ""
    name = re.split(r"[/\\:]", source)[-1].rsplit(".", 1)[0]
    return PUBLISHED.get(source, Text(name, name) if name else Text("data as given", "所给数据"))


def say(text: Text | str) -> str:
    """Return a text in the page's language (English when no page is open)."""
    return said(text, _current.language if _current else "en")
