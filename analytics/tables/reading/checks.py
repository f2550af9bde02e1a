"""The contract's checks, compiled into one expression that gives every row its reason to be set aside, or none."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from analytics.language import Text
from analytics.tables.contract.contracts import EARLIEST, Column
from analytics.tables.values.figures import MARKS, Figures, other_mark, reads_both_ways
from analytics.tables.values.parse import digits_lost

REASON = "_reason"


@dataclass(frozen=True)
class Reason:
    """Why rows were set aside.

    Attributes
    ----------
    code : such as "negative"
    column : canonical name ("" where it concerns the whole row)
    text : in both languages
    advice : what to do next, in English (for the command line); "" if nothing
    """

    code: str
    column: str
    text: Text
    advice: str = ""


@dataclass
class Reasons:
    """Reasons of a reading, numbered as they first occur."""

    found: list[Reason] = field(default_factory=list)

    def number(self, reason: Reason) -> int:
        """Number of a reason, new or known."""
        if reason not in self.found:
            self.found.append(reason)
        return self.found.index(reason)


def _of(column: Column, code: str, en: str, zh: str, advice: str = "") -> Reason:
    return Reason(code, column.name, Text(f"{column.name}: {en}", f"{column.title.zh}（{column.name}）：{zh}"), advice)


@dataclass(frozen=True)
class Check:
    """A predicate that is true where a row breaks the contract, and why.

    `details` are asked only of rows where the predicate holds: the first that holds gives the reason, else `reason`.
    """

    holds: ir.BooleanValue
    reason: Reason
    details: tuple[tuple[ir.BooleanValue, Reason], ...] = ()


def column_checks(
    column: Column,
    text: ir.StringValue | None,
    value: ir.Value,
    figures: Figures,
    *,
    filled: bool,
    today: dt.date,
    why: ir.StringValue | None = None,
) -> list[Check]:
    """Checks of one column.

    Parameters
    ----------
    text, value : the cell cleaned (missing where it was read without cleaning), and parsed; text None for a column
        known to need no cleaning
    filled : whether every row must have a value
    why : of a date that is not read, what stands against it
    """
    found: list[Check] = []
    if filled:
        empty = value.isnull() if text is None else text.isnull() & value.isnull()
        found.append(Check(empty, _of(column, "missing", "missing", "缺失")))
    if column.kind == "id" and text is not None:
        found.append(Check(digits_lost(text), _scientific(column)))
    if column.kind not in ("id", "text") and text is not None:
        found.append(_unreadable(column, text, value, figures, why))
    if column.kind in ("number", "integer"):
        if column.name in figures.mixed and text is not None:
            found.append(Check(reads_both_ways(text), _ambiguous(column)))
        found += _ranges(column, value)
    if column.kind in ("date", "time", "month"):
        if column.past:
            last = today + dt.timedelta(days=1) if column.kind == "time" else today  # the whole of today
            limit = ibis.literal(last.isoformat()).cast("timestamp")
            found.append(Check(value > limit, _of(column, "future", "lies in the future", "晚于今日")))
        early = ibis.literal(EARLIEST).cast("timestamp")
        found.append(Check(value < early, _of(column, "too_early", f"lies before {EARLIEST}", f"早于{EARLIEST}")))
    return found


def _scientific(column: Column) -> Reason:
    return _of(
        column, "digits_lost", "in scientific notation, digits were lost", "以科学计数法存储，位数已丢失",
        "Format the column as text in the spreadsheet and export it again from the original.",
    )  # fmt: skip


def _ambiguous(column: Column) -> Reason:
    return _of(
        column, "decimal_ambiguous",
        "reads differently with a decimal point and a decimal comma, and the column has both",
        "小数点与小数逗号混用，该值有两种读法",
        'Set `decimal: "."` or `decimal: ","` in the column map.',
    )  # fmt: skip


def _unreadable(
    column: Column, text: ir.StringValue, value: ir.Value, figures: Figures, why: ir.StringValue | None
) -> Check:
    bad = text.notnull() & value.isnull()
    if column.kind in ("number", "integer"):
        mark = figures.of(column.name).decimal
        fix = "," if mark == "." else "."
        other = _of(
            column, "decimal_mark",
            f"written with a decimal {MARKS[fix].en} where the column has a decimal {MARKS[mark].en}",
            "小数点符号与该列其余部分不一致",
            f"This column uses a decimal {MARKS[mark].en} elsewhere. If it should be a {MARKS[fix].en}, "
            f'set `decimal: "{fix}"` in the column map.',
        )  # fmt: skip
        plain = _of(column, "not_a_number", "not a number", "不是数字")
        if column.kind == "integer":
            plain = _of(column, "not_whole", "not a whole number", "不是整数")
        return Check(bad, plain, ((other_mark(text, figures.of(column.name)), other), *_other_notations(column, text)))
    if column.kind in ("date", "time", "month"):
        details = () if why is None else tuple((why == code, reason) for code, reason in _dates(column).items())
        advice = "Write it as 2025-03-31 (a month as 2025-03), or give its format as `date_format:` in the column map."
        return Check(bad, _of(column, "not_a_date", "not a date", "不是日期", advice), details)
    if column.kind == "flag":
        return Check(bad, _of(column, "not_yes_or_no", "neither yes nor no", "既非是也非否"))
    doubtful = _of(
        column, "code_length", "number of digits fits no code of this column (a leading zero may be lost)",
        "位数与本列编码不符（可能丢失前导零）",
        "Format the column as text in the spreadsheet and export it again.",
    )  # fmt: skip
    return Check(
        bad,
        _of(column, "not_a_code", "not a commodity code", "不是商品编码"),
        ((text.re_search(r"[eE]\+?\d+$"), _scientific(column)), (text.re_search(r"^[\d.\s-]+$"), doubtful)),
    )


def _other_notations(column: Column, text: ir.StringValue) -> tuple[tuple[ir.BooleanValue, Reason], ...]:
    """Figures in a notation that the column map can name."""
    found = (
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
        (text.re_search(pattern), _of(column, "not_a_number", en, zh, f"{advice} in the column map."))
        for pattern, en, zh, advice in found
    )


def _dates(column: Column) -> dict[str, Reason]:
    """Why a date is not read."""
    return {
        "two_ways": _of(
            column, "not_a_date", "reads two ways", "有两种读法",
            'Dates such as 03/04/2025 read two ways: set `date_format: "%d/%m/%Y"` (or another) in the column map.',
        ),
        "roc": _of(
            column, "not_a_date", "seems to count years from 1912", "似为民国纪年",
            "If year 113 is 2024, set `calendar: roc` in the column map.",
        ),
        "buddhist": _of(
            column, "not_a_date", "seems to count Buddhist years", "似为佛历纪年",
            "If year 2567 is 2024, set `calendar: buddhist` in the column map.",
        ),
        "period": _of(
            column, "not_a_date", "a period or month where a day is wanted", "应为日期，却为期间或月份",
            "A day is needed: 2025-03-31. If the month is enough, write it as 2025-03.",
        ),
    }  # fmt: skip


def total(column: Column) -> Reason:
    """Reason of a row that adds up others."""
    return _of(column, "total", "a total beside its parts", "与分项并列的合计", "")


def _ranges(column: Column, value: ir.Value) -> list[Check]:
    found: list[Check] = []
    floor = column.above if column.above is not None else column.minimum
    if floor == 0:
        found.append(Check(value < 0, _of(column, "negative", "negative", "为负数")))
        if column.above is not None:
            found.append(Check(value == 0, _of(column, "zero", "zero", "为零")))
    elif floor is not None:
        found.append(Check(value < floor, _of(column, "too_small", f"below {floor:g}", f"小于{floor:g}")))
    if column.maximum is not None:
        hint = "Rates are shares (0.08 is 8 %): give `factor: 0.01` in the column map."
        advice = hint if column.unit.startswith("share") else ""
        said = _of(column, "too_large", f"above {column.maximum:g}", f"大于{column.maximum:g}", advice)
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


MISFITS = {
    "too_few_fields": Text("the line has fewer fields than the header", "该行字段数少于表头"),
    "too_many_fields": Text("the line has more fields than the header", "该行字段数多于表头"),
    "broken_quotes": Text("a quotation mark is not closed", "引号未闭合"),
    "broken_characters": Text("characters that are not of the file's encoding", "含有不符合文件编码的字符"),
    "line_too_long": Text("the line is longer than 2 MB", "该行超过2 MB"),
    "cut_off": Text("the last line is cut off: the file may be incomplete", "末行被截断：文件可能不完整"),
}
EXACT_DUPLICATE = Reason("duplicate", "", Text("repeats an earlier row exactly", "与前面某行完全重复"))
SUPERSEDED = Reason(
    "superseded", "", Text("replaced by a newer version of the same line", "已被同一商品项的新版本取代")
)
CONFLICT = Reason(
    "conflict", "",
    Text("the same key stands before with other values, and no version tells which is newer",
         "同一主键此前已出现且数值不同，无法判断新旧"),
    "Add a version column, or remove the rows that no longer hold.",
)  # fmt: skip


def misfit(code: str) -> Reason:
    """Reason of a record that does not fit the header."""
    return Reason(code, "", MISFITS[code])
