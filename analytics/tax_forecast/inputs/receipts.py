"""From rows of receipts to the panel that a forecast takes: items and districts on common periods, and their total.

Whatever cannot be repaired honestly stops here with a message for the analyst; what can (a month that one series is
late with, a gap in an old year, an item that came to an end) is treated, and the treatment is noted for the page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analytics.language import month
from analytics.tax_forecast.inputs.cleaning import TOTAL, clean, monthly, months_inside
from analytics.tax_forecast.inputs.doubts import (
    ended_note,
    hole_note,
    late_note,
    refuse_long_holes,
    refuse_what_cannot_be,
    unit_notes,
)
from analytics.tax_forecast.inputs.holes import filled, missing, trailing_zeros
from analytics.tax_forecast.inputs.periods import (
    FiscalYear,
    History,
    Monthly,
    ReceiptsError,
    added_up,
    known_periods,
)

LATE_PERIODS = 2  # a series that stops this many periods before the others is late; earlier, it has come to an end
CLOSED_PERIODS = 3  # periods without a receipt after which an item that never paused so long is closed


@dataclass(frozen=True)
class Panel:
    """The total and the leaves (tax item x district) that add up to it, on the same periods.

    Attributes
    ----------
    total : History
    leaves : dict of unique_id to History
        Empty where the receipts hold one series only.
    structure : DataFrame with columns unique_id, tax_item, district
        One row a leaf; "" where the receipts do not say.
    """

    total: History
    leaves: dict[str, History]
    structure: pd.DataFrame

    def until(self, year: int, months: int) -> Panel:
        """Return the panel as it was known after `months` months of `year`."""
        leaves = {name: leaf.until(year, months) for name, leaf in self.leaves.items()}
        return replace(self, total=self.total.until(year, months), leaves=leaves)

    @cached_property
    def pausing(self) -> tuple[str, ...]:
        """Leaves that ever went without a receipt long enough to be taken as ended."""
        zeros = {name: np.flatnonzero(leaf.grid.ravel() != 0) for name, leaf in self.leaves.items()}
        sizes = {name: leaf.grid.size for name, leaf in self.leaves.items()}
        gaps = {name: np.diff(np.append(at, sizes[name])) - 1 for name, at in zeros.items()}
        return tuple(name for name, gap in gaps.items() if len(gap) and gap.max() >= CLOSED_PERIODS)

    @cached_property
    def negative(self) -> tuple[str, ...]:
        """Leaves that hold a negative figure."""
        return tuple(name for name, leaf in self.leaves.items() if np.nanmin(leaf.grid, initial=0.0) < 0)

    def refunding(self, year: int, months: int) -> list[str]:
        """Leaves that were giving back by then."""
        return [name for name in self.negative if gives_back(self.leaves[name].until(year, months))]

    def closed(self, year: int, months: int) -> list[str]:
        """Leaves that had come to an end by then, by their receipts."""
        return [name for name in self.pausing if is_closed(self.leaves[name].until(year, months))]

    def late(self, year: int, months: int) -> tuple[float, int]:
        """Share of late leaves in the total's newest twelve months, and how many periods they owe at most; (0, 0)."""
        cuts = [leaf.until(year, months) for leaf in self.leaves.values() if leaf.monthly is not None]
        owing = [(cut, owed) for cut in cuts if (owed := periods_owed(cut)) > 0]
        whole = _newest_year(self.total.until(year, months))
        if not owing or whole == 0:
            return 0.0, 0
        return min(abs(sum(_newest_year(cut) for cut, _ in owing) / whole), 1.0), max(owed for _, owed in owing)


def periods_owed(cut: History) -> int:
    """Newest periods that a series, as known at an origin, is late with."""
    if cut.monthly is None:
        return 0
    published = np.flatnonzero(np.isfinite(cut.monthly.grid(12 * len(cut.grid))[0].ravel()))
    stands = np.flatnonzero(np.isfinite(cut.grid.ravel()))
    return int(stands[-1] - published[-1]) if len(published) and len(stands) else 0


def _newest_year(cut: History) -> float:
    flat = cut.grid.ravel()
    return float(flat[np.isfinite(flat)][-len(cut.ends) :].sum())


def gives_back(cut: History) -> bool:
    """Whether a series as known at an origin takes from the total: refunds, drawback."""
    return bool(np.nansum(cut.grid[-2:]) < 0)


def is_closed(cut: History) -> bool:
    """Whether a series as known at an origin has come to an end: no receipt for longer than it ever paused."""
    return trailing_zeros(cut.grid.ravel()) >= CLOSED_PERIODS


def as_frame(receipts: Any) -> pd.DataFrame:
    """Receipts as pandas: a `tables.Table`, an Ibis table or a DataFrame."""
    if isinstance(receipts, pd.DataFrame):
        return receipts
    if hasattr(receipts, "to_pandas"):
        frame: pd.DataFrame = receipts.to_pandas()
        return frame
    raise TypeError(f"receipts must be a table read by tables.read, an Ibis table or a DataFrame, got {type(receipts)}")


def has_vintages(frame: pd.DataFrame) -> bool:
    """Whether a period is given in more than one vintage."""
    if "vintage" not in frame or not frame["vintage"].notna().any():
        return False
    keys = [c for c in ("unique_id", "tax_item", "district", "ds") if c in frame]
    return bool(frame.duplicated(keys).any())


