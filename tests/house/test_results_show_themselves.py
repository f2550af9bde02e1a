"""Results typed as a name in a shell or JupyterLab: a line and a table, never a dump, whichever pillar made them."""

import importlib
import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics import operations, scorecard
from analytics.mirror.flows import Both
from analytics.operations.release.survival import kaplan_meier
from analytics.sampling import design
from analytics.shown import Shown
from analytics.valuation.evidence.ledger import Ledger

PACKAGE = Path(__file__).resolve().parents[2] / "analytics"
ROOMS = sorted(p.parent.name for p in PACKAGE.glob("*/__init__.py") if "__all__" in p.read_text(encoding="utf-8"))
HELD = re.compile(r"\b(?:DataFrame|ndarray|Series)\b")  # what would be dumped


def _holding() -> dict[str, type]:
    """Public dataclasses that hold tables or arrays."""
    found = {}
    for room in ROOMS:
        door = importlib.import_module(f"analytics.{room}")
        for name in door.__all__:
            value = getattr(door, name)
            if (
                isinstance(value, type)
                and is_dataclass(value)
                and any(HELD.search(str(f.type)) and f.repr for f in fields(value))
            ):
                found[f"{room}.{name}"] = value
    return found


PARTS_OF_A_PAGE = {"briefing.Chart", "briefing.Listing", "briefing.Section", "briefing.Part"}
GIVEN = {"compliance.Pilot"}  # what an analyst makes and hands over
RESULTS = {name: kind for name, kind in _holding().items() if name not in PARTS_OF_A_PAGE}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_with_tables_has_a_line_and_a_table_of_its_own(name):
    kind = RESULTS[name]
    written = next(c for c in kind.__mro__ if "__repr__" in vars(c))
    assert "__create_fn__" not in vars(written)["__repr__"].__qualname__, "the repr of a dataclass dumps what it holds"
    assert name in GIVEN or hasattr(kind, "_repr_html_"), f"{name} shows nothing in JupyterLab"


@pytest.mark.parametrize("room", ROOMS)
def test_completion_offers_what_is_public_only(room):
    door = importlib.import_module(f"analytics.{room}")
    assert dir(door) == sorted(door.__all__)


def _results() -> list[Shown]:
    months = pd.date_range("2025-01-01", periods=3, freq="MS")
    side = np.ones((3, 2))
    cells = pd.DataFrame({"importer": ["A", "A"], "exporter": ["B", "C"], "good": ["01", "02"]})
    handbooks = pd.DataFrame({
        "handbook_id": ["h1", "h2"], "enterprise_id": ["e1", "e2"], "hs_code": ["5208", "5208"],
        "opened_on": pd.to_datetime(["2024-01-01"] * 2), "due_on": pd.to_datetime(["2024-12-31"] * 2),
        "extended_to": pd.NaT, "written_off_on": pd.to_datetime(["2024-12-01", None]), "input_quantity": [10.0, 20.0],
        "stock_quantity": 0.0, "output_quantity": [9.0, 9.0], "unit_consumption": 1.0, "waste_share": 0.0,
        "input_unit": "kg",
    })  # fmt: skip
    queries = pd.DataFrame({"outcome": ["raised", "open"]})
    card = scorecard.Scorecard(tuple(scorecard.the_plan()), 2008, "all", {})
    hours = np.linspace(1, 40, 50)
    return [
        Both(cells, months, side, side, side, side),
        operations.balances(handbooks),
        Ledger(queries),
        card,
        kaplan_meier(hours, hours < 30),
        design(np.linspace(1, 1000, 400), 40),
    ]


def test_results_show_a_line_and_the_first_rows_of_their_summary():
    for result in _results():
        line, page = repr(result), result._repr_html_()
        assert line.startswith(f"<{type(result).__name__} ")
        assert len(line) < 200
        assert "\n" not in line
        assert f"&lt;{type(result).__name__}" in page
        assert page.count("<tr") - 1 == min(len(result.summary()), 10)
