"""How well do price levels recover known biases? Fresh seeds of the simulated customs, both settings.

    python benchmarks/valuation/simulated_customs.py [SETTING] [FIRST_SEED] [SEEDS] [LINES]

Truth of a district x chapter cell is the value-weighted mean of what was done to its lines, clerical errors and
offences apart: the whole cell's practice, or the guilty enterprises' own deviation times their share of the value that
was really traded; against the median cell of its chapter, since most cells are not biased. (By value, one or two large
guilty cells can be the bulk, and every honest cell a breach: fourteen of forty in one seed.) A cell is out where that
lies outside 0.95-1.05.
Figures are over the cells that are known precisely enough to be called in order ("precise": by their sampling error
alone, never by their level); "all cells" takes the others in too, missed breaches among them. The second
truth, "as intended", takes the bias that the simulation aimed at, whatever the shares turned out to be.
"""

import sys
import time

import numpy as np
import pandas as pd

from analytics import tables, valuation

SUSPECT = ("watch", "not_met")


def offences(made: tables.Simulation, lines: pd.DataFrame) -> pd.Series:
    """Log factor of each line's unit value through an offence against value or quantity; 0 for all others."""
    place = ["declaration_id", "line_no"]
    told = made.truth["lines"].drop_duplicates(place)
    told = told[told["kind"].isin(["undervaluation", "overvaluation", "quantity_understated", "understated_quantity"])]
    both = lines[[*place, "value", "quantity"]].merge(
        told[[*place, "true_value", "true_quantity"]], on=place, how="left"
    )
    factor = np.log((both["value"] / both["quantity"]) / (both["true_value"] / both["true_quantity"]))
    return pd.Series(factor.fillna(0.0).to_numpy(), lines.index)


def realised(lines: pd.DataFrame, bias: pd.DataFrame, enterprises: pd.DataFrame) -> pd.DataFrame:
    """Cells with `intended` and `bias`: what their lines bear, weighted by value; `lines` hold `offence` (log)."""
    guilty = bias[bias["cause"] == "enterprise"]
    names = guilty.assign(enterprise_id=guilty["enterprises"].str.split()).explode("enterprise_id")
    own = enterprises.set_index("enterprise_id")["price_log_bias"]
    names = names[["district", "chapter", "enterprise_id"]].assign(own=lambda f: own.reindex(f["enterprise_id"]).array)
    cell = ["district", "chapter"]
    told = lines.assign(chapter=lines["hs_code"].str[:2], honest=lines["value"] * np.exp(-lines["offence"]))
    value = told.groupby([*cell, "enterprise_id"])[["value", "honest"]].sum().reset_index()
    value = value.merge(names, on=[*cell, "enterprise_id"], how="left")
    value["fair"] = value["honest"] * np.exp(-value["own"].fillna(0.0))
    sums = value.groupby(cell)[["value", "honest", "fair"]].sum()
    moved = pd.DataFrame(
        {"moved": np.log(sums["value"] / sums["fair"]), "offended": np.log(sums["value"] / sums["honest"])}
    ).reset_index()
    found = bias.merge(moved, on=cell, how="left").rename(columns={"log_bias": "intended", "enterprises": "guilty"})
    found["bias"] = (found["intended"] + found["offended"]).where(found["cause"] != "enterprise", found["moved"])
    return found[[*cell, "intended", "bias", "cause", "guilty"]]


def judged(level: valuation.PriceLevel, truth: pd.DataFrame) -> pd.DataFrame:
    """Cells with their true log level against the others (`true`) and the intended one (`aimed`)."""
    cells = level.levels.merge(truth, on=["district", "chapter"], how="left")
    for name, column in (("true", "bias"), ("aimed", "intended")):
        cells[name] = np.nan
        for _, part in cells.groupby("chapter"):
            cells.loc[part.index, name] = part[column] - part[column].median()
    return cells


def sums(cells: pd.DataFrame, truth: str = "true") -> pd.Series:
    """Counts and moments that pool over seeds."""
    known = cells[cells["precise"] & np.isfinite(cells[truth])]
    every, any_suspect = outside(cells[truth]), cells["status"].isin(SUSPECT)
    out, log = outside(known[truth]), np.log(known["level"])
    suspect, confirmed = known["status"].isin(SUSPECT), known["status"] == "not_met"
    off = log - known[truth]
    weighted = np.log(known["level_weighted"]) - known[truth]
    return pd.Series(
        {
            "all": len(cells), "all_out": every.sum(), "cells": len(known), "out": out.sum(),
            "value": known["value"].sum(), "all_value": cells["value"].sum(), "lines": known["lines"].sum(),
            "suspect_hit": (suspect & out).sum(), "suspect": suspect.sum(),
            "any_hit": (any_suspect & every).sum(), "any": any_suspect.sum(),
            "confirmed_hit": (confirmed & out).sum(), "confirmed": confirmed.sum(),
            "covered": known[truth].between(np.log(known["low95"]), np.log(known["high95"])).sum(),
            "weighted_covered": (weighted.abs() < 1.96 * known["weighted_error"]).sum(),
            "square": (off**2).sum(), "xy": (known[truth] * log).sum(),
            "xx": (known[truth] ** 2).sum(), "yy": (log**2).sum(),
        }
    )  # fmt: skip


