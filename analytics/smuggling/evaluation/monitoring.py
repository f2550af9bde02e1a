"""Whom the selection falls on, and whether the population has moved since training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import brentq, minimize
from scipy.special import expit, logit

from analytics.smuggling.features.frames import as_pandas
from analytics.statistics import share_of

if TYPE_CHECKING:
    from analytics.smuggling.models.risk_model import RiskModel

ORDER_CALL = 11.0  # log-likelihood at which a lost order is called: slopes are told less surely than levels
CALL, LEAST_WEEKS, LEAST_FINDINGS = 5.0, 8, 15  # log-likelihood at which a change is called, and what it takes
DRIFT_WATCH, DRIFT_ACT = 0.10, 0.25  # usual reading of the population stability index


def fairness(targeting: pd.DataFrame, answer: np.ndarray | None = None, enterprises: Any = None) -> pd.DataFrame:
    """Compare selection by enterprise size, enterprise age and place.

    Parameters
    ----------
    targeting : DataFrame from `select` with enterprise_id, date, port or district
    answer : array of 0 and 1, optional
        Outcome of every line; without it hit rate and clean-but-selected are missing.
    enterprises : Table or DataFrame (enterprise_id, registered_on), optional

    Returns
    -------
    DataFrame (by, group, lines, selected_share, finding_share, hit_rate, clean_selected_share): the last is the share
    of clean lines that were selected all the same, the burden on the compliant.
    """
    size = targeting.groupby("enterprise_id")["enterprise_id"].transform("size")
    groups = {"size": pd.cut(size, [0, 5, 20, 100, np.inf], labels=["1-5", "6-20", "21-100", "over 100"])}
    if enterprises is not None:
        table = as_pandas(enterprises)
        if "registered_on" in table:
            since = pd.to_datetime(table.drop_duplicates("enterprise_id").set_index("enterprise_id")["registered_on"])
            years = (targeting["date"] - targeting["enterprise_id"].map(since)).dt.days / 365.25
            groups["age"] = pd.cut(
                years, [-np.inf, 1, 3, 10, np.inf], labels=["under 1 year", "1-3", "3-10", "over 10"]
            )
    place = targeting["district"].fillna("")
    if targeting["port"].notna().any():
        place = place + " " + targeting["port"].fillna("")
    largest = place.value_counts().index[:8]
    groups["place"] = place.where(place.isin(largest), "others")
    y = np.full(len(targeting), np.nan) if answer is None else np.asarray(answer, dtype=float)
    chosen = (targeting["stream"] == "targeted").to_numpy()
    rows = []
    for by, group in groups.items():
        for name in pd.unique(group.dropna()):
            inside = (group == name).to_numpy()
            clean = inside & (y == 0)
            rows.append(
                {
                    "by": by,
                    "group": str(name),
                    "lines": int(inside.sum()),
                    "selected_share": chosen[inside].mean(),
                    "finding_share": y[inside].mean(),
                    "hit_rate": y[inside & chosen].mean() if (inside & chosen).any() else np.nan,
                    "clean_selected_share": chosen[clean].mean() if clean.any() else np.nan,
                }
            )
    return pd.DataFrame(rows)


def stability_index(before: np.ndarray, after: np.ndarray, bins: int = 10) -> float:
    """Population stability index of one variable: sum of (p - q) ln(p / q) over tenths of the earlier population."""
    a, b = before[~np.isnan(before)], after[~np.isnan(after)]
    if len(a) < bins or len(b) == 0:
        return float("nan")
    edges = np.unique(np.quantile(a, np.linspace(0, 1, bins + 1)[1:-1]))
    p = np.bincount(np.searchsorted(edges, a, side="right"), minlength=len(edges) + 1) / len(a)
    q = np.bincount(np.searchsorted(edges, b, side="right"), minlength=len(edges) + 1) / len(b)
    p, q = np.clip(p, 1e-4, None), np.clip(q, 1e-4, None)
    return float(np.sum((p - q) * np.log(p / q)))


def drift(model: RiskModel, train: pd.DataFrame, evaluation: pd.DataFrame, sample: int = 4000) -> pd.DataFrame:
    """Population drift of the declared figures from training to the judged lines.

    Parameters
    ----------
    model : RiskModel, whose peers unit values and weights are compared with
    train, evaluation : DataFrames from `frames.prepare`
    sample : int, lines of each that are compared

    Returns
    -------
    DataFrame (variable, index, reading): reading is "stable" (below 0.10), "watch" or "moved" (0.25 and more);
    most moved first.
    """
    columns = ("value", "quantity", "net_mass_kg", "duty_rate")
    rng = np.random.default_rng(0)
    parts = [f.iloc[np.sort(rng.choice(len(f), min(sample, len(f)), replace=False))] for f in (train, evaluation)]
    gaps = [model.features.peers_.transform(part) for part in parts]
    shown = [(parts, c) for c in columns] + [(gaps, str(c)) for c in gaps[0].columns if str(c).endswith("_gap")]
    rows = [(c, stability_index(a[c].to_numpy(dtype=float), b[c].to_numpy(dtype=float))) for (a, b), c in shown]
    table = pd.DataFrame(rows, columns=["variable", "index"]).dropna().sort_values("index", ascending=False)
    reading = np.select([table["index"] >= DRIFT_ACT, table["index"] >= DRIFT_WATCH], ["moved", "watch"], "stable")
    return table.assign(reading=reading).reset_index(drop=True)


def outcomes_by_month(heads: pd.DataFrame, found: np.ndarray) -> pd.DataFrame:
    """Findings of inspections against what the model expected of the very units inspected, month by month.

    Parameters
    ----------
    heads : DataFrame (date, probability), one row a unit
    found : finding of every unit, missing where nobody looked

    Returns
    -------
    DataFrame (month, inspected, findings, expected, ratio, low95, high95): the ratio of findings to expectation with
    the interval of a Poisson count. Targeted and random inspections alike: both are of the units that they are.
    """
    seen = ~np.isnan(found)
    month = heads["date"].dt.to_period("M").dt.to_timestamp()[seen]
    by = pd.DataFrame({"month": month, "y": found[seen], "p": heads["probability"][seen]}).groupby("month")
    table = by.agg(inspected=("y", "size"), findings=("y", "sum"), expected=("p", "sum")).reset_index()
    k, e = table["findings"].to_numpy(), np.maximum(table["expected"].to_numpy(), 1e-9)
    table["ratio"] = k / e
    table["low95"] = np.where(k > 0, stats.chi2.ppf(0.025, 2 * np.maximum(k, 1)) / 2, 0.0) / e
    table["high95"] = stats.chi2.ppf(0.975, 2 * (k + 1)) / 2 / e
    return table


def conduct_changed(heads: pd.DataFrame, found: np.ndarray) -> pd.Timestamp | None:
    """The week from which findings run away from what the model expects; None while they do not.

    Notes
    -----
    Cumulative sums of weekly log-likelihood ratios, called at 5: about one false call in several years of weeks. Three
    things are looked for: findings a half above the expected rate, a third below it (Poisson), and risks that tell a
    third of what they told while findings are as many as before, since others are found now (Bernoulli). Level and
    slope are first brought to the first quarter of the outcomes, so that a model a little off is not called a change.
    Source: Lucas (1985), Counted data CUSUM's, Technometrics 27; Hawkins and Olwell (1998), Cumulative Sum Charts.
    """
    seen = ~np.isnan(found)
    week = heads["date"].dt.to_period("W").dt.start_time[seen]
    by = pd.DataFrame({"week": week, "y": found[seen], "p": heads["probability"][seen]}).groupby("week").sum()
    if len(by) < LEAST_WEEKS or by["y"].sum() < LEAST_FINDINGS:
        return None
    first = by.head(max(4, len(by) // 4))
    level = np.clip((first["y"].sum() + 5) / (first["p"].sum() + 5), 0.5, 2.0)
    ratios = [by["y"] * np.log(times) - (times - 1) * by["p"] * level for times in (1.5, 1 / 1.5)]
    risk = heads["probability"].to_numpy(dtype=float)[seen]
    order = _order_lost(risk, found[seen], (week <= first.index[-1]).to_numpy())
    ratios.append(pd.Series(order).groupby(week.to_numpy()).sum() * CALL / ORDER_CALL)
    for ratio in ratios:
        gain, since = 0.0, by.index[0]
        for at, step in ratio.items():
            since = at if gain == 0 else since
            gain = max(0.0, gain + step)
            if gain > CALL:
                return pd.Timestamp(since)
    return None


def _order_lost(risk: np.ndarray, found: np.ndarray, early: np.ndarray) -> np.ndarray:
    """Log-likelihood ratio of each outcome: risks a third as telling, with as many findings, against risks as early."""
    z = logit(np.clip(risk, 1e-4, 1 - 1e-4))
    z = z - z.mean()

    def loss(theta: np.ndarray) -> float:
        eta = theta[0] + theta[1] * z[early]
        return float(np.sum(np.logaddexp(0, eta) - found[early] * eta) + 3 * (theta[1] - 1) ** 2)

    start = logit(np.clip(found[early].mean(), 0.01, 0.99))
    shift, slope = minimize(loss, [start, 1.0], method="L-BFGS-B").x
    # a model that tells little from the start cannot be seen to lose its order, nor tell more than it says
    slope = np.clip(slope, 0.3, 1.0)
    told = shift + slope * z
    flat = brentq(lambda a: expit(a + slope / 3 * z).sum() - expit(told).sum(), -30, 30) + slope / 3 * z
    return np.asarray(found * (flat - told) - np.logaddexp(0, flat) + np.logaddexp(0, told))


def performance_by_month(
    targeting: pd.DataFrame, answer: np.ndarray, share: float, weight: np.ndarray | None = None
) -> pd.DataFrame:
    """Hit rate at `share` of each month's units: month, units, judged, finding_share, hit_rate, low95, high95.

    Parameters
    ----------
    targeting : DataFrame (date, score), one row a unit
    answer : outcome of every unit, missing where unknown
    share : float
    weight : array, optional
        Units that each outcome stands for.
    """
    month = targeting["date"].dt.to_period("M").dt.to_timestamp()
    w = np.ones(len(targeting)) if weight is None else weight
    rows = []
    for name, part in pd.DataFrame({"m": month, "s": targeting["score"], "y": answer, "w": w}).groupby("m"):
        top = part.nlargest(max(1, round(share * len(part))), "s")
        every, hit = (share_of(p["y"].to_numpy(), p["w"].to_numpy()) for p in (part, top))
        rows.append((name, len(part), hit.counted, every.value, hit.value, hit.low, hit.high))
    return pd.DataFrame(rows, columns=["month", "units", "judged", "finding_share", "hit_rate", "low95", "high95"])
