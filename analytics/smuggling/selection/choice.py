"""Choose what is inspected: a targeted stream by score, a random stream to measure what targeting misses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.sampling import design, systematic
from analytics.smuggling.exploration.bandit import Shares, share_out
from analytics.smuggling.exploration.learnt import Learnt
from analytics.smuggling.features.units import Unit, Units

LANES = ("red", "yellow", "green")


@dataclass(frozen=True)
class Limits:
    """What the targeted stream must respect.

    Attributes
    ----------
    capacity : most targeted units a port can take in a day
    most_per_enterprise : most targeted units of one enterprise
    """

    capacity: int | None = None
    most_per_enterprise: int | None = None


def select(
    scores: pd.DataFrame,
    rate: float = 0.04,
    explore: float = 0.1,
    *,
    unit: Unit = "declaration",
    number: int | None = None,
    yellow: float = 0.06,
    least_random: float = 0.001,
    capacity: int | None = None,
    most_per_enterprise: int | None = None,
    stake: np.ndarray | None = None,
    learnt: Learnt | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Select declarations (or lines) for inspection.

    Parameters
    ----------
    scores : DataFrame with column score, one row a line
        As given by `score`; with declaration_id, lines of one declaration are chosen together, by declaration_score
        where it is given and by their highest score where not. date, port and enterprise_id are needed for `capacity`
        and `most_per_enterprise`.
    rate : float
        Share of declarations to be selected; `number` takes its place when given.
    explore : float
        Share of the budget drawn at random, for an unbiased measure.
    unit : "declaration" or "line"
        What is opened as a whole, and what rate, number and limits count.
    yellow : float
        Share, next in score after the selected ones, that gets a document check.
    least_random : float
        Smallest random share of each lane; no lane is ever entirely unseen.
    capacity : int, optional
        Most targeted declarations a port can take in a day.
    most_per_enterprise : int, optional
        Most targeted declarations of one enterprise, so that the budget is not spent on one case.
    stake : (n) array, optional
        What is at stake on each line, such as tax + 0.10 value. With it the random stream is drawn by stake and risk,
        one third evenly, so that the same inspections tell the revenue gap (`compliance.from_inspections`) with half
        the error of an even draw. Each unit keeps its chance; a rate of findings must be weighted by it.
    learnt : Learnt, optional
        What past inspections taught. With it the random share adapts (`exploration.bandit`): part stays even, the rest
        goes to strata that may hold more than the model expects, or back to targeting; `explore` is then its most.
    seed : int
        Of the random stream.

    Returns
    -------
    DataFrame aligned to `scores`: the same columns with selected (bool), stream ("targeted", "random" or missing),
    lane ("red" targeted, "yellow" document check, "green") and selection_probability (1 for targeted declarations,
    else the chance of the random draw in the lane).

    Raises
    ------
    ValueError
        Rate, explore or number out of range.
    """
    _between(rate=rate, explore=explore, yellow=yellow)
    units = Units.of(scores, unit)
    heads = _heads(scores, units, unit)
    n = len(heads)
    budget = round(rate * n) if number is None else number
    if not 0 <= budget <= n:
        raise ValueError(f"number must lie between 0 and the {n} {unit}s at hand, got {number}.")
    random_budget = round(budget * explore)
    order = np.argsort(-heads["score"].to_numpy(dtype=float), kind="stable")
    rng = np.random.default_rng(seed)
    names, shares = _shared(heads, learnt, budget, explore, rng)
    wanted = budget - random_budget if shares is None else shares.targeted
    targeted = _targeted(heads, order, wanted, Limits(capacity, most_per_enterprise))
    lane = np.full(n, "green", dtype=object)
    rest = order[~np.isin(order, targeted, assume_unique=True)]
    lane[rest[: round(yellow * n)]] = "yellow"
    lane[targeted] = "red"
    chance = np.where(lane == "red", 1.0, 0.0)
    if shares is not None:
        chance[lane != "red"] = shares.chances(names, np.flatnonzero(lane != "red"))[lane != "red"]
        drawn = _even_steps(chance, lane, rng)
    elif stake is None:
        drawn = _random_draw(lane, random_budget, least_random, chance, rng)
    else:
        risk = heads["score"].to_numpy(dtype=float)
        drawn = _draw_by_stake(lane, random_budget, units.total(np.asarray(stake, dtype=float)), risk, chance, rng)
    stream = np.full(n, None, dtype=object)
    stream[drawn] = "random"
    stream[targeted] = "targeted"
    told = {"stream": stream[units.code], "lane": lane[units.code]}
    return scores.assign(
        selected=pd.notna(told["stream"]),
        **{name: pd.Series(values, index=scores.index, dtype="str") for name, values in told.items()},
        selection_probability=chance[units.code],
    )


