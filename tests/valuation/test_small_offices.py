"""A small office's file: prices without any order give a page without an exception, and nothing is met on it."""

import numpy as np
import pandas as pd
import pytest

from analytics import valuation


def test_prices_that_have_nothing_to_do_with_their_quantities_are_judged_without_an_exception():
    rng = np.random.default_rng(5)
    count = 600
    quantity = rng.lognormal(4, 1, count)
    frame = pd.DataFrame({
        "declaration_id": [f"D{i}" for i in range(count)],
        "date": pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 20, count), "D"),
        "district": rng.choice(["5100", "5200", "5300", "5400"], count),
        "enterprise_id": rng.choice(list("ABCDEFG"), count),
        "hs_code": rng.choice(["03038900", "03038910"], count), "origin": "JP", "unit": "kg", "quantity": quantity,
        "value": 100.0, "currency": "CNY",
    })  # fmt: skip
    level = valuation.judge(frame, valuation.Question.of({"by": ["district", "chapter"]}))
    assert valuation.page.Findings(level, ["district"], "CNY", 8)


def _offices(seed: int, districts: int, lines: int = 900) -> pd.DataFrame:
    """Honest lines of one code in a few districts, twelve enterprises each."""
    rng = np.random.default_rng(seed)
    firm, month = rng.integers(0, 12 * districts, lines), rng.integers(1, 7, lines)
    quantity = rng.lognormal(4, 1, lines)
    return pd.DataFrame({
        "declaration_id": [f"{i}" for i in range(lines)],
        "date": pd.to_datetime([f"2024-{m:02d}-10" for m in month]),
        "district": [f"D{f % districts}" for f in firm], "enterprise_id": [f"E{f}" for f in firm],
        "hs_code": "84010000", "origin": "JP", "unit": "kg", "quantity": quantity,
        "value": quantity * np.exp(1 + rng.normal(0, 0.1, lines)), "currency": "CNY",
    })  # fmt: skip


def _page(frame: pd.DataFrame) -> tuple[pd.DataFrame, object]:
    level = valuation.price_level(frame, ("district", "chapter"))
    return level.levels.set_index("district"), valuation.page.verdict(valuation.page.Findings(level))


@pytest.mark.parametrize("low", ["D0", "D1"])
def test_of_two_places_neither_is_accused_and_the_headline_names_both(low):
    frame = _offices(3, 2)
    frame.loc[frame["district"] == low, "value"] *= 0.1
    cells, verdict = _page(frame)
    assert set(cells["status"]) == {"watch"}
    assert set(cells["reason"]) == {"no majority"}
    assert verdict.status == "watch"
    assert "D0" in verdict.text.en
    assert "D1" in verdict.text.en
    assert "nobody can tell which is off" in verdict.text.en
    assert "0.10" in verdict.text.en


def test_two_against_two_accuse_nobody_and_three_against_one_do():
    frame = _offices(4, 4)
    pairs = frame.assign(value=frame["value"] * np.where(frame["district"].isin(["D1", "D2"]), 0.5, 1.0))
    assert "not_met" not in set(_page(pairs)[0]["status"])
    assert "met" not in set(_page(pairs)[0]["status"])
    single = frame.assign(value=frame["value"] * np.where(frame["district"] == "D1", 0.5, 1.0))
    cells, verdict = _page(single)
    assert cells.loc["D1", "status"] == "not_met"
    assert set(cells.drop("D1")["status"]) == {"met"}
    assert "the majority is taken for the price" in verdict.lead.en


def test_goods_that_nobody_else_declares_are_not_in_order_however_little_they_are_declared_at():
    frame = _offices(5, 5)
    own = (frame["district"] == "D1") & (np.arange(len(frame)) % 3 > 0)
    frame.loc[own, "hs_code"] = "84990000"
    frame.loc[own, "value"] *= 0.1  # a seventh of the value of D1, two thirds of its lines
    cells, verdict = _page(frame)
    assert cells.loc["D1", "status"] == "insufficient"
    assert cells.loc["D1", "reason"] == "little compared"
    assert verdict.status != "met"


