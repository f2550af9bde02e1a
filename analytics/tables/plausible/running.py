"""Sums since the start of a year among receipts that are taken for single months, and the other way about."""

from __future__ import annotations

from calendar import month_name

import numpy as np
import pandas as pd

from analytics.language import Text
from analytics.tables.contract.doubts import Doubt, Way

_FALL = 0.5  # a year's first sum against the last of the year before: a sixth where months are alike
_RUNNING = 12  # months that must grow before sums since the year's start are suspected
_MOSTLY, _GROWN = 0.9, 4.0  # share of months that grow, and last against first sum of a year, where refunds stand too
_WHOLE = 10  # months of a year that show how far it grows
_WEIGHTY = 0.02  # share of all amounts, from which on a year read six times too high moves their total
_FEWEST = 3  # months of a year that stand against those of the year before
_SLOPE = 0.6  # of the log ratio to them on the log of the month's number: 1 for sums, 0 for months
_ALIKE, _CLOSE, _FEW = np.log(2.5), np.log(1.5), 5  # how far its steps may lie from the other's months; of few of them
_STARTS = (1, 4, 7, 10)  # first months of fiscal years
_NEGATIVE = 0.3  # share of a year's months below zero after differencing from which on it held no sums


def doubts(series: pd.DataFrame) -> list[Doubt]:
    """Find sums since the start of a year: in all years, or in some of them.

    Parameters
    ----------
    series : receipts, one row a unique_id and ds, with y and optional months_covered
    """
    ordered = series.sort_values(["unique_id", "ds"])
    for start in (1, *range(2, 13)):
        if _all_years(ordered, start):
            return [_all_doubt(start)]
    # Of very many small series some run like sums by chance, and what they hold moves no total.
    share = ordered.groupby("unique_id", sort=False)["y"].sum() / ordered["y"].sum()
    weighty = ordered[ordered["unique_id"].isin(share.index[share >= _WEIGHTY])]
    for start in _STARTS:
        for name, one in weighty.groupby("unique_id", sort=False):
            if (year := _odd_year(one, start)) is not None:
                return [_some_doubt(str(name), year, start)]
    return []


def differenced(series: pd.DataFrame) -> list[Doubt]:
    """Find months that were no sums since the year's start, or of another year: differencing leaves them below zero."""
    if len(series) < _RUNNING:
        return []
    below = series[series["y"] < 0]
    at = below["ds"].dt.month.mode()
    years = series["ds"].dt.year.nunique()
    again = len(at) == 1 and len(below) >= 2 and (below["ds"].dt.month == at.iloc[0]).all()
    if again and below["ds"].dt.year.nunique() >= max(2, years - 1):
        first = int(at.iloc[0])
        said = Text(
            f"taken as sums since January, amounts fall below zero each {month_name[first]}: the sums seem to begin "
            "there.",
            f"按自1月起的累计数计算，每年{first}月均为负数：累计似自{first}月开始。",
        )
        told = Text(f"sums begin in {month_name[first]}", f"累计自{first}月开始")
        way = Way(told, f"year_ends: {(first - 2) % 12 + 1}")
        return [Doubt("y", "differenced", said, (way, _SO))]
    share = (series["y"] < 0).groupby(series["ds"].dt.year).agg(["mean", "size"])
    odd = share.index[(share["mean"] >= _NEGATIVE) & (share["size"] >= _FEWEST)]
    if not len(odd):
        return []
    said = Text(
        f"taken as sums since the year's start, a third or more of the months of {odd[-1]} fall below zero: the "
        "amounts of that year seem to be single months.",
        f"按累计数计算，{odd[-1]}年有三成以上的月份为负数：该年金额似为单月数。",
    )
    single = Way(Text("all are single months", "均为单月数"), "cumulative: false")
    rule = f'leave_out_rows: [{{column: ds, matches: "{odd[-1]}", reason: {{en: single months, zh: 单月数}}}}]'
    part = Way(Text("that year alone: write sums into the file, or leave it out", "仅该年：请改为累计数或剔除"), rule)
    return [Doubt("y", "differenced", said, (single, part, _SO))]


_SO = Way(Text("refunds were larger", "确因退税"), "accept: [y.differenced]")


