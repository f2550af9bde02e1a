"""One parameter set: notebook -> papermill -> page, in a folder that is put in place only when it is complete."""

from __future__ import annotations

import json
import shutil
import time
import traceback
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from analytics import briefing
from analytics.batch.fingerprint import fingerprint
from analytics.batch.kernel import OwnKernelManager
from analytics.batch.place import shown
from analytics.batch.sets import missing_sources
from analytics.language import Language, Text
from analytics.parameters import ParameterSet

State = Literal["done", "failed", "skipped", "up_to_date"]


@dataclass(frozen=True)
class Outcome:
    """What became of one parameter set (kept in run.json beside the briefing)."""

    pillar: str
    name: str
    state: State
    message: str
    started: str
    seconds: float
    fingerprint: str | None
    folder: str


def run_set(parameters: ParameterSet, out: Path, language: Language, *, force: bool = False) -> Outcome:
    """Run one set and put its briefing in place.

    Parameters
    ----------
    parameters : ParameterSet
    out : Path
        Folder of the reports; the briefing goes to `out/<language>/<pillar>/<set>/`.
    language : {"en", "zh"}
    force : bool
        Run even where nothing has changed since the last run.

    Returns
    -------
    Outcome. A failure is an outcome, not an exception: the other sets of a batch go on.
    """
    # Resolved once: papermill changes the folder of the whole process while it writes, and sets run side by side.
    folder = (out / language / parameters.pillar / parameters.name).resolve()
    started, clock = datetime.now(UTC).isoformat(timespec="seconds"), time.perf_counter()
    mark = fingerprint(parameters, language)

    def outcome(state: State, message: str = "") -> Outcome:
        seconds = round(time.perf_counter() - clock, 2)
        return Outcome(parameters.pillar, parameters.name, state, message, started, seconds, mark, shown(folder))

    unset = missing_sources(parameters)
    if unset:
        names = ", ".join(unset)
        reason = Text(
            f"the data are not at hand: environment variable {names} is not set",
            f"数据不在本机：环境变量{names}未设置",
        )
        return _put_in_place(_fresh(folder), folder, outcome("skipped", reason.in_language(language)))
    if not force and mark is not None and _last_mark(folder) == mark:
        return outcome("up_to_date")
    # papermill takes two seconds to import; by now the fork server is reading what the notebooks need.
    from analytics.batch.execute import NotebookError, execute

    work = _fresh(folder)
    try:
        execute(parameters, work, folder, language)
        briefing.export(work / "run.ipynb", work / "briefing.html", language, back=_back(parameters))
        result = outcome("done")
    except NotebookError as error:
        result = outcome("failed", str(error))
        _explain(work, parameters, language, result.message, error.source)
    except Exception as error:  # whatever went wrong with one set must not stop the others
        if OwnKernelManager.stopping.is_set():
            shutil.rmtree(work, ignore_errors=True)
            raise
        result = outcome("failed", f"{type(error).__name__}: {error}")
        (work / "error.txt").write_text(traceback.format_exc(), encoding="utf-8")
        _explain(work, parameters, language, result.message)
    return _put_in_place(work, folder, result)


def _explain(work: Path, parameters: ParameterSet, language: Language, message: str, cell: str = "") -> None:
    page, back = work / "briefing.html", _back(parameters)
    kind = {"pillar": parameters.pillar, "name": parameters.name}
    briefing.error_page(page, language, **kind, message=message, cell=cell, back=back)


def _back(parameters: ParameterSet) -> str:
    """Address of the index page from a set's folder (sets of a bulk folder lie one deeper)."""
    return "../" * (2 + parameters.name.count("/")) + "index.html"


def _fresh(folder: Path) -> Path:
    work = folder.parent / f".{folder.name}.partial"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    return work


def _last_mark(folder: Path) -> str | None:
    try:
        last = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    whole = (folder / "briefing.html").exists() and (folder / "result.json").exists()
    return str(last["fingerprint"]) if last["state"] == "done" and whole else None


def _put_in_place(work: Path, folder: Path, result: Outcome) -> Outcome:
    (work / "run.json").write_text(json.dumps(asdict(result), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    old = folder.parent / f".{folder.name}.old"
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    work.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    return result
