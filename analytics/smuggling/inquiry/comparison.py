"""Rankings side by side on the judged lines: the blend by objective, its members, expert rules and chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.smuggling.evaluation.splits import without_outcomes
from analytics.smuggling.evaluation.strategies import evaluate, gains
from analytics.smuggling.features.frames import goods_key
from analytics.smuggling.inquiry.answers import Answers
from analytics.smuggling.models.fitting import Fitting, fit_prepared
from analytics.smuggling.models.risk_model import RiskModel, scored
from analytics.smuggling.models.rules import expert_rules


@dataclass(frozen=True)
class Judged:
    """Evaluation lines as the model sees them, none of their outcomes known.

    Attributes
    ----------
    lines : DataFrame without outcomes
    X : their features
    members : log-odds by member
    """

    model: RiskModel
    lines: pd.DataFrame
    X: pd.DataFrame
    members: pd.DataFrame

    @classmethod
    def by(cls, model: RiskModel, evaluation: pd.DataFrame) -> Judged:
        """Features and log-odds of evaluation lines by a model fitted before them."""
        lines = without_outcomes(evaluation)
        X = model.matrix(lines)
        return cls(model, lines, X, model.blend.members(X))

    @property
    def cluster(self) -> np.ndarray:
        """Lines that are drawn together in the bootstrap: identical goods, or an enterprise's."""
        return (goods_key(self.lines) if self.model.copies else self.lines["enterprise_id"]).to_numpy()

    def scores(self, amounts: bool, seed: int) -> dict[str, np.ndarray]:
        """Every ranking of the lines; those by tax only where amounts are known."""
        z = self.model.calibrated(self.members)
        ranked = {"blend": z}
        if amounts:
            ranked["blend, mixture"] = scored(self.model, self.lines, self.X, "mixture", z)["score"].to_numpy()
            ranked["blend, expected tax"] = scored(self.model, self.lines, self.X, "expected_tax", z)[
                "score"
            ].to_numpy()
        if len(self.model.blend.names) > 1:
            ranked |= {str(name): own.to_numpy() for name, own in self.members.items()}
        ranked["expert rules"] = expert_rules(self.X)
        ranked["random"] = np.random.default_rng(seed).random(len(self.lines))
        return ranked


@dataclass(frozen=True)
class Comparison:
    """How good every ranking is.

    Attributes
    ----------
    table : evaluation.csv
    curves : by strategy, gains along the share selected
    """

    table: pd.DataFrame
    curves: dict[str, pd.DataFrame]

    @classmethod
    def of(cls, judged: Judged, answers: Answers, split: str, seed: int) -> Comparison:
        """Judge all rankings by the answers."""
        scores = judged.scores(answers.amount is not None, seed)
        ranked = {name: values[answers.at] for name, values in scores.items()}
        table = evaluate(
            ranked,
            answers.finding,
            recovered=answers.amount,
            cluster=judged.cluster[answers.at],
            split=split,
            seed=seed,
        )
        return cls(table, {name: gains(values, answers.finding, answers.amount) for name, values in ranked.items()})


def leaking(
    frame: pd.DataFrame, train: pd.DataFrame, evaluation: pd.DataFrame, columns: list[str], how: Fitting
) -> dict[str, np.ndarray]:
    """Scores that copies of judged lines in training would give: by one member, and by a mere look-up."""
    model = fit_prepared(train, columns, Fitting("boosting", how.label_delay, how.half_life, seed=how.seed))
    own = model.log_odds(model.matrix(without_outcomes(evaluation)))
    earlier = frame[(frame["date"] < evaluation["date"].min()) & frame["label"].notna()]
    rate = earlier["label"].groupby(goods_key(earlier).to_numpy()).mean()
    looked_up = goods_key(evaluation).map(rate).fillna(float(earlier["label"].mean())).to_numpy()
    return {"boosting": own, "look-up of copies": looked_up}
