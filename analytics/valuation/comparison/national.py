"""Price levels of a nation's lines by the leave-one-out ratio: chapter by chapter, whatever the volume."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from analytics.tables.engine import connection as engine
from analytics.valuation.alignment.stage import KINDS
from analytics.valuation.comparison.kernels import Lines, References, Rows, references, summed
from analytics.valuation.comparison.keys import SEPARATOR
from analytics.valuation.comparison.lines import ValuationError, imports, keyed, one_currency
from analytics.valuation.comparison.slips import outlier_kinds

BREAKDOWNS = (("nation",), ("chapter",), ("district",), ("district", "chapter"), ("enterprise",))
AT_ONCE = 20_000_000  # lines held as codes at a time, about 55 bytes each
_CODED = ("product", "unit", "origin", "district", "enterprise")
_FIGURES = ("quantity", "value", "tax_weight", "net_mass_kg")
SUMS = (
    "lines", "value", "tax_weight", "base_included", "base", "matched_tax", "matched_value", "matched_lines", "square",
)  # fmt: skip


Part = tuple[int, Lines, np.ndarray]  # a chapter, lines, positions of the chapter's own


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
    loader, currency, weighted_by = _opened(declarations, product_digits, at_once)
    contrasts = sorted({_contrast(b) for b in breakdowns})
    total: dict[tuple[str, ...], list[pd.DataFrame]] = {b: [] for b in breakdowns}
    kinds: np.ndarray = np.zeros((2, len(KINDS)))
    with ThreadPoolExecutor(engine.threads()) as pool:
        for parts in loader.batches():
            for found in pool.map(lambda part: _chapter(part, outlier_threshold, contrasts, loader.nameless), parts):
                kinds += found.kinds
                for breakdown, sums in total.items():
                    sums.append(found.keyed(breakdown, loader.chapters, loader.texts))
    if not kinds[0, 0]:
        raise ValuationError(
            "no import line with positive quantity and value is left. Check the columns quantity, value and direction."
        )
    outliers = pd.DataFrame({"kind": KINDS, "lines": kinds[0].astype(np.int64), "value": kinds[1]})
    outliers = outliers[outliers["lines"] > 0].sort_values("kind", ignore_index=True)
    levels = [levels_of(pd.concat(sums), b) for b, sums in total.items()]
    return NationalLevels(pd.concat(levels, ignore_index=True), outliers, weighted_by, currency)


class _Loader:
    """Lines as arrays of codes, whole chapters at a time, each batch read in one pass.

    Parameters
    ----------
    lines : Ibis table with the columns of `Lines`, texts not yet coded
    texts : distinct texts of the coded columns, sorted
    products : lines by product, in the order of its texts
    """

    def __init__(self, lines: ir.Table, texts: dict[str, np.ndarray], products: np.ndarray, at_once: int) -> None:
        self.texts = texts
        self.nameless = 0 if len(texts["enterprise"]) and texts["enterprise"][0] == "" else -1
        prefix = [str(product)[:2] for product in texts["product"]]
        self.chapters = sorted(set(prefix))
        self.chapter = np.array([self.chapters.index(p) for p in prefix], dtype=np.uint16)
        self.rows = np.bincount(self.chapter, products, len(self.chapters)).astype(np.int64)
        self.batch = np.concatenate(([0], np.cumsum(self.rows)[:-1])) // at_once
        for name in _CODED:
            numbers = np.arange(len(texts[name]), dtype=np.int32)
            table = engine.load_frame(pd.DataFrame({"_text": texts[name], "_code": numbers}), beside=lines)
            joined = lines.left_join(table, lines[name] == table["_text"])
            lines = joined.mutate(**{name: joined["_code"].cast("int32")}).drop("_text", "_code")
        self.lines = lines

    def batches(self) -> Iterator[list[Part]]:
        """Chapters (as numbers) with their lines, as many as fit."""
        for number in np.unique(self.batch):
            wanted = np.flatnonzero(self.batch == number)
            first, last = np.flatnonzero(np.isin(self.chapter, wanted))[[0, -1]]
            part = self.lines
            if len(wanted) < len(self.chapters):
                part = part.filter(part["product"].between(int(first), int(last)))
            yield self._read(part, wanted)

    def _read(self, part: ir.Table, wanted: np.ndarray) -> list[Part]:
        size = int(self.rows[wanted].sum())
        columns: dict[str, np.ndarray] = {n: np.empty(size, np.int32) for n in _CODED}
        columns |= {"month": np.empty(size, np.int16)}
        columns |= {n: np.empty(size) for n in _FIGURES}
        at = 0
        for batch in engine.stream(part.select(*columns)):
            for name, values in columns.items():
                values[at : at + len(batch)] = batch.column(name).to_numpy(zero_copy_only=False)
            at += len(batch)
        order = np.argsort(self.chapter[columns["product"]], kind="stable").astype(np.int32)
        ends = np.cumsum(self.rows[wanted])
        every = Lines(**columns)
        places = zip(wanted, ends - self.rows[wanted], ends, strict=True)
        return [(int(c), every, order[a:b]) for c, a, b in places]


def _opened(declarations: Any, product_digits: int, at_once: int) -> tuple[_Loader, str, str]:
    """Loader of the lines, their currency, and what weighs them: three passes over few columns."""
    table = imports(declarations)
    lines, weighted_by = keyed(table, product_digits)
    month = lines.month.year() * 12 + lines.month.month()
    by_product = lines.group_by("product").aggregate(lines=lines.count(), first=month.min())
    products = engine.fetch(by_product).sort_values("product", ignore_index=True)
    places = engine.fetch(lines.select("unit", "origin", "district").distinct())
    texts: dict[str, np.ndarray] = {
        name: np.sort(places[name].drop_duplicates().to_numpy(dtype=object)) for name in ("unit", "origin", "district")
    }
    texts["product"] = products["product"].to_numpy(dtype=object)
    texts["enterprise"] = np.sort(engine.fetch(lines.select("enterprise").distinct())["enterprise"].to_numpy(object))
    first = int(products["first"].min()) if len(products) else 0
    figures = {n: lines[n].cast("float64") for n in _FIGURES}
    ready = lines.select(*_CODED, month=(month - first).cast("int16"), **figures)
    return _Loader(ready, texts, products["lines"].to_numpy(), at_once), one_currency(table), weighted_by


def _contrast(breakdown: tuple[str, ...]) -> str:
    """Whose lines are left out of their own reference."""
    return "enterprise" if "enterprise" in breakdown else "district"


@dataclass(frozen=True)
class _Found:
    """What a chapter adds: sums (9, K) by the codes (K,) of each contrast, and lines and value by kind of outlier."""

    chapter: int
    sums: dict[str, tuple[np.ndarray, np.ndarray]]
    kinds: np.ndarray

    def keyed(self, breakdown: tuple[str, ...], chapters: Sequence[str], texts: dict[str, np.ndarray]) -> pd.DataFrame:
        """Sums with the key of their breakdown."""
        contrast, chapter = _contrast(breakdown), chapters[self.chapter]
        code, sums = self.sums[contrast]
        if breakdown in (("nation",), ("chapter",)):
            return pd.DataFrame([sums.sum(axis=1)], columns=SUMS).assign(
                key="all" if breakdown == ("nation",) else chapter
            )
        key = texts[contrast][code]
        return pd.DataFrame(sums.T, columns=SUMS).assign(
            key=key + SEPARATOR + chapter if "chapter" in breakdown else key
        )


def _chapter(part: Part, threshold: float, contrasts: Sequence[str], nameless: int) -> _Found:
    """Filter, cells, references and ratios of one chapter."""
    chapter, every, positions = part
    lines = every.take(positions)
    lines = replace(lines, product=lines.product - lines.product.min(initial=2**31 - 1))
    kind = outlier_kinds(lines, threshold)
    kinds = np.array([np.bincount(kind, minlength=len(KINDS)), np.bincount(kind, lines.value, len(KINDS))])
    rows = summed(lines.take(np.flatnonzero(kind == 0)), nameless)
    sums = {}
    for name in contrasts:
        group = getattr(rows, name)
        terms = summands(rows, references(rows, group))
        codes = np.flatnonzero(np.bincount(group))
        sums[name] = codes, np.array([np.bincount(group, term)[codes] for term in terms])
    return _Found(chapter, sums, kinds)


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
