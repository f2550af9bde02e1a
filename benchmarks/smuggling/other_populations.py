"""Two populations that the simulated customs knows nothing of: is the blend ever below its members, is a change called?

Run by hand:  python benchmarks/smuggling/other_populations.py SEED [SEED ...]
"traders": offences are habits of enterprises, who understate values where duty is high. "corridors": offences belong to
a declarant, an origin and a port for some months, weights are understated, and no price tells. With a hard change the
habits go to other enterprises and the corridors to others from the second month judged on.
"""

import sys

import numpy as np
import pandas as pd

from analytics import smuggling
from analytics.smuggling.evaluation.monitoring import conduct_changed

LINES, DAYS, JUDGED = 24_000, 730, 540
SHIFT = JUDGED + 30


def population(kind: str, change: bool, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Declarations with outcomes, and whether an inspection of each line would find something."""
    rng = np.random.default_rng([seed, 5])
    size = rng.integers(1, 4, LINES)
    head = np.repeat(np.arange(LINES), size)[:LINES]
    n = head.max() + 1
    day = np.sort(rng.integers(0, DAYS, n))
    firm = np.minimum(rng.zipf(1.4, n), 900) if kind == "traders" else rng.integers(0, 700, n)
    declarant, port = (firm * 7 + rng.integers(0, 2, n)) % 60, rng.integers(0, 8, n)
    code, origin = rng.integers(0, 160, LINES), rng.integers(0, 25, LINES)
    duty = np.round(rng.gamma(1.5, 0.06, 160), 3)[code]
    usual = np.exp(rng.normal(3, 1.2, 160))[code]
    price = usual * np.exp(0.3 * rng.standard_normal(LINES))
    quantity = np.round(np.exp(rng.normal(4, 1, LINES))) + 1
    mass = quantity * np.exp(rng.normal(0, 1, 160))[code] * np.exp(0.08 * rng.standard_normal(LINES))
    late = (day >= SHIFT)[head] & change
    if kind == "traders":
        habit = np.where(rng.random((2, 901)) < 0.15, rng.beta(2, 3, (2, 901)), 0.002)
        chance = habit[late.astype(int), firm[head]] * np.clip(8 * duty, 0.1, 1.0)
    else:
        open_ = rng.random((2, 60, 25)) < 0.08
        months = rng.integers(0, 18, (2, 60, 25))
        lane = (late.astype(int), declarant[head], origin)
        since = day[head] // 30 - np.where(late, 18, months[lane])
        chance = np.where(open_[lane] & (since >= 0) & (since < 14), 0.55, 0.004) * np.where(port[head] < 4, 1.0, 0.3)
    wrong = rng.random(LINES) < chance
    depth = rng.uniform(0.2, 0.5, LINES)
    price = np.where(wrong & (kind == "traders"), price * (1 - depth), price)
    gross = mass * 1.08 * np.exp(0.05 * rng.standard_normal(LINES))
    gross = np.where(wrong & (kind == "corridors") & (rng.random(LINES) < 0.6), gross * (1 + depth), gross)
    value = np.round(price * quantity, 2)
    found = wrong & (rng.random(LINES) < 0.85)
    worst = np.zeros(n)
    np.maximum.at(worst, head, duty + (gross > 1.3 * mass) + (price < 0.6 * usual) + rng.exponential(0.2, LINES))
    targeted = worst > np.quantile(worst, 0.92)
    drawn = rng.random(n) < 0.015
    looked, outcome = (targeted | drawn)[head], day + 20
    known = looked & (outcome[head] < DAYS)
    dates = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(DAYS + 40), unit="D")
    frame = pd.DataFrame(
        {
            "declaration_id": "D" + pd.Series(head).astype("str"),
            "line_no": 1 + np.arange(LINES) - np.searchsorted(head, head),
            "date": dates[day[head]], "enterprise_id": "E" + pd.Series(firm[head]).astype("str"),
            "declarant_id": "B" + pd.Series(declarant[head]).astype("str"), "port": pd.Series(port[head]).astype("str"),
            "hs_code": pd.Series(10_000_000 + 137 * code).astype("str"),
            "origin": "O" + pd.Series(origin).astype("str"),
            "unit": "kg", "quantity": quantity, "net_mass_kg": mass, "gross_mass_kg": gross, "value": value,
            "duty_rate": duty, "tax": np.round(value * duty, 2),
            "inspected": pd.array(looked, dtype="boolean"),
            "finding": pd.array(np.where(known, found, None), dtype="boolean"),
            "recovered": np.where(known, found * value * duty * 0.5, np.nan),
            "outcome_date": pd.Series(dates[outcome[head]]).where(known),
            "selection_stream": pd.Series(np.where(drawn, "random", "targeted")[head]).where(looked),
        }
    )  # fmt: skip
    return frame, found


def run(kind: str, change: bool, seed: int) -> dict[str, object]:
    frame, found = population(kind, change, seed)
    start = str((pd.Timestamp("2024-01-01") + pd.Timedelta(days=JUDGED)).date())
    study = smuggling.study(frame, smuggling.Question(evaluate_from=start, refit_weeks=0))
    keys, judged_lines = ["declaration_id", "line_no"], study.evaluation
    known = frame[keys].assign(found=found)  # a study has an order of its own: truth is joined by line
    truth = judged_lines[keys].astype({"line_no": int}).merge(known, how="left", on=keys)["found"].to_numpy(dtype=bool)
    units = study.answers.units
    bad = units.some(truth).astype(float)
    judged = smuggling_judged(study)
    hits = {name: smuggling.precision_at(score, bad) for name, score in judged.items()}
    heads = study.scored_lines.iloc[units.first]
    risk = heads["declaration_risk"].to_numpy()
    top = np.argsort(-risk, kind="stable")[: round(0.04 * len(risk))]
    called = conduct_changed(study.heads(study.scored_lines), units.most(study.evaluation["label"].to_numpy()))
    best = max((h, n) for n, h in hits.items() if n != "blend")
    return {
        "population": kind, "change": "hard" if change else "none", "seed": seed, "prevalence": bad.mean(),
        "blend": hits["blend"], "best member": best[0], "which": best[1],
        "standard error": np.sqrt(best[0] * (1 - best[0]) / len(top)),
        "expected - found at 4 %": risk[top].mean() - bad[top].mean(),
        "called": "" if called is None else called.date(),
        "left out": ",".join(study.outcome_audit.sources),
    }  # fmt: skip


def smuggling_judged(study: smuggling.Study) -> dict[str, np.ndarray]:
    """Scores of the units by the blend and by each member."""
    from analytics.smuggling.inquiry.comparison import Judged

    judged = Judged.by(study.model, study.evaluation, "declaration")
    ranked = judged.scores(amounts=False, seed=0)
    return {name: ranked[name] for name in ("blend", "boosting", "trees", "logistic")}


if __name__ == "__main__":
    rows = [run(k, c, int(s)) for s in sys.argv[1:] for k in ("traders", "corridors") for c in (False, True)]
    print(pd.DataFrame(rows).round(3).to_string())
