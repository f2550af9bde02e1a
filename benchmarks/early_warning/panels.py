"""Simulated panels with known events, as customs series behave: noise, season, growth, Lunar New Year, gaps, groups."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analytics.early_warning.detector import lunar

WARM_UP = 24


@dataclass(frozen=True)
class Spec:
    """What is drawn; shares are of series, sizes logarithms unless said."""

    series: int = 10_000
    months: int = 84
    noise: tuple[float, float] = (0.05, 0.4)
    kinds: tuple[float, float, float, float] = (0.40, 0.25, 0.20, 0.15)  # normal, t4, intermittent, t3 with wander
    shifts: float = 0.02
    outliers: float = 0.01
    breaks: float = 0.01
    wide: int = 2  # shocks a dimension
    common: bool = True
    grid: bool = False  # a fifth of the series shift, at the noise levels and by the sizes of the operating table


SIZES = (-0.5, -0.3, -0.2, -0.1, 0.1, 0.2, 0.3, 0.5)
NOISES = (0.05, 0.08, 0.12, 0.2, 0.4)


@dataclass
class Panel:
    """Figures (months, series), the names of the series, and what was planted (series, month, kind, size)."""

    figures: np.ndarray
    months: pd.DatetimeIndex
    names: pd.DataFrame
    events: pd.DataFrame
    noise: np.ndarray
    kind: np.ndarray
    wide: pd.DataFrame = field(default_factory=pd.DataFrame)


def simulate(spec: Spec, seed: int) -> Panel:
    """Draw a panel."""
    rng = np.random.default_rng(seed)
    T, N = spec.months, spec.series
    months = pd.date_range("2017-01-01", periods=T, freq="MS")
    noise = np.exp(rng.uniform(*np.log(spec.noise), N))
    kind = rng.choice(4, N, p=spec.kinds)
    planted = rng.random(N) < 0.2 * spec.grid
    noise = np.where(planted, rng.choice(NOISES, N), noise)
    kind = np.where(planted, rng.choice(2, N, p=(0.6, 0.4)), kind)
    y = rng.uniform(5, 12, N) + np.zeros((T, N))
    y += _noise(rng, kind, noise, T)
    y += np.log1p(rng.uniform(-0.10, 0.20, N)) / 12 * np.arange(T)[:, None]
    walks = np.where(rng.random(N) < 0.5, rng.uniform(0.005, 0.03, N), 0)
    walks = np.where(kind == 3, np.maximum(walks, rng.uniform(0.01, 0.03, N)), walks)
    y += np.cumsum(rng.normal(0, 1, (T, N)) * walks, axis=0)
    season = rng.normal(0, 1, (12, N)) * rng.uniform(0, 0.28, N)
    y += (season - season.mean(axis=0))[months.month - 1]
    dip = np.where(rng.random(N) < 0.5, np.log1p(-rng.uniform(0.2, 0.6, N)), 0)
    y += lunar.shares(months)[:, None] * dip
    names = pd.DataFrame({"partner": rng.integers(0, 20, N), "good": rng.integers(0, 50, N)})
    wide = _common(rng, y, names, spec)
    events = _plant(rng, y, spec, planted)
    present = np.where(kind == 2, rng.uniform(0.25, 0.85, N), 1 - rng.uniform(0.005, 0.08, N))
    figures = np.where(rng.random((T, N)) < present, np.exp(y), np.nan)
    return Panel(figures, months, names, events, noise, kind, wide)


def _noise(rng: np.random.Generator, kind: np.ndarray, noise: np.ndarray, months: int) -> np.ndarray:
    normal = rng.normal(0, 1, (months, len(kind)))
    t4 = rng.standard_t(4, normal.shape) / np.sqrt(2)
    t3 = rng.standard_t(3, normal.shape) / np.sqrt(3)
    return np.where(kind == 1, t4, np.where(kind == 3, t3, normal)) * noise


def _common(rng: np.random.Generator, y: np.ndarray, names: pd.DataFrame, spec: Spec) -> pd.DataFrame:
    if not spec.common:
        return pd.DataFrame(columns=["dimension", "key", "month", "size"])
    T = len(y)
    for dimension, sd in (("partner", 0.02), ("good", 0.03)):
        groups = names[dimension].max() + 1
        shock, path = rng.normal(0, sd, (T, groups)), np.zeros((T, groups))
        for t in range(1, T):
            path[t] = 0.5 * path[t - 1] + shock[t]
        y += path[:, names[dimension]]
    rows = []
    for dimension in ("partner", "good"):
        for _ in range(spec.wide):
            key = int(rng.integers(0, names[dimension].max() + 1))
            at, size = int(rng.integers(WARM_UP + 12, T - 6)), rng.uniform(0.25, 0.35) * rng.choice([-1, 1])
            y[at:, names[dimension] == key] += np.log1p(size)
            rows.append((dimension, key, at, size))
    return pd.DataFrame(rows, columns=["dimension", "key", "month", "size"])


def _plant(rng: np.random.Generator, y: np.ndarray, spec: Spec, planted: np.ndarray) -> pd.DataFrame:
    T, N = y.shape
    what = rng.choice(
        ["none", "shift", "outlier", "break"], N,
        p=[1 - spec.shifts - spec.outliers - spec.breaks, spec.shifts, spec.outliers, spec.breaks],
    )  # fmt: skip
    what = np.where(planted, "shift", what)
    rows = []
    for i in np.flatnonzero(what != "none"):
        at, sign = int(rng.integers(WARM_UP + 1, T - 6)), rng.choice([-1, 1])
        if what[i] == "shift":
            size = float(rng.choice(SIZES)) if planted[i] else sign * rng.uniform(0.1, 0.5)
            y[at:, i] += np.log1p(size)
        elif what[i] == "outlier":
            size = rng.uniform(1.5, 4) ** sign - 1
            y[at, i] += np.log1p(size)
        else:
            size = sign * rng.uniform(0.015, 0.05)
            y[at:, i] += size * np.arange(T - at)
        rows.append((i, at, what[i], size))
    return pd.DataFrame(rows, columns=["series", "month", "kind", "size"])
