"""One parameter set: notebook -> papermill -> page, in a folder that is put in place only when it is complete."""

from __future__ import annotations

import errno
import re
import shutil
import time
import traceback
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from analytics import briefing
from analytics.batch import record
from analytics.batch.checks import history, provenance
from analytics.batch.fingerprint import fingerprint, sources
from analytics.batch.kernels.limits import NO_LIMITS, Limits
from analytics.batch.kernels.manager import OwnKernelManager
from analytics.batch.locks import taking_turns
from analytics.batch.place import shown
from analytics.batch.record import Outcome
from analytics.batch.sets import missing_sources
from analytics.briefing.files import write_bytes
from analytics.errors import AnalystError
from analytics.language import Language, Text
from analytics.parameters import ParameterSet

# What may be an identifier of an enterprise: a message of a fault quotes whatever it stumbled over.
_CODE = re.compile(r"[0-9A-Za-z]*\d{6,}[0-9A-Za-z]*")
_UNWRITABLE = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.ENOTDIR,
    errno.EIO,
    errno.EFBIG,
}


@dataclass(frozen=True)
class Order:
    """How sets are to be run.

    Parameters
    ----------
    out : Path
        Folder of the reports; a briefing goes to `out/<language>/<pillar>/<set>/`.
    language : {"en", "zh"}
    force : bool
        Run even where nothing has changed since the last run.
    limits : Limits
        Most time and memory of one set.
    """

    out: Path
    language: Language
    force: bool = False
    limits: Limits = NO_LIMITS

    def folder(self, parameters: ParameterSet) -> Path:
        """Return where the briefing of a set goes."""
        # Resolved: papermill changes the folder of the whole process while it writes, and sets run side by side.
        return (self.out / self.language / parameters.pillar / parameters.name).resolve()


@dataclass(frozen=True)
class _Failure:
    """Why a set came to nothing: its message, the cell, and the traceback of a fault of the suite."""

    message: str
    cell: str = ""
    trace: str = ""


def run_set(parameters: ParameterSet, order: Order) -> Outcome:
    """Run one set and put its briefing in place.

    Returns
    -------
    Outcome. A failure is an outcome, not an exception: the other sets of a batch go on. A good briefing stays until a
    better one stands; what came to nothing is told beside it.
    """
    folder = order.folder(parameters)
    started, clock = datetime.now(UTC).isoformat(timespec="seconds"), time.perf_counter()
    start = Outcome(parameters.pillar, parameters.name, "failed", "", started, 0.0, None, shown(folder))

    def timed(outcome: Outcome) -> Outcome:
        return replace(outcome, seconds=round(time.perf_counter() - clock, 2))

    try:
        with taking_turns(order.out / order.language, f"{parameters.pillar}/{parameters.name}"):
            record.mend(folder)
            mark = None if missing_sources(parameters) else fingerprint(parameters, order.language)
            if not order.force and _up_to_date(folder, mark):
                return timed(replace(start, state="up_to_date", fingerprint=mark))
            work = record.fresh(folder)
            try:
                ended = timed(_run(parameters, order, start, work))
                record.put_in_place(work, folder, ended)
            except BaseException:
                shutil.rmtree(work, ignore_errors=True)
                raise
            return ended
    except OSError as error:  # a full disk, a folder that may not be written: this set's, not the batch's
        return timed(replace(start, message=_unwritable(error, order.language), stands=_stands(folder)))


def _up_to_date(folder: Path, mark: str | None) -> bool:
    last = record.good(folder)
    if mark is None or last is None or last.fingerprint != mark:
        return False
    record.forget_attempt(folder)
    return True


def _run(parameters: ParameterSet, order: Order, start: Outcome, work: Path) -> Outcome:
    folder = order.folder(parameters)
    unset = missing_sources(parameters)
    if unset:
        reason = _not_at_hand(unset).in_language(order.language)
        return replace(start, state="skipped", message=reason, stands=_stands(folder))
    failure = _make(parameters, order, work)
    if failure is None:
        return replace(start, state="done", fingerprint=fingerprint(parameters, order.language))
    if failure.trace or parameters.disclosure:
        failure = replace(failure, message=_CODE.sub("…", failure.message))
    _explain(work, parameters, order, failure)
    return replace(start, message=failure.message, stands=_stands(folder))


def _make(parameters: ParameterSet, order: Order, work: Path) -> _Failure | None:
    """Run the notebook and write its page into `work`; return why that failed, or None."""
    # papermill takes two seconds to import; by now the fork server is reading what the notebooks need.
    from analytics.batch.execute import NotebookError, execute

    before, folder = sources(parameters), order.folder(parameters)
    try:
        execute(parameters, work, folder, order.language, order.limits)
        since = history.since(folder, work, parameters, order.language)
        page = work / "briefing.html"
        briefing.export(work / "run.ipynb", page, order.language, back=_back(parameters), since=since, issued=_today())
        provenance.write(work, parameters, order.language)
        history.carry(folder, work)
    except NotebookError as error:
        return _Failure(str(error), error.source, error.trace)
    except AnalystError as error:
        return _Failure(str(error))
    except OSError:
        raise
    except Exception as error:  # whatever went wrong with one set must not stop the others
        if OwnKernelManager.stopping.is_set():
            raise
        return _Failure(f"{type(error).__name__}: {error}", trace=traceback.format_exc())
    changed = [Path(p).name for p, content in sources(parameters).items() if before.get(p) != content]
    changed += [Path(p).name for p in before if not Path(p).exists()]
    return _Failure(_changed(changed).in_language(order.language)) if changed else None


def _explain(work: Path, parameters: ParameterSet, order: Order, failure: _Failure) -> None:
    if failure.trace:
        write_bytes(work / "error.txt", failure.trace.encode(), private=True)
    briefing.error_page(
        work / "briefing.html",
        order.language,
        briefing.Failed(
            parameters.pillar, parameters.name, failure.message, failure.cell, _back(parameters), bool(failure.trace)
        ),
    )


def _stands(folder: Path) -> bool:
    return record.good(folder) is not None


def _today() -> str:
    return datetime.now(UTC).astimezone().date().isoformat()


def _back(parameters: ParameterSet) -> str:
    """Address of the index page from a set's folder (sets of a bulk folder lie one deeper)."""
    return "../" * (2 + parameters.name.count("/")) + "index.html"


def _not_at_hand(variables: list[str]) -> Text:
    names = ", ".join(variables)
    return Text(
        f"the data are not at hand: environment variable {names} is not set", f"数据不在本机：环境变量{names}未设置"
    )


def _changed(names: list[str]) -> Text:
    listed = ", ".join(dict.fromkeys(names))
    return Text(
        f"{listed} changed while the set was running: its figures may mix old and new rows. Run it again.",
        f"{listed}在运行期间发生变化，结果可能混有新旧数据，请重新运行。",
    )


def _unwritable(error: OSError, language: Language) -> str:
    if error.errno not in _UNWRITABLE:
        return f"{type(error).__name__}: {error}"
    where = shown(Path(error.filename)) if isinstance(error.filename, str) else ""
    what = error.strerror or str(error)
    text = Text(
        f"The briefing could not be written: {what}{f' ({where})' if where else ''}. Make room or name another folder "
        "with --out, and run it again.",
        f"简报无法写入：{what}{f'（{where}）' if where else ''}。请腾出空间或用--out另指定目录后重新运行。",
    )
    return text.in_language(language)
