"""Korea: training year to first quarter of 2021, and grouped five-fold over all rows, copies kept apart.

Run by hand with ANALYTICS_DATA set:  python benchmarks/smuggling/korea.py
LightGBM and XGBoost are no dependencies of the package: install them beside. A peer that is not there is left out.
Folds are by group of identical goods; peers get ordinal codes, as their defaults ask for.
"""

import numpy as np
import pandas as pd
from sklearn.preprocessing import OrdinalEncoder

from analytics import smuggling, tables
from analytics.smuggling import leaks
from analytics.smuggling.folds import grouped_folds
from analytics.smuggling.frames import attributes, goods_key, prepare
from analytics.smuggling.model import fit_prepared
from analytics.smuggling.splits import time_split, without_outcomes

FOLDER = "${ANALYTICS_DATA}/korea/df_syn_"
NUMBERS = ["duty_rate", "net_mass_kg", "value", "day"]
CODES = ["hs_code", "hs2", "hs4", "origin", "regime", "transport_mode", "district", "declarant_id", "enterprise_id",
         "seller_id"]  # fmt: skip


def own(train: pd.DataFrame, new: pd.DataFrame, columns: list[str]) -> dict[str, np.ndarray]:
    model = fit_prepared(train, columns)
    z = model.blend.members(model.matrix(without_outcomes(new)))
    return {"blend": model.calibrated(z), **{str(name): z[name].to_numpy() for name in z}}


def peers(train: pd.DataFrame, new: pd.DataFrame) -> dict[str, np.ndarray]:
    train = train[train["label"].notna()]
    codes = [*CODES, *attributes(train)]
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1).fit(train[codes].fillna(""))
    X, Z = (np.hstack([f[NUMBERS].to_numpy(), encoder.transform(f[codes].fillna(""))]) for f in (train, new))
    y, result = train["label"].to_numpy(), {}
    try:
        from lightgbm import LGBMClassifier

        result["LightGBM default"] = LGBMClassifier(random_state=0, n_jobs=1, verbose=-1)
    except ImportError:
        print("LightGBM is not installed: left out")
    try:
        from xgboost import XGBClassifier

        result["XGBoost default"] = XGBClassifier(random_state=0, n_jobs=1)
    except ImportError:
        print("XGBoost is not installed: left out")
    return {name: model.fit(X, y).predict_proba(Z)[:, 1] for name, model in result.items()}


def told(scores: dict[str, np.ndarray], y: np.ndarray, cluster: np.ndarray) -> None:
    for name, score in scores.items():
        print(f"  {name:18s} {smuggling.precision_at(score, y):.3f}")
    for name in scores:
        if name.endswith("default"):
            gap, low, high = smuggling.paired_difference(scores["blend"], scores[name], y, cluster)
            print(f"  blend less {name}: {gap:+.3f} [{low:+.3f}, {high:+.3f}]")


def main() -> None:
    read = tables.read("declarations", f"{FOLDER}train_eng.csv + {FOLDER}valid_eng.csv", "korea_declarations")
    frame, columns = prepare(read), list(read.ibis.columns)
    train, new, _ = time_split(frame, evaluate_from="2021-01-01")
    print("audit:", leaks.audit(train, new))
    train = leaks.purge(train, new).reset_index(drop=True)
    print(f"2020 -> first quarter of 2021, purged ({len(train)} lines): hit rate at 4 %")
    told({**own(train, new, columns), **peers(train, new)}, new["label"].to_numpy(), goods_key(new).to_numpy())
    groups, _ = pd.factorize(goods_key(frame))
    y = frame["label"].to_numpy()
    fold = grouped_folds(y, groups, 5, 0)
    scores: dict[str, np.ndarray] = {}
    for k in range(5):
        inside, outside = (frame[part].reset_index(drop=True) for part in (fold != k, fold == k))
        for name, score in {**own(inside, outside, columns), **peers(inside, outside)}.items():
            # ranks within the fold: folds have scales of their own
            scores.setdefault(name, np.zeros(len(frame)))[fold == k] = pd.Series(score).rank(pct=True)
    print("grouped five-fold over all rows: hit rate at 4 %")
    told(scores, y, groups)


if __name__ == "__main__":
    main()
