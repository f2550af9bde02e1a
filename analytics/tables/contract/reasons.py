"""Why rows are set aside: each reason in both languages, with what to do next."""

from __future__ import annotations

from dataclasses import dataclass, field

from analytics.language import Text
from analytics.tables.contract.definition import Column


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


def reason_of(column: Column, code: str, en: str, zh: str, advice: str = "") -> Reason:
    """Reason against a value of a column."""
    return Reason(code, column.name, Text(f"{column.name}: {en}", f"{column.title.zh}（{column.name}）：{zh}"), advice)


def scientific(column: Column) -> Reason:
    """Reason of an identifier that lost digits."""
    return reason_of(
        column, "digits_lost", "in scientific notation, digits were lost", "以科学计数法存储，位数已丢失",
        "Format the column as text in the spreadsheet and export it again from the original.",
    )  # fmt: skip


def ambiguous(column: Column) -> Reason:
    """Reason of a figure that reads with either decimal mark."""
    return reason_of(
        column, "decimal_ambiguous",
        "reads differently with a decimal point and a decimal comma, and the column has both",
        "小数点与小数逗号混用，该值有两种读法",
        'Set `decimal: "."` or `decimal: ","` in the column map.',
    )  # fmt: skip


def unread_dates(column: Column) -> dict[str, Reason]:
    """Why a date is not read."""
    return {
        "two_ways": reason_of(
            column, "not_a_date", "reads two ways", "有两种读法",
            'Dates such as 03/04/2025 read two ways: set `date_format: "%d/%m/%Y"` (or another) in the column map.',
        ),
        "roc": reason_of(
            column, "not_a_date", "seems to count years from 1912", "似为民国纪年",
            "If year 113 is 2024, set `calendar: roc` in the column map.",
        ),
        "fiscal": reason_of(
            column, "not_a_date", "names a fiscal year", "为财政年度",
            "If 2023/24 ends in March 2024, set `year_ends: 3` in the column map.",
        ),
        "buddhist": reason_of(
            column, "not_a_date", "seems to count Buddhist years", "似为佛历纪年",
            "If year 2567 is 2024, set `calendar: buddhist` in the column map.",
        ),
        "period": reason_of(
            column, "not_a_date", "a period or month where a day is wanted", "应为日期，却为期间或月份",
            "A day is needed: 2025-03-31. If the month is enough, write it as 2025-03.",
        ),
    }  # fmt: skip


def total(column: Column) -> Reason:
    """Reason of a row that adds up others."""
    return reason_of(column, "total", "a total beside its parts", "与分项并列的合计", "")


NOTE = Reason(
    "note",
    "",
    Text("a line of text below or between the rows (one cell is filled)", "行间或表尾的说明文字（仅一个单元格有内容）"),
)
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
