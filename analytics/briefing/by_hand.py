"""What a notebook shows of an error: the text alone where it was written for an analyst."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from analytics.errors import AnalystError


def plain_errors() -> None:
    """Show errors written for analysts without a traceback, in whatever runs the notebook."""
    from IPython.core.interactiveshell import InteractiveShell

    if InteractiveShell.initialized():
        InteractiveShell.instance().set_custom_exc((AnalystError,), _shown)


def _shown(shell: Any, kind: type, error: BaseException, trace: TracebackType, tb_offset: int | None = None) -> None:
    # Under the name of the base: papermill and the batch then know it, whichever pillar it came from.
    shell._showtraceback(AnalystError, error, [str(error)])
