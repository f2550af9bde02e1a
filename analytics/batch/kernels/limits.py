"""What one set may take: time, and memory of its kernel with all its processes."""

from __future__ import annotations

import os
import re
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

import psutil

from analytics.errors import ParameterError
from analytics.language import Text

_UNITS = {"": 1, "S": 1, "M": 60, "H": 3600}
_SIZES = {"MB": 2**20, "GB": 2**30, "TB": 2**40}
_EVERY = 0.25  # seconds between two looks


@dataclass(frozen=True)
class Limits:
    """Most seconds and bytes of one set; None for no limit."""

    seconds: float | None = None
    memory: int | None = None

    @staticmethod
    def of(time_limit: str | None, memory_limit: str | None) -> Limits:
        """Read limits as they are written: "90", "10m", "2h"; "512MB", "4GB".

        Raises
        ------
        ParameterError
            When a limit is written in another way.
        """
        return Limits(
            _read("--time-limit", time_limit, _UNITS, '"600" (seconds), "10m" or "2h"') if time_limit else None,
            int(_read("--memory-limit", memory_limit, _SIZES, '"512MB" or "4GB"')) if memory_limit else None,
        )


NO_LIMITS = Limits()


def _read(option: str, text: str, units: dict[str, int], like: str) -> float:
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*", text)
    if not found or found[2].upper() not in units or float(found[1]) <= 0:
        raise ParameterError(f'{option}: "{text}" is not a limit. Write it like {like}.')
    return float(found[1]) * units[found[2].upper()]


class Watch:
    """Stops a kernel that takes more than its set may, and says which limit it was."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.reason: Text | None = None
        self._over = Event()

    def begin(self, process: Any) -> None:
        """Watch a kernel's process (with `pid` and `poll()`) until `end`."""
        if self.limits.seconds is None and self.limits.memory is None:
            return
        Thread(target=self._look, args=(process, time.monotonic()), daemon=True, name="limits").start()

    def end(self) -> None:
        """Stop watching."""
        self._over.set()

    def _look(self, process: Any, since: float) -> None:
        while not self._over.wait(_EVERY) and process.poll() is None:
            self.reason = self._broken(process.pid, time.monotonic() - since)
            if self.reason is not None:
                stop(process)
                return

    def _broken(self, pid: int, seconds: float) -> Text | None:
        if self.limits.seconds is not None and seconds > self.limits.seconds:
            allowed = f"{self.limits.seconds:g}"
            return Text(
                f"it ran longer than the {allowed} s of --time-limit", f"运行超过时限{allowed}秒（--time-limit）"
            )
        if self.limits.memory is not None and (used := memory_of(pid)) > self.limits.memory:
            most, taken = f"{self.limits.memory / 2**30:.1f}", f"{used / 2**30:.1f}"
            return Text(
                f"it took {taken} GB of memory, more than the {most} GB of --memory-limit",
                f"占用内存{taken}GB，超过上限{most}GB（--memory-limit）",
            )
        return None


def memory_of(pid: int) -> int:
    """Resident memory of a process and all that it started, in bytes; 0 once it is gone."""
    total = 0
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for part in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                total += part.memory_info().rss
    return total


def stop(process: Any) -> None:
    """Kill a kernel with all that it started (kernels lead a session of their own)."""
    if process is not None and process.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