def _between(**shares: float) -> None:
    """Raise ValueError unless every share lies between 0 and 1."""
    for name, share in shares.items():
        if not 0 <= share <= 1:
            raise ValueError(f"{name} must lie between 0 and 1, got {share}.")


def _shared(
    heads: pd.DataFrame, learnt: Learnt | None, budget: int, explore: float, rng: np.random.Generator
) -> tuple[np.ndarray, Shares | None]:
    """Stratum of every unit, and how the budget is split; None where the random share is fixed."""
    if learnt is None or not round(budget * explore):
        return np.array([]), None
    names = learnt.strata.names(heads["risk"].to_numpy(), heads["chapter"].to_numpy(dtype=object))
    return names, share_out(learnt.record, heads["score"].to_numpy(dtype=float), names, budget, explore, rng)


def _heads(scores: pd.DataFrame, units: Units, unit: Unit) -> pd.DataFrame:
    """One row a unit: its score, and what limits look at."""
    column = "declaration_score" if unit == "declaration" and "declaration_score" in scores else "score"
    kept = [c for c in ("port", "date", "enterprise_id") if c in scores]
    heads = scores[kept].iloc[units.first].reset_index(drop=True)
    heads = heads.assign(score=units.most(scores[column].to_numpy(dtype=float)))
    risk = "probability" if unit == "line" else "declaration_risk"
    heads["risk"] = units.most(scores[risk].to_numpy(dtype=float)) if risk in scores else heads["score"]
    heads["chapter"] = scores["hs_code"].str[:2].to_numpy()[units.first] if "hs_code" in scores else ""
    return heads


def _targeted(heads: pd.DataFrame, order: np.ndarray, count: int, limits: Limits) -> np.ndarray:
    """Positions of the highest scores that respect capacity and diversity, best first."""
    kinds: list[tuple[np.ndarray, int]] = []
    if limits.capacity is not None:
        places = heads["port"].fillna("") + "|" + heads["date"].astype("str")
        kinds.append((pd.factorize(places)[0], limits.capacity))
    if limits.most_per_enterprise is not None:
        firm = pd.factorize(heads["enterprise_id"])[0]
        alone = firm < 0  # nobody is named: no two of them count together
        firm[alone] = firm.max() + 1 + np.arange(alone.sum())
        kinds.append((firm, limits.most_per_enterprise))
    if not kinds:
        return order[:count]
    used = [np.zeros(codes.max() + 1, dtype=int) for codes, _ in kinds]
    chosen: list[int] = []
    for i in order:
        if len(chosen) == count:
            break
        if all(taken[codes[i]] < most for taken, (codes, most) in zip(used, kinds, strict=True)):
            for taken, (codes, _) in zip(used, kinds, strict=True):
                taken[codes[i]] += 1
            chosen.append(int(i))
    return np.array(chosen, dtype=int)


def _random_draw(
    lane: np.ndarray, budget: int, least: float, chance: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Draw `budget` units among the untargeted, each lane by its size but never below the least rate."""
    lanes = [np.flatnonzero(lane == name) for name in LANES[1:]]
    total = sum(map(len, lanes))
    if total == 0 or budget == 0:
        return np.array([], dtype=int)
    drawn: list[np.ndarray] = []
    left = budget
    for i, members in enumerate(lanes):
        share = left if i == len(lanes) - 1 else round(budget * len(members) / total)
        wanted = min(len(members), max(share, int(np.ceil(least * len(members)))))
        left = max(left - wanted, 0)
        if wanted:
            drawn.append(rng.choice(members, wanted, replace=False))
            chance[members] = wanted / len(members)
    return np.concatenate(drawn) if drawn else np.array([], dtype=int)


def _even_steps(chance: np.ndarray, lane: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw untargeted units with their chances."""
    rest = np.flatnonzero((lane != "red") & (chance > 0))
    return rest[systematic(chance[rest], rng)] if len(rest) else rest


def _draw_by_stake(
    lane: np.ndarray, budget: int, stake: np.ndarray, risk: np.ndarray, chance: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Draw `budget` units among the untargeted by stake and risk, as the compliance sample is drawn."""
    rest = np.flatnonzero(lane != "red")
    if not len(rest) or not budget:
        return np.array([], dtype=int)
    chance[rest] = design(stake[rest], min(budget, len(rest)), np.clip(risk[rest], 0, None)).probability
    return rest[systematic(chance[rest], rng)]
