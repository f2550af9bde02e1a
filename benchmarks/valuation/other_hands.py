"""Do price levels hold on trade that the suite's own simulation does not draw? Six worlds, fresh seeds, all cells.

    python benchmarks/valuation/other_hands.py [WORLD ...] [--first SEED] [--seeds N] [--lines N]

- base: many enterprises, 7-12 % in 15 % of the cells;
- differences: the same, and cells differ honestly by 3 %;
- few: four enterprises a cell hold most of it, and breaches are of one of them as often as of all;
- grades: a third of the lines each at .75, 1 and 1.3, the mix of a cell uneven;
- deep: a cell in eight is off by -30 to -70 % or +50 %;
- parties: of six enterprises of a chapter that declare everywhere, one is 25 % low wherever it does.

Truth of a cell is the value-weighted mean of what was done to its lines, slips apart, against the bulk of its chapter;
honest differences belong to the level (coverage) and not to a breach (F1).
"""

import argparse
import time
import warnings

import numpy as np
import pandas as pd

from analytics import valuation

WORLDS = ("base", "differences", "few", "grades", "deep", "parties")
DISTRICTS, CHAPTERS, GOODS = 12, 6, 8
SUSPECT = ("watch", "not_met")


def trade(rng: np.random.Generator, world: str, lines: int) -> pd.DataFrame:
    """Lines with `done` (log), what a breach did to them, and `honest`, what their cell differs by anyhow."""
    district, chapter = rng.integers(0, DISTRICTS, lines), rng.integers(0, CHAPTERS, lines)
    firms = 4 if world == "few" else 25
    share = np.array([0.4, 0.25, 0.2, 0.15]) if world == "few" else rng.dirichlet(np.full(firms, 0.8))
    firm = district * firms + rng.choice(firms, lines, p=share)
    if world == "parties":
        firm = _everywhere(rng, district, chapter, firm)
    product, origin, month = rng.integers(0, GOODS, lines), rng.integers(0, 3, lines), rng.integers(1, 13, lines)
    good = chapter * GOODS + product
    spread = np.exp(rng.normal(np.log(0.18), 0.3, CHAPTERS * GOODS))[good]
    noise = rng.standard_t(5, lines) * spread * np.sqrt(3 / 5)
    cell = district * CHAPTERS + chapter
    honest = rng.normal(0, 0.03, DISTRICTS * CHAPTERS)[cell] if world == "differences" else np.zeros(lines)
    usual = rng.normal(2, 1, CHAPTERS * GOODS)[good] + 0.05 * origin + rng.normal(0, 0.03, 13)[month]
    price = usual + noise + honest
    price += rng.normal(0, 0.05, firm.max() + 1)[firm] + rng.normal(0, 0.06, (firm.max() + 1) * 48)[firm * 48 + good]
    if world == "grades":
        mixed = rng.dirichlet((40, 40, 40), DISTRICTS * CHAPTERS)[cell]
        grade = (rng.random(lines)[:, None] > mixed.cumsum(1)).sum(1)
        price += np.log([0.75, 1.0, 1.3])[grade]
    quantity = np.exp(rng.normal(4, 1.2, lines) + rng.normal(0, 0.8, firm.max() + 1)[firm])
    frame = pd.DataFrame(
        {
            "declaration_id": np.arange(lines).astype(str),
            "line_no": 1,
            "date": pd.to_datetime("2024-01-10") + pd.to_timedelta((month - 1) * 30, unit="D"),
            "district": np.char.add("D", district.astype(str)),
            "chapter": np.char.mod("%02d", 30 + chapter),
            "enterprise_id": np.char.add("E", firm.astype(str)),
            "hs_code": np.char.add(np.char.mod("%02d", 30 + chapter), np.char.mod("%06d", product)),
            "origin": np.char.add("O", origin.astype(str)),
            "unit": "kg",
            "quantity": quantity,
            "fair": quantity * np.exp(price),
            "honest": honest,
            "done": _done(rng, world, cell, firm),
        }
    )
    frame.attrs["hidden"] = {"price": usual, "spread": spread}  # for who knows them (`oracle.py`)
    return frame


