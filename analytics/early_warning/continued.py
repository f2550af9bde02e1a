"""The watch goes on: kept states of a whole question, and the steps that a further file brings."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from analytics.early_warning.alarms.events import parse
from analytics.early_warning.alarms.keeping import keep, next_month, resume
from analytics.early_warning.alarms.telling import tell
from analytics.early_warning.alarms.watched import Watched
from analytics.early_warning.panels.from_declarations import ends_early, sums_by_step, usable
from analytics.early_warning.panels.panel import WarningDataError, joined
from analytics.early_warning.question import Question
from analytics.early_warning.study import Findings
from analytics.tables import as_pandas

QUESTION: Final = "question.json"


@dataclass(frozen=True)
class Continued:
    """What further steps told.

    Attributes
    ----------
    alarms : as from `tell`, all measures and steps, the latest first; movements of groups are taken out and not told
    steps : steps taken in
    unknown : names in the file that are not watched: a new series is taken in when the whole history is watched again
    series : how many are watched
    """

    alarms: pd.DataFrame
    steps: tuple[pd.Timestamp, ...]
    unknown: tuple[str, ...]
    series: int


def keep_all(found: Findings, folder: Path | str) -> list[Path]:
    """Keep the watch of every measure in a folder, with what was asked of it.

    Parameters
    ----------
    found : as from `study`
    folder : made where it is not there
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    asked = {**asdict(found.question), "measures": [w.panel.measure for w in found.series]}
    lunar = found.question.lunar_new_year
    made = [keep(w, place / f"{w.panel.measure}.state", use_lunar=lunar) for w in found.series]
    (place / QUESTION).write_text(json.dumps(asked, ensure_ascii=False), encoding="utf-8")
    return made


def go_on(folder: Path | str, source: Any, *, unfinished: bool = False) -> Continued:
    """Judge the steps that a further file brings, and keep the states after them.

    Parameters
    ----------
    folder : as kept by `keep_all`
    source : declarations or receipts, as those watched; steps up to the last kept one are passed over
    unfinished : whether a last step that is not complete is judged all the same

    Raises
    ------
    WarningDataError
        Where nothing is kept, the file brings no further step, skips one, or ends within a step.
    """
    place = Path(folder)
    question, measures = _asked(place)
    states = {measure: resume(place / f"{measure}.state")[0] for measure in measures}
    first = next(iter(states.values()))
    kept = min(state.panel.months[-1] for state in states.values())  # a run that was cut short left some behind
    sums = _sums(source, question)
    new = sorted(m for m in sums["month"].unique() if m > kept)
    if not new:
        raise WarningDataError(
            f"The file brings nothing after {kept:%Y-%m-%d}, the last {question.period} kept in "
            f"{place}. Give it a file of the {question.period} after."
        )
    if ends_early(sums, new[-1], question.pace) and not unfinished:
        raise WarningDataError(
            f"The {question.period} from {new[-1]:%Y-%m-%d} is not complete: its last line is of "
            f"{sums['last'].max():%Y-%m-%d}. Give it the whole {question.period}, or judge it all the same "
            "(--unfinished)."
        )
    told: list[pd.DataFrame] = []
    unknown: set[str] = set()
    for measure, state in states.items():
        ahead = [step for step in new if step > state.panel.months[-1]]
        moved, lost = _further(state, measure, sums, ahead, question, told)
        keep(moved, place / f"{measure}.state", use_lunar=question.lunar_new_year)
        unknown |= lost
    alarms = pd.concat(told, ignore_index=True).sort_values(["told", "strength"], ascending=False, ignore_index=True)
    return Continued(alarms.drop(columns="place"), tuple(new), tuple(sorted(unknown)), len(first.panel.names))


def _further(
    state: Watched, measure: str, sums: pd.DataFrame, new: list[pd.Timestamp], question: Question, told: list[Any]
) -> tuple[Watched, set[str]]:
    """Take the steps into one measure's state; alarms are added to `told`."""
    events = parse(question.known_events)
    unknown: set[str] = set()
    for step in new:
        rows = sums[sums["month"] == step]
        figures = dict(zip(rows["key"], _measured(rows, measure), strict=True))
        state, lost = next_month(state, figures, step, use_lunar=question.lunar_new_year)
        told.append(tell(state, events))
        unknown |= set(lost)
    return state, unknown


def kind_of(folder: Path | str) -> str:
    """Which table a kept watch reads: declarations or receipts."""
    return "receipts" if _asked(Path(folder))[1] == ["receipts"] else "declarations"


def _asked(place: Path) -> tuple[Question, list[str]]:
    if not (place / QUESTION).exists():
        raise WarningDataError(
            f"{place}: no watch is kept here. Run a parameter set of the watch with state: {place} first."
        )
    asked = json.loads((place / QUESTION).read_text(encoding="utf-8"))
    return Question(**{f.name: asked[f.name] for f in fields(Question) if f.name in asked}), list(asked["measures"])


def _sums(source: Any, question: Question) -> pd.DataFrame:
    """Figures by step and series: month, last, key and value, quantity, lines or y."""
    if "unique_id" not in source.columns:
        sums = sums_by_step(usable(source), question.by, question.product_digits, question.period)
        return sums.assign(key=joined(sums[list(question.by)]))
    frame = as_pandas(source)
    covered = pd.to_numeric(frame.get("months_covered", pd.Series(1, index=frame.index))).fillna(1)
    month = pd.to_datetime(frame["ds"]).dt.to_period("M").dt.to_timestamp()
    made = pd.DataFrame({"month": month, "key": frame["unique_id"].astype(str), "y": frame["y"] / covered})
    parts = made.groupby(["month", "key"], as_index=False)["y"].sum()
    whole = parts[parts["key"] != "total"].groupby("month", as_index=False)["y"].sum().assign(key="total")
    given = parts.loc[parts["key"] == "total", "month"]
    both = pd.concat([parts, whole[~whole["month"].isin(given)]], ignore_index=True)
    return both.assign(last=both["month"] + pd.offsets.MonthEnd(0))


def _measured(rows: pd.DataFrame, measure: str) -> np.ndarray:
    if measure == "receipts":
        return rows["y"].to_numpy(float)
    if measure != "unit_value":
        return rows[measure].to_numpy(float)
    quantity = rows["quantity"].fillna(0).to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(quantity > 0, rows["value"].to_numpy(float) / quantity, np.nan)
