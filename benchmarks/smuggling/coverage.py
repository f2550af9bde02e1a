"""How often the 95 % interval of the finding rate covers the truth.

Run by hand:  python benchmarks/smuggling/coverage.py [DRAWS] [SEEDS] [LINES]
Synthetic draws as in the test (seeds from 0 on), and simulated customs of LINES lines (seeds from 0 on) with the true
share of lines on which an inspection would have a finding: every non-compliant line with the inspectors' skill for its
kind.
"""

import sys

import numpy as np
import pandas as pd

from analytics import smuggling, tables
from analytics.simulation.lines.noncompliance import _DETECTION
from analytics.simulation.world.offences import KINDS
from analytics.smuggling.features.frames import prepare


def synthetic(seed: int) -> tuple[smuggling.Rate, smuggling.Rate, float]:
    """One draw: with and without post-strata, and the truth."""
    rng = np.random.default_rng(seed)
    n = 20_000
    risk = rng.beta(0.4, 9, n)
    bad = rng.random(n) < risk
    targeted = risk > np.quantile(risk, 0.96)
    random = ~targeted & (rng.random(n) < 0.02)
    stream = pd.Series(np.where(random, "random", "targeted"), dtype="str")
    frame = pd.DataFrame({"label": np.where(targeted | random, bad, np.nan), "inspected": targeted | random,
                          "selection_stream": stream})  # fmt: skip
    fifths = pd.qcut(risk, 5, labels=False)
    return smuggling.finding_rate(frame, fifths), smuggling.finding_rate(frame), float(bad.mean())


def simulated(lines: int, seed: int, setting: str) -> tuple[smuggling.Rate, float]:
    """Estimate and truth of one simulated customs."""
    made = tables.simulate(lines, seed, setting)
    frame = prepare(made.declarations.drop_duplicates(["declaration_id", "line_no"], keep="last"))
    kind = made.truth["lines"].drop_duplicates(["declaration_id", "line_no"])["kind"].astype("str")
    skill = dict(zip(KINDS, _DETECTION, strict=True))
    return smuggling.finding_rate(frame), float(kind.map(skill).sum()) / len(frame)


def told(name: str, results: list[tuple[smuggling.Rate, float]]) -> None:
    inside = [r.low <= t <= r.high for r, t in results]
    width = np.mean([r.high - r.low for r, _ in results])
    bias = np.mean([r.value - t for r, t in results])
    print(f"{name}: {sum(inside)} of {len(inside)} (first 20: {sum(inside[:20])}); mean width {100 * width:.2f} "
          f"points, mean error {100 * bias:+.2f}")  # fmt: skip


if __name__ == "__main__":
    draws, seeds, lines = (int(a) for a in (sys.argv[1:] + ["1000", "20", "40000"][len(sys.argv) - 1 :]))
    drawn = [synthetic(seed) for seed in range(draws)]
    told("synthetic, fifths of risk", [(r, t) for r, _, t in drawn])
    told("synthetic, one stratum", [(r, t) for _, r, t in drawn])
    for setting in ("standard", "hostile"):
        told(f"simulated, {setting}", [simulated(lines, seed, setting) for seed in range(seeds)])
