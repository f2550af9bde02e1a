"""Which declaration each selectivity rule hit, what was executed, found and recovered, and what it took."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.simulation.world.world import World, stream
from analytics.simulation.year.audits import rules
from analytics.simulation.year.population import Population

_SAME = 0.6  # share of a rule's hits that fall on the goods it was written for
_HOURS = (2.0, 4.5)  # shape and scale of the hours of an examination


def rule_hits(world: World, lines: Population) -> pd.DataFrame:
    """Hits of the forty rules, their numbers as in the table `rules`.

    A rule looks at a chapter; every fourth rule looks at the chapter of the rule before it, so that some overlap.
    Findings fall on declarations with something wrong as far as there are any among the rule's hits. A rule hits while
    it is valid; one that ended before the span hits on, as forgotten rules do.
    """
    rng, table = stream(world.seed, 5, 12), rules(world)
    heads = pd.DataFrame(
        {
            "id": lines.declaration_id.to_pylist(), "day": lines.day, "lost": np.maximum(lines.lost, 0),
            "wrong": lines.kind >= 0, "chapter": world.goods.chapter[lines.product],
        }
    )  # fmt: skip
    heads = heads.groupby("id", sort=False).agg(
        day=("day", "min"), lost=("lost", "sum"), wrong=("wrong", "any"), chapter=("chapter", "first")
    )
    chapter, share = heads["chapter"].to_numpy(), heads["chapter"].value_counts(normalize=True).sort_index()
    aims = rng.choice(share.index, len(table), p=share.to_numpy())
    aims[1::4] = aims[:-1:4]
    day = world.days.days[heads["day"].to_numpy()].astype("datetime64[us]")
    parts = []
    for aim, rule in zip(aims, table.itertuples(index=False), strict=True):
        valid = (pd.Series(day) >= rule.valid_from).to_numpy() & (pd.Series(day) <= rule.valid_to).to_numpy()
        valid = valid if valid.sum() > rule.hits else np.full(len(day), True)
        parts.append(_hits(heads[valid], (chapter == aim)[valid], rule, rng))
    made = pd.concat(parts, ignore_index=True)
    made["hit_on"] = world.days.days[made.pop("day").to_numpy()].astype("datetime64[us]")
    text = {"rule_id": "str", "declaration_id": "str"}
    order = ["rule_id", "declaration_id", "hit_on", "executed", "finding", "recovered", "hours"]
    return made.astype({**text, "executed": "boolean", "finding": "boolean"})[order]


def _hits(heads: pd.DataFrame, aimed: np.ndarray, rule: tuple, rng: np.random.Generator) -> pd.DataFrame:
    """One rule's hits: mostly of its goods, findings on what is wrong first."""
    number = min(int(rule.hits), len(heads))  # type: ignore[attr-defined]
    weight = np.where(aimed, _SAME / max(aimed.sum(), 1), (1 - _SAME) / max((~aimed).sum(), 1))
    at = rng.choice(len(heads), number, replace=False, p=weight / weight.sum())
    executed = np.arange(number) < int(rule.executed)  # type: ignore[attr-defined]
    wrong = heads["wrong"].to_numpy()[at]
    first = np.argsort(~(wrong & executed), kind="stable")
    finding = np.zeros(number, bool)
    finding[first[: int(rule.findings)]] = True  # type: ignore[attr-defined]
    finding &= executed
    lost = heads["lost"].to_numpy()[at]
    small = rng.gamma(1.0, 3_000.0, number)
    return pd.DataFrame(
        {
            "rule_id": rule.rule_id,  # type: ignore[attr-defined]
            "declaration_id": heads.index.to_numpy()[at],
            "day": heads["day"].to_numpy()[at],
            "executed": executed,
            "finding": pd.Series(finding, dtype="boolean").where(executed),
            "recovered": np.where(finding, np.round(np.where(lost > 0, lost, small), 2), 0.0),
            "hours": np.where(executed, np.round(rng.gamma(*_HOURS, number), 1), np.nan),
        }
    )
