"""What leaves every comparison keeps a page from green, and honest differences within the band give no signal."""

import numpy as np
import pandas as pd
import pytest

from analytics import valuation
from analytics.valuation import page
from analytics.valuation.level import control_chart
from analytics.valuation.level.set_apart import rests_on_few


def customs(seed: int, districts: int = 8, lines: int = 4000) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    district, code = rng.integers(0, districts, lines), rng.integers(0, 12, lines)
    firm = district * 6 + rng.integers(0, 6, lines)
    price = np.exp(rng.normal(2.5, 1, 12))[code] * np.exp(rng.normal(0, 0.04, districts * 6))[firm]
    quantity = np.ceil(np.exp(rng.normal(5, 1, lines)))
    return pd.DataFrame(
        {
            "declaration_id": [f"N{i}" for i in range(lines)],
            "line_no": 1,
            "date": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 360, lines), "D"),
            "district": [f"{51 + k}00" for k in district],
            "enterprise_id": [f"E{k}" for k in firm],
            "hs_code": [f"{84131000 + 37 * k}" for k in code],
            "origin": rng.choice(["US", "JP", "DE"], lines),
            "unit": "kg",
            "quantity": quantity,
            "value": price * np.exp(rng.normal(0, 0.15, lines)) * quantity,
            "duty_rate": 0.1,
        }
    )


def headline(lines: pd.DataFrame) -> tuple[valuation.PriceLevel, page.Findings]:
    level = valuation.price_level(lines, by=["district"])
    return level, page.Findings(level, ["district", "enterprise"], "CNY", 8, None)


@pytest.mark.parametrize("seed", [1, 2])
def test_an_origin_of_its_own_hides_no_low_prices(seed: int):
    lines = customs(seed)
    cheap = (lines["district"] == "5100") & (lines["origin"] == "US")
    lines.loc[cheap, "value"] *= 0.4
    lines.loc[cheap, "origin"] = "MM"  # that nobody else declares
    level, found = headline(lines)
    row = level.levels.set_index("key").loc["5100"]
    assert (row["status"], row["reason"]) == ("insufficient", "own goods")
    assert np.exp(row["unlike"]) * row["level_mixed"] == pytest.approx(0.84, abs=0.08)  # of 1 over .67 + .33
    assert page.verdict(found).status == "insufficient"
    assert any("nobody else declares lie far" in text.en for text in page.watch(found).items)


def test_an_origin_of_its_own_at_honest_prices_stays_in_order():
    lines = customs(7)
    lines.loc[(lines["district"] == "5100") & (lines["origin"] == "US"), "origin"] = "MM"
    level, found = headline(lines)
    assert level.levels.set_index("key").loc["5100", "status"] == "met"
    assert page.verdict(found).status == "met"


def test_a_district_that_alone_counts_in_pieces_keeps_the_page_from_green():
    lines = customs(4)
    alone = lines["district"] == "5100"
    lines.loc[alone, "unit"] = "piece"
    lines.loc[alone, "value"] *= 0.5
    level, found = headline(lines)
    assert level.status == page.verdict(found).status == "insufficient"
    assert level.levels.set_index("key").loc["5100", "status"] == "insufficient"


def test_the_chart_of_an_honest_district_gives_no_signal_and_that_of_a_low_one_does():
    signals, seen = 0, []
    for seed in (5, 6):
        lines = customs(seed)
        level, _ = headline(lines)
        signals += sum(control_chart.chart(level, key)["signal"].any() for key in level.levels["key"])
        since = (lines["district"] == "5100") & (lines["date"] >= "2024-05-01")
        low = control_chart.chart(
            headline(lines.assign(value=lines["value"].where(~since, 0.75 * lines["value"])))[0], "5100"
        )
        seen.append(low.loc[low["signal"], "month"].min())
    assert signals == 0
    assert all(pd.Timestamp("2024-05-01") <= when <= pd.Timestamp("2024-07-01") for when in map(pd.Timestamp, seen))


def _of_two_places(seed: int, factor: float) -> pd.DataFrame:
    """Goods that 5100 and 5200 alone declare are much of what these trade; in 5100 they are off by `factor`."""
    lines = customs(seed)
    own = lines["district"].isin(["5100", "5200"]) & lines["hs_code"].str[-1].isin(list("02468"))
    lines.loc[own, "hs_code"] = "84139999"
    lines.loc[own, "value"] = (
        lines.loc[own, "quantity"] * 12 * np.exp(np.random.default_rng(seed).normal(0, 0.1, own.sum()))
    )
    lines.loc[own & (lines["district"] == "5100"), "value"] *= factor
    return lines


@pytest.mark.parametrize("factor", [0.6, 1.6])
def test_goods_of_two_places_confirm_neither(factor: float):
    """Of two prices nobody can tell which is off: the larger place was taken for the price, and the other confirmed."""
    level, found = headline(_of_two_places(3, factor))
    cells = level.levels.set_index("key").loc[["5100", "5200"]]
    assert "not_met" not in set(cells["status"])
    assert "one other place" in set(cells["reason"])
    assert any(
        "which is off cannot be told" in text.en for text in page.breaches(found).exhibits[0].frame["remark"] if text
    )


def test_a_place_that_is_off_in_all_its_goods_is_confirmed_though_half_of_them_have_one_other_place():
    lines = _of_two_places(4, 1.0)
    lines.loc[lines["district"] == "5100", "value"] *= 0.6
    level, _ = headline(lines)
    assert level.levels.set_index("key").loc["5100", "status"] == "not_met"


