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
from analytics.smuggling.evaluation.splits import time_split, without_outcomes
from analytics.smuggling.features.build import Features
from analytics.smuggling.features.encoding import GroupedTargetEncoder
from analytics.smuggling.features.frames import goods_key, prepare
from analytics.smuggling.models.blend import Blend
from analytics.smuggling.models.calibration import calibration_error
from analytics.smuggling.models.fitting import fit_prepared
from analytics.smuggling.models.members import Inputs
from analytics.smuggling.models.risk_model import RiskModel, scored

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


GRID = [  # of the peer; the best on the last quarter of the training lines is refitted on all of them
    {"n_estimators": trees, "max_depth": depth, "learning_rate": rate, "min_child_weight": child}
    for trees, rate in ((100, 0.3), (150, 0.1), (300, 0.05))
    for depth in (3, 5)
    for child in (1, 10)
]


def peer(train: pd.DataFrame, new: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """XGBoost with risk flags: as it comes, and tuned on later training lines by average precision."""
    from sklearn.metrics import average_precision_score
    from xgboost import XGBClassifier

    def fitted(part: pd.DataFrame, lines: pd.DataFrame, **settings: float) -> np.ndarray:
        X, Z = risk_flags(part, lines)
        model = XGBClassifier(n_jobs=1, random_state=0, subsample=0.8, colsample_bytree=0.8, **settings)
        return model.fit(X, part["label"].dropna()).predict_proba(Z)[:, 1]

    known = train[train["label"].notna()].sort_values("day", kind="stable")
    early, late = known.iloc[: int(0.75 * len(known))], known.iloc[int(0.75 * len(known)) :]
    quality = [average_precision_score(late["label"], fitted(early, late, **g)) for g in GRID]
    best = GRID[int(np.argmax(quality))]
    return fitted(train, new, n_estimators=100, max_depth=4), fitted(train, new, **best)


def oracle(
    model: RiskModel, train: pd.DataFrame, truth: np.ndarray, Z: pd.DataFrame, lines: int = 40_000
) -> np.ndarray:
    """Trees and boosting taught the truth of `lines` training lines: what full labels would add."""
    rows = np.sort(np.random.default_rng(0).choice(len(train), min(lines, len(train)), replace=False))
    features = Features()
    X = features.fit_transform(train, rows, model.base_rate)
    X = X.assign(**model.features.positions(train.iloc[rows]))  # codes as in Z
    groups, _ = pd.factorize(goods_key(train.iloc[rows]))
    encoder = GroupedTargetEncoder()
    names = [c for c in features.categories_ if c in Z]
    numeric = [c for c in features.numeric_ if c in Z]
    X = pd.concat([X, encoder.fit_transform(X[names], truth[rows].astype(int), groups)], axis=1)
    Z = pd.concat([Z[numeric], Z[names], encoder.transform(Z[names])], axis=1)
    blend = Blend(("boosting", "trees"), Inputs(numeric, encoder.get_feature_names_out(), names))
    return blend.fit(X, truth[rows]).predict(Z)


def run(lines: int, setting: str, seed: int) -> dict[str, float]:
    made = tables.simulate(lines, seed, setting)
    source = made.declarations.drop_duplicates(["declaration_id", "line_no"], keep="last")
    frame = prepare(source)
    train, new, start = time_split(frame, evaluate_from="2025-07-01")
    true = made.truth["lines"].drop_duplicates(["declaration_id", "line_no"])
    lost = true[["declaration_id", "line_no", "tax_lost", "kind"]]
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

    default, tuned = (smuggling.precision_at(p, y) for p in peer(train, new))
    bad = set(made.truth["lines"]["declaration_id"] + "|" + made.truth["lines"]["line_no"].astype("str"))
    known = (train["declaration_id"] + "|" + train["line_no"].astype("str")).isin(bad).to_numpy(float)
    taught = oracle(model, train, known, X)
    top = np.argsort(-at["hit_rate"], kind="stable")[: round(0.04 * len(y))]
    reached = joined.assign(hit=np.isin(np.arange(len(y)), top)).groupby("kind")["hit"].mean()
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
        "P@4": smuggling.precision_at(at["hit_rate"], y), "XGB flags P@4": default, "XGB flags tuned P@4": tuned,
        "all labels known P@4": smuggling.precision_at(taught, y), "all labels known tax": recovered(taught),
        "mixture P@4": smuggling.precision_at(at["mixture"], y), "mixture tax": recovered(at["mixture"]),
        "tax P@4": smuggling.precision_at(at["expected_tax"], y), "tax tax": recovered(at["expected_tax"]),
        "ece": calibration_error(by["hit_rate"]["probability"].to_numpy(), y),
        "worst 5% firms": len(worst & set(firms["score"].nlargest(count).index)) / count,
        "rate low": rate.low, "rate": rate.value, "rate high": rate.high, "true rate": detectable,
        **{f"reached: {kind}": share for kind, share in reached.items()},
        "fit s": fitted, "peak GB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }  # fmt: skip


if __name__ == "__main__":
    n, where, seeds = int(sys.argv[1]), sys.argv[2], [int(s) for s in sys.argv[3:]]
    result = pd.DataFrame([run(n, where, seed) for seed in seeds], index=seeds)
    print(result.T.round(3).to_string())
    print("mean:", result.mean().round(3).to_dict())
    for peers in ("XGB flags P@4", "XGB flags tuned P@4"):
        ratio = result["P@4"] / result[peers]
        print(f"ratio to {peers}: median {ratio.median():.2f}, least {ratio.min():.2f}")
