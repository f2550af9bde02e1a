"""How well could anybody find biased cells in the hostile setting? Chance removed, what no line can show left in.

    python benchmarks/valuation/attainable.py [FIRST_SEED] [SEEDS]

The observer knows every line's price without its chance error, its contract, enterprise, month and lot. What is left
beside the bias is the district's mix of grades and its product x district interactions, which the declarations do not
show. A cell is called out where this level lies beyond a threshold chosen with hindsight. Prints the best F1, over the
cells that the suite takes as precise and over all, also for an observer who knows the mix of grades.
"""

import sys

import numpy as np
import pandas as pd
from simulated_customs import judged, offences, outside, realised

from analytics import tables, valuation
from analytics.valuation.regression.mixed import against_others


def levels(seed: int) -> pd.DataFrame:
    """Cells with `precise`, true log level against the others (`true`) and what hides it (`grade`, `hidden`)."""
    made = tables.simulate(400_000, seed, setting="hostile", districts=20, chapters=10)
    world = made.world
    lines = made.declarations.sort_values("version").drop_duplicates(["declaration_id", "line_no"], keep="last")
    slips = made.truth["clerical"][["declaration_id", "line_no"]].assign(slip=True)
    lines = lines.assign(offence=offences(made, lines))
    clean = lines.merge(slips, on=["declaration_id", "line_no"], how="left")
    truth = realised(clean[clean["slip"].isna()], made.truth["price_bias"], made.truth["enterprises"])
    cells = judged(valuation.price_level(lines, by=("district", "chapter")), truth)
    products, districts = (
        pd.Series(np.arange(len(x)), index=x) for x in (world.goods.code, np.asarray(world.places.districts))
    )
    product = products[lines["hs_code"].astype(str)].to_numpy()
    district = districts[lines["district"].astype(str)].to_numpy()
    grade = world.parameters.quality_step * world.bias.quality[district, world.goods.chapter[product]]
    hidden = lines.assign(
        chapter=lines["hs_code"].str[:2], grade=grade, hidden=grade + world.bias.interaction[product, district]
    )
    cells = cells.merge(hidden.groupby(["district", "chapter"])[["grade", "hidden"]].mean().reset_index())
    for _, part in cells.groupby("chapter"):
        contrast = against_others(part["tax_weight"].to_numpy())
        for name in ("grade", "hidden"):
            cells.loc[part.index, name] = contrast @ part[name].to_numpy()
    return cells


def best(out: pd.Series, seen: pd.Series) -> tuple[float, float, float, float]:
    """Best F1 of calls beyond a threshold, with the threshold, precision and recall."""
    found = (0.0, 0.0, 0.0, 0.0)
    for threshold in np.arange(0.03, 0.1, 0.0025):
        called = seen.abs() > threshold
        hit = int((called & out).sum())
        found = max(found, (2 * hit / (called.sum() + out.sum()), threshold, hit / called.sum(), hit / out.sum()))
    return found


def main(first: int = 921, seeds: int = 10) -> None:
    """Print the best threshold and what it finds."""
    cells = pd.concat([levels(seed) for seed in range(first, first + seeds)], ignore_index=True)
    cells = cells[np.isfinite(cells["true"])]
    for name, part in (("precise", cells[cells["precise"]]), ("all", cells)):
        out, seen = outside(part["true"]), part["true"] + part["hidden"]
        print(f"{name}: {len(part)} cells, {out.sum()} out; not bias and not visible: {part['hidden'].std():.4f} (log)")
        for who, level in (("grades hidden", seen), ("grades known", seen - part["grade"])):
            print(
                "  {}: best F1 {:.3f} at threshold {:.4f}: precision {:.3f}, recall {:.3f}".format(
                    who, *best(out, level)
                )
            )


if __name__ == "__main__":
    main(*(int(w) for w in sys.argv[1:]))
