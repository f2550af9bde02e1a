"""Choose the lines to be inspected: a targeted stream by score, a random stream to measure what targeting misses."""

from __future__ import annotations

import numpy as np
import pandas as pd

LANES = ("red", "yellow", "green")


def select(
    scores: pd.DataFrame,
    rate: float = 0.04,
    explore: float = 0.1,
    *,
    number: int | None = None,
    yellow: float = 0.06,
    least_random: float = 0.001,
    capacity: int | None = None,
    most_per_enterprise: int | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Select lines for inspection.

    Parameters
    ----------
    scores : DataFrame with column score
        As given by `score`; date, port and enterprise_id are needed for `capacity` and `most_per_enterprise`.
    rate : float
        Share of lines to be selected; `number` (lines) takes its place when given.
    explore : float
        Share of the budget drawn at random, for an unbiased measure.
    yellow : float
        Share of lines, next in score after the selected ones, that get a document check.
    least_random : float
        Smallest random share of each lane's lines; no lane is ever entirely unseen.
    capacity : int, optional
        Most targeted lines a port can take in a day.
    most_per_enterprise : int, optional
        Most targeted lines of one enterprise, so that the budget is not spent on one case.
    seed : int
        Of the random stream.

    Returns
    -------
    DataFrame aligned to `scores`: the same columns with selected (bool), stream ("targeted", "random" or missing),
    lane ("red" targeted, "yellow" document check, "green") and selection_probability (1 for targeted lines, else the
    chance of the random draw in the line's lane).

    Raises
    ------
    ValueError
        Rate, explore or number out of range.
    """
    for name, share in (("rate", rate), ("explore", explore), ("yellow", yellow)):
        if not 0 <= share <= 1:
            raise ValueError(f"{name} must lie between 0 and 1, got {share}.")
    n = len(scores)
    budget = round(rate * n) if number is None else number
    if not 0 <= budget <= n:
        raise ValueError(f"number must lie between 0 and the {n} lines at hand, got {number}.")
    random_budget = round(budget * explore)
    order = np.argsort(-scores["score"].to_numpy(dtype=float), kind="stable")
    targeted = _targeted(scores, order, budget - random_budget, capacity, most_per_enterprise)
    lane = np.full(n, "green", dtype=object)
    rest = order[~np.isin(order, targeted, assume_unique=True)]
    lane[rest[: round(yellow * n)]] = "yellow"
    lane[targeted] = "red"
    chance = np.where(lane == "red", 1.0, 0.0)
    drawn = _random_draw(lane, random_budget, least_random, chance, np.random.default_rng(seed))
    stream = np.full(n, None, dtype=object)
    stream[drawn] = "random"
    stream[targeted] = "targeted"
    result = scores.copy()
    result["selected"] = pd.notna(stream)
    result["stream"] = pd.Series(stream, index=scores.index, dtype="str")
    result["lane"] = pd.Series(lane, index=scores.index, dtype="str")
    result["selection_probability"] = chance
    return result


def _targeted(
    scores: pd.DataFrame, order: np.ndarray, count: int, capacity: int | None, most_per_enterprise: int | None
) -> np.ndarray:
    """Positions of the highest scores that respect capacity and diversity, best first."""
    if capacity is None and most_per_enterprise is None:
        return order[:count]
    places = scores["port"].fillna("") + "|" + scores["date"].astype("str") if capacity is not None else None
    place = None if places is None else pd.factorize(places)[0]
    firm = None if most_per_enterprise is None else pd.factorize(scores["enterprise_id"])[0]
    used_place: dict[int, int] = {}
    used_firm: dict[int, int] = {}
    chosen: list[int] = []
    for i in order:
        if len(chosen) == count:
            break
        p = -1 if place is None else int(place[i])
        f = -1 if firm is None else int(firm[i])
        if capacity is not None and used_place.get(p, 0) >= capacity:
            continue
        if most_per_enterprise is not None and used_firm.get(f, 0) >= most_per_enterprise:
            continue
        used_place[p] = used_place.get(p, 0) + 1
        used_firm[f] = used_firm.get(f, 0) + 1
        chosen.append(int(i))
    return np.array(chosen, dtype=int)


def _random_draw(
    lane: np.ndarray, budget: int, least: float, chance: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Draw `budget` lines among the untargeted, each lane by its size but never below the least rate."""
    lanes = [np.flatnonzero(lane == name) for name in LANES[1:]]
    total = sum(map(len, lanes))
    if total == 0 or budget == 0:
        return np.array([], dtype=int)
    drawn: list[np.ndarray] = []
    for members in lanes:
        wanted = min(len(members), max(round(budget * len(members) / total), int(np.ceil(least * len(members)))))
        if wanted:
            drawn.append(rng.choice(members, wanted, replace=False))
            chance[members] = wanted / len(members)
    return np.concatenate(drawn) if drawn else np.array([], dtype=int)
