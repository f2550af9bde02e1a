"""Features of a few lines of one day, without frames: the same formulas on arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandas.util import hash_array

from analytics.smuggling.features.build import CATEGORIES, CROSSINGS, Features
from analytics.smuggling.features.documents import figures
from analytics.smuggling.features.frames import COMPOSITES, EPOCH, NUMBERS, TEXT
from analytics.smuggling.features.running import KEYS, Asked, codes_of

MOST = 50  # lines for which arrays without frames are quicker
DAY = pd.Timedelta(days=1)

Columns = dict[str, Any]


def plain(declarations: pd.DataFrame, attributes: list[str]) -> Columns | None:
    """Columns of a few lines of one day as arrays, prepared as `frames.prepare` does; None where that takes more.

    More is: many lines, several days, outcomes, text that is none, or a column that is missing.
    """
    given = declarations
    if not 0 < len(given) <= MOST or not {"declaration_id", "date", "value", "hs_code"} <= set(given.columns):
        return None
    if "finding" in given and given["finding"].notna().any():
        return None
    dates = pd.to_datetime(given["date"])
    day = np.array([(d - EPOCH) // DAY if pd.notna(d) else np.nan for d in dates], dtype=float)
    if not (day == day[0]).all():
        return None
    columns: Columns = {"day": day, "date": dates.to_numpy()}
    for name in {*TEXT, *(a for a in attributes if "." not in a)}:
        values = given[name].tolist() if name in given else [None] * len(given)
        if any(not (v is None or v is pd.NA or isinstance(v, str) or v != v) for v in values):
            return None
        columns[name] = [v if isinstance(v, str) else None for v in values]
    for name in NUMBERS:
        columns[name] = (
            given[name].to_numpy(dtype=float, na_value=np.nan) if name in given else np.full(len(given), np.nan)
        )
    for name in COMPOSITES:
        _parted(columns, name, attributes)
    for digits in (2, 4, 6):
        columns[f"hs{digits}"] = [None if code is None else code[:digits] for code in columns["hs_code"]]
    columns["line_no"] = given["line_no"].to_numpy() if "line_no" in given else np.ones(len(given), dtype=int)
    return columns


def _parted(columns: Columns, name: str, attributes: list[str]) -> None:
    """Part a composite code; parts that the model knows and the lines have not are missing."""
    parts = [[] if v is None else v.split("/") for v in columns[name]]
    columns[name] = [p[0] if p else None for p in parts]
    for own in attributes:
        if own.startswith(f"{name}."):
            i = int(own.split(".")[1]) - 1
            columns[own] = [p[i] if len(p) > i else None for p in parts]


def features(made: Features, lines: Columns) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Numbers (float32) and positions of categories of prepared columns; see `Features.transform`."""
    gaps = made.peers_.deviations(lines, made.peers_.found_one_by_one(lines))
    gaps = {name: np.asarray(x, dtype=np.float32) for name, x in gaps.items()}
    numbers: dict[str, np.ndarray] = {}
    if made.record:
        unit = np.where(np.isnan(gaps["unit_value_gap"]), gaps["value_per_kg_gap"], gaps["unit_value_gap"])
        lines = {**lines, "unit_gap": unit.clip(-1.5, 1.5).astype(float)}
        history, asked = made.history_, _asked(lines)
        past = {name: history.volumes_[name].before(keyed) for name, keyed in asked.items()}
        numbers |= history.conduct_of(past, lines)
        numbers |= history.rates_of(lines["day"], [history.outcomes_], asked)
    numbers |= {**gaps, **figures(lines), **made.words_.values(lines)}
    return {c: np.asarray(numbers[c], dtype=np.float32) for c in made.numeric_}, _positions(made, lines)


def _asked(lines: Columns) -> dict[str, Asked]:
    """Keys of the lines by kind, on their day."""
    columns = sorted({column for parts in KEYS.values() for column in parts})
    hashed = {c: hash_array(np.array([np.nan if v is None else v for v in lines[c]], dtype=object)) for c in columns}
    absent = {c: np.array([v is None and c != "port" for v in lines[c]]) for c in columns}
    every = np.arange(len(lines["day"]))
    return {name: Asked(code, every, lines["day"], every) for name, code in codes_of(hashed, absent).items()}


def _positions(made: Features, lines: Columns) -> dict[str, np.ndarray]:
    """Positions of categories among those that the model has seen."""
    codes = {c: ["none" if v is None else v for v in lines[c]] for c in (*CATEGORIES, *made.attributes_)}
    for a, b in CROSSINGS:
        codes[f"{a}_{b}"] = [f"{x}|{y}" for x, y in zip(codes[a], codes[b], strict=True)]
    return {c: levels.get_indexer(pd.Index(codes[c], dtype="str")) for c, levels in made.levels_.items()}
