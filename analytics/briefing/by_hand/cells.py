"""Cells of a notebook run by hand: plain errors, and that a long one works."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any
from uuid import uuid4

from analytics.briefing.look.wording import html, word
from analytics.errors import AnalystError
from analytics.language import Language

AFTER, EVERY = 5.0, 2.0  # seconds


def plain_errors() -> None:
    """Show errors written for analysts without a traceback, in whatever runs the notebook."""
    from IPython.core.interactiveshell import InteractiveShell

    if InteractiveShell.initialized():
        InteractiveShell.instance().set_custom_exc((AnalystError,), _shown)


def _shown(shell: Any, kind: type, error: BaseException, trace: TracebackType, tb_offset: int | None = None) -> None:
    # Under the name of the base: papermill and the batch then know it, whichever pillar it came from.
    shell._showtraceback(AnalystError, error, [str(error)])


class Waiting:
    """Watches the cells of a kernel; nothing is shown of those that are done at once.

    Parameters
    ----------
    language : {"en", "zh"}
    after, every : float
        Seconds before a cell says something, and between two sayings.
    """

    def __init__(self, language: Language, after: float = AFTER, every: float = EVERY) -> None:
        self._language, self._after, self._every = language, after, every
        self._worker = threading.main_thread().ident or 0
        self._done: threading.Event | None = None

    def begin(self, *_: Any) -> None:
        """Start to watch a cell."""
        self.end()
        self._done = threading.Event()
        threading.Thread(target=self._watch, args=(self._done,), daemon=True).start()

    def end(self, *_: Any) -> None:
        """The cell is done: what it says last is how long it took."""
        if self._done is not None:
            self._done.set()
            self._done = None

    def _watch(self, done: threading.Event) -> None:
        started, shown = time.monotonic(), uuid4().hex
        if done.wait(self._after):
            return
        first = True
        while not done.is_set():
            self._say(word("working", self._language), time.monotonic() - started, shown, first=first)
            first = False
            done.wait(self._every)
        self._say(word("worked", self._language), time.monotonic() - started, shown, first=False, at="")

    def _say(self, text: str, seconds: float, shown: str, *, first: bool, at: str | None = None) -> None:
        from IPython.display import HTML, display, update_display

        where = self._doing() if at is None else at
        told = text.format(seconds=f"{seconds:.0f}") + (f" · {where}" if where else "")
        content = HTML(f'<p class="note">{html(told, self._language)}</p>')
        if first:
            display(content, display_id=shown)
        else:
            update_display(content, display_id=shown)

    def _doing(self) -> str:
        """The part of the suite that works: "valuation, regression, mixed"."""
        frame = sys._current_frames().get(self._worker)
        return doing(frame)


def doing(frame: FrameType | None) -> str:
    """Return the innermost module of the suite on a stack, in words; empty where none is."""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith("analytics.") and not name.startswith(__name__):
            return ", ".join(part.replace("_", " ") for part in name.split(".")[1:])
        frame = frame.f_back
    return ""


_watching: Waiting | None = None


def watch_cells(language: Language) -> None:
    """Watch the cells of this kernel from now on; a kernel without IPython is left alone."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is None:
        return
    global _watching
    if _watching is not None:
        _watching.end()
        with suppress(ValueError):  # another shell's
            shell.events.unregister("pre_run_cell", _watching.begin)
            shell.events.unregister("post_run_cell", _watching.end)
    _watching = Waiting(language)
    shell.events.register("pre_run_cell", _watching.begin)
    shell.events.register("post_run_cell", _watching.end)
