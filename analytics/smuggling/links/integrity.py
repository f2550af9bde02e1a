"""Integrity panel (廉政风险): officers and declarants that meet more often than chance, opened with two keys only.

A pairing beyond chance is a reason to ask, and nothing more: shifts, languages and special counters pair people too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analytics.shown import Shown
from analytics.smuggling.features.frames import InputError, as_pandas, require
from analytics.tables.source.sources import resolve

LEVEL = 0.05  # chance of one false pairing or more in all that are tested
LEAST_DAYS = 8  # days on which a pair met
PAIR = ["place", "officer_id", "declarant_id"]
RARE = 0.01  # chance by the normal distribution from which on it is reckoned exactly
TOLD = (
    "officer_id", "declarant_id", "port", "days", "expected", "ratio", "p_value", "p_adjusted", "released",
    "released_alike",
)  # fmt: skip
NEEDED = ("declaration_id", "date", "officer_id", "declarant_id")


@dataclass(frozen=True, repr=False)
class Panel(Shown):
    """Pairs beyond chance.

    Attributes
    ----------
    pairs : DataFrame (officer_id, declarant_id, port, days, expected, ratio, p_value, p_adjusted, released,
        released_alike), rarest first; released is the share of the pair's declarations that went through without
        papers or examination, released_alike that of the same declarant with other officers of the port
    tested : pairs of a port that were tested, met or not
    looked : those that met on enough days to be told at all
    declarations, named : all declarations, and those that name officer and declarant
    first, last : days of the declarations that do
    """

    pairs: pd.DataFrame
    tested: int
    looked: int = 0
    declarations: int = 0
    named: int = 0
    first: pd.Timestamp | None = None
    last: pd.Timestamp | None = None

    @property
    def said(self) -> str:
        """The result in one line."""
        return f"{len(self.pairs)} of {self.tested:,} pairs of officer and declarant beyond chance"

    def summary(self) -> pd.DataFrame:
        """Pairs beyond chance, the rarest first."""
        return self.pairs


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


def open_panel(declarations: Any, lock: str | Path, first_key: str, second_key: str) -> Panel:
    """`integrity` with the two keys taken from the environment, where their holders entered them.

    Parameters
    ----------
    first_key, second_key : names of the environment variables that hold the keys

    Raises
    ------
    InputError
        A variable is not set; see `integrity` for the rest.
    """
    unset = [name for name in (first_key, second_key) if not os.environ.get(name)]
    if unset:
        raise InputError(
            f"integrity panel: the environment variable {unset[0]} is not set. Each of the two holders enters a key "
            "into a variable of this session, in a terminal without history; a key never stands in a file or set."
        )
    return integrity(declarations, resolve(str(lock)), os.environ[first_key], os.environ[second_key])


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
    chance of the sum over months is exact (convolution) wherever it is small. Days are dealt anew within weekdays of a
    quarter too, and the larger chance counts: who shares a shift meets more often. Pairs are told after Holm's
    adjustment at 5 % over all of them. Source: Chalendar,
    Fernandes, Raballand and Rijkers (2023), Corruption in customs, Quarterly Journal of Economics 138; Holm (1979).
    """
    _opened(lock, first, second)
    frame = as_pandas(declarations)
    require(frame, NEEDED, "integrity panel")
    every = frame.drop_duplicates("declaration_id")
    heads = every.dropna(subset=["officer_id", "declarant_id"])
    if heads.empty:
        return Panel(pd.DataFrame(columns=list(TOLD)), 0, declarations=len(every))
    place = heads["port"] if "port" in heads and heads["port"].notna().any() else heads.get("district", "")
    date = pd.to_datetime(heads["date"])
    shift = date.dt.to_period("Q").astype("str") + "/" + date.dt.day_of_week.astype("str")
    heads = heads.assign(place=place, month=date.dt.to_period("M").astype("str"), shift=shift)
    tested = _tested(heads)
    told = tested[tested["p_adjusted"] < LEVEL].copy()
    told["released"], told["released_alike"] = _released(heads, told)
    return Panel(
        told[list(TOLD)].sort_values("p_value", kind="stable").reset_index(drop=True), int(tested.attrs["every"]),
        len(tested), len(every), len(heads), date.min(), date.max(),
    )  # fmt: skip


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
    # pairs that never met were tested too: leaving them out would make the others look rarer than they are
    every = int((days.groupby("place")["officer_id"].nunique() * days.groupby("place")["declarant_id"].nunique()).sum())
    made = _against_chance(days, "month")
    by_shift = _against_chance(days, "shift")[[*PAIR, "p_value"]]
    made = made.merge(by_shift, on=PAIR, suffixes=("", "_shift"))
    made["p_value"] = np.maximum(made["p_value"], made.pop("p_value_shift"))
    made["ratio"] = made["days"] / np.maximum(made["expected"], 1e-9)
    made["p_adjusted"] = _holm(made["p_value"].to_numpy(), every)
    made.attrs["every"] = every
    return made.rename(columns={"place": "port"})


def _against_chance(days: pd.DataFrame, stratum: str) -> pd.DataFrame:
    """Days on which pairs met, those expected, and the chance of so many, were days dealt anew within strata."""
    keys = ["place", stratum]
    whole = days.groupby(keys).size().rename("whole")
    officer = days.groupby([*keys, "officer_id"]).size().rename("officer")
    own = days.groupby([*keys, "declarant_id"]).size().rename("own")
    met = days.groupby(PAIR).size().rename("days").reset_index()
    met = met[met["days"] >= LEAST_DAYS]
    grid = met.merge(own.reset_index(), on=["place", "declarant_id"])
    grid = grid.merge(officer.reset_index(), on=[*keys, "officer_id"]).merge(whole.reset_index(), on=keys)
    share = grid["officer"] / grid["whole"]
    grid["expected"] = grid["own"] * share
    grid["variance"] = grid["expected"] * (1 - share) * (grid["whole"] - grid["own"]) / np.maximum(grid["whole"] - 1, 1)
    made = grid.groupby(PAIR).agg(
        days=("days", "first"), expected=("expected", "sum"), variance=("variance", "sum")
    ).reset_index()  # fmt: skip
    z: pd.Series = (made["days"] - 0.5 - made["expected"]) / np.sqrt(np.maximum(made.pop("variance"), 1e-9))
    made["p_value"] = stats.norm.sf(z)
    rare = made[made["p_value"] < RARE].index
    strata = grid.merge(made.loc[rare, PAIR], on=PAIR).groupby(PAIR)
    for i in rare:  # where it matters, exactly
        made.loc[i, "p_value"] = _exact(int(made["days"][i]), strata.get_group(tuple(made.loc[i, PAIR])))
    return made


def _exact(days: int, strata: pd.DataFrame) -> float:
    """Chance of `days` or more in a sum of independent hypergeometric counts."""
    total = np.ones(1)
    for whole, officer, own in strata[["whole", "officer", "own"]].to_numpy(dtype=int):
        total = np.convolve(total, stats.hypergeom.pmf(np.arange(min(officer, own) + 1), whole, officer, own))
    return float(min(total[days:].sum(), 1.0))


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
