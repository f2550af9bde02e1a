"""Grade enterprises: model prior and findings joined by empirical Bayes, and the level of attention proposed.

Legal grades come from legal facts; nothing here changes them. The level (1 routine ... 5 closest) only proposes where
to look.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

from analytics.language import Text, number, percent
from analytics.smuggling.features.frames import as_pandas

HELD = (0.5, 0.75, 0.9, 0.97)  # shares of all expected recovery that levels 5, 4, 3 and 2 hold together
COLUMNS = (
    "attention", "score", "legal_category", "reasons", "reasons_zh", "expected_recovery", "share_of_all", "lines",
    "inspected", "findings", "expected_findings", "multiplier", "card", "next_level", "next_level_zh",
)  # fmt: skip
BY_CHANCE = {"yellow": 0.05, "red": 0.01}  # chance of so many findings in an ordinary enterprise, at most
_MANY = 200  # inspections: more than an enterprise sees in a year say nothing that can be acted on


def dispersion(found: np.ndarray, expected: np.ndarray) -> float:
    """Strength of the prior: shape of the gamma distribution of enterprises' multipliers around 1.

    Parameters
    ----------
    found : findings of each enterprise
    expected : findings that the model expected of its inspected lines

    Returns
    -------
    float between 0.05 (enterprises differ widely from the model) and 200 (they do not).

    Notes
    -----
    Maximum likelihood of the negative binomial with mean `expected`. Source: Robbins (1956); Clayton and Kaldor (1987).
    """
    use = expected > 0
    k, e = found[use], expected[use]
    if len(k) < 5:
        return 5.0

    def minus_log_likelihood(log_shape: float) -> float:
        a = np.exp(log_shape)
        return -float(np.sum(gammaln(a + k) - gammaln(a) + a * np.log(a / (a + e)) + k * np.log(e / (a + e))))

    best = minimize_scalar(minus_log_likelihood, bounds=(np.log(0.05), np.log(200.0)), method="bounded")
    return float(np.exp(best.x))


def grade(
    scored: pd.DataFrame,
    outcomes: pd.DataFrame | None = None,
    enterprises: Any = None,
    *,
    yellow_findings: int = 2,
    red_findings: int = 4,
) -> pd.DataFrame:
    """Compliance score and proposed level of attention of every enterprise with lines.

    Parameters
    ----------
    scored : DataFrame (enterprise_id, probability [, expected_recovery])
        Lines of the enterprises as scored before their outcomes were known; without expected_recovery a line counts by
        its probability.
    outcomes : DataFrame (enterprise_id, probability, finding), optional
        Inspected lines with the probability they had beforehand.
    enterprises : Table or DataFrame (enterprise_id, category), optional
        The legal category as given; shown beside the level, never used for it.
    yellow_findings, red_findings : int
        Card rules: findings in the period from which a yellow or red card notice is to be considered, where so many
        would be rare (5 and 1 %) in an enterprise whose inspected lines are no worse than the model expects.

    Returns
    -------
    DataFrame, most expected recovery first, empty where no line names an enterprise: enterprise_id, attention (1-5),
    score (expected share of lines with a finding), legal_category, reasons, reasons_zh, expected_recovery,
    share_of_all, lines, inspected, findings, expected_findings, multiplier, card, next_level, next_level_zh.

    Notes
    -----
    The multiplier (a + findings) / (a + expected findings) compares what inspections found with what the model expected
    of the very lines inspected, so that being inspected often does not by itself raise a grade. Enterprises rank by the
    expected recovery of all their lines times that multiplier; those of level 5 hold half of it together, with level 4
    three quarters, with level 3 nine tenths.
    """
    stake = scored["expected_recovery"] if "expected_recovery" in scored else scored["probability"]
    if scored["enterprise_id"].isna().all():
        return pd.DataFrame(columns=["enterprise_id", *COLUMNS])
    by = scored.assign(stake=stake).groupby("enterprise_id")
    firms = by.agg(lines=("probability", "size"), mean=("probability", "mean"), expected_recovery=("stake", "sum"))
    firms = _inspected(firms, outcomes)
    a = dispersion(firms["findings"].to_numpy(), firms["expected_findings"].to_numpy())
    firms["multiplier"] = (a + firms["findings"]) / (a + firms["expected_findings"])
    firms["score"] = np.minimum(firms["mean"] * firms["multiplier"], 1.0)
    firms["expected_recovery"] *= firms["multiplier"]
    firms = firms.sort_values(["expected_recovery", "score"], ascending=False, kind="stable")
    firms["share_of_all"] = firms["expected_recovery"] / max(float(firms["expected_recovery"].sum()), 1e-12)
    before = firms["share_of_all"].cumsum().shift(fill_value=0.0)
    firms["attention"] = 5 - sum((before >= held).astype(int) for held in HELD)
    firms["card"] = _cards(firms, yellow_findings, red_findings)
    _say_why(firms, a)
    firms["legal_category"] = _categories(enterprises, firms.index)
    return firms[list(COLUMNS)].reset_index()


def _inspected(firms: pd.DataFrame, outcomes: pd.DataFrame | None) -> pd.DataFrame:
    """The same with inspections, findings, and findings that were to be expected of them."""
    firms["inspected"] = firms["findings"] = firms["expected_findings"] = 0.0
    if outcomes is not None and len(outcomes):
        seen = outcomes.groupby("enterprise_id").agg(
            inspected=("finding", "size"), findings=("finding", "sum"), expected_findings=("probability", "sum")
        )
        firms = firms.join(seen.astype(float).add_suffix("_seen"))
        for column in ("inspected", "findings", "expected_findings"):
            firms[column] = firms.pop(f"{column}_seen").fillna(0.0)
    return firms


def _cards(firms: pd.DataFrame, yellow_findings: int, red_findings: int) -> np.ndarray:
    """Cards of those with findings enough, and more than chance brings an ordinary enterprise inspected alike."""
    rare = stats.poisson.sf(firms["findings"] - 1, firms["expected_findings"])
    red = (firms["findings"] >= red_findings) & (rare <= BY_CHANCE["red"])
    yellow = (firms["findings"] >= yellow_findings) & (rare <= BY_CHANCE["yellow"])
    return np.select([red, yellow], ["red", "yellow"], "")


def _categories(enterprises: Any, index: pd.Index) -> np.ndarray:
    if enterprises is None:
        return np.full(len(index), "", dtype=object)
    table = as_pandas(enterprises).drop_duplicates("enterprise_id").set_index("enterprise_id")
    if "category" not in table:
        return np.full(len(index), "", dtype=object)
    return table["category"].astype("str").reindex(index).fillna("").to_numpy(dtype=object)


def _say_why(firms: pd.DataFrame, a: float) -> None:
    """Write reasons, and what would change the level: findings up, or clean inspections down."""
    average = float(np.average(firms["mean"], weights=firms["lines"]))
    said = [_reason(row, average) for row in firms.itertuples()]
    firms["reasons"], firms["reasons_zh"] = [t.en for t in said], [t.zh for t in said]
    cuts = [firms.loc[firms["attention"] >= level, "expected_recovery"].min() for level in (2, 3, 4, 5)]
    change = [_change(row, a, cuts) for row in firms.itertuples()]
    firms["next_level"], firms["next_level_zh"] = [t.en for t in change], [t.zh for t in change]


def _reason(row: Any, average: float) -> Text:
    ratio = row.mean / average if average else 1.0
    en = [f"declared lines at {percent(row.mean)} on average, {number(ratio, 1)} times the average of all"]
    zh = [f"申报风险平均{percent(row.mean, language='zh')}，为全体平均的{number(ratio, 1)}倍"]
    if row.inspected:
        en.append(
            f"{number(row.findings)} findings in {number(row.inspected)} inspections, "
            f"{number(row.expected_findings, 1)} expected"
        )
        zh.append(
            f"查验{number(row.inspected)}次，查获{number(row.findings)}次，预期{number(row.expected_findings, 1)}次"
        )
    else:
        en.append("never inspected in the period")
        zh.append("期内未查验")
    return Text("; ".join(en), "；".join(zh))


def _change(row: Any, a: float, cuts: list[float]) -> Text:
    """Clean inspections of average risk that lower the level, findings that raise it."""
    level, ordinary = int(row.attention), row.expected_recovery / row.multiplier  # recovery of an ordinary enterprise
    if level > 1:
        # recovery falls with every clean inspection: ordinary x (a + k) / (a + e + m x mean) = cut
        wanted = ordinary * (a + row.findings) / max(cuts[level - 2], 1e-12) - a - row.expected_findings
        clean = max(1, int(np.ceil(wanted / max(row.mean, 1e-9))))
        if clean > _MANY:
            return Text("no number of clean inspections soon: much is at stake", "涉税金额大，短期内查验无查获不致降级")
        return Text(f"{clean:,} inspections without finding would lower the level", f"再有{clean}次查验无查获可降一级")
    more = int(np.ceil(cuts[0] * (a + row.expected_findings) / max(ordinary, 1e-12) - a - row.findings))
    if more > 20:
        return Text("no few findings would raise the level: little is at stake", "涉税金额小，少量查获不致升级")
    return Text(f"{max(more, 1)} more findings would raise the level", f"再有{max(more, 1)}次查获将升一级")
