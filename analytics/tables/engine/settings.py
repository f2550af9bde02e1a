"""How much of the machine the engine may take."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Limits:
    """How much of the machine the engine may take.

    Attributes
    ----------
    memory : such as "4GB"; beyond it the engine spills to the temporary folder
    threads : 1 unless told otherwise: sums of several threads differ in late digits
    cores : threads for reading a large source, where nothing is added up
    folder : where it spills; None for a temporary folder of the system's
    """

    memory: str
    threads: int = 1
    cores: int = 1
    folder: Path | None = None

    @classmethod
    def of_environment(cls) -> Limits:
        """Limits from ANALYTICS_MEMORY_LIMIT (half of the memory without it), ANALYTICS_THREADS, ANALYTICS_TEMP."""
        memory = os.environ.get("ANALYTICS_MEMORY_LIMIT") or f"{machine_memory() // 2**21}MiB"
        folder = os.environ.get("ANALYTICS_TEMP")
        threads = os.environ.get("ANALYTICS_THREADS")
        cores = int(threads) if threads else len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
        return cls(memory, int(threads or 1), cores, Path(folder) if folder else None)


def machine_memory() -> int:
    """Memory of the machine, or of the container where that is less, in bytes."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")] if hasattr(os, "sysconf") else []
    for limit in (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes")):
        with contextlib.suppress(OSError, ValueError):
            found.append(int(limit.read_text(encoding="ascii")))
    return min(found, default=8 << 30)
