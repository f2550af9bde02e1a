"""What has been told of an input, and what may still be told so that nothing follows that may not.

The smallest cells are those of all dimensions named so far, crossed. Every cell of every crossing of them that may not
be told is a target: its sums must not be a combination of sums told. So are the records that a table leaves out of a
total, taken together: they are the total less the rows shown. Cells are told the largest first; one that would let a
target follow is left out too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from analytics.briefing.disclosure.records import Parts, Records, merged
from analytics.briefing.disclosure.rule import Rule
from analytics.briefing.disclosure.span import Span

Dims = tuple[str, ...]
Key = tuple[str, ...]
Floats = NDArray[np.float64]

MOST_CELLS = 2_500  # smallest cells that can be looked through; a finer table is not told


@dataclass(frozen=True)
class Cells:
    """Amount of each cell of a crossing, and whether it may be told by itself."""

    amount: dict[Key, float]
    safe: dict[Key, bool]


class Ledger:
    """Cells of one input: what is told of them.

    Parameters
    ----------
    records : Records
    rule : Rule
    """

    def __init__(self, records: Records, rule: Rule) -> None:
        self.records, self.rule = records, rule
        self._cells: dict[Dims, Cells] = {}
        self._lattice: _Lattice | None = None
        self.told: set[tuple[Dims, Key]] = set()
        self.blank: set[tuple[Dims, Key]] = set()
        whole = self.support(())
        self.silent = not whole.safe.get((), False)  # even the total would tell of one enterprise
        if not self.silent:
            self.told.add(((), ()))

    def support(self, dims: Dims) -> Cells:
        """Return amount and safety of each cell of a crossing."""
        if dims not in self._cells:
            self._cells[dims] = _support(self.records.by(dims), self.rule)
        return self._cells[dims]

    def admit(self, dims: Dims, keys: Sequence[Key]) -> list[bool]:
        """Tell cells as far as that may be; return which are told.

        Parameters
        ----------
        dims : names of dimensions, in alphabetical order
        keys : values of each cell, in the same order
        """
        cells = self.support(dims)
        wanted = [key for key in dict.fromkeys(keys) if key in cells.safe]
        union = tuple(sorted({*dims, *(d for known, _ in self.told | self.blank for d in known)}))
        if self.silent or len(self.records.by(union)) > MOST_CELLS:
            return [False] * len(keys)
        open_ = [k for k in wanted if cells.safe[k] and (dims, k) not in self.told | self.blank]
        open_.sort(key=lambda k: (-cells.amount[k], k))
        refused = [k for k in wanted if (dims, k) not in self.told and not cells.safe[k]]
        self.blank |= {(dims, k) for k in refused}
        chosen = self._chosen(dims, open_, union)
        self.told |= {(dims, k) for k in chosen}
        self.blank |= {(dims, k) for k in open_ if k not in chosen}
        return [(dims, key) in self.told for key in keys]

    def _chosen(self, dims: Dims, candidates: list[Key], union: Dims) -> set[Key]:
        """Candidates that can be told together."""
        if self._lattice is None or self._lattice.union != union:
            self._lattice = _Lattice(self, union)
        lattice = self._lattice
        vectors = {key: lattice.vector(dims, key) for key in candidates}
        known = [lattice.vector(d, k) for d, k in sorted(self.told)]
        earlier = {d for d, _ in self.told} - {dims}
        rests = [rest.vector for d in sorted(earlier) for rest in self._rests(d, self._told_of(d), lattice)]
        amounts = self.support(dims).amount
        while True:
            span = lattice.span(rests)
            for vector in known:
                span.add(vector, always=True)
            chosen = [key for key in candidates if span.add(vectors[key])]
            surplus = set()
            for rest in self._rests(dims, self._told_of(dims) | set(chosen), lattice):
                own = [key for key in rest.beside if key in vectors]
                if own and span.follows(rest.vector):
                    surplus.add(min(own, key=lambda key: (amounts[key], key)))
            if not surplus:
                return set(chosen)
            candidates = [key for key in chosen if key not in surplus]

    def _told_of(self, dims: Dims) -> set[Key]:
        return {key for d, key in self.told if d == dims}

    def _rests(self, dims: Dims, told: set[Key], lattice: _Lattice) -> Iterator[_Rest]:
        """What a table leaves out of each total, where that may not be told."""
        out = {key: firms for key, firms in self.records.by(dims).items() if key not in told}
        for count in range(len(dims)):
            for parent in combinations(dims, count):
                at = [dims.index(name) for name in parent]
                rest = _support(merged(out, dims, parent), self.rule)
                for whole in (key for key, safe in rest.safe.items() if not safe):
                    beside = [key for key in told if tuple(key[k] for k in at) == whole]
                    vector = lattice.vector(parent, whole)
                    for key in beside:
                        vector = vector - lattice.vector(dims, key)
                    yield _Rest(vector, beside)


@dataclass(frozen=True)
class _Rest:
    """Records that a table leaves out of a total, and the cells that it shows beside them."""

    vector: Floats
    beside: list[Key]


class _Lattice:
    """Vectors of cells over the smallest cells, those that may not be told among them."""

    def __init__(self, ledger: Ledger, union: Dims) -> None:
        self.union = union
        atoms = list(ledger.records.by(union))
        self.size = max(1, len(atoms))
        self._atoms = {name: np.array([key[k] for key in atoms], dtype=object) for k, name in enumerate(union)}
        self.targets: list[Floats] = []
        for count in range(1, len(union) + 1):
            for dims in combinations(union, count):
                cells = ledger.support(dims)
                self.targets += [self.vector(dims, key) for key, safe in cells.safe.items() if not safe]

    def vector(self, dims: Dims, key: Key) -> Floats:
        """Return 1 for each smallest cell inside a cell, else 0."""
        inside = np.ones(self.size)
        for name, value in zip(dims, key, strict=True):
            inside *= self._atoms[name] == value
        return inside

    def span(self, more: list[Floats]) -> Span:
        """Return the empty span with all targets, and more of them."""
        targets = [*self.targets, *more]
        return Span(np.array(targets) if targets else np.empty((0, self.size)))


def _support(parts: Parts, rule: Rule) -> Cells:
    amount = {key: sum(firms.values()) for key, firms in parts.items()}
    return Cells(amount, {key: rule.holds(firms.values()) for key, firms in parts.items()})
