"""Many parameter sets side by side in one process, and the index of what came out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from pathlib import Path

from tqdm import tqdm

from analytics import briefing, preload
from analytics.batch import record
from analytics.batch.checks import history
from analytics.batch.kernels.limits import NO_LIMITS, Limits
from analytics.batch.kernels.manager import OwnKernelManager, stop_all
from analytics.batch.kernels.workplace import sweep
from analytics.batch.locks import taking_turns
from analytics.batch.record import Outcome
from analytics.batch.run import Order, run_set
from analytics.language import Language, Text
from analytics.parameters import ParameterSet, pillars

_DAMAGED = Text(
    "The record of this set (run.json) is damaged. Run the set again.",
    "该参数集的运行记录（run.json）已损坏，请重新运行。",
)


def run_sets(
    sets: Sequence[ParameterSet],
    out: Path,
    language: Language,
    *,
    jobs: int = 1,
    force: bool = False,
    limits: Limits = NO_LIMITS,
    report: Callable[[Outcome], None] = lambda _: None,
) -> list[Outcome]:
    """Run parameter sets, `jobs` at a time, then write the index page.

    Parameters
    ----------
    sets : sequence of ParameterSet, already checked
    out, language, force, limits : see `Order`
    jobs : int
        Notebooks run at a time; each has a kernel process of its own.
    report : callable
        Told each outcome as it comes.

    Returns
    -------
    list of Outcome, in the order of `sets`.

    Raises
    ------
    OSError
        When the index page cannot be written.

    Notes
    -----
    An interrupted batch leaves whole briefings behind and no kernels; run again, it takes up where it stopped.
    """
    preload.begin(jobs)
    OwnKernelManager.stopping.clear()
    sweep()
    order, reports = Order(out, language, force, limits), out / language
    pool = ThreadPoolExecutor(max_workers=max(1, jobs), thread_name_prefix="set")
    outcomes: dict[int, Outcome] = {}
    try:
        futures = {pool.submit(run_set, sets[i], order): i for i in _longest_first(sets, reports)}
        _await(futures, outcomes, report)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        stop_all()
        pool.shutdown(wait=True)
        with suppress(OSError):  # what interrupted the batch is told, not what came of it
            write_index(reports, language)
        raise
    pool.shutdown(wait=True)
    write_index(reports, language)
    return [outcomes[i] for i in range(len(sets))]


def _await(
    futures: dict[Future[Outcome], int], outcomes: dict[int, Outcome], report: Callable[[Outcome], None]
) -> None:
    with tqdm(total=len(futures), unit="set", disable=not sys.stderr.isatty(), leave=False) as bar:
        for future in as_completed(futures):
            outcomes[futures[future]] = result = future.result()
            bar.set_postfix_str(f"{result.pillar}/{result.name}")
            bar.update()
            with tqdm.external_write_mode():
                report(result)


def _longest_first(sets: Sequence[ParameterSet], folder: Path) -> list[int]:
    """Order in which to start sets: those that took longest last time, so that no core idles at the end.

    Sets that never ran come first, of the later pillars (classifiers) before the earlier ones.
    """

    def last(parameters: ParameterSet) -> float:
        run = record.read(folder / parameters.pillar / parameters.name)
        return float(run.seconds) if run is not None and run.state == "done" else float("inf")

    return sorted(range(len(sets)), key=lambda i: (-last(sets[i]), -_place(sets[i].pillar), i))


def _place(pillar: str) -> int:
    """Place of a pillar in the project's order; one that the project no longer has comes last."""
    known = pillars()
    return known.index(pillar) if pillar in known else len(known)


def write_index(folder: Path, language: Language) -> Path:
    """Write the page of every set that has been run into this folder, as each one's run.json tells."""
    with taking_turns(folder, "index"):
        entries = [_entry(folder, at, run, language) for at, run in record.found(folder)]
        place = {pillar: _place(pillar) for pillar in {e.pillar for e in entries}}
        ordered = sorted(entries, key=lambda e: (place[e.pillar], "/" in e.name, e.name))
        briefing.board(ordered, folder, language)
        return briefing.index(ordered, folder / "index.html", language)


def _entry(reports: Path, folder: Path, run: Outcome | None, language: Language) -> briefing.Entry:
    pillar, *rest = folder.relative_to(reports).parts
    name = "/".join(rest)
    if run is None:
        return briefing.Entry(pillar, name, "failed", _DAMAGED)
    attempt = record.read(folder / record.ATTEMPT) if run.state == "done" else None
    since = briefing.Entry(pillar, name, attempt.state, attempt.message) if attempt else None  # type: ignore[arg-type]
    told = tuple(history.read(folder))
    return briefing.Entry(pillar, name, run.state, run.message, since, told)  # type: ignore[arg-type]
