"""The deeper an undervaluation, the redder the page: no cell, enterprise or line hides behind its own size."""

import itertools

import numpy as np
import pandas as pd
import pytest

from analytics import valuation
from analytics.language import NO_FIGURE, Text
from analytics.valuation import page
from analytics.valuation.comparison import prepared
from analytics.valuation.level.verdicts import OUT


def trade(seed: int, lines: int = 3_000, districts: int = 5, codes: int = 4, spread: float = 0.15) -> pd.DataFrame:
    """Honest trade: enterprises differ by 3 %, months by 3 %, lines by `spread`; D1 is the district to disturb."""
    rng = np.random.default_rng(seed)
    firm = rng.integers(0, 20 * districts, lines)
    product, month = rng.integers(0, codes, lines), rng.integers(1, 13, lines)
    off = rng.normal(0, 0.03, 20 * districts)[firm] + rng.normal(0, 0.03, 13)[month] + rng.normal(0, spread, lines)
    quantity = np.exp(rng.normal(4, 1, lines))
    return pd.DataFrame(
        {
            "declaration_id": [f"{i:06d}" for i in range(lines)],
            "line_no": 1,
            "date": pd.to_datetime([f"2024-{m:02d}-10" for m in month]),
            "district": [f"D{f % districts}" for f in firm],
            "enterprise_id": [f"E{f:03d}" for f in firm],
            "hs_code": [f"84{p:02d}0000" for p in product],
            "origin": rng.choice(["US", "CN"], lines),
            "unit": "kg",
            "quantity": quantity,
            "value": quantity * np.exp(1 + 0.5 * product + off),
        }
    )


def disturbed(frame: pd.DataFrame, factor: float, who: np.ndarray) -> pd.DataFrame:
    return frame.assign(value=frame["value"] * np.where(who, factor, 1.0))


@pytest.mark.parametrize("factor", [0.85, 0.5, 0.25, 0.1, 0.05, 0.001, 1.3, 4.0, 10.0, 20.0])
def test_a_whole_district_off_by_any_factor_reads_that_factor_and_is_confirmed(factor):
    frame = trade(seed=int(1000 * factor))
    level = valuation.price_level(
        disturbed(frame, factor, (frame["district"] == "D1").to_numpy()), ("district", "chapter")
    )
    cells = level.levels.set_index("district")
    assert cells.loc["D1", "level"] == pytest.approx(factor, rel=0.04)
    assert cells.loc["D1", "low95"] < factor < cells.loc["D1", "high95"]
    assert cells.loc["D1", "status"] == "not_met"
    assert set(cells.drop("D1")["status"]) == {"met"}
    assert page.verdict(page.Findings(level)).status == "not_met"


