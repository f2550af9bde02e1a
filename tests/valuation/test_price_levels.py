"""Price levels of declarations: what a district head must be able to rely on."""

import numpy as np
import pandas as pd
import pytest

from analytics import valuation
from analytics.valuation.level import contributions
from analytics.valuation.level.sensitivity import sensitivity
from analytics.valuation.verdict.decision import decide, ordinary_difference


def declarations(seed: int = 1, lines: int = 12_000, bias: float = -0.2, biased: str = "D3") -> pd.DataFrame:
    """Eight districts, two chapters, twelve products; one district prices by `bias` (log) away from the others."""
    rng = np.random.default_rng(seed)
    product = rng.integers(0, 12, lines)
    firm = rng.integers(0, 160, lines)
    district = firm % 8
    month = rng.integers(0, 4, lines)
    quantity = np.exp(rng.normal(4, 1, lines))
    off = rng.normal(0, 0.05, 160)[firm] + rng.normal(0, 0.15, lines)
    off = off + np.where(district == int(biased[1:]), bias, 0.0)
    price = np.exp(rng.normal(2, 1, 12)[product] + off)
    return pd.DataFrame(
        {
            "declaration_id": [f"{i:06d}" for i in range(lines)],
            "line_no": 1,
            "date": pd.Timestamp("2024-01-15") + pd.to_timedelta(month * 31, unit="D"),
            "district": [f"D{d}" for d in district],
            "enterprise_id": [f"E{f:03d}" for f in firm],
            "hs_code": [f"{84 + p % 2}{p:08d}" for p in product],
            "origin": np.where(product % 3 == 0, "JP", "DE"),
            "unit": "kg",
            "quantity": quantity,
            "net_mass_kg": quantity,
            "value": quantity * price,
            "tax": quantity * price * 0.2,
        }
    )


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return declarations()


@pytest.fixture(scope="module")
def by_district(frame) -> valuation.PriceLevel:
    return valuation.price_level(frame, by=("district",))


def test_a_district_that_prices_low_is_confirmed_and_the_others_are_not(by_district):
    levels = by_district.levels.set_index("district")
    assert levels.loc["D3", "status"] == "not_met"
    assert (levels.drop("D3")["status"] != "not_met").all()
    assert by_district.status == "not_met"


def test_the_interval_holds_the_true_level_against_the_others(by_district):
    row = by_district.levels.set_index("district").loc["D3"]
    assert row["low95"] < np.exp(-0.2) < row["high95"]
    assert row["weighted_low95"] < np.exp(-0.2) < row["weighted_high95"]


def test_a_district_is_never_in_its_own_reference(frame, by_district):
    """Doubling a district's own prices doubles its leave-one-out level and leaves its references alone."""
    own = frame["district"] == "D5"
    doubled = frame.assign(
        value=frame["value"].where(~own, frame["value"] * 2), tax=frame["tax"].where(~own, frame["tax"] * 2)
    )
    level = valuation.price_level(doubled, by=("district",), outlier_threshold=0)
    base = valuation.price_level(frame, by=("district",), outlier_threshold=0)
    before, after = (x.levels.set_index("district").loc["D5"] for x in (base, level))
    assert after["level_loo"] == pytest.approx(2 * before["level_loo"], rel=1e-12)
    assert after["level_included"] < 2 * before["level_included"] * 0.97


def test_the_leave_one_out_level_is_tax_over_tax_at_the_others_unit_values(frame):
    level = valuation.price_level(frame, by=("district",), outlier_threshold=0).levels.set_index("district")
    rows = frame.assign(month=frame["date"].dt.to_period("M"))
    cell = ["hs_code", "origin", "month"]
    all_sums = rows.groupby(cell)[["value", "quantity"]].sum()
    own = rows[rows["district"] == "D2"].groupby(cell)[["value", "quantity", "tax"]].sum()
    rest = all_sums.loc[own.index] - own[["value", "quantity"]]
    reference = rest["value"] / rest["quantity"]
    expected = own["tax"].sum() / (own["tax"] * reference / (own["value"] / own["quantity"])).sum()
    assert level.loc["D2", "level_loo"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    "steps",
    [
        ("district", "chapter", "enterprise", "line"),
        ("district", "chapter", "enterprise"),
        ("chapter", "district"),
        ("district", "product", "origin"),
    ],
)
def test_contributions_add_up_at_every_step(by_district, steps):
    tree = by_district.contributions(steps)
    level = tree.set_index("key")["relative"]
    sums = tree[tree["by"] != "all"].groupby("parent")["contribution"].sum()
    np.testing.assert_allclose(sums, level.loc[sums.index] - 1, rtol=0, atol=1e-12)


