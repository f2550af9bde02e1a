"""Power curve: does a bias of any size, wherever it sits, read what it is and get called? One seed, one table.

    python benchmarks/valuation/power.py [SEED] [--save FILE] [--seconds N] [--small] [--plot FILE]

True levels .05 to 20 in a whole district (one of four, one and two of ten), in half of its enterprises, in one
enterprise of six and in a third of its lines; spread of honest lines .05 to .4; one code and eight; 200 lines or more a
cell; honest enterprises +-3 %, months +-3 %, 1 % slips. Truth is the value-weighted bias done. `--small` draws
a fifth. With `--save` every run is kept and a later call goes on where the last one ended, cheap sizes first.
"""

import argparse
import itertools
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from analytics import valuation

LEVELS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 0.95, 1.0, 1.05, 1.2, 1.5, 3.0, 10.0, 20.0)
PLACES = ("district", "two districts", "half", "enterprise", "lines")
WORLDS = ((4, 200, 1), (4, 1_000, 8), (10, 400, 8))  # districts, lines a district, codes
SPREADS = (0.05, 0.12, 0.2, 0.4)
CALLED = ("watch", "not_met")


def trade(rng: np.random.Generator, districts: int, lines: int, codes: int, spread: float) -> pd.DataFrame:
    """Honest lines with `fair` values."""
    n, firms = districts * lines, districts * 12
    firm, product, month = rng.integers(0, firms, n), rng.integers(0, codes, n), rng.integers(1, 13, n)
    off = rng.normal(0, 0.03, firms)[firm] + rng.normal(0, 0.03, 13)[month] + rng.normal(0, spread, n)
    quantity = np.exp(rng.normal(4, 1, n))
    fair = quantity * np.exp(1 + 0.5 * product + off)
    return pd.DataFrame(
        {
            "declaration_id": np.arange(n).astype(str),
            "line_no": 1,
            "date": pd.to_datetime("2024-01-10") + pd.to_timedelta((month - 1) * 30, unit="D"),
            "district": np.char.add("D", (firm % districts).astype(str)),
            "enterprise_id": np.char.add("E", firm.astype(str)),
            "hs_code": np.char.add("84", np.char.zfill(product.astype(str), 6)),
            "origin": rng.choice(["US", "CN", "DE"], n),
            "unit": "kg",
            "quantity": quantity,
            "fair": fair,
            "firm": firm,
        }
    )


