"""What a declaration declares, as the leak audit looks at it: columns, their digits, and pairs that belong together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from analytics.smuggling.audit.candidate import Candidate
from analytics.smuggling.audit.written import written
from analytics.smuggling.features.build import CATEGORIES
from analytics.smuggling.features.frames import DECLARED, NUMBERS, attributes
from analytics.smuggling.features.peers import MEASURES

MOST_PAIRED = 300  # categories of a pair
PARTIES = ("declarant_id", "seller_id")  # may be put right, or taken away, by those who look


def candidates(frame: pd.DataFrame) -> Iterator[Candidate]:
    """Everything that the model can see of a line by itself.

    Parameters
    ----------
    frame : DataFrame from `frames.prepare`
    """
    for name in NUMBERS:
        x = frame[name].to_numpy(dtype=float)
        if np.isfinite(x).any():
            yield Candidate(name, name, x)
            yield Candidate(f"digits of {name}", name, _digits(x))
    yield from _ratios(frame)
    yield from _words(frame)
    # a code as customs writes it may be longer than a declared one; a later version may hold what was put right
    yield Candidate("length of hs_code", "hs_code", frame["hs_code"].str.len().to_numpy(dtype=float))
    week = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    yield Candidate("weekday of date", "date", frame["date"].dt.day_of_week.to_numpy(), week)
    if "version" in frame:
        yield Candidate("version", "version", frame["version"].to_numpy())


def _digits(x: np.ndarray) -> np.ndarray:
    """Finest unit to which a figure is given: -2 for cents, 0 whole, 3 thousands."""
    cents = np.round(np.nan_to_num(x) * 100)
    level = np.full(len(x), -2.0)
    for power in range(1, 8):
        level = np.where((cents % 10**power == 0) & (cents != 0), power - 2.0, level)
    return np.where(np.isnan(x), np.nan, level)


def _ratios(frame: pd.DataFrame) -> Iterator[Candidate]:
    """Figures against each other, plainly and against what is usual for the code."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = {c: np.log(frame[c].where(frame[c] > 0)) for c in NUMBERS if c != "duty_rate"}
        beyond = (frame["tax"] / frame["value"].where(frame["value"] > 0) - frame["duty_rate"]) / (
            1 + frame["duty_rate"]
        )
    code, rate = frame["hs_code"], frame["duty_rate"].round(5).fillna(-1.0)
    blamed = {
        "unit_value": "value",
        "unit_weight": "net_mass_kg",
        "value_per_kg": "value",
        "gross_to_net": "net_mass_kg",
    }
    for name, (above, below) in MEASURES.items():
        ratio = logs[above] - logs[below]
        yield from _off(f"{above} against {below}", blamed[name], ratio, [], (above, below))
        yield from _off(f"{above} against {below}, by code", blamed[name], ratio, [code, frame["unit"]], (above, below))
    # as declared, the tax follows from value and rate: by the rate declared, then by the code whatever its rate
    yield from _off("tax against value, by rate", "tax", logs["tax"] - logs["value"], [code, rate], ("value",))
    yield from _off("tax beyond the duty, by code", "duty_rate", beyond, [code], ("value", "tax"))
    yield from _off("duty rate, by code and origin", "duty_rate", frame["duty_rate"], [code, frame["origin"]], ())


def _off(name: str, source: str, x: pd.Series, by: list[pd.Series], involves: tuple[str, ...]) -> Iterator[Candidate]:
    """Distance of `x` from the median of its group."""
    if x.notna().any():
        gap = x - x.groupby(by, dropna=False).transform("median") if by else x
        others = tuple(c for c in involves if c != source)
        yield Candidate(name, source, gap.round(6).to_numpy(dtype=float), involves=others)


def _words(frame: pd.DataFrame) -> Iterator[Candidate]:
    """Categories, and pairs of those with few of them."""
    own = set(attributes(frame)) - set(CATEGORIES)
    few = []
    for name in [*CATEGORIES, *PARTIES, *sorted(own)]:
        code, levels = pd.factorize(frame[name].fillna("(none)"))
        words = [str(level) for level in levels]
        source = name.split(".")[0]
        foreign = name in own and source not in CATEGORIES and source not in DECLARED
        yield Candidate(name, {"hs2": "hs_code", "hs4": "hs_code", "hs6": "hs_code"}.get(name, source), code,
                        words, foreign)  # fmt: skip
        if 1 < len(words) <= 30 and not name.startswith("hs"):
            few.append((name, source, code, words, foreign))
    for name in ("enterprise_id", *PARTIES, "hs_code", "description"):
        yield from written(frame, name)
    for name in sorted(own):
        yield from written(frame, name, name.split(".")[0] not in (*CATEGORIES, *DECLARED))
    for (a, first, x, left, _), (b, source, y, right, foreign) in combinations(few, 2):
        if len(left) * len(right) <= MOST_PAIRED:
            paired = [f"{p} with {q}" for p in left for q in right]
            yield Candidate(f"{a} with {b}", source, x * len(right) + y, paired, foreign, (first,))
