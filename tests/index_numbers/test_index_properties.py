"""What every index number must do, whatever the data: identity, proportionality, reversal, transitivity, row order."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.index_numbers.bilateral import FORMULAS
from analytics.index_numbers.links import BY_PRODUCTS, links, pair
from analytics.index_numbers.panel import panel
from analytics.index_numbers.splicing import SPLICES
from analytics.valuation import IndexNumberError, aggregate, price_index

MULTILATERAL = ["geks_fisher", "ccdi", "geks_walsh", "tpd", "gk", "ikle", "rao_hajargasht", "gerardi"]
# Chaining forth and back brings these to one: they pass the time reversal test.
REVERSIBLE = ["fisher", "tornqvist", "walsh", "marshall_edgeworth", "geary_khamis", "sato_vartia", "montgomery_vartia",
              "time_product_dummy", "stuvel", "jevons", "dutot", "cswd", "unit_value", "geometric_walsh"]  # fmt: skip


def rows(seed: int, periods: int = 5, products: int = 7, gaps: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "period": np.repeat(np.arange(periods), products),
            "product": np.tile([f"p{i}" for i in range(products)], periods),
            "price": np.exp(rng.normal(0, 0.4, periods * products)),
            "quantity": np.exp(rng.normal(2, 1.0, periods * products)),
        }
    )
    keep = (rng.random(len(frame)) >= gaps) | frame["product"].isin(["p0", "p1"])
    return frame[keep].reset_index(drop=True)


# Montgomery-Vartia is not proportional in prices; it is a known property of the formula.
PROPORTIONAL = [m for m in FORMULAS if m != "montgomery_vartia"]


@pytest.mark.parametrize("method", [*PROPORTIONAL, *MULTILATERAL, "lowe", "young"])
def test_doubled_prices_double_every_index(method):
    frame = rows(1, periods=1)
    both = pd.concat([frame, frame.assign(period=1, price=frame["price"] * 2)])
    assert price_index(both, method)["index"].iloc[1] == pytest.approx(2, rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), method=st.sampled_from(REVERSIBLE))
def test_going_forth_and_back_comes_home(seed, method):
    frame = rows(seed, periods=2)
    forth = price_index(frame, method, base=0)["index"].iloc[1]
    back = price_index(frame, method, base=1)["index"].iloc[0]
    assert forth * back == pytest.approx(1, rel=1e-10)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), method=st.sampled_from(MULTILATERAL))
def test_multilateral_levels_do_not_depend_on_the_base(seed, method):
    frame = rows(seed, gaps=0.3)
    first = price_index(frame, method, base=0)["index"]
    third = price_index(frame, method, base=2)["index"]
    np.testing.assert_allclose(first / first.iloc[2], third, rtol=1e-9)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), method=st.sampled_from(["laspeyres", "tornqvist", "young", *MULTILATERAL]))
def test_shuffled_rows_give_the_same_index(seed, method):
    frame = rows(seed, gaps=0.3)
    shuffled = frame.sample(frac=1, random_state=seed % 1000)
    np.testing.assert_array_equal(price_index(frame, method)["index"], price_index(shuffled, method)["index"])


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), name=st.sampled_from(sorted(BY_PRODUCTS)))
def test_matrix_products_give_what_the_formula_gives(seed, name):
    data = panel(rows(seed, gaps=0.4))
    found = links(data, name)
    for j in range(5):
        for k in range(5):
            assert found[j, k] == pytest.approx(pair(data, FORMULAS[name], j, k), rel=1e-10)


@pytest.mark.parametrize("splice", SPLICES)
def test_a_window_of_all_periods_needs_no_splice(splice):
    frame = rows(3, periods=8)
    whole = price_index(frame, "ccdi")["index"]
    np.testing.assert_allclose(price_index(frame, "ccdi", window=8, splice=splice)["index"], whole, rtol=1e-13)


def test_a_published_index_is_not_revised_when_a_period_is_added():
    frame = rows(4, periods=14, gaps=0.2)
    short = price_index(frame[frame["period"] < 13], "tpd", window=6, splice="mean")["index"]
    long = price_index(frame, "tpd", window=6, splice="mean")["index"]
    np.testing.assert_allclose(long.iloc[:13], short, rtol=1e-13)


# gpindex 0.6.3, tests on its data price6 / quantity6 (book data of von der Lippe and others), period 2 and 5.
PRICE6 = [[1, 1.2, 1, 0.8, 1], [1, 3, 1, 0.5, 1], [1, 1.3, 1.5, 1.6, 1.6], [1, 0.7, 0.5, 0.3, 0.1],
          [1, 1.4, 1.7, 1.9, 2],
          [1, 0.8, 0.6, 0.4, 0.2]]  # fmt: skip
QUANTITY6 = [[1, 0.8, 1, 1.2, 0.9],
             [1, 0.9, 1.1, 1.2, 1.2], [2, 1.9, 1.8, 1.9, 2], [1, 1.3, 3, 6, 12], [4.5, 4.7, 5, 5.6, 6.5],
             [0.5, 0.6, 0.8, 1.3, 2.5]]  # fmt: skip
BOOK = {
    "laspeyres": (1.42, 1.44),
    "paasche": (1.3823529411764708, 0.79681274900398402),
    "fisher": (1.4010500263982684, 1.0711724224258843),
    "tornqvist": (1.405161748554697, 1.2476613430867509),
    "montgomery_vartia": (1.4023931511986547, 1.2677864573997384),
    "sato_vartia": (1.4018197546289384, 1.2540225801463463),
    "geometric_walsh": (1.4001431705877629, 1.2572694941609197),
    "jevons": (1.2419200902684202, 0.63245553203367588),
}


@pytest.mark.parametrize("method", BOOK)
def test_textbook_data_give_the_textbook_figures(method):
    frame = pd.DataFrame(
        {
            "product": np.repeat(np.arange(6), 5),
            "period": np.tile(np.arange(1, 6), 6),
            "price": np.ravel(PRICE6),
            "quantity": np.ravel(QUANTITY6),
        }
    )
    found = price_index(frame, method)["index"]
    assert found.iloc[1] == pytest.approx(BOOK[method][0], rel=1e-12)
    assert found.iloc[4] == pytest.approx(BOOK[method][1], rel=1e-12)


def test_imputed_aggregates_agree_with_piar():
    """The piar 0.9 example: elementary Jevons relatives, two missing, one never priced."""
    periods = ["202001", "202002", "202003", "202004"]
    nan = np.nan
    # Relatives of its data ms_prices by business; B4 starts late, B5 has no price at all.
    elementary = pd.DataFrame(
        [
            [1, 5.45 / 6.09, 2.32 / 6.94, nan],
            [1, nan, nan, ((2.65 / 3.03) * (3.05 / 1.59) * (5.07 / 0.4)) ** (1 / 3)],
            [1, ((8.37 / 0.09) * (2.86 / 2.33) * (2.67 / 6.66) * (1.87 / 5.14)) ** 0.25,
             ((2.19 / 8.37) * (8.11 / 2.86) * (5.26 / 2.67) * (9.15 / 1.87)) ** 0.25,
             ((1.81 / 2.19) * (7.6 / 8.11) * (2.01 / 5.26) * (2.59 / 9.15)) ** 0.25],
            [1, nan, nan, ((9.92 / 8.31) * (8.07 / 0.46)) ** 0.5],
        ],
        index=["B1", "B2", "B3", "B4"], columns=periods,
    )  # fmt: skip
    hierarchy = pd.DataFrame(
        {"top": ["1"] * 5, "group": ["11", "11", "11", "12", "12"]}, index=["B1", "B2", "B3", "B4", "B5"]
    )
    weights = {"B1": 553, "B2": 646, "B3": 312, "B4": 622, "B5": 330}
    got = aggregate(elementary, hierarchy, weights)
    expected = {
        "1": [1, 1.30072391107879, 1.3827661966452, 3.78153551992082],
        "11": [1, 1.30072391107879, 1.3827661966452, 2.17718661145467],
        "12": [1, 1.30072391107879, 1.3827661966452, 6.32793383997582],
        "B1": [1, 0.894909688013136, 0.299162892822835, 0.471036568928398],
        "B5": [1, 1.30072391107879, 1.3827661966452, 6.32793383997582],
    }
    for name, values in expected.items():
        np.testing.assert_allclose(got.loc[name], values, rtol=1e-10)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"quantity": [0.0]}, "not positive"),
        ({"price": [-1.0]}, "not positive"),
        ({"price": [np.nan]}, "not positive"),
        ({"product": [None]}, "no label"),
    ],
)
def test_prices_that_are_none_are_named(change, told):
    frame = rows(5)
    bad = pd.concat([frame, frame.head(1).assign(**change)])
    with pytest.raises(IndexNumberError, match=told):
        price_index(bad, "fisher")


def test_unknown_names_list_what_there_is():
    with pytest.raises(IndexNumberError, match="fisher"):
        price_index(rows(6), "fischer")
    with pytest.raises(IndexNumberError, match="Columns found"):
        price_index(rows(6), "fisher", price="prices")
    with pytest.raises(IndexNumberError, match="movement"):
        price_index(rows(6), "tpd", window=3, splice="moving")


def test_periods_without_a_common_product_are_named():
    frame = rows(7, periods=2)
    apart = frame.assign(product=frame["product"] + "x", period=frame["period"] + 10)
    with pytest.raises(IndexNumberError, match="share no product"):
        price_index(pd.concat([frame, apart]), "tpd")


def test_prices_without_a_common_level_are_refused_by_the_nonlinear_regression():
    frame = rows(39, gaps=0.3)
    with pytest.raises(IndexNumberError, match="does not settle"):
        price_index(frame, "nlcpd")
