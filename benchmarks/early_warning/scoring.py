"""What a detector's alarms are worth against what was planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
from panels import WARM_UP, Panel

from analytics.early_warning.alarms.thresholds import episodes

AFTER = 12  # months after an event that are no false alarm


def near_event(panel: Panel) -> np.ndarray:
    """Months within a year of a true event, wide shocks included."""
    near = np.zeros(panel.figures.shape, bool)
    for event in panel.events.itertuples():
        near[max(event.month - 1, 0) : (event.month + AFTER if event.kind != "break" else None), event.series] = True
    for shock in panel.wide.itertuples():
        near[shock.month : shock.month + AFTER, panel.names[shock.dimension] == shock.key] = True
    return near


def false_alarms(panel: Panel, alarm: np.ndarray) -> np.ndarray:
    """Episodes that nothing explains, (months, series), watched months only."""
    wrong: np.ndarray = episodes(alarm) & ~near_event(panel)
    wrong[:WARM_UP] = False
    return wrong


def rate_in_five_years(panel: Panel, alarm: np.ndarray, of: np.ndarray | None = None) -> float:
    """False alarms a series in sixty months that no event is near."""
    of = np.ones(panel.figures.shape[1], bool) if of is None else of
    months = (~near_event(panel))[WARM_UP:, of].sum()
    return float(60 * false_alarms(panel, alarm)[:, of].sum() / months)


def found(panel: Panel, signed: np.ndarray, within: tuple[int, ...], kind: str = "shift") -> pd.DataFrame:
    """Events found with the right sign within so many months: one row an event; `signed` holds -1, 0 or +1."""
    events = panel.events[panel.events.kind == kind].copy()
    for k in within:
        events[k] = [
            bool((signed[e.month : e.month + k, e.series] == np.sign(e.size)).any()) for e in events.itertuples()
        ]
    return events.assign(noise=panel.noise[events.series], series_kind=panel.kind[events.series])


def signs(alarm_jump: np.ndarray, alarm_shift: np.ndarray, deviation: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Direction of each month's alarm: of the shift where one is told, else of the month itself."""
    direction = np.where(alarm_shift, np.sign(size), np.where(alarm_jump, np.sign(deviation), 0))
    both_differ = alarm_shift & alarm_jump & (np.sign(size) != np.sign(deviation))
    return np.where(both_differ, 0, direction)
