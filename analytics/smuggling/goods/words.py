"""The code that a description of goods suggests, and how far the declared one stands from it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB

MOST_PAIRS = 100_000  # pairs of text and code learnt from
MOST_GRAMS = 20_000
BLOCK = 500  # texts scored at once
LEAST_PAIRS = 50


class Words(BaseEstimator):
    """Linear model of character n-grams: log-odds of codes given a text.

    Declared codes are the labels. Few are wrong, and an enterprise that declares one text under one code a hundred
    times counts once: no declarant outvotes the others.

    Parameters
    ----------
    grams : int, longest n-gram
    smoothing : float, count that every n-gram starts with in every code

    Attributes
    ----------
    pairs_ : DataFrame (description, hs_code, enterprises), what was learnt from; the model follows from it
    duty_ : Series, median duty rate by code

    Notes
    -----
    Multinomial naive Bayes on the presence of n-grams, whose log-odds are linear in them. Source: McCallum and Nigam
    (1998), A comparison of event models for naive Bayes text classification; Cavnar and Trenkle (1994), N-gram-based
    text categorization.
    """

    def __init__(self, grams: int = 3, smoothing: float = 0.01) -> None:
        self.grams = grams
        self.smoothing = smoothing

    def fit(self, frame: pd.DataFrame) -> Words:
        """Learn from declared descriptions and codes of all lines of `frame` (from `frames.prepare`)."""
        known = frame[frame["description"].notna() & frame["hs_code"].notna()]
        firm = known["enterprise_id"].fillna(known["declarant_id"]).fillna(known["declaration_id"])
        distinct = known[["description", "hs_code"]].assign(firm=firm).drop_duplicates()
        pairs = distinct.groupby(["description", "hs_code"]).size().reset_index(name="enterprises")
        if len(pairs) > MOST_PAIRS:
            pairs = pairs.sample(MOST_PAIRS, random_state=0).sort_index().reset_index(drop=True)
        duty = known.groupby("hs_code")["duty_rate"].median()
        return self.from_pairs(pairs, duty)

    def from_pairs(self, pairs: pd.DataFrame, duty: pd.Series) -> Words:
        """The model that follows from pairs of text and code; see `pairs_`."""
        self.pairs_, self.duty_ = pairs, duty
        self.told_ = len(pairs) >= LEAST_PAIRS and pairs["hs_code"].nunique() > 1
        if self.told_:
            self._grams = CountVectorizer(
                analyzer="char", ngram_range=(1, self.grams), binary=True, max_features=MOST_GRAMS, dtype=np.float32
            )
            X = self._grams.fit_transform(pairs["description"])
            weight = np.sqrt(pairs["enterprises"].to_numpy(dtype=float))
            self._model = MultinomialNB(alpha=self.smoothing).fit(X, pairs["hs_code"].astype("object"), weight)
            self._codes = pd.Index(self._model.classes_)
            self._weights = np.asarray(self._model.feature_log_prob_.T, dtype=np.float32)
            self._prior = self._model.class_log_prior_
        return self

    def scores(self, texts: list[str]) -> np.ndarray:
        """Log-likelihood of every code of `codes` for each text, up to a constant of the text."""
        X: sparse.csr_matrix = self._grams.transform(texts)
        return np.asarray(X @ self._weights + self._prior)

    @property
    def codes(self) -> pd.Index:
        """Codes that can be suggested."""
        return self._codes

    def values(self, lines: Any) -> dict[str, np.ndarray]:
        """Features of lines; missing where there is no description.

        Returns
        -------
        dict: text_gap (log-odds of the best code against the declared one, 0 where they agree), text_rank (codes that
        fit better than the declared one, up to 5), text_duty (duty rate of the best code less the declared one)
        """
        text = ["" if v is None or v is pd.NA or v != v else str(v) for v in lines["description"]]
        names, n = ("text_gap", "text_rank", "text_duty"), len(text)
        if not self.told_ or not any(text):
            return {name: np.full(n, np.nan) for name in names}
        gap, rank, best = np.full(n, np.nan), np.full(n, np.nan), np.full(n, -1)
        declared = self._codes.get_indexer(pd.Index([str(c) for c in lines["hs_code"]]))
        at, distinct = pd.factorize(np.array(text, dtype=object))
        order = np.argsort(at, kind="stable")
        edges = np.searchsorted(at[order], np.arange(0, len(distinct) + BLOCK, BLOCK))
        for block, (a, b) in enumerate(pairwise(edges)):
            part, first = order[a:b], block * BLOCK
            z = self.scores(list(distinct[first : first + BLOCK]))
            gap[part], rank[part], best[part] = _apart(z, at[part] - first, declared[part])
        duty = self.duty_.reindex(self._codes).to_numpy(dtype=float)[best] - np.asarray(lines["duty_rate"], dtype=float)
        silent = np.array([not t for t in text])
        return {name: np.where(silent, np.nan, x) for name, x in zip(names, (gap, rank, duty), strict=True)}

    def suggest(self, descriptions: list[str], most: int = 3) -> pd.DataFrame:
        """Codes that descriptions suggest, best first: description, rank, hs_code, share (of the likelihood)."""
        if not self.told_:
            return pd.DataFrame(columns=["description", "rank", "hs_code", "share"])
        z = self.scores(descriptions)
        odds = np.exp(z - z.max(axis=1, keepdims=True))
        odds /= odds.sum(axis=1, keepdims=True)
        top = np.argsort(-z, axis=1, kind="stable")[:, :most]
        rows = [
            (text, r + 1, self._codes[k], float(odds[i, k]))
            for i, text in enumerate(descriptions)
            for r, k in enumerate(top[i])
        ]
        return pd.DataFrame(rows, columns=["description", "rank", "hs_code", "share"])


def _apart(z: np.ndarray, row: np.ndarray, code: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of lines with the text of `row` and the declared `code`: gap to the best code, codes before it, the best."""
    # a code that nobody declared in words before stands as far off as the farthest that was
    own = np.where(code >= 0, z[row, code], z.min(axis=1)[row])
    first = np.sort(z, axis=1)[:, ::-1][:, :5]
    return z.max(axis=1)[row] - own, (first[row] > own[:, None]).sum(axis=1), z.argmax(axis=1)[row]


def suggest_codes(model: Any, descriptions: list[str], most: int = 3) -> pd.DataFrame:
    """Codes that descriptions of goods suggest, by what was declared under them.

    Parameters
    ----------
    model : RiskModel fitted on declarations with a description
    descriptions : names of goods (商品名称)
    most : codes for each

    Returns
    -------
    DataFrame (description, rank, hs_code, share), best first; empty where the model learnt no descriptions
    """
    found: pd.DataFrame = model.features.words_.suggest(descriptions, most)
    return found
