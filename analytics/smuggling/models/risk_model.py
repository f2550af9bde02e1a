"""A fitted risk model, and the scores that it gives declarations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from analytics.smuggling.features.build import Features
from analytics.smuggling.features.encoding import GroupedTargetEncoder
from analytics.smuggling.features.frames import InputError, columns_of, prepare
from analytics.smuggling.features.units import Units
from analytics.smuggling.models.blend import Blend, probability
from analytics.smuggling.models.calibration import Design, Platt
from analytics.smuggling.models.recovery import Recovery

Objective = Literal["hit_rate", "expected_tax", "mixture"]
TOLD = ("declaration_id", "line_no", "date", "enterprise_id", "district", "port", "hs_code", "tax")


@dataclass(repr=False)
class RiskModel:
    """A fitted model with all that scoring needs.

    Attributes
    ----------
    features, encoder, blend, platt, recovery : fitted parts, in the order in which a line passes them
    platt_declaration : the same scaling of a declaration, by the log-odds of its riskiest line
    columns : columns present in the training source; scoring asks for them again
    trained_from, trained_to : first and last date of the training lines
    lines, labelled, findings : training lines, those with an outcome, those with a finding
    base_rate : estimated share of findings among all training lines
    design : what the training outcomes stand for, by line; not kept in a saved model
    copies : the training lines are copies of each other (history is off, copies share one weight in trees, members
        weigh the same)
    reference : features of a typical line without a finding; reasons are measured from it
    label_delay : int, days
    outcomes : DataFrame (enterprise_id, date, finding, probability), inspected training lines with the probability
        that a model which saw neither them nor their copies gives them
    fingerprint : sha256 of the training lines
    training : (features, label) of the inspected training lines, for the weekly loop; not kept in a saved model
    """

    features: Features
    encoder: GroupedTargetEncoder
    blend: Blend
    platt: Platt
    platt_declaration: Platt
    recovery: Recovery
    columns: list[str]
    trained_from: pd.Timestamp
    trained_to: pd.Timestamp
    lines: int
    labelled: int
    findings: int
    base_rate: float
    copies: bool
    reference: dict[str, float]
    label_delay: int
    model: str
    outcomes: pd.DataFrame
    fingerprint: str
    training: tuple[pd.DataFrame, np.ndarray] | None = None
    design: Design | None = None

    def matrix(self, frame: pd.DataFrame, rows: np.ndarray | None = None) -> pd.DataFrame:
        """Features with encodings of lines from `frames.prepare`."""
        X = self.features.transform(frame, rows)
        return pd.concat([X, self.encoder.transform(X[self.features.categories_])], axis=1)

    def log_odds(self, X: pd.DataFrame) -> np.ndarray:
        """Calibrated log-odds of a finding."""
        return self.calibrated(self.blend.members(X))

    def calibrated(self, members: pd.DataFrame) -> np.ndarray:
        """The same from the members' log-odds."""
        return self.platt.calibrated(self.blend.combine(members))

    def __repr__(self) -> str:
        return (
            f"RiskModel({self.model}: {self.findings:,} findings among {self.labelled:,} inspected of {self.lines:,} "
            f"lines, {self.trained_from.date()} to {self.trained_to.date()})"
        )

    def _repr_html_(self) -> str:
        """What JupyterLab shows: the model's facts."""
        facts = {
            "model": self.model, "trained": f"{self.trained_from.date()} to {self.trained_to.date()}",
            "lines": f"{self.lines:,}", "with an outcome": f"{self.labelled:,}", "findings": f"{self.findings:,}",
            "share of findings, estimated": f"{self.base_rate:.1%}",
            "features": f"{len(self.reference):,}", "fingerprint": self.fingerprint[:12],
        }  # fmt: skip
        return pd.DataFrame({"": facts}).to_html(header=False)


