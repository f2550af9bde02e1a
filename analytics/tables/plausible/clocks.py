"""Clocks of times: the offsets that a source writes behind them, and whose clock is meant where there are several."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import ibis.expr.types as ir

from analytics.language import Text
from analytics.tables.contract.contracts import Contract
from analytics.tables.contract.doubts import Doubt, Way
from analytics.tables.engine import connection as engine
from analytics.tables.values.parse import OFFSET

_BEHIND, _MIDNIGHT = re.compile(OFFSET), re.compile(r"\b00:00(:00(\.0+)?)?\D")
_NOUGHT = ("Z", "UTC", "GMT", "+00", "-00")
_SUMMER = 60  # minutes: an office's own clock is moved so far in summer
_MOST = 50  # distinct offsets of a column; the earth has fewer


def doubts(table: ir.Table, rules: Contract, head: Mapping[str, Sequence[str]]) -> list[Doubt]:
    """Columns of times that name the clock of Greenwich, or more than one clock, where the map names no zone.

    Parameters
    ----------
    table : source in shape
    head : column of the contract to its first cells as written: a large text has lost its offsets when it is in shape
    """
    written = {c.name: _offsets(table[c.name], head.get(c.name, ())) for c in rules.columns
               if c.kind in ("date", "time") and c.name in table.columns
               and not (c.kind == "date" and _midnights(table[c.name], head.get(c.name, ())))}  # fmt: skip
    written = {name: offsets for name, offsets in written.items() if offsets}
    clocks = {o for offsets in written.values() for o in offsets if o is not None}
    bare = [name for name, offsets in written.items() if None in offsets and rules[name].kind == "time"]
    if not clocks:
        return []
    own = max(clocks) - min(clocks) <= _SUMMER and 0 not in clocks
    if own and not bare:
        return []
    column = next(name for name, offsets in written.items() if offsets - {None})
    names = {name: ", ".join(_name(o) for o in sorted(offsets, key=lambda o: -10_000 if o is None else o))
             for name, offsets in written.items()}  # fmt: skip
    said = Text(
        "the times name clocks: " + "; ".join(f"{name}: {what}" for name, what in names.items())
        + ". A day, a month and the hours between two times hang on whose clock is meant.",
        "时间所带时区为：" + "；".join(f"{name}为{what}" for name, what in names.items())
        + "。日期、月份及时间差取决于采用哪个时区。",
    )  # fmt: skip
    return [Doubt(column, "clock", said, (
        Way(Text("all are to be told by the clock of one place, such as Beijing",
                 "统一换算为同一地点的时间，如北京时间"), "time_zone: Asia/Shanghai"),
        Way(Text("the clocks are meant as they are written", "按所写时刻读取"), f"accept: [{column}.clock]"),
    ))]  # fmt: skip


def _midnights(value: ir.Value, head: Sequence[str]) -> bool:
    """Whether a column of days names no hour but midnight: days are then what is meant, whatever stands behind them."""
    if value.type().is_timestamp():
        return engine.is_true(engine.one_row(value.as_table().aggregate(
            all=(value.cast("timestamp(6)") == value.cast("timestamp(6)").truncate("D")).all()))["all"])  # fmt: skip
    return not any(":" in cell for cell in head) or all(_MIDNIGHT.search(cell) for cell in head if ":" in cell)


def _offsets(value: ir.Value, head: Sequence[str]) -> set[int | None]:
    """Minutes east of Greenwich that a column writes; None for times without."""
    kind = value.type()
    if kind.is_timestamp() and kind.timezone is not None:
        return {0}  # stored as moments of Greenwich
    if not kind.is_string():
        timed = [cell for cell in head if ":" in cell]
        return {_minutes(found[1] if (found := _BEHIND.search(cell)) else "") for cell in timed}
    text = value.strip()
    seen = value.as_table().filter(text.re_search(r"\d:\d{2}")).select(o=text.re_extract(OFFSET, 1)).distinct()
    return {_minutes(str(found)) for found in engine.fetch(seen.limit(_MOST))["o"]}


def _minutes(offset: str) -> int | None:
    if not offset:
        return None
    if offset in _NOUGHT:
        return 0
    digits = offset[1:].replace(":", "")
    return (-1 if offset[0] == "-" else 1) * (60 * int(digits[:2]) + int(digits[2:] or 0))


def _name(minutes: int | None) -> str:
    if minutes is None:
        return "no clock named"
    return "UTC" if not minutes else f"{'+' if minutes > 0 else '-'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
