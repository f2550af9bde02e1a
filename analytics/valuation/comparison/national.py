"""Price levels of a nation's lines by the leave-one-out ratio: chapter by chapter, whatever the volume."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from analytics.tables.engine import connection as engine
from analytics.valuation.alignment.stage import KINDS
from analytics.valuation.comparison.kernels import Lines, References, Rows, references, summed
from analytics.valuation.comparison.keys import SEPARATOR
from analytics.valuation.comparison.lines import ValuationError
from analytics.valuation.comparison.pieces.loading import Batch, Loader
from analytics.valuation.comparison.slips import outlier_kinds

BREAKDOWNS = (("nation",), ("chapter",), ("district",), ("district", "chapter"), ("enterprise",))
AT_ONCE = 20_000_000  # lines held as codes at a time, about 55 bytes each
SUMS = (
    "lines", "value", "tax_weight", "base_included", "base", "matched_tax", "matched_value", "matched_lines", "square",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class NationalLevels:
    """Levels of all breakdowns, without intervals.

    Attributes
    ----------
    levels : DataFrame (by, key, level_included, level_loo, lines, effective_n, matched_value_share, value, tax_weight,
        matched_lines); keys of a crossing joined by " x "
    outliers : DataFrame (kind, lines, value): lines set apart, "" for those kept
    weighted_by : "tax", or "value" where the declarations hold no tax
    currency : of all values, or ""
    """

    levels: pd.DataFrame
    outliers: pd.DataFrame
    weighted_by: str
    currency: str

    def __repr__(self) -> str:
        return f"<NationalLevels {len(self.levels):,} levels, weighted by {self.weighted_by}>"

    def _repr_html_(self) -> str:
        return self.levels.head(10).to_html(index=False)


def national_levels(
    declarations: Any,
    breakdowns: Sequence[tuple[str, ...]] = BREAKDOWNS,
    *,
    product_digits: int = 0,
    outlier_threshold: float = 3.5,
    at_once: int = AT_ONCE,
) -> NationalLevels:
    """Price levels of nation, chapters, districts and enterprises, filter and leave-one-out references included.

    The levels are those of `price_level(..., method="ratio")`: the same filter, cells, references and ratio. Chapters
    never share a product, so that they are worked through one after the other; memory is bounded by `at_once`.

    Parameters
    ----------
    declarations : tables.Table, Ibis table or DataFrame of the canonical table
    breakdowns : of nation, chapter, district, enterprise, and district or enterprise crossed with chapter
        Nation and chapters add up the comparisons of their districts with each other.
    product_digits : digits of the HS code that make a product; 0 for all
    outlier_threshold : robust standard deviations beyond which a line is set apart; 0 keeps all
    at_once : lines held in memory at a time; a larger chapter is still held whole

    Raises
    ------
    ValuationError
        For missing columns, an unknown breakdown, several currencies or no usable line.
    """
    unknown = [b for b in breakdowns if b not in (*BREAKDOWNS, ("enterprise", "chapter"))]
    if unknown:
        raise ValuationError(
            f"breakdown {' x '.join(unknown[0])} is not known at this volume. "
            f"Allowed: {', '.join(' x '.join(b) for b in BREAKDOWNS)}; for others, use price_level on a part."
        )
    loader = Loader(declarations, product_digits, at_once)
    contrasts = sorted({_contrast(b) for b in breakdowns})
    total: dict[tuple[str, ...], pd.DataFrame] = {}
    kinds: np.ndarray = np.zeros((2, len(KINDS)))
    with ThreadPoolExecutor(engine.threads()) as pool:
        for batch in loader.batches():
            work = partial(_piece, batch, threshold=outlier_threshold, contrasts=contrasts)
            found = [one for piece in pool.map(work, range(len(batch.chapters))) for one in piece]
            kinds += sum(one.kinds for one in found)
            total |= {b: _added_up(found, b, batch, total.get(b)) for b in breakdowns}
    if not kinds[0].any():
        raise ValuationError(
            "no import line with positive quantity and value is left. Check the columns quantity, value and direction."
        )
    outliers = pd.DataFrame({"kind": KINDS, "lines": kinds[0].astype(np.int64), "value": kinds[1]})
    outliers = outliers[outliers["lines"] > 0].sort_values("kind", ignore_index=True)
    levels = [levels_of(sums, b) for b, sums in total.items()]
    return NationalLevels(pd.concat(levels, ignore_index=True), outliers, loader.weighted_by, loader.currency)


def _contrast(breakdown: tuple[str, ...]) -> str:
    """Whose lines are left out of their own reference."""
    return "enterprise" if "enterprise" in breakdown else "district"


@dataclass(frozen=True)
class _Found:
    """What a chapter adds: sums (9, K) by the codes (K,) of each contrast, and lines and value by kind of outlier."""

    sums: dict[str, tuple[np.ndarray, np.ndarray]]
    kinds: np.ndarray


def _piece(batch: Batch, piece: int, threshold: float, contrasts: Sequence[str]) -> list[_Found]:
    """What the chapters of a piece add, in their order."""
    return [_chapter(lines, batch.nameless, threshold, contrasts) for lines in batch.take(piece)]


def _chapter(lines: Lines, nameless: int, threshold: float, contrasts: Sequence[str]) -> _Found:
    """Filter, cells, references and ratios of one chapter."""
    lines = replace(lines, product=lines.product - lines.product.min())
    kind = outlier_kinds(lines, threshold)
    kinds = np.array([np.bincount(kind, minlength=len(KINDS)), np.bincount(kind, lines.value, len(KINDS))])
    rows = summed(lines.take(np.flatnonzero(kind == 0)), nameless)
    sums = {}
    for name in contrasts:
        group = getattr(rows, name)
        terms = summands(rows, references(rows, group))
        codes = np.flatnonzero(np.bincount(group))
        sums[name] = codes, np.array([np.bincount(group, term)[codes] for term in terms])
    return _Found(sums, kinds)


def _added_up(
    found: Sequence[_Found], breakdown: tuple[str, ...], batch: Batch, before: pd.DataFrame | None
) -> pd.DataFrame:
    """Sums by the keys of a breakdown: `before`, and to these a batch's, chapter after chapter.

    One sum goes on where the last batch left it, so that no digit depends on how chapters were parted.
    """
    contrast = _contrast(breakdown)
    parts = [one.sums[contrast] for one in found]
    code, sums = np.concatenate([c for c, _ in parts]), np.concatenate([s for _, s in parts], axis=1)
    chapter = np.repeat(np.arange(len(parts)), [len(c) for c, _ in parts])
    names, chapters = batch.texts[contrast], np.array([c for piece in batch.chapters for c in piece], dtype=object)
    places: dict[tuple[str, ...], tuple[np.ndarray, np.ndarray]] = {
        ("nation",): (np.zeros_like(code), np.array(["all"], dtype=object)),
        ("chapter",): (chapter, chapters),
        (contrast,): (code, names),
    }
    place, key = places.get(breakdown) or (np.arange(len(code)), names[code] + SEPARATOR + chapters[chapter])
    if before is not None:
        known, here = before["key"].to_numpy(object), pd.Index(key).get_indexer(before["key"])
        new = here < 0
        here[new] = len(key) + np.arange(new.sum())
        key, place = np.concatenate([key, known[new]]), np.concatenate([here, place])
        sums = np.concatenate([before[list(SUMS)].to_numpy().T, sums], axis=1)
    added = np.array([np.bincount(place, term, len(key)) for term in sums])
    seen = np.bincount(place, minlength=len(key)) > 0
    return pd.DataFrame(added.T[seen], columns=SUMS).assign(key=key[seen])


def summands(rows: Rows, reference: References) -> list[np.ndarray]:
    """Summands of `SUMS`, row by row."""
    matched = ~np.isnan(reference.others)
    relative = rows.tax_weight * rows.quantity / rows.value
    return [
        rows.lines, rows.value, rows.tax_weight, relative * reference.included,
        np.where(matched, relative * reference.others, 0.0), np.where(matched, rows.tax_weight, 0.0),
        np.where(matched, rows.value, 0.0), np.where(matched, rows.lines, 0.0), rows.value**2 / rows.lines,
    ]  # fmt: skip


def levels_of(sums: pd.DataFrame, breakdown: tuple[str, ...]) -> pd.DataFrame:
    """Levels from summands (key and `SUMS`), which add up over chapters and months."""
    frame = sums.groupby("key", sort=True)[list(SUMS)].sum().reset_index()
    return pd.DataFrame({
        "by": SEPARATOR.join(breakdown),
        "key": frame["key"].astype("str"),
        "level_included": frame["tax_weight"] / frame["base_included"],
        "level_loo": (frame["matched_tax"] / frame["base"]).where(frame["base"] > 0),
        "lines": frame["lines"].astype("int64"),
        "effective_n": frame["value"] ** 2 / frame["square"],
        "matched_value_share": frame["matched_value"] / frame["value"],
        **{name: frame[name] for name in ("value", "tax_weight")},
        "matched_lines": frame["matched_lines"].astype("int64"),
    })  # fmt: skip
