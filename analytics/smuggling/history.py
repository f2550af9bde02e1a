"""What was known of a line's parties and goods on the day before: past-only counts, rates and novelty.

Two kinds of event feed a key's history: a declaration counts from its own date, an outcome from the day on which it
became known. A feature of a line dated d uses events dated before d, never later ones and never the line's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import ibis
import numpy as np
import pandas as pd
from ibis import _

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
}
PARENTS = {  # the rate a young key is shrunk to; others go to the base rate
    "hs_code": "hs4",
    "hs4_origin": "hs4",
    "enterprise_hs4": "enterprise",
    "enterprise_origin": "enterprise",
    "enterprise_declarant": "enterprise",
}
PRICED_KEYS = ("enterprise", "declarant", "enterprise_hs4", "seller")  # whose past price gaps are averaged
VOLUMES = ("lines", "duty", "gap", "priced", "weight_gap", "weighed")
SUMS = (*VOLUMES, "checked", "found")


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
    memory_ : DataFrame (kind, key, day, first_day, sums ...)
        Events of the training period, kept for lines scored later: outcomes by day, declarations as one event a key.
    base_rate_ : float
    """

    half_life: float = 180.0
    strength: float = 10.0
    memory_: pd.DataFrame = field(default_factory=pd.DataFrame)
    base_rate_: float = 0.0

    def fit(self, events: pd.DataFrame, base_rate: float) -> History:
        """Remember events (from `events`) and the rate that young keys start from.

        Declarations of a key become one event on its last day: a line dated inside the training period is given the
        outcomes known by then, but not the training period's volumes.
        """
        self.base_rate_ = base_rate
        outcomes = events[events["checked"] > 0].copy()
        outcomes[list(VOLUMES)] = 0.0
        by_key = events[events["lines"] > 0].groupby(["kind", "key"], as_index=False)
        volumes = by_key.agg(day=("day", "max"), first_day=("day", "min"), **{c: (c, "sum") for c in VOLUMES})
        self.memory_ = pd.concat([outcomes, volumes.assign(checked=0.0, found=0.0)], ignore_index=True)
        return self

    def transform(
        self, frame: pd.DataFrame, rows: np.ndarray, events: pd.DataFrame, *, remember: bool = True
    ) -> pd.DataFrame:
        """Features of the lines of `frame` at positions `rows`.

        Parameters
        ----------
        frame : DataFrame from `frames.prepare`
        rows : int array
        events : DataFrame from `events`
            Declarations and outcomes of `frame`; they count for lines of later days only.
        remember : bool
            Add the events of the training period (off when `frame` is the training period itself).

        Returns
        -------
        DataFrame, float32, one row a wanted line in the order of `rows`.
        """
        lines = frame.iloc[rows]
        if remember:
            events = pd.concat([self.memory_, events], ignore_index=True)
        by_kind = dict(iter(events.groupby("kind")))
        raw = {
            name: _before(by_kind.get(name, events.iloc[:0]), key_codes(lines, name), lines["day"].to_numpy())
            for name in KEYS
        }
        return self._features(raw, lines)

    def _features(self, raw: dict[str, pd.DataFrame], frame: pd.DataFrame) -> pd.DataFrame:
        features: dict[str, np.ndarray] = {}
        rates: dict[str, np.ndarray] = {}
        for name, past in raw.items():
            fade = 2.0 ** (-past["day"].to_numpy() / self.half_life)
            keyed = past["lines"].notna().to_numpy()
            checked = np.where(keyed, past["checked"], 0.0) * fade
            found = np.where(keyed, past["found"], 0.0) * fade
            prior = rates.get(PARENTS.get(name, ""), np.full(len(past), self.base_rate_))
            rates[name] = (found + self.strength * prior) / (checked + self.strength)
            features[f"{name}_past_rate"] = rates[name]
            features[f"{name}_past_checks"] = np.log1p(checked)
            features[f"{name}_past_lines"] = np.log1p(past["lines"].to_numpy())
            if name in PRICED_KEYS:
                features[f"{name}_past_gap"] = past["gap"].to_numpy() / (past["priced"].to_numpy() + 2.0)
                features[f"{name}_past_weight_gap"] = past["weight_gap"].to_numpy() / (past["weighed"].to_numpy() + 2.0)
        features.update(_novelty(raw, frame))
        return pd.DataFrame(features, index=frame.index).astype("float32")


def _novelty(raw: dict[str, pd.DataFrame], frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """What is new or has changed for the enterprise: age, gaps, first code or origin, lower duty, other price."""
    own, goods = raw["enterprise"], raw["enterprise_hs4"]
    day = frame["day"].to_numpy()
    gap, priced = goods["gap"].to_numpy(), goods["priced"].to_numpy()
    lines = own["lines"].to_numpy()
    declarant = raw["declarant"]
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "enterprise_age": np.log1p(np.nan_to_num(day - own["first_day"].to_numpy())),
            "enterprise_gap": np.log1p(day - own["last_day"].to_numpy()),
            "enterprise_pace": lines / np.maximum(day - own["first_day"].to_numpy(), 7.0),
            "new_code": (goods["lines"].to_numpy() == 0).astype(float),
            "new_origin": (raw["enterprise_origin"]["lines"].to_numpy() == 0).astype(float),
            "new_declarant": (raw["enterprise_declarant"]["lines"].to_numpy() == 0).astype(float),
            "code_share": goods["lines"].to_numpy() / np.where(lines > 0, lines, np.nan),
            "duty_change": frame["duty_rate"].to_numpy() - own["duty"].to_numpy() / np.where(lines > 0, lines, np.nan),
            "price_change": frame["unit_gap"].to_numpy() - gap / np.where(priced > 0, priced, np.nan),
            "declarant_client_share": lines / np.where(declarant["lines"] > 0, declarant["lines"], np.nan),
        }


