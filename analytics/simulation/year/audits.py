"""Post-clearance audits and checks of enterprises, price queries and rules, over the whole span."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.simulation.lines.noncompliance import UNDERVALUED
from analytics.simulation.world.world import World, stream
from analytics.simulation.year.population import Population

_SHARE = 0.065  # audits opened a year for each active enterprise
_SKILL = 0.6  # of the auditors, where something is wrong
_WAITS = 3  # days from declaration to a query


def audits(world: World, lines: Population) -> pd.DataFrame:
    """Audits by risk, at random and by order; those opened late are still open at the end."""
    rng, days = stream(world.seed, 5, 2), world.days.days
    firms = len(world.firms.home)
    active = np.flatnonzero(np.bincount(lines.firm, minlength=firms))
    years = max(len(world.days.months) / 12, 1 / 12)
    n = max(5, round(_SHARE * years * len(active)))
    value, lost = np.bincount(lines.firm, lines.value, firms), np.bincount(lines.firm, lines.lost, firms)
    wrong = np.bincount(lines.firm, lines.kind >= 0, firms)
    by = rng.choice(3, n, p=[0.75, 0.15, 0.10])
    weight = (value[active] + value[active].mean() * 0.05) ** 0.5 * np.where(wrong[active] > 2, 2.5, 1.0)
    firm = np.where(by == 1, rng.choice(active, n), rng.choice(active, n, p=weight / weight.sum()))
    opened = days[rng.integers(0, len(days), n)]
    closed = opened + np.ceil(rng.gamma(3.0, 25.0, n)).astype("timedelta64[D]")
    finding = (wrong[firm] > 0) & (rng.random(n) < _SKILL * np.minimum(wrong[firm] / 3, 1))
    recovered = np.where(finding, np.round(lost[firm] * rng.uniform(0.1, 0.7, n), 2), 0.0)
    order = np.argsort(opened, kind="stable")
    frame = pd.DataFrame(
        {
            "audit_id": pd.Series([f"J{i + 1:07d}" for i in range(n)], dtype="str"),
            "enterprise_id": pd.Series(world.firms.identity[firm[order]], dtype="str"),
            "district": pd.Series(world.places.districts[world.firms.home[firm[order]]], dtype="str"),
            "kind": pd.Series(np.where(rng.random(n) < 0.6, "audit", "check"), dtype="str"),
            "selected_by": pd.Series(np.array(["risk", "random", "order"])[by[order]], dtype="str"),
            "opened_on": opened[order].astype("datetime64[us]"),
            "closed_on": closed[order].astype("datetime64[us]"),
            "finding": pd.array(finding[order], dtype="boolean"),
            "recovered": recovered[order],
            "hours": np.round(rng.gamma(4.0, 12.0, n), 1),
            "covered_value": np.round(value[firm[order]] / years * rng.uniform(0.5, 1.0, n), 2),
        }
    )
    still = frame["closed_on"] > pd.Timestamp(days[-1])
    frame.loc[still, "closed_on"] = pd.NaT
    frame.loc[still, "finding"] = pd.NA
    frame.loc[still, ["recovered", "hours", "covered_value"]] = np.nan
    return frame


def queries(world: World, lines: Population) -> pd.DataFrame:
    """Doubts about prices: of undervalued lines a twelfth is queried, of the others one in 250."""
    rng, days = stream(world.seed, 5, 3), world.days.days
    low = lines.kind == UNDERVALUED
    s = lines.part(rng.random(len(low)) < np.where(low, 1 / 12, 1 / 250))
    n = len(s.day)
    opened = days[s.day] + np.timedelta64(_WAITS, "D")
    closed = opened + np.ceil(rng.gamma(3.0, 8.0, n)).astype("timedelta64[D]")
    raised = np.where(s.kind == UNDERVALUED, rng.random(n) < 0.7, rng.random(n) < 0.05)
    accepted = np.where(s.kind == UNDERVALUED, s.true_value, s.value * 1.05)
    still = closed > days[-1]
    frame = pd.DataFrame(
        {
            "query_id": pd.Series([f"Q{i + 1:08d}" for i in range(n)], dtype="str"),
            "declaration_id": pd.Series(s.declaration_id.to_pylist(), dtype="str"),
            "line_no": s.line_no,
            "opened_on": opened.astype("datetime64[us]"),
            "closed_on": pd.Series(closed.astype("datetime64[us]")).mask(still),
            "declared_value": np.round(s.value, 2),
            "accepted_value": np.where(still, np.nan, np.round(np.where(raised, accepted, s.value), 2)),
            "outcome": pd.Series(np.where(still, "open", np.where(raised, "raised", "accepted")), dtype="str"),
        }
    )
    return frame[frame["opened_on"] <= pd.Timestamp(days[-1])].reset_index(drop=True)


def rules(world: World) -> pd.DataFrame:
    """Forty selectivity rules; what they hit and found is drawn, not counted from the declarations."""
    rng, n = stream(world.seed, 5, 4), 40
    start = world.days.days[0] - rng.integers(0, 700, n).astype("timedelta64[D]")
    hits = rng.poisson(world.lines * 0.0007, n)
    executed = rng.binomial(hits, 0.95)
    ends = start + rng.integers(200, 1500, n).astype("timedelta64[D]")
    return pd.DataFrame(
        {
            "rule_id": pd.Series([f"R{i + 1:04d}" for i in range(n)], dtype="str"),
            "kind": pd.Series(rng.choice(["price", "origin", "weight", "goods", "enterprise"], n), dtype="str"),
            "valid_from": start.astype("datetime64[us]"),
            "valid_to": ends.astype("datetime64[us]"),
            "hits": hits,
            "executed": executed,
            "findings": rng.binomial(executed, rng.beta(2.0, 8.0, n)),
        }
    )


def reference_prices(world: World, most: int = 1500) -> pd.DataFrame:
    """Prices of the most traded codes by month, from the supplier's side and so a few per cent off."""
    rng, goods, months = stream(world.seed, 5, 5), world.goods, world.days.months
    code = np.sort(np.argsort(-goods.weight, kind="stable")[:most])
    k = np.repeat(code, len(months))
    month = np.tile(np.arange(len(months)), len(code))
    log = goods.log_price[k] + goods.origin_price[k, 0] + world.days.drift[month, goods.chapter[k]]
    return pd.DataFrame(
        {
            "hs_code": pd.Series(goods.code[k], dtype="str"),
            "unit": pd.Series(goods.unit[k], dtype="str"),
            "origin": pd.Series(world.places.countries[goods.origins[k, 0]], dtype="str"),
            "month": months[month].astype("datetime64[us]"),
            "price": np.round(np.exp(log + 0.04 * rng.standard_normal(len(k))), 4).clip(0.0001),
            "currency": "CNY",
            "source": "simulated supplier list",
        }
    )
