"""What was known of a line's parties and goods on the day before: past-only counts, averages and rates.

Two kinds of event feed a key's history: a declaration counts from its own date, an outcome from the day on which it
became known. A feature of a line dated d uses events dated before d, never later ones and never the line's own.
Declarations are many and are summed by key and day in Ibis; outcomes are few.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import ibis
import numpy as np
import pandas as pd
from ibis import _
from joblib import cpu_count  # type: ignore[import-untyped]
from sklearn.base import BaseEstimator

from analytics.smuggling.features.novelty import novelty
from analytics.smuggling.features.running import KEYS, Asked, Lines, Running, State, key_codes

PARENTS = {  # the rate a young key is shrunk to; others go to the base rate
    "hs_code": "hs4",
    "hs4_origin": "hs4",
    "enterprise_hs4": "enterprise",
    "enterprise_origin": "enterprise",
    "enterprise_declarant": "enterprise",
    "enterprise_seller": "enterprise",
    "enterprise_code": "enterprise_hs4",
    "enterprise_hs4_origin": "enterprise_hs4",
    "seller_origin": "seller",
}
# whose past deviations from peers are averaged: conduct shows before anybody inspects
PRICED_KEYS = (
    "enterprise", "declarant", "seller", "enterprise_hs4", "enterprise_seller", "enterprise_code",
    "enterprise_hs4_origin",
)  # fmt: skip
DEVIATIONS = ("unit_gap", "weight_gap", "gross_gap", "duty_gap", "low_price")  # columns of the lines
_COUNTED = {"unit_gap": "priced", "weight_gap": "weighed"}  # lines that have the deviation; the others: all lines
VOLUMES = ("lines", "duty", "priced", "weighed", *DEVIATIONS)
OUTCOMES = ("checked", "found")


def volumes_of(kind: str) -> tuple[str, ...]:
    """Sums that are kept for a kind of key."""
    return VOLUMES if kind in PRICED_KEYS else ("lines",)


class History(BaseEstimator):
    """Past-only features of each key, with exponential forgetting and empirical-Bayes shrinkage.

    Parameters
    ----------
    half_life : float, days
        An outcome counts half after this time.
    strength : float
        Outcomes at the parent's rate that a key starts with (shrinkage weight).

    Attributes
    ----------
    volumes_ : declarations of the training period, one event a key on its last day: a line dated inside the training
        period is given the outcomes known by then, but not the training period's volumes
    outcomes_ : outcomes of the training period by key and the day on which they became known
    base_rate_ : float
    origin_ : float, the day from which fading is counted
    """

    def __init__(self, half_life: float = 180.0, strength: float = 10.0) -> None:
        self.half_life = half_life
        self.strength = strength

    def fit_transform(self, frame: pd.DataFrame, rows: np.ndarray, base_rate: float) -> pd.DataFrame:
        """Remember the events of `frame` and the rate that young keys start from; features of the lines at `rows`.

        Parameters
        ----------
        frame : DataFrame from `frames.prepare`, with the columns of `DEVIATIONS`
        rows : int array

        Returns
        -------
        DataFrame, float32, one row a wanted line in the order of `rows`.
        """
        self.base_rate_, self.origin_ = base_rate, float(frame["day"].max())
        self.volumes_: dict[str, Running] = {}
        lines, past = frame.iloc[rows], {}
        asked = asked_of(lines)
        for name, volumes in volumes_by_day(frame):
            past[name] = Running.of(volumes).before(asked[name])
            last = volumes.groupby("key", as_index=False).agg(
                day=("day", "max"), first_day=("day", "min"), **{c: (c, "sum") for c in volumes_of(name)}
            )
            self.volumes_[name] = Running.of(last)
        self.outcomes_ = self.outcomes_by_key(frame)
        return pd.concat([self.conduct(past, lines), self.rates(lines, [self.outcomes_], asked)], axis=1)

    def transform(self, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
        """Features of new lines, from memory and from earlier days of `frame` itself; see `fit_transform`."""
        lines, codes = frame.iloc[rows], key_codes(frame)
        asked = asked_of(lines, {name: code[rows] for name, code in codes.items()})
        past = self.past_volumes(frame, codes, asked)
        remembered = [self.outcomes_]
        if frame["label"].notna().any():
            remembered.append(self.outcomes_by_key(frame))
        return pd.concat([self.conduct(past, lines), self.rates(lines, remembered, asked)], axis=1)

    def past_volumes(
        self, frame: pd.DataFrame, codes: dict[str, np.ndarray], asked: dict[str, Asked]
    ) -> dict[str, State]:
        """State of each line's keys on the day before, from memory and the declarations of `frame` with its `codes`."""
        day = frame["day"].to_numpy()
        ones = np.ones(len(frame))
        counted = [frame[c].notna().to_numpy(dtype=float) for c in _COUNTED]
        summed = [np.nan_to_num(frame[c].to_numpy(dtype=float)) for c in ("duty_rate", *DEVIATIONS)]
        values = dict(zip(VOLUMES, [ones, summed[0], *counted, *summed[1:]], strict=True))

        def looked_up(name: str) -> State:
            # few lines against those remembered: sorted here, line by line, without the query that `fit` needs
            kept = {c: values[c] for c in volumes_of(name)}
            state = Running.summed(codes[name], day, kept).before(asked[name])
            return state + self.volumes_[name].before(asked[name]) if name in self.volumes_ else state

        with ThreadPoolExecutor(cpu_count()) as pool:
            return dict(zip(KEYS, pool.map(looked_up, KEYS), strict=True))

    def conduct(self, past: dict[str, State], lines: pd.DataFrame) -> pd.DataFrame:
        """Features of what was declared before: they need no outcome."""
        return pd.DataFrame(self.conduct_of(past, lines), index=lines.index).astype("float32")

    def conduct_of(self, past: dict[str, State], lines: Lines) -> dict[str, np.ndarray]:
        """The same as arrays, of a DataFrame or of columns by name."""
        features: dict[str, np.ndarray] = {}
        for name, state in past.items():
            features[f"{name}_past_lines"] = np.log1p(state["lines"])
            if name in PRICED_KEYS:
                for gap in DEVIATIONS:
                    mean = state.of_pairs(gap) / (state.of_pairs(_COUNTED.get(gap, "lines")) + 2.0)
                    features[f"{name}_past_{gap}"] = mean[state.at]
        features.update(novelty(past, lines))
        return features

    def rates(
        self, lines: pd.DataFrame, remembered: list[dict[str, Running]], asked: dict[str, Asked] | None = None
    ) -> pd.DataFrame:
        """Features of what was found before: faded counts, and rates shrunk to the parent's.

        Parameters
        ----------
        lines : DataFrame from `frames.prepare`
        remembered : sets of outcomes by kind of key; they add up
        asked : the lines' keys by kind, where they are at hand already
        """
        if not remembered:
            raise ValueError("rates: give at least one set of outcomes, which may be empty.")
        day = lines["day"].to_numpy()
        found = self.rates_of(day, remembered, asked_of(lines) if asked is None else asked)
        return pd.DataFrame(found, index=lines.index).astype("float32")

    def rates_of(
        self, day: np.ndarray, remembered: list[dict[str, Running]], asked: dict[str, Asked]
    ) -> dict[str, np.ndarray]:
        """The same as arrays, of lines on the days given."""
        features: dict[str, np.ndarray] = {}
        rates: dict[str, np.ndarray] = {}
        fade = 2.0 ** ((self.origin_ - day) / self.half_life)
        for name, keyed in asked.items():
            state = remembered[0][name].before(keyed)
            for memory in remembered[1:]:
                state = state + memory[name].before(keyed)
            checked, found = (np.nan_to_num(state[c]) * fade for c in OUTCOMES)
            prior = rates.get(PARENTS.get(name, ""), np.full(len(day), self.base_rate_))
            rates[name] = (found + self.strength * prior) / (checked + self.strength)
            features[f"{name}_past_rate"] = rates[name]
            features[f"{name}_past_checks"] = np.log1p(checked)
        return features

    def outcomes_by_key(self, frame: pd.DataFrame) -> dict[str, Running]:
        """Known outcomes of every key, on the day they became known.

        Outcomes carry the weight 2 ** ((day - origin) / half_life), so that a later multiplication by
        2 ** ((origin - today) / half_life) leaves their faded number.
        """
        known = frame[frame["label"].notna()]
        weight = 2.0 ** ((known["known_day"].to_numpy() - self.origin_) / self.half_life)
        day = known["known_day"].to_numpy()
        values = dict(zip(OUTCOMES, [weight, weight * known["label"].to_numpy()], strict=True))
        return {name: Running.summed(key, day, values) for name, key in key_codes(known).items()}