def outside(log: pd.Series) -> pd.Series:
    """True where a log level lies outside the band."""
    return (log < np.log(0.95)) | (log > np.log(1.05))


def shown(t: pd.Series) -> str:
    """One line of figures."""
    precision, recall = t["suspect_hit"] / max(t["suspect"], 1), t["suspect_hit"] / max(t["out"], 1)
    f1 = 2 * t["suspect_hit"] / max(t["suspect"] + t["out"], 1)
    full = 2 * t["any_hit"] / max(t["any"] + t["all_out"], 1)
    return (
        f"precise {t['cells'] / t['all']:.3f} of cells, {t['value'] / t['all_value']:.3f} of value, out {t['out']:.0f} "
        f"of {t['all_out']:.0f} | suspect P {precision:.3f} R {recall:.3f} F1 {f1:.3f} (all cells P "
        f"{t['any_hit'] / max(t['any'], 1):.3f} R {t['any_hit'] / max(t['all_out'], 1):.3f} F1 {full:.3f}) | confirmed "
        f"P {t['confirmed_hit'] / max(t['confirmed'], 1):.3f} R {t['confirmed_hit'] / max(t['out'], 1):.3f} | slope of "
        f"truth on estimate {t['xy'] / t['yy']:.3f}, reverse {t['xy'] / t['xx']:.3f} | coverage "
        f"{t['covered'] / t['cells']:.3f} (by value {t['weighted_covered'] / t['cells']:.3f}) | rmse "
        f"{np.sqrt(t['square'] / t['cells']):.4f}"
    )


def guilty_found(level: valuation.PriceLevel, cells: pd.DataFrame) -> tuple[int, int]:
    """True breaches that enterprises cause with a guilty one among the first three, and how many there are."""
    found = cells[(cells["cause"] == "enterprise") & outside(cells["true"]) & cells["precise"]]
    if found.empty:
        return 0, 0
    ranked = valuation.enterprises.rank(level, found["key"].tolist())
    top = ranked[ranked["rank"] <= 3].groupby("key")["enterprise"].agg(set)
    return sum(bool(set(row.guilty.split()) & top.get(row.key, set())) for row in found.itertuples()), len(found)


def diagnosis(cells: pd.DataFrame) -> pd.DataFrame:
    """Breaches found, missed, and false alarms by what may explain them."""
    out, suspect = outside(cells["true"]), cells["status"].isin(SUSPECT)
    edge = (cells["true"].abs() - 0.05).abs() < 0.02
    why = np.select(
        [~cells["precise"], cells["cause"] == "enterprise", edge, cells["lines"] < 500],
        ["too uncertain", "one to three enterprises", "within 0.02 of the band's edge", "under 500 lines"],
        "other",
    )
    flags = {"found": out & suspect, "missed": out & ~suspect, "false": ~out & suspect}
    return pd.DataFrame(flags).groupby(why).sum()


def main(setting: str = "standard", first: int = 501, seeds: int = 10, lines: int = 400_000) -> None:
    """Print a line a seed, then the pooled figures."""
    pooled: dict[str, list[pd.Series]] = {"true": [], "aimed": [], "without few-enterprise cells": []}
    why, hits, asked = [], 0, 0
    for seed in range(first, first + seeds):
        made = tables.simulate(lines, seed, setting=setting, districts=20, chapters=10)
        newest = made.declarations.sort_values("version").drop_duplicates(["declaration_id", "line_no"], keep="last")
        start = time.perf_counter()
        level = valuation.price_level(newest, by=("district", "chapter"))
        seconds = time.perf_counter() - start
        slips = made.truth["clerical"][["declaration_id", "line_no"]].assign(slip=True)
        newest = newest.assign(offence=offences(made, newest))
        clean = newest.merge(slips, on=["declaration_id", "line_no"], how="left")
        truth = realised(clean[clean["slip"].isna()], made.truth["price_bias"], made.truth["enterprises"])
        cells = judged(level, truth)
        pooled["true"].append(sums(cells))
        pooled["aimed"].append(sums(cells, "aimed"))
        pooled["without few-enterprise cells"].append(sums(cells[cells["cause"] != "enterprise"]))
        why.append(diagnosis(cells))
        found, of = guilty_found(level, cells)
        hits, asked = hits + found, asked + of
        print(setting, seed, f"{seconds:.1f} s,", f"{len(newest):,} lines:", shown(pooled["true"][-1]), flush=True)
    for name, parts in pooled.items():
        print(f"{setting} {name}: {shown(pd.DataFrame(parts).sum())}")
    print(pd.concat(why).groupby(level=0).sum().to_string())
    print(setting, f"guilty enterprise among the first three: {hits} of {asked}")


if __name__ == "__main__":
    words = sys.argv[1:]
    main(words[0] if words else "standard", *(int(w) for w in words[1:]))
