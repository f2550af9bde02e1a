"""A quick look: one sentence of a page for a choice of the reader's; a control in JupyterLab, the sentence anywhere.

What stays is the sentence. A batch, `nbconvert` and a page show the one of the first choice, a notebook saved in
JupyterLab the one chosen last; the control itself goes with the kernel and leaves nothing behind.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from analytics.briefing.look.templates import element
from analytics.briefing.look.wording import said
from analytics.briefing.page import MARK, Page, current
from analytics.language import Text

_LIVE = "JPY_SESSION_NAME"  # set by the server for a kernel that somebody sits before


def look(title: Text, label: Text, choices: Sequence[Text | str], texts: Sequence[Text], start: int = 0) -> None:
    """Show what holds for one choice, and in JupyterLab a control that shows the others.

    Parameters
    ----------
    title : what is looked at
    label : what is chosen, such as "District"
    choices, texts : the choices in their order, and the sentence of each
    start : position of the choice shown first, everywhere but in JupyterLab the only one

    Raises
    ------
    ValueError
        Choices and sentences are not as many, there is none, or `start` is none of them.
    """
    if len(choices) != len(texts) or not 0 <= start < len(texts):
        raise ValueError(f"A quick look needs a sentence for each choice: {len(choices)} choices, {len(texts)} texts.")
    page = current()
    shown = [_shown(page, title, label, c, t) for c, t in zip(choices, texts, strict=True)]
    content, plain = shown[start]
    name = said(page.tell(title), page.language)
    handle = page.show("look", content, plain, title=name, update=page.by_hand and _LIVE in os.environ)
    if handle is not None:
        _control(page, label, choices, shown, start, handle)


def _shown(page: Page, title: Text, label: Text, choice: Text | str, text: Text) -> tuple[str, str]:
    language = page.language
    title, text = page.tell(title), page.tell(text)
    of, colon = page.tell(choice), "：" if language == "zh" else ": "
    chosen = f"{said(label, language)}{colon}{said(of, language)}"
    content = element("look", language, title=title, chosen=chosen, text=text)
    return content, f"{said(title, language)}\n{chosen}\n{said(text, language)}"


def _control(
    page: Page, label: Text, choices: Sequence[Text | str], shown: list[tuple[str, str]], start: int, handle: Any
) -> None:
    """Show a control that puts another sentence in the place of the one shown."""
    import ipywidgets
    from IPython.display import display

    options = [(said(page.tell(choice), page.language), at) for at, choice in enumerate(choices)]
    control = ipywidgets.Dropdown(options=options, value=start, description=said(label, page.language))

    def chosen(change: Any) -> None:
        page.renew(handle, *shown[change["new"]])

    control.observe(chosen, names="value")
    display(control, metadata={MARK: {"kind": "control"}})
