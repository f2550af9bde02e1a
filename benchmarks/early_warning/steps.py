"""Planted diversions and reclassifications of 2 % of a code's trade: precision and recall of the leads.

python benchmarks/early_warning/steps.py [first seed] [seeds]
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from analytics.early_warning.steps import Step, study_steps

MONTHS = pd.date_range("2023-01-01", periods=27, freq="MS")
STEP_AT = 24
ORIGINS = ["AAA", "BBB", "CCC", "DDD", "EEE"]


def world(seed: int, kind: str, *, codes: int = 8, enterprises: int = 60, sellers: bool = True):
    """Lines of `codes` headings of three sibling codes; a duty step on the first code of each, against AAA.

    Two per cent of the code's trade moves as told by nobody, another 4 % moves honestly: to other suppliers, at their
    price, or to other goods.
    """
    rng = np.random.default_rng(seed)
    rows, moved = [], set()
    for c in range(codes):
        siblings = [f"{8500 + c}{n}00" for n in (10, 20, 30)]
        price = {(s, o): rng.uniform(2, 12) for s in siblings for o in ORIGINS}
        for e in range(enterprises):
            name = f"E{c:02d}{e:03d}"
            s, o = (siblings[0], "AAA") if rng.random() < 0.5 else (rng.choice(siblings), rng.choice(ORIGINS))
            size, own = np.exp(rng.normal(9, 1)), np.exp(rng.normal(0, 0.08))
            trade = [(s, o, f"S{name}0", size, own, 0, len(MONTHS))]
            if rng.random() < 0.3:
                trade.append((rng.choice(siblings), rng.choice(ORIGINS), f"S{name}9", size / 3, own, 0, len(MONTHS)))
            if (s, o) == (siblings[0], "AAA"):
                draw = rng.random()
                if draw < 0.05:  # a tenth of AAA's enterprises with two fifths of trade: about 2 % of the code
                    to = (s, rng.choice(ORIGINS[1:])) if kind == "origin" else (siblings[1], o)
                    trade[0] = (s, o, f"S{name}0", size, own, 0, STEP_AT)
                    trade.append((*to, f"S{name}0", size, own * price[s, o] / price[to], STEP_AT, len(MONTHS)))
                    moved.add((name, to[1] if kind == "origin" else to[0]))
                elif draw < 0.15:  # honest: another supplier elsewhere, other goods, at their price
                    to = (s, rng.choice(ORIGINS[1:])) if rng.random() < 0.7 else (siblings[2], o)
                    trade[0] = (s, o, f"S{name}0", size, own, 0, STEP_AT)
                    trade.append((*to, f"S{name}5", size, own, STEP_AT, len(MONTHS)))
            for code, origin, seller, level, dear, first, last in trade:
                for t in range(first, last):
                    if rng.random() < 0.85:
                        kg = level * np.exp(rng.normal(0, 0.5))
                        value = kg * price[code, origin] * dear * np.exp(rng.normal(0, 0.06))
                        rows.append((MONTHS[t], code, origin, name, seller, kg, value))
    columns = ["date", "hs_code", "origin", "enterprise_id", "seller_id", "net_mass_kg", "value"]
    frame = pd.DataFrame(rows, columns=columns)
    steps = [Step(MONTHS[STEP_AT], f"{8500 + c}1000", "AAA", 0, 20) for c in range(codes)]
    return (frame if sellers else frame.drop(columns="seller_id")), steps, moved


def score(seed: int, kind: str, *, sellers: bool) -> dict[str, float]:
    """Precision and recall of the leads of a kind, and what the placebo says of precision."""
    frame, steps, moved = world(seed, kind, sellers=sellers)
    found = study_steps(frame, steps)
    told = found.leads[found.leads["kind"] == kind]
    named = set(zip(told["enterprise"], told["new"], strict=True))
    hit = len(named & moved)
    other = found.leads[found.leads["kind"] != kind]
    all_told = len(named) + len(other)
    return {"recall": hit / len(moved), "precision": hit / all_told if all_told else np.nan, "told": all_told,
            "said": found.precision}  # fmt: skip


def main() -> None:
    """Print medians."""
    first, count = (int(a) for a in (sys.argv[1:] + ["501", "20"])[:2])
    for kind in ("origin", "code"):
        for sellers in (True, False):
            table = pd.DataFrame([score(s, kind, sellers=sellers) for s in range(first, first + count)])
            print(kind, "sellers known" if sellers else "no sellers", table.median().round(2).to_dict())


if __name__ == "__main__":
    main()
