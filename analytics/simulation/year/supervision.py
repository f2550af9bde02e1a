"""Goods under supervision: handbooks of processing trade, exempted goods, transit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.simulation.details.append import numbered
from analytics.simulation.details.nature import PROCESSING, Nature
from analytics.simulation.world.world import World, stream

_ON_TIME = 0.975
_DIVERTED = 0.03  # handbooks whose inputs partly went elsewhere
_DAY = np.timedelta64(1, "D")


def handbooks(world: World) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row a handbook and write-off period, and the truth about their inputs.

    An honest handbook balances within 2 %; where inputs went elsewhere the declared consumption of a unit is 15 to 50 %
    above what the goods need.
    """
    rng, days, goods = stream(world.seed, 5, 6), world.days.days, world.goods
    firm, main, periods = _holders(world)
    at = firm[::periods]
    n, half = len(firm), np.tile(np.arange(periods), len(at))
    due = days[0] + (half * 183 + np.repeat(rng.integers(0, 183, len(at)), periods)) * _DAY
    fence = np.repeat(rng.random(len(at)) < 0.3, periods)
    kind = np.repeat(rng.choice(["book", "electronic", "paper"], len(at), p=[0.6, 0.36, 0.04]), periods)
    late = rng.random(n) > _ON_TIME
    delay = np.where(late, rng.integers(5, 400, n), -rng.integers(0, 30, n))
    extended = rng.random(n) < 0.05
    limit = due + np.where(extended, 30, 0) * _DAY
    done = limit + delay * _DAY
    diverted = np.repeat(rng.random(len(at)) < _DIVERTED, periods)
    need = np.exp(rng.normal(0.15, 0.2, len(goods.code)))[main] * np.exp(0.03 * rng.standard_normal(n))
    waste = np.clip(rng.beta(2.0, 40.0, n), 0, 0.3)
    output = np.exp(rng.normal(9.0, 1.3, n)) * (1 + 20 * world.firms.weight[firm] * len(world.firms.home)) ** 0.3
    declared = need * np.where(diverted, rng.uniform(1.15, 1.5, n), 1.0)
    used = output * declared / (1 - waste)
    stock = used * rng.beta(1.5, 12.0, n)
    gap = used * np.where(diverted, 0.0, 0.006) * rng.standard_normal(n)
    value = output * np.exp(goods.log_price[main]) / np.maximum(goods.unit_kg[main], 1e-6)
    end = days[-1]
    frame = pd.DataFrame(
        {
            "handbook_id": pd.Series(numbered("B", firm).to_pylist(), dtype="str"),
            "enterprise_id": pd.Series(world.firms.identity[firm], dtype="str"),
            "district": pd.Series(world.places.districts[world.firms.home[firm]], dtype="str"),
            "kind": pd.Series(kind, dtype="str"),
            "physical_fence": pd.array(fence, dtype="boolean"),
            "hs_code": pd.Series(goods.code[main], dtype="str"),
            "opened_on": (due - 183 * _DAY).astype("datetime64[us]"),
            "due_on": due.astype("datetime64[us]"),
            "extended_to": pd.Series(limit.astype("datetime64[us]")).where(pd.Series(extended)),
            "reported_on": pd.Series((done - 10 * _DAY).astype("datetime64[us]")).where(pd.Series(done <= end)),
            "written_off_on": pd.Series(done.astype("datetime64[us]")).where(pd.Series(done <= end)),
            "input_quantity": np.round(used + stock + gap, 1),
            "output_quantity": np.round(output, 1),
            "unit_consumption": np.round(declared, 4),
            "waste_share": np.round(waste, 4),
            "stock_quantity": np.round(stock, 1),
            "trade_value": np.round(np.clip(value, 1e3, 1e9), 2),
        }
    )
    truth = pd.DataFrame({"handbook_id": frame["handbook_id"], "due_on": frame["due_on"], "diverted": diverted,
                          "true_consumption": np.round(need, 4)})  # fmt: skip
    seen = frame["opened_on"] <= pd.Timestamp(end)
    return frame[seen].reset_index(drop=True), truth[seen].reset_index(drop=True)


def _holders(world: World) -> tuple[np.ndarray, np.ndarray, int]:
    """Enterprise and main product of each handbook and period, and the periods of a handbook."""
    deals = world.deals
    ours = PROCESSING[deals.regime]
    firm, at = np.unique(deals.firm[ours], return_index=True)
    main = deals.product[np.flatnonzero(ours)[at]]
    periods = max(1, round(len(world.days.months) / 12 * 2))
    return np.repeat(firm, periods), np.repeat(main, periods), periods


