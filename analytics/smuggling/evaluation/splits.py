"""Split declarations in time, with what was known on the day of the split and nothing more."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.smuggling.features.frames import EPOCH, FewOutcomesError, InputError


def time_split(
    frame: pd.DataFrame, *, evaluate_from: str | None = None, share: float = 0.25
) -> tuple[pd.DataFrame, pd.DataFrame, pd.Timestamp]:
    """Training lines before a date and evaluation lines from it on.

    Parameters
    ----------
    frame : DataFrame from `frames.prepare`
    evaluate_from : str, optional
        First day of the evaluation period; by default the day that leaves `share` of the lines after it.
    share : float

    Returns
    -------
    (train, evaluation, first day of the evaluation)
        An outcome that became known on that day or later is taken out of the training lines: the gap between the last
        label and the first evaluated line is the label delay of the data themselves. Indices are fresh.

    Raises
    ------
    InputError
        No line before or after the date.
    """
    cut = float(np.floor(frame["day"].quantile(1 - share)))
    if evaluate_from is not None:
        cut = float((pd.Timestamp(evaluate_from) - EPOCH).days)
    train, evaluation = frame[frame["day"] < cut], frame[frame["day"] >= cut]
    start = EPOCH + pd.Timedelta(days=int(cut))
    if train.empty or evaluation.empty:
        refusal = FewOutcomesError if evaluate_from is None else InputError  # rules need no split
        raise refusal(
            f"evaluate_from {start.date()}: {len(train):,} lines before it and {len(evaluation):,} from it on. Choose "
            f"a day between {frame['date'].min().date()} and {frame['date'].max().date()}."
        )
    train = train.reset_index(drop=True)
    late = (train["known_day"] >= cut).to_numpy()
    train.loc[late, ["label", "recovered", "known_day"]] = np.nan
    train.loc[late, "inspected"] = False
    return train, evaluation.reset_index(drop=True), start


def without_outcomes(frame: pd.DataFrame) -> pd.DataFrame:
    """The same lines as they stood when they were declared: no outcome known."""
    blind = frame.copy()
    blind[["label", "recovered", "known_day"]] = np.nan
    blind["inspected"] = False
    return blind
