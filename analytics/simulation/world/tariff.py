"""A tariff that looks like a real one: chapters, headings, subheadings, sibling codes with unlike duties."""

from dataclasses import dataclass

import numpy as np

from analytics.simulation.world.chapters import Chapter, chapters
from analytics.simulation.world.geography import Geography
from analytics.simulation.world.parameters import Parameters

# Rates (%) that tariffs use; a rate drawn at random is moved to the nearest of them.
_RATES = np.array(
    [0, 1, 2, 3, 4, 5, 5.5, 6, 6.5, 7, 8, 9, 10, 12, 13, 14, 15, 17, 20, 25, 30, 35, 40, 50, 65], dtype=float
)
_ORIGINS = 7  # countries that supply a code at most
_REMEDY = 0.25  # additional duty on the first country of the list, in a fifth of the headings


@dataclass(frozen=True)
class Tariff:
    """Codes (k) as arrays, ordered by code."""

    chapters: list[Chapter]
    code: np.ndarray  # text, 8 or 10 digits
    chapter: np.ndarray  # position in `chapters`
    heading: np.ndarray  # number of the heading
    weight: np.ndarray  # share of the lines
    unit: np.ndarray  # text
    unit_kg: np.ndarray  # mass of a unit
    log_price: np.ndarray  # log CNY per unit
    spread: np.ndarray  # standard deviation of a line's log unit value
    duty: np.ndarray  # most-favoured-nation rate, a fraction
    vat: np.ndarray
    excise: np.ndarray
    packing: np.ndarray  # gross over net mass, less 1
    sibling: np.ndarray  # a neighbour with a lower duty, or -1
    remedy: np.ndarray  # additional duty on goods of the first country
    origins: np.ndarray  # (k, 7) countries, the main supplier first
    origin_weight: np.ndarray  # (k, 7) cumulative shares
    origin_price: np.ndarray  # (k, 7) log price of a country's goods against the code


def average_duty(year: int) -> float:
    """Simple average duty (%) of a year.

    15.3 in 2001 and 9.8 in 2011 are published (Xinhua, 9 December 2011); 7.5 from 2018 is an assumption.
    """
    return float(np.interp(year, [2001, 2006, 2011, 2018], [15.3, 9.8, 9.8, 7.5]))