def test_half_of_the_enterprises_of_a_district_count_by_their_value():
    frame = trade(seed=4)
    half = (frame["district"] == "D1") & (frame["enterprise_id"].str[1:].astype(int) // 5 % 2 == 0)
    own = frame["district"] == "D1"
    low = disturbed(frame, 0.1, half.to_numpy())
    true = low.loc[own, "value"].sum() / frame.loc[own, "value"].sum()
    found = valuation.price_level(low, ("district", "chapter")).levels.set_index("district").loc["D1"]
    assert found["level"] == pytest.approx(true, rel=0.05)
    assert found["status"] == "not_met"


def test_a_third_of_the_lines_far_below_are_a_practice_and_not_slips():
    frame = trade(seed=5)
    rng = np.random.default_rng(1)
    some = (frame["district"] == "D1").to_numpy() & (rng.random(len(frame)) < 0.33)
    level = valuation.price_level(disturbed(frame, 0.3, some), ("district", "chapter"))
    row = level.levels.set_index("district").loc["D1"]
    assert row["status"] in OUT
    assert row["lines"] / row["lines_declared"] > 0.95


def test_a_minority_at_exactly_a_tenth_is_at_least_watched():
    frame = trade(seed=6)
    rng = np.random.default_rng(1)
    some = (frame["district"] == "D1").to_numpy() & (rng.random(len(frame)) < 0.2)
    row = (
        valuation.price_level(disturbed(frame, 0.1, some), ("district", "chapter"))
        .levels.set_index("district")
        .loc["D1"]
    )
    assert row["status"] in OUT


def test_the_largest_district_of_all_does_not_become_the_reference():
    """D1 holds two thirds of all lines at half the price: the four others are not the ones to ask."""
    frame = trade(seed=7, lines=6_000)
    rng = np.random.default_rng(2)
    grown = frame.assign(district=np.where(rng.random(len(frame)) < 0.6, "D1", frame["district"]))
    level = valuation.price_level(
        disturbed(grown, 0.5, (grown["district"] == "D1").to_numpy()), ("district", "chapter")
    )
    cells = level.levels.set_index("district")
    assert cells.loc["D1", "level"] == pytest.approx(0.5, rel=0.05)
    assert set(cells.drop("D1")["status"]) == {"met"}


def test_the_level_rises_with_the_truth():
    frame = trade(seed=8)
    own = (frame["district"] == "D1").to_numpy()
    read = [
        valuation.price_level(disturbed(frame, f, own), ("district", "chapter"))
        .levels.set_index("district")
        .loc["D1", "level"]
        for f in (0.05, 0.2, 0.6, 0.75, 0.8, 0.95, 1.05, 1.25, 1.3, 3.0)
    ]
    assert all(b > a for a, b in itertools.pairwise(read))


@pytest.mark.parametrize("codes", [1, 2])
@pytest.mark.parametrize("seed", range(3))
def test_one_code_is_enough_to_find_a_low_district(codes, seed):
    frame = trade(seed=40 + seed, lines=1_500, districts=4, codes=codes, spread=0.1)
    level = valuation.price_level(
        disturbed(frame, 0.85, (frame["district"] == "D1").to_numpy()), ("district", "chapter")
    )
    cells = level.levels.set_index("district")
    assert cells.loc["D1", "level"] == pytest.approx(0.85, abs=0.03)
    assert cells.loc["D1", "status"] in OUT
    assert set(cells.drop("D1")["status"]) == {"met"}
    assert max(level.variances.values()) <= 0.25


def test_no_cell_of_the_data_is_missing_from_the_table_and_the_counts():
    frame = trade(seed=9)
    frame.loc[frame["district"] == "D4", "value"] *= np.exp(
        np.random.default_rng(1).normal(0, 6, (frame["district"] == "D4").sum())
    )
    frame.loc[frame.index[:1], "district"] = "D9"
    level = valuation.price_level(frame, ("district", "chapter"))
    assert set(level.levels["district"]) == set(frame["district"])
    figures = page.figures(page.Findings(level))
    counted = sum(figures[f"cells_{name}"] for name in ("inside", "suspect", "confirmed", "insufficient"))
    assert counted == len(level.levels)
    assert level.levels["lines_declared"].sum() == len(frame)


def test_a_cell_with_much_of_its_value_set_apart_is_never_in_order():
    frame = trade(seed=10)
    rng = np.random.default_rng(3)
    wild = (frame["district"] == "D2").to_numpy() & (rng.random(len(frame)) < 0.25)
    frame["value"] *= np.where(wild, np.exp(-rng.uniform(1.5, 5, len(frame))), 1.0)
    row = valuation.price_level(frame, ("district", "chapter")).levels.set_index("district").loc["D2"]
    assert row["status"] in OUT


def test_units_of_mass_are_one():
    frame = trade(seed=11)
    other = frame.assign(unit=np.resize(["KG", "t", " lb", "千克"], len(frame)))
    size = other["unit"].map({"KG": 1.0, "t": 1000.0, " lb": 0.45359237, "千克": 1.0})
    other["quantity"] /= size
    same, mixed = (valuation.price_level(x, ("district",)).levels["level"] for x in (frame, other))
    np.testing.assert_allclose(same, mixed, rtol=1e-9)


def test_no_line_is_compared_with_fewer_than_five_lines_of_two_enterprises():
    frame = trade(seed=12, lines=2_000)
    low = disturbed(frame, 0.6, (frame["district"] == "D1").to_numpy())
    found = page.Findings(valuation.price_level(low, ("district", "chapter"))).lines
    assert len(found) > 100
    assert found["compared_lines"].min() >= 5
    assert found["compared_enterprises"].min() >= 2
    assert (found["duty_at_stake"] > 0).all()
    assert found["duty_at_stake"].is_monotonic_decreasing
    assert (found["duty_at_stake"] <= 3 * found["tax"] * (1 + 1e-12)).all()


def test_a_code_of_several_grades_is_listed_and_not_confirmed_and_a_tenth_still_is():
    """Enterprises declare one of three grades; those of D1 the dearer ones."""
    frame = trade(seed=13, lines=6_000, codes=2)
    rng = np.random.default_rng(5)
    number = frame["enterprise_id"].str[1:].astype(int)
    grade = np.where(np.arange(100) % 5 == 1, rng.choice([1.3, 1.7], 100), rng.choice([1.0, 1.3, 1.7], 100))
    mixed = frame.assign(value=frame["value"] * grade[number])
    level = valuation.price_level(mixed, ("district", "chapter"))
    assert set(level.goods["grade"]) == {"mixed"}
    assert "not_met" not in set(level.levels["status"])
    low = disturbed(mixed, 0.1, (mixed["district"] == "D2").to_numpy())
    cells = valuation.price_level(low, ("district", "chapter")).levels.set_index("district")
    assert cells.loc["D2", "status"] == "not_met"


@pytest.mark.parametrize(("tells", "mixed"), [(True, False), (False, True)])
def test_what_parts_a_mixed_code_must_show_it_before_anything_is_confirmed(tells, mixed):
    """A specification that is the grade makes goods alike; one that has nothing to do with it does not."""
    frame = trade(seed=13, lines=6_000, codes=2)
    rng = np.random.default_rng(5)
    number = frame["enterprise_id"].str[1:].astype(int)
    grade = np.where(np.arange(100) % 5 == 1, rng.choice([1.3, 1.7], 100), rng.choice([1.0, 1.3, 1.7], 100))
    said = grade[number].astype(str) if tells else rng.choice(["1.0", "1.3", "1.7"], len(frame))
    frame = frame.assign(value=frame["value"] * grade[number], specification=said)
    level = valuation.price_level(frame, ("district", "chapter"), like=("specification",))
    assert (level.goods["grade"] == "mixed").any() == mixed
    assert "not_met" not in set(level.levels["status"])
    low = disturbed(frame, 0.8, (frame["district"] == "D2").to_numpy())
    cells = valuation.price_level(low, ("district", "chapter"), like=("specification",)).levels.set_index("district")
    assert cells.loc["D2", "status"] == ("watch" if mixed else "not_met")


def test_who_prices_low_in_every_district_is_found_beside_the_cells():
    frame = trade(seed=14, lines=8_000)
    rng = np.random.default_rng(6)
    frame["district"] = np.char.add("D", rng.integers(0, 5, len(frame)).astype(str))
    low = disturbed(frame, 0.75, (frame["enterprise_id"] == "E007").to_numpy())
    found = page.Findings(valuation.price_level(low, ("district", "chapter"))).enterprises
    out = found[found["status"].isin(OUT)]
    assert list(out["enterprise"]) == ["E007"]
    assert out["level"].iloc[0] == pytest.approx(0.75, abs=0.05)


def test_the_nation_against_fair_prices_of_another_run_is_judged():
    frame = trade(seed=15)
    fair = valuation.evidence.fair_prices(valuation.price_level(frame, ("district",)))
    assert fair["lines"].min() >= 5
    later = disturbed(trade(seed=16), 0.8, np.ones(3_000, dtype=bool))
    row = valuation.price_level(later, ("chapter",), method="ratio", reference=fair).levels.iloc[0]
    assert row["level"] == pytest.approx(0.8, abs=0.04)
    assert row["status"] == "not_met"


def aggregated(seed: int, spread_of_places: float) -> pd.DataFrame:
    """Monthly flows of eight places without enterprises; places differ in what they buy under one code."""
    rng = np.random.default_rng(seed)
    rows = [(f"D{d}", f"O{o}", m) for d in range(8) for o in range(10) for m in range(1, 13)]
    frame = pd.DataFrame(rows, columns=["district", "origin", "month"])
    level = dict(zip([f"D{d}" for d in range(8)], np.linspace(-1.2, 1.2, 8) * spread_of_places, strict=True))
    quantity = np.exp(rng.normal(8, 1, len(frame)))
    price = np.exp(frame["district"].map(level).to_numpy() + rng.normal(0, 0.1, len(frame)))
    dates = pd.to_datetime([f"2024-{m:02d}-01" for m in frame["month"]])
    return frame.assign(
        date=dates, hs_code="030389", unit="kg", quantity=quantity, value=quantity * price, declaration_id=frame.index
    ).drop(columns="month")


def test_a_code_in_which_places_have_no_common_price_is_not_judged_but_who_is_far_off_even_so_is_called():
    alike = valuation.price_level(aggregated(1, 0.01), ("district", "product")).levels
    assert set(alike["status"]) == {"met"}
    frame = aggregated(1, 0.15)
    unlike = valuation.price_level(frame, ("district", "product")).levels
    assert set(unlike["status"]) == {"insufficient"}
    assert set(unlike["reason"]) == {"mixed goods"}
    low = disturbed(frame, 0.1, (frame["district"] == "D3").to_numpy())
    cells = valuation.price_level(low, ("district", "product")).levels.set_index("district")
    assert cells.loc["D3", "status"] in OUT
    assert "met" not in set(cells["status"])


def test_an_enterprise_low_wherever_it_declares_counts_in_the_level_of_each_district():
    """A model with enterprise effects takes it out of every level; honest enterprises differ by 8 %."""
    rng = np.random.default_rng(12)
    frame = trade(seed=12, lines=6_000, spread=0.1)
    share = np.where(frame["district"] == "D1", 0.4, 0.06)
    frame["enterprise_id"] = np.where(rng.random(len(frame)) < share, "EX", frame["enterprise_id"])
    firm = pd.factorize(frame["enterprise_id"])[0]
    frame["value"] *= np.exp(rng.normal(0, 0.07, firm.max() + 1)[firm])
    mine = (frame["enterprise_id"] == "EX").to_numpy()
    low = disturbed(frame, 0.75, mine)
    own = frame["district"] == "D1"
    cells = valuation.price_level(low, ("district", "chapter")).levels.set_index("district")
    true = low.loc[own, "value"].sum() / frame.loc[own, "value"].sum()
    assert true < 0.93
    assert cells.loc["D1", "status"] in OUT
    assert cells.loc["D1", "level"] == pytest.approx(true, rel=0.05)


@pytest.mark.parametrize(("spread", "status"), [(0.05, "met"), (0.6, "insufficient")])
def test_what_is_too_uncertain_to_be_seen_is_not_called_in_order(spread, status):
    """Equal prices in two districts of 75 lines: scattered, a wide interval calls nothing and sees nothing."""
    rng = np.random.default_rng(3)
    place, firm = np.arange(150) % 2, np.arange(150) % 12
    quantity = np.exp(rng.normal(4, 1, 150))
    lines = pd.DataFrame({
        "declaration_id": [f"D{i}" for i in range(150)], "line_no": 1, "date": pd.Timestamp("2024-05-10"),
        "district": np.where(place, "5100", "5200"), "enterprise_id": [f"E{k}" for k in firm], "hs_code": "84710000",
        "origin": "US", "unit": "kg", "quantity": quantity, "value": quantity * np.exp(3 + rng.normal(0, spread, 150)),
    })  # fmt: skip
    level = valuation.price_level(lines, by=["district"])
    assert set(level.levels["status"]) == {status}
    found = page.Findings(level)
    assert page.figures(found)["cells_uncertain"] == (2 if status == "insufficient" else 0)
    assert page.figures(found)["cells_inside"] == (2 if status == "met" else 0)
    told = page.verdict(found)
    assert told.status == status
    assert ("known too little" in told.text.en) == (status == "insufficient")
    if status == "insufficient":  # over groups that nobody can judge no heading says that none stands out
        assert {page.map(found).finding.en, page.funnel(found).finding.en} == {
            "No group can be judged: whether one stands out is not known"
        }
        assert "neither confirmed nor excluded" in page.breaches(found).finding.en
    own = found.enterprises  # one by one: that others are in order shows nothing of an enterprise
    assert set(own["status"]) == {status}
    assert own["low95"].isna().all() == (status == "insufficient")
    stake = page.headline(found, Text("a place", "某地")).tiles[-1]
    assert (stake.value == NO_FIGURE) == (status == "insufficient")
    assert "95 %" not in str(stake.note)  # nothing stands out: no interval of nothing
    assert len(page.over_time(found).exhibits) == (status == "met")


def test_chapters_aligned_apart_read_what_they_read_together(monkeypatch):
    """Four chapters; a batch of lines learns for itself how honest units differ, so levels agree but for rounding."""
    frame = trade(seed=21, lines=6_000)
    frame["hs_code"] = (pd.to_numeric(frame["hs_code"].str[2:4]) + 30).astype(str) + "010000"
    frame = disturbed(frame, 0.5, (frame["district"] == "D1").to_numpy())
    whole = valuation.price_level(frame, ("district", "chapter")).levels
    monkeypatch.setattr(prepared, "AT_ONCE", 1_000)
    parts = valuation.price_level(frame, ("district", "chapter")).levels
    assert parts["key"].tolist() == whole["key"].tolist()
    assert parts["status"].tolist() == whole["status"].tolist()
    np.testing.assert_allclose(parts["level"], whole["level"], rtol=0.01)
    assert int(parts["lines_declared"].sum()) == 6_000


def test_large_consignments_at_two_thirds_of_the_price_are_never_called_in_order():
    """A tenth of the lines of D1, spread over its enterprises and within the filter, hold half of its value."""
    frame = trade(seed=31, lines=5_000, spread=0.1)
    rng = np.random.default_rng(7)
    large = ((frame["district"] == "D1") & (rng.random(len(frame)) < 0.1)).to_numpy()
    frame["quantity"] *= np.where(large, 8.0, 1.0)
    frame["value"] *= np.where(large, 8.0, 1.0)
    honest = valuation.price_level(frame, ("district", "chapter")).levels.set_index("district")
    assert honest.loc["D1", "status"] not in OUT
    low = disturbed(frame, 0.8, large)
    own = frame["district"] == "D1"
    assert low.loc[own, "value"].sum() / frame.loc[own, "value"].sum() < 0.92
    found = page.Findings(valuation.price_level(low, ("district", "chapter")))
    cells = found.level.levels.set_index("district")
    assert cells.loc["D1", "status"] != "met"
    assert page.verdict(found).status != "met"


def test_places_that_differ_honestly_do_not_accuse_each_other():
    """Eight places whose levels scatter by 6 %: near the band's width, so none is the price and none is called."""
    rng = np.random.default_rng(8)
    frame = aggregated(8, 0.0)
    own = dict(zip(sorted(set(frame["district"])), np.linspace(-0.1, 0.1, 8) + rng.normal(0, 0.01, 8), strict=True))
    frame["value"] *= np.exp(frame["district"].map(own))
    cells = valuation.price_level(frame, ("district", "product")).levels
    assert not set(cells["status"]) & set(OUT)
    assert "met" not in set(cells["status"][np.abs(np.log(cells["level"])) > 0.06])