def key_codes(frame: pd.DataFrame, name: str) -> np.ndarray:
    """One 64-bit code per distinct key, 0 where a part of the key is missing; the same in every run."""
    code: np.ndarray = np.zeros(len(frame), dtype=np.uint64)
    missing = np.zeros(len(frame), dtype=bool)
    for column in KEYS[name]:
        code = code * np.uint64(1_000_003) + pd.util.hash_pandas_object(frame[column], index=False).to_numpy()
        missing |= frame[column].isna().to_numpy() & (column != "port")
    return np.where(missing, 0, code).astype(np.int64)


def events(frame: pd.DataFrame, half_life: float) -> pd.DataFrame:
    """Declarations and outcomes of every key, summed by day, in one pass of the engine.

    Parameters
    ----------
    frame : DataFrame from `frames.prepare`, with unit_gap and weight_gap (log deviations from peers)
    half_life : float, days

    Returns
    -------
    DataFrame (kind, key, day, first_day, lines, duty, gap, priced, weight_gap, weighed, checked, found).
    Outcomes carry the weight
    2 ** (day / half_life), so that a later division by 2 ** (today / half_life) leaves their faded number.
    """
    columns = ["day", "known_day", "label", "duty_rate", "unit_gap", "weight_gap"]
    table = ibis.memtable(frame[columns].assign(**{name: key_codes(frame, name) for name in KEYS}))
    zero = ibis.literal(0.0, "float64")
    table = table.mutate(
        gap=_.unit_gap.fill_null(0.0),
        priced=_.unit_gap.notnull().cast("float64"),  # noqa: PD004
        weight_gap=_.weight_gap.fill_null(0.0),
        weighed=_.weight_gap.notnull().cast("float64"),  # noqa: PD004
        weight=(2.0 ** (_.known_day / half_life)).cast("float64"),
    )
    parts = []
    for name in KEYS:
        keyed = table.filter(table[name] != 0)
        volumes = keyed.group_by(key=keyed[name], day=_.day).agg(
            lines=_.count().cast("float64"),
            duty=_.duty_rate.sum().fill_null(0.0).cast("float64"),
            **{c: _[c].sum().cast("float64") for c in VOLUMES[2:]},
            checked=zero,
            found=zero,
        )
        known = keyed.drop_null("label")
        outcomes = known.group_by(key=known[name], day=_.known_day).agg(
            **dict.fromkeys(VOLUMES, zero),
            checked=_.weight.sum().cast("float64"),
            found=(_.weight * _.label).sum().cast("float64"),
        )
        both = ibis.union(volumes, outcomes.select(*volumes.columns))
        parts.append(both.mutate(kind=ibis.literal(name)))
    found = ibis.union(*parts).to_pandas()
    return found.assign(first_day=found["day"].where(found["lines"] > 0))


def _before(events: pd.DataFrame, key: np.ndarray, day: np.ndarray) -> pd.DataFrame:
    """State of each line's key at the end of the day before: an as-of look-up among running sums.

    Parameters
    ----------
    events : events of one kind of key
    key, day : of the lines asked for

    Returns
    -------
    DataFrame aligned to `key`: day, lines ... found (0 where nothing happened before), first_day, last_day (missing
    there); lines is missing where the line has no such key.
    """
    if events.empty:
        nothing = pd.DataFrame(0.0, index=range(len(key)), columns=list(SUMS))
        nothing.loc[key == 0, "lines"] = np.nan
        return nothing.assign(first_day=np.nan, last_day=np.nan, day=day)
    codes, _known = pd.factorize(np.concatenate([events["key"].to_numpy(), key]))
    own, asked = codes[: len(events)], codes[len(events) :]
    order = np.lexsort((events["day"].to_numpy(), own))
    sorted_events = events.iloc[order]
    running = sorted_events[list(SUMS)].groupby(own[order]).cumsum()
    running["first_day"] = sorted_events["first_day"].groupby(own[order]).cummin().groupby(own[order]).ffill()
    last = sorted_events["day"].where(sorted_events["lines"] > 0)
    running["last_day"] = last.groupby(own[order]).ffill()
    span = 100_000.0  # days, more than any calendar here
    position = np.searchsorted(own[order] * span + sorted_events["day"].to_numpy(), asked * span + day) - 1
    inside = position >= 0
    inside[inside] = own[order][position[inside]] == asked[inside]
    past = running.iloc[np.where(inside, position, 0)].reset_index(drop=True)
    past.loc[~inside, list(SUMS)] = 0.0
    past.loc[~inside, ["first_day", "last_day"]] = np.nan
    past.loc[key == 0, "lines"] = np.nan
    return past.assign(day=day)
