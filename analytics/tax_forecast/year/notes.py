"""What a forecast must say about itself: short histories, parts that ended or broke, devices left aside."""

from __future__ import annotations

import numpy as np

from analytics.language import Text, month
from analytics.tax_forecast.inputs.holes import trailing_zeros
from analytics.tax_forecast.inputs.receipts import Panel
from analytics.tax_forecast.year.result import WORTH_NAMING

THREEFOLD = 3.0  # receipts of a part that changed by more than this factor in two years follow no past
NEWEST = 3  # newest periods of the year that say whether a part has started or stopped
NAMED = 6  # parts named in one note

BROKEN = Text(
    "Receipts of {names} changed more than threefold in two years: their past says little of their future.",
    "{names}两年内变动超过三倍，历史数据参考价值有限。",
)
TURNED = Text(
    "Receipts of {names} started, stopped or changed more than threefold within the year: how it will end for them is "
    "hardly known.",
    "{names}年内新增、中断或变动超过三倍：全年数尚难判断。",
)


def short_history(complete: int, periods: int) -> Text:
    """Say that the history is too short for a model, and what was done instead."""
    if complete == 0:
        return Text(
            "No complete year of history: the newest months are carried forward at their mean, without season. Read "
            "the forecast as an order of magnitude.",
            "无完整历史年份：按近期月均水平推算，未考虑季节性，仅供了解大致规模。",
        )
    if periods < 4:
        return Text(
            f"Receipts come in {periods} period(s) a year: the forecast is damped growth of the year to date, for "
            "no model of the season can be had.",
            f"数据为每年{periods}期，无法估计季节模型：采用累计阻尼增长法预测。",
        )
    years = "year" if complete == 1 else "years"
    return Text(
        f"Only {complete} complete {years} of history: the forecast falls back to damped growth of the year to date.",
        f"完整历史年份仅{complete}年：改用累计阻尼增长法预测。",
    )


def few_years(complete: int) -> Text:
    """Say that a model speaks, but on few years."""
    return Text(
        f"Only {complete} complete years of history: few forecasts can be judged by then, and the interval rests "
        "on the model more than on a record.",
        f"完整历史年份仅{complete}年：可检验的预测较少，区间主要依据模型而非历史记录。",
    )


def without_base() -> Text:
    """Say that a year after the origin's own is forecast without its tax base."""
    return Text(
        "For a later year the tax base itself would have to be forecast: receipts are forecast by themselves.",
        "预测后续年度需先预测税基，故此处直接预测税收。",
    )


def changing(panel: Panel, year: int, months: int) -> set[str]:
    """Parts that the notes name: ended, broken with their past, or started or stopped within the year."""
    named = {n for n in panel.leaves if _broken(panel, n, year, months) or _turned(panel, n, year, months)}
    return named | set(panel.closed(year, months))


def parts_notes(panel: Panel, year: int, months: int) -> tuple[Text, ...]:
    """Notes on parts as known at the origin: those that ended, those whose receipts changed beyond their past."""
    said = [name for name in panel.closed(year, months) if not panel.leaves[name].notes]
    notes = [_ended(panel, name, year, months) for name in said]
    for changed, what in ((_broken, BROKEN), (_turned, TURNED)):
        names = [name for name in panel.leaves if changed(panel, name, year, months)]
        if names:
            notes.append(Text(*(text.format(names=_listed(names, i)) for i, text in enumerate((what.en, what.zh)))))
    return tuple(notes)


def _listed(names: list[str], language: int) -> str:
    """Names of parts, the first few written out."""
    more = len(names) - NAMED
    if language:
        return "、".join(names[:NAMED]) + (f"等{len(names)}项" if more > 0 else "")
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _ended(panel: Panel, name: str, year: int, months: int) -> Text:
    cut = panel.leaves[name].until(year, months)
    known = cut.grid.ravel()[np.isfinite(cut.grid.ravel())]
    at = cut.stamps()[np.flatnonzero(np.isfinite(cut.grid.ravel()))[-1] - trailing_zeros(known)]
    return Text(
        f"{name}: no receipt since {month(at)}; taken as ended, and forecast at nothing.",
        f"{name}：{month(at, 'zh')}之后无税收入库，按已停征处理，预测为零。",
    )


def _broken(panel: Panel, name: str, year: int, months: int) -> bool:
    """Whether the last twelve months of a part differ more than threefold from the twelve two years before."""
    cut, whole = panel.leaves[name].until(year, months), panel.total.until(year, months)
    flat, periods = cut.grid.ravel(), len(cut.ends)
    known = int(np.flatnonzero(np.isfinite(whole.grid.ravel()))[-1]) + 1
    now, then = flat[known - periods : known], flat[known - 3 * periods : known - 2 * periods]
    if len(then) < periods or name in panel.closed(year, months):
        return False
    all_now = float(np.nansum(whole.grid.ravel()[known - periods : known]))
    a, b = float(np.nansum(now)), float(np.nansum(then))
    if max(abs(a), abs(b)) < WORTH_NAMING * abs(all_now) or not np.isfinite(now).all():
        return False
    return _threefold(a, b)


def _turned(panel: Panel, name: str, year: int, months: int) -> bool:
    """Whether the year's newest three periods of a part differ more than threefold from those of a year before."""
    cut, whole = panel.leaves[name].until(year, months), panel.total.until(year, months)
    known = cut.known(max(months, 0))
    if known == 0 or len(cut.grid) < 2 or name in panel.closed(year, months):
        return False
    newest = slice(max(known - NEWEST, 0), known)
    now, then = (float(np.nansum(cut.grid[row, newest])) for row in (-1, -2))
    of_all = float(np.nansum(whole.grid[-1, newest]))
    return max(abs(now), abs(then)) >= WORTH_NAMING * abs(of_all) and _threefold(now, then)


def _threefold(a: float, b: float) -> bool:
    return a * b <= 0 or abs(np.log(a / b)) > np.log(THREEFOLD)
