"""The sample and the lines it was drawn from, as this pillar sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.compliance import doubts as doubtful
from analytics.language import Text
from analytics.sampling import VALUE_WEIGHT, DesignError, sizes
from analytics.shown import Shown
from analytics.tables.currency import mixed

NEEDED = ("declaration_id", "line_no", "probability", "tax", "confirmed_tax")
KEYS = ["declaration_id", "line_no"]
_PENNY = 0.01  # differences below are rounding
_ANSWERED = 0.95  # lines drawn that must have been inspected


@dataclass(frozen=True)
class Frame:
    """The lines from which the sample was drawn.

    Attributes
    ----------
    lines, tax, value : their number, tax collected and value
    first, last : days of declaration covered
    """

    lines: int
    tax: float
    value: float
    first: pd.Timestamp
    last: pd.Timestamp


@dataclass(frozen=True, repr=False)
class Sample(Shown):
    """Lines drawn and inspected.

    Attributes
    ----------
    rows : the table `samples`, inspected lines only; chance is the probability times the share inspected
    drawn : lines drawn, inspected or not
    doubts : what keeps the sample from speaking for the frame, in both languages; empty where nothing does
    """

    rows: pd.DataFrame
    drawn: int
    doubts: tuple[Text, ...]

    @property
    def said(self) -> str:
        """The result in one line."""
        doubts = f", {len(self.doubts)} doubts" if self.doubts else ""
        return f"{self.drawn:,} lines drawn, {len(self.rows):,} inspected, {int(self.twice.sum()):,} twice{doubts}"

    def summary(self) -> pd.DataFrame:
        """How many lines stand behind it."""
        rows = [("drawn", self.drawn), ("inspected", len(self.rows)), ("twice", int(self.twice.sum())),
                ("with a loss", int((self.loss > 0).sum()))]  # fmt: skip
        return pd.DataFrame(rows, columns=["lines", "number"])

    def column(self, name: str) -> np.ndarray:
        """Column as floats."""
        return self.rows[name].to_numpy(float)

    @property
    def loss(self) -> np.ndarray:
        """Tax that the first inspection found short, CNY; overpayments are apart (`overpaid`)."""
        return _positive(self.column("confirmed_tax") - self.column("tax"))

    @property
    def overpaid(self) -> np.ndarray:
        """Tax that was paid too much."""
        return _positive(self.column("tax") - self.column("confirmed_tax"))

    @property
    def twice(self) -> np.ndarray:
        """Lines that a second team inspected without knowing the first's result."""
        return self.rows["second_tax"].notna().to_numpy()

    @property
    def second(self) -> np.ndarray:
        """Loss that the second team found."""
        return _positive(self.column("second_tax") - self.column("tax"))


def _positive(x: np.ndarray) -> np.ndarray:
    return np.where(np.nan_to_num(x) > _PENNY, x, 0.0)


def frame_of(declarations: Any, first: str | None = None, last: str | None = None) -> tuple[Frame, pd.DataFrame]:
    """Lines of the months asked for, and their sums.

    Parameters
    ----------
    declarations : Table, Ibis table or DataFrame with declaration_id, line_no, date, value, tax
    first, last : months such as "2025-01", optional
    """
    rows = declarations if isinstance(declarations, pd.DataFrame) else declarations.to_pandas()
    for name in ("date", "tax", "value"):
        if name not in rows.columns:
            raise DesignError(f"declarations: column {name} is missing; the revenue due needs it. Add it by the map.")
    if (said := mixed(rows)) is not None:
        raise DesignError(f"declarations, {said}")
    month = rows["date"].dt.to_period("M")
    keep = pd.Series(True, index=rows.index)
    if first:
        keep &= month >= pd.Period(first)
    if last:
        keep &= month <= pd.Period(last)
    kept = rows[keep]
    if kept.empty:
        raise DesignError(
            f"declarations: no line from {first or 'the start'} to {last or 'the end'}. Widen the months."
        )
    if not kept["tax"].sum() > 0:
        raise DesignError("declarations: no tax was collected in these months, so no share of it can be given.")
    days = kept["date"]
    return Frame(len(kept), float(kept["tax"].sum()), float(kept["value"].sum()), days.min(), days.max()), kept


