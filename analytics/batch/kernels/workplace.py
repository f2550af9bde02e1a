"""A private place for one run: sockets, spilled and converted data. Removed whatever happens.

What a killed batch left behind is removed by the next one: each place holds a lock for as long as its run lives.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from analytics.preload import for_sockets

_PREFIX = "analytics-run-"  # short: the name of an ipc socket may hold about 100 characters
_LOCK = "alive.lock"


@dataclass(frozen=True)
class Workplace:
    """Where a run may write for a while: `folder`, `spill` for data beyond the memory, `sockets` of its kernel."""

    folder: Path
    spill: Path
    sockets: Path


@contextmanager
def workplace() -> Iterator[Workplace]:
    """Give a place that its owner alone may enter, and remove it at the end.

    Data that outgrow the memory go below ANALYTICS_TEMP where it is set.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(_private_folder(Path(tempfile.gettempdir())))
        wanted, short = _wanted_spill(), for_sockets()
        spill = stack.enter_context(_private_folder(wanted)) if wanted else folder
        yield Workplace(
            folder, spill, folder if folder.parent == short else stack.enter_context(_private_folder(short))
        )


def _wanted_spill() -> Path | None:
    named = os.environ.get("ANALYTICS_TEMP")
    return Path(named).resolve() if named else None


@contextmanager
def _private_folder(parent: Path) -> Iterator[Path]:
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))  # made with mode 700
    try:
        with FileLock(folder / _LOCK):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove the places of runs that are no longer alive."""
    for parent in {Path(tempfile.gettempdir()), for_sockets(), _wanted_spill()} - {None}:
        for folder in parent.glob(f"{_PREFIX}*") if parent else ():
            try:
                with FileLock(folder / _LOCK, timeout=0):
                    shutil.rmtree(folder, ignore_errors=True)
            except (Timeout, OSError):  # alive, or another user's
                continue
