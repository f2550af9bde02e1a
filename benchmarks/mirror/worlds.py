"""Simulated mirrors with known evasion: care of reporters, CIF over FOB, goods under way, hubs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class World:
    """What is drawn.

    Attributes
    ----------
    importers, exporters, goods, months : counts
    care : range of the standard deviation of a cell's lasting departure, by exporter
    monthly : standard deviation of a month's departure
    evading : share of cells that under-report, by (least, most) shares of the value
    hubs : exporters of which one importer takes goods for the others
    slope : log points of the gap a unit of tax; None plants cells instead
    """

    importers: int = 8
    exporters: int = 20
    goods: int = 60
    months: int = 24
    care: tuple[float, float] = (0.08, 0.30)
    monthly: float = 0.35
    evading: float = 0.04
    least: float = 0.5
    most: float = 0.8
    hubs: int = 2
    slope: float | None = None


@dataclass(frozen=True)
class Drawn:
    """Both sides, and the truth: evading cells, hub routes, tax rates by good."""

    imports: pd.DataFrame
    exports: pd.DataFrame
    evading: set[tuple[str, str, str]]
    hubs: set[tuple[str, str]]
    rates: dict[str, float]


def draw(world: World, seed: int) -> Drawn:
    """Draw both sides of a mirror."""
    rng = np.random.default_rng(seed)
    I, J, G, T = world.importers, world.exporters, world.goods, world.months  # noqa: E741
    trades = rng.random((I, J, G)) < 0.5
    i, j, g = np.nonzero(trades)
    n = len(i)
    level = rng.normal(11, 1.5, n)
    sent = np.exp(level[:, None] + rng.normal(0, 0.4, (n, T + 1)))
    arrived = 0.65 * sent[:, 1:] + 0.35 * sent[:, :-1]
    cif = rng.uniform(0.03, 0.12, J)[j] + rng.normal(0, 0.05, I)[i] + rng.normal(0, 0.08, G)[g]
    care = np.exp(rng.uniform(*np.log(world.care), J))[j]
    heavy = rng.standard_t(4, n) / np.sqrt(2)
    gap = cif + care * heavy + 0.05 * rng.normal(size=n)
    rates = rng.choice([0.0, 0.02, 0.05, 0.08, 0.10, 0.15, 0.25], G)
    evades = np.zeros(n, bool)
    if world.slope is None:
        evades = rng.random(n) < world.evading
        gap = gap + np.where(evades, np.log1p(-rng.uniform(world.least, world.most, n)), 0)
    else:
        heading = np.repeat(rng.normal(0, 0.15, -(-G // 3)), 3)[:G]
        gap = gap - world.slope * rates[g] + heading[g]
    value = arrived * np.exp(gap[:, None] + world.monthly * rng.normal(size=(n, T)))
    price = np.exp(rng.normal(1, 0.5, G))[g]
    hubs = set()
    for exporter in rng.choice(J, world.hubs, replace=False):
        hub = int(rng.integers(0, I))
        for good in range(G):
            served = np.flatnonzero((j == exporter) & (g == good) & (i != hub))
            here = np.flatnonzero((j == exporter) & (g == good) & (i == hub))
            if len(served) and len(here):
                taken = 0.7 * value[served]
                value[here[0]] += taken.sum(axis=0)
                value[served] -= taken
                hubs.add((f"X{exporter:02d}", f"{10 + good // 3:02d}{good % 3:02d}"))
                evades[served] = False
    names = {
        "importer": np.char.add("M", i.astype(str)),
        "exporter": np.array([f"X{k:02d}" for k in j]),
        "good": np.array([f"{10 + k // 3:02d}{k % 3:02d}" for k in g]),
    }
    months = pd.date_range("2022-01-01", periods=T, freq="MS")

    def long(values: np.ndarray) -> pd.DataFrame:
        frame = pd.DataFrame({k: np.repeat(v, T) for k, v in names.items()})
        return frame.assign(month=np.tile(months, n), value=values.ravel(), weight=(values / price[:, None]).ravel())

    cells = set(zip(*(names[k][evades] for k in ("importer", "exporter", "good")), strict=True))
    by_good = {f"{10 + k // 3:02d}{k % 3:02d}": float(rates[k]) for k in range(G)}
    return Drawn(long(value), long(sent[:, 1:]), cells, hubs, by_good)
