"""In JupyterLab a long cell says that it works, and the last cell where everything lies; a batch says neither."""

import sys
import threading
import time

import ipywidgets
import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from ipywidgets import Dropdown
from nbformat.v4 import new_code_cell, new_notebook, new_output

from analytics import briefing
from analytics.briefing import by_hand
from analytics.briefing.page import current
from analytics.language import Text


@pytest.fixture
def said(monkeypatch):
    told = []
    monkeypatch.setattr("IPython.display.display", lambda c, display_id: told.append(("shown", display_id, c.data)))
    monkeypatch.setattr(
        "IPython.display.update_display", lambda c, display_id: told.append(("new", display_id, c.data))
    )
    return told


def _ends(before):
    until = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < until:
        time.sleep(0.01)


def test_a_long_cell_says_how_long_it_works_and_at_last_how_long_it_took(said):
    before, watch = threading.active_count(), by_hand.Waiting("en", after=0.02, every=0.02)
    watch.begin()
    time.sleep(0.2)
    watch.end()
    _ends(before)
    assert [kind for kind, _, _ in said[:2]] == ["shown", "new"]
    assert "Working" in said[0][2]
    assert "Took" in said[-1][2]
    assert len({shown for _, shown, _ in said}) == 1, "one line that is renewed, not many"


def test_a_cell_that_is_done_at_once_says_nothing(said):
    before, watch = threading.active_count(), by_hand.Waiting("zh", after=0.5)
    watch.begin()
    watch.end()
    _ends(before)
    assert said == []


CHOICES, TEXTS = ("1 %", "4 %"), (Text("Finds sixty.", "有效率60%。"), Text("Finds fifty.", "有效率50%。"))


def _look(page):
    briefing.Look(Text("Quick look", "速览"), Text("Share", "比例"), CHOICES, TEXTS, 1).show()
    return page.outputs[-1]["data"]


@pytest.fixture
def shell():
    """A shell of IPython and what it displays."""
    InteractiveShell.clear_instance()
    one = InteractiveShell.instance()
    with capture_output() as told:
        yield one, told
    InteractiveShell.clear_instance()


def test_a_quick_look_of_a_batch_or_of_nbconvert_is_one_sentence_and_no_control(sample, project, monkeypatch, shell):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    sample.make(project / "out")
    for alone in (False, True):
        current().by_hand = alone
        assert "Finds fifty." in _look(current())["text/html"]
    assert not [o for o in shell[1].outputs if any("widget" in kind for kind in o.data)]


def test_in_jupyterlab_a_choice_changes_the_sentence_that_stays_and_the_control_is_on_no_page(
    sample, project, monkeypatch, shell
):
    monkeypatch.setenv("JPY_SESSION_NAME", "x.ipynb")
    sample.make(project / "out")
    page = current()
    page.by_hand = True
    made = []
    monkeypatch.setattr(ipywidgets, "Dropdown", lambda **given: made.append(Dropdown(**given)) or made[-1])
    assert "Finds fifty." in _look(page)["text/html"]
    assert [label for label, _ in made[0].options] == ["1 %", "4 %"]
    made[0].value = 0
    stays = page.outputs[-1]
    assert "Finds sixty." in stays["data"]["text/html"]
    control = [o for o in shell[1].outputs if any("widget" in kind for kind in o.data)]
    assert len(control) == 1
    cell = new_code_cell("", outputs=[
        new_output("display_data", o["data"], metadata=o["metadata"]) for o in page.outputs
    ] + [new_output("display_data", control[0].data, metadata=control[0].metadata)])  # fmt: skip
    nbformat.write(new_notebook(cells=[cell]), project / "saved.ipynb")
    text = briefing.export(project / "saved.ipynb", project / "saved.html", "en").read_text()
    assert "Finds sixty." in text
    assert "Finds fifty." not in text
    assert "widget" not in text.lower()


def test_it_names_the_part_that_works():
    found = []

    class Alt(str):
        def strip(self, *args):
            found.append(by_hand.doing(sys._getframe()))
            return str.strip(self, *args)

    from analytics.briefing import elements

    with pytest.raises(ValueError, match="no text alternative"):
        elements.figure(None, title=Text("a", "b"), alt=[Alt("")])
    assert found == ["briefing, elements"]
    assert by_hand.doing(None) == ""


def test_only_a_notebook_run_by_hand_is_watched_and_says_where_everything_lies(sample, project, monkeypatch):
    watched = []
    monkeypatch.setattr("analytics.briefing.page.watch_cells", watched.append)
    sample.make(project / "out")
    assert watched == []
    assert "written" not in [o["metadata"]["briefing"]["kind"] for o in current().outputs]
    briefing.start("tax_forecast", {"language": "zh", "year": 2025})
    assert watched == ["zh"]
    briefing.finish(briefing.Verdict("", "watch", None, None, None, Text("a", "甲"), Text("b", "乙")))
    assert "reports/zh/tax_forecast/by_hand" in current().outputs[-1]["data"]["text/plain"]


def test_watching_twice_watches_once(monkeypatch):
    shell = InteractiveShell.instance()
    monkeypatch.setattr(by_hand.cells, "_watching", None)
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)
    counts = []
    for _ in range(2):
        by_hand.watch_cells("en")
        counts.append(len(shell.events.callbacks["pre_run_cell"]))
    last = by_hand.cells._watching
    shell.events.unregister("pre_run_cell", last.begin)
    shell.events.unregister("post_run_cell", last.end)
    assert counts[0] == counts[1]
    InteractiveShell.clear_instance()
