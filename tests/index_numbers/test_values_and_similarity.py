"""Value changes split exactly; similar periods are linked; quantities have an index of their own."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import valuation
from analytics.valuation import IndexNumberError

positive = st.floats(0.1, 100)
rows = st.lists(st.tuples(positive, positive, positive, positive), min_size=1, max_size=6)


def table(pairs: list[tuple[float, float, float, float]]) -> pd.DataFrame:
    parts = [
        pd.DataFrame({"period": t, "product": range(len(pairs)), "price": [r[2 * t] for r in pairs],
                      "quantity": [r[2 * t + 1] for r in pairs]}) for t in (0, 1)
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize("method", ["bennet", "montgomery"])
@given(pairs=rows)
def test_price_quantity_and_entry_add_up_to_the_change_of_value_and_turn_with_time(method, pairs):
    frame = table(pairs)
    there, back = valuation.value_change(frame, 0, 1, method), valuation.value_change(frame, 1, 0, method)
    change = there["value_current"] - there["value_base"]
    np.testing.assert_allclose(there["price"] + there["quantity"] + there["entry"], change, rtol=1e-7, atol=1e-6)
    np.testing.assert_allclose(there["price"], -back["price"], rtol=1e-7, atol=1e-6)
    np.testing.assert_allclose(there["volume"] + there["mix"], there["quantity"], rtol=1e-7, atol=1e-6)


def test_bennet_by_hand_and_a_product_that_comes_is_neither_price_nor_quantity():
    frame = pd.DataFrame(
        {"period": [0, 1, 1], "product": ["a", "a", "b"], "price": [2.0, 3, 7], "quantity": [10.0, 8, 1]}
    )
    found = valuation.value_change(frame, 0, 1).set_index("product")
    assert found.loc["a", "price"] == pytest.approx(1 * 9)
    assert found.loc["a", "quantity"] == pytest.approx(-2 * 2.5)
    assert found.loc["b", ["price", "quantity", "entry"]].tolist() == [0, 0, 7]


def test_only_prices_moved_means_no_quantity_effect_and_no_mix():
    found = valuation.value_change(table([(1, 5, 2, 5), (4, 3, 3, 3)]), 0, 1, "montgomery")
    assert np.allclose(found[["quantity", "mix", "volume"]], 0)


def test_an_unknown_method_is_answered_with_those_that_are_known():
    with pytest.raises(IndexNumberError, match="bennet, montgomery"):
        valuation.value_change(table([(1, 1, 1, 1)]), 0, 1, "benet")


def sales() -> pd.DataFrame:
    """A sale in the third period; the fourth is as the first: chained Fisher drifts, similarity does not."""
    price = [[1.0, 2], [1.0, 2], [0.5, 2], [1.0, 2]]
    quantity = [[10.0, 10], [10, 10], [5000, 8], [1, 12]]
    parts = [
        pd.DataFrame({"period": t, "product": ["a", "b"], "price": price[t], "quantity": quantity[t]}) for t in range(4)
    ]
    return pd.concat(parts, ignore_index=True)


def test_prices_that_come_back_bring_the_index_back_where_a_chain_drifts():
    linked = valuation.linked_by_similarity(sales()).set_index("period")
    chained = valuation.price_index(sales(), "fisher", chain="chained").set_index("period")
    assert linked.loc[3, "index"] == pytest.approx(1.0)
    assert linked.loc[3, "linked_to"] == 0
    assert linked.loc[3, "dissimilarity"] == pytest.approx(0.0)
    assert chained.loc[3, "index"] < 0.95


def test_a_new_period_revises_nothing_that_was_published():
    frame = sales()
    before = valuation.linked_by_similarity(frame[frame["period"] < 3])
    pd.testing.assert_frame_equal(valuation.linked_by_similarity(frame).head(3), before)


@given(pairs=rows)
def test_fisher_price_times_quantity_is_the_value_ratio(pairs):
    frame = table(pairs)
    prices = valuation.price_index(frame, "fisher")["index"].iloc[1]
    quantities = valuation.quantity_index(frame, "fisher")["index"].iloc[1]
    value = (frame["price"] * frame["quantity"]).groupby(frame["period"]).sum()
    assert prices * quantities == pytest.approx(value[1] / value[0], rel=1e-7)
