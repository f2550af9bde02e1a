"""One piece of the declarations aligned: whole chapters as columns of codes and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.valuation.alignment.lines import Lines, codes, in_order
from analytics.valuation.alignment.stage import Aligned, align


@dataclass(frozen=True)
class Compared:
    """Columns by which prices are compared.

    Attributes
    ----------
    within : in which everything is compared (the chapter)
    between : whose values are compared with each other (the district)
    alike : that make goods alike
    """

    within: Sequence[str]
    between: Sequence[str]
    alike: Sequence[str]

    @property
    def columns(self) -> list[str]:
        """All of them, enterprise and origin among them."""
        return list(dict.fromkeys([*self.within, *self.between, *self.alike, "enterprise", "origin"]))


def aligned(piece: Mapping[str, np.ndarray], compared: Compared, nameless: int, threshold: float) -> Aligned:
    """What alignment says of lines, in the order in which they came, on which it does not depend.

    Parameters
    ----------
    piece : the columns of `compared` as codes, month (a code in the order of time), log_price, quantity, net_mass_kg
    compared : Compared
    nameless : code of lines without an enterprise, each of which is taken for one of its own; -1 for none
    threshold : as in `align`

    Notes
    -----
    What is learnt of all units (how honest ones differ, how often lines are slips) is learnt of a piece.
    """
    order, new = in_order([piece[name] for name in compared.columns], piece["log_price"])
    alone = piece["enterprise"][order] == nameless
    start = np.flatnonzero(new | alone)
    contract = {name: piece[name][order[start]].astype(np.int64) for name in compared.columns}
    stratum = codes(*[contract[name] for name in compared.within])
    own = np.arange(len(start)) + int(contract["enterprise"].max(initial=0)) + 1
    mass = piece["net_mass_kg"]
    lines = Lines(
        log_price=piece["log_price"][order],
        log_quantity=np.log(piece["quantity"])[order],
        per_mass=np.log(piece["quantity"] / np.where(mass > 0, mass, np.nan))[order],
        start=start,
        stratum=stratum,
        group=codes(stratum, *[contract[name] for name in compared.between]),
        enterprise=codes(np.where(alone[start], own, contract["enterprise"])),
        product=codes(*[contract[name] for name in compared.alike if name != "origin"]),
        origin=contract["origin"] if "origin" in compared.alike else np.zeros(len(start), dtype=np.int64),
    )
    found = align(lines, threshold, None if "period" in compared.between else piece["month"][order])
    return Aligned(**{name: _back(told, order) for name, told in vars(found).items()})


def _back(told: np.ndarray, order: np.ndarray) -> np.ndarray:
    """What is told of lines in an order, in their own."""
    own = np.empty_like(told)
    own[order] = told
    return own
