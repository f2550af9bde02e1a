"""Suppression of a table with margins that no differencing of totals can undo.

In a table of rows, columns, their totals and the grand total, a suppressed cell can be computed from what is
published if and only if it lies on no cycle of the graph whose nodes are the rows and columns (those of totals
included) and whose edges are the suppressed cells: each published sum is one node. So cells are added until every
cell that must not be told lies on a cycle. Cells of zero protect nothing, because amounts are not negative.

Source: Gusfield (1988), A graph theoretic approach to statistical data security, SIAM Journal on Computing 17(3).
"""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


def suppressed(values: Floats, unsafe: Bools) -> Bools:
    """Return the cells to be left blank: those that must not be told, and others that protect them.

    Parameters
    ----------
    values : array (rows + 1, columns + 1) of non-negative amounts
        The last row and column hold the totals.
    unsafe : boolean array of the same shape
        Cells that must not be told, totals among them.

    Returns
    -------
    Boolean array of the same shape. Where no further cell can protect one, the whole row and column are blank.
    """
    if values.shape != unsafe.shape or values.ndim != 2:
        raise ValueError(f"values and unsafe must be tables of one shape, got {values.shape} and {unsafe.shape}")
    blank = unsafe & (values > 0)
    # Zeros are told by the totals anyway where their row is otherwise published; they are kept blank with their like.
    zero = unsafe & (values <= 0)
    for row, column in _largest_first(values, blank):
        if not _protected(row, column, blank):
            path = _cheapest_way(row, column, values, blank)
            for cell in path:
                blank[cell] = True
            if not path:
                blank[row, :] |= values[row, :] > 0
                blank[:, column] |= values[:, column] > 0
    return blank | zero


def _largest_first(values: Floats, blank: Bools) -> list[tuple[int, int]]:
    cells = [(int(r), int(c)) for r, c in zip(*np.nonzero(blank), strict=True)]
    return sorted(cells, key=lambda cell: (-values[cell], cell))


def _protected(row: int, column: int, blank: Bools) -> bool:
    """Whether another way of blank cells leads from the cell's row to its column: it then lies on a cycle."""
    seen, ahead = {("r", row)}, [("r", row)]
    while ahead:
        kind, at = ahead.pop()
        line = blank[at, :] if kind == "r" else blank[:, at]
        for to in np.flatnonzero(line):
            if (kind, at, int(to)) in (("r", row, column), ("c", column, row)):
                continue
            node = ("c" if kind == "r" else "r", int(to))
            if node == ("c", column):
                return True
            if node not in seen:
                seen.add(node)
                ahead.append(node)
    return False


def _cheapest_way(row: int, column: int, values: Floats, blank: Bools) -> list[tuple[int, int]]:
    """Return the cells of least amount that lead from the row to the column without the cell itself (Dijkstra)."""
    best: dict[tuple[str, int], float] = {("r", row): 0.0}
    came: dict[tuple[str, int], tuple[tuple[str, int], tuple[int, int]]] = {}
    ahead = [(0.0, "r", row)]
    while ahead:
        cost, kind, at = heapq.heappop(ahead)
        if (kind, at) == ("c", column):
            break
        if cost > best[(kind, at)]:
            continue
        size = values.shape[1] if kind == "r" else values.shape[0]
        for to in range(size):
            cell = (at, to) if kind == "r" else (to, at)
            if cell == (row, column) or values[cell] <= 0:
                continue
            node, price = ("c" if kind == "r" else "r", to), cost + (0.0 if blank[cell] else float(values[cell]))
            if price < best.get(node, np.inf):
                best[node], came[node] = price, ((kind, at), cell)
                heapq.heappush(ahead, (price, *node))
    path, node = [], ("c", column)
    while node in came:
        node, cell = came[node]
        path.append(cell)
    return path if node == ("r", row) and path else []
