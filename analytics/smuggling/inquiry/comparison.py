"""Rankings side by side on the judged lines: the blend by objective, its members, expert rules and chance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from analytics.smuggling.evaluation.assisted import Assisted
from analytics.smuggling.evaluation.splits import without_outcomes
from analytics.smuggling.evaluation.strategies import Outcomes, evaluate, gains, shares_with
from analytics.smuggling.features.frames import goods_key
from analytics.smuggling.features.units import Unit, Units, party
from analytics.smuggling.inquiry.answers import Answers
from analytics.smuggling.models.risk_model import Objective, RiskModel, scored
from analytics.smuggling.models.rules import expert_rules

SELECTION = "selection"


@dataclass(frozen=True)
class Judged:
    """Evaluation lines as the model sees them, none of their outcomes known.

    Attributes
    ----------
    lines : DataFrame without outcomes
    X : their features
    members : log-odds by member
    units : what is selected as a whole
    unit : "declaration" or "line"
    """

    model: RiskModel
    lines: pd.DataFrame
    X: pd.DataFrame
    members: pd.DataFrame
    units: Units
    unit: Unit

    @classmethod
    def by(cls, model: RiskModel, evaluation: pd.DataFrame, unit: Unit) -> Judged:
        """Features and log-odds of evaluation lines by a model fitted before them."""
        lines = without_outcomes(evaluation)
        X = model.matrix(lines)
        return cls(model, lines, X, model.blend.members(X), Units.of(lines, unit), unit)

    @cached_property
    def goods(self) -> pd.Series:
        """Identity of every line's goods."""
        return goods_key(self.lines)

    @property
    def cluster(self) -> np.ndarray:
        """Units that are not independent of each other: of identical goods, or of one party."""
        line = self.goods if self.model.copies else party(self.lines)
        return line.to_numpy()[self.units.first]

    def scored(self, objective: Objective) -> pd.DataFrame:
        """Lines with their scores."""
        return scored(self.model, self.lines, self.X, objective, self.model.calibrated(self.members))

    def scores(self, amounts: bool, seed: int) -> dict[str, np.ndarray]:
        """Every ranking of the units; those by tax only where amounts are known."""
        column = "score" if self.unit == "line" else "declaration_score"
        by: dict[str, Objective] = {"blend": "hit_rate"}
        if amounts:
            by |= {"blend, mixture": "mixture", "blend, expected tax": "expected_tax"}
        ranked = {name: self.scored(how)[column].to_numpy()[self.units.first] for name, how in by.items()}
        if len(self.model.blend.names) > 1:
            ranked |= {str(name): self.units.most(own.to_numpy()) for name, own in self.members.items()}
        ranked["expert rules"] = self.units.most(expert_rules(self.X))
        ranked["random"] = np.random.default_rng(seed).random(len(self.units))
        return ranked


@dataclass(frozen=True)
class Comparison:
    """How good every ranking is, and the selection made of the judged units.

    Attributes
    ----------
    table : evaluation.csv
    curves : by strategy, gains along the share selected
    """

    table: pd.DataFrame
    curves: dict[str, pd.DataFrame]

    @classmethod
    def of(cls, judged: Judged, answers: Answers, split: str, seed: int, rate: float = 0.04) -> Comparison:
        """Judge all rankings by the answers, at `rate` and the usual shares."""
        ranked, weight = judged.scores(answers.amount is not None, seed), answers.weight
        table = evaluate(
            ranked,
            answers.finding,
            recovered=answers.amount,
            cluster=judged.cluster,
            weight=weight,
            split=split,
            shares=shares_with(rate),
        )
        curves = {n: gains(values, answers.finding, answers.amount, weight=weight) for n, values in ranked.items()}
        return cls(table, curves)

    def with_copies(self, official: dict[str, np.ndarray], judged: Judged, answers: Answers, rate: float) -> Comparison:
        """The same with what leaking copies would score (see `leaking`)."""
        known = {name: judged.units.most(values) for name, values in official.items()}
        cluster, split = judged.goods.to_numpy()[judged.units.first], "official (leaks)"
        leaked = evaluate(
            known, answers.finding, cluster=cluster, weight=answers.weight, split=split, shares=shares_with(rate)
        )
        return Comparison(pd.concat([self.table, leaked], ignore_index=True), self.curves)

    def with_selection(
        self, chosen: pd.DataFrame, judged: Judged, answers: Answers, rate: float, assist: Assisted | None = None
    ) -> Comparison:
        """The same with the selection itself in the first row: its targeted units and its random draw together.

        Where outcomes are a sample, `assist` judges it by all of them.
        """
        chance = chosen["selection_probability"].to_numpy()[judged.units.first]
        if answers.basis == "inspected_only":  # nobody knows what a random draw would hold
            chance = np.floor(chance)
        if assist is not None:
            heads = chosen.iloc[judged.units.first]
            stake = (heads["declaration_recovery"] / heads["declaration_risk"]).to_numpy()
            if judged.unit == "line":
                stake = (heads["expected_recovery"] / heads["probability"]).to_numpy()
            reached = assist.selected(chance, None if answers.amount is None else stake)
        else:
            reached = Outcomes.of(answers.finding, answers.amount, judged.cluster, answers.weight).selected(chance)
        split = self.table["split"].iloc[0]
        row = {"split": split, "strategy": SELECTION, "selected_share": rate, **reached}
        return Comparison(pd.concat([pd.DataFrame([row]), self.table], ignore_index=True), self.curves)


def assisted(judged: Judged, answers: Answers) -> Assisted | None:
    """Risks of the judged units brought to outcomes that are a sample; None where they are none, or all there is."""
    if answers.basis != "weighted" or answers.design is None:
        return None
    column = "probability" if judged.unit == "line" else "declaration_risk"
    risk = judged.scored("hit_rate")[column].to_numpy()[judged.units.first]
    return Assisted.of(risk, answers.finding, answers.design.chance, judged.cluster)


def leaking(own: np.ndarray, frame: pd.DataFrame, judged: Judged) -> dict[str, np.ndarray]:
    """Scores that copies of judged lines in training give: by a model fitted on them, and by a mere look-up.

    Parameters
    ----------
    own : log-odds of the judged lines by such a model
    frame : all lines
    """
    earlier = frame[(frame["date"] < judged.lines["date"].min()) & frame["label"].notna()]
    rate = earlier["label"].groupby(goods_key(earlier).to_numpy()).mean()
    looked_up = judged.goods.map(rate).fillna(float(earlier["label"].mean())).to_numpy()
    return {"boosting": own, "look-up of copies": looked_up}
