"""What is suggested to be verified: lines of the groups outside, and of names that no group outside shows."""

from __future__ import annotations

import numpy as np

from analytics.language import Text, both, told
from analytics.valuation.evidence.to_verify import CELL
from analytics.valuation.level.verdicts import OUT, prices_below
from analytics.valuation.page.findings import Findings
from analytics.valuation.page.numbers import at_stake
from analytics.valuation.page.words import money_span, stake_word


def verify_sentences(found: Findings) -> list[Text]:
    """Suggest verification of the lines of the cells outside and, apart, of names that no cell outside shows."""
    of_cells = int((found.lines["because"] == CELL).sum())
    return [*([_of_cells(found, of_cells)] if of_cells else []), *_of_names(found)]


def _of_cells(found: Findings, lines: int) -> Text:
    level, unit = found.level, found.unit
    (stake, low, high), what, n = at_stake(level), stake_word(level), lines_of(lines)
    out = level.levels[level.levels["status"].isin(OUT)]
    if stake <= 0 and prices_below(out, level.band).any():
        return told("Suggest verification of {n}.", "建议核查{n}。", n=n)
    if stake <= 0:
        return told(
            "Suggest verification of {n}; nothing that stands out prices below the others, no {what} is at stake.",
            "建议核查{n}；偏离的分组均不低于其他，不涉及{what}流失。", n=n, what=what,
        )  # fmt: skip
    return told(
        "Suggest verification of {n}; {what} at stake {stake}{between}.",
        "建议核查{n}；涉及{what}{stake}{between}。",
        n=n, what=what, stake=both.money(stake, unit), between=stake_span(low, high, unit),
    )  # fmt: skip


def stake_span(low: float, high: float, unit: str) -> Text:
    """The amount's interval in brackets; nothing where the level shown has none, as a ratio."""
    if not np.isfinite(high):
        return Text("", "")
    span = money_span(max(low, 0.0), high, unit)
    return Text(f" ({span.en})", f"（{span.zh}）")


def lines_of(n: int) -> Text:
    """Count lines: "1 line", "1,200 lines"."""
    return both.counted(n, "line", "lines", "条记录")


def _of_names(found: Findings) -> list[Text]:
    """Lines of enterprises in cells that are not outside: low wherever they declare, or since a price fell."""
    rest = found.lines[found.lines["because"] != CELL]
    if rest.empty:
        return []
    return [told(
        "Suggest verification, in other groups, of {n} of {firms} whose prices lie low everywhere or fell "
        "for good; the gap of these lines is {gap}.",
        "其他分组中另建议核查{firms}的{n}：其各处申报价格偏低，或价格持续下降；这些记录的{what}差额为{gap}。",
        n=lines_of(len(rest)), what=stake_word(found.level),
        firms=both.counted(rest["enterprise"].nunique(), "enterprise", "enterprises", "家企业"),
        gap=both.money(float(rest["duty_at_stake"].sum()), found.unit),
    )]  # fmt: skip
