"""Coverage, width, verdict and planner of the random-sample engine: draws from populations with tails of other weight.

Run by hand: python benchmarks/compliance/coverage.py [SEED ...]; develop on some seeds, judge on others.
"""

from __future__ import annotations

import sys

import numpy as np
from populations import People, at_rate, heavier, light

from analytics.compliance.engine import double
from analytics.compliance.engine.gap import estimate
from analytics.compliance.engine.planner import Pilot, plan
from analytics.compliance.engine.rates import share
from analytics.sampling import design, draw

DRAWS = 200


def cover(p: People, n: int, score: np.ndarray | None, draws: int = DRAWS) -> dict[str, float]:
    """Share of draws whose interval holds the truth, and the median half-width in units of the truth."""
    made = design(p.size, n, score)
    truth = np.minimum(p.lost, 2 * p.size).sum()
    causes = [(p.kind == k, np.minimum(p.lost, 2 * p.size)[p.kind == k].sum()) for k in range(5)]
    line_rate = float((p.lost > 0).mean())
    inside, width, error, by_cause, of_rate = [], [], [], [], []
    for seed in range(draws):
        at = draw(made, seed)
        chance = made.probability[at]
        g = estimate(p.lost[at], p.size[at], chance)
        inside.append(g.low <= truth <= g.high)
        width.append((g.high - g.low) / (2 * truth))
        error.append((g.value - truth) / truth)
        for which, true in causes:
            c = estimate(p.lost[at], p.size[at], chance, domain=which[at])
            by_cause.append(c.low <= true <= c.high)
        r = share(p.lost[at] > 0, chance)
        of_rate.append(r.low <= line_rate <= r.high)
    return {"covered": np.mean(inside), "h": np.median(width), "rmse": np.sqrt(np.mean(np.square(error))),
            "causes": np.mean(by_cause), "rate": np.mean(of_rate)}  # fmt: skip


def misses(p: People, n: int, skill: float, draws: int = DRAWS) -> dict[str, float]:
    """Inspectors who find a share `skill` of what is wrong; a blind second team on a random half."""
    made, truth = design(p.size, n, p.score), np.minimum(p.lost, 2 * p.size).sum()
    naive, held, width = [], [], []
    for seed in range(draws):
        rng = np.random.default_rng([seed, 99])
        at = draw(made, seed)
        chance, y, x = made.probability[at], p.lost[at], p.size[at]
        a, b = np.where(rng.random(len(at)) < skill, y, 0), np.where(rng.random(len(at)) < skill, y, 0)
        twice = rng.random(len(at)) < 0.5
        g = estimate(a, x, chance)
        naive.append(g.low <= truth <= g.high)
        d = double.detection(np.minimum(a, 2 * x)[twice], np.minimum(b, 2 * x)[twice], chance[twice])
        c = g if d is None else double.corrected(g, d)
        held.append(c.low <= truth <= c.high)
        width.append((c.high - c.low) / (2 * truth))
    return {"naive": np.mean(naive), "covered": np.mean(held), "h": np.median(width)}


def verdicts(p: People, n: int, rate: float, draws: int = DRAWS) -> tuple[float, float]:
    """Share of draws that say met and not met at a true rate."""
    q = at_rate(p, rate)
    made, collected = design(q.size, n, q.score), q.tax.sum()
    met, not_met = [], []
    for seed in range(draws):
        at = draw(made, seed)
        g = estimate(q.lost[at], q.size[at], made.probability[at])
        met.append(collected / (collected + g.high) >= 0.95)
        not_met.append(collected / (collected + g.low) < 0.95)
    return float(np.mean(met)), float(np.mean(not_met))


def promises(p: People, width: float, pilot: int, draws: int = 40) -> float:
    """Median width reached over width promised, planned from a pilot."""
    first, ratio = design(p.size, pilot, p.score), []
    for seed in range(draws):
        at = draw(first, 10_000 + seed)
        made = plan(p.size, width, p.score, Pilot(at, p.lost[at], first.probability[at]))
        second = design(p.size, made.lines, p.score)
        at = draw(second, seed)
        g = estimate(p.lost[at], p.size[at], second.probability[at])
        truth = np.minimum(p.lost, 2 * p.size).sum()
        ratio.append((g.high - g.low) / (2 * truth) / made.half_width)
    return float(np.median(ratio))


def main() -> None:
    """Print all tables."""
    seeds = [int(a) for a in sys.argv[1:]] or [11]
    base = [light(seed) for seed in seeds]
    people = [*base, *(heavier(p, s, 1.8, 20.0, "heavy") for p, s in zip(base, seeds, strict=True)),
              *(heavier(p, s, 1.3, np.inf, "brutal") for p, s in zip(base, seeds, strict=True))]  # fmt: skip
    every: list[float] = []
    for p in people:
        top = p.lost.max() / p.lost.sum()
        print(f"{p.name}: lines {len(p.tax):,}, R {p.rate:.4f}, with a loss {(p.lost > 0).mean():.3f}, top {top:.2f}")
        for n in (500, 1000, 2000, 4000):
            c = cover(p, n, p.score)
            every.append(c["covered"])
            print(f"  n {n}: " + " ".join(f"{k} {v:.3f}" for k, v in c.items()))
    print(f"pooled coverage {np.mean(every):.3f}, worst cell {min(every):.3f}")
    rng = np.random.default_rng(1)
    for p in people:
        for name, score in (("permuted", rng.permutation(p.score)), ("inverted", 1 / p.score), ("none", None)):
            c = cover(p, 1000, score)
            print(f"{p.name} score {name}: covered {c['covered']:.3f} h {c['h']:.2f}")
    for p in people:
        for n in (1000, 2000):
            m = misses(p, n, 0.75)
            print(f"{p.name} a quarter missed, n {n}: " + " ".join(f"{k} {v:.3f}" for k, v in m.items()))
    for p in people:
        for rate in (0.948, 0.975):
            print(f"{p.name} true R {rate}: met, not met at 2,000 lines {verdicts(p, 2000, rate)}")
    for p in people:
        print(
            f"{p.name} planner reached/promised at .4 and .3: {promises(p, 0.4, 1000):.2f} {promises(p, 0.3, 1000):.2f}"
        )


if __name__ == "__main__":
    main()
