"""District x chapter price bias: who declares above or below the others, known beforehand."""

from dataclasses import dataclass

import numpy as np

from analytics.simulation.world.enterprises import Contracts, Enterprises
from analytics.simulation.world.geography import Geography
from analytics.simulation.world.parameters import Parameters
from analytics.simulation.world.tariff import Tariff

_LEAST_SHARE = 0.35  # of a cell's value in the hands of the enterprises that move it


@dataclass(frozen=True)
class Bias:
    """Injected log price bias of cells, and the enterprises behind those that are concentrated."""

    cell: np.ndarray  # (district, chapter) log bias of the cell's declared value
    practice: np.ndarray  # (district, chapter) log deviation of every line of the cell
    contract: np.ndarray  # (c) log deviation of a contract's lines in its home district
    guilty: list[tuple[int, int, int, float]]  # district, chapter, enterprise, its log deviation
    quality: np.ndarray  # (district, chapter) share of the premium grade
    interaction: np.ndarray  # (product, district) log deviation; one column of zeros where there is none


def bias(
    p: Parameters,
    goods: Tariff,
    places: Geography,
    firms: Enterprises,
    deals: Contracts,
    rng: np.random.Generator,
) -> Bias:
    """Choose the biased cells and, for a share of them, the large enterprises that cause the bias."""
    shape = (len(places.districts), len(goods.chapters))
    cell_of = firms.home[deals.firm] * shape[1] + goods.chapter[deals.product]
    value = deals.weight * np.exp(np.minimum(deals.log_quantity + deals.log_price, 18.0))
    traded = np.flatnonzero(np.bincount(cell_of, minlength=shape[0] * shape[1]))
    chosen = np.sort(rng.choice(traded, round(p.bias_share * len(traded)), replace=False))
    size = rng.uniform(p.bias_low, p.bias_high, len(chosen))
    size = np.log1p(np.where(rng.random(len(chosen)) < p.bias_down_share, -size, size))
    concentrated = rng.random(len(chosen)) < p.bias_concentrated_share
    cell, practice = np.zeros(shape[0] * shape[1]), np.zeros(shape[0] * shape[1])
    cell[chosen] = size
    practice[chosen] = size
    deviation, guilty = np.zeros(len(deals.firm)), []
    order = np.argsort(cell_of, kind="stable")
    bounds = np.searchsorted(cell_of[order], np.arange(len(cell) + 1))
    for position, wanted in zip(chosen[concentrated], size[concentrated], strict=True):
        members = order[bounds[position] : bounds[position + 1]]
        ranked, share = _largest(deals.firm[members], value[members])
        if ranked.size == 0:
            continue  # nobody is large enough: the whole cell carries the bias
        own = float(np.log1p(np.expm1(wanted) / share))
        practice[position] = 0.0
        deviation[members[np.isin(deals.firm[members], ranked)]] = own
        guilty += [(int(position) // shape[1], int(position) % shape[1], int(e), own) for e in ranked]
    odds = np.log(0.3 / 0.7) + rng.normal(0, 1, shape) * p.quality_shift
    width = shape[0] if p.interaction_spread else 1
    return Bias(
        cell=cell.reshape(shape),
        practice=practice.reshape(shape),
        contract=deviation,
        guilty=guilty,
        quality=1 / (1 + np.exp(-odds)),
        interaction=rng.normal(0, 1, (len(goods.code), width)) * p.interaction_spread,
    )


def _largest(firm: np.ndarray, value: np.ndarray) -> tuple[np.ndarray, float]:
    """One to three largest enterprises that together hold enough of the cell, and their share."""
    names, inverse = np.unique(firm, return_inverse=True)
    total = np.bincount(inverse, value)
    order = np.argsort(-total, kind="stable")[:3]
    share = np.cumsum(total[order]) / total.sum()
    enough = np.flatnonzero(share >= _LEAST_SHARE)
    if enough.size == 0 or len(names) < 4:
        return np.empty(0, dtype=np.int64), 0.0
    return names[order[: enough[0] + 1]], float(share[enough[0]])
