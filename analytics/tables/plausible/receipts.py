"""Doubts about receipts: a month a thousand times off, a series that adds up the others, two currencies."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.language import Text, parse_unit
from analytics.statistics import MAD_TO_SD
from analytics.tables.contract.doubts import Doubt, Way
from analytics.tables.contract.reasons import Reason
from analytics.tables.plausible import measures, running

_SLIPS = (1000.0, 10_000.0, 1e6, 1e8)  # thousands, 万, millions, 亿
_CLOSE = 0.3  # powers of ten within which a slip is one
_STEADY = 0.3  # powers of ten that months around may usually lie apart
_UNUSUAL = 6.0  # robust standard deviations of a series' months from those around them
_MATTERS = 0.02  # share of a usual month's total that a slip must move
_NEIGHBOURS = 6  # months on each side that a month is compared with
_FEWEST = 5
_ROUNDING = 2e-3
_FOR_SOME = 6  # periods from which a sum of some of the others is no chance
_FEW_PARTS = 10  # of so many every choice is tried, of more those side by side
_MOST_PARTS = 60  # more series than a report has lines: only a sum of all is looked for


def doubts(frame: pd.DataFrame) -> list[Doubt]:
    """Find what can hardly be meant.

    Parameters
    ----------
    frame : receipts with columns unique_id, ds, y and optional unit, currency, tax_item, district, vintage
    """
    found = [*_units(frame), *_currencies(frame), *measures.doubts(frame)]
    newest = frame.sort_values("vintage") if "vintage" in frame else frame
    series = newest.drop_duplicates(["unique_id", "ds"], keep="last")
    found += running.doubts(series) or _overlaps(series)
    return [*found, *_magnitudes(series), *_sums(series)]


def _units(frame: pd.DataFrame) -> list[Doubt]:
    for unit in frame["unit"].dropna().unique() if "unit" in frame else ():
        try:
            parse_unit(str(unit))
        except ValueError as error:
            way = Way(Text("it is another unit", "应为其他单位"), 'unit: {constant: "CNY million"}')
            said = Text(f"{error}", f"“{unit}”不是可识别的金额单位。")
            return [Doubt("unit", "unit", said, (way,))]
    return []


def _currencies(frame: pd.DataFrame) -> list[Doubt]:
    """More than one currency or unit within what is to be added up."""
    for column in ("currency", "unit"):
        names = sorted(map(str, frame[column].dropna().unique())) if column in frame else []
        if column == "unit":
            names = [n for n in names if _known(n)]
            if len({parse_unit(n) for n in names}) < 2:
                continue
        if len(names) > 1:
            said = Text(
                f"amounts in {len(names)} different {column}s ({', '.join(names[:5])}) cannot be added up.",
                f"存在{len(names)}种{'币种' if column == 'currency' else '单位'}（{'、'.join(names[:5])}），不能相加。",
            )
            line = (
                f'leave_out_rows: [{{column: {column}, not_equals: "{names[0]}", '
                f"reason: {{en: other {column}, zh: 其他{'币种' if column == 'currency' else '单位'}}}}}]"
            )
            way = Way(Text(f"only {names[0]} is wanted", f"只取{names[0]}"), line)
            return [Doubt(column, column, said, (way,))]
    return []


def newest(late: list[tuple[pd.Timestamp, int, Reason]], last: pd.Timestamp) -> list[Doubt]:
    """Rows set aside behind the last period that is used: a series would end before its file does."""
    if not late:
        return []
    rows, (day, _, why) = sum(n for _, n, _ in late), late[-1]
    said = Text(
        f"{rows:,} rows behind {last:%Y-%m}, the last period that is used, are set aside (up to {day:%Y-%m}: "
        f"{why.text.en}): the series would end before the file does.",
        f"所用最后一期{last:%Y-%m}之后有{rows}行被剔除（至{day:%Y-%m}：{why.text.zh}）：序列将早于文件结束。",
    )
    return [Doubt("ds", "newest", said, (
        Way(Text("a mark stands at their figures, such as p", "其数值旁有标记，如p"), "strip: [p]"),
        Way(Text("the series ends there", "序列至此为止"), "accept: [ds.newest]"),
    ))]  # fmt: skip


def _overlaps(series: pd.DataFrame) -> list[Doubt]:
    """Quarters, years or joint months that stand beside months of theirs in one series: these would count twice."""
    if "months_covered" not in series or not (series["months_covered"] > 1).any():
        return []
    ordered = series.sort_values(["unique_id", "ds", "months_covered"])
    last = ordered["ds"].dt.year * 12 + ordered["ds"].dt.month
    before = last.groupby(ordered["unique_id"]).shift()
    over = before > last - ordered["months_covered"]
    if not over.any():
        return []
    one = ordered[over].iloc[0]
    said = Text(
        f"series {one['unique_id']}: the period of {int(one['months_covered'])} months to {one['ds']:%Y-%m} holds "
        "months that stand by themselves too, and would count twice.",
        f"序列{one['unique_id']}：截至{one['ds']:%Y-%m}的{int(one['months_covered'])}个月期间与单独列示的月份重叠，将重复计算。",
    )
    rule = 'leave_out_rows: [{column: ds, matches: "Q|季|H|半", reason: {en: adds up months, zh: 汇总期}}]'
    return [Doubt("ds", "overlap", said, (
        Way(Text("the longer periods add up the months", "较长期间为各月合计"), rule),
        Way(Text("the amounts do not overlap", "金额并不重叠"), "accept: [ds.overlap]"),
    ))]  # fmt: skip


def _known(unit: str) -> bool:
    try:
        parse_unit(unit)
    except ValueError:
        return False
    return True


def _magnitudes(series: pd.DataFrame) -> list[Doubt]:
    """Months that stand a power of ten away from those before and after, and matter to the total."""
    matters = _MATTERS * float(series.groupby("ds")["y"].sum().abs().median())
    odd = []
    for name, one in series.groupby("unique_id"):
        values = one.sort_values("ds")
        size = values["y"].abs().replace(0, np.nan).to_numpy(float)
        near = np.array([_typical(size, i) for i in range(len(size))])
        with np.errstate(invalid="ignore", divide="ignore"):
            apart = np.log10(size / near)
            usual = np.nanmedian(np.abs(apart)) if np.isfinite(apart).any() else np.nan
            far = (np.abs(apart) > _UNUSUAL * MAD_TO_SD * usual) & (np.abs(size - near) > matters)
            slips = [(t, np.abs(apart - np.log10(t)) < _CLOSE) for slip in _SLIPS for t in (slip, 1 / slip)]
        odd += [(str(name), values["ds"].iloc[i], values["y"].iloc[i], near[i], times)
                for times, close in slips for i in np.flatnonzero(far & close)]  # fmt: skip
    if not odd:
        return []
    named, day, value, usual, times = odd[0]
    slip = f"{times:,.0f} times too large" if times > 1 else f"{1 / times:,.0f} times too small"
    slip_zh = f"偏大{times:,.0f}倍" if times > 1 else f"偏小{1 / times:,.0f}倍"
    more = f" ({len(odd) - 1} more like it)" if len(odd) > 1 else ""
    said = Text(
        f"series {named}, month {day:%Y-%m}: {value:,.10g} stands among months of about {usual:,.4g}{more}.",
        f"序列{named}，{day:%Y-%m}月：{value:.10g}，而相邻月份约为{usual:.4g}"
        + (f"（另有{len(odd) - 1}处）。" if more else "。"),
    )
    rule = f'leave_out_rows: [{{column: ds, equals: "{day:%Y-%m}", reason: {{en: unit slip, zh: 单位有误}}}}]'
    return [Doubt("y", "magnitude", said, (
        Way(Text("it is so", "确实如此"), "accept: [y.magnitude]"),
        Way(Text(f"it is {slip}: correct the file, or leave it out", f"{slip_zh}：请更正文件，或剔除该月"), rule),
    ))]  # fmt: skip


def _typical(size: np.ndarray, at: int) -> float:
    """Median of the months around one, itself left out; missing where these are few or far apart."""
    around = np.concatenate([size[max(0, at - _NEIGHBOURS) : at], size[at + 1 : at + 1 + _NEIGHBOURS]])
    around = around[np.isfinite(around)]
    if len(around) < _FEWEST or np.median(np.abs(np.log10(around / np.median(around)))) > _STEADY:
        return np.nan
    return float(np.median(around))


def _sums(series: pd.DataFrame) -> list[Doubt]:
    """A series (or district, or tax item) that equals the sum of others: of all, or of some that stand together."""
    for column in ("unique_id", "district", "tax_item"):
        if column not in series or series[column].nunique() < 3:
            continue
        by = [c for c in ("district", "tax_item") if c in series and c != column and column != "unique_id"]
        wide = series.pivot_table(index=["ds", *by], columns=column, values="y", aggfunc="sum").dropna()
        if len(wide) < 3 or wide.shape[1] < 3:
            continue
        wide = wide[[name for name in series[column].unique() if name in wide]]
        crossed = column == "unique_id" and {"district", "tax_item"} <= set(series)  # sums go along one of them
        for number, part in enumerate(wide):
            if others := _parts_of(wide, number, some=not crossed):
                return [_sum_doubt(str(part), others, column, whole=len(others) == wide.shape[1] - 1)]
    return []


def _parts_of(wide: pd.DataFrame, number: int, *, some: bool) -> list[str]:
    """Series that a series adds up, all others or some of them; none where it is a part like the others."""
    values = wide.to_numpy(float)
    total, others = values[:, number], np.delete(values, number, axis=1)
    names = [str(name) for i, name in enumerate(wide) if i != number]
    if not np.abs(total).max() > 0:
        return []
    room = _ROUNDING * np.clip(np.abs(total), np.abs(total).max() * 1e-3, None)
    if (np.abs(total - others.sum(axis=1)) <= room).all():
        return names
    if not some or len(wide) < _FOR_SOME or wide.shape[1] > _MOST_PARTS:
        return []
    # Some of the others: every choice where they are few, else those that stand side by side in the file.
    count = others.shape[1]
    if count <= _FEW_PARTS:
        choices = np.array([[bool(at >> i & 1) for i in range(count)] for at in range(1, 2**count)])
    else:
        runs = [(i, j) for i in range(count) for j in range(i + 2, count + 1)]
        choices = np.array([[i <= k < j for k in range(count)] for i, j in runs])
    choices = choices[choices.sum(axis=1) >= 2]
    fits = (np.abs(others @ choices.T.astype(float) - total[:, None]) <= room[:, None]).all(axis=0)
    chosen = choices[np.flatnonzero(fits)[0]] if fits.any() else np.zeros(count, bool)
    there = chosen & (np.abs(others).max(axis=0) > 0)
    moving = [n for n, taken in zip(names, there, strict=True) if taken]
    return moving if len(moving) >= 2 else []


def _sum_doubt(part: str, others: list[str], column: str, *, whole: bool) -> Doubt:
    of, of_zh = (f"the {len(others)} others", f"其余{len(others)}项") if whole else (
        ", ".join(others[:6]), "、".join(others[:6]))  # fmt: skip
    said = Text(
        f'"{part}" equals the sum of {of} in every period: a total beside its parts would count the revenue twice.',
        f"“{part}”各期均等于{of_zh}之和：合计与分项并列将重复计算税收。",
    )
    rule = f'leave_out_rows: [{{column: {column}, equals: "{part}", reason: {{en: a total, zh: 合计}}}}]'
    return Doubt(column, "sum", said, (
        Way(Text("it is the total", "是合计"), rule),
        Way(Text("it is a part like the others", "是与其余并列的分项"), f"accept: [{column}.sum]"),
    ))  # fmt: skip