def exemptions(world: World, nature: Nature) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row a certificate of the last six years, and which goods are truly elsewhere."""
    rng, deals = stream(world.seed, 5, 7), world.deals
    contract = np.flatnonzero(nature.exempt & ~PROCESSING[deals.regime])
    n, end = len(contract), world.days.days[-1]
    released = end - rng.integers(5, 2190, n) * _DAY
    years = np.where(rng.random(n) < 0.8, 3, 8)
    over = released + years * 365 * _DAY
    value = np.round(np.exp(np.minimum(deals.log_quantity[contract] + deals.log_price[contract] + 1.5, 18)), 2)
    home = world.firms.home[deals.firm[contract]]
    place = world.places.districts[home]
    moved = rng.random(n) < 0.04
    checked = rng.random(n) < 0.15
    lifted = (over < end) & (rng.random(n) < 0.93)
    status = np.where(lifted, "released", np.where(moved & checked, "moved", "supervised"))
    elsewhere = world.places.districts[rng.integers(0, len(world.places.districts), n)]
    checked_on = np.minimum(released + rng.integers(30, 900, n) * _DAY, end)
    rate = deals.duty[contract] + world.goods.vat[deals.product[contract]] * (1 + deals.duty[contract])
    frame = pd.DataFrame(
        {
            "exemption_id": pd.Series(numbered("Z", contract).to_pylist(), dtype="str"),
            "enterprise_id": pd.Series(world.firms.identity[deals.firm[contract]], dtype="str"),
            "district": pd.Series(place, dtype="str"),
            "hs_code": pd.Series(world.goods.code[deals.product[contract]], dtype="str"),
            "released_on": released.astype("datetime64[us]"),
            "value": value,
            "duty_forgone": np.round(value * rate, 2),
            "supervision_end": over.astype("datetime64[us]"),
            "place": pd.Series(place, dtype="str"),
            "place_found": pd.Series(np.where(moved, elsewhere, place), dtype="str").where(pd.Series(checked)),
            "status": pd.Series(status, dtype="str"),
            "checked_on": pd.Series(checked_on.astype("datetime64[us]")).where(pd.Series(checked)),
            "lifted_on": pd.Series(np.minimum(over + 20 * _DAY, end).astype("datetime64[us]")).where(pd.Series(lifted)),
        }
    )
    return frame, pd.DataFrame({"exemption_id": frame["exemption_id"], "moved": moved})


def transit(world: World) -> pd.DataFrame:
    """Consignments for other districts; 95.5 of 100 eligible ones are transferred."""
    rng, days, places = stream(world.seed, 5, 8), world.days.days, world.places
    n = max(50, round(world.lines * 0.02))
    arrived = days[np.sort(rng.integers(0, len(days), n))]
    from_ = rng.choice(len(places.districts), n, p=places.district_weight)
    inland = np.flatnonzero(places.district_kind == "inland")
    to = rng.choice(inland if len(inland) else np.arange(len(places.districts)), n)
    eligible = rng.random(n) < 0.9
    filed = eligible & (rng.random(n) < 0.955)
    filed_on = arrived + rng.integers(0, 4, n) * _DAY
    delivered_on = filed_on + np.ceil(rng.gamma(3.0, 1.5, n)).astype("timedelta64[D]")
    end = days[-1]
    return pd.DataFrame(
        {
            "manifest_id": pd.Series([f"M{i + 1:09d}" for i in range(n)], dtype="str"),
            "district": pd.Series(places.districts[from_], dtype="str"),
            "destination": pd.Series(places.districts[to], dtype="str"),
            "eligible": pd.array(eligible, dtype="boolean"),
            "arrived_on": arrived.astype("datetime64[us]"),
            "filed_on": pd.Series(filed_on.astype("datetime64[us]")).where(pd.Series(filed & (filed_on <= end))),
            "delivered_on": pd.Series(delivered_on.astype("datetime64[us]")).where(
                pd.Series(filed & (delivered_on <= end) & (rng.random(n) < 0.998))
            ),
            "net_mass_kg": np.round(np.exp(rng.normal(8.5, 1.0, n)), 1),
        }
    )
