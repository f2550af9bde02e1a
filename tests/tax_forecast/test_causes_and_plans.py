"""Why tax changed, and what a plan asks of each part: everything adds up, and what is not known is not said."""

import re

import numpy as np
import pandas as pd
import pytest

from analytics import briefing
from analytics.language import Text
from analytics.tax_forecast import (
    ReceiptsError,
    allocation,
    compare,
    declared_change,
    forecast_year,
    page,
    parse_one_offs,
    parse_scenarios,
    received_change,
)
from analytics.tax_forecast.page import reporting


def lines(year: int, quantity: float = 1.0, price: float = 1.0, rate: float = 0.1, goods: int = 6) -> pd.DataFrame:
    """One line a good and month; goods differ in size and price."""
    rows = [
        (f"{year}-{m:02d}-26", f"84{g:08d}", "kg", 10.0 * (g + 1) * quantity, 100.0 * (g + 1) * price, f"E{g % 3}")
        for m in range(1, 13)
        for g in range(goods)
    ]
    table = pd.DataFrame(rows, columns=["date", "hs_code", "unit", "quantity", "unit_value", "enterprise_id"])
    value = table["quantity"] * table["unit_value"]
    return table.assign(date=pd.to_datetime(table["date"]), value=value, tax=value * rate).drop(columns="unit_value")


def test_a_known_change_of_volume_price_and_rate_is_told_apart():
    found = declared_change(pd.concat([lines(2024), lines(2025, 1.1, 1.2, 0.09)]), 2025)
    logs = np.log([1.1, 1.2, 0.9])
    change = found.now - found.before
    wanted = change * logs / logs.sum()
    assert [found.causes[k] for k in ("volume", "price", "rate")] == pytest.approx(wanted)
    assert sum(found.causes.values()) == pytest.approx(change, rel=1e-12)
    assert found.enterprises["change"].sum() == pytest.approx(change)
    assert found.goods["change"].sum() == pytest.approx(change)


def test_prices_are_told_in_foreign_money_where_the_exchange_rate_is_given():
    months = pd.date_range("2024-01-01", "2025-12-01", freq="MS")
    rate = pd.Series(np.where(months.year == 2025, 7.7, 7.0), index=months)
    found = declared_change(pd.concat([lines(2024), lines(2025, 1.0, 1.1)]), 2025, exchange_rate=rate)
    assert found.causes["price"] == pytest.approx(0, abs=1e-6)
    assert found.causes["exchange_rate"] == pytest.approx(found.now - found.before)
    with pytest.raises(ReceiptsError, match="does not cover"):
        declared_change(pd.concat([lines(2024), lines(2025)]), 2025, exchange_rate=rate[:-1])


def test_goods_of_one_year_only_and_lines_without_a_tax_stand_apart():
    frame = pd.concat([lines(2024, goods=5), lines(2025, goods=6)[lambda f: f["hs_code"] != "8400000000"]])
    untaxed = frame.iloc[[0]].assign(tax=np.nan)
    found = declared_change(pd.concat([frame, untaxed]), 2025)
    assert found.causes["new_goods"] > 0
    assert found.causes["dropped_goods"] < 0
    assert found.causes["volume"] == pytest.approx(0)
    assert found.aside == {"no tax": 1}
    assert "1 lines name no tax" in reporting.causes.verdict(found, "CNY").lead.en


