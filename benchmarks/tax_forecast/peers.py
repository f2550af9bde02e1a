"""Peers side by side: statsforecast's automatic models and Prophet, on the same series and origins.

They demand an older pandas, so this script makes an environment of their own in a temporary folder, hands the series
over as CSV and runs itself there.
Run from the project's root:  ANALYTICS_DATA=... .venv/bin/python benchmarks/tax_forecast/peers.py
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

MONTHS = (0, 3, 6, 9)
YEARS = range(2014, 2025)
PACKAGES = ("statsforecast==2.1.1", "prophet")
NAMES = ("Brazil, total: no device", "US duties: no device", "China: no device", "China: block, VAT cuts, oil")


def ours(folder: Path) -> None:
    """Forecast with this package; write the series for the peers and our errors with CPU seconds."""
    from series import cases

    from analytics.tax_forecast.record.judging import record_with_intervals

    rows = []
    for case in (c for c in cases() if c.name in NAMES):
        history = case.panel.total
        flat = pd.DataFrame({"ds": history.stamps(), "y": history.grid.ravel()}).dropna()
        flat.assign(series=case.name, periods=len(history.ends)).to_csv(folder / f"{len(rows)}.series.csv", index=False)
        for months in MONTHS:
            started = time.process_time()
            table = record_with_intervals(case.panel, YEARS[-1] + 1, months, case.setting)
            spent = (time.process_time() - started) / len(table)
            for year in YEARS:
                error = abs(table.loc[year, "forecast"] / table.loc[year, "actual"] - 1)
                rows.append((case.name, "this package", year, months, error, spent))
    pd.DataFrame(rows, columns=["series", "model", "year", "months", "error", "cpu"]).to_csv(
        folder / "ours.csv", index=False
    )


def peers(folder: Path) -> None:
    """Forecast with the peers, inside their environment; logs in and out, medians summed."""
    import logging
    import warnings

    from prophet import Prophet
    from statsforecast.models import AutoARIMA, AutoCES, AutoETS, AutoTheta

    warnings.simplefilter("ignore")
    logging.getLogger("cmdstanpy").disabled = True
    makers = {"AutoARIMA": AutoARIMA, "AutoETS": AutoETS, "AutoTheta": AutoTheta, "CES": AutoCES}
    rows = []
    for path in sorted(folder.glob("*.series.csv")):
        frame = pd.read_csv(path, parse_dates=["ds"])
        name, periods = frame["series"].iloc[0], int(frame["periods"].iloc[0])
        if name == NAMES[-1]:
            continue
        for year in YEARS:
            actual = frame.loc[frame["ds"].dt.year == year, "y"].sum()
            for months in MONTHS:
                known = frame[frame["ds"] < pd.Timestamp(year, 1, 1) + pd.DateOffset(months=months)]
                so_far = known.loc[known["ds"].dt.year == year, "y"].sum()
                ahead = frame[(frame["ds"].dt.year == year) & ~frame["ds"].isin(known["ds"])]["ds"]
                logs = np.log(known["y"].to_numpy(dtype=float))
                for model, maker in makers.items():
                    started = time.process_time()
                    said = maker(season_length=periods).forecast(y=logs, h=len(ahead))["mean"]
                    spent = time.process_time() - started
                    rows.append((name, model, year, months, abs((so_far + np.exp(said).sum()) / actual - 1), spent))
                started = time.process_time()
                prophet = Prophet(yearly_seasonality=True, weekly_seasonality=False, daily_seasonality=False)
                prophet.fit(pd.DataFrame({"ds": known["ds"], "y": logs}))
                said = prophet.predict(pd.DataFrame({"ds": ahead}))["yhat"].to_numpy()
                spent = time.process_time() - started
                rows.append((name, "Prophet", year, months, abs((so_far + np.exp(said).sum()) / actual - 1), spent))
    pd.DataFrame(rows, columns=["series", "model", "year", "months", "error", "cpu"]).to_csv(
        folder / "peers.csv", index=False
    )


def main() -> None:
    """Make the peers' environment, run both sides, print error and CPU with their ratios to this package."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        ours(folder)
        own = folder / "environment"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(own)], check=True)
        python = str(own / "bin" / "python")
        subprocess.run(["python3", "-m", "pip", "--python", python, "install", "--quiet", *PACKAGES], check=True)
        subprocess.run([python, __file__, "--peers", place], check=True)
        table = pd.concat([pd.read_csv(folder / "ours.csv"), pd.read_csv(folder / "peers.csv")])
    for name, group in table.groupby("series", sort=False):
        wide = 100 * group.pivot_table(index="model", columns="months", values="error", aggfunc="mean")
        wide["mean"] = wide.mean(axis=1)
        wide["CPU s an origin"] = group.groupby("model")["cpu"].median()
        print(f"\n{name}, mean absolute error of the annual total, %, {YEARS[0]}-{YEARS[-1]}")
        print(wide.sort_values("mean").round(2).to_string())
    both = table[table["series"] != NAMES[-1]]
    mean = both.groupby("model")[["error", "cpu"]].mean()
    print("\nRatios to this package without devices (error, CPU):")
    print((mean / mean.loc["this package"]).round(2).to_string())


if __name__ == "__main__":
    if "--peers" in sys.argv:
        peers(Path(sys.argv[-1]))
    else:
        main()
