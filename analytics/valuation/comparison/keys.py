"""Keys of cells: the values of a crossing, joined in one way."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

SEPARATOR = " x "


def joined(frame: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    """Key of a crossing: its values joined by " x "."""
    key = frame[names[0]].astype("str")
    for name in names[1:]:
        key = key + SEPARATOR + frame[name].astype("str")
    return key
