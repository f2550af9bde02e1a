"""Cells of which too little is known to be judged, and what is missing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.valuation.comparison.keys import LEAST_LINES
from analytics.valuation.comparison.question import Question
from analytics.valuation.regression.large import APART

FEW_LINES, FEW_ENTERPRISES, NOTHING, LITTLE = "few lines", "few enterprises", "nothing compares", "little compared"
_FEWEST_ENTERPRISES = 3.0
_LEAST_COMPARED = 0.2
_PLAINLY = 4.0  # standard deviations outside the band


def too_little(sums: pd.DataFrame, question: Question) -> np.ndarray:
    """What is missing to judge each cell, "" where nothing is, (H,).

    Parameters
    ----------
    sums : DataFrame: matched_lines, matched_value_share, enterprises (effective number), log_level and error
    question : what was asked

    Notes
    -----
    Few lines and few enterprises do not keep a cell from being judged that lies plainly outside, whatever a few
    enterprises' prices may be: then that is what is known of it.
    """
    few_lines = sums["matched_lines"] < question.min_lines
    few = sums["enterprises"].notna() & (sums["enterprises"] < _FEWEST_ENTERPRISES) & ("enterprise" not in question.by)
    own = APART / np.sqrt(sums["enterprises"].fillna(sums["matched_lines"]).clip(lower=1.0))
    reach = _PLAINLY * np.hypot(sums["error"], own)
    plain = (sums["log_level"] + reach < np.log(question.band[0])) | (
        sums["log_level"] - reach > np.log(question.band[1])
    )
    plain &= sums["matched_lines"] >= LEAST_LINES
    nothing = (sums["matched_lines"] <= 0) | sums["log_level"].isna() & sums["level_loo"].isna()
    told = [nothing, sums["matched_value_share"] < _LEAST_COMPARED, few_lines & ~plain, few & ~plain]
    return np.select(told, [NOTHING, LITTLE, FEW_LINES, FEW_ENTERPRISES], "").astype(object)
