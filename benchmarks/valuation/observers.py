"""Observers of `oracle.py` who know how each world is made, but not what was done in it."""

import numpy as np
import other_hands
import pandas as pd
from hypotheses import DRAWS, Guess, draws, told
from simulated_customs import judged, offences, realised

from analytics import tables, valuation
from analytics.simulation.world.bias import _largest

_FAR, _BIASED = 3.5, 0.2
CUSTOMS = ("standard", "hostile", "known")


def sizes(world: str) -> tuple[np.ndarray, float]:
    """Log sizes of a breach, and how often a cell has one."""
    if world == "deep":
        down = np.log(1 - np.linspace(0.3, 0.7, 41))
        return np.concatenate([down, np.full(14, np.log(1.5))]), 0.125
    grid = np.linspace(0.07, 0.12, 11)
    if world in CUSTOMS:
        return np.log1p(np.concatenate([grid, -grid])), 0.15
    return np.concatenate([grid, -grid]), 0.15


def other_hand(world: str, seed: int, lines: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Cells of a world of another hand with their truth, and draws of their log levels."""
    rng = np.random.default_rng([seed, other_hands.WORLDS.index(world)])
    frame = other_hands.trade(rng, world, lines)
    hidden = frame.attrs["hidden"]
    frame["rest"] = np.log(frame["fair"] / frame["quantity"]) + frame["done"] - hidden["price"]
    frame["scale"] = hidden["spread"] * np.sqrt(3 / 5)
    frame["contract"] = frame["enterprise_id"] + frame["hs_code"]
    frame["cell"] = frame["district"] + frame["chapter"]
    random = {"enterprise_id": 0.05**2, "contract": 0.06**2}
    if world == "differences":
        random["cell"] = 0.03**2
    cells = other_hands.truth(frame)
    level = np.zeros((DRAWS, len(cells)))
    if world == "parties":
        return cells, _parties(frame, cells, rng)
    for _, part in frame.groupby("district"):
        at = cells.index[cells["district"] == part["district"].iloc[0]]
        own = [(part["chapter"] == c).to_numpy() for c in cells.loc[at, "chapter"]]
        firm = part["enterprise_id"].str[1:].astype(int).to_numpy() % 4
        wanted, guesses = list(own), []
        if world == "few":
            wanted = [o & (firm == f) for o in own for f in range(4)]
        size, often = sizes(world)
        for c, here in enumerate(own):
            fair = part["fair"].to_numpy()[here]
            mine = np.bincount(firm[here], fair, 4)[:4] / fair.sum()
            guesses.append(
                _few(c, len(wanted), size, often, mine) if world == "few" else _plain(c, len(own), size, often)
            )
        level[:, at] = draws(told(part, random, wanted, 5.0), guesses, rng)
    return cells, level


def _plain(c: int, cells: int, size: np.ndarray, often: float) -> Guess:
    effects = np.zeros((len(size) + 1, cells))
    effects[1:, c] = size
    prior = np.log(np.append(1 - often, np.full(len(size), often / len(size))))
    return Guess(prior, effects, np.append(0.0, size))


def _few(c: int, columns: int, size: np.ndarray, often: float, share: np.ndarray) -> Guess:
    """Nobody, the whole cell, or one of its two largest with two and a half times the size."""
    k = len(size)
    effects = np.zeros((3 * k + 1, columns))
    effects[1 : k + 1, 4 * c : 4 * c + 4] = size[:, None]
    level = [np.zeros(1), size]
    for firm in (0, 1):
        effects[(firm + 1) * k + 1 : (firm + 2) * k + 1, 4 * c + firm] = 2.5 * size
        level.append(np.log1p(share[firm] * np.expm1(2.5 * size)))
    prior = np.concatenate([[1 - often], np.full(k, often / 2 / k), np.full(2 * k, often / 4 / k)])
    return Guess(np.log(prior), effects, np.concatenate(level))


def _parties(frame: pd.DataFrame, cells: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """One of six enterprises of a chapter is off by 5 to 50 % wherever it declares; nobody knows who and how far."""
    number = frame["enterprise_id"].str[1:].astype(int)
    able = number >= other_hands.DISTRICTS * 25
    size = np.log(1 - np.linspace(0.05, 0.5, 91))
    level = np.zeros((DRAWS, len(cells)))
    random = {"enterprise_id": 0.05**2, "contract": 0.06**2}
    for chapter, part in frame[able].groupby("chapter"):
        who = np.sort(part["enterprise_id"].unique())
        info = told(part, random, [(part["enterprise_id"] == w).to_numpy() for w in who], 5.0)
        log = info.score[:, None] * size - 0.5 * np.diag(info.matrix)[:, None] * size**2
        chance = np.exp(log - log.max()).ravel()
        drawn = rng.choice(log.size, DRAWS, p=chance / chance.sum())
        at = cells.index[cells["chapter"] == chapter]
        own = frame[frame["chapter"] == chapter]
        total = own.groupby("district")["fair"].sum()
        held = own.pivot_table("fair", "district", "enterprise_id", "sum", 0.0)[who].div(total, axis=0)
        share = held.loc[cells.loc[at, "district"]].to_numpy()[:, drawn // len(size)].T
        level[:, at] = np.log1p(share * np.expm1(size[drawn % len(size)])[:, None])
    return level


def customs(world: str, seed: int, lines: int, *, alone: bool, untold: bool = False) -> tuple[pd.DataFrame, np.ndarray]:
    """Cells of the simulated customs with truth and the suite's verdict, and draws of their log levels.

    `practice` is the truth, `systematic` the same without offences; `untold` hides these from the observer.
    """
    setting = "standard" if world == "standard" else "hostile"
    made = tables.simulate(lines, seed, setting=setting, districts=20, chapters=10)
    newest = made.declarations.sort_values("version").drop_duplicates(["declaration_id", "line_no"], keep="last")
    slips = made.truth["clerical"][["declaration_id", "line_no"]].assign(slip=True)
    newest = newest.assign(offence=offences(made, newest))
    clean = newest.merge(slips, on=["declaration_id", "line_no"], how="left")
    clean = clean[clean["slip"].isna()]
    truth = realised(clean, made.truth["price_bias"], made.truth["enterprises"])
    level = None if alone else valuation.price_level(newest, by=("district", "chapter"))
    cells = (
        truth.assign(status="", reason="") if level is None else level.levels.merge(truth, on=["district", "chapter"])
    )
    if level is not None:
        cells = judged(level, truth)
    cells = cells[np.isfinite(cells["bias"])].sort_values(["district", "chapter"], ignore_index=True)
    cells["practice"] = cells["bias"] - cells.groupby("chapter")["bias"].transform("median")
    aimed = cells["intended"] - cells.groupby("chapter")["intended"].transform("median")
    cells["systematic"] = cells["practice"].where(cells["cause"] == "enterprise", aimed)
    return cells, _of_customs(made, clean.assign(offence=0.0) if untold else clean, cells, world, untold=untold)


def _of_customs(
    made: tables.Simulation, lines: pd.DataFrame, cells: pd.DataFrame, world: str, *, untold: bool
) -> np.ndarray:
    w, p = made.world, made.world.parameters
    lines = _rests(w, lines, world)
    if untold:  # beyond chance and any bias of a cell: set apart
        lines = lines[lines["rest"].abs() < _FAR * lines["scale"] + _BIASED]
    random = {"enterprise_id": p.enterprise_spread**2, "contract": p.contract_spread**2}
    if world == "standard":  # there the better grade is a matter of the contract
        random["contract"] += 0.21 * p.quality_step**2
    if p.interaction_spread:
        random["product"] = p.interaction_spread**2
    if world == "hostile":
        random["chapter"] = (p.quality_step * p.quality_shift * 0.21) ** 2
    size, often = sizes(world)
    rng = np.random.default_rng(made.seed)
    suspects = _who_would(w)
    level = np.zeros((DRAWS, len(cells)))
    for at, part in lines.groupby(["district", "chapter"]):
        place = cells.index[(cells["district"] == at[0]) & (cells["chapter"] == at[1])]
        names, design = suspects.get(at, ((), 1.0))
        guilty = part["enterprise_id"].isin(names).to_numpy()
        fair = part["value"] * np.exp(-part["offence"] - part["rest"])
        share = float(fair[guilty].sum() / fair.sum())
        whole = np.column_stack([size, np.zeros(len(size))])
        own = np.log1p(np.expm1(size) / design)
        few = np.column_stack([np.zeros(len(size)), own])
        chance = p.bias_concentrated_share if guilty.any() else 0.0
        prior = np.concatenate(
            [[1 - often], *[np.full(len(size), often * c / len(size)) for c in (1 - chance, chance)]]
        )
        effects = np.vstack([np.zeros((1, 2)), whole, few])
        logs = np.concatenate([[0.0], size, np.log1p(share * np.expm1(own))])
        offended = np.log((part["value"].sum()) / (part["value"] * np.exp(-part["offence"])).sum())
        info = told(part, random, [np.ones(len(part)), guilty], 3.0 if p.tail_df else np.inf)
        guess = Guess(np.log(np.maximum(prior, 1e-300)), effects, logs + offended)
        level[:, place] = draws(info, [guess], rng)
    return level


def _rests(w: object, lines: pd.DataFrame, world: str) -> pd.DataFrame:
    """Log prices less what everybody pays for the good, its origin and month; offences taken off."""
    goods, places, p = w.goods, w.places, w.parameters
    product = pd.Series(np.arange(len(goods.code)), goods.code)[lines["hs_code"].astype(str)].to_numpy()
    country = pd.Series(np.arange(len(places.countries)), places.countries)[lines["origin"].astype(str)].to_numpy()
    place = (goods.origins[product] == country[:, None]).argmax(1)
    dates = pd.to_datetime(lines["date"])
    month = ((dates.dt.year - dates.dt.year.min()) * 12 + dates.dt.month - 1).to_numpy()
    chapter = goods.chapter[product]
    price = goods.log_price[product] + goods.origin_price[product, place] + w.days.drift[month, chapter]
    rest = np.log(lines["value"] / lines["quantity"]).to_numpy() - lines["offence"].to_numpy() - price
    district = pd.Series(np.arange(len(places.districts)), places.districts)[lines["district"].astype(str)].to_numpy()
    scale = goods.spread[product] * (0.8 if p.tail_df else 1.0)
    hidden = (0.6 * p.size_discount) ** 2
    if p.quality_shift:
        mix = w.bias.quality[district, chapter] if world == "known" else 0.3
        rest, hidden = rest - p.quality_step * mix, hidden + 0.21 * p.quality_step**2
    else:
        rest = rest - 0.3 * p.quality_step
    frame = lines.assign(product=product, scale=np.sqrt(scale**2 + hidden), chapter=lines["hs_code"].str[:2])
    frame["rest"] = rest - (0.05 if p.small_lot_surcharge else 0.0)
    return frame.assign(contract=frame["enterprise_id"].astype(str) + frame["hs_code"].astype(str) + frame["origin"])


def _who_would(w: object) -> dict[tuple[str, str], tuple[list[str], float]]:
    """Enterprises of every cell that would cause a bias of few, and their share by design."""
    deals, goods, firms = w.deals, w.goods, w.firms
    value = deals.weight * np.exp(np.minimum(deals.log_quantity + deals.log_price, 18.0))
    cell = pd.MultiIndex.from_arrays([firms.home[deals.firm], goods.chapter[deals.product]])
    found = {}
    for (home, chapter), at in pd.Series(np.arange(len(value))).groupby(cell):
        ranked, share = _largest(deals.firm[at], value[at])
        code = goods.code[np.flatnonzero(goods.chapter == chapter)[0]][:2]
        if len(ranked):
            found[str(w.places.districts[home]), code] = ([str(firms.identity[f]) for f in ranked], share)
    return found