def _everywhere(rng: np.random.Generator, district: np.ndarray, chapter: np.ndarray, firm: np.ndarray) -> np.ndarray:
    """Give six enterprises of every chapter their shares of the lines of each district, 6 % on average."""
    shares = rng.dirichlet(np.append(np.full(6, 0.6), 6.0), DISTRICTS * CHAPTERS)[district * CHAPTERS + chapter]
    drawn = (rng.random(len(firm))[:, None] > shares.cumsum(1)).sum(1)
    return np.where(drawn < 6, DISTRICTS * 25 + chapter * 6 + drawn, firm)


def _done(rng: np.random.Generator, world: str, cell: np.ndarray, firm: np.ndarray) -> np.ndarray:
    """Log factor of a breach, line by line."""
    cells = DISTRICTS * CHAPTERS
    if world == "parties":
        return np.where((firm >= DISTRICTS * 25) & (firm % 6 == 0), np.log(0.75), 0.0)
    size = rng.choice([-1, 1], cells) * rng.uniform(0.07, 0.12, cells)
    if world == "deep":
        size = np.where(rng.random(cells) < 0.75, np.log(1 - rng.uniform(0.3, 0.7, cells)), np.log(1.5))
    size = np.where(rng.random(cells) < (0.125 if world == "deep" else 0.15), size, 0.0)
    done = size[cell]
    if world == "few":  # in half of the cells one enterprise does it all
        single = rng.random(cells) < 0.5
        one = rng.integers(0, 2, cells)
        done = np.where(single[cell], np.where(firm % 4 == one[cell], 2.5 * done, 0.0), done)
    return done


def truth(lines: pd.DataFrame) -> pd.DataFrame:
    """Cells with `true` (log level with honest differences) and `practice` (what was done), against the bulk."""
    sums = (
        lines.assign(plain=lines["fair"] * np.exp(-lines["honest"]), declared=lines["fair"] * np.exp(lines["done"]))
        .groupby(["district", "chapter"])[["plain", "fair", "declared"]]
        .sum()
    )
    cells = pd.DataFrame(
        {"true": np.log(sums["declared"] / sums["plain"]), "practice": np.log(sums["declared"] / sums["fair"])}
    ).reset_index()
    by = cells.groupby("chapter")
    for name in ("true", "practice"):
        cells[name] -= by[name].transform("median")
    return cells


def run(world: str, seed: int, lines: int) -> pd.DataFrame:
    """Cells of one seed with truth and what is said of them."""
    rng = np.random.default_rng([seed, WORLDS.index(world)])
    frame = trade(rng, world, lines)
    true = truth(frame)
    frame["value"] = frame["fair"] * np.exp(frame["done"])
    slip = rng.random(lines) < 0.01
    frame.loc[slip, "value"] *= rng.choice([0.01, 0.1, 10, 100, 1000], slip.sum())
    start = time.process_time()
    level = valuation.price_level(
        frame.drop(columns=["fair", "honest", "done", "chapter"]), ("district", "chapter")
    ).levels
    cells = level.merge(true, on=["district", "chapter"])
    return cells.assign(world=world, seed=seed, seconds=time.process_time() - start)


def shown(cells: pd.DataFrame) -> str:
    """Precision, recall and F1 of suspects over all cells, coverage, error."""
    out = (cells["practice"] < np.log(0.95)) | (cells["practice"] > np.log(1.05))
    called = cells["status"].isin(SUSPECT)
    hit, off = int((out & called).sum()), np.log(cells["level"]) - cells["true"]
    inside = cells["true"].between(np.log(cells["low95"]), np.log(cells["high95"]))
    return (
        f"{len(cells)} cells, {int(out.sum())} out: P {hit / max(called.sum(), 1):.3f} R {hit / max(out.sum(), 1):.3f} "
        f"F1 {2 * hit / max(called.sum() + out.sum(), 1):.3f}, covers {inside.mean():.3f}, of those out "
        f"{inside[out].mean():.3f}, rmse {np.sqrt((off**2).mean()):.4f}"
    )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("worlds", nargs="*", default=WORLDS)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--lines", type=int, default=60_000)
    given = parser.parse_args()
    warnings.filterwarnings("ignore")
    for world in given.worlds or WORLDS:
        parts = [run(world, given.first + number, given.lines) for number in range(given.seeds)]
        print(f"{world}: {shown(pd.concat(parts))}", flush=True)


if __name__ == "__main__":
    main()
