"""A price that falls is told in the month it falls, and a thousand that only scatter stay silent."""

import numpy as np
import pandas as pd
import pytest

from analytics import valuation
from analytics.valuation import evidence


def trade(seed: int, lines: int = 6_000, firms: int = 60) -> pd.DataFrame:
    """Honest trade of two years with heavy tails; enterprises differ, months and goods have their prices."""
    rng = np.random.default_rng(seed)
    firm, product, month = rng.integers(0, firms, lines), rng.integers(0, 4, lines), rng.integers(0, 24, lines)
    off = rng.normal(0, 0.05, firms)[firm] + rng.normal(0, 0.05, 24)[month] + 0.12 * rng.standard_t(4, lines)
    quantity = np.exp(rng.normal(4, 0.8, lines))
    dates = pd.Timestamp("2023-01-10") + pd.to_timedelta(month * 30.44, unit="D")
    return pd.DataFrame(
        {
            "declaration_id": [f"{i:05d}" for i in range(lines)], "line_no": 1, "date": dates,
            "district": [f"D{f % 6}" for f in firm], "enterprise_id": [f"E{f:03d}" for f in firm],
            "hs_code": [f"84{p:02d}0000" for p in product], "origin": rng.choice(["US", "CN"], lines), "unit": "kg",
            "quantity": quantity, "value": quantity * np.exp(1 + 0.4 * product + off),
        }
    )  # fmt: skip


def told(frame: pd.DataFrame) -> pd.DataFrame:
    level = valuation.price_level(frame, ("district", "chapter"))
    found = evidence.changes(level.prepared, level.by)
    return found[found["told"]]


def test_series_that_only_scatter_stay_silent():
    assert sum(len(told(trade(seed))) for seed in range(4)) <= 1


@pytest.mark.parametrize("last", [True, False])
def test_a_price_that_falls_is_told_since_the_month_it_falls(last: bool):
    frame = trade(9)
    month = frame["date"].dt.to_period("M")
    start = month.max() if last else month.max() - 6
    who = (frame["enterprise_id"] == "E007") & (frame["hs_code"] == "84010000") & (month >= start)
    if last:  # five lines in the last month
        extra = frame[(frame["enterprise_id"] == "E007") & (frame["hs_code"] == "84010000")].head(5)
        extra = extra.assign(declaration_id=[f"X{i}" for i in range(len(extra))], date=frame["date"].max())
        frame = pd.concat([frame, extra], ignore_index=True)
        month = frame["date"].dt.to_period("M")
        who = (frame["enterprise_id"] == "E007") & (frame["hs_code"] == "84010000") & (month >= start)
    found = told(frame.assign(value=frame["value"] * np.where(who, 0.5, 1.0)))
    pair = found[found["key"] == "E007 x 84010000"].iloc[0]
    assert pair["since"].to_period("M") == start
    assert pair["low95"] < 0.5 < pair["high95"]
    assert len(found) <= 3


def test_a_cell_whose_prices_fall_is_told_with_its_size():
    # Against like goods everywhere, a sixth of which are its own: they fell by a sixth of it too.
    seen, held = 0.85 ** (5 / 6), 0
    for seed in (10, 11, 12):
        frame = trade(seed)
        low = (frame["district"] == "D2") & (frame["date"] >= "2024-05-01")
        found = told(frame.assign(value=frame["value"] * np.where(low, 0.85, 1.0)))
        cell = found[(found["series"] == "cell") & (found["key"] == "D2 x 84")].iloc[0]
        assert str(cell["since"])[:7] == "2024-05"
        held += cell["low95"] < seen < cell["high95"]
        assert cell["change"] == pytest.approx(seen, abs=0.03)
    assert held >= 2


def test_who_declares_more_where_it_is_cheaper_has_changed_no_price_nor_has_its_cell():
    """E007 is at 0.6 in D2 and at 1 in D1, and moves to D2; E012, at a third everywhere, declares more later."""
    frame = trade(11)
    rng, late = np.random.default_rng(2), frame["date"] >= "2024-02-01"
    cheap = (frame["enterprise_id"] == "E007") & (rng.random(len(frame)) < np.where(late, 0.9, 0.1))
    frame.loc[frame["enterprise_id"] == "E007", "district"] = "D1"
    frame.loc[cheap, "district"] = "D2"
    more = frame[(frame["enterprise_id"] == "E012") & late]
    more = pd.concat([more] * 2).assign(declaration_id=lambda f: [f"M{i}" for i in range(len(f))])
    frame = pd.concat([frame, more], ignore_index=True)
    third = np.where(frame["enterprise_id"] == "E012", 1 / 3, 1.0)
    low = (frame["enterprise_id"] == "E007") & (frame["district"] == "D2")
    found = told(frame.assign(value=frame["value"] * third * np.where(low, 0.6, 1.0)))
    assert not (found["enterprise"] == "E007").any()
    assert not found["key"].isin(["D0 x 84", "D2 x 84"]).any()
