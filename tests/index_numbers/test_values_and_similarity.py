"""Value changes split exactly; similar periods are linked; quantities have an index of their own."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import valuation
from analytics.index_numbers import links
from analytics.index_numbers.panel import panel
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


def test_a_volume_is_split_at_the_mean_of_both_unit_values_by_hand():
    """Unit values 100/30 and 132/36, so 3.5; a grows by 2, b by 4; what came and what went are entry alone."""
    frame = pd.DataFrame(
        {
            "period": [0, 0, 0, 1, 1, 1],
            "product": ["a", "b", "gone", "a", "b", "come"],
            "price": [2.0, 4, 9, 3, 4, 5],
            "quantity": [10.0, 20, 1, 12, 24, 2],
        }
    )
    found = valuation.value_change(frame, 0, 1).set_index("product")
    assert found.loc[["a", "b"], "volume"].tolist() == pytest.approx([2 * 3.5, 4 * 3.5])
    assert found.loc[["gone", "come"], "entry"].tolist() == [-9, 10]
    assert found.loc[["gone", "come"], ["volume", "mix", "price", "quantity"]].eq(0).all().all()
    nothing = valuation.value_change(frame[frame["product"].isin(["gone", "come"])], 0, 1)
    assert nothing["volume"].eq(0).all()


def test_dissimilarity_by_hand_and_the_levels_along_the_links():
    """Shares 1/3 and 2/3 where 1/2 and 1/2 were predicted: 2/36 from either side; prices doubled are no distance."""
    frame = pd.DataFrame(
        {
            "period": [0, 0, 1, 1, 2, 2],
            "product": ["a", "b"] * 3,
            "price": [1.0, 1, 2, 1, 4, 2],
            "quantity": [1.0, 1, 1, 1, 1, 1],
        }
    )
    found = valuation.linked_by_similarity(frame, "laspeyres")
    assert found["linked_to"].tolist() == [0, 0, 1]
    assert found["dissimilarity"].tolist() == pytest.approx([0, 4 / 36, 0])
    assert found["index"].tolist() == pytest.approx([1, 1.5, 3])
    assert valuation.linked_by_similarity(frame, "laspeyres", base=1)["index"].tolist() == pytest.approx([2 / 3, 1, 2])
    assert valuation.quantity_index(frame, "fisher", base=2)["index"].tolist() == pytest.approx([1, 1, 1])


def test_a_period_that_shares_one_product_is_linked_and_one_that_shares_none_is_refused():
    frame = pd.DataFrame(
        {
            "period": [0, 0, 1, 1, 2],
            "product": ["a", "b", "b", "c", "c"],
            "price": [1.0, 1, 3, 5, 10],
            "quantity": [1.0, 1, 1, 1, 1],
        }
    )
    found = valuation.linked_by_similarity(frame)
    assert found["index"].tolist() == pytest.approx([1, 3, 6])
    assert found["linked_to"].tolist() == [0, 0, 1]
    # Of the first period: half of the shares is missing on each side, and predicted wholly by what both have.
    assert found["dissimilarity"].iloc[1] == pytest.approx(0.25 + 0.25 + (3 / 8 - 1) ** 2 + (5 / 8) ** 2)
    with pytest.raises(IndexNumberError, match="shares no product"):
        valuation.linked_by_similarity(frame[frame["product"].isin(["a"]) | (frame["period"] == 2)])


@pytest.mark.parametrize("method", ["fisher", "tornqvist", "laspeyres", "jevons", "sato_vartia", "walsh"])
def test_links_of_all_pairs_at_once_are_those_of_each_pair(method):
    """Matrix products over a panel with holes against the formula on the matched products of two periods."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "period": np.repeat(range(4), 6),
            "product": np.tile(range(6), 4),
            "price": rng.uniform(1, 9, 24),
            "quantity": rng.uniform(1, 9, 24),
        }
    )[rng.random(24) < 0.8]
    data = panel(frame, period="period", product="product", price="price", quantity="quantity")
    found = links.links(data, method)
    for j in range(4):
        for k in range(4):
            alone = 1.0 if j == k else links.pair(data, links.formula(method), j, k)
            assert found[j, k] == pytest.approx(alone, rel=1e-12)


def test_a_quantity_that_is_not_positive_is_named_by_its_own_column():
    frame = table([(1, 1, 1, 1)]).assign(kilograms=[1.0, 0.0])
    with pytest.raises(IndexNumberError, match="kilograms"):
        valuation.price_index(frame, "fisher", quantity="kilograms")