def test_a_unit_of_its_own_keeps_the_page_from_green():
    frame = _offices(6, 4)
    own = frame["district"] == "D1"
    frame.loc[own, "unit"] = "piece"
    frame.loc[own, "value"] *= 0.1
    assert _page(frame)[1].status == "insufficient"


def test_one_extreme_line_that_holds_much_of_the_value_disputes_the_level():
    frame = _offices(7, 5)
    line = frame.index[frame["district"] == "D1"][0]
    frame.loc[line, ["quantity", "value"]] = frame["quantity"].sum() / 10, frame["value"].sum() / 10 * 0.55
    cells, verdict = _page(frame)
    assert cells.loc["D1", "lines"] == cells.loc["D1", "lines_declared"] - 1
    assert cells.loc["D1", "reason"] == "by value"
    assert verdict.status != "met"


def test_low_prices_in_months_without_others_are_looked_at():
    frame = _offices(8, 5)
    own = frame["district"] == "D1"
    frame.loc[own, "date"] += pd.Timedelta(days=190)
    frame.loc[own, "value"] *= 0.5
    cells, verdict = _page(frame)
    assert cells.loc["D1", "reason"] == "other months"
    assert verdict.status == "watch"
    assert "other months" in verdict.text.en


def test_a_group_in_order_does_not_clear_an_enterprise_at_half_the_price():
    frame = _offices(9, 5)
    frame.loc[frame["enterprise_id"] == "E1", "value"] *= 0.5
    cells, verdict = _page(frame)
    assert "not_met" not in set(cells["status"])
    assert verdict.status == "watch"
    assert "E1" in verdict.text.en


@pytest.mark.parametrize("rise", [0.03, 0.06])
def test_a_rising_price_is_no_level_of_who_buys_late(rise):
    """One good of three rises month by month; D1 buys it late and D2 early, at the price of the month."""
    frame = pd.concat([_offices(seed, 5, 600).assign(hs_code=f"840{seed}0000") for seed in (1, 2, 3)])
    frame = frame.assign(declaration_id=[f"{i}" for i in range(len(frame))]).reset_index(drop=True)
    rng, good = np.random.default_rng(4), frame["hs_code"] == "84020000"
    month = np.where(rng.random(len(frame)) < 0.8, np.where(frame["district"] == "D1", 6, 1), frame["date"].dt.month)
    month = np.where(good & frame["district"].isin(["D1", "D2"]), month, frame["date"].dt.month)
    frame["date"] = pd.to_datetime([f"2024-{m:02d}-10" for m in month])
    frame["value"] *= np.where(good, np.exp(rise * month), 1.0)
    cells, _ = _page(frame)
    assert cells["level"].between(0.96, 1.04).all()
    assert not set(cells["status"]) & {"watch", "not_met"}


def test_every_cell_that_is_not_judged_says_why_in_table_and_page():
    frame = _offices(1, 4)
    few = frame["district"].eq("D3") & (frame.groupby("district").cumcount() >= 2)
    alone = frame["district"].eq("D2")
    frame = frame[~few].assign(hs_code=frame["hs_code"].where(~alone, "85010000")).reset_index(drop=True)
    level = valuation.judge(frame, valuation.Question.of({"by": ["district", "chapter"]}))
    cells = level.levels.set_index("district")
    assert cells.loc["D3", "reason"] == "few lines"
    assert cells.loc["D2", "reason"] == "nothing compares"
    listed = valuation.page.breaches(valuation.page.Findings(level, ["district"], "CNY", 8)).exhibits[-1]
    open_ = level.table[level.table["status"] == "insufficient"]
    assert (open_["reason"] != "").all()
    assert listed.name == "not_judged"
    assert set(listed.frame["key"]) == set(open_["key"])
