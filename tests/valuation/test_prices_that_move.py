"""Who buys late at a price that rose for all does not price high; who turns low meanwhile is called all the same."""

import numpy as np
import pandas as pd
import pytest

from analytics import valuation
from analytics.valuation import evidence, page
from analytics.valuation.level.set_apart import doubtful
from analytics.valuation.level.verdicts import OUT

COURSES = {
    "still": lambda m: 0.0 * m,
    "doubles within six months": lambda m: np.log(2) * np.clip((m - 3) / 6, 0, 1),
    "doubles at once": lambda m: np.log(2) * (m > 6),
    "season": lambda m: 0.35 * np.sin(np.pi * (m - 1) / 6),
}
EVEN = np.full(12, 1 / 12)
LATE = np.repeat([0.15 / 6, 0.85 / 6], 6)


def moving(seed: int, course: str, late: str, lines: int = 2_400, codes: int = 4, spread: float = 0.1) -> pd.DataFrame:
    """Four districts: who is late buys mostly after June, the others of a late district mostly before."""
    rng = np.random.default_rng(seed)
    firm, product = rng.integers(0, 48, lines), rng.integers(0, codes, lines)
    after, even = rng.choice(12, lines, p=LATE), rng.choice(12, lines, p=EVEN)
    before = 11 - rng.choice(12, lines, p=LATE)
    month = (
        1
        + {
            "D0": np.where(firm % 4 == 0, after, before),
            "E00": np.where(firm == 0, after, even),
            "nobody": even,
        }[late]
    )
    off = rng.normal(0, 0.03, 48)[firm] + rng.normal(0, spread, lines) + COURSES[course](month)
    quantity = np.exp(rng.normal(4, 1, lines))
    return pd.DataFrame(
        {
            "declaration_id": [f"{i:06d}" for i in range(lines)],
            "line_no": 1,
            "date": pd.to_datetime([f"2024-{m:02d}-10" for m in month]),
            "district": [f"D{f % 4}" for f in firm],
            "enterprise_id": [f"E{f:02d}" for f in firm],
            "hs_code": [f"84{p:02d}0000" for p in product],
            "origin": "US",
            "unit": "kg",
            "quantity": quantity,
            "value": quantity * np.exp(1 + 0.5 * product + off),
        }
    )


def judged(frame: pd.DataFrame) -> pd.DataFrame:
    return valuation.price_level(frame, ("district", "chapter")).levels.set_index("district")


@pytest.mark.parametrize("late", ["D0", "E00"])
@pytest.mark.parametrize("course", ["doubles within six months", "doubles at once", "season"])
def test_who_buys_late_at_a_price_that_moved_for_all_is_in_order(course, late):
    level = valuation.price_level(moving(1, course, late), ("district", "chapter"))
    cells = level.levels.set_index("district")
    assert set(cells["status"]) == {"met"}
    np.testing.assert_allclose(cells["level"], 1.0, atol=0.025)
    assert cells["moved_share"].max() < 0.01
    assert cells["lines"].sum() > 0.99 * 2_400


@pytest.mark.parametrize("late", ["D0", "nobody"])
@pytest.mark.parametrize(("course", "factor", "since"), [("doubles within six months", 0.1, 0), ("season", 0.5, 8)])
@pytest.mark.parametrize("spread", [0.1, 0.3])
def test_a_district_low_always_or_since_some_month_is_called_and_read_while_prices_move(
    course, factor, since, late, spread
):
    frame = moving(2, course, late, codes=8, spread=spread)
    own = frame["district"] == "D0"
    low = frame.assign(value=frame["value"] * np.where(own & (frame["date"].dt.month > since), factor, 1.0))
    cells = judged(low)
    true = low.loc[own, "value"].sum() / frame.loc[own, "value"].sum()
    assert cells.loc["D0", "status"] in OUT
    assert cells.loc["D0", "level"] == pytest.approx(true, rel=0.06)
    assert not set(cells.drop("D0")["status"]) & set(OUT)


@pytest.mark.parametrize(("factor", "since"), [(0.3, 6), (0.6, 9), (0.1, 11), (5.0, 8)])
def test_since_some_month_counts_by_value_though_half_of_the_lines_are_as_ever(factor, since):
    """A scatter of 0.3 in which neither half is far from the middle of both."""
    frame = moving(3, "still", "nobody", codes=12, spread=0.3)
    own = frame["district"] == "D0"
    low = frame.assign(value=frame["value"] * np.where(own & (frame["date"].dt.month > since), factor, 1.0))
    true = low.loc[own, "value"].sum() / frame.loc[own, "value"].sum()
    row = judged(low).loc["D0"]
    assert row["status"] in OUT
    assert row["level"] == pytest.approx(true, rel=0.05)


def test_one_good_whose_price_doubles_is_no_practice_of_who_buys_it_late():
    frame = moving(4, "still", "D0", codes=6)
    risen = (frame["hs_code"] == "84000000") & (frame["date"].dt.month > 6)
    cells = judged(frame.assign(value=frame["value"] * np.where(risen, 2.0, 1.0)))
    assert set(cells["status"]) == {"met"}
    assert cells["moved_share"].max() < 0.01