def test_a_level_that_a_few_lines_make_is_told_from_one_that_most_lines_share():
    """Four of 187 lines hold a third of the value; put back by value they make a level by themselves."""
    cells = pd.DataFrame({"log_level": [-0.10, -0.10, 0.10, 0.10], "log_lines": [-0.015, -0.09, -0.02, np.nan]})
    assert rests_on_few(cells).tolist() == [True, False, True, False]
    assert not rests_on_few(cells[["log_level"]]).any()  # over time there is no plain mean


def _with_lots(seed: int) -> pd.DataFrame:
    """One product of three origins; from DE laboratories buy lots at thirty times the price of the shiploads of one."""
    rng = np.random.default_rng([seed, 1])
    lines = customs(seed, districts=4, lines=2400)
    lines["hs_code"], lines["origin"] = "31043010", rng.choice(["BE", "CN"], len(lines))
    fair = np.exp(rng.normal(0, 0.08, len(lines)))
    bulk = lines.index < 240
    lots = (lines.index >= 240) & (lines.index < 480)
    lines.loc[bulk | lots, "origin"] = "DE"
    lines.loc[bulk, ["district", "enterprise_id"]] = ["5100", "BULK"]
    lines.loc[lots, "enterprise_id"] = [f"LAB{i % 24}" for i in range(240)]
    lines.loc[lots, "district"] = [f"{51 + i % 4}00" for i in range(240)]
    lines.loc[bulk, "quantity"] *= 20
    lines.loc[lots, "quantity"] = 0.2
    return lines.assign(value=lines["quantity"] * fair * np.where(lots, 30.0, 1.0))


@pytest.mark.parametrize("seed", [3, 4])
def test_who_buys_by_the_shipload_is_not_off_where_lots_share_code_and_origin(seed: int):
    level = valuation.price_level(_with_lots(seed), by=["district"])
    row = level.levels.set_index("key").loc["5100"]
    assert row["level"] == pytest.approx(1, abs=0.03)
    assert abs(row["log_plain"]) < 0.03
    assert row["moved_share"] < 0.01


@pytest.mark.parametrize("seed", [2, 4])
def test_a_dear_origin_at_the_price_of_the_cheap_ones_is_no_usual_heap(seed: int):
    """One of five districts declares nine twentieths of the lines of an origin, all at a quarter of its price."""
    rng = np.random.default_rng(seed)
    lines = customs(20 + seed, districts=5, lines=5000).assign(hs_code="31043010")
    own = (lines["district"] == "5100").to_numpy()
    lines["origin"] = rng.choice(["BE", "CN"], len(lines))
    low = rng.choice(np.flatnonzero(own), int(0.4 * own.sum()), replace=False)
    lines.loc[low, "origin"] = "DE"
    lines.loc[rng.choice(np.flatnonzero(~own), int(len(low) * 0.55 / 0.45), replace=False), "origin"] = "DE"
    fair = np.exp(rng.normal(0, 0.1, len(lines))) * np.where(lines["origin"] == "DE", 4.0, 1.0)
    lines["value"] = lines["quantity"] * fair
    true = 1 - 0.75 * lines.loc[low, "value"].sum() / lines.loc[own, "value"].sum()
    lines.loc[low, "value"] *= 0.25
    levels = valuation.price_level(lines, by=["district"]).levels.set_index("key")
    assert levels.loc["5100", "level"] == pytest.approx(true, rel=0.03)
    assert levels.loc["5100", "status"] == "not_met"
    assert (levels["status"].drop("5100") == "met").all()


def test_own_goods_are_held_against_the_middle_of_the_others_and_their_own_year():
    """Lots at thirty times the price and years at twice it are no reason to think an honest origin of its own cheap."""
    lines = _with_lots(5)
    lines.loc[lines["enterprise_id"] == "BULK", "origin"] = "MM"
    early = lines["date"] < "2024-07-01"
    lines.loc[~early, "date"] += pd.Timedelta(365, "D")
    lines.loc[~early, "value"] *= 2
    late = lines["enterprise_id"].eq("BULK") & ~early
    level = valuation.price_level(lines[~late], by=["district"])
    assert abs(level.levels.set_index("key").loc["5100", "unlike"]) < 0.05


def test_enterprises_stand_beside_what_they_declare_between_related_parties():
    lines = customs(9, districts=4, lines=1600)
    lines["related_party"] = pd.array([None] * len(lines), dtype="boolean")
    own = lines["enterprise_id"] == "E3"
    lines.loc[own, "related_party"] = np.arange(own.sum()) % 4 < 3
    lines.loc[lines["enterprise_id"] == "E4", "related_party"] = False
    _, found = headline(lines)
    share = found.enterprises.set_index("enterprise")["related"]
    said = lines[own]
    wanted = said.loc[said["related_party"], "value"].sum() / said["value"].sum()
    assert share["E3"] == pytest.approx(wanted)
    assert share["E4"] == 0
    assert share.drop(["E3", "E4"]).isna().all()
    columns = [column.key for column in page.everywhere.enterprises(found).exhibits[0].columns]
    assert "related" in columns
    _, found = headline(lines.drop(columns="related_party"))
    assert "related" not in [column.key for column in page.everywhere.enterprises(found).exhibits[0].columns]
