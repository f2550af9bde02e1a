"""What leaves the house tells nothing of single enterprises, neither by itself nor by differencing totals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analytics import briefing
from analytics.briefing.disclosure import Rule, checked, suppressed
from analytics.briefing.page import current
from analytics.errors import ParameterError
from analytics.language import Text


def _table(rows, columns, seed):
    rng = np.random.default_rng(seed)
    cells = rng.integers(0, 60, (rows, columns)) * (rng.random((rows, columns)) > 0.2)
    values = np.zeros((rows + 1, columns + 1))
    values[:-1, :-1] = cells
    values[:-1, -1], values[-1, :-1], values[-1, -1] = cells.sum(1), cells.sum(0), cells.sum()
    unsafe = np.zeros(values.shape, dtype=bool)
    unsafe[:-1, :-1] = rng.random(cells.shape) < rng.choice([0.05, 0.2, 0.5])
    return values, unsafe


def _sums(values, blank):
    """The equations that a reader has: every row and column adds up to its total."""
    unknown = [tuple(c) for c in np.argwhere(blank)]
    at = {cell: k for k, cell in enumerate(unknown)}
    lines, right = [], []
    for axis in (0, 1):
        for i in range(values.shape[axis]):
            line, told = np.zeros(len(unknown)), 0.0
            for j in range(values.shape[1 - axis]):
                cell = (i, j) if axis == 0 else (j, i)
                sign = -1.0 if j == values.shape[1 - axis] - 1 else 1.0
                if cell in at:
                    line[at[cell]] = sign
                else:
                    told += sign * values[cell]
            lines.append(line)
            right.append(-told)
    return unknown, np.array(lines), np.array(right)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 7), st.integers(2, 7), st.integers(0, 10**6))
def test_no_cell_that_must_not_be_told_follows_from_what_is_published(rows, columns, seed):
    values, unsafe = _table(rows, columns, seed)
    blank = suppressed(values, unsafe)
    assert (blank | ~unsafe).all(), "every such cell is blank"
    unknown, lines, _ = _sums(values, blank)
    if not unknown:
        return
    rank = np.linalg.matrix_rank(lines)
    for k, cell in enumerate(unknown):
        if unsafe[cell] and values[cell] > 0:
            unit = np.zeros(len(unknown))
            unit[k] = 1.0
            assert np.linalg.matrix_rank(np.vstack([lines, unit])) > rank, (cell, seed)


@pytest.mark.parametrize("seed", range(12))
def test_amounts_that_cannot_be_negative_leave_a_range_too(seed):
    values, unsafe = _table(5, 4, seed)
    unknown, lines, right = _sums(values, suppressed(values, unsafe))
    for k, cell in enumerate(unknown):
        if unsafe[cell] and values[cell] > 0:
            cost = np.zeros(len(unknown))
            cost[k] = 1.0
            low, high = (linprog(s * cost, A_eq=lines, b_eq=right, bounds=(0, None)) for s in (1, -1))
            assert high.status == 3 or -high.fun - low.fun > 0.5, (cell, seed)


def test_one_cell_alone_takes_a_rectangle_of_the_cheapest_with_it():
    values = np.array([[10.0, 50, 20, 80], [30, 60, 5, 95], [40, 110, 25, 175]])
    unsafe = np.zeros(values.shape, dtype=bool)
    unsafe[0, 0] = True
    blank = suppressed(values, unsafe)
    assert blank.sum() == 4
    assert blank[[0, 0, 1, 1], [0, 2, 0, 2]].all()


def test_a_row_may_be_told_with_enough_enterprises_of_which_none_is_most():
    frame = pd.DataFrame(
        {
            "key": ["a", "b", "c", "d", "e"],
            "level": [1.0, 0.9, 1.1, 0.8, 1.2],
            "enterprises": [9, 2, 30, 12, None],
            "largest_share": [0.3, 0.6, 0.94, 0.5, 0.2],
        }
    )
    kept, hidden = checked(frame, Rule(3, 0.85))
    assert hidden == 3
    assert kept["level"].notna().tolist() == [True, False, False, True, False]
    assert kept["key"].tolist() == ["a", "b", "c", "d", "e"]


def test_one_hidden_row_never_stands_alone():
    frame = pd.DataFrame({"key": list("abc"), "y": [1.0, 2, 3], "enterprises": [2, 9, 5], "largest_share": 0.4})
    kept, hidden = checked(frame, Rule(3, 0.85))
    assert hidden == 2
    assert kept["y"].notna().tolist() == [False, True, False]


@pytest.mark.parametrize("column", ["enterprise_id", "declaration_id", "seller_id", "officer_id"])
def test_tables_of_single_enterprises_and_tables_that_cannot_be_checked_stay_inside(column):
    counted = pd.DataFrame({"key": ["a"], "enterprises": [9], "largest_share": [0.2]})
    assert checked(counted, Rule())[0] is not None
    assert checked(counted.assign(**{column: "E-1"}), Rule())[0] is None
    assert checked(counted.drop(columns="largest_share"), Rule())[0] is None


@pytest.mark.parametrize("text", ["3", "1,0.85", "3,85", "a,b", "3,0.85,1", "-3,0.5"])
def test_a_rule_in_another_form_is_refused(text):
    with pytest.raises(ParameterError, match="is not a rule"):
        Rule.of(text)


def test_a_page_that_is_to_leave_says_what_it_withholds(sample, project, monkeypatch):
    monkeypatch.setenv("ANALYTICS_DISCLOSURE", "3,0.85")
    folder = sample.make(project / "out")
    shown = [o["metadata"]["briefing"]["kind"] for o in current().outputs]
    assert "figure" not in shown
    assert "table" not in shown
    told = " ".join(o["data"]["text/html"] for o in current().outputs)
    assert told.count("Withheld") == 2
    assert "at least 3 enterprises" in told
    assert list((folder / "tables").glob("*.csv")) == []
    assert not (folder / "quarantine").exists()


def test_a_table_that_may_leave_is_shown_with_blanks_and_says_how_many(sample, project, monkeypatch):
    monkeypatch.setenv("ANALYTICS_DISCLOSURE", "3,0.85")
    sample.make(project / "out")
    frame = pd.DataFrame(
        {"key": list("abcd"), "y": [1.0, 2, 3, 4], "enterprises": [2, 9, 5, 1], "largest_share": [0.5] * 4}
    )
    columns = [briefing.Column("key", Text("Key", "键")), briefing.Column("y", Text("Y", "值"), "number", digits=1)]
    briefing.table(frame, title=Text("T", "表"), columns=columns, name="t")
    content = current().outputs[-1]["data"]["text/html"]
    assert "2 of 4 rows" in content
    written = pd.read_csv(project / "out" / "tables" / "t.csv")
    assert written["y"].notna().tolist() == [False, True, True, False]
