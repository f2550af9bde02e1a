"""The contract's checks, compiled into one expression that gives every row its reason to be set aside, or none."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from analytics.tables.contract.contracts import EARLIEST, Column
from analytics.tables.contract.reasons import NOTE, Reason, Reasons, ambiguous, reason_of, scientific, unread_dates
from analytics.tables.values.figures import MARKS, Figures, other_mark, reads_both_ways
from analytics.tables.values.parse import digits_lost

REASON = "_reason"
_SIZED = (
    r"^[+-]?\d[\d.,' ]*\s?(?i:k|m|mn|mln|mio|bn|thousand|million|billion|lakh|crore|t|tons?|tonnes?|千|万|百万|亿|吨)$"
)


@dataclass(frozen=True)
class Check:
    """A predicate that is true where a row breaks the contract, and why.

    `details` are asked only of rows where the predicate holds: the first that holds gives the reason, else `reason`.
    """

    holds: ir.BooleanValue
    reason: Reason
    details: tuple[tuple[ir.BooleanValue, Reason], ...] = ()


@dataclass(frozen=True)
class Cell:
    """A cell on its way: what it is looked at for.

    Attributes
    ----------
    text, value : cleaned (missing where it was read without cleaning), and parsed; text None for a column known to need
        no cleaning
    filled : whether every row must have a value
    why : of a date that is not read, what stands against it
    """

    column: Column
    text: ir.StringValue | None
    value: ir.Value
    filled: bool
    why: ir.StringValue | None = None


def column_checks(cell: Cell, figures: Figures, today: dt.date) -> list[Check]:
    """Checks of one column.

    Parameters
    ----------
    cell : any cell of it
    figures : how the source writes figures
    today : dates after it lie in the future
    """
    column, text, value = cell.column, cell.text, cell.value
    found: list[Check] = []
    if cell.filled:
        empty = value.isnull() if text is None else text.isnull() & value.isnull()
        found.append(Check(empty, reason_of(column, "missing", "missing", "缺失")))
    if column.kind == "id" and text is not None:
        found.append(Check(digits_lost(text), scientific(column)))
    if column.kind not in ("id", "text") and text is not None:
        found.append(_unreadable(column, text, value, figures, cell.why))
    if column.kind in ("number", "integer"):
        if column.name in figures.mixed and text is not None:
            found.append(Check(reads_both_ways(text), ambiguous(column)))
        found += _ranges(column, value)
    if column.kind in ("date", "time", "month"):
        if column.past:
            last = today + dt.timedelta(days=1) if column.kind == "time" else today  # the whole of today
            limit = ibis.literal(last.isoformat()).cast("timestamp")
            found.append(Check(value > limit, reason_of(column, "future", "lies in the future", "晚于今日")))
        early = ibis.literal(EARLIEST).cast("timestamp")
        found.append(Check(value < early, reason_of(column, "too_early", f"lies before {EARLIEST}", f"早于{EARLIEST}")))
    return found


def line_of_text(needed: list[tuple[ir.Value, ir.Value]], figures: list[tuple[ir.Value, ir.Value]]) -> Check:
    """Check for a line of text among the rows: one of the columns that must be there is filled, and no figure.

    Parameters
    ----------
    needed, figures : cleaned text and parsed value of each column
    """
    empty = [text.isnull() & value.isnull() for text, value in needed]
    alone = sum((e.ifelse(0, 1) for e in empty[1:]), empty[0].ifelse(0, 1)) == 1
    for text, value in figures:
        alone &= text.isnull() & value.isnull()
    return Check(alone, NOTE)


def _unreadable(
    column: Column, text: ir.StringValue, value: ir.Value, figures: Figures, why: ir.StringValue | None
) -> Check:
    bad = text.notnull() & value.isnull()
    if column.kind in ("number", "integer"):
        mark = figures.of(column.name).decimal
        fix = "," if mark == "." else "."
        other = reason_of(
            column, "decimal_mark",
            f"written with a decimal {MARKS[fix].en} where the column has a decimal {MARKS[mark].en}",
            "小数点符号与该列其余部分不一致",
            f"This column uses a decimal {MARKS[mark].en} elsewhere. If it should be a {MARKS[fix].en}, "
            f'set `decimal: "{fix}"` in the column map.',
        )  # fmt: skip
        plain = reason_of(column, "not_a_number", "not a number", "不是数字")
        if column.kind == "integer":
            plain = reason_of(column, "not_whole", "not a whole number", "不是整数")
        return Check(bad, plain, ((other_mark(text, figures.of(column.name)), other), *_other_notations(column, text)))
    if column.kind in ("date", "time", "month"):
        details = () if why is None else tuple((why == code, reason) for code, reason in unread_dates(column).items())
        advice = "Write it as 2025-03-31 (a month as 2025-03), or give its format as `date_format:` in the column map."
        return Check(bad, reason_of(column, "not_a_date", "not a date", "不是日期", advice), details)
    if column.kind == "flag":
        return Check(bad, reason_of(column, "not_yes_or_no", "neither yes nor no", "既非是也非否"))
    doubtful = reason_of(
        column, "code_length", "number of digits fits no code of this column (a leading zero may be lost)",
        "位数与本列编码不符（可能丢失前导零）",
        "Format the column as text in the spreadsheet and export it again.",
    )  # fmt: skip
    return Check(
        bad,
        reason_of(column, "not_a_code", "not a commodity code", "不是商品编码"),
        ((text.re_search(r"[eE]\+?\d+$"), scientific(column)), (text.re_search(r"^[\d.\s-]+$"), doubtful)),
    )


def _other_notations(column: Column, text: ir.StringValue) -> tuple[tuple[ir.BooleanValue, Reason], ...]:
    """Figures in a notation that the column map can name."""
    found = (
        (_SIZED, "with a size or another unit beside the figure", "数字旁另有数量级或其他单位",
         "Write the figure out; only if every figure has it, set `strip:` to that text and give `factor:`"),
        (r"^\(.*\d.*\)$", "in parentheses", "以括号表示负数", "If these are negative, set `negative: [parentheses]`"),
        (r"^\d.*-$", "with the minus sign behind", "负号在数字之后",
         "If these are negative, set `negative: [trailing minus]`"),
        (r"^(?i:CR)\s*\d|\d\s*(?i:CR)$", "marked CR", "标有CR", "If these are negative, set `negative: [CR]`"),
        (r"^[^\d\s.,+-]{1,4}\s*-?\d[\d.,' ]*$|^-?\d[\d.,' ]*\s*[^\d\s.,+%-]{1,4}$", "with a text beside the figure",
         "数字旁另有文字", 'If it is only a currency or a unit, set `strip: ["$"]` (with the text that stands there)'),
        (r"^\D{1,12}$", "not a number", "不是数字",
         'If it stands for a missing value, set `missing: ["*"]` (with the mark that stands there)'),
    )  # fmt: skip
    return tuple(
        (text.re_search(pattern), reason_of(column, "not_a_number", en, zh, f"{advice} in the column map."))
        for pattern, en, zh, advice in found
    )


def _ranges(column: Column, value: ir.Value) -> list[Check]:
    found: list[Check] = []
    floor = column.above if column.above is not None else column.minimum
    if floor == 0:
        found.append(Check(value < 0, reason_of(column, "negative", "negative", "为负数")))
        if column.above is not None:
            found.append(Check(value == 0, reason_of(column, "zero", "zero", "为零")))
    elif floor is not None:
        found.append(Check(value < floor, reason_of(column, "too_small", f"below {floor:g}", f"小于{floor:g}")))
    if column.maximum is not None:
        hint = "Rates are shares (0.08 is 8 %): give `factor: 0.01` in the column map."
        advice = hint if column.unit.startswith("share") else ""
        said = reason_of(column, "too_large", f"above {column.maximum:g}", f"大于{column.maximum:g}", advice)
        found.append(Check(value > column.maximum, said))
    return found


def compile_reasons(checks: list[Check], reasons: Reasons) -> ir.IntegerValue:
    """Compile checks into one expression: the number of the first reason that holds, else missing."""
    cases = []
    for check in checks:
        outcome = ibis.literal(reasons.number(check.reason), "int32")
        if check.details:
            branches = [(holds, ibis.literal(reasons.number(reason), "int32")) for holds, reason in check.details]
            outcome = ibis.cases(*branches, else_=outcome)
        cases.append((check.holds, outcome))
    return ibis.cases(*cases) if cases else ibis.null("int32")
