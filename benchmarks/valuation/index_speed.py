"""Speed and memory of multilateral index numbers against PriceIndexCalc and pyindexnum on one generated panel.

    python benchmarks/valuation/index_speed.py [--no-peers]

24 periods x 49,132 products, about 656,000 rows. Own figures: best and median of nine runs end to end, in this process
after one warm-up; memory is the peak of Python and numpy allocations during a run (tracemalloc). The peers run in an
environment of their own in a temporary folder, installed from PyPI by this script; one that fails or takes over two
minutes is reported so.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.valuation import price_index


def generated(periods: int = 24, products: int = 49_132, seed: int = 7) -> pd.DataFrame:
    """Products that come and go, log-normal prices and quantities; shuffled rows."""
    rng = np.random.default_rng(seed)
    life = rng.geometric(0.055, products).clip(1, periods)
    start = rng.integers(-6, periods, products).clip(0, periods - 1)
    product, period = np.meshgrid(np.arange(products), np.arange(periods), indexing="ij")
    keep = (period >= start[:, None]) & (period < (start + life)[:, None])
    keep |= (np.arange(products) < products * 0.27)[:, None]
    product, period = product[keep], period[keep]
    log_price = rng.normal(2, 1, products)[product] + 0.004 * period + rng.normal(0, 0.15, len(product))
    frame = pd.DataFrame(
        {
            "period": period,
            "product": product + 100_000,
            "price": np.exp(log_price),
            "quantity": np.exp(rng.normal(3, 1.2, len(product))),
        }
    )
    return frame.sample(frac=1, random_state=1).reset_index(drop=True)


def own(frame: pd.DataFrame) -> dict[str, tuple[float, float]]:
    found = {}
    for method in ("geks_tornqvist", "tpd", "gk"):
        price_index(frame, method)
        seconds, cpu = [], []
        for _ in range(9):
            start, spent = time.perf_counter(), time.process_time()
            result = price_index(frame, method)
            seconds.append(time.perf_counter() - start)
            cpu.append(time.process_time() - spent)
        tracemalloc.start()
        price_index(frame, method)
        peak = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        found[method] = (statistics.median(seconds), float(result["index"].iloc[-1]))
        print(
            f"own {method}: median {found[method][0]:.3f} s (CPU {statistics.median(cpu):.3f}), best "
            f"{min(seconds):.3f} s, {peak:.0f} MiB, last index {found[method][1]:.6f}",
            flush=True,
        )
    return found


def peers(frame: pd.DataFrame) -> None:
    base = getattr(sys, "_base_executable", sys.executable)  # this environment has no pip of its own
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "panel.csv"
        frame.to_csv(data, index=False)
        for package, script in PEER_SCRIPTS.items():
            home = Path(folder) / package
            subprocess.run([base, "-m", "venv", "--without-pip", str(home)], check=True)
            python = home / "bin" / "python"
            install = [base, "-m", "pip", "--python", str(python), "install", "--quiet", package, *_ALSO]
            if subprocess.run(install, check=False).returncode:
                print(f"{package}: not installable here")
                continue
            for method in ("geks_tornqvist", "tpd", "gk"):
                _one(package, method, python, script, data)


def _one(package: str, method: str, python: Path, script: str, data: Path) -> None:
    command = [str(python), "-c", script, str(data), method]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT, check=False)
    except subprocess.TimeoutExpired:
        print(f"{package} {method}: over {_LIMIT} s")
        return
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        print(f"{package} {method}: failed: {done.stderr.strip().splitlines()[-1:]}")
        return
    seconds, last = json.loads(lines[-1])
    print(f"{package} {method}: {seconds:.2f} s, last index {last:.6f}")


_LIMIT = 120  # seconds a peer may take
_ALSO = (
    "pyarrow",
    "statsmodels",
    "scikit-learn",
)  # to read the panel; and what PriceIndexCalc imports without saying so
_HEAD = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
method = sys.argv[2]
"""
_TAIL = """
start = time.perf_counter()
last = run()
print(json.dumps([time.perf_counter() - start, float(last)]))
"""
# The panel in each package's own form is made before the clock starts; rows in the order that PriceIndexCalc needs.
PEER_SCRIPTS = {
    "PriceIndexCalc": _HEAD
    + """
import pandas as pd
from PriceIndexCalc.pandas_modules import multilateral as m
frame = pd.read_csv(sys.argv[1])
frame["month"] = pd.Timestamp("2020-01-01") + frame["period"].map(lambda t: pd.DateOffset(months=t))
frame = frame.rename(columns={"product": "id"}).sort_values(["month", "id"]).reset_index(drop=True)
def run():
    if method == "geks_tornqvist":
        return list(m.geks(frame, bilateral_method="tornqvist"))[-1]
    # Value shares are the weights of its own class of methods.
    weighted = frame.assign(weights=frame.price * frame.quantity)
    weighted["weights"] /= weighted.groupby("month")["weights"].transform("sum")
    if method == "tpd":
        return list(m.time_dummy(weighted))[-1]
    return list(m.geary_khamis(weighted))[-1]
"""
    + _TAIL,
    "pyindexnum": _HEAD
    + """
import polars as pl
import pyindexnum as p
frame = pl.read_csv(sys.argv[1])
names = {"product": "product_id", "price": "aggregated_price", "quantity": "aggregated_quantity"}
table = frame.rename(names).with_columns(
    pl.col("product_id").cast(pl.String),
    (pl.lit("2020-") + pl.col("period").cast(pl.String).str.zfill(2)).alias("period"),
)
def run():
    if method == "geks_tornqvist":
        out = p.geks_tornqvist(table, balanced=False)
    elif method == "tpd":
        out = p.time_product_dummy(table)
    else:
        out = p.geary_khamis(table, balanced=False)
    return out.sort("period").select(pl.col(pl.Float64)).to_series(0)[-1]
"""
    + _TAIL,
}

if __name__ == "__main__":
    panel = generated()
    print(f"{len(panel):,} rows, {panel['product'].nunique():,} products, {panel['period'].nunique()} periods")
    own(panel)
    if "--no-peers" not in sys.argv:
        peers(panel)
