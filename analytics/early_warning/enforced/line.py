"""The test below the line: what the random share finds among declarations that the rules just left alone."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from analytics.early_warning.enforced.decisions import BANDS
from analytics.statistics import share_of

RANDOM: Final = ("random", "随机", "随机布控")
COLUMNS: Final = ("band", "declarations", "left_alone", "tested", "found", "rate", "low95", "high95", "missed",
                  "missed_low95", "missed_high95")  # fmt: skip
SELECTED: Final = "selected"


def below_the_line(rows: pd.DataFrame) -> pd.DataFrame | None:
    """Finding rates of the random stream by band of risk, beside that of the declarations selected.

    Parameters
    ----------
    rows : as from `decisions.decisions`

    Returns
    -------
    DataFrame with COLUMNS; the first row holds the declarations selected by rules, the others those that were not, the
    nearest to the line first. left_alone: not examined; tested: of the random stream with a known outcome; found, rate
    and limits: of those tested (an enterprise's declarations are not independent: Korn and Graubard); missed: findings
    that the rate leads to expect among those left alone. None where no random stream or no risk is recorded.
    """
    if not rows["chance"].notna().any() or not rows["stream"].isin(RANDOM).any():
        return None
    by_chance = rows["stream"].isin(RANDOM)
    selected = (rows["examined"] == 1) & ~by_chance
    made = [_row(SELECTED, rows[selected], rows[selected])]
    for band in sorted(set(rows["risk"]) - {""}, reverse=True):
        part = rows[(rows["risk"] == band) & ~selected]
        if len(part):
            made.append(_row(band, part, part[part["stream"].isin(RANDOM)]))
    return pd.DataFrame(made, columns=list(COLUMNS))


def _row(band: str, part: pd.DataFrame, tested: pd.DataFrame) -> tuple:
    known = tested[tested["found"].notna()]
    share = share_of(known["found"].to_numpy(float), np.ones(len(known)), known["enterprise"].to_numpy())
    unseen = 0 if band == SELECTED else int((part["examined"] != 1).sum())
    found = int(known["found"].sum())
    rates = (share.value, share.low, share.high)
    return (band, len(part), unseen, len(known), found, *rates, *(unseen * r for r in rates))


def above(band: str) -> float:
    """Share of the declarations whose risk lies above the lower edge of a band."""
    at = int(band)
    return 1.0 if at == 0 else 1 - BANDS[at - 1]
