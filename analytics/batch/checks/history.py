"""What a set's headline was in earlier runs, and what changed since the last one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from analytics import briefing
from analytics.batch import record
from analytics.batch.checks import provenance
from analytics.batch.checks.compare import compare
from analytics.briefing.files import write_text
from analytics.briefing.written import kept
from analytics.errors import DataError
from analytics.language import Language
from analytics.parameters import ParameterSet

NAME = "history.json"
_KEPT = 60  # runs
_RUN = {"started": kept.TEXT, "target?": kept.MAYBE_TEXT, "status?": kept.TEXT, "value?": kept.MAYBE_FIGURE}


def since(folder: Path, work: Path, parameters: ParameterSet, language: Language) -> briefing.Since | None:
    """Return what changed from the briefing that stands to the one in the making; None where none stands."""
    last = record.good(folder)
    if last is None or parameters.disclosure:  # what changed would tell of cells that are left blank
        return None
    try:
        found = compare(folder, work, provenance.collect(work, parameters, language))
    except DataError:
        return None
    return briefing.Since(last.started[:10], found.lines(language))


def carry(folder: Path, work: Path) -> None:
    """Write the headlines of all runs so far into the briefing in the making: those kept before, and the last one's."""
    last = record.good(folder)
    runs = read(folder)
    if last is not None:
        runs = [*runs, _told(folder, last)][-_KEPT:]
    if runs:
        write_text(work / NAME, json.dumps(runs, ensure_ascii=False, indent=1) + "\n")


def read(folder: Path) -> list[dict[str, Any]]:
    """Return the headlines of earlier runs, oldest first; none where the file is damaged."""
    found = kept.read(folder / NAME, [object])
    return [told for told in found or [] if kept.fits(told, _RUN)]


def _told(folder: Path, run: record.Outcome) -> dict[str, Any]:
    result = kept.read_result(folder)
    if result is None:
        return {"started": run.started}
    return {"started": run.started, **{k: result["verdict"][k] for k in ("target", "status", "value", "text")}}
