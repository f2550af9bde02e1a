"""Whether records are what they seem: each line once, a number for each declaration, clean outcomes written down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.smuggling.audit.drawn import FAR, missing_findings, unevenness
from analytics.smuggling.features.units import Units, party

REPEATED, UNRECORDED, REUSED, APART, LATE = (
    0.01,
    0.05,
    0.05,
    0.10,
    0.15,
)  # shares from which on a figure cannot be believed
LEAST_PARTIES = 8.0  # equal parties that the outcomes must be worth


@dataclass(frozen=True)
class Records:
    """What may make a figure of outcomes false, whatever the model.

    Attributes
    ----------
    repeated : share of the lines that stand more than once
    unrecorded : share of the lines inspected long enough ago that have no outcome
    inspected : such lines
    reused : share of the declarations of several lines that bear more than one date or enterprise
    apart : share of the declarations whose only line has a number above one
    parties : equal parties that the outcomes are worth (Kish 1965); missing where there is no outcome
    late : share of the newest lines' findings not known yet, beyond that of clean outcomes (`drawn.missing_findings`)
    uneven, over : how far random lines are from being spread as all lines are, and over what (`drawn.unevenness`)
    """

    repeated: float
    unrecorded: float
    inspected: int
    reused: float
    apart: float
    parties: float
    late: float = 0.0
    uneven: float = 0.0
    over: str = ""

    @classmethod
    def of(cls, frame: pd.DataFrame, delay: int) -> Records:
        """Look at all lines of a study.

        Parameters
        ----------
        frame : DataFrame from `frames.prepare`
        delay : days until an outcome is usually known
        """
        key = ["declaration_id", "line_no"]
        if frame["line_no"].nunique() < 2:  # lines are not numbered: only a whole line can stand twice
            key += ["date", "hs_code", "value", "quantity", "net_mass_kg", "enterprise_id"]
        named = frame[frame["declaration_id"].notna()]
        looked = frame["inspected"].to_numpy(dtype=bool) & (frame["day"] <= frame["day"].max() - delay).to_numpy()
        silent = looked & frame["label"].isna().to_numpy()
        known = frame[frame["label"].notna()]
        uneven, over = unevenness(frame)
        share = party(known).value_counts(normalize=True).to_numpy()
        return cls(
            repeated=float(named.duplicated(key, keep=False).mean()) if len(named) else 0.0,
            unrecorded=float(silent.sum() / max(looked.sum(), 1)),
            inspected=int(looked.sum()),
            reused=_reused(named),
            apart=_apart(named),
            parties=float(1 / np.sum(share**2)) if len(share) else float("nan"),
            late=missing_findings(frame),
            uneven=uneven,
            over=over,
        )

    @property
    def doubts(self) -> list[str]:
        """Names of what forbids a verdict."""
        limits = {"reused": REUSED, "repeated": REPEATED, "unrecorded": UNRECORDED, "apart": APART}
        limits |= {"late": LATE, "uneven": FAR}
        found = [name for name, most in limits.items() if getattr(self, name) > most]
        return [*found, "parties"] if self.parties < LEAST_PARTIES else found

    @property
    def level_unknown(self) -> bool:
        """Whether no rate of all lines can be believed: random lines are not spread evenly, findings not all known."""
        return bool({"late", "uneven", "unrecorded"} & {*self.doubts})


def _reused(lines: pd.DataFrame) -> float:
    """Share of the declarations of several lines whose lines contradict each other."""
    by = lines.groupby("declaration_id", sort=False)[["date", "enterprise_id"]].nunique()
    several = lines.groupby("declaration_id", sort=False).size().gt(1)
    return float((by[several] > 1).any(axis=1).mean()) if several.any() else 0.0


def _apart(lines: pd.DataFrame) -> float:
    """Share of the declarations that hold one line alone, and that not their first."""
    if lines.empty:
        return 0.0
    units = Units.of(lines)
    alone = np.bincount(units.code) == 1
    return float((alone & (units.most(lines["line_no"].to_numpy(dtype=float)) > 1)).mean())
