"""Two batches in one folder take turns: one set, and the index, is written by one of them at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from analytics.batch.kernels.manager import OwnKernelManager

_FOLDER = ".locks"
_EVERY = 0.5  # seconds between two looks at whether the batch is being stopped


@contextmanager
def taking_turns(reports: Path, name: str) -> Iterator[None]:
    """Hold the lock of a set (or of the index) in a language's reports; wait for whoever holds it.

    Raises
    ------
    InterruptedError
        When the batch is being stopped while it waits.
    """
    folder = reports.resolve() / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{name.replace('/', '--')}.lock")
    while True:
        try:
            lock.acquire(timeout=_EVERY)
            break
        except Timeout:
            if OwnKernelManager.stopping.is_set():
                raise InterruptedError("the batch is being stopped") from None
    try:
        yield
    finally:
        lock.release()
