"""The weekly selection loop: each week a strategy chooses, only what it chose gets an outcome, and late.

What a strategy never looks at it never learns. The loop plays the weeks after the training period for several
strategies side by side; all start from the same model and the same recorded outcomes.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.smuggling.features.units import Unit, Units
from analytics.smuggling.models.risk_model import RiskModel
from analytics.smuggling.selection.game import Game, Play, Strategy

STRATEGIES = {
    "random": Strategy("random", 1.0),
    "expert rules": Strategy("rules"),
    "model only": Strategy("model"),
    "model, 10 % random": Strategy("model", 0.1),
    "model by tax, 10 % random": Strategy("model", 0.1, 0.5),
}
COLUMNS = (
    "strategy", "week", "units", "selected", "hits", "tax", "tax_at_stake", "true_rate", "inspected_so_far",
    "hits_so_far", "estimate", "low95", "high95",
)  # fmt: skip


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
    unit: Unit = "declaration",
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
        Share of a week's declarations selected.
    refit_weeks : int
        The learner is fitted anew after so many weeks, on all outcomes known by then. Between two fits the record of
        the parties is brought up to date with outcomes of choices made before the last fit.
    delay : int, days
        From a line's date to its outcome.
    unit : "declaration" or "line", what is chosen as a whole and counted
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
    tax = np.zeros(len(lines)) if amount is None else np.nan_to_num(amount)
    game = Game(model, X, lines, Units.of(lines, unit), answer, tax, rate, delay, seed, learner)
    rows: list[tuple[object, ...]] = []
    for name, how in (strategies or STRATEGIES).items():
        play = Play(name, how, game)
        for first in range(0, int(game.week.max()) + 1, refit_weeks):
            at = np.flatnonzero((game.week >= first) & (game.week < first + refit_weeks))
            rows += play.block(first, at)
    made = pd.DataFrame(rows, columns=list(COLUMNS))
    return made if amount is not None else made.assign(tax=np.nan, tax_at_stake=np.nan)


def summary(weeks: pd.DataFrame) -> pd.DataFrame:
    """Whole period by strategy: selected, hit_rate, recovered_share, estimate with its interval, true_rate."""
    by = weeks.groupby("strategy", sort=False)
    last = by.last()
    total = by[["units", "selected", "hits", "tax", "tax_at_stake"]].sum(min_count=1)
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
