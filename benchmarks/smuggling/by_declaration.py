"""Simulated customs by declaration: a user's study, no truth given, then held against the truth.

Run by hand:  python benchmarks/smuggling/by_declaration.py LINES SETTING SEED [SEED ...]
The headline speaks of findings, so it is held against what inspectors would find (detection by kind), not against all
that is wrong; both are printed.
"""

import sys

import numpy as np
import pandas as pd

from analytics import smuggling, tables
from analytics.simulation.lines.noncompliance import _DETECTION
from analytics.simulation.world.offences import KINDS
from analytics.smuggling.features.units import Units

DETECTED = dict(zip(KINDS, _DETECTION, strict=True))
REASON = {  # theme that names a kind
    "undervaluation": "unit value against peers",
    "misclassification": "code and duty against usual",
    "false_origin": "record of the code and origin|new or changed trade|code and duty against usual",
    "quantity_understated": "weight against peers",
    "concealed_goods": "weight against peers",
    "overvaluation": "unit value against peers",
}


def reached(score: np.ndarray, bad: np.ndarray, lost: np.ndarray) -> tuple[float, float]:
    """Hit rate and tax reached at 4 %."""
    top = np.argsort(-score, kind="stable")[: round(0.04 * len(score))]
    return float(bad[top].mean()), float(lost[top].sum() / lost.sum())


def of_enterprises(graded: pd.DataFrame, lost: pd.Series) -> tuple[float, float]:
    """Tax at stake with the first 5 % of the enterprises, and with the 5 % that hold most."""
    count = max(1, round(0.05 * len(graded)))
    first = lost.reindex(graded["enterprise_id"].head(count)).fillna(0).sum()
    return float(first / lost.sum()), float(lost.nlargest(count).sum() / lost.sum())


def named(study: smuggling.Study, kind: pd.Series) -> dict[str, float]:
    """Share of the targeted lines of a kind that have a reason of it among those told."""
    chosen = (study.targeting["stream"] == "targeted").to_numpy()
    why, true = study.targeting.loc[chosen, "reasons"].reset_index(drop=True), kind[chosen].reset_index(drop=True)
    return {f"named: {k}": float(why[true == k].str.contains(REASON[k]).mean()) for k in REASON if (true == k).any()}


def run(lines: int, setting: str, seed: int) -> dict[str, float]:
    made = tables.simulate(lines, seed, setting)
    source = made.declarations.drop_duplicates(["declaration_id", "line_no"], keep="last")
    study = smuggling.study(source, smuggling.Question(evaluate_from="2025-07-01", refit_weeks=0))
    judged, true = study.evaluation, made.truth["lines"].drop_duplicates(["declaration_id", "line_no"])
    keys = ["declaration_id", "line_no"]
    joined = judged[keys].merge(true[[*keys, "tax_lost", "kind"]], how="left", on=keys)
    units, lost_by_line = Units.of(judged), joined["tax_lost"].clip(lower=0).fillna(0).to_numpy()
    bad, lost = units.some(joined["tax_lost"].notna().to_numpy()), units.total(lost_by_line)
    seen = joined["kind"].map(DETECTED).fillna(0).to_numpy(dtype=float) * made.parameters.detection
    found = 1 - np.exp(units.total(np.log1p(-np.clip(seen, 0, 0.999))))
    chance = study.targeting["selection_probability"].to_numpy()[units.first]
    lines_scored = study.scored_lines.iloc[units.first]
    risk, recovery = lines_scored["declaration_risk"].to_numpy(), lines_scored["declaration_recovery"].to_numpy()
    targeted, row = chance >= 1, study.selection
    truth = float(chance @ found / chance.sum())
    by_risk, by_both = reached(risk, bad, lost), reached(np.sqrt(risk * recovery), bad, lost)
    firm = pd.Series(lost).groupby(judged["enterprise_id"].to_numpy()[units.first]).sum()
    audited, oracle = of_enterprises(study.enterprises, firm)
    tenths = np.array_split(np.argsort(risk), 10)
    return {
        "columns left out": len(study.outcome_audit.sources), "headline": row["precision"], "low": row["low95"],
        "high": row["high95"], "would be found": truth, "covers": row["low95"] <= truth <= row["high95"],
        "hit rate at 4 %": by_risk[0], "mixture: hit rate": by_both[0], "mixture: tax": by_both[1],
        "expected / found at the top": risk[targeted].mean() / found[targeted].mean(),
        "calibration error": float(np.mean([abs(risk[t].mean() - found[t].mean()) for t in tenths])),
        "5 % of enterprises: tax": audited, "oracle": oracle, **named(study, joined["kind"]),
    }  # fmt: skip


if __name__ == "__main__":
    n, where, seeds = int(sys.argv[1]), sys.argv[2], [int(s) for s in sys.argv[3:]]
    result = pd.DataFrame([run(n, where, seed) for seed in seeds], index=seeds)
    print(result.astype(float).T.round(3).to_string())
    print("median:", result.astype(float).median().round(3).to_dict())
