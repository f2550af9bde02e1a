"""Receipts made ready: rows checked, one history a series, items and districts that add up to the total.

Whatever cannot be repaired honestly stops here with a message for the analyst; what can (a refund larger than a
month's receipts, a gap in an old year) is treated, and the treatment is noted for the page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analytics.language import Text, month, number, parse_unit
from analytics.tax_forecast.inputs.periods import History, ReceiptsError, common_ends, to_grid

TOTAL = "total"
# A level that changes by this factor from one half-year to the next is a unit, not an economy; one small district
# among many may collapse or multiply, so there only a change by about a power of ten is noted, and none refused.
UNIT_JUMP, LEAF_UNIT_JUMP = 30.0, 900.0
GAP_MONTHS = 2  # a longer hole in a year cannot be bridged by its neighbours


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


def as_known(frame: pd.DataFrame, year: int, months: int) -> pd.DataFrame:
    """Rows published by the time that the last known month first appeared.

    Parameters
    ----------
    frame : DataFrame with columns ds, vintage
    year, months : int
        The origin: `months` known months of `year` (0: December of the year before).

    Raises
    ------
    ReceiptsError
        When no vintage holds that month.
    """
    at = pd.Timestamp(year, 1, 1) + pd.DateOffset(months=months - 1)
    vintages = pd.to_datetime(frame["vintage"])
    first = vintages[pd.to_datetime(frame["ds"]).dt.to_period("M") == at.to_period("M")].min()
    if pd.isna(first):
        raise ReceiptsError(f"No vintage holds {month(at)}: the forecast of that date cannot be repeated.")
    return frame[vintages <= first]


def prepare(receipts: Any, *, name: str | None = None, joint: tuple[int, ...] = ()) -> Panel:
    """Check receipts and bring them to the grid of years x periods.

    Parameters
    ----------
    receipts : Table, Ibis table or DataFrame
        Columns ds (first day of the period's last month) and y; optional unique_id, unit, months_covered,
        tax_item, district, vintage. Several vintages of a period: the newest counts.
    name : str, optional
        Name of the total; the series' own name where there is only one.
    joint : tuple of int
        First months of a joint period to close with its last one, such as (1, 2) where January and February
        are to be read together although they were published apart.

    Returns
    -------
    Panel

    Raises
    ------
    ReceiptsError
        Missing columns, duplicated periods, gaps too long to bridge, more than one unit that cannot be
        converted, an unexplained jump of the level.
    """
    frame = _clean(as_frame(receipts))
    ends = tuple(end for end in common_ends(frame) if end not in joint[:-1])
    if ends[-1] != 12:
        raise ReceiptsError("A period runs over the year end: no annual total can be formed from these receipts.")
    first, last = int(frame["ds"].dt.year.min()), int(frame["ds"].dt.year.max())
    unit = str(frame["unit"].iloc[0])
    leaves: dict[str, History] = {}
    notes: list[Text] = []
    for leaf, rows in frame.groupby("unique_id", sort=True):
        values = to_grid(rows, ends, first, last)
        values, said = _bridge(values, ends, first, str(leaf))
        notes += said
        leaves[str(leaf)] = History(str(leaf), unit, ends, first, values)
    structure = frame.drop_duplicates("unique_id")[["unique_id", "tax_item", "district"]].sort_values("unique_id")
    if len(leaves) == 1:
        only = next(iter(leaves.values()))
        _refuse_unit_jump(only)
        return Panel(replace(only, unique_id=name or only.unique_id, notes=tuple(notes)), {}, structure.iloc[:0])
    notes += [note for leaf in leaves.values() for note in _jump_notes(leaf)]
    total = History(name or TOTAL, unit, ends, first, _add_up(leaves, ends, first), tuple(notes))
    _refuse_unit_jump(total)
    return Panel(total, leaves, structure.reset_index(drop=True))


def _clean(frame: pd.DataFrame) -> pd.DataFrame:
    missing = [c for c in ("ds", "y") if c not in frame.columns]
    if missing:
        raise ReceiptsError(f"Receipts lack the column {missing[0]}; found: {', '.join(map(str, frame.columns))}.")
    frame = frame.copy()
    frame["ds"] = pd.to_datetime(frame["ds"]).dt.normalize().dt.to_period("M").dt.to_timestamp()
    frame["y"] = pd.to_numeric(frame["y"]).astype(float)
    frame = frame[frame["y"].notna()]
    if frame.empty:
        raise ReceiptsError("Receipts hold no figure: every y is missing.")
    covered = frame["months_covered"] if "months_covered" in frame else pd.Series(1, index=frame.index)
    frame["months_covered"] = pd.to_numeric(covered).fillna(1).astype(int)
    for column in ("tax_item", "district", "unit"):
        frame[column] = frame[column].fillna("").astype(str) if column in frame else ""
    frame["unique_id"] = _names(frame)
    frame = _without_totals(frame)
    if "vintage" in frame and frame["vintage"].notna().any():
        frame = frame.sort_values("vintage").drop_duplicates(["unique_id", "ds"], keep="last")
    _refuse_duplicates(frame)
    return _one_unit(frame).sort_values(["unique_id", "ds"], ignore_index=True)


def _names(frame: pd.DataFrame) -> pd.Series:
    """Leaf names: tax item and district where given, else the series' own name."""
    both = frame["tax_item"].where(frame["district"] == "", frame["tax_item"] + "/" + frame["district"]).str.strip("/")
    own = frame["unique_id"].astype(str) if "unique_id" in frame else pd.Series(TOTAL, index=frame.index)
    return both.where(both != "", own)


def _without_totals(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out rows that repeat the sum of the others (a published total beside its items)."""
    is_total = (frame["tax_item"].str.lower() == TOTAL) | (frame["district"].str.lower() == TOTAL)
    is_total |= frame["unique_id"].str.lower() == TOTAL
    return frame if is_total.all() else frame[~is_total]


def _refuse_duplicates(frame: pd.DataFrame) -> None:
    twice = frame[frame.duplicated(["unique_id", "ds"], keep=False)].sort_values(["unique_id", "ds"])
    if len(twice):
        a = twice.iloc[0]
        values = ", ".join(
            f"{v:g}" for v in twice.loc[twice["ds"].eq(a["ds"]) & twice["unique_id"].eq(a["unique_id"]), "y"]
        )
        raise ReceiptsError(
            f"Series {a['unique_id']}: {month(a['ds'])} is given more than once ({values}); "
            f"{len(twice)} rows in all. Keep one figure a period, or add a column vintage (date of publication)."
        )


def _one_unit(frame: pd.DataFrame) -> pd.DataFrame:
    """Convert everything to the unit of the newest figure; refuse two currencies."""
    units = list(dict.fromkeys(frame.sort_values("ds")["unit"]))
    if len(units) == 1:
        return frame
    try:
        sizes = {unit: parse_unit(unit) for unit in units}
    except ValueError as error:
        raise ReceiptsError(f"Receipts hold several units ({', '.join(map(repr, units))}): {error}") from error
    currency, size = sizes[units[-1]]
    foreign = [unit for unit, (code, _) in sizes.items() if code != currency]
    if foreign:
        raise ReceiptsError(f"Receipts hold two currencies: {foreign[0]!r} and {units[-1]!r}. Convert them first.")
    frame["y"] *= frame["unit"].map({unit: worth / size for unit, (_, worth) in sizes.items()})
    frame["unit"] = units[-1]
    return frame


def _refuse_unit_jump(history: History) -> None:
    """Refuse a total whose level changes by a factor that no economy explains."""
    jump = _jump(history.grid, UNIT_JUMP)
    if jump is None:
        return
    at, factor = _stamp(jump[0], history.ends, history.first_year), jump[1]
    raise ReceiptsError(
        f"Series {history.unique_id}: from {month(at)} on the figures are {factor:,.4g} times those before. This looks "
        "like a change of unit (10,000 against 100 million?). Give the column unit for every row, or convert the "
        "figures first."
    )


def _jump_notes(history: History) -> list[Text]:
    """Note a small series whose level changes like a unit: one district among many may do so in earnest."""
    jump = _jump(history.grid, LEAF_UNIT_JUMP)
    if jump is None or not _like_a_unit(jump[1]):
        return []
    at, factor = _stamp(jump[0], history.ends, history.first_year), number(jump[1], 0 if jump[1] > 1 else 4)
    return [
        Text(
            f"{history.unique_id}: from {month(at)} on about {factor} times the figures before; check its unit.",
            f"{history.unique_id}：自{month(at, 'zh')}起约为此前的{factor}倍，请核对单位。",
        )
    ]


def _jump(values: np.ndarray, factor: float) -> tuple[int, float] | None:
    """Position and size of the first lasting change of level by `factor` or more, without overlap."""
    flat = values.ravel()
    index = np.flatnonzero(np.isfinite(flat) & (flat > 0))
    level = np.log(flat[index])
    for i in range(6, len(level) - 5):
        before, after = level[i - 6 : i], level[i : i + 6]
        step = float(np.median(after) - np.median(before))
        if abs(step) >= np.log(factor) and (min(after) > max(before) + 1 or max(after) < min(before) - 1):
            return int(index[i]), float(np.exp(step))
    return None


def _stamp(position: int, ends: tuple[int, ...], first_year: int) -> pd.Timestamp:
    return pd.Timestamp(first_year + position // len(ends), ends[position % len(ends)], 1)


def _like_a_unit(factor: float) -> bool:
    """Whether a factor lies near a power of ten, as units of money do."""
    power = np.log10(factor)
    return bool(abs(power - round(power)) < 0.1)


def _bridge(values: np.ndarray, ends: tuple[int, ...], first_year: int, name: str) -> tuple[np.ndarray, list[Text]]:
    """Fill a short gap from the same period of the neighbouring years; refuse a long one."""
    flat = values.ravel()
    have = np.flatnonzero(np.isfinite(flat))
    holes = [i for i in range(have[0], have[-1]) if not np.isfinite(flat[i])]
    if not holes:
        return values, []
    stamps = [pd.Timestamp(first_year + i // len(ends), ends[i % len(ends)], 1) for i in holes]
    shown = ", ".join(month(s) for s in stamps[:6]) + (" …" if len(stamps) > 6 else "")
    runs = np.split(holes, np.flatnonzero(np.diff(holes) != 1) + 1)
    in_newest_year = have[-1] // len(ends) == holes[-1] // len(ends)
    if in_newest_year or max(map(len, runs)) > GAP_MONTHS:
        raise ReceiptsError(
            f"Series {name}: no figure for {shown}. The year's total cannot be formed without them; supply them, "
            "or give the months together as one period with months_covered."
        )
    filled = flat.copy()
    for i in holes:
        filled[i] = _from_neighbours(flat, i, len(ends))
    note = Text(
        f"{name}: {shown} missing, filled from the same period of the neighbouring years.",
        f"{name}：缺少{'、'.join(month(s, 'zh') for s in stamps[:6])}，按相邻年份同期填补。",
    )
    return filled.reshape(values.shape), [note]


def _from_neighbours(flat: np.ndarray, i: int, periods: int) -> float:
    """Same period last year and next year, each moved by the growth of the period before the gap."""
    estimates = []
    for other in (i - periods, i + periods):
        if not 0 <= other < len(flat) or not np.isfinite(flat[other]):
            continue
        steps = [s for s in (-3, -2, -1, 1, 2, 3) if 0 <= i + s < len(flat) and 0 <= other + s < len(flat)]
        pairs = [(flat[i + s], flat[other + s]) for s in steps]
        ratios = [a / b for a, b in pairs if np.isfinite(a) and np.isfinite(b) and a > 0 and b > 0]
        estimates.append(flat[other] * (float(np.median(ratios)) if ratios else 1.0))
    if not estimates:
        estimates = [float(np.nanmean(flat[max(i - 3, 0) : i + 4]))]
    return float(np.mean(estimates))


def _add_up(leaves: dict[str, History], ends: tuple[int, ...], first_year: int) -> np.ndarray:
    """Sum of the leaves; a leaf that starts late counts as nothing before, one that stops early is an error."""
    stack = np.stack([leaf.grid.reshape(-1) for leaf in leaves.values()])
    seen = np.isfinite(stack)
    last = [int(np.flatnonzero(row)[-1]) for row in seen]
    short = int(np.argmin(last))
    if last[short] < max(last):
        names = list(leaves)
        at = pd.Timestamp(first_year + last[short] // len(ends), ends[last[short] % len(ends)], 1)
        raise ReceiptsError(
            f"Series {names[short]} ends in {month(at)}, others go on ({names[int(np.argmax(last))]}): their sum would "
            "fall short. Supply the missing months, or leave the series out."
        )
    total = np.where(seen.any(axis=0), np.where(seen, stack, 0.0).sum(axis=0), np.nan)
    first = next(iter(leaves.values()))
    return total.reshape(first.grid.shape)
