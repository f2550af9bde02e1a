"""How well could anybody find biased cells in the hostile setting? Chance removed, what no line can show left in.

    python benchmarks/valuation/attainable.py [FIRST_SEED] [SEEDS]

The observer knows every line's price without its chance error, its contract, enterprise, month and lot. What is left
beside the bias is the district's mix of grades and its product x district interactions, which the declarations do not
show. A cell is called out where this level lies beyond a threshold chosen with hindsight. Prints the best F1.
"""

import sys

import numpy as np
import pandas as pd

from analytics import tables
from analytics.valuation.mixed import against_others


def levels(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """True log levels of the cells against the others, and the same with what no line can show."""
    made = tables.simulate(400_000, seed, setting="hostile", districts=20, chapters=10)
    world, lines = made.world, made.declarations
    products, districts = (
        pd.Series(np.arange(len(x)), index=x) for x in (world.goods.code, np.asarray(world.places.districts))
    )
    product = products[lines["hs_code"].astype(str)].to_numpy()
    district = districts[lines["district"].astype(str)].to_numpy()
    grade = world.parameters.quality_step * world.bias.quality[district, world.goods.chapter[product]]
    hidden = lines.assign(chapter=lines["hs_code"].str[:2], hidden=grade + world.bias.interaction[product, district])
    hidden = hidden.groupby(["district", "chapter"])["hidden"].mean().reset_index()
    cells = made.truth["price_bias"].merge(hidden, on=["district", "chapter"])
    true, seen = [], []
    for _, part in cells.groupby("chapter"):
        contrast = against_others(part["value"].to_numpy())
        true.append(contrast @ part["log_bias"].to_numpy())
        seen.append(contrast @ (part["log_bias"] + part["hidden"]).to_numpy())
    return np.concatenate(true), np.concatenate(seen)


def main(first: int = 801, seeds: int = 10) -> None:
    """Print the best threshold and what it finds."""
    true, seen = (np.concatenate(x) for x in zip(*[levels(s) for s in range(first, first + seeds)], strict=True))
    out = (true < np.log(0.95)) | (true > np.log(1.05))
    best = (0.0, 0.0, 0.0, 0.0)
    for threshold in np.arange(0.03, 0.1, 0.0025):
        called = np.abs(seen) > threshold
        hit = (called & out).sum()
        best = max(best, (2 * hit / (called.sum() + out.sum()), threshold, hit / called.sum(), hit / out.sum()))
    print(f"{len(true)} cells, {out.sum()} out; not bias and not visible: {(seen - true).std():.4f} (log)")
    print("best F1 {:.3f} at threshold {:.4f}: precision {:.3f}, recall {:.3f}".format(*best))


if __name__ == "__main__":
    main(*(int(w) for w in sys.argv[1:]))
