"""How an element reaches whoever runs the notebook."""

from __future__ import annotations

from typing import Any


def rendered(content: str, plain: str) -> dict[str, str]:
    """Return an element as a kernel hands it over: HTML with a plain-text twin."""
    return {"text/html": f'<div class="briefing">{content}</div>', "text/plain": plain}


def display(output: dict[str, Any], *, update: bool = False) -> Any:
    """Show an output where there is a kernel; with `update` return the handle that renews it."""
    from IPython.core.interactiveshell import InteractiveShell

    if not InteractiveShell.initialized():
        return None
    from IPython.display import display as show

    if not update:
        return show(output["data"], raw=True, metadata=output["metadata"])
    handle = show(output["data"], raw=True, metadata=output["metadata"], display_id=True)
    handle.briefing_output = output
    return handle
