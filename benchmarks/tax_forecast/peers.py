"""Seven public models beside this package: the same series and origins, and the plain mean of the seven.

AutoARIMA, AutoETS, AutoTheta, CES and dynamic optimised Theta (statsforecast), a structural model (statsmodels) and
Prophet. They demand another pandas, so they run in an environment of their own, made in the folder named. The run can
be broken off and taken up again: every forecast is kept in the folder as soon as it is made.
Run from the project's root:  ANALYTICS_DATA=... .venv/bin/python benchmarks/tax_forecast/peers.py FOLDER [SECONDS]
SECONDS: stop the peers after so long; run again until it prints the tables.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

MONTHS = (0, 2, 3, 6, 9)
PACKAGES = ("statsforecast==2.1.1", "prophet==1.5.0", "statsmodels>=0.15")
NAMES = ("China: nothing said", "Brazil, total", "US duties", "Bangladesh, fiscal years")
KEY = ["series", "model", "year", "months"]
PEERS = ("AutoETS", "AutoTheta", "CES", "dynamic Theta", "structural", "Prophet", "AutoARIMA")
DRAWS = 4000
LONG = 150


def ours(folder: Path) -> pd.DataFrame:
    """Forecast with this package; lay out series and origins for the peers."""
    from series import cases

    from analytics.tax_forecast.record.shifts import record_as_settled

    rows, origins = [], []
    for case in (c for c in cases() if c.name in NAMES):
        history = case.panel.total
        flat = pd.DataFrame({"ds": history.stamps(), "y": history.grid.ravel()})
        flat["year"] = np.repeat(history.years, len(history.ends))
        flat.assign(series=case.name, periods=len(history.ends)).dropna().to_csv(
            folder / f"{len(origins)}.series.csv", index=False
        )
        origins += [(case.name, case.first, case.last, k, history.known(k)) for k in MONTHS]
        for months in MONTHS:
            table = record_as_settled(case.panel, range(case.first, case.last + 1), months, case.setting)
            rows += [(case.name, "this package", y, months, f) for y, f in table["forecast"].items()]
    head = ["series", "first", "last", "months", "known"]
    pd.DataFrame(origins, columns=head).to_csv(folder / "origins.csv", index=False)
    return pd.DataFrame(rows, columns=[*KEY, "forecast"])


def forecaster(model: str, periods: int):
    """Return a function of (log series, its dates, dates ahead) to log forecasts."""
    if model == "Prophet":
        from prophet import Prophet

        def prophet(y, ds, ahead):
            own = Prophet(yearly_seasonality=True, weekly_seasonality=False, daily_seasonality=False)
            own.fit(pd.DataFrame({"ds": ds, "y": y}))
            return own.predict(pd.DataFrame({"ds": ahead}))["yhat"].to_numpy()

        return prophet
    if model == "structural":
        from statsmodels.tsa.statespace.structural import UnobservedComponents

        def structural(y, ds, ahead):
            own = UnobservedComponents(y, "local linear trend", seasonal=periods)
            return own.fit(disp=0, maxiter=100).forecast(len(ahead))

        return structural
    from statsforecast.models import AutoARIMA, AutoCES, AutoETS, AutoTheta, DynamicOptimizedTheta

    makers = {"AutoARIMA": AutoARIMA, "AutoETS": AutoETS, "AutoTheta": AutoTheta, "CES": AutoCES}
    maker = (makers | {"dynamic Theta": DynamicOptimizedTheta})[model]

    def automatic(y, ds, ahead):
        # R's auto.arima approximates the likelihood of long series while it searches; so here.
        own = {"approximation": len(y) > LONG} if model == "AutoARIMA" else {}
        return maker(season_length=periods, **own).forecast(y=y, h=len(ahead))["mean"]

    return automatic


def peers(folder: Path, seconds: float) -> None:
    """Forecast with the peers, inside their environment: logs in and out, medians summed."""
    import logging
    import warnings

    warnings.simplefilter("ignore")
    logging.getLogger("cmdstanpy").disabled = True
    kept, until = folder / "peers.csv", time.monotonic() + seconds
    done = set(map(tuple, pd.read_csv(kept)[KEY].to_numpy().tolist())) if kept.exists() else set()
    origins = pd.read_csv(folder / "origins.csv")
    everything = {f["series"].iloc[0]: f for f in map(_series, sorted(folder.glob("*.series.csv")))}
    for model in PEERS:
        for at in origins.itertuples():
            frame = everything[at.series]
            says = forecaster(model, int(frame["periods"].iloc[0]))
            for year in range(at.first, at.last + 1):
                if (at.series, model, year, at.months) in done:
                    continue
                if time.monotonic() > until:
                    return
                own = frame["year"] == year
                known = (frame["year"] < year) | (own & (own.cumsum() <= at.known))
                past, ahead = frame[known], frame[own & ~known]["ds"]
                started = time.process_time()
                rest = np.exp(says(np.log(past["y"].to_numpy(dtype=float)), past["ds"].to_numpy(), ahead)).sum()
                spent = time.process_time() - started
                so_far = past.loc[past["year"] == year, "y"].sum()
                row = pd.DataFrame([(at.series, model, year, at.months, so_far + rest, spent)])
                head = [*KEY, "forecast", "cpu"] if not kept.exists() else False
                row.to_csv(kept, mode="a", index=False, header=head)


def _series(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, parse_dates=["ds"])


def errors(folder: Path, own: pd.DataFrame) -> pd.DataFrame:
    """Absolute error of every model at every origin, %, the plain mean of the seven among them."""
    kept = folder / "peers.csv"
    said = pd.read_csv(kept) if kept.exists() else pd.DataFrame(columns=[*KEY, "forecast", "cpu"])
    mean = said.groupby(["series", "year", "months"], as_index=False)["forecast"].mean().assign(model="mean of seven")
    table = pd.concat([own, said, mean], ignore_index=True)
    totals = pd.concat([_series(p) for p in sorted(folder.glob("*.series.csv"))])
    actual = totals.groupby(["series", "year"])["y"].sum().rename("actual")
    table = table.join(actual, on=["series", "year"])
    return table.assign(error=100 * (table["forecast"] / table["actual"] - 1).abs())


def ratios(table: pd.DataFrame) -> pd.DataFrame:
    """Mean error of this package over that of the mean of seven, by months known, with a paired 95 % interval.

    Pooled: mean over series. Interval: years drawn with replacement within each series, both errors together.
    """
    wide = table.pivot_table(index=["series", "year", "months"], columns="model", values="error")
    pair = wide[["this package", "mean of seven"]].dropna()
    rng, rows = np.random.default_rng(1), []
    for months, group in pair.groupby("months"):
        drawn = np.zeros((DRAWS, 2))
        for _, one in group.groupby("series"):
            values = one.to_numpy()
            drawn += values[rng.integers(len(values), size=(DRAWS, len(values)))].mean(axis=1)
        low, high = np.quantile(drawn[:, 0] / drawn[:, 1], [0.025, 0.975])
        means = group.groupby("series").mean()
        row = {"months": months, "pooled": means["this package"].mean() / means["mean of seven"].mean()}
        row |= {"low95": low, "high95": high} | (means["this package"] / means["mean of seven"]).to_dict()
        rows.append(row)
    return pd.DataFrame(rows).set_index("months")


def main() -> None:
    """Make the peers' environment, run both sides, print errors and ratios."""
    folder, seconds = Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else np.inf
    folder.mkdir(parents=True, exist_ok=True)
    own, python = ours(folder), folder / "environment" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(python.parents[1])], check=True)
        install = ["python3", "-m", "pip", "--python", str(python), "install", "--quiet", *PACKAGES]
        subprocess.run(install, check=True)
    subprocess.run([str(python), __file__, "--peers", str(folder), str(seconds)], check=True)
    table = errors(folder, own)
    open_ = len(own) * len(PEERS) - table["model"].isin(PEERS).sum()
    if open_:
        print(f"{open_} forecasts of the peers are still to be made: run again.")
        return
    for name, group in table.groupby("series", sort=False):
        wide = group.pivot_table(index="model", columns="months", values="error", aggfunc="mean")
        wide["mean"] = wide.mean(axis=1)
        wide["CPU s an origin"] = group.groupby("model")["cpu"].median()
        print(f"\n{name}, mean absolute error of the annual total, %")
        print(wide.sort_values("mean").round(2).to_string())
    print("\nThis package over the mean of seven:")
    print(ratios(table).round(3).to_string())


if __name__ == "__main__":
    if "--peers" in sys.argv:
        peers(Path(sys.argv[-2]), float(sys.argv[-1]))
    else:
        main()
