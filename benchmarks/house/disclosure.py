"""Generated briefings of linked tables: nothing that must not be told is told, or follows from what is.

    python benchmarks/house/disclosure.py [TABLES] [SEED]

Each briefing shows one to four tables of the same records, crossed by one to three of three dimensions, some of them
cut off after their largest rows. The check does not know how cells were chosen: it asks by the rank of all equations
over the smallest cells whether any cell of any crossing that must not be told follows from what is, and the same of
the records that a table leaves out of a total. For some of them linear programming says how closely a value can be
bounded by a reader who knows that amounts are not negative.
"""

from __future__ import annotations

import sys
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from analytics.briefing.disclosure import Ledger, Records, Rule

NAMES = ("district", "origin", "regime")


def records(rng: np.random.Generator) -> pd.DataFrame:
    """Lines of enterprises, a few of them large."""
    count, sizes = int(rng.integers(40, 500)), rng.integers(2, 7, 3)
    weight = rng.pareto(1.2, int(rng.integers(6, 80))) + 0.05
    firms = rng.choice(len(weight), count, p=weight / weight.sum())
    columns = {
        name: rng.integers(0, size, count).astype(str).astype(object) for name, size in zip(NAMES, sizes, strict=True)
    }
    return pd.DataFrame({**columns, "enterprise_id": firms.astype(str), "value": rng.lognormal(3, 1, count)}).astype(
        dict.fromkeys(NAMES, object)
    )


def tell(ledger: Ledger, rng: np.random.Generator) -> int:
    """Show tables one after the other; return how many."""
    shown = int(rng.integers(1, 5))
    for _ in range(shown):
        dims = tuple(sorted(rng.choice(NAMES, int(rng.integers(1, 4)), replace=False)))
        amounts = ledger.support(dims).amount
        keys = sorted(amounts, key=lambda key: -amounts[key])
        ledger.admit(dims, keys[: int(rng.integers(1, len(keys) + 1))] if rng.random() < 0.3 else keys)
    return shown


def breaches(ledger: Ledger, frame: pd.DataFrame, rule: Rule) -> tuple[int, int]:
    """Sets of records that must not be told but follow, and how many such sets there are."""
    sums = [_inside(frame, d, k) for d, k in sorted(ledger.told)] or [np.zeros(len(frame), dtype=bool)]
    atoms = frame.groupby(list(NAMES)).ngroup().to_numpy()
    first = np.unique(atoms, return_index=True)[1]
    _, singular, right = np.linalg.svd(np.array(sums, dtype=float)[:, first])
    apart = right[
        int((singular > 1e-9 * max(singular[0], 1.0)).sum()) :
    ]  # no sum told tells anything of these directions
    firms, unsafe, follow = frame["enterprise_id"].to_numpy().astype(int), 0, 0
    for mask in _sets(ledger, frame):
        by_firm = np.bincount(firms[mask], frame["value"].to_numpy()[mask])
        largest = by_firm.max() if len(by_firm) else 0.0
        if mask.any() and ((by_firm > 0).sum() < rule.fewest or largest > rule.dominance * by_firm.sum()):
            unsafe += 1
            follow += int(np.abs(apart @ mask[first].astype(float)).max(initial=0.0) < 1e-9)
    return follow, unsafe


def closest(ledger: Ledger, frame: pd.DataFrame) -> float:
    """Narrowest range, as a share of its value, that a reader can give a cell that must not be told."""
    dims = list(NAMES)
    amounts = frame.groupby(dims)["value"].sum()
    known = sorted(ledger.told)
    at = amounts.index.to_frame(index=False)
    lines = np.array([_inside(at, d, k) for d, k in known], dtype=float).reshape(len(known), len(at))
    narrowest = np.inf
    for d, k in sorted((d, k) for d, k in ledger.blank if not ledger.support(d).safe[k]):
        cost = _inside(at, d, k).astype(float)
        value = float(cost @ amounts.to_numpy())
        ends = [linprog(s * cost, A_eq=lines, b_eq=lines @ amounts.to_numpy(), bounds=(0, None)) for s in (1, -1)]
        if value > 0 and all(end.status == 0 for end in ends):
            narrowest = min(narrowest, (-ends[1].fun - ends[0].fun) / value)
    return narrowest


def _sets(ledger: Ledger, frame: pd.DataFrame) -> list[np.ndarray]:
    """Every cell of every crossing, and what each table leaves out of each total."""
    found = []
    for count in range(1, 4):
        for dims in combinations(NAMES, count):
            cells = [_inside(frame, tuple(dims), key) for key in ledger.support(tuple(sorted(dims))).safe]
            found += cells
    for dims in {d for d, _ in ledger.told if d}:
        out = ~np.any([_inside(frame, dims, k) for d, k in ledger.told if d == dims], axis=0)
        for count in range(len(dims)):
            for parent in combinations(dims, count):
                found += [out & _inside(frame, parent, key) for key in ledger.support(parent).safe]
    return found


def _inside(frame: pd.DataFrame, dims: tuple[str, ...], key: tuple[str, ...]) -> np.ndarray:
    inside = np.ones(len(frame), dtype=bool)
    for name, value in zip(dims, key, strict=True):
        inside &= frame[name].to_numpy() == value
    return inside


def main() -> None:
    """Print tables, sets to protect, cells told and left blank, breaches, and the narrowest range."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20261127
    tables = protected = told = blank = found = 0
    ranges = []
    for number in range(10**9):
        if tables >= wanted:
            break
        rng = np.random.default_rng([seed, number])
        frame, rule = records(rng), Rule(3, float(rng.choice([0.7, 0.85])))
        ledger = Ledger(Records(frame), rule)
        tables += tell(ledger, rng)
        follow, unsafe = breaches(ledger, frame, rule)
        protected, found = protected + unsafe, found + follow
        told, blank = told + len(ledger.told), blank + len(ledger.blank)
        if number % 50 == 0 and ledger.blank and ledger.told:
            ranges.append(closest(ledger, frame))
    print(f"{tables} tables, {protected} sets to protect, {told} cells told, {blank} left blank, {found} breaches")
    print(f"narrowest range by linear programming, of {len(ranges)} briefings: {np.quantile(ranges, [0, 0.1, 0.5])}")


if __name__ == "__main__":
    main()
