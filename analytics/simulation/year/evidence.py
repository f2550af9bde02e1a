"""Evidence on containment by year and kind of district: sampled gap, mirror, proved cases; and the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import gammaincinv  # scipy.stats would cost a second to import

from analytics.simulation.world.world import World, stream
from analytics.simulation.year.population import Population
from analytics.simulation.year.samples import SKILL, draw

_UNDECLARED = {"coastal": 0.003, "border": 0.006, "inland": 0.001}  # duty on goods never declared, of that collected
_ROUTES = (0.3, 0.8)  # share of what a mirror misses that was not declared; the rest took other routes
_MIRROR_ERROR = 0.2  # log standard deviation of the mirror's estimate
_NATION = "nation"


def evidence(world: World, lines: Population) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table `containment` by calendar year, and the true share contained.

    A sample of 2,000 lines a year is inspected by a team that finds .78 of what is wrong; what inspections at the
    border had found and recovered is left out of the gap. The gap's interval is Fay and Feuer's (1997).
    """
    rng = stream(world.seed, 5, 11)
    year = world.days.days[lines.day].astype("datetime64[Y]").astype(int) + 1970
    kind = world.places.district_kind[lines.district]
    rows, truth = [], []
    for period in np.unique(year):
        part = lines.part(year == period)
        drawn, chance = draw(part, rng)
        seen = rng.random(len(drawn)) < SKILL
        of = kind[year == period]
        escaped = np.where(part.found, 0.0, np.maximum(part.lost, 0))
        undeclared, missing = _smuggled(part, of, rng)
        for place in (_NATION, *sorted(set(of))):
            here = np.full(len(of), True) if place == _NATION else of == place
            at = here[drawn]
            loss = np.where(seen, escaped[drawn], 0.0)[at] / chance[at]
            gap, low, high = gamma_interval(loss, part.tax[drawn][at] / chance[at])
            proved, collected = np.maximum(part.lost, 0)[here & part.found].sum(), part.tax[here].sum()
            kinds = [k for k in missing if place in (_NATION, k)]
            estimate, error = _together([missing[k] for k in kinds])
            rows.append((place, "" if place == _NATION else place, str(period), collected, proved, gap, low, high,
                         estimate, max(0.0, estimate - 1.96 * error), estimate + 1.96 * error))  # fmt: skip
            lost = escaped[here].sum() + sum(undeclared[k] for k in kinds)
            truth.append((place, str(period), (collected + proved) / (collected + proved + lost)))
    columns = ["place", "group", "period", "collected", "proved", "gap", "gap_low95", "gap_high95", "missing",
               "missing_low95", "missing_high95"]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns).round(2).astype(dict.fromkeys(columns[:3], "str"))
    return table, pd.DataFrame(truth, columns=["place", "period", "contained"])


def _smuggled(part: Population, of: np.ndarray, rng: np.random.Generator) -> tuple[dict[str, float], dict[str, float]]:
    """Duty on goods never declared, and what a mirror would miss, by kind of district."""
    undeclared, missing = {}, {}
    for kind, share in _UNDECLARED.items():
        if not (of == kind).any():
            continue
        undeclared[kind] = float(share * np.exp(0.4 * rng.standard_normal()) * part.tax[of == kind].sum())
        seen = undeclared[kind] / rng.uniform(*_ROUTES)
        missing[kind] = float(seen * np.exp(_MIRROR_ERROR * rng.standard_normal()))
    return undeclared, missing


def _together(missing: list[float]) -> tuple[float, float]:
    return sum(missing), _MIRROR_ERROR * float(np.sqrt(np.sum(np.square(missing))))


def gamma_interval(weighted: np.ndarray, tax: np.ndarray) -> tuple[float, float, float]:
    """A weighted total with its 95 % interval after Fay and Feuer (1997).

    Parameters
    ----------
    weighted : losses of the lines drawn over their chances; nought where nothing was found
    tax : of the lines drawn, over their chances: what one more line might have lost where few losses were seen
    """
    total, variance = weighted.sum(), np.square(weighted).sum()
    unseen = float(np.quantile(tax, 0.8)) / (1 + (weighted > 0).sum() / 4) if len(tax) else 0.0
    most = max(weighted.max(initial=0.0), unseen)
    low = variance / total * float(gammaincinv(total**2 / variance, 0.025)) if total > 0 else 0.0
    further = (total + most) ** 2 / (variance + most**2)
    high = (variance + most**2) / (total + most) * float(gammaincinv(further, 0.975))
    return float(total), float(low), float(high)
