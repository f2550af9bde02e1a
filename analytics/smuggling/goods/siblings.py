"""Whether figures fit another code of the heading, one with a higher duty, better than the code declared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

MEASURES = ("unit_value", "unit_weight")  # what goods of one code have in common, whatever the size of a line
LEAST_LINES = 3  # of a code that others are compared with
DUTY_APART = 0.005  # between two codes of which one is the dearer
MOST = 12  # dearer codes compared, those with the most lines
TYPICAL = 20.0  # lines at the usual spread that a code's own starts with
LEAST_SPREAD = 0.05  # log points
FARTHEST = 4.0  # robust standard deviations; a slip of the pen is not to decide alone


@dataclass(frozen=True)
class Siblings:
    """Profiles of codes and, for each, the codes of its heading in the same unit whose duty is higher.

    Attributes
    ----------
    centre, spread : float (measures, codes + 1), of the logs; the last column, without values, is of no code
    duty : float (codes + 1), mean rate
    dearer : int (codes + 1, up to `MOST`), positions of the codes with a higher duty, filled with the last position
    """

    centre: np.ndarray
    spread: np.ndarray
    duty: np.ndarray
    dearer: np.ndarray

    @classmethod
    def of(cls, keys: pd.Index, cells: dict[str, np.ndarray]) -> Siblings:
        """Profiles from the peers' cells of code and unit.

        Parameters
        ----------
        keys : code|unit of n cells
        cells : (n + 1) by name, the last row without values: `<measure>:q1`, `:q2`, `:q3`, `:n`, and duty
        """
        lines, duty = np.nan_to_num(cells["unit_value:n"]), cells["duty"]
        centre, spread = [], []
        for m in MEASURES:
            # interquartile range / 1.349: the standard deviation of a normal distribution
            own = (cells[f"{m}:q3"] - cells[f"{m}:q1"]) / 1.349
            usual = float(np.nanmedian(own)) if np.isfinite(own).any() else 1.0
            share = lines / (lines + TYPICAL)
            mixed = np.where(np.isnan(own), usual, share * np.nan_to_num(own) + (1 - share) * usual)
            spread.append(np.maximum(mixed, LEAST_SPREAD))
            centre.append(cells[f"{m}:q2"])
        return cls(np.array(centre), np.array(spread), duty, _dearer(keys, lines, duty))

    def values(self, logs: dict[str, np.ndarray], code: np.ndarray) -> dict[str, np.ndarray]:
        """Features of lines by the logs of their measures and the position of their code (-1: none).

        Returns
        -------
        dict: sibling_fit (log-likelihood of unit value and unit weight under the best fitting dearer code less that
        under the declared one, at most 10 either way) and sibling_duty (by how much its duty is higher); missing where
        no code of the heading has a higher duty
        """
        fit, duty = np.full(len(code), np.nan), np.full(len(code), np.nan)
        some = np.flatnonzero((self.dearer[code, 0] < len(self.duty) - 1) if self.dearer.size else code < -1)
        if len(some):
            own = code[some]
            among = self.dearer[own]
            given = np.array([logs[m][some] for m in MEASURES])
            likely = self._likelihood(given[:, :, None], among)
            likely[among == len(self.duty) - 1] = -np.inf
            best = likely.argmax(axis=1)
            at = np.arange(len(some))
            fit[some] = np.clip(likely[at, best] - self._likelihood(given, own), -10, 10)
            duty[some] = self.duty[among[at, best]] - self.duty[own]
        return {"sibling_fit": fit, "sibling_duty": duty}

    def _likelihood(self, given: np.ndarray, code: np.ndarray) -> np.ndarray:
        """Of the figures given (measures, ...) under codes; a figure that is missing says nothing."""
        total = np.zeros(code.shape)
        for x, centre, spread in zip(given, self.centre, self.spread, strict=True):
            z = (x - centre[code]) / spread[code]
            total += np.nan_to_num(-np.minimum(z**2, FARTHEST**2) / 2 - np.log(spread[code]))
        return total


def _dearer(keys: pd.Index, lines: np.ndarray, duty: np.ndarray) -> np.ndarray:
    """Positions of the dearer codes of every code; see `Siblings.dearer`."""
    n = len(keys)
    found = np.full((n + 1, MOST), n)
    if not n:  # no code is known, or codes were left out
        return found
    code, _, unit = (pd.Series(keys, dtype="str").str.partition("|")[i] for i in range(3))
    group, _ = pd.factorize(code.str[:4] + "|" + unit)
    order = np.lexsort((-lines[:n], group))
    for members in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        usual = members[lines[members] >= LEAST_LINES]
        for i in members:
            above = usual[duty[usual] >= duty[i] + DUTY_APART][:MOST]
            found[i, : len(above)] = above
    return found
