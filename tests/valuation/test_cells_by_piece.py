"""Cells that are added up and compared piece by piece, on codes, are those that the engine adds up of all lines."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics import tables
from analytics.valuation import Question
from analytics.valuation.comparison import prepared
from analytics.valuation.level.price_level import compared_cells


@pytest.fixture(scope="module")
def declared() -> pd.DataFrame:
    """Some thousand lines: slips, a district at a third of its prices, enterprises without a name, no mass declared."""
    frame = tables.as_pandas(tables.simulate(6_000, 11).declarations)
    seed = np.random.default_rng(11)
    slip, nameless = seed.random(len(frame)) < 0.03, seed.random(len(frame)) < 0.1
    frame.loc[slip, "quantity"] *= 1000
    frame.loc[frame["district"].eq(frame["district"].iloc[0]), "value"] *= 0.3
    frame.loc[nameless, ["enterprise_id", "net_mass_kg"]] = None
    return frame


@pytest.mark.parametrize(
    "question",
    [
        Question(),
        Question(("district", "heading"), like=("size_class",), product_digits=6),
        Question(("enterprise",), outlier_threshold=0.0),
        Question(("origin", "period"), period="quarter"),
        Question(reference=pd.DataFrame({"hs_code": ["01012100", "27090000"], "price": [1.0, 2.0]})),
    ],
    ids=["district", "goods alike by size", "enterprise", "origin by quarter", "beside external prices"],
)
def test_cells_of_pieces_are_those_of_all_lines(declared, question, monkeypatch):
    monkeypatch.setattr(prepared, "AT_ONCE", 1_500)
    found = prepared.prepare(declared, question)
    by, reference = tuple(question.by), question.reference
    once = compared_cells(replace(found, compared=None), by, None, reference)
    by_piece = compared_cells(found, by, None, reference)
    assert by_piece["rung"].nunique() > 2
    assert by_piece["chapter"].nunique() > 20
    # The sums of the same lines in the same order; references take differences, which lose some digits.
    pd.testing.assert_frame_equal(by_piece[once.columns], once, rtol=1e-10, atol=1e-12)
    sums = ["lines", "quantity", "value", "tax_weight", "aligned_value", "aligned_tax", "log_price", "log_size"]
    pd.testing.assert_frame_equal(by_piece[sums], once[sums], rtol=1e-15, atol=0)