def test_a_month_that_is_not_over_is_not_compared():
    frame = pd.concat([lines(2024), lines(2025)[lambda f: f["date"] < "2025-07-01"]])
    early = lines(2025)[lambda f: f["date"].dt.month == 7].assign(date=pd.Timestamp("2025-07-03"))
    assert declared_change(pd.concat([frame, early]), 2025).last == 6


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.drop(columns="tax"), "lack the column tax"),
        (lambda f: f[f["date"].dt.year == 2025], "No tax is declared from January 2024"),
        (lambda f: f.assign(currency=["CNY", "USD"] * (len(f) // 2)), "several currencies"),
    ],
)
def test_what_cannot_be_compared_is_refused(change, words):
    with pytest.raises(ReceiptsError, match=words):
        declared_change(change(pd.concat([lines(2024), lines(2025)])), 2025)


def test_the_page_of_causes_keeps_the_rules_of_the_house():
    found = declared_change(pd.concat([lines(2024), lines(2025, 1.1, 0.9, 0.12)]), 2025)
    parts = reporting.causes.exhibits(found, Text("Port", "口岸"), "CNY", "Duty office")
    assert list(parts) == ["headline", "causes", "goods", "enterprises", "step", "method"]
    assert not {name: wrong for name, part in parts.items() if (wrong := briefing.faults(part))}
    for part in parts.values():
        for text in briefing.texts(part):
            assert not re.search(r"\{|\}|nan|None", text.en + text.zh), text
    parts["causes"].exhibits[0].draw().clear()


def test_the_change_of_receipts_is_its_drivers_and_one_offs(series):
    frame = series(noise=0.0, growth=0.0)
    frame["y"] *= np.where(frame["ds"].dt.year == 2024, 1.1 * 1.05, 1.0)
    frame.loc[frame["ds"] == "2024-03-01", "y"] += 500
    index = pd.DatetimeIndex(frame["ds"])
    late = index.year == 2024
    drivers = pd.DataFrame({"tons": np.where(late, 1.1, 1.0), "usd": np.where(late, 1.05, 1.0)}, index=index)
    year = forecast_year(frame, 2024, "2024-06", "theta", paths=200)
    once = parse_one_offs(["2024-03 500 (arrears)"])
    table = received_change(year, drivers, {"volume": "tons", "exchange_rate": "usd"}, once)
    assert table["one_off"].sum() == 500
    assert table["rest"].abs().max() < 1e-6
    assert table["volume"].sum() / table["exchange_rate"].sum() == pytest.approx(np.log(1.1) / np.log(1.05))
    parts = table[["volume", "exchange_rate", "one_off", "rest"]].sum(axis=1)
    assert np.allclose(parts, table["change"], rtol=1e-9)
    with pytest.raises(ReceiptsError, match="cannot be read"):
        parse_one_offs(["March 500"])


@pytest.fixture(scope="module")
def planned():
    months = pd.date_range("2012-01-01", "2024-06-01", freq="MS")
    rng, parts = np.random.default_rng(4), []
    for i, item in enumerate(("duty", "import_vat")):
        for j, district in enumerate(("north", "south")):
            y = (1 + i + 2 * j) * 100 * 1.04 ** (np.arange(len(months)) / 12) * np.exp(rng.normal(0, 0.05, len(months)))
            parts.append(
                pd.DataFrame({"ds": months, "y": y, "unit": "CNY million", "tax_item": item, "district": district})
            )
    return forecast_year(pd.concat(parts), 2024, model="theta", plan=20000.0, paths=300)


@pytest.mark.parametrize("by", ["tax_item", "district"])
def test_a_plan_is_handed_down_without_remainder_and_each_part_has_its_chance(planned, by):
    table = allocation(planned, by)
    own, whole = table.iloc[:-1], table.iloc[-1]
    assert own["plan"].sum() == pytest.approx(planned.plan)
    assert own["received"].sum() == pytest.approx(planned.received)
    assert own["gap"].sum() == pytest.approx(whole["gap"])
    assert whole["chance"] == planned.chance_of_plan()
    assert own["chance"].between(0, 1).all()
    assert whole["usual"] == pytest.approx(0.49, abs=0.03)


def test_plans_of_parts_must_be_those_of_the_parts_and_add_up(planned):
    given = allocation(planned, "tax_item", {"duty": 8000.0, "import_vat": 12000.0})
    assert given["plan"].tolist() == [8000.0, 12000.0, 20000.0]
    with pytest.raises(ReceiptsError, match="add up"):
        allocation(planned, "tax_item", {"duty": 8000.0, "import_vat": 13000.0})
    with pytest.raises(ReceiptsError, match="excise"):
        allocation(planned, "tax_item", {"duty": 8000.0, "excise": 12000.0})


def test_the_plan_stands_on_the_page_by_item_and_district(planned):
    part = page.plan(planned)
    assert [listing.name for listing in part.exhibits] == ["plan_tax_item", "plan_district"]
    assert not briefing.faults(part)


def test_a_scenario_takes_a_path_of_a_driver_and_shows_the_elasticitys_interval(series):
    frame = series(first=2012, last="2024-06", noise=0.02)
    oil = pd.DataFrame({"oil": 60 + 10 * np.sin(np.arange(len(frame)) / 5)}, index=pd.DatetimeIndex(frame["ds"]))
    frame["y"] *= (oil["oil"].to_numpy() / 60) ** 0.5
    year = forecast_year(frame, 2024, model="theta", drivers=oil, paths=200)
    last = oil["oil"].iloc[-1]
    at = [f"oil = {last:.6f}", f"oil = {last:.6f}, {2 * last:.6f}", f"oil = {2 * last:.6f}"]
    table = compare(year, parse_scenarios(f"S{i}: {text}" for i, text in enumerate(at)))
    flat, path, double = table["forecast"].iloc[1:]
    assert flat == pytest.approx(year.forecast, rel=1e-4)
    assert flat < path < double
    assert "(95 % " in table["assumptions_en"].iloc[1]
