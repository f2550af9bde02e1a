"""The rule of what may be told of a cell: fewest enterprises, and the largest share of one of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass

from analytics.errors import ParameterError

VARIABLE = "ANALYTICS_DISCLOSURE"


@dataclass(frozen=True)
class Rule:
    """When a cell may be told.

    Parameters
    ----------
    fewest : int
        Enterprises that must stand behind a cell.
    dominance : float
        Largest share of a cell that one enterprise may have.
    public : bool
        The administration has published the inputs already: nothing is withheld.
    """

    fewest: int = 3
    dominance: float = 0.85
    public: bool = False

    def __str__(self) -> str:
        """As it is written: "3,0.85"."""
        return f"{self.fewest},{self.dominance:g}{',public' if self.public else ''}"

    @staticmethod
    def wanted(text: str | None = None) -> Rule | None:
        """Return the rule of a run, else that of the environment (ANALYTICS_DISCLOSURE); None for use inside."""
        found = text or os.environ.get(VARIABLE, "")
        return Rule.of(found) if found.strip() else None

    @staticmethod
    def of(text: str) -> Rule:
        """Read a rule as it is written: "3,0.85", or "3,0.85,public" where the inputs are published already.

        Raises
        ------
        ParameterError
            When it is written in another way.
        """
        found = re.fullmatch(r"\s*(\d+)\s*,\s*(0?\.\d+|1(?:\.0*)?)\s*(,\s*public)?\s*", text)
        if not found or int(found[1]) < 2:
            raise ParameterError(
                f'disclosure: "{text}" is not a rule. Write the fewest enterprises (2 or more) and the largest '
                'share of one, such as "3,0.85"; ",public" behind it where the inputs are published already.'
            )
        return Rule(int(found[1]), float(found[2]), bool(found[3]))

    def holds(self, amounts: Iterable[float]) -> bool:
        """Whether a cell may be told, given what each enterprise has of it."""
        own = list(amounts)
        total = sum(own)
        return len(own) >= self.fewest and total > 0 and max(own) <= self.dominance * total
