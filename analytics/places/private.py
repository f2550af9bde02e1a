"""Private folders for a while: removed by whoever made them, and by the next run where that one was killed.

Each holds a lock for as long as its maker lives, so that the living are told from the dead.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.util import Finalize
from pathlib import Path

from filelock import FileLock, Timeout

_PREFIX = "analytics-run-"  # short: the name of an ipc socket may hold about 100 characters
_LOCK = "alive.lock"
_LAST = -200  # multiprocessing's own last is -100


@contextmanager
def private(parent: Path) -> Iterator[Path]:
    """Give a folder that its owner alone may enter, and remove it at the end."""
    folder, lock = _made(parent)
    try:
        yield folder
    finally:
        _remove(folder, lock)


def until_exit(parent: Path) -> Path:
    """Return a folder that its owner alone may enter, removed when this process ends."""
    folder, lock = _made(parent)
    # Not atexit: what multiprocessing removes from it goes first, and its children end by these alone.
    Finalize(None, _remove, args=(folder, lock), exitpriority=_LAST)
    return folder


def sweep(parents: Iterable[Path]) -> None:
    """Remove the folders whose makers are no longer alive."""
    for folder in (found for parent in set(parents) for found in parent.glob(f"{_PREFIX}*")):
        try:
            with FileLock(folder / _LOCK, timeout=0):
                shutil.rmtree(folder, ignore_errors=True)
        except (Timeout, OSError):  # alive, or another user's
            continue


def _made(parent: Path) -> tuple[Path, FileLock]:
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))  # made with mode 700
    lock = FileLock(folder / _LOCK)
    lock.acquire()
    return folder, lock


def _remove(folder: Path, lock: FileLock) -> None:
    lock.release()
    shutil.rmtree(folder, ignore_errors=True)
