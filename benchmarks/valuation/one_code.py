"""Does a true .85 read .85 where next to nothing varies: one code or one chapter, two districts, one origin?

python benchmarks/valuation/one_code.py [DRAWS] [LINES A DISTRICT] [SPREAD]

The bound is an observer who knows the price of every good and month: what he reads differs from .85 by what the honest
enterprises of D1 differ from the others', and by the chance of lines, and nothing in the data tells these from a bias.
"""

import itertools
import sys
import warnings

import numpy as np
from power import trade

from analytics import valuation


def read(seed: int, districts: int, codes: int, origins: int, lines: int, spread: float) -> tuple[float, bool, float]:
    """Level that D1 reads at a true .85, whether it is called, and what an observer who knows all prices reads."""
    rng = np.random.default_rng([seed, districts, codes, origins])
    frame = trade(rng, districts, lines, codes, spread)
    frame["origin"] = frame["origin"] if origins > 1 else "US"
    own = frame["district"] == "D1"
    frame["value"] = frame["fair"] * np.where(own, 0.85, 1.0)
    price = np.log(frame["fair"] / frame["quantity"])
    honest = price - price.groupby([frame["hs_code"], frame["date"].dt.month]).transform("mean")
    firm = honest.groupby([own, frame["enterprise_id"]]).mean()
    known = 0.85 * float(np.exp(firm[True].mean() - firm[False].mean()))
    levels = valuation.price_level(frame.drop(columns=["fair", "firm"]), ("district", "chapter")).levels
    row = levels.set_index("district").loc["D1"]
    return float(row["level"]), row["status"] in ("watch", "not_met"), known


def main(draws: int = 20, lines: int = 1_500, spread: float = 0.1) -> None:
    """Print a line a combination."""
    warnings.filterwarnings("ignore")
    for districts, codes, origins in itertools.product((2, 4), (1, 8), (1, 3)):
        found = [read(seed, districts, codes, origins, lines, spread) for seed in range(draws)]
        level, known = np.array([x for x, _, _ in found]), np.array([x for _, _, x in found])
        print(
            f"{districts} districts, {codes} codes, {origins} origins: within .02 in "
            f"{(np.abs(level - 0.85) <= 0.02).sum()} of {draws}, {level.min():.3f} to {level.max():.3f}, called "
            f"{sum(c for _, c, _ in found)}; who knows all prices: {(np.abs(known - 0.85) <= 0.02).sum()} of {draws}",
            flush=True,
        )


if __name__ == "__main__":
    words = sys.argv[1:]
    main(*(int(w) for w in words[:2]), *(float(w) for w in words[2:]))
