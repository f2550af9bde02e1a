"""What all districts have in common shows against prices from outside, month by month, and not without them."""

import numpy as np
import pandas as pd
import pytest

from analytics import briefing, valuation
from analytics.valuation import evidence, page
from analytics.valuation.comparison.references import by_month


def trade(factor: float) -> pd.DataFrame:
    rng, lines = np.random.default_rng(3), 1_200
    product, month = rng.integers(0, 8, lines), rng.integers(1, 7, lines)
    quantity = np.exp(rng.normal(3, 1, lines))
    firm = rng.integers(0, 30, lines)
    return pd.DataFrame(
        {
            "declaration_id": [f"{i:04d}" for i in range(lines)], "line_no": 1,
            "date": pd.to_datetime([f"2025-{m:02d}-10" for m in month]), "district": [f"D{f % 4}" for f in firm],
            "enterprise_id": [f"E{f:02d}" for f in firm], "hs_code": [f"84{p:02d}0000" for p in product],
            "origin": rng.choice(["US", "CN"], lines), "unit": "kg", "quantity": quantity,
            "value": factor * quantity * np.exp(1 + 0.2 * product + 0.1 * month + rng.normal(0, 0.1, lines)),
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def past() -> pd.DataFrame:
    return evidence.fair_prices(valuation.price_level(trade(1.0)))


def test_a_bias_of_all_districts_is_seen_against_fair_prices_and_not_without(past):
    alone = valuation.price_level(trade(0.9))
    assert set(alone.levels["status"]) == {"met"}
    assert evidence.nation(alone).empty
    told = evidence.nation(valuation.price_level(trade(0.9), reference=past)).set_index("who")
    assert told.loc["all", "level"] == pytest.approx(0.9, abs=0.02)
    assert told.loc["all", "high95"] < 0.95
    assert told.loc["all", "value_share"] > 0.9
    assert set(told.index) == {"all", "D0", "D1", "D2", "D3"}


def test_the_page_says_whether_the_nation_is_inside_the_band(past):
    found = page.Findings(valuation.price_level(trade(0.9), reference=past))
    section = page.nation(found)
    assert not briefing.faults(section)
    assert "outside the band" in section.finding.en
    assert page.verdict(found).status == "watch"
    assert page.verdict(found).text.en == section.finding.en
    assert page.figures(found)["nation_level"] == pytest.approx(0.9, abs=0.02)


def test_a_reference_is_that_of_the_month_else_the_latest_before():
    prices = pd.DataFrame({"hs_code": "84", "unit": "KG", "month": ["2025-01", "2025-03"], "price": [10.0, 30.0]})
    found = by_month(prices, pd.Series(pd.to_datetime([f"2025-{m:02d}-01" for m in range(1, 6)])))
    assert found["price"].tolist() == [10, 10, 30, 30, 30]
    assert set(found["unit"]) == {"kg"}
    early = by_month(prices.iloc[1:], pd.Series(pd.to_datetime(["2025-01-01"])))
    assert early["price"].tolist() == [30]


def test_two_goods_are_too_few_to_judge_a_nation(past):
    few = past[past["hs_code"].isin(["84000000", "84010000"])]
    row = evidence.nation(valuation.price_level(trade(0.9), reference=few)).iloc[0]
    assert np.isnan(row["level"])
    assert row["goods"] == 2


@pytest.mark.parametrize(("unit", "factor"), [("t", 1000), ("吨", 1000), ("千克", 1), ("g", 0.001)])
def test_reference_prices_in_another_unit_of_mass_are_brought_to_that_of_the_lines(past, unit, factor):
    other = past.assign(unit=unit, price=past["price"] * factor)
    told = evidence.nation(valuation.price_level(trade(0.9), reference=other)).iloc[0]
    assert told["level"] == pytest.approx(0.9, abs=0.02)
    assert told["value_share"] > 0.9


def test_reference_prices_in_another_currency_are_refused_and_no_exchange_rate_is_called_a_level(past):
    lines = trade(1.0).assign(currency="CNY")
    with pytest.raises(valuation.ValuationError, match="in USD, the declarations in CNY"):
        valuation.price_level(lines, reference=past.assign(currency="USD", price=past["price"] / 7))
    with pytest.raises(valuation.ValuationError, match="in CNY, USD"):
        valuation.price_level(lines, reference=past.assign(currency=np.where(np.arange(len(past)) % 2, "CNY", "USD")))
    own = evidence.fair_prices(valuation.price_level(lines))
    assert set(own["currency"]) == {"CNY"}
    assert evidence.nation(valuation.price_level(lines, reference=own))["level"].iloc[0] == pytest.approx(1, abs=0.02)
