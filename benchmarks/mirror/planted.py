"""Planted evasion: recall and precision of the cells told short, and cover of the tax elasticity.

python benchmarks/mirror/planted.py [first seed] [seeds]
"""

from __future__ import annotations

import sys

import pandas as pd
from worlds import World, draw

from analytics import mirror


def short(world: World, seed: int) -> dict[str, float]:
    """Recall and precision on one world."""
    drawn = draw(world, seed)
    found = mirror.gaps(mirror.matched(drawn.imports, drawn.exports))
    cells = found.cells
    keys = list(zip(cells["importer"], cells["exporter"], cells["good"], strict=True))
    told = {k for k, s in zip(keys, cells["status"], strict=True) if s == "short"}
    hit = len(told & drawn.evading)
    return {
        "recall": hit / max(len(drawn.evading), 1),
        "precision": hit / len(told) if told else float("nan"),
        "said precision": found.precision,
        "told": len(told),
        "lag 1": float(found.lag[1]),
        "usual": found.reporters.usual,
    }


def slope(world: World, seed: int) -> dict[str, float]:
    """Whether the interval of the elasticity covers the truth."""
    drawn = draw(world, seed)
    cells = mirror.gaps(mirror.matched(drawn.imports, drawn.exports)).cells
    cells = cells[cells["status"] != "transit"]
    found = mirror.elasticity(cells, cells["good"].map(drawn.rates), cluster=cells["good"].str[:2])
    return {"slope": found.slope, "covers": found.low95 <= (world.slope or 0) <= found.high95,
            "width": found.high95 - found.low95}  # fmt: skip


def main() -> None:
    """Print medians."""
    first, count = (int(a) for a in (sys.argv[1:] + ["201", "20"])[:2])
    seeds = range(first, first + count)
    for name, world in {
        "careful reporters (.08-.30)": World(),
        "half under-reported only (30-60 %)": World(least=0.3, most=0.6),
        "as European fish (.3-1.0)": World(care=(0.3, 1.0)),
    }.items():
        print(name, pd.DataFrame([short(world, s) for s in seeds]).median().round(3).to_dict())
    for truth in (3.0, 0.0):
        table = pd.DataFrame([slope(World(slope=truth), s) for s in seeds])
        print("slope", truth, table["slope"].median().round(2), "covers", int(table["covers"].sum()), "of", count,
              "width", table["width"].median().round(2))  # fmt: skip


if __name__ == "__main__":
    main()
