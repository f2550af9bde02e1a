"""Figures that no economy explains or that are missing: doubted, or noted, before a forecast is made of them."""

from __future__ import annotations

import numpy as np

from analytics.language import Text, month, number, percent
from analytics.tax_forecast.inputs.holes import runs, short_of_pace, trailing_zeros
from analytics.tax_forecast.inputs.periods import History, ReceiptsError

# A level that changes by this factor from one half-year to the next is a unit, not an economy; one small district
# among many may collapse or multiply, so there only a change by about a power of ten is noted, and none refused.
UNIT_JUMP, LEAF_UNIT_JUMP = 30.0, 900.0
FEW_ZEROS = 3  # empty periods at the end that a series with earlier empty ones may have
FEW_SAME = 3  # equal newest figures from which on they look like stand-ins
GAP_PERIODS = 2  # a longer hole in a year cannot be bridged by its neighbours
AROUND = 6  # figures on each side that one figure is held against
LEAST_OF_PACE, UNUSUAL, BEFORE = (
    0.7,
    4.0,
    3,
)  # newest figure against its pace; robust spreads of that; figures that set it


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
            "before. This looks like a change of unit (10,000 against 100 million?). Convert the figures, so that all "
            "stand in one unit."
        )
    spike = _spike(history.grid, UNIT_JUMP)
    if spike is not None:
        at, factor = spike
        raise ReceiptsError(
            f"Series {history.unique_id}: {_when(history, at)} is given as {history.grid.ravel()[at]:,.6g}, "
            f"{factor:,.4g} times the months around it. This looks like a figure in another unit: correct it, or give "
            "its unit in the column unit."
        )


def refuse_empty_end(cut: History) -> None:
    """Refuse a total that ends, as known at an origin, in months of nothing such as it never had: not in, or abolished.

    Raises
    ------
    ReceiptsError
        With the months and what to do.
    """
    flat = cut.grid.ravel()
    known = np.flatnonzero(np.isfinite(flat))
    run = trailing_zeros(flat)
    others = flat[known[: len(known) - run]]
    if not run or (run < FEW_ZEROS and (others == 0).any()):
        return
    at = _months(cut, [int(i) for i in known[-run:]])
    raise ReceiptsError(
        f"Series {cut.unique_id}: {at.en} given as 0, which it never was for so long. If these figures are not in yet, "
        f"leave them out or set as_of to {_when(cut, int(known[-run - 1]))}; if the tax was abolished, nothing is left "
        "to forecast."
    )


def repeated(cut: History) -> int:
    """How many of the newest figures are one and the same (not 0): 1 where the newest stands alone."""
    flat = cut.grid.ravel()
    known = flat[np.isfinite(flat)]
    if not len(known) or known[-1] == 0:
        return 0
    other = np.flatnonzero(known != known[-1])
    return len(known) - 1 - int(other[-1]) if len(other) else len(known)


def total_notes(cut: History) -> tuple[Text, ...]:
    """Notes on a total as known at an origin: a figure repeated to the last digit, months that are not positive."""
    notes, run = [], repeated(cut)
    if run >= FEW_SAME:
        notes.append(
            Text(
                f"{cut.unique_id}: the newest {run} figures are all the same. If they stand in for figures that are "
                "not in yet (a plan, an estimate), leave them out; until then nothing is called on track.",
                f"{cut.unique_id}：最近{run}期数值完全相同；如系计划数或估计数代填，请予剔除，在此之前不作“进展正常”判断。",
            )
        )
    if (part := short_of_pace(cut.grid)) is not None:
        last = int(np.flatnonzero(np.isfinite(cut.grid.ravel()))[-1])
        newest, newest_zh = _when(cut, last), _when(cut, last, "zh")
        notes.append(
            Text(
                f"{cut.unique_id}: {newest} is {percent(part, 0)} of what its pace let expect. If the period is not "
                "all in, set as_of to the one before; until then nothing is called on track.",
                f"{cut.unique_id}：{newest_zh}仅为按近期增速应有数的{percent(part, 0, 'zh')}；"
                "如该期尚未收齐，请将as_of设为上一期，在此之前不作“进展正常”判断。",
            )
        )
    below = [i for i, y in enumerate(cut.grid.ravel()) if np.isfinite(y) and y <= 0]
    if below:
        at = _months(cut, below[::-1])
        notes.append(
            Text(
                f"{cut.unique_id}: zero or negative in {len(below)} periods ({at.en}): they count in every total, and "
                "the models pass over them.",
                f"{cut.unique_id}：{len(below)}期为零或负数（{at.zh}）：计入各项合计，模型估计时略过。",
            )
        )
    return tuple(notes)


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


def _months(history: History, positions: list[int]) -> Text:
    periods = len(history.ends)
    at = [history.month(history.first_year + i // periods, history.ends[i % periods]) for i in positions[:6]]
    more = len(positions) > 6
    return Text(
        ", ".join(month(s) for s in at) + (" …" if more else ""),
        "、".join(month(s, "zh") for s in at) + ("等" if more else ""),
    )


def refuse_long_holes(history: History, holes: list[int]) -> None:
    """Refuse a hole in the newest year, or one too long to bridge."""
    periods = len(history.ends)
    have = np.flatnonzero(np.isfinite(history.grid.ravel()))
    in_newest_year = have[-1] // periods == holes[-1] // periods
    if in_newest_year or max(map(len, runs(holes))) > GAP_PERIODS:
        raise ReceiptsError(
            f"Series {history.unique_id}: no figure for {_months(history, holes).en}. The year's total cannot be "
            "formed without them; supply them, or give the months together as one period with months_covered."
        )


def hole_note(history: History, holes: list[int]) -> Text:
    """Say which months were filled."""
    at = _months(history, holes)
    return Text(
        f"{history.unique_id}: {at.en} missing, filled from the same period of the neighbouring years.",
        f"{history.unique_id}：缺少{at.zh}，按相邻年份同期填补。",
    )


def late_note(history: History, owed: list[int]) -> Text:
    """Say which months a series is late with."""
    at = _months(history, owed)
    return Text(
        f"{history.unique_id}: {at.en} not yet in; estimated by the Theta method from its own past, and part of every "
        "figure of the year so far.",
        f"{history.unique_id}：{at.zh}数据未到，按自身历史以Theta法估计，并计入本年累计。",
    )


def ended_note(history: History, last: int) -> Text:
    """Say when a series ended."""
    at = _months(history, [last])
    return Text(
        f"{history.unique_id}: nothing after {at.en}, while others go on; taken as ended. Should its figures only be "
        "late, supply them.",
        f"{history.unique_id}：{at.zh}之后无数据而其他项目仍有，按已停征处理；如仅为迟报，请补充数据。",
    )
