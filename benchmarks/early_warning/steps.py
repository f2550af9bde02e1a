"""Planted diversions and reclassifications of 2 % of a code's trade: precision and recall of the leads.

python benchmarks/early_warning/steps.py [first seed] [seeds]
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from analytics.early_warning.steps import parse_steps, study_steps
from analytics.simulation.scenes import duty_step

LINES = 13_500


def score(seed: int, kind: str, *, sellers: bool) -> dict[str, float]:
    """Precision and recall of the leads of a kind, and what the placebo says of precision."""
    scene = duty_step(LINES, seed, kind)
    frame = scene.declarations if sellers else scene.declarations.drop(columns="seller_id")
    moved = set(zip(scene.truth["enterprise_id"], scene.truth["new"], strict=True))
    found = study_steps(frame, parse_steps(scene.steps))
    told = found.leads[found.leads["kind"] == kind]
    named = set(zip(told["enterprise"], told["new"], strict=True))
    hit = len(named & moved)
    other = found.leads[found.leads["kind"] != kind]
    all_told = len(named) + len(other)
    return {"recall": hit / len(moved), "precision": hit / all_told if all_told else np.nan, "told": all_told,
            "said": found.precision}  # fmt: skip


def main() -> None:
    """Print medians."""
    first, count = (int(a) for a in (sys.argv[1:] + ["501", "20"])[:2])
    for kind in ("origin", "code"):
        for sellers in (True, False):
            table = pd.DataFrame([score(s, kind, sellers=sellers) for s in range(first, first + count)])
            print(kind, "sellers known" if sellers else "no sellers", table.median().round(2).to_dict())


if __name__ == "__main__":
    main()
