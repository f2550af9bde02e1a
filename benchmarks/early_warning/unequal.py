"""Unequal treatment planted in the simulated customs: how often it is told, and how often a customs without is quiet.

    python benchmarks/early_warning/unequal.py [first seed] [seeds] [lines]

A seed is judged twice: as simulated without its ring of an officer and a broker, and with five deciders who decide
otherwise than others on the same goods.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from analytics.early_warning.enforced import alike, decisions
from analytics.simulation import simulate

ALIKE = ("goods", "direction", "mode", "risk")


def plant(rows: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, set[tuple[str, str, str]]]:
    """Change what five deciders decided: (kind, unit, decision) each."""
    rows, planted = rows.copy(), set()
    share = rows["district"].value_counts(normalize=True)
    first, second = rng.choice(share.index[(share > 0.03) & (share < 0.15)], 2, replace=False)
    waved = (rows["district"] == first) & (rows["examined"] == 1) & (rng.random(len(rows)) < 0.6)
    rows.loc[waved, "examined"] = 0.0
    planted.add(("district", str(first), "examined"))
    slow = (rows["district"] == second) & (rng.random(len(rows)) < 0.25)
    rows.loc[slow & (rows["same_day"] == 1), "same_day"] = 0.0
    planted.add(("district", str(second), "same_day"))
    ports = rows.loc[~rows["district"].isin([first, second]), "port"].value_counts()
    port = rng.choice(ports.index[:20])
    strict = (rows["port"] == port) & (rows["documents"] == 0) & (rng.random(len(rows)) < 0.10)
    rows.loc[strict, "documents"] = 1.0
    planted.add(("port", str(port), "documents"))
    officers = rows.loc[rows["port"] != port, "officer_id"].value_counts()
    blind, slack = rng.choice(officers.index[:80], 2, replace=False)
    rows.loc[(rows["officer_id"] == blind) & (rng.random(len(rows)) < 0.9) & (rows["documents"] == 1), "documents"] = (
        0.0
    )
    planted.add(("officer_id", str(blind), "documents"))
    late = (rows["officer_id"] == slack) & (rows["same_day"] == 1) & (rng.random(len(rows)) < 0.35)
    rows.loc[late, "same_day"] = 0.0
    planted.add(("officer_id", str(slack), "same_day"))
    return rows, planted


def told(rows: pd.DataFrame) -> tuple[set[tuple[str, str, str]], int]:
    """Deciders that stand apart, and how many comparisons were made."""
    made = [
        alike.funnel(rows, d, u, decisions.strata(d, u, ALIKE))
        for u in decisions.units(rows)
        for d in decisions.held(rows)
    ]
    done = alike.apart(made)
    found = {(f.unit, str(u), f.decision) for f in done for u in f.table.loc[f.table["apart"].astype(bool), "unit"]}
    return found, sum(len(f.table) for f in done)


def main() -> None:
    """Print a row a seed and the sums."""
    given = sys.argv[1:]
    first, count, lines = (int(a) for a in given + ["801", "5", "200000"][len(given) :])
    rows = []
    for seed in range(first, first + count):
        made = decisions.decisions(
            simulate(lines, seed, detail="full", export_share=0.2, officer_ring=0.0).declarations, 2
        )
        quiet, comparisons = told(made)
        changed, planted = plant(made, np.random.default_rng(seed))
        found, _ = told(changed)
        # A district that is waved through shows in its ports and officers too: those are no false alarms.
        inside = made[["district", "port", "officer_id"]].drop_duplicates()
        places = {u for _, u, _ in planted}
        kin = inside[inside.isin(places).any(axis=1)].to_numpy().ravel()
        false = {t for t in found - planted if t[1] not in set(kin)}
        rows.append({"seed": seed, "comparisons": comparisons, "clean told": len(quiet), "what": sorted(quiet),
                     "planted": len(planted), "found": len(found & planted), "missed": sorted(planted - found),
                     "false": len(false)})  # fmt: skip
        print(rows[-1], flush=True)
    table = pd.DataFrame(rows)
    print("clean seeds with none told", int((table["clean told"] == 0).sum()), "of", count,
          "| planted found", int(table["found"].sum()), "of", int(table["planted"].sum()),
          "| precision", round(table["found"].sum() / (table["found"].sum() + table["false"].sum()), 3))  # fmt: skip


if __name__ == "__main__":
    main()
