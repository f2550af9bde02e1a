"""Mirror statistics: what is missing is told, what is on the way, passed on or mis-stated in units is not."""

import numpy as np
import pandas as pd
import pytest

from analytics import mirror

MONTHS = pd.date_range("2022-01-01", periods=30, freq="MS")


def world(seed=1, importers=4, exporters=6, goods=10, care=0.1):
    """Flows in cells with freight of 8 %, a third of them a month under way."""
    rng = np.random.default_rng(seed)
    cells = pd.MultiIndex.from_product(
        [
            [f"M{i}" for i in range(importers)],
            [f"X{i}" for i in range(exporters)],
            [f"{84 + g}0110" for g in range(goods)],
        ],
        names=mirror.CELL,
    )
    sent = np.exp(rng.normal(11, 1, len(cells)))[:, None] * np.exp(rng.normal(0, 0.4, (len(cells), len(MONTHS) + 1)))
    arrived = (2 * sent[:, 1:] + sent[:, :-1]) / 3
    ratio = 1.08 * np.exp(care * rng.normal(size=len(cells)))[:, None] * np.exp(0.1 * rng.normal(size=arrived.shape))
    return cells, arrived * ratio, sent[:, 1:]


def flows(cells, values, weights=None):
    frame = cells.to_frame(index=False).loc[np.repeat(np.arange(len(cells)), values.shape[1])].reset_index(drop=True)
    weights = values / 4 if weights is None else weights
    return frame.assign(month=np.tile(MONTHS, len(cells)), value=values.ravel(), weight=weights.ravel())


def found(cells, imports, exports, **options):
    return mirror.gaps(mirror.matched(flows(cells, imports), flows(cells, exports)), **options)


def cell_of(result, key):
    rows = result.cells.set_index(list(mirror.CELL))
    return rows.loc[key]


def test_freight_and_time_under_way_are_estimated():
    result = found(*world())
    assert np.exp(result.reporters.usual) == pytest.approx(1.08, abs=0.04)
    assert result.lag[:2] == pytest.approx([2 / 3, 1 / 3], abs=0.05)
    assert result.lag.sum() == pytest.approx(1)


@pytest.mark.parametrize("share", [0.3, 0.45, 0.5])
def test_cells_that_import_a_part_of_what_was_sent_are_told(share):
    cells, imports, exports = world()
    planted = list(range(3, 240, 12))
    imports[planted] *= share
    result = found(cells, imports, exports)
    told = set(result.cells.index[result.cells["status"] == "short"])
    hit = [cell_of(result, cells[i])["status"] == "short" for i in planted]
    assert sum(hit) >= 18
    assert len(told) <= 1.2 * sum(hit)
    row = cell_of(result, cells[63])
    assert row["missing_value"] == pytest.approx((1 / share - 1) * row["imports"], rel=0.35)


def test_without_evasion_next_to_nothing_is_told():
    told = [(found(*world(seed)).cells["status"] == "short").sum() for seed in (2, 3, 4)]
    assert max(told) <= 8


def test_a_hub_and_those_served_through_it_are_transit_and_not_short():
    """As Sweden's customs record the salmon that Norway says it sends to France, Spain and Italy."""
    cells, imports, exports = world()
    for good in range(4):
        hub, *others = (cells.get_loc((f"M{i}", "X2", f"{84 + good}0110")) for i in range(4))
        exports[hub] = 0.1 * exports[others].sum(axis=0)
        imports[hub] = exports[hub] + 0.9 * imports[others].sum(axis=0)
        imports[others] *= 0.1
    result = found(cells, imports, exports)
    rows = result.cells[(result.cells["exporter"] == "X2") & (result.cells["good"] < "880110")]
    assert (rows["status"] == "transit").all()
    assert (rows["hub"] == "M0").all()


@pytest.mark.parametrize("factor", [1_000, 0.001, 100])
def test_a_slip_of_unit_is_no_shortfall(factor):
    cells, imports, exports = world()
    weights = imports / 4
    weights[5] *= factor
    result = mirror.gaps(mirror.matched(flows(cells, imports, weights), flows(cells, exports)))
    assert cell_of(result, cells[5])["status"] == "unit"


def test_a_reporter_that_misses_a_fifth_of_everything_has_a_habit_and_no_shortfall():
    cells, imports, exports = world()
    own = cells.get_level_values("importer") == "M1"
    imports[own] *= 0.8
    result = found(cells, imports, exports)
    habit = result.reporters.habit["importer"]
    assert habit["M1"] - habit.drop("M1").mean() == pytest.approx(np.log(0.8), abs=0.06)
    assert (result.cells.loc[result.cells["importer"] == "M1", "status"] == "short").sum() <= 3


def test_a_careless_reporter_is_known_for_one():
    cells, imports, exports = world(exporters=8)
    rng = np.random.default_rng(9)
    own = np.flatnonzero(cells.get_level_values("exporter") == "X5")
    imports[own] *= np.exp(rng.normal(0, 0.6, len(own)))[:, None]
    times = found(cells, imports, exports).reporters.times["exporter"]
    assert times.idxmax() == "X5"
    assert times["X5"] > 2 * times.drop("X5").max()