def test_the_level_without_a_part_is_that_of_the_other_parts(by_district):
    tree = by_district.contributions(("district",))
    matched = by_district.compared[by_district.compared["reference"].notna()]
    rest = matched[matched["district"] != "D3"]
    expected = rest["tax_weight"].sum() / rest["base"].sum()
    got = contributions.without(tree)[tree["key"] == "D3"].iloc[0]
    assert got == pytest.approx(expected, rel=1e-12)


def test_shuffled_declarations_give_the_same_levels(frame, by_district):
    shuffled = valuation.price_level(frame.sample(frac=1, random_state=3), by=("district",))
    columns = ["level", "low95", "high95", "level_loo", "level_included", "matched_value_share"]
    np.testing.assert_allclose(shuffled.levels[columns], by_district.levels[columns], rtol=1e-9)
    assert list(shuffled.levels["status"]) == list(by_district.levels["status"])


def test_the_guilty_enterprise_comes_first(frame):
    heavy = frame.copy()
    guilty = heavy["enterprise_id"] == "E012"
    heavy.loc[guilty, ["value", "tax"]] *= 0.5
    level = valuation.price_level(heavy, by=("district",), outlier_threshold=8)
    ranked = valuation.enterprises.rank(level, ["D4"])
    # The cell prices below the others because of one enterprise.
    if level.levels.set_index("district").loc["D4", "level"] < 1:
        assert ranked["enterprise"].iloc[0] == "E012"
    assert ranked["deviation"].idxmin() == ranked.index[ranked["enterprise"] == "E012"][0]


def test_slips_and_swaps_are_told_from_extreme_prices(frame):
    bad = frame.copy()
    bad.loc[0, "value"] *= 1000
    bad.loc[1, ["quantity"]] = bad.loc[1, "quantity"] * 100
    bad.loc[2, ["value"]] *= 4.2
    pieces = bad["hs_code"] == bad.loc[3, "hs_code"]
    bad.loc[pieces, "unit"] = "piece"
    bad.loc[pieces, "net_mass_kg"] = bad.loc[pieces, "quantity"] * 37
    bad.loc[3, ["quantity", "net_mass_kg"]] = bad.loc[3, ["net_mass_kg", "quantity"]].tolist()
    level = valuation.price_level(bad, by=("district",))
    listed = valuation.evidence.outliers(level).set_index("declaration_id")["kind"]
    assert listed["000000"] == "unit slip"
    assert listed["000001"] == "unit slip"
    assert listed["000002"] == "extreme price"
    assert listed["000003"] == "quantity and weight swapped"
    assert level.levels["lines"].sum() + len(listed) == len(bad)


def test_zero_and_negative_quantities_and_exports_never_enter(frame):
    bad = frame.assign(direction="import")
    bad.loc[:9, "quantity"] = 0.0
    bad.loc[10:19, "quantity"] = -5.0
    bad.loc[20:29, "direction"] = "export"
    level = valuation.price_level(bad, by=("district",), outlier_threshold=0)
    assert level.levels["lines"].sum() == len(frame) - 30


def test_units_of_one_code_are_never_mixed(frame, by_district):
    mixed = frame.copy()
    tonnes = mixed.index % 2 == 0
    mixed.loc[tonnes, "unit"] = "t"
    mixed.loc[tonnes, "quantity"] = mixed.loc[tonnes, "quantity"] / 1000
    level = valuation.price_level(mixed, by=("district",))
    np.testing.assert_allclose(level.levels["level"], by_district.levels["level"], atol=0.02)


