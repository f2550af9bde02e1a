"""The watch kept in a file: a new month is judged without reading the months before again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.early_warning.alarms.thresholds import QUIET, Thresholds
from analytics.early_warning.alarms.watched import Watched
from analytics.early_warning.detector.follow import Followed, further
from analytics.early_warning.detector.groups import Groups
from analytics.early_warning.detector.pace import PACES, Pace
from analytics.early_warning.detector.presence import Presence
from analytics.early_warning.detector.seasonal import SeasonalFilter
from analytics.early_warning.detector.shifts import ShiftEvidence
from analytics.early_warning.detector.watch import Reading, Watch
from analytics.early_warning.panels.panel import Panel, WarningDataError, joined


def tail(pace: Pace) -> int:
    """Steps kept beside the state: a shift may have begun so long ago, and an episode opens after steps without one."""
    return max(pace.candidates, QUIET + 1)


_FORMAT = "early warning state 2"
_ALIGNED = 64
_SAID = ("season", "pace")  # no arrays
_ROWS = ("silence", "age", "index")


def keep(watched: Watched, path: Path | str, *, use_lunar: bool = True) -> Path:
    """Write the state of a watched panel, its thresholds and its last months into a file.

    Parameters
    ----------
    watched : as from `watch_panel` or `next_month`; series, not groups
    path : of the file; written beside it and put in its place whole
    use_lunar : whether the Lunar New Year moves its months
    """
    arrays, facts = _arrays(watched), _facts(watched, use_lunar)
    place, offset = {}, 0
    for name, array in arrays.items():
        place[name] = {"dtype": array.dtype.str, "shape": array.shape, "offset": offset}
        offset += array.nbytes + -array.nbytes % _ALIGNED
    head = json.dumps({"format": _FORMAT, "arrays": place, **facts}, ensure_ascii=False).encode()
    head += b" " * (-(len(head) + 1) % _ALIGNED) + b"\n"
    target = Path(path)
    part = target.with_name(f".{target.name}.partial")
    with part.open("wb") as file:
        file.write(head)
        for array in arrays.values():
            file.write(np.ascontiguousarray(array).data)
            file.write(bytes(-array.nbytes % _ALIGNED))
    part.replace(target)
    return target


def resume(path: Path | str) -> tuple[Watched, bool]:
    """Read a kept watch: the panel's last months with its state, and whether the Lunar New Year moves it.

    Raises
    ------
    WarningDataError
        For a file that is no kept watch, or of another version.
    """
    raw = np.fromfile(path, np.uint8)  # arrays are views into it: nothing is copied
    with Path(path).open("rb") as file:
        head = file.readline()
    try:
        facts = json.loads(head)
    except ValueError:
        facts = {}
    if not isinstance(facts, dict) or facts.get("format") != _FORMAT:
        raise WarningDataError(
            f"{path}: this is no state of the watch that this version can read. Watch the data anew."
        )
    arrays = {
        name: np.frombuffer(raw, a["dtype"], int(np.prod(a["shape"])), len(head) + a["offset"]).reshape(a["shape"])
        for name, a in facts["arrays"].items()
    }
    return _watched(arrays, facts), bool(facts["use_lunar"])


def next_month(
    watched: Watched, figures: Mapping[str, float], month: pd.Timestamp, *, use_lunar: bool = True
) -> tuple[Watched, tuple[str, ...]]:
    """Take in one more month; `telling.tell` tells its alarms.

    Parameters
    ----------
    watched : as from `resume`; its state is moved on, so it is used up
    figures : of the new month by the name of the series; what is not named was not traded
    month : the month after the last
    use_lunar : as kept

    Returns
    -------
    (watched, unknown): the panel's last months with the new one, which alone is told; names that the panel does not
    watch: a series that appears is taken in when the whole history is read again.

    Raises
    ------
    WarningDataError
        When the month does not follow.
    """
    keys, steps = watched.panel.keys, tail(watched.panel.pace)
    values = np.array([figures.get(str(key), np.nan) for key in keys], dtype=float)
    try:
        new = further(watched.followed, values, month, use_lunar=use_lunar)
    except ValueError as error:
        raise WarningDataError(f"{error} The kept watch ends in {watched.panel.months[-1]:%Y-%m-%d}.") from error
    followed = _joined(_last(watched.followed, steps - 1), new)
    panel = replace(
        watched.panel,
        figures=np.vstack([watched.panel.figures[-(steps - 1) :], values]),
        months=followed.months,
    )
    told = np.arange(len(followed.months)) == len(followed.months) - 1
    unknown = tuple(sorted(set(map(str, figures)) - set(map(str, keys))))
    return Watched(panel, followed, watched.limits, watched.silence_limit, told), unknown


def _last(followed: Followed, months: int) -> Followed:
    """The last months of what was followed, with its state."""
    reading = Reading(**{f.name: getattr(followed.reading, f.name)[-months:] for f in fields(Reading)})
    silence, age, index = (getattr(followed, name)[-months:] for name in _ROWS)
    return replace(followed, months=followed.months[-months:], reading=reading, silence=silence, age=age, index=index)


def _joined(before: Followed, new: Followed) -> Followed:
    reading = Reading(
        **{f.name: np.concatenate([getattr(x.reading, f.name) for x in (before, new)]) for f in fields(Reading)}
    )
    silence, age, index = (np.concatenate([getattr(before, name), getattr(new, name)]) for name in _ROWS)
    months = pd.DatetimeIndex([*before.months, *new.months])
    return replace(new, months=months, reading=reading, silence=silence, age=age, index=index)


def _arrays(watched: Watched) -> dict[str, np.ndarray]:
    """Every array of the state under a flat name."""
    followed, panel = _last(watched.followed, tail(watched.panel.pace)), watched.panel
    watch = followed.watch
    made = {f"reading.{f.name}": getattr(followed.reading, f.name) for f in fields(Reading)}
    made |= {f"followed.{name}": getattr(followed, name) for name in _ROWS}
    for i, one in enumerate(watch.filters):
        made |= {f"filter{i}.{f.name}": getattr(one, f.name) for f in fields(SeasonalFilter) if f.name not in _SAID}
    made |= {f"evidence.{f.name}": getattr(watch.evidence, f.name) for f in fields(ShiftEvidence)}
    made |= {f"presence.{f.name}": getattr(followed.presence, f.name) for f in fields(Presence) if f.name not in _SAID}
    made |= {f"watch.{name}": getattr(watch, name) for name in ("chosen", "weights", "age", "index", "_total")}
    made |= {f"member{i}": m for i, m in enumerate(watch.groups.members if watch.groups else ())}
    made |= {"figures": panel.figures[-tail(panel.pace) :], "worth": panel.worth}
    return made


def _facts(watched: Watched, use_lunar: bool) -> dict[str, Any]:
    limits, watch = watched.limits, watched.followed.watch
    return {
        "use_lunar": use_lunar,
        "measure": watched.panel.measure,
        "period": watched.panel.period,
        "names": {str(c): watched.panel.names[c].astype(str).tolist() for c in watched.panel.names},
        "sums": None if watched.panel.sums is None else np.flatnonzero(watched.panel.sums).tolist(),
        "months": [f"{m:%Y-%m-%d}" for m in watched.panel.months[-tail(watched.panel.pace) :]],
        "limits": {f.name: getattr(limits, f.name) for f in fields(Thresholds)},
        "silence_limit": watched.silence_limit,
        "seasons": [one.season for one in watch.filters],
        "labels": list(watch.groups.labels) if watch.groups else None,
        "watch_months": watch.months,
    }


def _watched(arrays: dict[str, np.ndarray], facts: dict[str, Any]) -> Watched:
    def part(prefix: str) -> dict[str, np.ndarray]:
        return {n.partition(".")[2]: a for n, a in arrays.items() if n.startswith(f"{prefix}.")}

    groups = None
    if facts["labels"] is not None:
        members = tuple(arrays[f"member{i}"] for i in range(sum(n.startswith("member") for n in arrays)))
        groups = Groups(members, tuple((d, k) for d, k in facts["labels"]))
    pace = PACES[facts["period"]]
    filters = [SeasonalFilter(season=s, pace=pace, **part(f"filter{i}")) for i, s in enumerate(facts["seasons"])]
    watch = Watch(
        filters=filters, evidence=ShiftEvidence(**part("evidence")), groups=groups, months=facts["watch_months"],
        pace=pace, **part("watch"),
    )  # fmt: skip
    months = pd.DatetimeIndex(facts["months"])
    reading, presence = Reading(**part("reading")), Presence(pace=pace, **part("presence"))
    followed = Followed(months=months, reading=reading, watch=watch, presence=presence, **part("followed"))
    names = pd.DataFrame(facts["names"])
    limits: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in facts["limits"].items()}
    sums = None if facts["sums"] is None else np.isin(np.arange(len(names)), facts["sums"])
    panel = Panel(facts["measure"], names, arrays["figures"], months, arrays["worth"], sums, facts["period"])
    return Watched(panel, followed, Thresholds(**limits), facts["silence_limit"], np.arange(len(months)) < 0)


def figures_of(panel: Panel, at: int = -1) -> dict[str, float]:
    """Figures of one month of a panel by the name of the series."""
    return dict(zip(map(str, joined(panel.names)), panel.figures[at].tolist(), strict=True))
