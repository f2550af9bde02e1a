"""Does a true .85 read .85 where next to nothing varies: one code or one chapter, two districts, one origin?

python benchmarks/valuation/one_code.py [DRAWS] [LINES A DISTRICT] [SPREAD]
"""

import itertools
import sys
import warnings

import numpy as np
from power import trade

from analytics import valuation


def read(seed: int, districts: int, codes: int, origins: int, lines: int, spread: float) -> tuple[float, bool]:
    """Level that D1 reads at a true .85, and whether it is called."""
    rng = np.random.default_rng([seed, districts, codes, origins])
    frame = trade(rng, districts, lines, codes, spread)
    frame["origin"] = frame["origin"] if origins > 1 else "US"
    own = frame["district"] == "D1"
    frame["value"] = frame["fair"] * np.where(own, 0.85, 1.0)
    levels = valuation.price_level(frame.drop(columns=["fair", "firm"]), ("district", "chapter")).levels
    row = levels.set_index("district").loc["D1"]
    return float(row["level"]), row["status"] in ("watch", "not_met")


def main(draws: int = 20, lines: int = 1_500, spread: float = 0.1) -> None:
    """Print a line a combination."""
    warnings.filterwarnings("ignore")
    for districts, codes, origins in itertools.product((2, 4), (1, 8), (1, 3)):
        found = [read(seed, districts, codes, origins, lines, spread) for seed in range(draws)]
        level = np.array([x for x, _ in found])
        print(
            f"{districts} districts, {codes} codes, {origins} origins: within .02 in "
            f"{(np.abs(level - 0.85) <= 0.02).sum()} of {draws}, {level.min():.3f} to {level.max():.3f}, called "
            f"{sum(c for _, c in found)}",
            flush=True,
        )


if __name__ == "__main__":
    words = sys.argv[1:]
    main(*(int(w) for w in words[:2]), *(float(w) for w in words[2:]))
