"""What the lengths of a code column tell: which codes have lost a leading zero."""

from __future__ import annotations

from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from analytics.language import Text
from analytics.tables.contract.contracts import Contract
from analytics.tables.contract.doubts import Doubt, Way
from analytics.tables.engine import connection as engine
from analytics.tables.values.numbers import Style
from analytics.tables.values.parse import cleaned, digits_of


@dataclass(frozen=True)
class CodeLengths:
    """What the lengths of a code column tell.

    Attributes
    ----------
    counts : length to number of rows
    restored : lengths that have lost a leading zero
    doubtful : lengths that cannot be a code of this column
    """

    counts: dict[int, int] = field(default_factory=dict)
    restored: tuple[int, ...] = ()
    doubtful: tuple[int, ...] = ()

    @property
    def nine_alone(self) -> bool:
        """Whether nothing but codes of nine digits stand in the column."""
        return list(self.counts) == [JAPAN]


WHOLE_CODES = (4, 6, 8, 10, 12, 13)
JAPAN = 9  # statistical codes of nine digits exist: a column of nothing else is left as it is


def code_lengths(shaped: ir.Table, table: Contract, name: str, style: Style) -> CodeLengths:
    """Judge the lengths of a code column: a spreadsheet that took codes for numbers has cut their leading zero.

    A length one short of the column's dominant whole length is restored; other odd lengths are doubtful.
    """
    texts = shaped.group_by(name).aggregate(rows=shaped.count())
    texts = cleaned(texts, {name: (table[name], style)})
    texts = texts.mutate(length=digits_of(texts[f"_t_{name}"]).length()).drop_null("length")
    counted = engine.fetch(texts.group_by("length").aggregate(rows=texts["rows"].sum()))
    counts = {int(k): int(n) for k, n in counted.itertuples(index=False)}
    return judge_lengths(counts)


def nine_digits(shaped: ir.Table, name: str, known: CodeLengths) -> Doubt | None:
    """Doubt about codes of nine digits alone: Japan's, or ten digits of chapters 1 to 9 that lost their zero."""
    if not known.nine_alone:
        return None
    text = shaped[name].cast("string").re_replace(r"[^0-9]", "")
    seen = engine.one_row(shaped.aggregate(zero=text.startswith("0").any(), example=text.min()))  # fmt: skip
    if engine.is_true(seen["zero"]):  # a zero that still stands was never cut
        return None
    said = Text(
        f"all codes have nine digits ({seen['example']}): Japan writes them so, and codes of ten digits that lost a "
        "leading zero look so.",
        f"全部编码为九位（{seen['example']}）：可能为日本编码，也可能为丢失前导零的十位编码。",
    )
    return Doubt(name, "nine_digits", said, (
        Way(Text("they are codes of nine digits", "为九位编码"), f"accept: [{name}.nine_digits]"),
        Way(Text("a zero was lost: export the column as text", "丢失了前导零：请将该列设为文本后重新导出"), ""),
    ))  # fmt: skip


def judge_lengths(counts: dict[int, int]) -> CodeLengths:
    """Tell from the number of codes of each length which have lost a leading zero."""
    whole = {k: n for k, n in counts.items() if k in WHOLE_CODES}
    odd = [k for k in counts if k not in WHOLE_CODES]
    if not whole:
        if odd == [JAPAN]:
            return CodeLengths(counts)
        restored = [k for k in odd if k + 1 in (4, 6, 8)] if len(odd) == 1 else []
        return CodeLengths(counts, tuple(restored), tuple(k for k in odd if k not in restored))
    dominant = max(whole, key=lambda k: (whole[k], k))
    if JAPAN in odd and counts[JAPAN] > sum(whole.values()) and dominant != JAPAN + 1:
        return CodeLengths(counts, (), tuple(k for k in odd if k != JAPAN))
    restored = [k for k in odd if k + 1 == dominant]
    return CodeLengths(counts, tuple(restored), tuple(k for k in odd if k not in restored))


def restored(digits: ir.StringValue, text: ir.StringValue, lengths: CodeLengths) -> ir.StringValue:
    """Codes with their leading zero back; doubtful ones missing."""
    if not lengths.restored and not lengths.doubtful:
        return digits
    length = digits.length()
    cases = []
    if lengths.restored:
        # A dotted code that is short has lost a digit at its end, not at its start.
        short = length.isin(lengths.restored)
        cases.append((short & ~text.re_replace(r"\.0$", "").contains("."), ibis.literal("0") + digits))
        cases.append((short, ibis.null("string")))
    if lengths.doubtful:
        cases.append((length.isin(lengths.doubtful), ibis.null("string")))
    return ibis.cases(*cases, else_=digits)
