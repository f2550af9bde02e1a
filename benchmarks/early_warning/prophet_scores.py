"""Scores of Prophet for `peers.py`, run by an interpreter that has Prophet (it is no dependency of the suite).

python prophet_scores.py FOLDER

FOLDER/given.npz holds the series; the scores of each are written to FOLDER/<number>.npy, those there are passed over.

Each series is fitted anew every twenty-four months on its past (a fit takes 1.4 s of CPU); a month's score is its
distance from the forecast over half the width of the 95 % interval.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from prophet import Prophet

WARM_UP, EVERY = 24, 24


def scores(y: np.ndarray, months: pd.DatetimeIndex) -> np.ndarray:
    """Signed scores of one series."""
    made = np.zeros(len(y))
    for start in range(WARM_UP, len(y), EVERY):
        model = Prophet(interval_width=0.95, yearly_seasonality=True, weekly_seasonality=False,
                        daily_seasonality=False, uncertainty_samples=200)  # fmt: skip
        model.fit(pd.DataFrame({"ds": months[:start], "y": y[:start]}))
        ahead = months[start : start + EVERY]
        told = model.predict(pd.DataFrame({"ds": ahead}))
        half = (told["yhat_upper"] - told["yhat_lower"]).to_numpy() / 2
        made[start : start + EVERY] = (y[start : start + EVERY] - told["yhat"].to_numpy()) / np.maximum(half, 1e-3)
    return made


def main() -> None:
    """Read, score, write."""
    for name in ("cmdstanpy", "prophet"):
        logging.getLogger(name).setLevel(logging.ERROR)
    folder = Path(sys.argv[1])
    given = np.load(folder / "given.npz")
    months = pd.DatetimeIndex(given["months"])
    for i, y in enumerate(given["y"].T):
        if not (folder / f"{i}.npy").exists():
            np.save(folder / f"{i}.npy", scores(y, months))


if __name__ == "__main__":
    main()
