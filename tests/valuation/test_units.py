"""Units of one kind compare whatever they are called, however many spellings there are."""

import pandas as pd
import pytest

from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.lines import keyed

SAID = [
    ("KG", 1.0, "kg"),
    (" t ", 1e3, "kg"),
    ("g", 1e-3, "kg"),
    ("lb", 0.45359237, "kg"),
    ("PCS", 1.0, "pcs"),
    ("", 1.0, ""),
]


@pytest.mark.parametrize("more", [0, 40], ids=["few spellings", "many spellings"])
def test_units_of_mass_are_kilograms_and_others_keep_their_name(more: int):
    rows = [*SAID, *[(f"U{k:02} ", 1.0, f"u{k:02}") for k in range(more)]]
    frame = pd.DataFrame({"unit": [row[0] for row in rows], "quantity": 2.0, "value": 6.0, "hs_code": "01012100"})
    frame["date"] = pd.Timestamp("2025-03-05")
    lines, _ = keyed(engine.load_frame(frame))
    found = engine.fetch(lines).sort_values("line_no")
    assert found["unit"].tolist() == [row[2] for row in rows]
    assert found["quantity"].tolist() == pytest.approx([2 * row[1] for row in rows])
