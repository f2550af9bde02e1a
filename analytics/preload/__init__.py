"""Read the notebooks' libraries ahead, in a process that kernels are forked from.

Reading pandas, statsmodels, scikit-learn and matplotlib takes seconds, more than many a briefing. A batch reads them
once, in the standard library's fork server. This module imports nothing heavy, so that the reading can begin while the
command itself is still starting.
"""

from __future__ import annotations

import os
import sys
import tempfile
from functools import cache
from multiprocessing import forkserver
from pathlib import Path

from analytics import places
from analytics.root import shipped_root

POSSIBLE = sys.platform == "linux"  # elsewhere forking is not safe, or not there
_LONGEST = 50  # characters of a folder: the name of a socket below it may hold 107 with its own parts
_EVERY_NOTEBOOK = (
    "analytics.preload.seldom", "ipykernel.kernelapp", "matplotlib_inline.backend_inline", "analytics.briefing",
    "analytics.tables", "ibis.backends.duckdb",
)  # fmt: skip


def begin(jobs: int, arguments: tuple[str, ...] = ()) -> None:
    """Share the cores among `jobs` kernels, and begin to read in the background what they import.

    The first call of a process decides; a kernel imports for itself whatever was not read ahead.

    Parameters
    ----------
    jobs : notebooks run at a time
    arguments : what is to be run, as the command was given it; pillars that it does not name are not read, nor one of
        which it names a single set: its kernel reads what is its own while the next does the same
    """
    from analytics.preload import seldom  # noqa: F401 (here, not above: only what runs a batch changes its collector)

    # Kernels side by side share the cores: without this each would start a thread a core for its own arithmetic.
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // max(1, jobs))))
    # One thread adds figures in one order: the same inputs give the same bytes. Large data may set it higher.
    os.environ.setdefault("ANALYTICS_THREADS", "1")
    if POSSIBLE:
        forkserver.set_forkserver_preload([*_EVERY_NOTEBOOK, *_pillars(arguments)])
        before, tempfile.tempdir = tempfile.gettempdir(), str(_own_place())
        try:
            forkserver.ensure_running()
        finally:
            tempfile.tempdir = before


@cache
def _own_place() -> Path:
    """Folder for the socket of the fork server: the next batch removes it where this one is killed."""
    return places.until_exit(for_sockets())


def for_sockets() -> Path:
    """Folder whose name leaves room for sockets below it: the temporary one, or one with a shorter name."""
    usual = Path(tempfile.gettempdir())
    short = (usual, Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"))
    fit = (folder for folder in short if len(str(folder)) <= _LONGEST and os.access(folder, os.W_OK | os.X_OK))
    return next(fit, usual)


def _pillars(arguments: tuple[str, ...]) -> list[str]:
    """Return the packages that several sets share (the fork server passes over what it cannot import)."""
    known = sorted(path.parent.name for path in (shipped_root() / "params").glob("*/schema.json"))
    named = {pillar: [a for a in arguments if pillar in Path(a).parts] for pillar in known}
    if not any(named.values()):
        return [f"analytics.{pillar}" for pillar in known]
    return [f"analytics.{p}" for p, given in named.items() if len(given) > 1 or any(not _is_set(a) for a in given)]


def _is_set(argument: str) -> bool:
    """One set and not a folder of them."""
    return Path(argument).suffix in (".yaml", ".yml")
