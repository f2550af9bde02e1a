"""Which engine carries the tables, and how much of the machine it may take."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass
class Settings:
    """How much of the machine the engine may take.

    Attributes
    ----------
    memory_limit : such as "4GB"; beyond it the engine spills to the temporary folder. None: half of the machine's (or
        the container's) memory.
    threads : 1 unless ANALYTICS_THREADS or `configure` says otherwise: sums of several threads differ in late digits.
    folder : where it spills; by default a temporary folder that is removed at the end.
    engine : "duckdb", or Spark: "spark" (this machine), "spark:local[4]", "spark://host:7077".
    """

    memory_limit: str | None = None
    threads: int | None = None
    folder: Path | None = None
    engine: str = "duckdb"


current: list[Settings] = []


ENGINE = re.compile(r"duckdb|spark(:local\[(\d+|\*)\]|://\S+)?")


def wanted() -> Settings:
    """Return the settings in force."""
    if current:
        return current[0]
    threads, folder = os.environ.get("ANALYTICS_THREADS"), os.environ.get("ANALYTICS_TEMP")
    limit = os.environ.get("ANALYTICS_MEMORY_LIMIT")
    # One thread adds figures in one order: the same inputs give the same figures in every way of running.
    return Settings(limit, int(threads) if threads else 1, Path(folder) if folder else None)


def on_spark() -> bool:
    """Whether new tables go to Spark."""
    return wanted().engine != "duckdb"


@contextlib.contextmanager
def on_duckdb() -> Iterator[None]:
    """For what DuckDB alone does: reading text, cleaning cells."""
    before = wanted()
    current[:] = [replace(before, engine="duckdb")]
    try:
        yield
    finally:
        current[:] = [before]


def machine_memory() -> int:
    """Memory of the machine, or of the container where that is less, in bytes."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")] if hasattr(os, "sysconf") else []
    for limit in (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes")):
        with contextlib.suppress(OSError, ValueError):
            found.append(int(limit.read_text(encoding="ascii")))
    return min(found, default=8 << 30)
