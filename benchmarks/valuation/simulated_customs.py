"""How well do price levels recover known biases? Fresh seeds of the simulated customs, both settings.

    python benchmarks/valuation/simulated_customs.py [SETTING] [FIRST_SEED] [SEEDS] [LINES]

Truth is the injected log bias of a district x chapter cell against the value-weighted others of its chapter; a cell
is out where that lies outside 0.95-1.05. Prints a line a seed and the pooled figures: suspect and confirmed
precision, recall and F1, slope of the estimate on the truth, coverage of the 95 % interval, and how often a guilty
enterprise is among the first three. "Known causes" leaves out cells whose bias sits in one to three enterprises.
"""

import sys
import time

import numpy as np
import pandas as pd

from analytics import tables, valuation
from analytics.valuation.mixed import against_others


def truth(level: valuation.PriceLevel, bias: pd.DataFrame) -> pd.DataFrame:
    cells = level.levels.merge(bias[["district", "chapter", "log_bias", "cause", "enterprises"]].rename(
        columns={"enterprises": "guilty"}), on=["district", "chapter"], how="left")  # fmt: skip
    cells["true"] = np.nan
    for _, part in cells.groupby("chapter"):
        contrast = against_others(part["tax_weight"].to_numpy())
        cells.loc[part.index, "true"] = contrast @ part["log_bias"].to_numpy()
    return cells


def sums(cells: pd.DataFrame) -> pd.Series:
    known = cells[np.isfinite(cells["log_level"]) & np.isfinite(cells["true"]) & (cells["status"] != "insufficient")]
    out = (np.exp(known["true"]) < 0.95) | (np.exp(known["true"]) > 1.05)
    suspect, confirmed = known["status"].isin(["watch", "not_met"]), known["status"] == "not_met"
    off = known["log_level"] - known["true"]
    weighted = np.log(known["level_weighted"]) - known["true"]
    return pd.Series(
        {
            "cells": len(known), "out": out.sum(),
            "suspect_hit": (suspect & out).sum(), "suspect": suspect.sum(),
            "confirmed_hit": (confirmed & out).sum(), "confirmed": confirmed.sum(),
            "covered": (off.abs() < 1.96 * known["error"]).sum(),
            "weighted_covered": (weighted.abs() < 1.96 * known["weighted_error"]).sum(),
            "square": (off**2).sum(),
            "xy": (known["true"] * known["log_level"]).sum(), "xx": (known["true"] ** 2).sum(),
        }
    )  # fmt: skip


def shown(t: pd.Series) -> str:
    precision, recall = t["suspect_hit"] / max(t["suspect"], 1), t["suspect_hit"] / t["out"]
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return (
        f"cells {t['cells']:.0f} out {t['out']:.0f} | suspect P {precision:.3f} R {recall:.3f} F1 {f1:.3f} | "
        f"confirmed P {t['confirmed_hit'] / max(t['confirmed'], 1):.3f} R {t['confirmed_hit'] / t['out']:.3f} | "
        f"slope {t['xy'] / t['xx']:.3f} coverage {t['covered'] / t['cells']:.3f} "
        f"(by value {t['weighted_covered'] / t['cells']:.3f}) rmse {np.sqrt(t['square'] / t['cells']):.4f}"
    )


def guilty_found(level: valuation.PriceLevel, cells: pd.DataFrame) -> tuple[int, int]:
    """Concentrated true breaches whose guilty enterprise is among the first three, and how many there are."""
    found = cells[cells["cause"] == "enterprise"]
    if found.empty:
        return 0, 0
    ranked = valuation.enterprises.rank(level, found["key"].tolist())
    top = ranked[ranked["rank"] <= 3].groupby("key")["enterprise"].agg(set)
    hits = 0
    for row in found.itertuples():
        names = set(str(row.guilty).replace(";", " ").replace(",", " ").split())
        hits += bool(names & top.get(row.key, set()))
    return hits, len(found)


def main(setting: str = "standard", first: int = 501, seeds: int = 10, lines: int = 400_000) -> None:
    total, plain, hits, asked = [], [], 0, 0
    for seed in range(first, first + seeds):
        made = tables.simulate(lines, seed, setting=setting, districts=20, chapters=10)
        newest = made.declarations.sort_values("version").drop_duplicates(["declaration_id", "line_no"], keep="last")
        start = time.perf_counter()
        level = valuation.price_level(newest, by=("district", "chapter"))
        seconds = time.perf_counter() - start
        cells = truth(level, made.truth["price_bias"])
        total.append(sums(cells))
        plain.append(sums(cells[cells["cause"] != "enterprise"]))
        found, of = guilty_found(level, cells)
        hits, asked = hits + found, asked + of
        print(setting, seed, f"{seconds:.1f} s", shown(total[-1]), flush=True)
    print(setting, "all          ", shown(pd.DataFrame(total).sum()))
    print(setting, "known causes ", shown(pd.DataFrame(plain).sum()))
    print(setting, f"guilty enterprise among the first three: {hits} of {asked}")


if __name__ == "__main__":
    words = sys.argv[1:]
    main(words[0] if words else "standard", *(int(w) for w in words[1:]))