def test_what_one_side_alone_reports_is_neither_short_nor_lost():
    cells, imports, exports = world()
    both = mirror.matched(flows(cells[1:], imports[1:]), flows(cells, exports))
    result = mirror.gaps(both)
    assert cell_of(result, cells[0])["status"] == "one_sided"
    assert len(result.cells) == len(cells)


def test_shuffled_rows_give_the_same_gaps():
    cells, imports, exports = world()
    one = mirror.gaps(mirror.matched(flows(cells, imports), flows(cells, exports))).cells
    two = mirror.gaps(mirror.matched(flows(cells, imports).sample(frac=1, random_state=1), flows(cells, exports))).cells
    pd.testing.assert_frame_equal(one, two)


def test_sides_that_cannot_be_compared_say_why():
    cells, imports, exports = world()
    late = flows(cells, exports).assign(month=lambda f: f["month"] + pd.DateOffset(years=9))
    with pytest.raises(mirror.MirrorError, match="share no month"):
        mirror.matched(flows(cells, imports), late)
    with pytest.raises(mirror.MirrorError, match="lacks good"):
        mirror.matched(flows(cells, imports).drop(columns="good"), flows(cells, exports))
    few = mirror.matched(flows(cells[:20], imports[:20]), flows(cells[:20], exports[:20]))
    with pytest.raises(mirror.MirrorError, match="30 cells"):
        mirror.gaps(few)


@pytest.mark.parametrize("slope", [3.0, 0.0, -1.0])
def test_the_gap_against_the_tax_rate_keeps_its_sign_and_covers_the_truth(slope):
    cells, imports, exports = world(goods=24)
    rng = np.random.default_rng(3)
    rate = pd.Series(rng.choice([0, 0.05, 0.1, 0.2], 24), index=[f"{84 + g}0110" for g in range(24)])
    imports *= np.exp(-slope * rate[cells.get_level_values("good")].to_numpy())[:, None]
    result = found(cells, imports, exports).cells
    estimate = mirror.elasticity(result, result["good"].map(rate))
    assert estimate.low95 <= slope <= estimate.high95
    assert estimate.slope == pytest.approx(slope, abs=0.4)
    assert estimate.clusters == 24


def test_rates_that_do_not_differ_are_refused():
    cells, imports, exports = world()
    result = found(cells, imports, exports).cells
    with pytest.raises(mirror.MirrorError, match="rates that differ"):
        mirror.elasticity(result, pd.Series(0.1, index=result.index))


@pytest.mark.data
def test_norways_salmon_in_sweden_is_transit(analytics_data):
    """Sweden reports thirty times what Norway says it sends there; France and Italy report next to nothing."""
    own = pd.read_csv(analytics_data / "eu10_fish_imports_hs6_monthly.csv.gz", dtype={"cmd_code": str, "period": str})
    theirs = pd.read_csv(
        analytics_data / "world_fish_exports_to_eu10_hs6_monthly.csv.gz", dtype={"hs6": str, "period": str}
    )
    own = own[own["period"] >= "202201"].rename(
        columns={"reporter_iso": "importer", "partner_iso": "exporter", "cmd_code": "good", "primary_value": "value"}
    )
    theirs = theirs[theirs["period"] >= "202201"].rename(
        columns={"partner": "importer", "reporter": "exporter", "hs6": "good", "value_usd": "value"}
    )
    own, theirs = (f.assign(month=pd.to_datetime(f["period"], format="%Y%m")) for f in (own, theirs))
    result = mirror.gaps(mirror.matched(own, theirs), least_value=250_000)
    sweden = cell_of(result, ("SWE", "NOR", "030214"))
    assert sweden["status"] == "transit"
    assert sweden["imports"] > 20 * sweden["exports"]
    assert cell_of(result, ("FRA", "NOR", "030214"))["hub"] == "SWE"


def test_an_importer_that_declares_low_prices_has_a_low_level_against_others_and_covers_the_truth():
    cells, imports, exports = world(seed=4)
    low = (cells.get_level_values("importer") == "M1")[:, None]
    heavier = np.where(low, imports / 4 / 0.85, imports / 4)  # the same value for more weight: unit values 15 % lower
    both = mirror.matched(flows(cells, imports, heavier), flows(cells, exports))
    result = mirror.gaps(both)
    levels = mirror.price_levels(result).set_index("importer")
    assert levels.loc["M1", "relative"] == pytest.approx(0.85, abs=0.02)
    assert levels.loc["M1", "relative_high95"] < 0.95 < levels.loc["M2", "relative_high95"]
    prices = mirror.reference_prices(mirror.lagged(both, result.lag), result)
    expected = 4 * np.exp(mirror.usual_price_ratio(result)[0])  # exports stand at 4 a kilogram
    assert prices["price"].to_numpy() == pytest.approx(expected)
    assert (prices["low95"] <= prices["price"]).all()


def test_without_weights_there_are_no_prices():
    cells, imports, exports = world(seed=5)
    nothing = np.full(imports.shape, np.nan)
    both = mirror.matched(flows(cells, imports, nothing), flows(cells, exports, nothing))
    result = mirror.gaps(both)
    assert mirror.reference_prices(mirror.lagged(both, result.lag), result).empty
    assert mirror.price_levels(result).empty
