"""Figures that no economy explains: doubted before a forecast is made of them."""

from __future__ import annotations

import numpy as np

from analytics.language import Text, month, number
from analytics.tax_forecast.inputs.periods import History, ReceiptsError

# A level that changes by this factor from one half-year to the next is a unit, not an economy; one small district
# among many may collapse or multiply, so there only a change by about a power of ten is noted, and none refused.
UNIT_JUMP, LEAF_UNIT_JUMP = 30.0, 900.0
AROUND = 6  # figures on each side that one figure is held against


def refuse_what_cannot_be(history: History) -> None:
    """Refuse a total whose level changes for good, or whose one figure stands out, by a factor of units.

    Raises
    ------
    ReceiptsError
        With the month and the factor.
    """
    jump = _jump(history.grid, UNIT_JUMP)
    if jump is not None:
        raise ReceiptsError(
            f"Series {history.unique_id}: from {_when(history, jump[0])} on the figures are {jump[1]:,.4g} times those "
            "before. This looks like a change of unit (10,000 against 100 million?). Give the column unit for every "
            "row, or convert the figures first."
        )
    spike = _spike(history.grid, UNIT_JUMP)
    if spike is not None:
        at, factor = spike
        raise ReceiptsError(
            f"Series {history.unique_id}: {_when(history, at)} is given as {history.grid.ravel()[at]:,.6g}, "
            f"{factor:,.4g} times the months around it. This looks like a figure in another unit: correct it, or give "
            "its unit in the column unit."
        )


def unit_notes(history: History) -> list[Text]:
    """Note a small series whose level changes like a unit, or whose one figure does: it may be in earnest."""
    jump, spike = _jump(history.grid, LEAF_UNIT_JUMP), _spike(history.grid, LEAF_UNIT_JUMP)
    name, notes = history.unique_id, []
    if jump is not None and _like_a_unit(jump[1]):
        factor = number(jump[1], 0 if jump[1] > 1 else 4)
        en, zh = _when(history, jump[0]), _when(history, jump[0], "zh")
        notes.append(
            Text(
                f"{name}: from {en} on about {factor} times the figures before; check its unit.",
                f"{name}：自{zh}起约为此前的{factor}倍，请核对单位。",
            )
        )
    if spike is not None:
        factor = number(spike[1], 0 if spike[1] > 1 else 4)
        en, zh = _when(history, spike[0]), _when(history, spike[0], "zh")
        notes.append(
            Text(
                f"{name}: {en} is {factor} times the months around it; check its unit.",
                f"{name}：{zh}为前后月份的{factor}倍，请核对单位。",
            )
        )
    return notes


def _when(history: History, position: int, language: str = "en") -> str:
    periods = len(history.ends)
    at = history.month(history.first_year + position // periods, history.ends[position % periods])
    return month(at, "zh" if language == "zh" else "en")


def _jump(values: np.ndarray, factor: float) -> tuple[int, float] | None:
    """Position and size of the first lasting change of level by `factor` or more, without overlap."""
    flat = values.ravel()
    index = np.flatnonzero(np.isfinite(flat) & (flat > 0))
    level = np.log(flat[index])
    for i in range(AROUND, len(level) - AROUND + 1):
        before, after = level[i - AROUND : i], level[i : i + AROUND]
        step = float(np.median(after) - np.median(before))
        if abs(step) >= np.log(factor) and (min(after) > max(before) + 1 or max(after) < min(before) - 1):
            return int(index[i]), float(np.exp(step))
    return None


def _spike(values: np.ndarray, least: float) -> tuple[int, float] | None:
    """Position and size of the first single figure that stands out by about a power of ten, `least` or more."""
    flat = values.ravel()
    index = np.flatnonzero(np.isfinite(flat) & (flat > 0))
    level = np.log(flat[index])
    for i in range(len(level)):
        around = np.concatenate([level[max(i - AROUND, 0) : i], level[i + 1 : i + 1 + AROUND]])
        if len(around) < AROUND:
            continue
        beyond = level[i] - (around.max() if level[i] > np.median(around) else around.min())
        factor = float(np.exp(level[i] - np.median(around)))
        if abs(beyond) > np.log(least) / 2 and abs(np.log(factor)) >= np.log(least) and _like_a_unit(factor):
            return int(index[i]), factor
    return None


def _like_a_unit(factor: float) -> bool:
    """Whether a factor lies near a power of ten, as units of money do."""
    power = np.log10(factor)
    return bool(abs(power - round(power)) < 0.1)
