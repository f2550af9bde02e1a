"""A light risk model that is fitted anew in a tenth of a second: hashed codes and parties, deviations from peers."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import expit

from analytics.smuggling.features.peers import MEASURES, Peers

PLACES = 2**13
STEPS = 30
CODES: tuple[tuple[str, ...], ...] = (
    ("enterprise_id",), ("declarant_id",), ("seller_id",), ("hs2",), ("hs4",), ("hs_code",), ("origin",), ("port",),
    ("regime",), ("hs4", "origin"), ("enterprise_id", "hs4"), ("declarant_id", "hs4"),
)  # fmt: skip


class Light:
    """Logistic regression of hashed codes and standardised deviations.

    Parameters
    ----------
    peers : Peers fitted on declared lines
    strength : float, inverse of the penalty
    """

    def __init__(self, peers: Peers, strength: float = 0.3) -> None:
        self.peers = peers
        self.strength = strength

    def matrix(self, lines: pd.DataFrame) -> sparse.csr_matrix:
        """Features of lines from `frames.prepare`: (n, PLACES + numbers)."""
        n = len(lines)
        hashed = {c: pd.util.hash_pandas_object(lines[c], index=False).to_numpy() for key in CODES for c in key}
        places = []
        for i, key in enumerate(CODES):
            code: np.ndarray = np.full(n, i + 1, dtype=np.uint64)
            for column in key:
                code = code * np.uint64(1_000_003) + hashed[column]
            places.append((code % np.uint64(PLACES)).astype(np.int64))
        at = np.column_stack(places)
        ones = np.full(at.size, 1.0 / np.sqrt(len(CODES)))
        codes = sparse.csr_matrix((ones, at.ravel(), np.arange(n + 1) * at.shape[1]), shape=(n, PLACES))
        return sparse.hstack([codes, sparse.csr_matrix(self._numbers(lines))], format="csr")

    def _numbers(self, lines: pd.DataFrame) -> np.ndarray:
        """Deviations to either side, duty and size, all about 1 in size; missing is 0."""
        gaps = self.peers.transform(lines)
        sides = []
        for measure in MEASURES:
            z = np.nan_to_num(gaps[f"{measure}_z"].to_numpy(dtype=float)) / 3.0
            sides += [np.clip(z, 0, 2), np.clip(-z, 0, 2)]
        duty = np.nan_to_num(lines["duty_rate"].to_numpy(dtype=float))
        below = np.nan_to_num(gaps["duty_below_heading"].to_numpy(dtype=float))
        size = np.log1p(np.maximum(np.nan_to_num(lines["tax"].to_numpy(dtype=float)), 0))
        return np.column_stack([*sides, 5 * duty, 5 * np.clip(below, 0, 0.3), size / 10])

    def fit(self, X: sparse.csr_matrix, label: np.ndarray, age: np.ndarray, half_life: float = 270.0) -> Light:
        """Fit on lines with outcomes that are `age` days old, from where the last fit ended."""
        weight = 0.5 ** (age / half_life)

        def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
            eta = X @ theta[:-1] + theta[-1]
            gap = weight * (expit(eta) - label)
            value = weight @ (np.logaddexp(0, eta) - label * eta) + theta[:-1] @ theta[:-1] / (2 * self.strength)
            return float(value), np.append(X.T @ gap + theta[:-1] / self.strength, gap.sum())

        start = getattr(self, "theta_", np.zeros(X.shape[1] + 1))
        self.theta_ = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
        return self

    def predict(self, X: sparse.csr_matrix) -> np.ndarray:
        """Chance of a finding, as among the lines inspected."""
        return np.asarray(expit(X @ self.theta_[:-1] + self.theta_[-1]))
