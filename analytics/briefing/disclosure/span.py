"""What follows from sums that are told: a set of records whose vector lies in the span of theirs.

Each set of records is a vector over the smallest cells that the told sets can tell apart. Any sum over records of a
set can be computed from the same sums over told sets exactly when its vector is a combination of theirs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_FOLLOWS = 1e-9  # of a vector's length: rounding of twice orthogonalised vectors
_NEAR = 1e-6  # of its square: worth a closer look


class Span:
    """The span of what is told, and how far each target still stands from it.

    Parameters
    ----------
    targets : array (number of targets, length of the vectors), what must not follow
    """

    def __init__(self, targets: Floats) -> None:
        self._targets = targets
        self._basis = np.empty((16, targets.shape[1]))
        self._rank = 0
        self._left = (targets**2).sum(axis=1)  # squared distance of each target
        self._near = _NEAR * self._left

    def add(self, vector: Floats, *, always: bool = False) -> bool:
        """Tell a set of records, unless a target would follow; return whether it is told.

        Parameters
        ----------
        always : it is known anyway
        """
        rest = self._apart(vector)
        size = float(np.linalg.norm(rest))
        if size <= _FOLLOWS * float(np.linalg.norm(vector)):
            return True  # follows already, and no target does
        rest /= size
        left = self._left - (self._targets @ rest) ** 2
        if not always and self._reached(rest, left):
            return False
        self._left = left
        if self._rank == len(self._basis):
            self._basis = np.vstack([self._basis, np.empty_like(self._basis)])
        self._basis[self._rank] = rest
        self._rank += 1
        return True

    def follows(self, vector: Floats) -> bool:
        """Whether a set's sums can be computed from what is told."""
        return float(np.linalg.norm(self._apart(vector))) <= _FOLLOWS * float(np.linalg.norm(vector))

    def _apart(self, vector: Floats) -> Floats:
        """Part of a vector outside the span."""
        basis = self._basis[: self._rank]
        rest = vector - (basis @ vector) @ basis
        return rest - (basis @ rest) @ basis  # twice is enough (Kahan, Parlett)

    def _reached(self, rest: Floats, left: Floats) -> bool:
        """Whether a target lies in the span with one more direction; looked at closely where it seems so."""
        for target in self._targets[left <= self._near]:
            outside = self._apart(target)
            outside -= (outside @ rest) * rest
            if float(np.linalg.norm(outside)) <= _FOLLOWS * float(np.linalg.norm(target)):
                return True
        return False
