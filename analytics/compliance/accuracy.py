"""Rates of compliance and accuracy as the first inspection found them: by line, value, tax, enterprise, declaration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.compliance.engine.rates import Rate, share
from analytics.compliance.sample import Sample

_WHOLE = 0.95  # sampled declarations of which every line was drawn, from which whole declarations were the unit


@dataclass(frozen=True)
class Bounds:
    """A share that the sample tells between two figures.

    Attributes
    ----------
    least, most : between which the share lies, whatever lies where on a declaration; equal where whole ones were drawn
    low, high : 95 % limits of `least` and of `most`
    whole : whether whole declarations were the unit of the draw
    """

    least: float
    most: float
    low: float
    high: float
    whole: bool


def rates(s: Sample) -> dict[str, Rate | None]:
    """Rates by line, by value and by tax of what was found; None where the column is missing."""
    right, chance = s.loss <= 0, s.column("chance")
    over = s.overpaid > 0
    result: dict[str, Rate | None] = {
        "lines_without_loss": share(right, chance),
        "lines_declared_right": share(right & ~over, chance),
        "value_without_loss": share(right, chance, s.column("value")) if s.rows["value"].notna().all() else None,
        "classification_lines": None,
        "classification_tax": None,
    }
    if {"hs_code", "confirmed_hs_code"} <= set(s.rows.columns):
        known = s.rows["confirmed_hs_code"].notna() & s.rows["hs_code"].notna()
        if known.mean() > 0.95:
            same = (s.rows["hs_code"] == s.rows["confirmed_hs_code"])[known].to_numpy()
            at = known.to_numpy()
            result["classification_lines"] = share(same, chance[at])
            result["classification_tax"] = share(same, chance[at], s.column("tax")[at])
    return result


def enterprises(s: Sample) -> Rate | None:
    """Share of the sampled enterprises with a finding: a lower bound, for few of their lines were looked at."""
    if "enterprise_id" not in s.rows.columns:
        return None
    by = pd.Series(s.loss > 0).groupby(s.rows["enterprise_id"].to_numpy()).any()
    return share(by.to_numpy(), np.full(len(by), 1e-9))


def declarations(s: Sample, lines: pd.DataFrame) -> Bounds:
    """Share of declarations none of whose lines has a loss.

    Parameters
    ----------
    s : sample of lines, or of whole declarations with all their lines
    lines : lines of the frame, with declaration_id

    Notes
    -----
    A sample of lines sees seldom two of one declaration. Were all losses of a declaration together, or none with
    another, its share would be one of two figures, and it lies between them: with y a line with a loss and k the lines
    of its declaration, the declarations with a loss number at least sum y/(pi k) and at most sum y/pi. The upper figure
    is a ratio of declarations, the lower one the share of lines times the lines per declaration.
    """
    size = lines.drop_duplicates(["declaration_id", "line_no"]).groupby("declaration_id").size()
    heads = s.rows["declaration_id"]
    k = heads.map(size).fillna(1).to_numpy(float)
    bad, chance = s.loss > 0, s.column("chance")
    drawn = heads.map(heads.value_counts()).to_numpy(float)
    if (drawn == k).mean() >= _WHOLE:
        one = (
            pd.DataFrame({"bad": bad, "chance": chance}).groupby(heads.to_numpy()).agg({"bad": "any", "chance": "max"})
        )
        r = share(~one["bad"].to_numpy(bool), one["chance"].to_numpy(float))
        return Bounds(r.value, r.value, r.low, r.high, True)
    upper, line = share(~bad, chance, 1 / k), share(~bad, chance)
    each = len(lines) / max(len(size), 1)
    least, low = (max(1 - (1 - x) * each, 0.0) for x in (line.value, line.low))
    return Bounds(min(least, upper.value), upper.value, min(low, upper.low), upper.high, False)
