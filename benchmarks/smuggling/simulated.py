"""Simulated customs: the blend against XGBoost with BACUDA-style risk flags, by seed and setting.

Run by hand:  python benchmarks/smuggling/simulated.py LINES SETTING SEED [SEED ...]
XGBoost is no dependency of the package: install it beside (pip install xgboost). Risk flags follow the published
scheme: codes, parties and their crossings are flagged when their share of findings in training is in the upper tenth.
"""

import resource
import sys
import time

import numpy as np
import pandas as pd

from analytics import smuggling, tables
from analytics.smuggling.calibration import calibration_error
from analytics.smuggling.frames import prepare
from analytics.smuggling.model import fit_prepared, scored
from analytics.smuggling.splits import time_split, without_outcomes

PROFILES = ["enterprise_id", "declarant_id", "seller_id", "hs_code", "origin", "district"]
CROSSED = [("hs_code", "origin"), ("declarant_id", "hs_code"), ("enterprise_id", "hs_code")]


def profiled(frame: pd.DataFrame) -> pd.DataFrame:
    keys = {c: frame[c].fillna("") for c in PROFILES}
    return pd.DataFrame(keys | {"&".join(c): frame[c[0]].fillna("") + "|" + frame[c[1]].fillna("") for c in CROSSED})


def risk_flags(train: pd.DataFrame, new: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Flags and plain figures as BACUDA's tutorial makes them."""
    known = train[train["label"].notna()]
    a, b = profiled(known), profiled(new)
    out = [], []
    for column in a:
        rate = known["label"].groupby(a[column].to_numpy()).mean()
        risky = set(rate[(rate > 0) & (rate >= rate.quantile(0.9))].index)
        for part, keys in zip(out, (a, b), strict=True):
            part.append(keys[column].isin(risky).astype(float).rename(f"risk.{column}"))
    for part, f in zip(out, (known, new), strict=True):
        q = f["quantity"].where(f["quantity"] > 0)
        part += [f["value"].rename("value"), f["quantity"], f["net_mass_kg"], f["tax"], f["duty_rate"],
                 (f["value"] / q).rename("unit_value"), (f["tax"] / f["value"]).rename("tax_share"),
                 (f["net_mass_kg"] / q).rename("unit_weight"),
                 (f["value"] / f["net_mass_kg"].where(f["net_mass_kg"] > 0)).rename("value_per_kg")]  # fmt: skip
    return pd.concat(out[0], axis=1), pd.concat(out[1], axis=1)


def peer(train: pd.DataFrame, new: pd.DataFrame) -> np.ndarray:
    from xgboost import XGBClassifier

    X, Z = risk_flags(train, new)
    model = XGBClassifier(n_estimators=100, max_depth=4, n_jobs=1, random_state=0)
    return model.fit(X, train["label"].dropna()).predict_proba(Z)[:, 1]


def run(lines: int, setting: str, seed: int) -> dict[str, float]:
    made = tables.simulate(lines, seed, setting)
    source = made.declarations.drop_duplicates(["declaration_id", "line_no"], keep="last")
    frame = prepare(source)
    train, new, start = time_split(frame, evaluate_from="2025-07-01")
    lost = made.truth["lines"].drop_duplicates(["declaration_id", "line_no"])[["declaration_id", "line_no", "tax_lost"]]
    joined = new[["declaration_id", "line_no"]].merge(lost, how="left", on=["declaration_id", "line_no"])
    y, amount = joined["tax_lost"].notna().to_numpy(float), joined["tax_lost"].fillna(0).clip(lower=0).to_numpy()
    clock = time.perf_counter()
    model = fit_prepared(train, [c for c in source.columns if c in frame.columns])
    fitted = time.perf_counter() - clock
    blind = without_outcomes(new)
    X = model.matrix(blind)
    by = {o: scored(model, blind, X, o) for o in ("hit_rate", "mixture", "expected_tax")}
    at = {o: s["score"].to_numpy() for o, s in by.items()}

    def recovered(score: np.ndarray) -> float:
        top = np.argsort(-score, kind="stable")[: round(0.04 * len(y))]
        return amount[top].sum() / amount.sum()

    xgb = smuggling.precision_at(peer(train, new), y)
    firms = smuggling.grade(by["hit_rate"], model.outcomes).set_index("enterprise_id")
    share = pd.Series(y).groupby(new["enterprise_id"].to_numpy()).mean()
    size = pd.Series(y).groupby(new["enterprise_id"].to_numpy()).size()
    firms = firms[size.reindex(firms.index) >= 5]
    count = max(1, round(0.05 * len(firms)))
    worst = set(share.reindex(firms.index).nlargest(count).index)
    rate = smuggling.finding_rate(train)
    detectable = made.truth["lines"]["date"].lt(start).sum() / len(train)
    return {
        "prevalence": y.mean(), "labelled": model.labelled, "findings": model.findings,
        "P@4": smuggling.precision_at(at["hit_rate"], y), "XGB flags P@4": xgb,
        "mixture P@4": smuggling.precision_at(at["mixture"], y), "mixture tax": recovered(at["mixture"]),
        "tax P@4": smuggling.precision_at(at["expected_tax"], y), "tax tax": recovered(at["expected_tax"]),
        "ece": calibration_error(by["hit_rate"]["probability"].to_numpy(), y),
        "worst 5% firms": len(worst & set(firms["score"].nlargest(count).index)) / count,
        "rate low": rate.low, "rate": rate.value, "rate high": rate.high, "true rate": detectable,
        "fit s": fitted, "peak GB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }  # fmt: skip


if __name__ == "__main__":
    n, where, seeds = int(sys.argv[1]), sys.argv[2], [int(s) for s in sys.argv[3:]]
    result = pd.DataFrame([run(n, where, seed) for seed in seeds], index=seeds)
    print(result.T.round(3).to_string())
    print("median ratio to XGBoost with flags:", round(float((result["P@4"] / result["XGB flags P@4"]).median()), 2))
