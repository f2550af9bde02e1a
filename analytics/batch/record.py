"""What became of a set, kept beside its briefing in run.json; a good briefing stays until a better one stands."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from analytics.briefing import files

State = Literal["done", "failed", "skipped", "up_to_date"]
ATTEMPT = "last_attempt"  # folder inside a good briefing's, for the run that came to nothing after it
_RUN = "run.json"


@dataclass(frozen=True)
class Outcome:
    """What became of one parameter set (kept in run.json beside the briefing).

    Attributes
    ----------
    stands : whether a good briefing of an earlier run still stands (a failed or skipped run leaves it alone)
    """

    pillar: str
    name: str
    state: State
    message: str
    started: str
    seconds: float
    fingerprint: str | None
    folder: str
    stands: bool = False


def read(folder: Path) -> Outcome | None:
    """Return what run.json of a folder tells; None where there is none, or where it is damaged."""
    try:
        told = json.loads((folder / _RUN).read_text(encoding="utf-8"))
        known = {field.name: told[field.name] for field in fields(Outcome) if field.name in told}
        outcome = Outcome(**known)
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return outcome if _plausible(outcome) else None


def _plausible(outcome: Outcome) -> bool:
    texts: tuple[Any, ...] = (outcome.pillar, outcome.name, outcome.message, outcome.started, outcome.folder)
    numbers = isinstance(outcome.seconds, int | float)
    return all(isinstance(t, str) for t in texts) and numbers and outcome.state in get_args(State)


def good(folder: Path) -> Outcome | None:
    """Return the run of the whole briefing that stands in a folder; None where none does."""
    outcome = read(folder)
    whole = all((folder / name).is_file() for name in ("briefing.html", "result.json"))
    return outcome if outcome is not None and outcome.state == "done" and whole else None


def found(reports: Path) -> Iterator[tuple[Path, Outcome | None]]:
    """Yield every set's folder below a language's reports with its run; None where its run.json is damaged."""
    for path in sorted(reports.rglob(_RUN)):
        inside = path.parent.relative_to(reports).parts
        if ATTEMPT not in inside and len(inside) > 1 and not any(part.startswith(".") for part in inside):
            yield path.parent, read(path.parent)


def mend(folder: Path) -> None:
    """Put the briefing back that a run killed between the two renames of `put_in_place` left under another name."""
    old = _old(folder)
    if old.exists() and not folder.exists():
        old.rename(folder)


def fresh(folder: Path) -> Path:
    """Return an empty folder to work in, beside the briefing's own."""
    work = folder.parent / f".{folder.name}.partial"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    return work


def put_in_place(work: Path, folder: Path, outcome: Outcome) -> None:
    """Replace a briefing by a better one; what came to nothing is put beside the one that stands.

    Raises
    ------
    OSError
        When the folder cannot be written; the old briefing then still stands.
    """
    files.write_text(work / _RUN, json.dumps(asdict(outcome), indent=1, ensure_ascii=False) + "\n")
    if outcome.stands:
        attempt = folder / ATTEMPT
        shutil.rmtree(attempt, ignore_errors=True)
        work.rename(attempt)
        return
    old = _old(folder)
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    work.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def forget_attempt(folder: Path) -> None:
    """Remove what is told of a failed run, once the briefing that stands is known to be up to date."""
    shutil.rmtree(folder / ATTEMPT, ignore_errors=True)


def _old(folder: Path) -> Path:
    return folder.parent / f".{folder.name}.old"
