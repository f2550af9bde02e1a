"""In JupyterLab a long cell says that it works, and the last cell where everything lies; a batch says neither."""

import sys
import threading
import time

import pytest
from IPython.core.interactiveshell import InteractiveShell

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
    monkeypatch.setattr(by_hand, "_watching", None)
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)
    counts = []
    for _ in range(2):
        by_hand.watch_cells("en")
        counts.append(len(shell.events.callbacks["pre_run_cell"]))
    last = by_hand._watching
    shell.events.unregister("pre_run_cell", last.begin)
    shell.events.unregister("post_run_cell", last.end)
    assert counts[0] == counts[1]
    InteractiveShell.clear_instance()