def test_two_currencies_without_a_rate_stop_with_advice(frame):
    mixed = frame.assign(currency=np.where(frame.index < 100, "USD", "CNY"))
    with pytest.raises(valuation.ValuationError, match=r"USD \(100 lines\).*Convert"):
        valuation.price_level(mixed, by=("district",))


def test_one_district_or_one_line_is_insufficient_not_an_error(frame):
    alone = valuation.price_level(frame[frame["district"] == "D1"], by=("district",))
    assert list(alone.levels["status"]) == ["insufficient"]
    assert alone.levels["matched_value_share"].iloc[0] == 0
    single = valuation.price_level(frame.head(1), by=("district", "chapter"))
    assert list(single.levels["status"]) == ["insufficient"]


def test_no_usable_line_says_what_to_check(frame):
    with pytest.raises(valuation.ValuationError, match="quantity, value and direction"):
        valuation.price_level(frame.assign(quantity=0.0), by=("district",))


def test_the_nation_is_never_judged_against_itself(frame):
    with pytest.raises(valuation.ValuationError, match="1 by construction"):
        valuation.price_level(frame, by=("chapter",))


def test_the_nation_against_an_external_reference(frame):
    table = frame.groupby(["hs_code", "unit"]).apply(lambda d: d["value"].sum() / d["quantity"].sum()).rename("price")
    level = valuation.price_level(frame, by=("chapter",), reference=(table * 2).reset_index(), outlier_threshold=0)
    np.testing.assert_allclose(level.levels["level_loo"], 0.5, rtol=0.15)


def test_the_level_over_time_follows_prices(frame):
    dear = frame["value"].where(frame["date"].dt.month < 4, frame["value"] * 1.3)
    level = valuation.price_level(
        frame.assign(value=dear), by=("chapter", "period"), period="month", base_period="2024-01"
    )
    found = level.levels.set_index(["chapter", "period"])["level"]
    assert ("84", "2024-01") not in found.index
    assert found["84", "2024-02"] == pytest.approx(1.0, abs=0.03)
    assert found["84", "2024-04"] == pytest.approx(1.3, abs=0.04)


def test_a_code_of_a_new_edition_is_matched_by_a_concordance(frame):
    late = frame["date"].dt.month >= 3
    old = frame["hs_code"].iloc[0]
    renamed = frame.assign(hs_code=frame["hs_code"].where(~(late & (frame["hs_code"] == old)), "8499999999"))
    by = {"by": ("chapter", "period"), "period": "month", "base_period": "2024-01"}
    lost = valuation.price_level(renamed, **by).levels["matched_value_share"]
    kept = valuation.price_level(renamed, **by, concordance={"8499999999": old}).levels["matched_value_share"]
    assert lost.min() < 0.95
    assert kept.min() == pytest.approx(1.0)


def test_a_missing_column_is_named(frame):
    with pytest.raises(valuation.ValuationError, match="quantity"):
        valuation.price_level(frame.drop(columns="quantity"), by=("district",))
    with pytest.raises(valuation.ValuationError, match="regime"):
        valuation.price_level(frame, by=("regime",))


def test_origins_are_compared_within_the_same_goods(frame):
    """An origin that prices low stands out against the other of the same product, by every definition; with two alone
    nobody can tell which is off."""
    low = np.random.default_rng(3).random(len(frame)) < 0.4
    mixed = frame.assign(origin=np.where(low, "JP", "DE"), value=frame["value"] * np.where(low, 0.85, 1.0))
    level = valuation.price_level(mixed, by=("origin",))
    found = level.levels.set_index("origin").loc["JP"]
    assert (found["status"], found["reason"]) == ("watch", "no majority")
    assert found["level_loo"] == pytest.approx(0.85, abs=0.03)
    assert found["level_mixed"] == pytest.approx(0.85, abs=0.03)
    assert valuation.evidence.lines(level, ["JP"])["compared_lines"].median() > 3


def test_lines_to_verify_name_what_they_were_compared_with(by_district):
    found = valuation.evidence.lines(by_district, ["D3"])
    assert (found["relative"] < 1).all()
    assert (found["compared_lines"] >= 1).all()
    assert (found["duty_low"] <= found["duty_at_stake"]).all()
    assert (found["duty_at_stake"] <= found["duty_high"]).all()


