"""Do the scorecard's 95 % intervals hold the truth? Twenty simulated years, indicators whose true rate is known.

Run by hand: python benchmarks/scorecard/truth.py [FIRST_SEED]
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from analytics.scorecard import Scorecard, Sources, score
from analytics.simulation import Simulation, simulate

SEEDS, LINES = 20, 8_000
RELEASES = [f"{d}_{m}_same_day_release" for d in ("import", "export") for m in ("sea", "other")]
PLANTED = {"handbook_ontime_writeoff_rate": 97.5, "transit_fulfilment_rate": 95.5 * 0.998}


def once(made: Simulation) -> pd.DataFrame:
    """Each line once."""
    return made.declarations.drop_duplicates(["declaration_id", "line_no"], keep="last")


def values(card: Scorecard, names: list[str]) -> dict[str, float]:
    """Values of some indicators."""
    found = {g.id: card.measure(g) for g in card.distinct if g.id in names}
    return {name: m.value for name, m in found.items() if m is not None}


def main() -> None:
    """Print coverage by indicator and together."""
    first = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    large = once(simulate(400_000, 1, detail="full", export_share=0.2))
    released = values(score(Sources(large), 2025), RELEASES)
    held: dict[str, list[bool]] = {}
    for seed in range(first, first + SEEDS):
        made = simulate(LINES, seed, detail="full", export_share=0.2)
        lines = once(made)
        card = score(Sources(lines, made.audits, made.handbooks, made.transit, made.indicators), 2025)
        given = made.truth["indicators"].query("period == '2025'").set_index("indicator_id")["value"]
        heads = lines[lines["date"].dt.year == 2025].drop_duplicates("declaration_id")
        chance = {"risk_control_rate": 100 * float(heads["selection_probability"].mean())}
        for goal in card.distinct:
            m, true = card.measure(goal), (given.to_dict() | PLANTED | released | chance).get(goal.id)
            if m is not None and true is not None and np.isfinite(m.low):
                held.setdefault(goal.id, []).append(bool(m.low - 1e-9 <= true <= m.high + 1e-9))
    for name, found in held.items():
        print(f"{name}: {np.mean(found):.2f} of {len(found)}")
    print(
        f"{len(held)} indicators with an interval, {SEEDS} seeds: {np.mean([x for v in held.values() for x in v]):.3f}"
    )


if __name__ == "__main__":
    main()
