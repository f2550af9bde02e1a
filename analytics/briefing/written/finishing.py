"""What a finished briefing leaves: result.json, tables, quarantine files, the private table, the data notes."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd

import analytics
from analytics.briefing.files import slug, write_csv, write_text
from analytics.briefing.leaving import told_verdict
from analytics.briefing.look.wording import html, word
from analytics.briefing.masking import identities, masked, masked_text, write_identities
from analytics.briefing.page import Page, current
from analytics.briefing.parts import LEADS_OF_A_DISTRICT, LEADS_SHOWN, Lead, PlanStanding, Verdict
from analytics.briefing.written.notes import data_notes
from analytics.briefing.written.plain import plain
from analytics.briefing.written.step import propose
from analytics.briefing.written.unread import heeded
from analytics.briefing.written.workbook import write_workbook

_PACKAGES = {
    "duckdb": "duckdb",
    "ibis": "ibis-framework",
    "matplotlib": "matplotlib",
    "numpy": "numpy",
    "pandas": "pandas",
    "scikit-learn": "scikit-learn",
    "scipy": "scipy",
    "statsmodels": "statsmodels",
}


def finish(
    verdict: Verdict,
    figures: Mapping[str, float] | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
    seed: int | None = None,
    *,
    leads: Sequence[Lead] | None = None,
    standing: PlanStanding | None = None,
) -> None:
    """Write what other programs and later readers need, and show the data notes.

    Writes into the briefing's folder: result.json (the same inputs give the same bytes), tables/<name>.csv,
    tables.xlsx, quarantine/<input>.csv; and, outside the reports, the private table of masked identifiers.

    Parameters
    ----------
    verdict : Verdict
    figures : mapping of name to number, optional
        The briefing's key figures under flat names; missing values become null.
    tables : mapping of name to DataFrame, optional
        Tables that other programs read, beside those of the page's figures and tables.
    seed : int, optional
        Of the run's random numbers.
    leads : sequence of Lead, optional
        What is to be verified, the strongest first: the board shows it beside that of other briefings. An empty one
        says that nothing is listed; None that this briefing lists no leads.
    standing : PlanStanding, optional
        How the goals of a plan stand, for the head of the board.
    """
    page = current()
    folder = page.output_dir
    for name, frame in (tables or {}).items():
        page.keep(page.table_name(name, "table"), frame)
    _write_tables(page)
    write_workbook(folder / "tables.xlsx", page.tables, page.formats, page.language)
    quarantined = _write_quarantine(page)
    private = write_identities(page.inputs, folder, page.root)
    result = _result(page, verdict, figures or {}, seed)
    if leads is not None:
        result["leads"] = _leads(page, leads)
    if standing is not None:
        result["standing"] = plain(
            {"counts": standing.counts, "year": standing.year, "since": standing.since, "changed": standing.changed}
        )
    write_text(folder / "result.json", json.dumps(result, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    propose(page, verdict, leads)
    data_notes(page, result, quarantined, has_private=private is not None)
    if page.by_hand:
        _say_where(page)


def _say_where(page: Page) -> None:
    """In JupyterLab: where everything lies now."""
    where = plain(page.output_dir, page.root)
    told = word("written", page.language).format(folder=where, tables=len(page.tables))
    page.show("written", f'<p class="note">{html(told, page.language)}</p>', told)


def _leads(page: Page, leads: Sequence[Lead]) -> dict[str, Any]:
    """Leads for the board, the strongest of all and of each district; single cases stay in the house."""
    if page.gate is not None and not page.gate.open:
        return {"total": len(leads), "shown": []}
    known = identities(page.inputs)
    to_mask = dict(zip(known["original"], known["masked"], strict=True))
    chosen, taken = [], Counter(lead.district for lead in leads[:LEADS_SHOWN])
    for at, lead in enumerate(leads):
        if at < LEADS_SHOWN or (lead.district and taken[lead.district] < LEADS_OF_A_DISTRICT):
            chosen.append(lead)
            taken[lead.district] += at >= LEADS_SHOWN
    shown = [
        {
            "text": {"en": masked_text(lead.text.en, to_mask), "zh": masked_text(lead.text.zh, to_mask)},
            "district": lead.district,
            "since": lead.since,
        }
        for lead in chosen
    ]
    by_district = Counter(lead.district for lead in leads if lead.district)
    return {"total": len(leads), "shown": shown, **({"by_district": dict(by_district)} if by_district else {})}


def versions() -> dict[str, str]:
    """Return the versions that a result rests on."""
    found = {"python": platform.python_version(), "analytics": analytics.__version__}
    for name, package in _PACKAGES.items():
        try:
            found[name] = version(package)
        except PackageNotFoundError:  # an optional one, or run from a folder
            continue
    return found


def _write_tables(page: Page) -> None:
    folder = page.output_dir / "tables"
    for name, frame in page.tables.items():
        write_csv(folder / f"{name}.csv", frame)
    for old in folder.glob("*.csv"):  # of an earlier run
        if old.stem not in page.tables:
            old.unlink()


def _write_quarantine(page: Page) -> dict[int, str]:
    """Write the rows set aside; return the relative path by the input's position."""
    folder = page.output_dir / "quarantine"
    written: dict[int, str] = {}
    if page.gate is not None and not page.gate.open:  # rows of single declarations never leave the house
        return written
    for at, table in enumerate(page.inputs):
        rows = table.accounting.quarantine
        if rows is None or not len(rows):
            continue
        stem = slug(str(table.name)) or "input"
        name = f"{stem}.csv" if f"quarantine/{stem}.csv" not in written.values() else f"{stem}_{at + 1}.csv"
        # Private: a row set aside may hold an identifier in a column that is none (shifted cells, joined keys).
        write_csv(folder / name, masked(rows, page.inputs, everywhere=True), private=True)
        written[at] = f"quarantine/{name}"
    for old in folder.glob("*.csv"):
        if f"quarantine/{old.name}" not in written.values():
            old.unlink()
    return written


def _result(page: Page, verdict: Verdict, figures: Mapping[str, float], seed: int | None) -> dict[str, Any]:
    from analytics import parameters

    values = {k: plain(v, page.root) for k, v in page.parameters.items()}
    verdict = told_verdict(page, heeded(verdict, page.inputs))
    if page.gate is not None and not page.gate.open:
        figures = {}  # whose records each of them tells of has not been counted
    return {
        "notebook": page.notebook,
        "params": values,
        "params_sha256": parameters.digest(values),
        "inputs": [_input(t, page.root) for t in page.inputs],
        "verdict": {
            "target": verdict.target,
            "status": verdict.status,
            "value": plain(verdict.value),
            "low": plain(verdict.low),
            "high": plain(verdict.high),
            "text": verdict.text._asdict(),
        },
        "figures": {name: plain(value) for name, value in figures.items()},
        "tables": {name: f"tables/{name}.csv" for name in page.tables},
        "simulated": page.simulated,
        "versions": versions(),
        "seed": plain(seed),
        **({} if page.gate is None else {"disclosure": str(page.gate.rule)}),
    }


def _input(table: Any, root: Path) -> dict[str, Any]:
    counts = table.accounting
    return {
        "name": str(table.name),
        "source": plain(getattr(table, "source", None), root),
        "sha256": counts.sha256,
        "rows_read": int(counts.rows_read),
        "rows_used": int(counts.rows_used),
        "rows_set_aside": int(counts.rows_set_aside),
        "first_period": plain(counts.first_period),
        "last_period": plain(counts.last_period),
    }