def _year_of(ds: pd.Series, start: int) -> pd.Series:
    """Year that began in the month `start`, by the calendar year of its beginning."""
    return ds.dt.year - (ds.dt.month < start)


def _all_years(ordered: pd.DataFrame, start: int) -> bool:
    """Whether amounts grow through every year that begins in `start` and fall back by half or more there."""
    year = _year_of(ordered["ds"], start)
    group = ordered.groupby(["unique_id", year])["y"]
    change = group.diff().dropna()
    ratio = ordered["y"] / ordered.groupby("unique_id")["y"].shift()
    back = ratio[(year != year.groupby(ordered["unique_id"]).shift()).to_numpy()].dropna()
    if len(change) < _RUNNING or len(back) < 1 or not (back < _FALL).all():
        return False
    if (change > 0).all() and start == 1:
        return True
    sums = group.agg(["first", "last", "size"])
    grown = (sums["last"] / sums["first"])[sums["size"] >= _WHOLE]
    return bool((change > 0).mean() >= _MOSTLY and len(grown) and grown.median() >= _GROWN)


def _odd_year(one: pd.DataFrame, start: int) -> int | None:
    """Year whose amounts are sums of such months as a neighbouring year's amounts are; None where there is none."""
    if "months_covered" in one and (one["months_covered"].fillna(1) > 1).any():
        return None
    number = (one["ds"].dt.month - start) % 12
    wide = one.assign(year=_year_of(one["ds"], start), k=number).pivot_table(index="year", columns="k", values="y")
    for before, after in zip(wide.index[:-1], wide.index[1:], strict=True):
        both = wide.loc[[before, after]].dropna(axis=1)
        k = both.columns.to_numpy(float) + 1
        first, second = both.to_numpy(float)
        if after - before != 1 or len(k) < _FEWEST or list(k) != list(range(1, len(k) + 1)):
            continue
        if _sums_of(second, first, k):
            return int(after)
        if _sums_of(first, second, k):
            return int(before)
    return None


def _sums_of(sums: np.ndarray, months: np.ndarray, k: np.ndarray) -> bool:
    """Whether one year's amounts are running sums, and another's the single months."""
    steps = np.diff(sums, prepend=0.0)
    if (steps <= 0).any() or (months <= 0).any():
        return False
    against = np.log(steps / months)
    slope = np.polyfit(np.log(k), np.log(sums / months), 1)[0]
    return bool(slope > _SLOPE and np.abs(against - np.median(against)).max() < (_ALIKE if len(k) >= _FEW else _CLOSE))


def _all_doubt(start: int) -> Doubt:
    name, ends = month_name[start], (start - 2) % 12 + 1
    fiscal = f"\nyear_ends: {ends}" if start > 1 else ""
    said = Text(
        f"amounts grow from month to month in every year and fall back by half or more each {name}, as sums since "
        f"{name} do.",
        f"各年金额逐月递增，至次年{start}月回落过半，形似自{start}月起的累计数。",
    )
    return Doubt("y", "cumulative", said, (
        Way(Text(f"they are sums since {name}", f"为自{start}月起的累计数"), f"cumulative: true{fiscal}"),
        Way(Text("they are single months", "为单月数"), "accept: [y.cumulative]"),
    ))  # fmt: skip


def _some_doubt(series: str, year: int, start: int) -> Doubt:
    name = month_name[start]
    said = Text(
        f"series {series}: in {year} amounts grow from month to month by about what single months of the year beside "
        f"it bring, as sums since {name} do; other years hold single months.",
        f"序列{series}：{year}年金额逐月递增，增量与相邻年份的单月数相当，形似自{start}月起的累计数，而其他年份为单月数。",
    )
    rule = f'leave_out_rows: [{{column: ds, matches: "{year}", reason: {{en: sums of months, zh: 累计数}}}}]'
    return Doubt("y", "cumulative", said, (
        Way(Text("they are sums: write single months into the file, or leave them out", "为累计数：请改为单月数或剔除"),
            rule),
        Way(Text("they are single months", "为单月数"), "accept: [y.cumulative]"),
    ))  # fmt: skip
