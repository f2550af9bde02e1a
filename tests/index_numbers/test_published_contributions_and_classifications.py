"""Contributions and classifications against published figures, and that no published table lies unused."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics import valuation
from analytics.index_numbers.contributions import product_contributions

pytestmark = pytest.mark.fixtures

METHODS = {
    "arithmetic": "laspeyres",
    "geometric_tornqvist": "tornqvist",
    "fisher_van_ijzeren": "fisher_geometric",
    "fisher_reinsdorf": "fisher",
}


@pytest.mark.parametrize("name", METHODS)
def test_contributions_of_products_agree_with_gpindex(analytics_fixtures: Path, name):
    price, quantity = (
        pd.read_csv(analytics_fixtures / f"gpindex_{n}6.csv").to_numpy(float) for n in ("price", "quantity")
    )
    expected = pd.read_csv(analytics_fixtures / "gpindex_contributions_price6_t2.csv")[name]
    got = product_contributions(price[:, 1], quantity[:, 1], price[:, 0], quantity[:, 0], METHODS[name])
    np.testing.assert_allclose(got, expected, rtol=1e-10)


def elementary(prices: pd.DataFrame, product: str, by: str) -> pd.DataFrame:
    """Jevons of the products priced in both of two periods, by `by`."""
    table = prices.pivot_table(index=[by, product], columns="period", values="price", dropna=False)
    relative = np.log(table).diff(axis=1)
    return np.exp(relative.groupby(level=0).mean()).dropna(how="all")


@pytest.mark.parametrize(("name", "chained"), [("pop", False), ("chained", True)])
def test_a_classification_with_missing_prices_agrees_with_piar(analytics_fixtures: Path, name, chained):
    prices = pd.read_csv(analytics_fixtures / "piar_ms_prices.csv")
    weights = pd.read_csv(analytics_fixtures / "piar_ms_weights.csv", dtype={"classification": str})
    expected = pd.read_csv(analytics_fixtures / f"piar_ms_expected_{name}.csv", dtype={"level": str})
    hierarchy = pd.DataFrame(
        {"top": weights["classification"].str[:1].array, "group": weights["classification"].array},
        index=weights["business"],
    )
    got = valuation.aggregate(
        elementary(prices, "product", "business"), hierarchy, weights.set_index("business")["weight"], chained=chained
    )
    expected = expected.set_index("level")
    np.testing.assert_allclose(got.loc[expected.index].to_numpy(), expected.to_numpy(), rtol=1e-10)


def test_a_fixed_sample_is_the_weighted_mean_of_its_classes_chained(analytics_fixtures: Path):
    """The package gives no figures for this sample: the formula is written out period by period."""
    prices = pd.read_csv(analytics_fixtures / "piar_fs_prices.csv", dtype={"classification": str})
    weights = pd.read_csv(analytics_fixtures / "piar_fs_weights.csv", dtype={"classification": str})
    relatives = elementary(prices, "business", "classification")
    weight = weights.set_index("classification")["weight"].astype(float)
    hierarchy = pd.DataFrame({"top": weight.index.str[:1], "group": weight.index.str[:2]}, index=weight.index)
    got = valuation.aggregate(relatives, hierarchy, weight)
    current, index = weight.copy(), 1.0
    for _, period in pairwise(relatives.columns):
        step = relatives[period].reindex(weight.index)
        for group in ("11", "12", "13"):
            inside = weight.index.str[:2] == group
            known = inside & step.notna().to_numpy()
            if known.any():
                step[inside & step.isna().to_numpy()] = np.average(step[known], weights=current[known])
        known = step.notna()
        step = step.fillna(np.average(step[known], weights=current[known]))
        index *= np.average(step, weights=current)
        current = current * step
        assert got.loc["1", period] == pytest.approx(index, rel=1e-12)


def test_every_published_table_has_a_test(analytics_fixtures: Path):
    text = "".join(p.read_text(encoding="utf-8") for p in Path(__file__).parent.glob("test_*.py"))
    # Tables whose names tests put together.
    made = {f"gpindex_{n}6.csv" for n in ("price", "quantity")} | {
        f"piar_ms_expected_{n}.csv" for n in ("pop", "chained")
    }
    unused = [p.name for p in analytics_fixtures.glob("*.csv") if p.name not in text and p.name not in made]
    assert not unused
