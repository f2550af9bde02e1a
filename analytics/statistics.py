"""Constants and small formulas of statistics that every pillar uses, said once."""

from __future__ import annotations

from typing import Final

MAD_TO_SD: Final = 1.4826
"""Median absolute deviation to standard deviation, where values are normal."""

MEAN_ABS_TO_SD: Final = 1.2533141373155003
"""Mean absolute deviation to standard deviation, where values are normal: the square root of pi / 2."""

NORMAL95: Final = 1.959963984540054
"""Half-width of a 95 % interval in standard errors, where an estimate is normal."""

NORMAL80: Final = 1.2815515655446004
"""Half-width of an 80 % interval in standard errors, where an estimate is normal."""
