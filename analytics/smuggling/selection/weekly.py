"""The weekly selection loop: each week a strategy chooses, only what it chose gets an outcome, and late.

What a strategy never looks at it never learns. The loop plays the weeks after the training period for several
strategies side by side; all start from the same model and the same recorded outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analytics.smuggling.features.history import OUTCOMES, key_codes
from analytics.smuggling.features.running import Asked, Running
from analytics.smuggling.models.classifiers import Blend
from analytics.smuggling.models.recovery import Recovery
from analytics.smuggling.models.risk_model import RiskModel
from analytics.smuggling.models.rules import expert_rules
from analytics.smuggling.selection.choice import select
from analytics.smuggling.selection.estimation import finding_rate


@dataclass(frozen=True)
class Strategy:
    """How a week's lines are chosen.

    Attributes
    ----------
    ranking : "model", "rules" or "random"
    explore : share of the budget drawn at random
    exponent : power of the expected amount by which the model's probability is multiplied (0: hit rate only)
    """

    ranking: str
    explore: float = 0.0
    exponent: float = 0.0


STRATEGIES = {
    "random": Strategy("random", 1.0),
    "expert rules": Strategy("rules"),
    "model only": Strategy("model"),
    "model, 10 % random": Strategy("model", 0.1),
    "model by tax, 10 % random": Strategy("model", 0.1, 0.5),
}
TREES = 40  # enough to compare strategies with each other
COLUMNS = (
    "strategy", "week", "lines", "selected", "hits", "tax", "tax_at_stake", "true_rate", "inspected_so_far",
    "hits_so_far", "estimate", "low95", "high95",
)  # fmt: skip


@dataclass
class _Play:
    """What one strategy has chosen and learnt so far."""

    name: str
    how: Strategy
    model: Blend
    chosen: np.ndarray  # bool, all lines
    random: np.ndarray  # bool, those of the random stream
    seen: list[pd.DataFrame] = field(default_factory=list)  # features of chosen lines, week by week
    rows: list[np.ndarray] = field(default_factory=list)


def loop(
    model: RiskModel,
    X: pd.DataFrame,
    lines: pd.DataFrame,
    answer: np.ndarray,
    amount: np.ndarray | None = None,
    *,
    rate: float = 0.04,
    refit_weeks: int = 4,
    delay: int = 28,
    learner: str = "trees",
    strategies: dict[str, Strategy] | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Play the weeks of `lines` by strategy.

    Parameters
    ----------
    model : RiskModel
        Fitted on the lines before (with `training`, so not one that was saved and loaded).
    X : DataFrame from `RiskModel.matrix`, features of `lines` with no outcome of theirs known
    lines : DataFrame from `frames.prepare`, in the order of X
    answer : array of 0 and 1, what an inspection of each line would find
    amount : array, optional
        Tax that a finding would bring.
    rate : float
        Share of a week's lines selected.
    refit_weeks : int
        The learner is fitted anew after so many weeks, on all outcomes known by then. Between two fits the record of
        the parties is brought up to date with outcomes of choices made before the last fit.
    delay : int, days
        From a line's date to its outcome.
    learner : member of the blend that the strategies refit; one, so that a loop costs seconds
    strategies : mapping of name to Strategy; `STRATEGIES` by default
    seed : int, of every random draw

    Returns
    -------
    DataFrame, one row a strategy and week: `COLUMNS`. tax and tax_at_stake in the declarations' currency (missing
    without `amount`); hits_so_far counts findings among inspected_so_far lines; estimate with low95 and high95 is the
    finding rate of all lines so far as the strategy's own known outcomes tell it, by its random stream where it has one
    (see `estimation.finding_rate`) and by its targeted lines alone where it has none.

    Notes
    -----
    Enterprises do not react to what is found here: behaviour is as recorded. Source of the protocol: Kim, Tsai et al.
    (2020), DATE; Mai, Singh et al. (2021), Customs import declaration datasets and active learning (BACUDA).
    """
    if model.training is None:
        raise ValueError("loop: the model holds no training lines; fit it in this run.")
    plays = strategies or STRATEGIES
    start = _learner(model, learner, *model.training, seed)
    codes = key_codes(lines) if model.features.record else None
    tax = np.zeros(len(lines)) if amount is None else np.nan_to_num(amount)
    points = expert_rules(X)
    recovery = _amounts(model.recovery, X, lines)
    day = lines["day"].to_numpy()
    start_day = float(day.min())
    week = ((day - start_day) // 7).astype(int)
    rng = np.random.default_rng(seed)
    luck = rng.random(len(lines))
    rows = []
    for name, how in plays.items():
        play = _Play(name, how, start, np.zeros(len(lines), dtype=bool), np.zeros(len(lines), dtype=bool))
        for first in range(0, int(week.max()) + 1, refit_weeks):
            block = np.flatnonzero((week >= first) & (week < first + refit_weeks))
            score = luck if how.ranking == "random" else points
            if how.ranking == "model" and len(block):
                if first:
                    play.model = _refitted(model, play, day + delay < start_day + 7 * first, answer, learner, seed)
                part = _with_outcomes(model, X, lines, block, play.chosen, answer, delay, codes)
                play.seen.append(part)
                play.rows.append(block)
                score = np.full(len(lines), np.nan)
                score[block] = model.platt.transform(play.model.predict(part)) * recovery[block] ** how.exponent
            for w in np.unique(week[block]):
                at = block[week[block] == w]
                drawn = select(pd.DataFrame({"score": score[at]}), rate, how.explore, least_random=0.0, seed=seed + w)
                play.chosen[at] = drawn["selected"].to_numpy()
                play.random[at] = (drawn["stream"] == "random").fillna(False).to_numpy(dtype=bool)
                rows.append(_week(play, int(w), at, week, lines, answer, tax, start_day + 7 * (w + 1) - delay))
    made = pd.DataFrame(rows, columns=list(COLUMNS))
    return made if amount is not None else made.assign(tax=np.nan, tax_at_stake=np.nan)


def summary(weeks: pd.DataFrame) -> pd.DataFrame:
    """Whole period by strategy: selected, hit_rate, recovered_share, estimate with its interval, true_rate."""
    by = weeks.groupby("strategy", sort=False)
    last = by.last()
    total = by[["lines", "selected", "hits", "tax", "tax_at_stake"]].sum(min_count=1)
    return pd.DataFrame(
        {
            "selected": total["selected"],
            "hit_rate": total["hits"] / total["selected"],
            "recovered_share": total["tax"] / total["tax_at_stake"].where(total["tax_at_stake"] > 0),
            "estimate": last["estimate"],
            "low95": last["low95"],
            "high95": last["high95"],
            "true_rate": last["true_rate"],
        }
    ).reset_index()


def _learner(model: RiskModel, name: str, X: pd.DataFrame, label: np.ndarray, seed: int) -> Blend:
    blend = model.blend
    return replace(blend, names=(name,), seed=seed, fitted_={}, weights_={}, trees=TREES).fit(X, label)


def _refitted(model: RiskModel, play: _Play, arrived: np.ndarray, answer: np.ndarray, learner: str, seed: int) -> Blend:
    """The learner on the recorded outcomes and those of the strategy's own choices that have arrived."""
    assert model.training is not None
    X, label = model.training
    position = np.concatenate(play.rows)
    known = (play.chosen & arrived)[position]
    own = pd.concat(play.seen, ignore_index=True)[known]
    return _learner(model, learner, pd.concat([X, own], ignore_index=True), np.r_[label, answer[position[known]]], seed)


def _with_outcomes(
    model: RiskModel,
    X: pd.DataFrame,
    lines: pd.DataFrame,
    at: np.ndarray,
    chosen: np.ndarray,
    answer: np.ndarray,
    delay: int,
    codes: dict[str, np.ndarray] | None,
) -> pd.DataFrame:
    """Features of a week's lines with the record as this strategy knows it."""
    part = X.iloc[at]
    if codes is None or not chosen.any():
        return part
    history, own = model.features.history_, np.flatnonzero(chosen)
    day = lines["day"].to_numpy()
    weight = 2.0 ** ((day[own] + delay - history.origin_) / history.half_life)
    known = day[own] + delay
    values = dict(zip(OUTCOMES, [weight, weight * answer[own]], strict=True))
    found = {n: Running.summed(c[own], known, values) for n, c in codes.items()}
    asked = {n: Asked.of(c[at], day[at]) for n, c in codes.items()}
    rates = history.rates(lines.iloc[at], [history.outcomes_, found], asked)
    kept = [c for c in rates.columns if c in part.columns]
    return part.assign(**{c: rates[c].to_numpy() for c in kept})


def _amounts(recovery: Recovery, X: pd.DataFrame, lines: pd.DataFrame) -> np.ndarray:
    return np.maximum(recovery.predict(X, lines["tax"].to_numpy(), lines["value"].to_numpy()), 1e-9)


def _week(
    play: _Play,
    w: int,
    at: np.ndarray,
    week: np.ndarray,
    lines: pd.DataFrame,
    answer: np.ndarray,
    tax: np.ndarray,
    known_until: float,
) -> tuple[object, ...]:
    """One row of the result."""
    chosen = at[play.chosen[at]]
    so_far = week <= w
    done = play.chosen & so_far & (lines["day"].to_numpy() < known_until)
    past = pd.DataFrame(
        {
            "declaration_id": lines["declaration_id"].to_numpy(),
            "label": np.where(done, answer, np.nan),
            "inspected": play.chosen,
            "selection_stream": pd.Series(np.where(play.random, "random", "targeted"), dtype="str").to_numpy(),
        }
    )[so_far]
    r = finding_rate(past) if done.any() else None
    told = (r.value, r.low, r.high) if r and (play.random & done).any() else (r.naive if r else np.nan, np.nan, np.nan)
    hits = answer[chosen]
    return (
        play.name, w + 1, len(at), len(chosen), hits.sum(), (hits * tax[chosen]).sum(), tax[at].sum(),
        answer[so_far].mean(), done.sum(), answer[done].sum(), *told,
    )  # fmt: skip
