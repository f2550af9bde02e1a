"""Columns that tell an outcome which nobody knew when the line was declared.

A declared figure may well go with findings: then the same figures stand on lines that nobody looked at, since some of
these hold a finding too. A figure or word that was written after the inspection stands on inspected lines only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.tree import DecisionTreeClassifier

from analytics.smuggling.audit.candidate import Candidate
from analytics.smuggling.audit.candidates import candidates
from analytics.smuggling.features.frames import NUMBERS
from analytics.smuggling.features.units import PARTIES, party

LEAST = 8  # outcomes of one kind in a region, in the half that judges
LEAST_PARTIES = 4  # whose outcomes a region holds: what one firm trades is no sign
LEAST_OUTCOMES = 40  # findings and clean outcomes without which nothing can be tested
MOST_UNSEEN = 100_000  # lines without outcome looked at
UNSEEN = 200  # lines without outcome that make a comparison
FOUND_BY_PREVALENCE = 0.002  # share of findings assumed among lines that nobody looked at, where nothing tells it
FAR_FEWER = 0.25  # of what is expected among lines without outcome
PURE, WITHOUT = 0.7, 0.12  # share of findings in a region that tells one; findings over expected that rules one out
BEYOND_CHANCE = 0.001
KEPT = ("version", "date")  # cannot be left out: figures that rest on them are not judged
EARLY = 0.01  # share of outcomes dated before the declaration


@dataclass(frozen=True)
class Sign:
    """A region of a column whose values go with outcomes.

    Attributes
    ----------
    column, source : what was looked at, and the column of the source that it comes from
    region : values, in words
    found, clean, unseen : lines of the judging half in it: with a finding, inspected without one, without an outcome
    expected : lines without outcome that would be in it, were it declared beforehand
    tells : "finding" or "no finding"
    """

    column: str
    source: str
    region: str
    found: int
    clean: int
    unseen: int
    expected: float
    tells: str


@dataclass(frozen=True)
class OutcomeAudit:
    """What the columns tell of outcomes.

    Attributes
    ----------
    signs : regions that give an outcome away
    tested : columns that were tested
    untested : columns that could not be, with the cause ("too few outcomes", "one value")
    early : share of outcomes that are dated before their declaration
    without_unseen : every line was inspected, so only nearly perfect signs can be told from skill
    by_contract : columns of the source that the contract says come later: not read, so not tested
    """

    signs: tuple[Sign, ...]
    tested: tuple[str, ...]
    untested: dict[str, str]
    early: float
    without_unseen: bool
    by_contract: tuple[str, ...] = ()

    @property
    def sources(self) -> list[str]:
        """Columns of the source that give outcomes away, each once."""
        return sorted({sign.source for sign in self.signs})

    @property
    def dates_doubted(self) -> bool:
        """Whether outcomes are dated before their declarations; such dates are not used."""
        return self.early > EARLY


def audit_outcomes(frame: pd.DataFrame, prevalence: float = float("nan")) -> OutcomeAudit:
    """Test every declared column, and pairs of them, for what they tell of outcomes.

    Parameters
    ----------
    frame : DataFrame from `frames.prepare`, all lines
    prevalence : share of findings among all lines, as the random stream tells it; missing where there is none

    Notes
    -----
    Regions are categories, judged on all lines, or leaves of a small tree that one half of the declarations grows and
    the other judges. A region tells a finding when at least 70 % of its inspected lines hold one and lines without
    outcome are far fewer in it than the share of findings among these would put there; it tells the absence of one
    when hardly any of its inspected lines holds one and lines without outcome are far fewer than its share of clean
    ones. Where every line was inspected, only regions that are nearly pure beyond chance count.
    """
    frame = _sampled(frame)
    label = frame["label"].to_numpy()
    found, clean = int(np.nansum(label == 1)), int(np.nansum(label == 0))
    looked_at = list(candidates(frame))
    if min(found, clean) < LEAST_OUTCOMES:
        return OutcomeAudit((), (), {c.name: "too few outcomes" for c in looked_at}, early(frame), False)
    parts, owner, declared = _halves(frame), party(frame).to_numpy(), frame["declaration_id"].to_numpy()
    rate = prevalence / 2 if prevalence > 0 else FOUND_BY_PREVALENCE  # half: the random stream is thin
    signs: list[Sign] = []
    tested, untested = [], {}
    for candidate in looked_at:
        told = {sign.source for sign in signs}
        if told & set(candidate.involves) or (candidate.involves and candidate.source in told):
            continue
        if pd.unique(pd.Series(candidate.numbers)).size < 2:
            untested[candidate.name] = "one value"
            continue
        tested.append(candidate.name)
        whose = declared if candidate.source in PARTIES else owner
        signs += list(_signs(candidate, (label, whose), parts, rate))
    unseen = np.isnan(label).sum() < UNSEEN
    return OutcomeAudit(tuple(signs), tuple(tested), untested, early(frame), bool(unseen))


def _sampled(frame: pd.DataFrame) -> pd.DataFrame:
    """All lines with an outcome, and of the others as many as a comparison needs."""
    silent = np.flatnonzero(frame["label"].isna().to_numpy())
    if len(silent) <= MOST_UNSEEN:
        return frame
    kept = np.random.default_rng(0).choice(silent, MOST_UNSEEN, replace=False)
    return frame.iloc[np.sort(np.r_[np.flatnonzero(frame["label"].notna().to_numpy()), kept])].reset_index(drop=True)


def early(frame: pd.DataFrame) -> float:
    """Share of the outcomes with a date that lies before their declaration: they cannot have been known then."""
    dated = frame["outcome_day"].notna() & frame["label"].notna()
    return float((frame["outcome_day"] < frame["day"])[dated].mean()) if dated.any() else 0.0


def left_out(frame: pd.DataFrame, sources: list[str]) -> pd.DataFrame:
    """The lines without the columns named, and without the parts of composites among them."""
    made = frame.copy()
    for source in (s for s in sources if s not in KEPT):
        for column in [c for c in frame.columns if c == source or str(c).startswith(f"{source}.")]:
            made[column] = np.nan if column in NUMBERS else pd.Series(pd.NA, index=frame.index, dtype="str")
    if "hs_code" in sources:
        for level in ("hs2", "hs4", "hs6"):
            made[level] = pd.Series(pd.NA, index=frame.index, dtype="str")
    return made


def _halves(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Declarations dealt to two halves by their number, so that no line of one judges another."""
    odd = (pd.util.hash_pandas_object(frame["declaration_id"], index=False).to_numpy() >> np.uint64(7)) % 2 == 1
    return odd, ~odd