def test_another_filter_or_reference_is_a_run_of_its_own(frame, by_district):
    table = sensitivity(by_district, ["D3", "D5"]).set_index("key")
    assert list(table.index) == ["D3", "D5"]
    for choice, threshold in (("strict", 2.5), ("unfiltered", 0.0)):
        anew = valuation.price_level(frame, by=("district",), outlier_threshold=threshold).levels.set_index("district")
        np.testing.assert_allclose(table[choice], anew.loc[["D3", "D5"], "level"], rtol=1e-12)
    quarters = frame.assign(date=frame["date"].dt.to_period("Q").dt.start_time)
    anew = valuation.price_level(quarters, by=("district",)).levels.set_index("district")
    np.testing.assert_allclose(table["quarter"], anew.loc[["D3", "D5"], "level"], rtol=1e-10)
    assert table.loc["D3"].drop("included").lt(0.95).all()


def test_cells_under_another_choice_come_near_a_run_of_their_own(frame):
    """Their chapters alone are solved, with the weights and variances of all and the shares that the page found."""
    by = ("district", "chapter")
    level = valuation.price_level(frame, by=by)
    assert level.grid is not None, "no posterior: this would be a run of its own"
    keys = level.levels.dropna(subset="level").sort_values("level")["key"].iloc[[0, 1, -1]].tolist()
    table = sensitivity(level, keys).set_index("key")
    anew = valuation.price_level(frame, by=by, outlier_threshold=2.5).levels.set_index("key").loc[keys, "level"]
    np.testing.assert_allclose(table["strict"], anew, atol=0.002)
    assert not np.allclose(anew, table["judged"], atol=0.005), "the choice moves them: the table must follow"


def test_confirmed_cells_are_rarely_false():
    """Cells simulated under the decision's own model: at most about one confirmed cell in a hundred is inside."""
    rng = np.random.default_rng(8)
    wrong, confirmed = 0, 0
    for _ in range(40):
        true = np.where(rng.random(200) < 0.15, rng.choice([-1, 1], 200) * rng.uniform(0.07, 0.13, 200), 0.0)
        error = rng.uniform(0.008, 0.04, 200)
        judged = decide(true + error * rng.standard_normal(200), error)
        found = judged.status == "not_met"
        confirmed += found.sum()
        wrong += (found & (true == 0)).sum()
    assert confirmed > 300
    assert wrong / confirmed <= 0.03


def test_honest_differences_between_cells_widen_the_error():
    rng = np.random.default_rng(9)
    error = np.full(300, 0.01)
    assert ordinary_difference(error * rng.standard_normal(300), error) < 0.006
    found = ordinary_difference(np.hypot(0.01, 0.02) * rng.standard_normal(300), error)
    assert found == pytest.approx(0.02, abs=0.005)


def test_a_reference_is_the_nearest_window_with_five_lines_of_two_enterprises_of_others(frame):
    """By hand for every tenth cell: like goods of other districts in the month, three months, twelve months."""
    few = frame.sample(n=400, random_state=3)
    cells = valuation.price_level(few, by=("district",)).compared
    month = pd.to_datetime(cells["month"]).dt.to_period("M").astype("int64")
    told = {"same month": 1, "three months": 3, "twelve months": 12}
    seen = set()
    for at in range(0, len(cells), 10):
        row = cells.iloc[at]
        alike = (cells[["product", "unit", "like", "origin"]] == row[["product", "unit", "like", "origin"]]).all(axis=1)
        others = cells[alike & (cells["district"] != row["district"])].assign(back=month.iloc[at] - month)
        for name, months in told.items():
            near = others[others["back"].between(0, months - 1)]
            # An enterprise counts once a month and district.
            if near["lines"].sum() >= 5 and len(near) >= 2:
                assert row["rung"] == name
                assert row["reference"] == pytest.approx(near["value"].sum() / near["quantity"].sum(), rel=1e-12)
                break
        else:
            assert row["rung"] not in told
        seen.add(row["rung"])
    assert len(seen) >= 3
