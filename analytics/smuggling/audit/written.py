"""Texts as they were written: their form, how often they stand, words in them, and figures or dates hidden in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import sparse

from analytics.smuggling.audit.candidate import Candidate
from analytics.smuggling.features.frames import EPOCH

FEW_VALUES = 30  # so many values are tested one by one already
READ = 0.5  # share of the values that must read as figures or dates
LEAST_MARKED, MOST_WORDS = 8, 20  # inspected lines with a word, words looked at in a column
PURE, HARDLY = 0.7, 0.12  # share of findings with a word that may tell one, or none, over the share to be expected
TIMES = ("once", "2 to 5 times", "6 to 50 times", "more often")
_PARTS = re.compile(r"[A-Za-z]+|[\u3400-\u9fff]+")
_FORMS = ((re.compile(r"\d+"), "9"), (re.compile(r"[a-z]+"), "a"), (re.compile(r"[A-Z]+"), "A"),
          (re.compile(r"[\u3400-\u9fff]+"), "字"))  # fmt: skip


def written(frame: pd.DataFrame, name: str, foreign: bool = False) -> Iterator[Candidate]:
    """What a text column tells by more than its values: nothing where it holds few of them.

    Parameters
    ----------
    frame : DataFrame from `frames.prepare`
    name : of the column
    foreign : the column is none of the contract's

    Notes
    -----
    An amount, a hash or a remark differs from line to line, so that no value of it stands often enough to be tested;
    its form, its rareness, a word in it or the figure that it spells do.
    """
    code, levels = pd.factorize(frame[name])
    if len(levels) <= FEW_VALUES:
        return
    texts = [str(level) for level in levels]
    form, forms = pd.factorize(np.array([_form(t) for t in texts] + ["(none)"], dtype=object))
    yield Candidate(f"form of {name}", name, form[code], [str(f) for f in forms], foreign)
    often = np.append(np.searchsorted([1, 5, 50], np.bincount(code[code >= 0], minlength=len(texts))), len(TIMES))
    yield Candidate(f"rareness of {name}", name, often[code], [*TIMES, "(none)"], foreign)
    figures = pd.to_numeric(pd.Series(texts, dtype="str").str.replace(",", ""), errors="coerce").to_numpy(dtype=float)
    if np.isfinite(figures).mean() >= READ:
        yield Candidate(f"{name} as a figure", name, np.append(figures, np.nan)[code], foreign=foreign)
    days = _days(texts, figures)
    if np.isfinite(days).mean() >= READ:
        later = np.append(days, np.nan)[code] - frame["day"].to_numpy(dtype=float)
        yield Candidate(f"days from declaration to {name}", name, later, foreign=foreign)
    yield from _words(frame["label"].to_numpy(dtype=float), code, texts, (name, foreign))


def _form(text: str) -> str:
    """Text with every run of digits, letters or characters as one sign."""
    for pattern, sign in _FORMS:
        text = pattern.sub(sign, text)
    return text[:40]


def _days(texts: list[str], figures: np.ndarray) -> np.ndarray:
    """Days since 2000-01-01 of texts that read as dates."""
    compact = (figures >= 19_000_101) & (figures <= 21_001_231)
    if np.isfinite(figures).mean() >= READ and not compact.mean() >= READ:
        return np.full(len(texts), np.nan)  # figures, no dates
    given = pd.Series(texts, dtype="str")
    if compact.mean() >= READ:
        read = pd.to_datetime(given, format="%Y%m%d", errors="coerce")
    else:
        dated = given.str.match(r"^\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}")
        if dated.mean() < READ:
            return np.full(len(texts), np.nan)
        plain = given.str.replace(r"[年月/.]", "-", regex=True).str.replace("日", "").str.slice(0, 10)
        read = pd.to_datetime(plain, format="ISO8601", errors="coerce")
        if read.notna().mean() < READ:
            read = pd.to_datetime(plain, format="%d-%m-%Y", errors="coerce")
    return ((read - EPOCH) / pd.Timedelta(days=1)).to_numpy(dtype=float)


def _words(label: np.ndarray, code: np.ndarray, texts: list[str], of: tuple[str, bool]) -> Iterator[Candidate]:
    """Words that inspected lines with a finding hold, or lack, far more often than chance brings."""
    looked = np.flatnonzero(~np.isnan(label) & (code >= 0))
    if not len(looked) or not any(_PARTS.search(t) for t in texts[:100]):
        return
    at, seen = pd.factorize(code[looked])
    words: list[str] = []
    row: list[int] = []
    for i, k in enumerate(seen):
        parts = _parts(texts[k])
        words += parts
        row += [i] * len(parts)
    column, names = pd.factorize(pd.Series(words, dtype="str"))
    place, shape = (np.array(row, dtype=int), column), (len(seen), max(len(names), 1))
    held = sparse.csr_matrix((np.ones(len(row), dtype=np.float32), place), shape)
    found = label[looked] == 1
    k1, n = (np.asarray(held.T @ np.bincount(at, w, len(seen))) for w in (found.astype(float), np.ones(len(at))))
    base = found.mean()
    suspect = (n >= LEAST_MARKED) & (((k1 >= PURE * n) & (k1 >= LEAST_MARKED)) | (k1 < HARDLY * base * n))
    name, foreign = of
    ranked = np.flatnonzero(suspect)
    for j in ranked[np.argsort(-n[ranked], kind="stable")][:MOST_WORDS]:
        word = str(names[j])
        holds = np.array([word in t.lower() and word in _parts(t) for t in texts] + [False])
        yield Candidate(
            f'"{word}" in {name}', name, holds[code].astype(int), [f'without "{word}"', f'with "{word}"'], foreign
        )


def _parts(text: str) -> set[str]:
    """Words in Latin letters, and pairs of neighbouring characters."""
    found: set[str] = set()
    for run in _PARTS.findall(text.lower()):
        found |= {run} if run.isascii() or len(run) == 1 else {run[i : i + 2] for i in range(len(run) - 1)}
    return found