def _signs(
    candidate: Candidate, known: tuple[np.ndarray, np.ndarray], parts: tuple[np.ndarray, np.ndarray], rate: float
) -> Iterator[Sign]:
    """Regions that tell; `known` are the outcomes and whose they are."""
    (label, whose), (learn, judge) = known, parts
    if candidate.words is not None:  # nothing is learnt of categories: all lines judge
        judge = np.ones(len(label), dtype=bool)
    for kind in (1.0, 0.0):
        code, words = _regions(candidate, label == kind, learn)
        y, at = label[judge], code[judge]
        size = len(words)
        k1, k0 = (np.bincount(at[y == k], minlength=size) for k in (1.0, 0.0))
        u = np.bincount(at[np.isnan(y)], minlength=size)
        told = _finding_told(k1, k0, u, rate) if kind else _absence_told(k1, k0, u, candidate.foreign)
        expected = u.sum() * (rate * k1 / max(k1.sum(), 1) if kind else k0 / max(k0.sum(), 1))
        for r in np.flatnonzero(told):
            if len(set(whose[judge][(at == r) & (y == kind)])) < LEAST_PARTIES:
                continue
            yield Sign(
                candidate.name, candidate.source, words[r], int(k1[r]), int(k0[r]), int(u[r]), float(expected[r]),
                "finding" if kind else "no finding",
            )  # fmt: skip


def _finding_told(k1: np.ndarray, k0: np.ndarray, u: np.ndarray, rate: float) -> np.ndarray:
    """Regions whose inspected lines hold a finding, though hardly any line without outcome stands in them."""
    share, n = k1 / max(k1.sum(), 1), k1 + k0
    enough = (k1 >= LEAST) & (share >= 0.03)
    if u.sum() < UNSEEN:
        base = k1.sum() / max(n.sum(), 1)
        low = stats.beta.ppf(BEYOND_CHANCE, k1, k0 + 1)
        return np.asarray(enough & (low > max(0.9, base)))
    most = stats.chi2.ppf(0.95, 2 * (u + 1)) / 2  # upper limit of a Poisson count
    return np.asarray(enough & (k1 >= PURE * n) & (most < FAR_FEWER * u.sum() * rate * share))


def _absence_told(k1: np.ndarray, k0: np.ndarray, u: np.ndarray, foreign: bool) -> np.ndarray:
    """Regions whose inspected lines hold no finding where many were to be expected.

    A column that is none of the contract's is doubted by that alone; of declared figures it may be skill, and is
    doubted where hardly any line without outcome stands in the region.
    """
    n, share = k1 + k0, k0 / max(k0.sum(), 1)
    expected = n * k1.sum() / max(n.sum(), 1)
    rules_out = (expected >= 3 * LEAST) & (stats.chi2.ppf(0.95, 2 * (k1 + 1)) / 2 < WITHOUT * expected)
    if u.sum() < UNSEEN:
        return np.asarray(rules_out & foreign)
    most = stats.chi2.ppf(0.95, 2 * (u + 1)) / 2
    return np.asarray(rules_out & (foreign | (most < 0.05 * share * u.sum())))


def _regions(candidate: Candidate, target: np.ndarray, learn: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Region of every line, and its values in words: categories, or leaves of a tree that looks for the target."""
    if candidate.words is not None:
        return candidate.numbers.astype(int), candidate.words
    x = np.nan_to_num(candidate.numbers, nan=-1e9).reshape(-1, 1).astype(np.float32)
    tree = DecisionTreeClassifier(max_leaf_nodes=16, min_samples_leaf=8, class_weight="balanced", random_state=0).fit(
        x[learn], target[learn]
    )
    leaves, code = np.unique(tree.apply(x), return_inverse=True)
    words = []
    for i in range(len(leaves)):
        inside = x[(code == i) & learn, 0]
        words.append(f"{inside.min():.4g} to {inside.max():.4g}" if len(inside) else "")
    return code, words