def asked_of(lines: pd.DataFrame, codes: dict[str, np.ndarray] | None = None) -> dict[str, Asked]:
    """Keys of lines by kind (`codes`, if they are at hand), ready to be looked up on the day of each line."""
    day = lines["day"].to_numpy()
    codes = key_codes(lines) if codes is None else codes
    with ThreadPoolExecutor(cpu_count()) as pool:
        return dict(zip(codes, pool.map(lambda code: Asked.of(code, day), codes.values()), strict=True))


def volumes_by_day(frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Declarations of every kind of key summed by day, one kind after the other.

    Parameters
    ----------
    frame : DataFrame from `frames.prepare`, with the columns of `DEVIATIONS`

    Yields
    ------
    (kind, DataFrame (key, day and the columns of `volumes_of` it))
    """
    columns = ["day", "duty_rate", *DEVIATIONS]
    table = ibis.memtable(frame[columns].assign(**key_codes(frame)))
    for name in KEYS:
        yield name, summed(table, name).to_pandas()


def summed(table: ibis.expr.types.Table, key: str) -> ibis.expr.types.Table:
    """Sums of one kind of key by key and day, as an expression that any engine of Ibis can run; see `volumes_of`."""
    keyed = table.filter(table[key] != 0)
    sums = {
        "lines": _.count().cast("float64"),
        "duty": _.duty_rate.sum().fill_null(0.0).cast("float64"),
        **{name: _[gap].count().cast("float64") for gap, name in _COUNTED.items()},
        **{gap: _[gap].sum().fill_null(0.0).cast("float64") for gap in DEVIATIONS},
    }
    return keyed.group_by(key=keyed[key], day=_.day).agg(**{c: sums[c] for c in volumes_of(key)})
