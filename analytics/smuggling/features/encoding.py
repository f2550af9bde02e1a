"""Target encoding that never sees its own copies: out-of-fold by groups of identical goods."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.preprocessing import TargetEncoder

from analytics.smuggling.features.folds import grouped_folds


class GroupedTargetEncoder(BaseEstimator):
    """Mean outcome by category, shrunk to the overall mean, cross-fitted over groups.

    Row-wise cross-fitting is a trap where lines are copies of each other: the label of a copy in another fold is the
    label of the line. With groups of identical goods kept together that way is closed.

    Parameters
    ----------
    smooth : float
        Lines at the overall mean that a category starts with.
    folds, seed : int

    Attributes
    ----------
    encoder_ : fitted on all training lines, used for new ones; an unseen category gets the overall mean.
    columns_ : categories encoded
    """

    def __init__(self, smooth: float = 50.0, folds: int = 5, seed: int = 0) -> None:
        self.smooth = smooth
        self.folds = folds
        self.seed = seed

    def fit_transform(self, X: pd.DataFrame, y: np.ndarray, groups: np.ndarray) -> pd.DataFrame:
        """Out-of-fold encodings of the training lines, float32."""
        self.columns_ = list(X.columns)
        encoded = np.zeros((len(X), X.shape[1]), dtype="float32")
        fold = grouped_folds(y, groups, self.folds, self.seed)
        for k in range(self.folds):
            inside, outside = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
            if len(outside):
                encoded[outside] = self._encoder().fit(X.iloc[inside], y[inside]).transform(X.iloc[outside])
        self.encoder_ = self._encoder().fit(X, y)
        return pd.DataFrame(encoded, index=X.index, columns=self.get_feature_names_out())

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Encodings of new lines, float32."""
        if not hasattr(self, "encoder_"):
            raise ValueError("GroupedTargetEncoder: call fit_transform on training lines first.")
        encoded = self.encoder_.transform(X[self.columns_]).astype("float32")
        return pd.DataFrame(encoded, index=X.index, columns=self.get_feature_names_out())

    def get_feature_names_out(self) -> list[str]:
        """Names of the encoded columns."""
        return [f"{column}_rate" for column in self.columns_]

    def _encoder(self) -> TargetEncoder:
        return TargetEncoder(smooth=self.smooth, target_type="binary")
