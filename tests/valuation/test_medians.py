"""Medians by code from one sort of packed words are those of numpy, code by code."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.valuation.alignment.lines import codes
from analytics.valuation.alignment.medians import Ordered, weighted_median


@given(
    st.lists(st.tuples(st.integers(0, 6), st.floats(-40, 40), st.integers(1, 9)), max_size=60),
    st.integers(7, 9),
)
def test_medians_by_code_are_those_of_each_code(rows, size):
    code = np.array([r[0] for r in rows], dtype=np.int64)
    x, weight = np.array([r[1] for r in rows], dtype=float), np.array([r[2] for r in rows], dtype=float)
    plain, weighted = Ordered(code, x, size).median(), weighted_median(code, x, weight, size)
    for k in range(size):
        own = x[code == k]
        if not len(own):
            assert np.isnan(plain[k])
            assert np.isnan(weighted[k])
            continue
        assert plain[k] == pytest.approx(np.median(own), abs=1e-7)
        repeated = np.repeat(own, weight[code == k].astype(int))
        assert weighted[k] == pytest.approx(np.median(repeated), abs=1e-7)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10**7), st.integers(0, 2)), min_size=1, max_size=50))
def test_codes_number_crossings_in_their_order_without_gaps(rows):
    columns = [np.array(c, dtype=np.int64) for c in zip(*rows, strict=True)]
    found = codes(*columns)
    expected = {row: number for number, row in enumerate(sorted(set(rows)))}
    assert found.tolist() == [expected[row] for row in rows]
