"""The rule of what may be told of a cell: fewest enterprises, and the largest share of one of them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

import pandas as pd

from analytics.errors import ParameterError

VARIABLE = "ANALYTICS_DISCLOSURE"
COUNT, SHARE = "enterprises", "largest_share"
# Columns that name a row; everything else of a cell that may not be told is left blank.
_SINGLE = re.compile(r"(^|_)(enterprise|declarant|seller|officer)_id$|^declaration_id$|^container_no$")
_NAMED = (COUNT, SHARE)


@dataclass(frozen=True)
class Rule:
    """When a cell may be told.

    Parameters
    ----------
    fewest : int
        Enterprises that must stand behind a cell.
    dominance : float
        Largest share of a cell that one enterprise may have.
    """

    fewest: int = 3
    dominance: float = 0.85

    @staticmethod
    def wanted() -> Rule | None:
        """Return the rule of the run (environment variable ANALYTICS_DISCLOSURE); None for use inside the house."""
        text = os.environ.get(VARIABLE, "")
        return Rule.of(text) if text.strip() else None

    @staticmethod
    def of(text: str) -> Rule:
        """Read a rule as it is written: "3,0.85".

        Raises
        ------
        ParameterError
            When it is written in another way.
        """
        found = re.fullmatch(r"\s*(\d+)\s*,\s*(0?\.\d+|1(?:\.0*)?)\s*", text)
        if not found or int(found[1]) < 2:
            raise ParameterError(
                f'disclosure: "{text}" is not a rule. Write the fewest enterprises (2 or more) and the largest '
                'share of one, such as "3,0.85".'
            )
        return Rule(int(found[1]), float(found[2]))

    def allows(self, enterprises: pd.Series, largest: pd.Series) -> pd.Series:
        """Whether each cell may be told; one whose counts are missing may not."""
        count, share = pd.to_numeric(enterprises, errors="coerce"), pd.to_numeric(largest, errors="coerce")
        return (count.ge(self.fewest) & share.le(self.dominance)) | count.eq(0)


def checked(frame: pd.DataFrame, rule: Rule) -> tuple[pd.DataFrame | None, int]:
    """Return a table as it may leave, and how many of its rows are left blank; None where none of it may.

    A table without the columns `enterprises` and `largest_share` cannot be checked, and one that names single
    enterprises or declarations tells of them whatever it says: both stay inside.

    Parameters
    ----------
    frame : DataFrame
        One row a cell.
    rule : Rule
    """
    single = [c for c in frame.columns if _SINGLE.search(str(c))]
    if single or not set(_NAMED) <= set(map(str, frame.columns)):
        return None, 0
    kept = rule.allows(frame[COUNT], frame[SHARE])
    hidden = int((~kept).sum())
    if hidden == 1 and len(frame) > 1:  # the rest of a known total would give the one row away
        smallest = pd.to_numeric(frame.loc[kept, COUNT], errors="coerce").idxmin()
        kept = kept & (frame.index != smallest)
        hidden += 1
    blank = [c for c in frame.columns if pd.api.types.is_numeric_dtype(frame[c])]
    return frame.assign(**{str(c): frame[c].where(kept) for c in blank}), hidden
