"""How hard the simulated risk signal is: precision among the 4 % of lines ranked highest.

Trains on inspected lines whose outcome had come by the cut, ranks all later lines, and compares with the truth.

    python benchmarks/simulation/difficulty.py --lines 200000 --seeds 3
"""

import argparse

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from analytics.simulation import simulate

KEYS = ["declaration_id", "line_no"]
RAW_CODES = ["district", "regime", "transport_mode", "unit", "origin", "hs_code", "declarant_id", "enterprise_id"]
RAW_NUMBERS = ["quantity", "net_mass_kg", "gross_mass_kg", "value", "duty_rate", "tax"]


def labelled(lines: int, seed: int, setting: str) -> pd.DataFrame:
    made = simulate(lines, seed, setting)
    frame = made.declarations.sort_values("version", kind="stable").drop_duplicates(KEYS)
    truth = made.truth["lines"][[*KEYS, "kind", "tax_lost"]]
    return frame.merge(truth, on=KEYS, how="left").sort_values("date", kind="stable", ignore_index=True)


def raw(frame: pd.DataFrame) -> pd.DataFrame:
    x = frame[RAW_NUMBERS].copy()
    for name in RAW_CODES:
        x[name] = pd.factorize(frame[name], sort=True)[0]
    return x


def peers(frame: pd.DataFrame) -> pd.DataFrame:
    """Deviations from goods of the same code and origin, and from the code alone."""
    x = pd.DataFrame(index=frame.index)
    figures = {
        "price": np.log(frame["value"] / frame["quantity"]),
        "mass": np.log(frame["net_mass_kg"] / frame["quantity"]),
        "gross": np.log(frame["gross_mass_kg"] / frame["net_mass_kg"]),
    }
    for name, figure in figures.items():
        code = figure.groupby(frame["hs_code"]).transform("median")
        both = figure.groupby([frame["hs_code"], frame["origin"]])
        x[f"{name}_code"] = figure - code
        weight = both.transform("size") / (both.transform("size") + 5)
        x[f"{name}_origin"] = figure - (weight * both.transform("median") + (1 - weight) * code)
        own = (x[f"{name}_origin"]).groupby([frame["enterprise_id"], frame["hs_code"]])
        x[f"{name}_own"] = own.transform("median")
    return x


def history(frame: pd.DataFrame, names: list[str], cut: pd.Timestamp) -> pd.DataFrame:
    """Findings known a month before the line's own month, smoothed: monthly steps keep it simple."""
    x = pd.DataFrame(index=frame.index)
    month = frame["date"].dt.to_period("M")
    known = frame["outcome_date"].dt.to_period("M")
    prior = 0.05
    for key in [[n] for n in names] + [["enterprise_id", "hs_code"], ["hs_code", "origin"]]:
        rate = pd.Series(prior, index=frame.index)
        seen = pd.Series(0.0, index=frame.index)
        group = frame[key[0]] if len(key) == 1 else frame[key[0]] + "|" + frame[key[1]]
        for m in month.unique():
            past = (known < min(m, cut.to_period("M"))) & frame["finding"].notna()
            stats = frame.loc[past, "finding"].astype(float).groupby(group[past]).agg(["sum", "size"])
            here = month == m
            total = group[here].map(stats["size"]).fillna(0).astype(float)
            hits = group[here].map(stats["sum"]).fillna(0).astype(float)
            rate[here], seen[here] = (hits + 3 * prior) / (total + 3), total
        x["|".join(key) + "_rate"], x["|".join(key) + "_seen"] = rate, seen
    return x


def precision(score: np.ndarray, bad: np.ndarray, share: float = 0.04) -> float:
    top = np.argsort(-score, kind="stable")[: max(1, round(share * len(score)))]
    return float(bad[top].mean())


def ranked(x: pd.DataFrame, label: pd.Series, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    model = HistGradientBoostingClassifier(max_iter=150, learning_rate=0.05, max_leaf_nodes=15, random_state=0)
    model.fit(x[train], label[train].astype(int))
    return model.predict_proba(x[test])[:, 1]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, default=200_000)
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--setting", default="standard")
    given = options.parse_args()
    cut = pd.Timestamp("2025-07-01")
    rows = []
    for seed in range(11, 11 + given.seeds):
        frame = labelled(given.lines, seed, given.setting)
        bad = frame["kind"].notna().to_numpy()
        test = (frame["date"] >= cut).to_numpy()
        train = ((frame["outcome_date"] < cut) & frame["finding"].notna()).to_numpy()
        columns, near = raw(frame), peers(frame)
        past = history(frame, ["enterprise_id", "declarant_id", "origin", "hs_code", "seller_id"], cut)
        label = frame["finding"].fillna(False)
        full = pd.concat([columns.drop(columns=["enterprise_id", "declarant_id"]), near, past], axis=1)
        scores = {
            "raw": ranked(columns, label, train, test),
            "raw + peers": ranked(pd.concat([columns, near], axis=1), label, train, test),
            "raw + history": ranked(pd.concat([columns, past], axis=1), label, train, test),
            "raw + peers + history": ranked(full, label, train, test),
            "the same, all labels known": ranked(full, pd.Series(bad), (frame["date"] < cut).to_numpy(), test),
        }
        row = {"seed": seed, "prevalence": bad[test].mean(), "labels": train.sum(), "hits": int(label[train].sum())}
        row |= {name: precision(score, bad[test]) for name, score in scores.items()}
        targeted = (frame["selection_stream"] == "targeted").to_numpy()
        rows.append(row | {"rules (targeted stream, truth)": bad[targeted].mean()})
    print(pd.DataFrame(rows).set_index("seed").T.assign(median=lambda x: x.median(axis=1)).round(3).to_string())


if __name__ == "__main__":
    main()
