"""Many parameter sets side by side in one process, and the index of what came out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path

from tqdm import tqdm

from analytics import briefing, preload
from analytics.batch.kernel import OwnKernelManager, stop_all
from analytics.batch.run import Outcome, run_set
from analytics.language import Language
from analytics.parameters import ParameterSet, pillars


def run_sets(
    sets: Sequence[ParameterSet],
    out: Path,
    language: Language,
    *,
    jobs: int = 1,
    force: bool = False,
    report: Callable[[Outcome], None] = lambda _: None,
) -> list[Outcome]:
    """Run parameter sets, `jobs` at a time, then write the index page.

    Parameters
    ----------
    sets : sequence of ParameterSet, already checked
    out, language, force : see `run_set`
    jobs : int
        Notebooks run at a time; each has a kernel process of its own.
    report : callable
        Told each outcome as it comes.

    Returns
    -------
    list of Outcome, in the order of `sets`.

    Notes
    -----
    An interrupted batch leaves whole briefings behind and no kernels; run again, it takes up where it stopped.
    """
    preload.begin(jobs)
    OwnKernelManager.stopping.clear()
    pool = ThreadPoolExecutor(max_workers=max(1, jobs), thread_name_prefix="set")
    futures: dict[Future[Outcome], int] = {}
    outcomes: dict[int, Outcome] = {}
    try:
        order = _longest_first(sets, out / language)
        futures = {pool.submit(run_set, sets[i], out, language, force=force): i for i in order}
        with tqdm(total=len(sets), unit="set", disable=not sys.stderr.isatty(), leave=False) as bar:
            for future in as_completed(futures):
                outcomes[futures[future]] = result = future.result()
                bar.set_postfix_str(f"{result.pillar}/{result.name}")
                bar.update()
                with tqdm.external_write_mode():
                    report(result)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        stop_all()
        raise
    finally:
        pool.shutdown(wait=True)
        write_index(out / language, language)
    return [outcomes[i] for i in range(len(sets))]


def _longest_first(sets: Sequence[ParameterSet], folder: Path) -> list[int]:
    """Order in which to start sets: those that took longest last time, so that no core idles at the end.

    Sets that never ran come first, of the later pillars (classifiers) before the earlier ones.
    """

    def last(parameters: ParameterSet) -> float:
        run = folder / parameters.pillar / parameters.name / "run.json"
        try:
            told = json.loads(run.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return float("inf")
        return float(told["seconds"]) if told["state"] == "done" else float("inf")

    return sorted(range(len(sets)), key=lambda i: (-last(sets[i]), -_place(sets[i].pillar), i))


def _place(pillar: str) -> int:
    """Place of a pillar in the project's order; one that the project no longer has comes last."""
    known = pillars()
    return known.index(pillar) if pillar in known else len(known)


def write_index(folder: Path, language: Language) -> Path:
    """Write the page of every set that has been run into this folder, as each one's run.json tells."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("run.json"))]
    found = [run for run in found if not any(part.startswith(".") for part in Path(run["folder"]).parts)]
    entries = [briefing.Entry(run["pillar"], run["name"], run["state"], run["message"]) for run in found]
    ordered = sorted(entries, key=lambda e: (_place(e.pillar), "/" in e.name, e.name))
    return briefing.index(ordered, folder / "index.html", language)
