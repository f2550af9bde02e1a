"""A private place for one run: sockets, spilled and converted data. Removed whatever happens.

What a killed batch left behind is removed by the next one: each place holds a lock for as long as its run lives.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from analytics import places
from analytics.preload import for_sockets


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
        folder = stack.enter_context(places.private(Path(tempfile.gettempdir())))
        wanted, short = _wanted_spill(), for_sockets()
        spill = stack.enter_context(places.private(wanted)) if wanted else folder
        yield Workplace(folder, spill, folder if folder.parent == short else stack.enter_context(places.private(short)))


def _wanted_spill() -> Path | None:
    named = os.environ.get("ANALYTICS_TEMP")
    return Path(named).resolve() if named else None


def sweep() -> None:
    """Remove the places of runs that are no longer alive."""
    parents = (Path(tempfile.gettempdir()), for_sockets(), _wanted_spill())
    places.sweep(parent for parent in parents if parent is not None)