def tariff(p: Parameters, lines: int, places: Geography, rng: np.random.Generator) -> Tariff:
    """Draw a tariff for a number of lines: the more lines, the more codes in trade."""
    rows = chapters(p.chapters)
    number = p.products or int(np.clip(4 * lines**0.5, 40, 13_000))
    weight = np.array([r.weight for r in rows])
    per_chapter = np.maximum(2, np.rint(number * weight**0.8 / (weight**0.8).sum())).astype(np.int64)
    chapter = np.repeat(np.arange(len(rows)), per_chapter)
    within = np.arange(len(chapter)) - np.repeat(np.cumsum(per_chapter) - per_chapter, per_chapter)
    per_heading = np.maximum(6, -(-per_chapter // 60))[chapter]
    heading, place = within // per_heading, within % per_heading
    _, heading_id = np.unique(chapter * 1000 + heading, return_inverse=True)
    _, sub_id = np.unique(heading_id * 1000 + place // 3, return_inverse=True)
    prices = _prices(rows, chapter, heading_id, sub_id, p, rng)
    duty = _duties(np.array([r.duty for r in rows])[chapter], heading_id, p, rng)
    zipf = (1.0 + rng.permutation(int(heading_id.max()) + 1) % 12) ** -0.9
    share = weight[chapter] / per_chapter[chapter] * zipf[heading_id] * rng.lognormal(0, 0.8, len(chapter))
    # Origins and additional duties belong to the heading, as in a real tariff.
    supply = _suppliers(rows, chapter, heading_id, places, rng)
    hit = rng.random(int(heading_id.max()) + 1) < 0.2
    return Tariff(
        chapters=rows,
        code=_codes(rows, chapter, heading, place, p.hs_digits, rng),
        chapter=chapter,
        heading=heading_id,
        weight=share / share.sum(),
        duty=duty,
        vat=np.array([r.vat for r in rows])[chapter] / 100,
        excise=np.array([r.excise for r in rows])[chapter]
        / 100
        * (rng.random(int(heading_id.max()) + 1) < 0.7)[heading_id],
        packing=np.exp(rng.normal(np.log(0.08), 0.5, len(chapter))),
        sibling=_siblings(duty, heading_id, sub_id),
        remedy=np.where(hit[heading_id], _REMEDY, 0.0),
        **prices,
        **supply,
    )


def _codes(
    rows: list[Chapter],
    chapter: np.ndarray,
    heading: np.ndarray,
    place: np.ndarray,
    digits: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Digits: chapter, heading, subheading, national subdivision, statistical suffix."""
    steps = np.array([rng.permutation(97)[:60] + 1 for _ in rows])
    steps.sort(axis=1)
    number = np.array([int(r.code) for r in rows])[chapter] * 100 + steps[chapter, heading]
    number = number * 100 + 10 + (place // 3) * 10 % 89 + (place // 27) % 10
    number = number * 100 + np.array([10, 20, 90])[place % 3]
    if digits == 10:
        number = number * 100 + np.where(rng.random(len(number)) < 0.8, 0, 90)
    return np.char.zfill(number.astype(str), digits)


def _prices(
    rows: list[Chapter],
    chapter: np.ndarray,
    heading: np.ndarray,
    sub: np.ndarray,
    p: Parameters,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Unit, its mass, price and spread; what stands in one subheading is much alike."""
    headings, subs, n = int(heading.max()) + 1, int(sub.max()) + 1, len(chapter)
    counted = rng.random(headings)[heading] < np.array([r.unit_share for r in rows])[chapter]
    unit = np.where(counted, np.array([r.unit for r in rows])[chapter], "kg")
    size = rng.normal(0, 0.9, headings)[heading] + rng.normal(0, 0.2, n)
    unit_kg = np.where(counted, np.array([r.unit_kg for r in rows])[chapter] * np.exp(size), 1.0)
    unit_kg = np.where(np.isin(unit, ["gram", "litre"]) & counted, np.where(unit == "gram", 0.001, 1.02), unit_kg)
    price = np.log(np.array([r.price for r in rows]))[chapter] + rng.normal(0, 0.8, headings)[heading]
    price = price + rng.normal(0, 0.2, subs)[sub] + rng.normal(0, 0.12, n)
    return {
        "unit": unit,
        "unit_kg": unit_kg,
        "log_price": price + np.log(unit_kg),
        "spread": p.code_spread * np.exp(rng.normal(0, 0.35, headings)[heading] + rng.normal(0, 0.15, n)),
    }


def _duties(relative: np.ndarray, heading: np.ndarray, p: Parameters, rng: np.random.Generator) -> np.ndarray:
    """Rates on the grid of real tariffs with the wanted simple average."""
    draw = rng.gamma(2.0, 0.5, int(heading.max()) + 1)[heading] * rng.gamma(3.0, 1 / 3, len(heading)) * relative
    draw[rng.random(len(draw)) < 0.12] = 0.0
    wanted = p.mfn_average or average_duty(int(p.start[:4]))
    rate = draw * wanted / max(draw.mean(), 1e-9)
    for _ in range(8):
        snapped = _RATES[np.abs(rate[:, None] - _RATES).argmin(axis=1)]
        rate = rate * wanted / max(snapped.mean(), 1e-9)
    return snapped / 100


def _siblings(duty: np.ndarray, heading: np.ndarray, sub: np.ndarray) -> np.ndarray:
    """The code of the lowest duty in the subheading, else in the heading, where that saves two points."""
    result = np.full(len(duty), -1)
    for group in (heading, sub):
        order = np.lexsort((duty, group))
        first = order[np.searchsorted(group[order], group)]
        result = np.where(duty[first] <= duty - 0.02, first, result)
    return result


def _suppliers(
    rows: list[Chapter],
    chapter: np.ndarray,
    heading: np.ndarray,
    places: Geography,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Up to seven countries a code, drawn without replacement by their weight in the chapter's group."""
    weight = np.array([places.supply[r.supply] for r in rows]) + 0.05
    headings, countries = int(heading.max()) + 1, len(places.countries)
    of_heading = np.zeros(headings, dtype=np.int64)
    of_heading[heading] = chapter
    keys = np.log(weight[of_heading]) + rng.gumbel(size=(headings, countries))
    best = np.argsort(-keys, axis=1, kind="stable")[:, :_ORIGINS][heading]
    share = (1.0 + np.arange(_ORIGINS)) ** -1.3 * rng.lognormal(0, 0.4, best.shape)
    share *= np.arange(_ORIGINS) < rng.integers(2, _ORIGINS + 1, len(heading))[:, None]
    total = np.cumsum(share, axis=1)
    return {
        "origins": best,
        "origin_weight": total / total[:, -1:],
        "origin_price": places.country_price[best] + rng.normal(0, 0.08, best.shape),
    }