def as_known(frame: pd.DataFrame, at: pd.Timestamp) -> pd.DataFrame:
    """Rows published by the time that a month first appeared.

    Parameters
    ----------
    frame : DataFrame with columns ds, vintage
    at : Timestamp
        The last known month.

    Raises
    ------
    ReceiptsError
        When no vintage holds that month.
    """
    vintages = pd.to_datetime(frame["vintage"])
    first = vintages[pd.to_datetime(frame["ds"]).dt.to_period("M") == at.to_period("M")].min()
    if pd.isna(first):
        raise ReceiptsError(f"No vintage holds {month(at)}: the forecast of that date cannot be repeated.")
    return frame[vintages <= first]


def prepare(receipts: Any, *, name: str | None = None, joint: tuple[int, ...] = (), year_start: int = 1) -> Panel:
    """Check receipts and bring them to the grid of years x periods.

    Parameters
    ----------
    receipts : Table, Ibis table or DataFrame
        Columns ds (first day of the period's last month) and y; optional unique_id, unit, months_covered,
        tax_item, district, vintage. Several vintages of a period: the newest counts.
    name : str, optional
        Name of the total; the series' own name where there is only one.
    joint : tuple of int
        Calendar months to be read together although they were published apart, such as (1, 2).
    year_start : int
        Calendar month in which the year starts.

    Returns
    -------
    Panel

    Raises
    ------
    ReceiptsError
        Missing columns, duplicated periods, gaps too long to bridge, more than one unit that cannot be
        converted, an unexplained jump of the level or a single figure beyond all others.
    """
    fiscal = FiscalYear(year_start)
    frame = clean(as_frame(receipts), fiscal)
    first, last = int(frame["year"].min()), int(frame["year"].max())
    together = tuple(fiscal.place(pd.Timestamp(2000, m, 1))[1] for m in joint)
    inside = months_inside(frame, first, last - first + 1, together)
    newest = int((12 * (frame["year"] - first) + frame["position"]).max())
    empty = History("", str(frame["unit"].iloc[0]), (), first, np.empty((0, 0)), (), fiscal)
    made = [
        _history(replace(empty, unique_id=str(leaf)), rows, inside, newest)
        for leaf, rows in frame.groupby("unique_id", sort=True)
    ]
    structure = frame.drop_duplicates("unique_id")[["unique_id", "tax_item", "district"]].sort_values("unique_id")
    if len(made) == 1:
        only = replace(made[0], unique_id=name or made[0].unique_id)
        refuse_what_cannot_be(only)
        return Panel(only, {}, structure.iloc[:0])
    notes = tuple(note for leaf in made for note in (*leaf.notes, *unit_notes(leaf)))
    irregular = tuple(made) if any(leaf.monthly is not None for leaf in made) else ()
    grid = added_up([leaf.grid for leaf in made])
    total = replace(made[0], unique_id=name or TOTAL, grid=grid, notes=notes, monthly=None, parts=irregular)
    total = replace(total, unseen=tuple(one for leaf in made for one in leaf.unseen))
    refuse_what_cannot_be(total)
    return Panel(total, {leaf.unique_id: leaf for leaf in made}, structure.reset_index(drop=True))


def _history(empty: History, rows: pd.DataFrame, inside: np.ndarray, newest: int) -> History:
    """One series on the grid: holes filled, what it is late with estimated, nothing after its end; each noted."""
    published = monthly(rows, empty.first_year, inside)
    grid, ends = published.grid(12 * len(inside))
    empty = replace(empty, ends=ends, grid=grid)
    holes = missing(grid)
    if holes:
        refuse_long_holes(empty, holes)
    upto = known_periods(newest, ends)
    have = int(np.flatnonzero(np.isfinite(grid.ravel()))[-1]) + 1
    notes = [hole_note(empty, holes)] if holes else []
    unknown = [*holes, *range(have, min(upto, have + len(ends)))]
    if upto - have > LATE_PERIODS:
        notes.append(ended_note(empty, have - 1))
        published = _nothing_after(published, rows, empty.first_year, newest)
        grid, _ = published.grid(12 * len(inside))
    elif upto > have:
        notes.append(late_note(empty, list(range(have, upto))))
    grid = filled(grid, upto)
    stands = np.abs(grid.ravel())
    if upto - have > LATE_PERIODS:  # nothing stands for what may only be late: what came a year before could have
        stands[have:] = np.concatenate([np.zeros(len(ends)), stands])[have : len(stands)]
    unseen = tuple((empty.first_year + i // len(ends), ends[i % len(ends)], float(stands[i])) for i in unknown)
    # Where nothing was joined late, missing or owed, a cut at an earlier origin is a cut of the grid.
    mixed = inside.any() and not (inside == inside[:1]).all()
    kept = published if mixed or holes or upto > have else None
    return replace(empty, grid=grid, notes=tuple(notes), monthly=kept, unseen=unseen)


def _nothing_after(published: Monthly, rows: pd.DataFrame, first: int, newest: int) -> Monthly:
    """Zeros from the month after a series' last one to the newest month of the panel."""
    last = int((12 * (rows["year"] - first) + rows["position"]).max())
    figures, covered = published.figures.ravel().copy(), published.covered.ravel().copy()
    figures[last:newest], covered[last:newest] = 0.0, 1
    shape = published.figures.shape
    return replace(published, figures=figures.reshape(shape), covered=covered.reshape(shape))
