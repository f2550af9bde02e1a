"""Ten thousand generated tables with margins: no cell that must not be told is told, or follows from what is.

    python benchmarks/house/disclosure.py [TABLES]

A cell follows from the rest when it is determined by the sums (rank of the equations), checked here apart from the
graph that the suppression itself works with.
"""

from __future__ import annotations

import sys

import numpy as np

from analytics.briefing.disclosure import suppressed


def table(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A table with totals, and which of its cells (totals among them) must not be told."""
    rows, columns = rng.integers(2, 8, 2)
    cells = rng.integers(0, 60, (rows, columns)) * (rng.random((rows, columns)) > rng.choice([0, 0.3]))
    values = np.zeros((rows + 1, columns + 1))
    values[:-1, :-1] = cells
    values[:-1, -1], values[-1, :-1], values[-1, -1] = cells.sum(1), cells.sum(0), cells.sum()
    unsafe = rng.random(values.shape) < rng.choice([0.03, 0.15, 0.4])
    unsafe[-1, -1] = False
    return values, unsafe


def followed(values: np.ndarray, unsafe: np.ndarray, blank: np.ndarray) -> int:
    """Cells that must not be told but are, or follow from the published sums."""
    unknown = [tuple(c) for c in np.argwhere(blank)]
    at = {cell: k for k, cell in enumerate(unknown)}
    lines = []
    for axis in (0, 1):
        for i in range(values.shape[axis]):
            line = np.zeros(len(unknown))
            for j in range(values.shape[1 - axis]):
                cell = (i, j) if axis == 0 else (j, i)
                if cell in at:
                    line[at[cell]] = -1.0 if j == values.shape[1 - axis] - 1 else 1.0
            lines.append(line)
    told = int((unsafe & ~blank).sum())
    if not unknown:
        return told
    _, singular, right = np.linalg.svd(np.array(lines))
    free = right[(singular > 1e-9).sum() :]
    determined = np.abs(free).max(axis=0) < 1e-9 if len(free) else np.ones(len(unknown), dtype=bool)
    return told + sum(bool(determined[k]) for k, c in enumerate(unknown) if unsafe[c] and values[c] > 0)


def main() -> None:
    """Print tables, cells to protect, cells left blank beside them, breaches."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    rng = np.random.default_rng(20261127)
    protected = beside = breaches = 0
    for _ in range(count):
        values, unsafe = table(rng)
        blank = suppressed(values, unsafe)
        protected, beside = protected + int(unsafe.sum()), beside + int((blank & ~unsafe).sum())
        breaches += followed(values, unsafe, blank)
    print(f"{count} tables, {protected} cells to protect, {beside} blank beside them, {breaches} breaches")


if __name__ == "__main__":
    main()
