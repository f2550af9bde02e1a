"""Integrity panel (廉政风险): officers and declarants that meet more often than chance, opened with two keys only.

A pairing beyond chance is a reason to ask, and nothing more: shifts, languages and special counters pair people too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analytics.smuggling.features.frames import InputError, as_pandas, require

LEVEL = 0.05  # chance of one false pairing or more in all that are tested
LEAST_DAYS = 8  # days on which a pair met
NEEDED = ("declaration_id", "date", "officer_id", "declarant_id")


@dataclass(frozen=True, repr=False)
class Panel:
    """Pairs beyond chance.

    Attributes
    ----------
    pairs : DataFrame (officer_id, declarant_id, port, days, expected, ratio, p_value, p_adjusted, released,
        released_alike), rarest first; released is the share of the pair's declarations that went through without
        papers or examination, released_alike that of the same declarant with other officers of the port
    tested : pairs of a port that were tested, met or not
    """

    pairs: pd.DataFrame
    tested: int

    def __repr__(self) -> str:
        return f"Panel({len(self.pairs)} of {self.tested:,} pairs of officer and declarant beyond chance)"


def seal(path: str | Path, first: str, second: str) -> Path:
    """Write a lock that opens with two keys, each known to one person.

    Raises
    ------
    InputError
        The keys are alike, or shorter than twelve characters.
    """
    if first == second or min(len(first), len(second)) < 12:
        raise InputError("seal: two different keys of at least twelve characters are needed, each known to one person.")
    lock = []
    for key in (first, second):
        salt = secrets.token_bytes(16)
        lock.append({"salt": salt.hex(), "hash": _hash(key, salt)})
    Path(path).write_text(json.dumps(lock), encoding="utf-8")
    return Path(path)


def integrity(declarations: Any, lock: str | Path, first: str, second: str) -> Panel:
    """Pairs of officers and declarants beyond chance; both keys of the lock are needed.

    Parameters
    ----------
    declarations : Table, Ibis table or DataFrame with officer_id (masked), declarant_id, port or district, lane
    lock : file written by `seal`
    first, second : the two keys, in either order

    Raises
    ------
    InputError
        A key is wrong, or a column is missing.

    Notes
    -----
    Within a port and month declarations are dealt to officers at random, or so is the law: a declarant's days with an
    officer are then hypergeometric. Days, not declarations, are counted, so that one busy shift counts once. The
    probabilities of the months are joined by the mean and variance of their sum, a continuity-corrected normal bound
    never below the exact binomial; pairs are told after Holm's adjustment at 5 % over all of them. Source: Chalendar,
    Fernandes, Raballand and Rijkers (2023), Corruption in customs, Quarterly Journal of Economics 138; Holm (1979).
    """
    _opened(lock, first, second)
    frame = as_pandas(declarations)
    require(frame, NEEDED, "integrity panel")
    heads = frame.drop_duplicates("declaration_id").dropna(subset=["officer_id", "declarant_id"])
    place = heads["port"] if "port" in heads and heads["port"].notna().any() else heads.get("district", "")
    heads = heads.assign(place=place, month=pd.to_datetime(heads["date"]).dt.to_period("M").astype("str"))
    tested = _tested(heads)
    told = tested[tested["p_adjusted"] < LEVEL].copy()
    told["released"], told["released_alike"] = _released(heads, told)
    return Panel(told.sort_values("p_value", kind="stable").reset_index(drop=True), int(tested.attrs["every"]))


def _hash(key: str, salt: bytes) -> str:
    return hashlib.scrypt(key.encode(), salt=salt, n=2**14, r=8, p=1).hex()


def _opened(path: str | Path, first: str, second: str) -> None:
    """Both keys, each once; the message does not tell which one is wrong."""
    lock = json.loads(Path(path).read_text(encoding="utf-8"))
    fits = [[hmac.compare_digest(_hash(k, bytes.fromhex(e["salt"])), e["hash"]) for e in lock] for k in (first, second)]
    if not ((fits[0][0] and fits[1][1]) or (fits[0][1] and fits[1][0])):
        raise InputError("integrity panel: it opens with its two keys only, each entered by the person who holds it.")


def _tested(heads: pd.DataFrame) -> pd.DataFrame:
    """Every pair that met on enough days, with the chance of so many."""
    days = heads.drop_duplicates(["place", "date", "officer_id", "declarant_id"])
    keys = ["place", "month"]
    whole = days.groupby(keys).size().rename("whole")
    officer = days.groupby([*keys, "officer_id"]).size().rename("officer")
    own = days.groupby([*keys, "declarant_id"]).size().rename("own")
    # pairs that never met were tested too: leaving them out would make the others look rarer than they are
    every = int((days.groupby("place")["officer_id"].nunique() * days.groupby("place")["declarant_id"].nunique()).sum())
    met = days.groupby(["place", "officer_id", "declarant_id"]).size().rename("days").reset_index()
    met = met[met["days"] >= LEAST_DAYS]
    grid = met.merge(own.reset_index(), on=["place", "declarant_id"])
    grid = grid.merge(officer.reset_index(), on=["place", "month", "officer_id"]).merge(whole.reset_index(), on=keys)
    n, k, total = grid["own"], grid["officer"], grid["whole"]
    share = k / total
    grid["expected"] = n * share
    grid["variance"] = n * share * (1 - share) * (total - n) / np.maximum(total - 1, 1)
    by = ["place", "officer_id", "declarant_id"]
    made = grid.groupby(by).agg(days=("days", "first"), expected=("expected", "sum"), variance=("variance", "sum"),
                                own=("own", "sum")).reset_index()  # fmt: skip
    z: pd.Series = (made["days"] - 0.5 - made["expected"]) / np.sqrt(np.maximum(made["variance"], 1e-9))
    chance = np.clip(made["expected"] / made["own"], 0, 1)
    exact = stats.binom.sf(made["days"] - 1, made["own"], chance)
    made["p_value"] = np.maximum(stats.norm.sf(z), exact)
    made["ratio"] = made["days"] / np.maximum(made["expected"], 1e-9)
    made["p_adjusted"] = _holm(made["p_value"].to_numpy(), every)
    made.attrs["every"] = every
    return made.rename(columns={"place": "port"}).drop(columns=["variance", "own"])


def _holm(p: np.ndarray, tests: int) -> np.ndarray:
    """Adjusted by Holm; tests not among `p` count as the least rare."""
    order = np.argsort(p)
    steps = np.maximum.accumulate(p[order] * (tests - np.arange(len(p)))) if len(p) else p
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(steps, 1.0)
    return adjusted


def _released(heads: pd.DataFrame, told: pd.DataFrame) -> tuple[list[float], list[float]]:
    """Share released without papers or examination: by the pair, and by the declarant with the port's others."""
    pair, alike = [], []
    through = (heads["lane"] == "release") if "lane" in heads else pd.Series(np.nan, index=heads.index)
    for row in told.itertuples():
        own = (heads["place"] == row.port) & (heads["declarant_id"] == row.declarant_id)
        with_officer = heads["officer_id"] == row.officer_id
        pair.append(float(through[own & with_officer].mean()))
        alike.append(float(through[own & ~with_officer].mean()))
    return pair, alike