def sample_of(
    samples: Any, frame: Frame, first: str | None = None, last: str | None = None, lines: pd.DataFrame | None = None
) -> Sample:
    """Sample prepared and held against its frame.

    Parameters
    ----------
    samples : Table or DataFrame `samples` of the contract
    frame : of the same months
    lines : the lines of the frame, optional; the sample's must be among them

    Raises
    ------
    DesignError
        A column that the estimate needs is missing, or no line was inspected.
    """
    rows = samples if isinstance(samples, pd.DataFrame) else samples.to_pandas()
    absent = [name for name in NEEDED if name not in rows.columns]
    if absent:
        raise DesignError(
            f"samples: {', '.join(absent)} missing. The estimate needs the chance of each line (probability), the tax "
            "collected (tax) and the tax due as inspected (confirmed_tax). Add them by the column map."
        )
    if "drawn_on" in rows.columns and (first or last):
        month = rows["drawn_on"].dt.to_period("M")
        rows = rows[~((month < pd.Period(first)) if first else False) & ~((month > pd.Period(last)) if last else False)]
    rows = rows.copy()
    for name, otherwise in (("second_tax", np.nan), ("cause", None), ("value", np.nan)):
        if name not in rows.columns:
            rows[name] = otherwise
    drawn = len(rows)
    looked = rows["confirmed_tax"].notna() & rows["tax"].notna()
    if "inspected_on" in rows.columns and rows["inspected_on"].notna().any():
        looked &= rows["inspected_on"].notna()  # filled in, not found
    inspected = rows[looked].copy()
    if inspected.empty:
        raise DesignError("samples: no line has a confirmed_tax. Enter what the inspections found, also where nothing.")
    answered = len(inspected) / drawn
    fit = doubtful.usable(inspected)
    unusable = int((~fit).sum())
    if not fit.any():
        raise DesignError(
            "samples: column probability has no chance between 0 and 1. Give each line the chance with which it was "
            "drawn; lines picked by hand are no sample."
        )
    inspected = inspected[fit].copy()
    inspected["chance"] = inspected["probability"].astype(float) * answered
    inspected.loc[(inspected["probability"] >= 1) & (answered >= 1), "chance"] = 1.0
    inspected["size"] = _size(inspected)
    doubts = doubtful.of_lines(inspected, unusable, lines, KEYS)
    if answered < _ANSWERED:
        doubts.append(
            Text(
                f"only {answered:.0%} of the lines drawn were inspected; those that were not may be the worse ones",
                f"抽中商品项仅{answered:.0%}完成核查，未核查的可能问题更多",
            )
        )
    doubts += doubtful.of_amounts(inspected)
    doubts += doubtful.against_frame(inspected, frame.lines, frame.tax)
    return Sample(inspected.reset_index(drop=True), drawn, tuple(doubts))


def _size(rows: pd.DataFrame) -> np.ndarray:
    if "size" in rows.columns and rows["size"].notna().all():
        return rows["size"].to_numpy(float)
    value = rows["value"].to_numpy(float)
    return sizes(rows["tax"].to_numpy(float), value, VALUE_WEIGHT)


def from_inspections(declarations: Any) -> pd.DataFrame:
    """Use of the inspections at hand as a sample: each inspected line with the chance with which it was selected.

    Parameters
    ----------
    declarations : Table or DataFrame with inspected, selection_probability, recovered, tax, value

    Returns
    -------
    DataFrame like `samples`; lines whose outcome has not arrived have no confirmed_tax, and nobody looked twice.

    Notes
    -----
    What the inspections found, never what was due: nobody looked twice. Very small chances make single lines rule.
    """
    rows = declarations if isinstance(declarations, pd.DataFrame) else declarations.to_pandas()
    for name in ("inspected", "selection_probability", "recovered"):
        if name not in rows.columns:
            raise DesignError(
                f"declarations: column {name} is missing; without it inspections are no sample. Name a table of lines "
                "drawn at random (parameter samples), or add the column by the map."
            )
    seen = rows[rows["inspected"].fillna(False).astype(bool) & (rows["selection_probability"] > 0)].copy()
    seen["probability"] = seen["selection_probability"].astype(float)
    seen["confirmed_tax"] = seen["tax"] + seen["recovered"]
    seen["drawn_on"] = seen["date"]
    seen["cause"] = seen["finding_kind"] if "finding_kind" in seen.columns else None
    return seen.reset_index(drop=True)


def drawn_months(samples: Any, frame: Frame, lines: pd.DataFrame) -> tuple[Frame, pd.DataFrame]:
    """Months over which the sample was drawn, where none are asked for."""
    rows = samples if isinstance(samples, pd.DataFrame) else samples.to_pandas()
    if "drawn_on" not in rows.columns or rows["drawn_on"].isna().all():
        return frame, lines
    first, last = (str(f(rows["drawn_on"]).to_period("M")) for f in (min, max))
    return frame_of(lines, first, last)