def guilty(rng: np.random.Generator, frame: pd.DataFrame, place: str, districts: int) -> np.ndarray:
    """Lines that are biased; all of them lie in D1 (and D2)."""
    own = (frame["district"] == "D1").to_numpy()
    order = (frame["firm"] // districts).to_numpy()
    if place == "two districts":
        return own | (frame["district"] == "D2").to_numpy()
    parts = {"half": order % 2 == 0, "enterprise": order % 6 == 0, "lines": rng.random(len(frame)) < 1 / 3}
    return own & parts.get(place, True)


def run(seed: int, world: tuple[int, int, int], spread: float, place: str, factor: float) -> dict[str, object]:
    """One table: what D1 truly is and reads, and how many innocents are called."""
    rng = np.random.default_rng([seed, *world, round(100 * spread), PLACES.index(place), round(100 * factor)])
    frame = trade(rng, *world, spread)
    bad = guilty(rng, frame, place, world[0])
    frame["value"] = frame["fair"] * np.where(bad, factor, 1.0)
    own = frame["district"] == "D1"
    true = frame.loc[own, "value"].sum() / frame.loc[own, "fair"].sum()
    slip = rng.random(len(frame)) < 0.01
    frame.loc[slip, "value"] *= rng.choice([0.01, 0.1, 10, 100, 1000], slip.sum())
    start = time.process_time()
    level = valuation.price_level(frame.drop(columns=["fair", "firm"]), ("district", "chapter")).levels
    row = level.set_index("district").loc["D1"]
    innocent = level[~level["district"].isin(["D1", "D2"] if place == "two districts" else ["D1"])]
    half = np.log(row["high95"] / row["low95"]) / 2 / 1.96
    return {
        "spread": spread, "place": place, "factor": factor, "world": world, "true": true, "read": row["level"],
        "miss": np.log(row["level"] / true), "error": half, "covers": row["low95"] <= true <= row["high95"],
        "called": row["status"] in CALLED, "innocent": len(innocent), "accused": innocent["status"].isin(CALLED).sum(),
        "seconds": time.process_time() - start,
    }  # fmt: skip


def shown(table: pd.DataFrame) -> str:
    """The figures that count."""
    far = (table["true"] < 0.85) | (table["true"] > 1.15)
    near = np.maximum(0.03, 2.5 * table["error"])
    return (
        f"{len(table)} runs: log error <= .03 {(table['miss'].abs() <= 0.03).mean():.3f}, <= max(.03, 2.5 errors) "
        f"{(table['miss'].abs() <= near).mean():.3f}, largest {table['miss'].abs().max():.3f}; covers "
        f"{table['covers'].mean():.3f}; beyond 15 % called {table.loc[far, 'called'].sum()} of {far.sum()}; no bias "
        f"called {table.loc[table['factor'] == 1, 'called'].sum()} of {(table['factor'] == 1).sum()}; innocents called "
        f"{table['accused'].sum()} of {table['innocent'].sum()}; CPU {table['seconds'].sum():.0f} s"
    )


def steps(table: pd.DataFrame) -> str:
    """How often a higher truth reads lower by more than .03."""
    count = falls = 0
    for _, part in table.groupby(["world", "spread", "place"]):
        change = np.diff(np.log(part.sort_values("true")["read"]))
        count, falls = count + len(change), falls + int((change < -0.03).sum())
    return f"non-monotone steps {falls} of {count}"


def plot(table: pd.DataFrame, path: Path) -> None:
    """Level read against true level."""
    from matplotlib.figure import Figure

    fig = Figure(figsize=(6, 5), layout="constrained")
    ax = fig.subplots()
    for place, part in table.groupby("place"):
        ax.scatter(part["true"], part["read"], s=9, alpha=0.6, label=place)
    ax.axline((1, 1), (2, 2), color="grey", linewidth=0.8)
    ax.set(xscale="log", yscale="log", xlabel="true level", ylabel="level read")
    ax.legend(frameon=False)
    fig.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def runs(seed: int, wanted: list[tuple], save: Path | None, seconds: float) -> pd.DataFrame:
    """Runs of a seed, those that `save` holds already taken from it."""
    start, done = time.perf_counter(), pd.read_csv(save) if save and save.exists() else pd.DataFrame()
    ends = dict(zip(done.get("run", []), done.to_dict("records"), strict=True))
    for world, spread, place, factor in sorted(wanted, key=lambda one: (one[0][0] * one[0][1], one[0][2])):
        name = f"{seed} {world} {spread} {place} {factor}"
        if name not in ends and time.perf_counter() - start < seconds:
            ends[name] = {"run": name, **run(seed, world, spread, place, factor)}
            if save:
                pd.DataFrame(ends.values()).to_csv(save, index=False)
    return pd.DataFrame([row for name, row in ends.items() if name.startswith(f"{seed} ")]).drop(columns="run")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seed", type=int, nargs="?", default=21)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--save", type=Path, help="keep every run here, and do not repeat those that it holds")
    parser.add_argument("--seconds", type=float, default=np.inf, help="start no run after so many")
    given = parser.parse_args()
    warnings.filterwarnings("ignore")
    wanted = [
        (w, s, p, f)
        for w, s, p, f in itertools.product(WORLDS, SPREADS, PLACES, LEVELS)
        if p != "two districts" or w[0] > 4
    ]
    if given.small:
        order = np.random.default_rng(given.seed).permutation(len(wanted))
        wanted = [wanted[i] for i in order[: len(wanted) // 5]]
    table = runs(given.seed, wanted, given.save, given.seconds)
    print(shown(table))
    print(steps(table) if not given.small else "")
    for place, part in table.groupby("place"):
        print(place, shown(part))
    worst = table.assign(excess=table["miss"].abs() - np.maximum(0.03, 2.5 * table["error"])).nlargest(6, "excess")
    print(worst.drop(columns=["innocent", "seconds"]).round(3).to_string())
    if given.plot:
        plot(table, given.plot)


if __name__ == "__main__":
    main()