def score(model: RiskModel, declarations: Any, *, objective: Objective = "hit_rate") -> pd.DataFrame:
    """Score declarations.

    Parameters
    ----------
    model : RiskModel
    declarations : Table, Ibis table or DataFrame
        Lines to be scored. Outcomes among them count as history from the day they became known, for later lines only.
    objective : {"hit_rate", "expected_tax", "mixture"}
        What the score ranks by: the probability of a finding p, p times the amount a finding would bring, or
        p times the square root of that amount.

    Returns
    -------
    DataFrame, one row a line in the given order: declaration_id, line_no, date, enterprise_id, district, port,
    hs_code, tax, probability, expected_recovery, score, and the same of the line's declaration: declaration_risk (by
    its riskiest line), declaration_recovery (the sum of its lines), declaration_score.

    Raises
    ------
    InputError
        A column of the training source is missing.
    """
    frame = to_score(model, declarations)
    ordered, back = in_order(frame)
    _, lines = score_prepared(model, ordered, objective)
    return lines.iloc[back].reset_index(drop=True)


def in_order(frame: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Lines in one order, and the positions that bring them back to that of the rows.

    Sums over a declaration or enterprise are taken in it: a last digit moves trees.
    """
    order = frame.sort_values(["declaration_id", "line_no", "day"], kind="stable").index.to_numpy()
    return frame.loc[order].reset_index(drop=True), np.argsort(order)


def to_score(model: RiskModel, declarations: Any) -> pd.DataFrame:
    """Prepare lines to be scored; raise InputError where they lack a column the model was trained with."""
    to_score_columns(model, declarations)
    return prepare(declarations, label_delay=model.label_delay, use="declarations to be scored")


def to_score_columns(model: RiskModel, declarations: Any) -> None:
    """Raise InputError where lines to be scored lack a column the model was trained with."""
    given = set(columns_of(declarations))
    outcomes = {"inspected", "label", "recovered", "selection_stream", "selection_probability"}
    for column in model.columns:
        if column not in given and column not in outcomes:
            raise InputError(
                f'declarations to be scored: column "{column}" is missing; the model was trained with it. '
                "Add it by the column map, or train a model without it."
            )


def score_prepared(model: RiskModel, frame: pd.DataFrame, objective: Objective) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Features of lines from `to_score`, and the lines with their scores."""
    X = model.matrix(frame)
    return X, scored(model, frame, X, objective)


def scored(
    model: RiskModel, frame: pd.DataFrame, X: pd.DataFrame, objective: Objective, z: np.ndarray | None = None
) -> pd.DataFrame:
    """Probability, expected recovery and score of prepared lines whose features (and log-odds `z`) are at hand."""
    amount = model.recovery.predict(X, frame["tax"].to_numpy(), frame["value"].to_numpy())
    return scores_of(model, frame[list(TOLD)], model.log_odds(X) if z is None else z, amount, objective)


def scores_of(
    model: RiskModel, frame: pd.DataFrame, z: np.ndarray, amount: np.ndarray, objective: Objective
) -> pd.DataFrame:
    """Scores of lines beside `frame`, from their log-odds and the amounts that findings would bring."""
    if objective not in get_args(Objective):
        raise ValueError(f'objective must be one of {", ".join(get_args(Objective))}, got "{objective}".')
    table, p = frame.copy(), probability(z)
    table["probability"] = p
    table["expected_recovery"] = p * amount
    table["score"] = {"hit_rate": p, "expected_tax": p * amount, "mixture": p * np.sqrt(amount)}[objective]
    units = Units.of(frame)
    line = model.platt.uncalibrated(np.log(p) - np.log1p(-p))
    risk, recovery = model.platt_declaration.transform(units.most(line)), units.total(p * amount)
    by = {"hit_rate": risk, "expected_tax": recovery, "mixture": np.sqrt(risk * recovery)}[objective]
    table["declaration_risk"], table["declaration_recovery"] = risk[units.code], recovery[units.code]
    table["declaration_score"] = by[units.code]
    return table
