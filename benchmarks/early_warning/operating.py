"""The operating table of the detector on simulated panels: thresholds on some seeds, figures on others.

    python benchmarks/early_warning/operating.py [first fresh seed] [panels]

Prints the figures that docs/early_warning.md carries. About two minutes.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd
from panels import NOISES, SIZES, Panel, Spec, simulate
from scoring import false_alarms, found, near_event, rate_in_five_years, signs

from analytics.early_warning.alarms.kinds import lasting
from analytics.early_warning.alarms.thresholds import Thresholds, calibrate, episodes, strength
from analytics.early_warning.detector.follow import Followed, follow, further
from analytics.early_warning.detector.groups import Groups
from analytics.early_warning.detector.watch import Reading

CALIBRATED_ON = (1, 2)
LINES = {"one in 5 years": 1 / 60, "one in 50 years": 1 / 600}


def watched(panel: Panel, *, groups: bool = True) -> Followed:
    """Follow a panel with its groups taken out, or not."""
    taken = Groups.of(panel.names, ["partner", "good"], 10) if groups else None
    return follow(panel.figures, panel.months, taken)


def side_by_side(followed: list[Followed]) -> Reading:
    """Readings of several panels as one."""
    names = followed[0].reading.__dict__
    return Reading(**{k: np.hstack([getattr(f.reading, k) for f in followed]) for k in names})


def thresholds() -> dict[str, Thresholds]:
    """Thresholds from panels of their own."""
    panels = [simulate(Spec(), seed) for seed in CALIBRATED_ON]
    followed = [watched(p) for p in panels]
    past = np.hstack([(f.age > 24) & ~near_event(p) for p, f in zip(panels, followed, strict=True)])
    return {name: calibrate(side_by_side(followed), past, rate) for name, rate in LINES.items()}


def quiet(limits: dict[str, Thresholds], seeds: range) -> pd.DataFrame:
    """False alarms a series in five years by kind of series, and how they fall over the year."""
    rows = []
    for seed in seeds:
        panel = simulate(Spec(), seed)
        followed = watched(panel)
        for name, line in limits.items():
            alarm = line.jumped(followed.reading) | line.shifted(followed.reading)
            wrong = false_alarms(panel, alarm)
            by_kind = {
                k: rate_in_five_years(panel, alarm, panel.kind == i)
                for i, k in enumerate(("normal", "t4", "intermittent", "t3 + wander"))
            }
            spring = wrong[panel.months.month <= 3].sum() / wrong.sum()
            rows.append({"line": name, "all": rate_in_five_years(panel, alarm), **by_kind, "Jan-Mar": spring})
    return pd.DataFrame(rows).groupby("line").median()


def detection(limits: dict[str, Thresholds], seeds: range) -> pd.DataFrame:
    """Share of shifts found with the right sign within so many months, by noise and size (mean of both signs)."""
    parts = []
    for seed in seeds:
        panel = simulate(Spec(grid=True), seed)
        reading = watched(panel).reading
        for name, line in limits.items():
            told = signs(line.jumped(reading), line.shifted(reading), reading.deviation, reading.size)
            events = found(panel, told, (1, 2, 3, 4, 6))
            events = events[events.noise.isin(NOISES) & events["size"].isin(SIZES)]
            parts.append(events.assign(line=name, change=events["size"].abs()))
    return pd.concat(parts).groupby(["line", "noise", "change"])[[1, 2, 3, 4, 6]].mean()


def kinds(limits: dict[str, Thresholds], seeds: range) -> pd.DataFrame:
    """Of jumps told at their first month: share whose kind is right a month later."""
    rows = []
    for seed in seeds:
        panel = simulate(Spec(shifts=0.06, outliers=0.06, breaks=0, wide=0), seed)
        reading = watched(panel).reading
        became = lasting(reading)
        for name, line in limits.items():
            jumped = line.jumped(reading)
            for event in panel.events.itertuples():
                said = became[event.month, event.series]
                if jumped[event.month, event.series] and np.isfinite(said):
                    rows.append({"line": name, "kind": event.kind, "right": said == (event.kind == "shift")})
    return pd.DataFrame(rows).groupby(["line", "kind"])["right"].agg(["mean", "size"])


def lists(limit: Thresholds, seeds: range) -> pd.DataFrame:
    """The k strongest a month, not listed in six months before: how many are true, how many easy shifts are listed."""
    rows = []
    for seed in seeds:
        panel = simulate(Spec(), seed)
        reading = watched(panel).reading
        alarm = limit.jumped(reading) | limit.shifted(reading)
        ranked = np.where(alarm, strength(reading), 0)
        true = np.zeros(ranked.shape, bool)
        for event in panel.events.itertuples():
            true[event.month : event.month + 12 if event.kind != "break" else None, event.series] = True
        for length in (1, 2, 5, 10):
            listed = _listed(ranked, length)
            easy = panel.events[
                (panel.events.kind == "shift")
                & (panel.events["size"].abs() >= 0.3)
                & (panel.noise[panel.events.series] < 0.1)
                & (panel.kind[panel.events.series] != 2)
            ]
            hit = [listed[e.month : e.month + 3, e.series].any() for e in easy.itertuples()]
            rows.append({"k": length, "true": true[listed].mean(), "easy listed": np.mean(hit), "easy": len(hit)})
    return pd.DataFrame(rows).groupby("k").mean()


def _listed(ranked: np.ndarray, length: int) -> np.ndarray:
    listed = np.zeros(ranked.shape, bool)
    for t in range(24, len(ranked)):
        now = np.where(listed[max(t - 6, 0) : t].any(axis=0), 0, ranked[t])
        best = np.argsort(-now, kind="stable")[:length]
        listed[t, best[now[best] > 0]] = True
    return listed


def hierarchy(limits: dict[str, Thresholds], seeds: range) -> pd.DataFrame:
    """Alarms brought about by group-wide shocks below the group, with and without indices; shocks told at the group."""
    rows = []
    for seed in seeds:
        panel = simulate(Spec(wide=4), seed)
        with_groups, without = watched(panel), watched(panel, groups=False)
        index = follow(np.exp(with_groups.index), panel.months).reading
        labels = Groups.of(panel.names, ["partner", "good"], 10).labels
        for name, line in limits.items():
            below = [_caused(panel, f, line) for f in (without, with_groups)]
            strict = limits["one in 50 years"]
            at_group = (strict.jumped(index) | strict.shifted(index)).T
            told = [
                at_group[labels.index((s.dimension, str(s.key))), s.month : s.month + 2].any()
                for s in panel.wide.itertuples()
            ]
            rows.append({"line": name, "without": below[0], "with": below[1], "told": np.mean(told)})
    table = pd.DataFrame(rows).groupby("line").agg({"without": "sum", "with": "sum", "told": "mean"})
    return table.assign(fewer=1 - table["with"] / table["without"])


def _caused(panel: Panel, followed: Followed, line: Thresholds) -> float:
    opened = episodes(line.jumped(followed.reading) | line.shifted(followed.reading))
    usual, caused = opened[24:].mean(), 0.0
    for shock in panel.wide.itertuples():
        members = (panel.names[shock.dimension] == shock.key).to_numpy()
        caused += opened[shock.month : shock.month + 3, members].sum() - 3 * members.sum() * usual
    return caused


def cost() -> dict[str, float]:
    """CPU seconds of 10,000 series x 60 months, and of one more month."""
    panel = simulate(Spec(months=61), 99)
    groups = Groups.of(panel.names, ["partner", "good"], 10)
    start = time.process_time()
    followed = follow(panel.figures[:-1], panel.months[:-1], groups)
    middle = time.process_time()
    further(followed, panel.figures[-1], panel.months[-1])
    return {"60 months": middle - start, "one month": time.process_time() - middle}


def main() -> None:
    """Print every table."""
    first, panels = (int(a) for a in (sys.argv[1:] + ["101", "5"])[:2])
    fresh = range(first, first + panels)
    limits = thresholds()
    pd.set_option("display.width", 200)
    for name, line in limits.items():
        print(name, line)
    for table in (
        quiet(limits, fresh),
        detection(limits, fresh),
        kinds(limits, fresh),
        lists(limits["one in 5 years"], fresh),
        hierarchy(limits, fresh),
    ):
        print(table.round(3).to_string(), end="\n\n")
    print(cost())


if __name__ == "__main__":
    main()
