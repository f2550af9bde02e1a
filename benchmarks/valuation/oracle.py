"""What is the best verdict that the lines allow? Bayes with all that no table shows known, beside the suite's own.

    python benchmarks/valuation/oracle.py [WORLD ...] [--first SEED] [--seeds N] [--lines N] [--alone]

The observer knows the price of every good and month, how far lines, contracts, enterprises and honest cells scatter,
how often and how far cells are biased, which enterprises would do it, and every slip and offence: all but who is guilty
of what. Each cell's truth is outside the band with a probability; calling those that make the expected F1 largest is
the best that can be done, and `expected` is what it reaches on average over all that the lines leave open. The suite is
to be held against that, not against 1. Worlds: those of `other_hands.py` but "grades", and "standard" and "hostile" of
the simulated customs (hostile: lines' grades hidden, taken for noise; "known": each cell's mix of grades is told).

`--untold` hides offences from the observer of the simulated customs: he sets lines far from their price apart, as the
suite does, and takes the rest as they stand. `systematic` is F1 with a truth that leaves offences out.

"Could be had" are breaches that the observer calls and the suite does not, "told" those that only offences make, which
he is told and the suite is not. A cell that is not judged counts here, as in the other scripts, as not called: it is a
miss where it is a breach, and no false alarm where it is none. `F1 of judged` leaves these cells out of both.
"""

import argparse
import warnings

import numpy as np
import other_hands
import pandas as pd
from observers import CUSTOMS, customs, other_hand

LOW, HIGH = np.log(0.95), np.log(1.05)
WORLDS = ("base", "differences", "few", "deep", "parties", *CUSTOMS)


def verdicts(cells: pd.DataFrame, level: np.ndarray) -> pd.DataFrame:
    """Add `chance` (of a breach, given all lines) and `best` (called by who wants the largest expected F1)."""
    off = level.copy()
    for at in cells.groupby("chapter").indices.values():
        off[:, at] -= np.median(level[:, at], axis=1, keepdims=True)
    chance = ((off < LOW) | (off > HIGH)).mean(0)
    order = np.argsort(-chance, kind="stable")
    expected = 2 * np.cumsum(chance[order]) / (np.arange(1, len(chance) + 1) + chance.sum())
    best = np.zeros(len(chance), dtype=bool)
    best[order[: int(np.argmax(expected)) + 1]] = True
    return cells.assign(chance=chance, best=best, off=off.mean(0), expected=expected.max())


def shown(cells: pd.DataFrame) -> str:
    """Bound beside what the suite says, and where the difference lies."""
    out = ((cells["practice"] < LOW) | (cells["practice"] > HIGH)).to_numpy()
    called = cells["status"].isin(other_hands.SUSPECT).to_numpy()
    best, blind = cells["best"].to_numpy(), (cells["status"] == "insufficient").to_numpy()
    by_offence = out & best & ~called & (cells.get("cause", pd.Series("", cells.index)) == "none").to_numpy()
    figures = {
        "breaches missed": out & ~called, "could be had": out & ~called & best, "of these told": by_offence,
        "false alarms": ~out & called, "the bound's": ~out & best, "not judged": blind,
        "breaches not judged": out & blind, "breaches called in order": out & ~called & ~blind,
    }  # fmt: skip
    hit = (out & best).sum()
    return (
        f"{len(cells)} cells, {out.sum()} out | bound: expected F1 {cells['expected'].mean():.3f}, here "
        f"{_f1(out, best):.3f} (P {hit / max(best.sum(), 1):.3f} R {hit / max(out.sum(), 1):.3f}) | suite: F1 "
        f"{_f1(out, called):.3f}, F1 of judged {_f1(out[~blind], called[~blind]):.3f}; "
        + ", ".join(f"{name} {int(which.sum())}" for name, which in figures.items())
        + _without_offences(cells, best, called)
    )


def _without_offences(cells: pd.DataFrame, best: np.ndarray, called: np.ndarray) -> str:
    """Both against the truth that leaves offences out, where these are known."""
    if "systematic" not in cells:
        return ""
    out = ((cells["systematic"] < LOW) | (cells["systematic"] > HIGH)).to_numpy()
    return f" | systematic: {out.sum()} out, bound here {_f1(out, best):.3f}, suite {_f1(out, called):.3f}"


def _f1(out: np.ndarray, called: np.ndarray) -> float:
    return float(2 * (out & called).sum() / max(out.sum() + called.sum(), 1))


def run(world: str, seed: int, lines: int, *, alone: bool, untold: bool = False) -> pd.DataFrame:
    """Cells of one seed with the bound's verdict beside the suite's."""
    if world in CUSTOMS:
        return verdicts(*customs(world, seed, 10 * lines, alone=alone, untold=untold))
    cells, level = other_hand(world, seed, lines)
    if alone:
        cells = cells.assign(status="", reason="")
    else:
        own = other_hands.run(world, seed, lines).drop(columns=["true", "practice"])
        cells = cells.merge(own, on=["district", "chapter"], how="left")
    return verdicts(cells, level)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("worlds", nargs="*", default=WORLDS)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--lines", type=int, default=40_000, help="ten times as many of the simulated customs")
    parser.add_argument("--alone", action="store_true", help="the bound without the suite")
    parser.add_argument("--untold", action="store_true", help="offences hidden from the observer too")
    parser.add_argument("--save", help="keep the cells here, as a pickle")
    given = parser.parse_args()
    warnings.filterwarnings("ignore")
    kept = []
    for world in given.worlds or WORLDS:
        parts = [
            run(world, given.first + n, given.lines, alone=given.alone, untold=given.untold) for n in range(given.seeds)
        ]
        kept += [part.assign(world=world, seed=given.first + n) for n, part in enumerate(parts)]
        print(f"{world}: {shown(pd.concat(parts))}", flush=True)
    if given.save:
        pd.concat(kept).to_pickle(given.save)


if __name__ == "__main__":
    main()
