"""What can be had of hidden shares: recall at precision .8 of an oracle that knows all but the departures themselves.

python benchmarks/mirror/oracle.py [first seed] [seeds]
"""

from __future__ import annotations

import sys

import numpy as np
from scipy import stats
from worlds import World

PRECISION = 0.8


def recall(world: World, seed: int) -> float:
    """Recall at the precision wanted, cells ranked by their exact chance of under-reporting."""
    rng = np.random.default_rng(seed)
    n = world.importers * world.exporters * world.goods // 2
    care = np.exp(rng.uniform(*np.log(world.care), world.exporters))[rng.integers(0, world.exporters, n)]
    lasting = care * rng.standard_t(4, n) / np.sqrt(2)
    small = np.hypot(0.05, world.monthly / np.sqrt(world.months))
    evades = rng.random(n) < world.evading
    hidden = np.log1p(-rng.uniform(world.least, world.most, n))
    gap = lasting + small * rng.normal(size=n) + np.where(evades, hidden, 0)
    shares = np.log1p(-np.linspace(world.least, world.most, 41))
    none = _density(gap, care, small)
    some = np.mean([_density(gap - share, care, small) for share in shares], axis=0)
    order = np.argsort(none / some, kind="stable")
    hits = np.cumsum(evades[order])
    enough = np.flatnonzero(hits / np.arange(1, n + 1) >= PRECISION)
    return float(hits[enough[-1]] / evades.sum()) if len(enough) else 0.0


def _density(x: np.ndarray, care: np.ndarray, small: float) -> np.ndarray:
    """Density of an honest departure: Student's t of the exporter's scale plus normal noise, by Gauss and Hermite."""
    points, weights = np.polynomial.hermite_e.hermegauss(15)
    scale = care / np.sqrt(2)
    parts = [w * stats.t.pdf((x - small * p) / scale, 4) / scale for p, w in zip(points, weights, strict=True)]
    density: np.ndarray = np.sum(parts, axis=0) / weights.sum()
    return density


def main() -> None:
    """Print medians by world."""
    first, count = (int(a) for a in (sys.argv[1:] + ["241", "20"])[:2])
    worlds = {
        "50-80 %": World(),
        "30-60 %": World(least=0.3, most=0.6),
        "as European fish": World(care=(0.3, 1.0)),
        "30-60 %, careful exporters": World(least=0.3, most=0.6, care=(0.08, 0.15)),
    }
    for name, world in worlds.items():
        print(name, np.round(np.median([recall(world, seed) for seed in range(first, first + count)]), 3))


if __name__ == "__main__":
    main()
