"""What a series measures by its name, where that is no revenue: growth, a plan, a count, other prices."""

from __future__ import annotations

import re

import pandas as pd

from analytics.language import Text, parse_unit
from analytics.tables.contract.doubts import Doubt, Way

_KINDS: tuple[tuple[str, Text, str], ...] = (
    ("growth", Text("a growth rate or a share", "增长率或占比"),
     r"[%％]|同比|环比|增长|增幅|增速|比重|占比|完成率|进度|growth|y-?o-?y|\bchange\b(?! of)|\bshare\b|per ?cent of"
     r"|veränderung|anteil|variaci[óo]n|croissance|évolution|crescimento|темп|прирост|доля"),
    ("plan", Text("a plan, a target or an earlier year, not what was collected", "计划、目标或上年数，而非实际入库数"),
     r"计划|预算|目标|任务数|\bplan(?:ned)?\b|\btarget\b|\bbudget|\bforecast\b|\bestimate\b|同期|上年|去年|last year"
     r"|previous year|\bprior year|\bsoll\b|presupuest|\bmeta\b|prévision|orçament|\bплан\b"),
    ("count", Text("a number of cases, not an amount", "票数或次数，而非金额"),
     r"票数|份数|单量|宗数|户数|\bnumber of\b|\bno\. of\b|\bcount\b|\bnombre de\b|\bnúmero de\b|\banzahl\b|количество"),
    ("part", Text("a part of another line", "其他项目的一部分"),
     r"^\W*(其中|of which|davon|darunter|dont\b|de l[oa]s cuales|d[oa]s quais|в том числе|из них|di cui)"),
    ("prices", Text("the same amounts at other prices", "按其他价格计算的同一金额"),
     r"不变价|可比价|\breal\b(?! estate)|constant prices|\bdeflated\b|\(\d{4} prices\)|preisbereinigt"),
)  # fmt: skip
_USUAL = 6  # periods with an amount, before which zeros tell nothing
_TAKEN_BACK = re.compile(r"退税|退库|\brefund|\brebate|\bdrawback|erstattung|devoluci|remboursement|возврат",
                         re.IGNORECASE)  # fmt: skip


def no_revenue(name: str) -> tuple[str, Text] | None:
    """What a name says it measures instead of revenue; None where it says nothing of the kind."""
    for kind, said, pattern in _KINDS:
        if re.search(pattern, name, re.IGNORECASE):
            return kind, said
    return None


def taken_back(name: str) -> bool:
    """Whether a name says that the amounts are paid back."""
    return bool(_TAKEN_BACK.search(name))


def unit_of(name: str) -> tuple[str, float] | None:
    """Money unit that stands in brackets in a name."""
    for text in re.findall(r"[(（\[]([^)）\]]+)[)）\]]", name):
        try:
            return parse_unit(text.removeprefix("单位：").removeprefix("单位:").strip())
        except ValueError:
            continue
    return None


def doubts(frame: pd.DataFrame) -> list[Doubt]:
    """Find series that are no revenue by their names, or whose names state different units.

    Parameters
    ----------
    frame : receipts with columns unique_id, y and optional unit, tax_item, district
    """
    zeros = _placeholders(frame)
    column = next((c for c in ("tax_item", "unique_id") if c in frame and frame[c].nunique() > 1), None)
    if column is None:
        return zeros
    names = [str(name) for name in frame[column].dropna().unique()]
    return [*zeros, *_measures(names, column), *_refunds(frame, names, column), *_units(names, column)]


def _placeholders(frame: pd.DataFrame) -> list[Doubt]:
    """Newest periods in which nothing at all was collected, after none ever was so: months that are still to come."""
    total = frame.groupby("ds")["y"].sum().sort_index()
    filled = total.index[total != 0]
    late = total.index[total.index > filled[-1]] if len(filled) else filled
    if not len(late) or len(filled) < _USUAL or len(filled) + len(late) < len(total):
        return []
    first, last = late[0], late[-1]
    said = Text(
        f"every amount from {first:%Y-%m} to {last:%Y-%m} is zero, none before is: still to come, or not yet booked?",
        f"{first:%Y-%m}至{last:%Y-%m}金额全部为零，而此前各期均不为零：是否为尚未发生或尚未入账的期间？",
    )
    days = ", ".join(f'"{day:%Y-%m}"' for day in late)
    rule = f"leave_out_rows: [{{column: ds, equals: [{days}], reason: {{en: still to come, zh: 尚未发生}}}}]"
    return [Doubt("ds", "zeros", said, (
        Way(Text("they are still to come: leave them out, as they are written", "尚未发生：按原文剔除"), rule),
        Way(Text("nothing was collected", "确实没有入库"), "accept: [ds.zeros]"),
    ))]  # fmt: skip


def _measures(names: list[str], column: str) -> list[Doubt]:
    odd = {name: found for name in names if (found := no_revenue(name)) is not None}
    if not odd or len(odd) == len(names):
        return []
    name, (_, what) = next(iter(odd.items()))
    more = f" ({len(odd) - 1} more like it)" if len(odd) > 1 else ""
    more_zh = f"（另有{len(odd) - 1}项）" if len(odd) > 1 else ""
    said = Text(
        f'by its name "{name}" is {what.en}; it is added to what was collected{more}.',
        f"“{name}”按名称为{what.zh}，却与入库数相加{more_zh}。",
    )
    return [_asked(said, list(odd), column, "measure")]


def _refunds(frame: pd.DataFrame, names: list[str], column: str) -> list[Doubt]:
    for name in filter(taken_back, names):
        amounts = frame.loc[frame[column] == name, "y"]
        if len(names) > 1 and (amounts > 0).all():
            said = Text(
                f'"{name}" is paid back by its name, but its amounts are above zero and are added to the revenue.',
                f"“{name}”按名称为退付，但金额为正，将计入税收。",
            )
            return [_asked(said, [name], column, "refunds")]
    return []


def _units(names: list[str], column: str) -> list[Doubt]:
    """Items whose names state units that differ: one unit is read for all of them."""
    stated = {name: unit for name in names if (unit := unit_of(name))}
    if len(set(stated.values())) < 2:
        return []
    first = next(iter(stated))
    others = [name for name in stated if stated[name] != stated[first]]
    said = Text(
        f'the names state different units ("{first}", "{others[0]}"), and one unit is read for all of them.',
        f"名称所示单位不一致（“{first}”与“{others[0]}”），而全部按同一单位读取。",
    )
    return [_asked(said, others, column, "units")]


def _asked(said: Text, names: list[str], column: str, kind: str) -> Doubt:
    listed = ", ".join(f'"{name}"' for name in names)
    line = f"leave_out_rows: [{{column: {column}, equals: [{listed}], reason: {{en: no revenue, zh: 非税收数}}}}]"
    return Doubt(column, kind, said, (
        Way(Text("it does not belong to the revenue", "不属于税收"), line),
        Way(Text("it belongs to it as it stands", "按原样计入"), f"accept: [{column}.{kind}]"),
    ))  # fmt: skip