def test_the_page_says_whose_price_moved_for_all_and_from_when_to_when():
    frame = moving(4, "still", "D0", codes=6)
    fallen = (frame["hs_code"] == "84030000") & (frame["date"].dt.month > 6)
    level = valuation.price_level(frame.assign(value=frame["value"] * np.where(fallen, 0.5, 1.0)), ("district",))
    moved = evidence.courses(level)
    assert moved["product"].tolist() == ["84030000"]
    assert moved["change"].iloc[0] == pytest.approx(-0.5, abs=0.04)
    assert moved["start"].iloc[0] <= "2024-06" < "2024-07" <= moved["end"].iloc[0]
    said = [item.en for item in page.watch(page.Findings(level)).items]
    assert any("Prices of 1 code moved" in text and "84030000" in text for text in said)
    still = valuation.price_level(moving(4, "still", "D0", codes=6), ("district",))
    assert evidence.courses(still).empty


def test_a_level_over_time_keeps_what_prices_did():
    frame = moving(5, "doubles at once", "nobody")
    found = valuation.price_level(frame, ("period",), period="quarter", base_period="2024-Q1").levels
    read = found.set_index("period")["level"]
    assert read["2024-Q4"] == pytest.approx(2.0, rel=0.03)
    assert read["2024-Q2"] == pytest.approx(1.0, rel=0.03)


def test_half_of_the_enterprises_far_off_all_year_are_no_months():
    """Their share of a month's lines changes, and with it the month's median from one price to the other."""
    frame = moving(6, "still", "nobody", lines=800, codes=1)
    own = frame["district"] == "D0"
    half = own & (frame["enterprise_id"].str[1:].astype(int) // 4 % 2 == 0)
    dear = frame.assign(value=frame["value"] * np.where(half, 20.0, 1.0))
    row = judged(dear).loc["D0"]
    true = dear.loc[own, "value"].sum() / frame.loc[own, "value"].sum()
    assert row["level"] == pytest.approx(true, rel=0.06)


def test_what_some_lines_do_without_standing_apart_widens_the_interval():
    """A third of the lines at 1.7 times the price, scattered by 0.25: a robust mean sees less of them than value."""
    frame = moving(8, "still", "nobody", lines=4_000, spread=0.25)
    own = (frame["district"] == "D0").to_numpy()
    some = own & (np.random.default_rng(7).random(len(frame)) < 1 / 3)
    cells = judged(frame.assign(value=frame["value"] * np.where(some, 1.7, 1.0)))
    true = 1 + 0.7 * frame.loc[some, "value"].sum() / frame.loc[own, "value"].sum()
    width = np.log(cells["high95"] / cells["low95"])
    assert cells.loc["D0", "status"] in OUT
    assert cells.loc["D0", "low95"] < true < cells.loc["D0", "high95"]
    assert width["D0"] > 1.5 * width.drop("D0").max()


def test_samples_at_any_price_are_no_doubt_of_a_level_by_value():
    """Half of the lines of D0 are samples of a few grams, scattered by 1.2 about the price and worth nothing."""
    frame = moving(9, "still", "nobody", lines=4_000, codes=1)
    rng = np.random.default_rng(9)
    sample = ((frame["district"] == "D0") & (rng.random(len(frame)) < 0.5)).to_numpy()
    frame["origin"] = np.where(sample | (rng.random(len(frame)) < 0.02), "CH", "US")
    off = np.where(frame["origin"] == "CH", 1e-5 * np.exp(rng.normal(0.0, 1.2, len(frame))), 1.0)
    frame["quantity"] *= np.where(frame["origin"] == "CH", 1e-5, 1.0)
    row = judged(frame.assign(value=frame["value"] * off)).loc["D0"]
    assert row["high95"] / row["low95"] < 1.5


def test_half_of_the_enterprises_in_some_months_are_a_practice_of_some_lines():
    frame = moving(14, "still", "nobody", spread=0.15)
    own = frame["district"] == "D0"
    half = own & (frame["enterprise_id"].str[1:].astype(int) // 4 % 2 == 0) & frame["date"].dt.month.isin([3, 4, 9])
    low = frame.assign(value=frame["value"] * np.where(half, 0.1, 1.0))
    row = judged(low).loc["D0"]
    assert row["status"] in OUT
    assert row["level"] == pytest.approx(low.loc[own, "value"].sum() / frame.loc[own, "value"].sum(), rel=0.03)


def test_more_slips_than_chance_count_where_with_them_a_level_would_not_be_in_order():
    """A tenth in some months of some enterprises and a decimal point that slips look alike: neither is in order."""
    cells = pd.DataFrame({
        "lines_declared": [600] * 5, "lines_below": [24, 24, 3, 2, 4], "lines_above": 3, "set_apart_above": 0.01,
        "set_apart_below": [0.045, 0.045, 0.01, 0.06, 0.12], "log_level": np.log([0.96, 1.02, 0.955, 1.0, 1.0]),
    })  # fmt: skip
    assert doubtful(cells, 0.95).tolist() == [True, False, False, False, True]
