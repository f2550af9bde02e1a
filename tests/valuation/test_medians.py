"""Medians by code from one sort of packed words are those of numpy, code by code."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.valuation.alignment.groups import _least_absolute
from analytics.valuation.alignment.lines import Lines, codes, in_order
from analytics.valuation.alignment.medians import Ordered, repeated_median, weighted_median
from analytics.valuation.alignment.remembered import Medians


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
        assert plain[k] == pytest.approx(np.median(own), abs=1e-11)
        repeated = np.repeat(own, weight[code == k].astype(int))
        assert weighted[k] == pytest.approx(np.median(repeated), abs=1e-11)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10**7), st.integers(0, 2)), min_size=1, max_size=50))
def test_codes_number_crossings_in_their_order_without_gaps(rows):
    columns = [np.array(c, dtype=np.int64) for c in zip(*rows, strict=True)]
    found = codes(*columns)
    expected = {row: number for number, row in enumerate(sorted(set(rows)))}
    assert found.tolist() == [expected[row] for row in rows]


@given(st.lists(st.tuples(st.integers(0, 4), st.floats(-40, 40), st.integers(1, 9)), min_size=1, max_size=60))
def test_a_median_of_values_that_stand_for_many_is_that_of_all_of_them(rows):
    code, x, times = (np.array(column) for column in zip(*rows, strict=True))
    found = repeated_median(code, x, times, 6)
    for k in range(6):
        every = np.repeat(x[code == k], times[code == k])
        assert found[k] == pytest.approx(np.median(every), abs=1e-11) if len(every) else np.isnan(found[k])


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10**12), st.floats(-9, 9)), min_size=1, max_size=50))
def test_lines_stand_by_contract_and_price_whatever_order_they_came_in(rows):
    def told(rows):
        columns = [np.array([row[at] for row in rows], dtype=np.int64) for at in (0, 1, 1, 1)]
        order, new = in_order(columns, np.array([row[2] for row in rows]))
        return [rows[at] for at in order], new.tolist()

    expected = sorted(rows)
    starts = [at == 0 or expected[at][:2] != expected[at - 1][:2] for at in range(len(rows))]
    assert told(rows) == told(rows[::-1]) == (expected, starts)


def test_fitting_only_what_moved_is_the_fit_of_all():
    seed = np.random.default_rng(4)
    cell, group = seed.integers(0, 60, 900), seed.integers(0, 25, 900)
    price, weight = (group % 5 == 0) * 1.5 + seed.standard_t(2, 900), np.sqrt(seed.integers(1, 9, 900))
    effect = np.zeros(25)
    for _ in range(40):
        centre = weighted_median(cell, price - effect[group], weight, 60)
        effect, before = weighted_median(group, price - centre[cell], weight, 25), effect
        if np.abs(effect - before).max() < 1e-4:
            break
    centre = weighted_median(cell, price - effect[group], weight, 60)
    for found, whole in zip(_least_absolute(cell, group, price, weight), (centre, effect), strict=True):
        assert found == pytest.approx(whole, abs=1e-12)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60),
    st.lists(st.tuples(st.integers(0, 59), st.floats(-9, 9)), max_size=8),
)
def test_medians_that_are_remembered_are_those_of_all_lines_anew(rows, changes):
    contract = np.sort(np.array([r[0] for r in rows]))
    start = np.flatnonzero(np.append(True, contract[1:] != contract[:-1]))
    unit = codes(np.array([rows[at][1] for at in start]))
    price = np.array([float(r[2]) for r in rows])[np.lexsort(([r[2] for r in rows], contract))]
    none = np.zeros(len(start), dtype=np.int64)
    lines = Lines(price, price, price, start, none, unit, none, none, none)
    every, medians = np.ones(int(unit.max()) + 1, dtype=bool), Medians(lines)
    moved = price.copy()
    for at, value in changes:
        moved[at % len(moved)] = value
    for x in (price, moved, price):
        fresh = Ordered(lines.each(unit), x, len(every))
        median, error = medians.of(("group",), x, every)
        np.testing.assert_array_equal(median, fresh.median())
        np.testing.assert_array_equal(error, fresh.error())
