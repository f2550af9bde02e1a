"""`price_level`: how a district, chapter or enterprise prices the same goods, against the others, with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from analytics.language import Text
from analytics.tables.engine import connection as engine
from analytics.valuation.alike.mixed_goods import goods, mixture_of
from analytics.valuation.comparison.keys import GOODS, PRODUCT_DERIVED, cell_keys, contrasted
from analytics.valuation.comparison.lines import BAND, ValuationError
from analytics.valuation.comparison.prepared import Prepared, prepare
from analytics.valuation.comparison.question import Method, Period, Question
from analytics.valuation.comparison.ratios import ladder
from analytics.valuation.comparison.references import (
    cells,
    external_only,
    over_time,
    same_currency,
    spelt,
    with_references,
)
from analytics.valuation.level.levels import levels
from analytics.valuation.level.result import PriceLevel
from analytics.valuation.level.set_apart import plain_by_value, set_apart
from analytics.valuation.regression.fixed_effects import Pair, pair
from analytics.valuation.verdict.decision import ordinary_difference
from analytics.valuation.verdict.grades import Grades, grades

_SHAPE_LINES = 2_000_000  # lines, at most twice over, that suffice for the shape of prices


def price_level(
    declarations: Any,
    by: Sequence[str] = ("district",),
    method: Method = "cpd",
    *,
    period: Period = "all",
    base_period: str | None = None,
    reference: pd.DataFrame | None = None,
    band: tuple[float, float] = BAND,
    product_digits: int = 0,
    outlier_threshold: float = 3.5,
    min_lines: int = 30,
    concordance: Mapping[str, str] | None = None,
    like: Sequence[str] = (),
    words: Mapping[str, Text] | None = None,
) -> PriceLevel:
    """Price level of each crossing of `by`: 1 where it prices like goods as the others do.

    Parameters
    ----------
    declarations : tables.Table, Ibis table or DataFrame of the canonical table
        Import lines with positive quantity and value enter; the others are set aside.
    by : sequence of str
        Breakdown: district, chapter, heading, subheading, product, enterprise, origin, regime, transport_mode, period.
    method : {"cpd", "weighted", "ratio"}
        What stands in column `level`: the robust mixed model (systematic differences, the default), the robust
        regression weighted by value, or the leave-one-out ratio (no interval). All three are in the result.
    period : {"all", "month", "quarter", "year"}
        Length of a period where `by` holds "period".
    base_period : str, optional
        Compare every period with this one ("2024", "2024-Q1", "2024-03"): the level over time. `by` must hold "period".
    reference : DataFrame, optional
        External reference prices: hs_code, unit, price (per unit), optionally origin. Used by the ratio where no other
        line compares, and for breakdowns that compare nothing inside the table.
    band : (low, high)
        Levels that are in order.
    product_digits : int
        Digits of the HS code that make a product; 0 for all.
    outlier_threshold : float
        Robust standard deviations from like goods, beyond what its group, enterprise or goods are off by, from which on
        a line is set apart; 0 keeps all.
    min_lines : int
        Below this many compared lines a cell is "insufficient"; so is one with fewer than three effective enterprises
        (its own and those compared with), with less than a fifth of its value compared, or whose interval reaches more
        than 0.05 beyond the band without its being called (reason "wide interval"). Column `precise` says where the
        lines could tell a level at the band's edge from 1 with 99 % confidence.
    concordance : mapping of old to new HS code, optional
    like : sequence of str
        Further columns that make goods alike: specification, brand, transport_mode, trade_term, seller_id, regime,
        related_party, or size_class (power of ten of the quantity).
    words : mapping of a breakdown to what the page calls it, optional

    Returns
    -------
    PriceLevel

    Raises
    ------
    ValuationError
        For missing columns or a breakdown that can only be compared with itself.

    Notes
    -----
    Three definitions stand side by side: tax over tax at national unit values (as in practice), the same with the cell
    left out of its own reference, and the country-product-dummy pair. Sources: Summers (1973); Rao (2005); World Bank
    (2013), ch. 4-5.
    """
    question = Question(
        by,
        method,
        period,
        base_period,
        reference,
        band,
        product_digits,
        outlier_threshold,
        min_lines,
        concordance,
        like,
        words or {},
    )
    return judge(declarations, question)


def judge(declarations: Any, question: Question) -> PriceLevel:
    """Answer a question: `price_level` with its arguments as one value.

    Parameters
    ----------
    declarations : tables.Table, Ibis table or DataFrame of the canonical table
    question : Question
    """
    return replace(judged(prepare(declarations, question), question), declarations=declarations)


def judged(prepared: Prepared, question: Question) -> PriceLevel:
    """Price levels of lines that are prepared, with their period."""
    by, base_period = tuple(question.by), question.base_period
    if question.reference is not None:
        same_currency(question.reference, prepared.currency)
    compared = compared_cells(prepared, by, base_period, question.reference)
    prepared = replace(prepared, compared=None)
    if base_period is not None and base_period not in set(compared["period"]):
        raise ValuationError(
            f'base_period "{base_period}" has no line. Periods: {", ".join(sorted(set(compared["period"]))[:24])}.'
        )
    estimates = estimated(compared, question) if contrasted(by, base_period) else None
    if estimates is not None and base_period is None:
        # Honest differences of grade between cells belong to the error: the lines cannot tell them from a bias.
        spread = ordinary_difference(estimates.mixed.log, estimates.mixed.error)
        estimates = replace(estimates, variances={**estimates.variances, "cell": spread**2})
    mix = mix_of_grades(prepared, estimates, by) if estimates is not None and base_period is None else None
    kinds_of_goods = goods(prepared)
    mixed = mixture_of(compared, kinds_of_goods, by)
    apart = set_apart(prepared, by)
    if contrasted(by, base_period) and base_period is None:
        apart = apart.merge(plain_by_value(prepared, by, contrasted(by, None)), on=list(by), how="left")
    found, grid = levels(compared, question, estimates, apart, mixed, mix)
    return PriceLevel(
        question=question,
        levels=found,
        ladder=ladder(compared),
        outliers=_outliers(prepared),
        compared=compared,
        prepared=prepared,
        variances=estimates.variances if estimates else {},
        goods=kinds_of_goods,
        grid=grid,
        mix=mix,
    )


def estimated(compared: pd.DataFrame, question: Question, asked: pd.DataFrame | None = None) -> Pair:
    """Both regressions on aligned prices; for targets `asked`, the mixed model of their strata alone (see `pair`)."""
    aligned = compared.assign(value=compared["aligned_value"], tax_weight=compared["aligned_tax"])
    return pair(aligned, tuple(question.by), question.base_period, asked)


def mix_of_grades(prepared: Prepared, estimates: Pair, by: tuple[str, ...]) -> Grades | None:
    """What the mix of grades adds to the levels, where the shapes of prices tell; lines of cells that compare."""
    if "enterprise" not in estimates.variances:
        return None  # added up over consignments, or one enterprise's price could be taken for a grade
    wanted = [*GOODS, "month", "chapter", "enterprise", *by, "log_price", "quantity", "value"]
    kept = prepared.kept
    shift = kept["shift"]
    kept = kept.mutate(log_price=kept.deviation, value=kept.value * (-shift).exp())
    every = 1 + int(engine.fetch(kept.aggregate(lines=kept.count()))["lines"].iloc[0]) // _SHAPE_LINES
    if every > 1:  # by the last digits of the price, so that any engine and any order of rows take the same lines
        kept = kept.filter((kept.log_price * 1e6).floor().cast("int64") % every == 0)
    return grades(engine.fetch(kept.select(*dict.fromkeys(wanted))), estimates, by)


def compared_cells(
    prepared: Prepared, by: tuple[str, ...], base_period: str | None, reference: pd.DataFrame | None
) -> pd.DataFrame:
    """Cells x group x enterprise with their references, in pandas."""
    if prepared.compared is not None:
        frame = spelt(prepared.compared)
    else:
        frame = _compared_in_engine(prepared, by, base_period, reference)
    frame["price"] = frame["value"] / frame["quantity"]
    frame["base"] = frame["tax_weight"] * frame["reference"] / frame["price"]
    return frame


def _compared_in_engine(
    prepared: Prepared, by: tuple[str, ...], base_period: str | None, reference: pd.DataFrame | None
) -> pd.DataFrame:
    group, keys = contrasted(by, base_period), cell_keys(by)
    table = engine.store(cells(prepared.kept, keys), "cells")
    if base_period is not None:
        within = [c for c in by if c not in ("period", *PRODUCT_DERIVED)]
        frame = engine.fetch(over_time(table, base_period, within))
    elif group:
        frame = with_references(engine.fetch(table, coded=True), group, reference)
    else:
        assert reference is not None  # checked before: nothing inside the table compares
        frame = engine.fetch(external_only(table, reference))
    engine.drop(table)
    return spelt(frame.sort_values(keys, ignore_index=True))


def _outliers(prepared: Prepared) -> pd.DataFrame:
    lines = prepared.lines
    found = engine.fetch(lines.group_by("kind").agg(lines=lines.count(), value=lines.value.sum()))
    return found.sort_values("kind", ignore_index=True)
