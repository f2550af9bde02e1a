"""What was known of a line's parties and goods on the day before: past-only counts, averages and rates.

Two kinds of event feed a key's history: a declaration counts from its own date, an outcome from the day on which it
became known. A feature of a line dated d uses events dated before d, never later ones and never the line's own.
Declarations are many and are summed by key and day in Ibis; outcomes are few.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import ibis
import numpy as np
import pandas as pd
from ibis import _

from analytics.smuggling.novelty import novelty
from analytics.smuggling.running import Running

KEYS: dict[str, tuple[str, ...]] = {
    "enterprise": ("enterprise_id",),
    "declarant": ("declarant_id",),
    "seller": ("seller_id",),
    "port": ("district", "port"),
    "origin": ("origin",),
    "hs4": ("hs4",),
    "hs_code": ("hs_code",),
    "hs4_origin": ("hs4", "origin"),
    "enterprise_hs4": ("enterprise_id", "hs4"),
    "enterprise_origin": ("enterprise_id", "origin"),
    "enterprise_declarant": ("enterprise_id", "declarant_id"),
    "enterprise_seller": ("enterprise_id", "seller_id"),
    "enterprise_code": ("enterprise_id", "hs_code"),
    "enterprise_hs4_origin": ("enterprise_id", "hs4", "origin"),
    "seller_origin": ("seller_id", "origin"),
}
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


@dataclass
class History:
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

    half_life: float = 180.0
    strength: float = 10.0
    volumes_: dict[str, Running] = field(default_factory=dict)
    outcomes_: dict[str, Running] = field(default_factory=dict)
    base_rate_: float = 0.0
    origin_: float = 0.0

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
        lines, past = frame.iloc[rows], {}
        for name, volumes in volumes_by_day(frame):
            past[name] = Running.of(volumes).before(key_codes(lines, name), lines["day"].to_numpy())
            last = volumes.groupby("key", as_index=False).agg(
                day=("day", "max"), first_day=("day", "min"), **{c: (c, "sum") for c in VOLUMES}
            )
            self.volumes_[name] = Running.of(last)
        self.outcomes_ = self.outcomes_by_key(frame)
        return pd.concat([self.conduct(past, lines), self.rates(lines, [self.outcomes_])], axis=1)

    def transform(self, frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
        """Features of new lines, from memory and from earlier days of `frame` itself; see `fit_transform`."""
        lines = frame.iloc[rows]
        past = self.past_volumes(frame, lines)
        remembered = [self.outcomes_]
        if frame["label"].notna().any():
            remembered.append(self.outcomes_by_key(frame))
        return pd.concat([self.conduct(past, lines), self.rates(lines, remembered)], axis=1)

    def past_volumes(self, frame: pd.DataFrame, lines: pd.DataFrame) -> dict[str, pd.DataFrame]:
        """State of each line's keys on the day before, from memory and the declarations of `frame`."""
        past, day = {}, lines["day"].to_numpy()
        for name, volumes in volumes_by_day(frame):
            key = key_codes(lines, name)
            new = Running.of(volumes).before(key, day)
            past[name] = self.volumes_[name].before(key, day, added_to=new) if name in self.volumes_ else new
        return past

    def conduct(self, past: dict[str, pd.DataFrame], lines: pd.DataFrame) -> pd.DataFrame:
        """Features of what was declared before: they need no outcome."""
        features: dict[str, np.ndarray] = {}
        for name, state in past.items():
            features[f"{name}_past_lines"] = np.log1p(state["lines"].to_numpy())
            if name in PRICED_KEYS:
                for gap in DEVIATIONS:
                    counted = state[_COUNTED.get(gap, "lines")].to_numpy()
                    features[f"{name}_past_{gap}"] = state[gap].to_numpy() / (counted + 2.0)
        features.update(novelty(past, lines))
        return pd.DataFrame(features, index=lines.index).astype("float32")

    def rates(
        self, lines: pd.DataFrame, remembered: list[dict[str, Running]], keys: dict[str, np.ndarray] | None = None
    ) -> pd.DataFrame:
        """Features of what was found before: faded counts, and rates shrunk to the parent's.

        Parameters
        ----------
        lines : DataFrame from `frames.prepare`
        remembered : sets of outcomes by kind of key; they add up
        keys : codes of the lines' keys by kind, where they are at hand already
        """
        features: dict[str, np.ndarray] = {}
        rates: dict[str, np.ndarray] = {}
        day = lines["day"].to_numpy()
        fade = 2.0 ** ((self.origin_ - day) / self.half_life)
        for name in KEYS:
            key = key_codes(lines, name) if keys is None else keys[name]
            state = None
            for memory in remembered:
                state = memory[name].before(key, day, added_to=state)
            if state is None:
                raise ValueError("rates: give at least one set of outcomes, which may be empty.")
            checked, found = (np.where(key == 0, 0.0, state[c].to_numpy()) * fade for c in OUTCOMES)
            prior = rates.get(PARENTS.get(name, ""), np.full(len(lines), self.base_rate_))
            rates[name] = (found + self.strength * prior) / (checked + self.strength)
            features[f"{name}_past_rate"] = rates[name]
            features[f"{name}_past_checks"] = np.log1p(checked)
        return pd.DataFrame(features, index=lines.index).astype("float32")

    def outcomes_by_key(self, frame: pd.DataFrame) -> dict[str, Running]:
        """Known outcomes of every key, on the day they became known.

        Outcomes carry the weight 2 ** ((day - origin) / half_life), so that a later multiplication by
        2 ** ((origin - today) / half_life) leaves their faded number.
        """
        known = frame[frame["label"].notna()]
        weight = 2.0 ** ((known["known_day"].to_numpy() - self.origin_) / self.half_life)
        events = pd.DataFrame({"day": known["known_day"], "checked": weight, "found": weight * known["label"]})
        made = {}
        for name in KEYS:
            keyed = events.assign(key=key_codes(known, name))
            made[name] = Running.of(keyed[keyed["key"] != 0].groupby(["key", "day"], as_index=False).sum())
        return made


