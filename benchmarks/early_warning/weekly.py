"""The watch of weeks: false alarms and shifts found on simulated weekly panels; thresholds on some seeds.

    python benchmarks/early_warning/weekly.py [first fresh seed] [panels]

The season is a smooth curve of the year, not the detector's own twelve effects; holidays fall on their days.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

from analytics.early_warning.alarms.kinds import lasting
from analytics.early_warning.alarms.thresholds import Thresholds, calibrate, episodes, strength
from analytics.early_warning.detector import lunar
from analytics.early_warning.detector.follow import Followed, follow
from analytics.early_warning.detector.groups import Groups
from analytics.early_warning.detector.pace import WEEK
from analytics.early_warning.detector.watch import Reading

SERIES, WEEKS, CALIBRATED_ON = 4_000, 5 * 52 + 26, (1, 2)
NOISES, SIZES = (0.10, 0.16, 0.24, 0.40), (-0.5, -0.3, -0.2, 0.2, 0.3, 0.5)
WITHIN = (2, 4, 6, 9, 13)
LINES = {"one in 5 years": 1 / 260, "one in 20 years": 1 / 1040, "one in 50 years": 1 / 2600}


def simulate(seed: int, *, shifted: float = 0.2) -> tuple[np.ndarray, pd.DatetimeIndex, pd.DataFrame, pd.DataFrame]:
    """Draw a panel: figures (weeks, series), weeks, names, and the shifts planted (series, week, size, noise)."""
    rng = np.random.default_rng(seed)
    weeks = pd.date_range("2019-01-07", periods=WEEKS, freq="W-MON")
    n = SERIES
    planted = rng.random(n) < shifted
    noise = np.where(planted, rng.choice(NOISES, n), np.exp(rng.uniform(np.log(0.08), np.log(0.6), n)))
    heavy = rng.random(n) < 0.3
    shocks = np.where(heavy, rng.standard_t(4, (WEEKS, n)) / np.sqrt(2), rng.normal(0, 1, (WEEKS, n)))
    y = rng.uniform(5, 12, n) + shocks * noise
    y += np.log1p(rng.uniform(-0.10, 0.20, n)) / 52 * np.arange(WEEKS)[:, None]
    walks = np.where(rng.random(n) < 0.5, rng.uniform(0.0025, 0.015, n), 0)
    y += np.cumsum(rng.normal(0, 1, (WEEKS, n)) * walks, axis=0)
    day = ((weeks + pd.Timedelta(days=3)).day_of_year / 365.25).to_numpy()[:, None] * 2 * np.pi
    for k in (1, 2, 3):
        strength = rng.uniform(0, 0.2, n) / k
        y += strength * np.cos(k * day - rng.uniform(0, 2 * np.pi, n))
    dip = np.where(rng.random(n) < 0.6, np.log1p(-rng.uniform(0.2, 0.7, n)), 0)
    y += np.array([lunar.share_of_week(w) for w in weeks])[:, None] * dip * rng.uniform(0.7, 1.3, (WEEKS, n))
    names = pd.DataFrame({"partner": rng.integers(0, 20, n), "good": rng.integers(0, 50, n)})
    for dimension, sd in (("partner", 0.02), ("good", 0.03)):
        path = np.zeros((WEEKS, names[dimension].max() + 1))
        for t in range(1, WEEKS):
            path[t] = 0.8 * path[t - 1] + rng.normal(0, sd, path.shape[1])
        y += path[:, names[dimension]]
    at = rng.integers(WEEK.warm_up + 4, WEEKS - 20, n)
    size = rng.choice(SIZES, n)
    y += np.where(planted & (np.arange(WEEKS)[:, None] >= at), np.log1p(size), 0)
    present = 1 - rng.uniform(0.0, 0.1, n)
    figures = np.where(rng.random((WEEKS, n)) < present, np.exp(y), np.nan)
    events = pd.DataFrame({"series": np.arange(n), "week": at, "size": size, "noise": noise})[planted]
    return figures, weeks, names, events.reset_index(drop=True)


def watched(figures: np.ndarray, weeks: pd.DatetimeIndex, names: pd.DataFrame) -> Followed:
    """Follow a panel with its groups taken out."""
    return follow(figures, weeks, Groups.of(names, ["partner", "good"], 10), pace=WEEK)


def quiet_weeks(figures: np.ndarray, events: pd.DataFrame) -> np.ndarray:
    """Weeks after the first two years and a year away from a planted shift."""
    quiet = np.ones(figures.shape, bool)
    quiet[: WEEK.warm_up + 1] = False
    for event in events.itertuples():
        quiet[event.week - 1 : event.week + 52, event.series] = False
    return quiet


def thresholds() -> dict[str, Thresholds]:
    """Thresholds from panels of their own."""
    readings, quiet = [], []
    for seed in CALIBRATED_ON:
        figures, weeks, names, events = simulate(seed)
        readings.append(watched(figures, weeks, names).reading)
        quiet.append(quiet_weeks(figures, events))
    side = Reading(**{k: np.hstack([getattr(r, k) for r in readings]) for k in readings[0].__dict__})
    return {name: calibrate(side, np.hstack(quiet), rate, "week") for name, rate in LINES.items()}


def judge(limits: dict[str, Thresholds], seed: int) -> tuple[pd.DataFrame, pd.DataFrame, float]:
    """False alarms a series and five years by line; shifts found by line; share of jumps at a shift that last."""
    figures, weeks, names, events = simulate(seed)
    reading = watched(figures, weeks, names).reading
    quiet, false, found = quiet_weeks(figures, events), [], []
    for name, line in limits.items():
        jumped, shifted = line.jumped(reading), line.shifted(reading)
        opened = episodes(jumped | shifted) & quiet
        false.append({"line": name, "false": 260 * opened.sum() / quiet.sum()})
        signed = np.where(shifted, np.sign(reading.size), np.where(jumped, np.sign(reading.deviation), 0))
        for e in events.itertuples():
            hit = signed[e.week : e.week + max(WITHIN), e.series] == np.sign(e.size)
            row = {w: bool(hit[:w].any()) for w in WITHIN}
            found.append({"line": name, "noise": e.noise, "change": abs(e.size), **row})
    became, first = lasting(reading), limits["one in 5 years"].jumped(reading)
    said = [became[e.week, e.series] for e in events.itertuples() if first[e.week, e.series]]
    return pd.DataFrame(false), pd.DataFrame(found), float(np.nanmean(said))


def seen(limits: dict[str, Thresholds], seed: int) -> pd.DataFrame:
    """Of shifts of 1 to 6 standard deviations of the noise: how many are told within thirteen weeks."""
    rng = np.random.default_rng(seed)
    figures, weeks, names, events = simulate(seed)
    events["widths"] = rng.uniform(1, 6, len(events)) * rng.choice([-1, 1], len(events))
    for e in events.itertuples():
        figures[e.week :, e.series] *= np.exp(e.widths * e.noise) / (1 + e.size)
    reading = watched(figures, weeks, names).reading
    rows = []
    for name, line in limits.items():
        told = line.jumped(reading) | line.shifted(reading)
        hit = [told[e.week : e.week + 13, e.series].any() for e in events.itertuples()]
        rows.append(pd.DataFrame({"line": name, "widths": events["widths"].abs().round(0), "told": hit}))
    return pd.concat(rows)


def lists(limit: Thresholds, seed: int) -> pd.DataFrame:
    """The k strongest a week, not listed in six months before: how many are true."""
    figures, weeks, names, events = simulate(seed, shifted=0.05)
    reading = watched(figures, weeks, names).reading
    ranked = np.where(limit.jumped(reading) | limit.shifted(reading), strength(reading), 0)
    true = np.zeros(ranked.shape, bool)
    for e in events.itertuples():
        true[e.week : e.week + 26, e.series] = True
    rows = []
    for length in (1, 2, 5):
        listed = np.zeros(ranked.shape, bool)
        for t in range(WEEK.warm_up, len(ranked)):
            now = np.where(listed[max(t - 26, 0) : t].any(axis=0), 0, ranked[t])
            best = np.argsort(-now, kind="stable")[:length]
            listed[t, best[now[best] > 0]] = True
        span = slice(WEEK.warm_up + 4, WEEKS - 20)
        rows.append({"k": length, "listed": int(listed[span].sum()), "true": true[span][listed[span]].mean()})
    return pd.DataFrame(rows)


def main() -> None:
    """Print every table."""
    first, panels = (int(a) for a in (sys.argv[1:] + ["101", "2"])[:2])
    start = time.process_time()
    limits = thresholds()
    for name, line in limits.items():
        print(name, np.round(line.edges, 2), np.round(line.jump, 2), np.round(line.shift, 2))
    parts = [judge(limits, seed) for seed in range(first, first + panels)]
    print(pd.concat([p[0] for p in parts]).groupby("line")["false"].agg(["median", "min", "max"]).round(3).to_string())
    found = pd.concat([p[1] for p in parts])
    print(found.groupby(["line", "noise", "change"])[list(WITHIN)].mean().round(2).to_string())
    print(len(found) // len(limits), "shifts; kind right of jumps told at once", np.round([p[2] for p in parts], 2))
    widths = pd.concat([seen(limits, seed) for seed in range(first, first + panels)])
    print(widths.pivot_table(index="line", columns="widths", values="told").round(2).to_string())
    print(lists(limits["one in 5 years"], first).round(2).to_string())
    print("CPU seconds", round(time.process_time() - start, 1))


if __name__ == "__main__":
    main()
