"""One million simulated lines: seconds and memory of features, fit, scoring and reasons.

Run by hand when nothing else runs:  python benchmarks/smuggling/scale.py [LINES] [SEED]
"""

import resource
import sys
import time

import numpy as np

from analytics import smuggling, tables
from analytics.smuggling.evaluation.splits import time_split
from analytics.smuggling.explanation.contributions import reasons
from analytics.smuggling.fast.blend import Fast
from analytics.smuggling.fast.scoring import many
from analytics.smuggling.features.frames import prepare
from analytics.smuggling.models.fitting import fit_prepared
from analytics.smuggling.models.risk_model import scored, to_score


def main(lines: int, seed: int) -> None:
    source = tables.simulate(lines, seed).declarations.drop_duplicates(["declaration_id", "line_no"], keep="last")
    clock = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal clock
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"{name:34s} {time.perf_counter() - clock:6.1f} s   peak {peak:.2f} GB", flush=True)
        clock = time.perf_counter()

    frame = prepare(source)
    train, _, start = time_split(frame, evaluate_from="2025-11-01")
    del frame
    lap(f"prepare {len(source):,} lines")
    model = fit_prepared(train, [c for c in source.columns if c in train.columns])
    lap(f"features and fit, {model.labelled:,} labelled")
    new = source[source["date"] >= start].head(100_000).drop(columns=["inspected", "finding", "recovered"])
    clock = time.perf_counter()
    smuggling.score(model, new)
    lap(f"score {len(new):,} lines")
    fast = Fast.of(model)
    assert fast is not None
    clock = time.perf_counter()
    many(fast, new, "hit_rate")
    lap(f"score {len(new):,} lines, as the saved model does (wanted: 1.2 s for 100,000)")
    ready = to_score(model, new)
    X = model.matrix(ready)
    score = scored(model, ready, X, "hit_rate")["score"].to_numpy()
    chosen = np.argsort(-score, kind="stable")[: round(0.04 * len(ready))]
    clock = time.perf_counter()
    reasons(model, X.iloc[chosen].reset_index(drop=True))
    lap(f"reasons of {len(chosen):,} lines")


if __name__ == "__main__":
    main(*(int(a) for a in (sys.argv[1:] + ["1000000", "7"][len(sys.argv) - 1 :])))