def key_codes(frame: pd.DataFrame, name: str) -> np.ndarray:
    """One 64-bit code per distinct key, 0 where a part of the key is missing; the same in every run."""
    code: np.ndarray = np.zeros(len(frame), dtype=np.uint64)
    missing = np.zeros(len(frame), dtype=bool)
    for column in KEYS[name]:
        code = code * np.uint64(1_000_003) + pd.util.hash_pandas_object(frame[column], index=False).to_numpy()
        missing |= frame[column].isna().to_numpy() & (column != "port")
    return np.where(missing, 0, code).astype(np.int64)


def volumes_by_day(frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Declarations of every kind of key summed by day, one kind after the other.

    Parameters
    ----------
    frame : DataFrame from `frames.prepare`, with the columns of `DEVIATIONS`

    Yields
    ------
    (kind, DataFrame (key, day and the columns of `VOLUMES`))
    """
    columns = ["day", "duty_rate", *DEVIATIONS]
    table = ibis.memtable(frame[columns].assign(**{name: key_codes(frame, name) for name in KEYS}))
    for name in KEYS:
        yield name, summed(table, name).to_pandas()


def summed(table: ibis.expr.types.Table, key: str) -> ibis.expr.types.Table:
    """Lines, duty and deviations by key and day, as an expression that any engine of Ibis can run."""
    sums = {c: _[c].sum().fill_null(0.0).cast("float64") for c in DEVIATIONS}
    keyed = table.filter(table[key] != 0)
    return keyed.group_by(key=keyed[key], day=_.day).agg(
        lines=_.count().cast("float64"),
        duty=_.duty_rate.sum().fill_null(0.0).cast("float64"),
        priced=_.unit_gap.count().cast("float64"),
        weighed=_.weight_gap.count().cast("float64"),
        **sums,
    )
