"""Small scenes with one thing planted: what the whole simulated customs does not hold often enough to be shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

_FIRST, _MONTHS, STEP_AT = "2023-01-01", 27, 24
_ORIGINS = np.array(["CN", "VN", "TH", "MY", "IN"])
_LINES_AN_ENTERPRISE = 28
_CODES = 8


@dataclass(frozen=True)
class Scene:
    """Declarations and what was planted in them.

    Attributes
    ----------
    declarations : DataFrame, canonical columns
    truth : DataFrame, one row an enterprise that moved goods: enterprise_id, new (the origin or code moved to), kind
    steps : the duty steps, as the page of duty steps takes them
    """

    declarations: pd.DataFrame
    truth: pd.DataFrame
    steps: tuple[str, ...]


@dataclass(frozen=True)
class _Trade:
    """What an enterprise brings in from `first` to `last` (months)."""

    code: str
    origin: str
    seller: str
    size: float
    dear: float
    first: int = 0
    last: int = _MONTHS


def duty_step(lines: int, seed: int, kind: str = "both") -> Scene:
    """Eight headings of three sibling codes; a duty on the first code of each against CN rises by 20 points.

    Parameters
    ----------
    lines : about so many lines
    seed : of the draw
    kind : "origin", "code" or "both": where to the planted goods move

    Returns
    -------
    Scene. About 2 % of a code's trade moves at its old price and from its old seller; twice as much moves honestly:
    to other suppliers at their price, or to other goods. Movers to another origin claim the preference that it has.
    """
    rng = np.random.default_rng([seed, 41])
    enterprises = max(8, round(lines / (_LINES_AN_ENTERPRISE * _CODES)))
    rows: list[tuple] = []
    moved: list[tuple[str, str, str]] = []
    for c in range(_CODES):
        siblings = [f"{8541 + c}{n}00" for n in (10, 20, 30)]
        price = {(s, o): rng.uniform(2, 12) for s in siblings for o in _ORIGINS}
        for e in range(enterprises):
            name = f"E{c:02d}{e:04d}"
            planted = kind if kind != "both" else ("origin", "code")[int(rng.integers(2))]
            for trade in _enterprise(name, siblings, price, planted, moved, rng):
                rows += _lines(name, trade, price[trade.code, trade.origin], rng)
    day = f"{pd.Timestamp(_FIRST) + pd.DateOffset(months=STEP_AT):%Y-%m-%d}"
    steps = tuple(f"{day} {8541 + c}1000 CN 5->25 (anti-dumping, simulated)" for c in range(_CODES))
    truth = pd.DataFrame(moved, columns=["enterprise_id", "new", "kind"]).astype("str")
    return Scene(_frame(rows), truth, steps)


def _enterprise(
    name: str, siblings: list[str], price: dict, kind: str, moved: list[tuple[str, str, str]], rng: np.random.Generator
) -> list[_Trade]:
    """What an enterprise trades; a twentieth of those hit moves goods, a tenth changes honestly."""
    old = (siblings[0], "CN")
    place = old if rng.random() < 0.5 else (str(rng.choice(siblings)), str(rng.choice(_ORIGINS)))
    size, own = float(np.exp(rng.normal(9, 1))), float(np.exp(rng.normal(0, 0.08)))
    trades = [_Trade(*place, f"S{name}0", size, own)]
    if rng.random() < 0.3:
        other = (str(rng.choice(siblings)), str(rng.choice(_ORIGINS)))
        trades.append(_Trade(*other, f"S{name}9", size / 3, own))
    draw = rng.random()
    if place != old or draw >= 0.15:
        return trades
    trades[0] = _Trade(*old, f"S{name}0", size, own, last=STEP_AT)
    elsewhere = (siblings[0], str(rng.choice(_ORIGINS[1:])))
    if draw < 0.05:  # at the old price: about 2 % of the code's trade
        to = elsewhere if kind == "origin" else (siblings[1], "CN")
        trades.append(_Trade(*to, f"S{name}0", size, own * price[old] / price[to], first=STEP_AT))
        moved.append((name, to[1] if kind == "origin" else to[0], kind))
    else:
        to = elsewhere if rng.random() < 0.7 else (siblings[2], "CN")
        trades.append(_Trade(*to, f"S{name}5", size, own, first=STEP_AT))
    return trades


def _lines(name: str, trade: _Trade, price: float, rng: np.random.Generator) -> list[tuple]:
    """A line in most months, at the price of the place times what the enterprise pays more or less."""
    made = []
    for t in range(trade.first, trade.last):
        if rng.random() < 0.85:
            kg = trade.size * float(np.exp(rng.normal(0, 0.5)))
            value = kg * price * trade.dear * float(np.exp(rng.normal(0, 0.06)))
            day = int(rng.integers(0, 28))
            departs = trade.origin if rng.random() < 0.97 else "SG"
            moved = trade.first == STEP_AT and trade.origin != "CN" and trade.seller.endswith("0")
            claims = trade.origin in ("VN", "TH", "MY") and (moved or rng.random() < 0.7)
            departs = "CN" if moved and rng.random() < 0.5 else departs
            made.append((t, day, trade.code, trade.origin, name, trade.seller, kg, value, departs, claims))
    return made


def _frame(rows: list[tuple]) -> pd.DataFrame:
    columns = ["month", "day", "hs_code", "origin", "enterprise_id", "seller_id", "net_mass_kg", "value",
               "departure_country", "claims"]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    month = np.datetime64(_FIRST, "M") + frame["month"].to_numpy()
    frame["date"] = (month.astype("datetime64[D]") + frame["day"].to_numpy()).astype("datetime64[us]")
    frame = frame.sort_values(["date", "enterprise_id", "hs_code", "origin"], ignore_index=True)
    frame["preference"] = ("FTA-" + frame["origin"]).where(frame["claims"], None)
    frame["declaration_id"] = [f"2025{n:014d}" for n in range(len(frame))]
    frame["line_no"], frame["direction"], frame["currency"] = 1, "import", "CNY"
    frame["net_mass_kg"], frame["value"] = frame["net_mass_kg"].round(1).clip(lower=0.1), frame["value"].round(2)
    first = ["declaration_id", "line_no", "date", "direction"]
    text = dict.fromkeys(["declaration_id", "hs_code", "origin", "enterprise_id", "seller_id"], "str")
    frame = frame.drop(columns=["month", "day", "claims"]).astype(text)
    return frame[[*first, *(c for c in frame if c not in first)]]


SCENES = {"duty_step": duty_step}
"""Scenes by their name in a source: "simulated:lines=12000,seed=5,scene=duty_step"."""
