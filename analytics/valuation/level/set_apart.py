"""What is set apart, by cell: slips are lines too, and where they lie on one side they are a finding."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import numpy as np
import pandas as pd
from scipy.special import bdtrc

from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.prepared import Prepared
from analytics.valuation.verdict.by_value import beyond_band

MUCH = 0.10  # share of a cell's value, at the others' prices, set apart on one side: nothing is in order there
SOME = 0.05  # the same where more lines are than chance explains
_FEWEST, _CHANCE = 3, 1e-3
_IN_ORDER = 0.025  # log: half of the way to the band's edge
_CAP = 0.99  # quantile of value at fair prices that no line set apart exceeds
COLUMNS = ("lines_below", "lines_above", "set_apart_below", "set_apart_above", "lines_declared", "value_declared")


def set_apart(prepared: Prepared, by: Sequence[str]) -> pd.DataFrame:
    """Lines and value set apart in every cell of the data, also in cells where nothing else is left.

    Returns
    -------
    DataFrame: `by`, `lines_below` and `lines_above` (set apart below and above the others' prices), `set_apart_below`
    and `set_apart_above` (their share of the cell's value at the others' prices), `lines_declared`, `value_declared`.
    """
    lines, names = prepared.lines, list(by)
    lines = lines.mutate(fair=lines.value * (-(lines["shift"] + lines.deviation)).exp())
    kept = lines.kind == ""
    sums = lines.group_by(names).agg(
        fair_kept=lines.fair.sum(where=kept),
        largest=lines.fair.quantile(_CAP, where=kept),
        lines_declared=lines.count(),
        value_declared=lines.value.sum(),
    )
    found = engine.fetch(sums).sort_values(names, ignore_index=True)
    aside = engine.fetch(lines.filter(~kept).select(*names, "fair", "deviation"))
    aside = aside.merge(found[[*names, "largest"]], on=names)
    # Where the slip is in the quantity, so is the value at fair prices: no line counts for more than a large one.
    aside["fair"] = aside["fair"].clip(upper=aside["largest"].fillna(np.inf))
    for side, here in (("below", aside["deviation"] < 0), ("above", aside["deviation"] > 0)):
        part = aside[here].groupby(names)["fair"].agg(["size", "sum"]).reset_index()
        part = part.rename(columns={"size": f"lines_{side}", "sum": f"fair_{side}"})
        found = found.merge(part, on=names, how="left")
        found[[f"lines_{side}", f"fair_{side}"]] = found[[f"lines_{side}", f"fair_{side}"]].fillna(0.0)
    total = found["fair_kept"].fillna(0.0) + found["fair_below"] + found["fair_above"]
    for side in ("below", "above"):
        found[f"set_apart_{side}"] = found[f"fair_{side}"] / total
        found[f"lines_{side}"] = found[f"lines_{side}"].astype(int)
    return found[[*names, *COLUMNS]]


def plain_by_value(prepared: Prepared, by: Sequence[str], contrast: Sequence[str]) -> pd.DataFrame:
    """Plain level by value of every cell: value over value at like goods' usual prices, against the other groups.

    No line is weighted down, so that a few large consignments within the filter count for what they hold. Errors take
    enterprises (goods and months, where unnamed) as clusters (Cochran 1977, ch. 6).

    Returns
    -------
    DataFrame: `by`, `log_plain` (less the median of the groups it is compared with), `plain_error`, `log_whole`: the
    same with extreme prices, which are no slips of any kind, counted as declared, and `log_lines`: the plain mean of
    all these lines, none of which counts for more than a factor of e.
    """
    lines, names = prepared.lines, list(by)
    lines = lines.filter(lines.kind.isin(["", "extreme price"]))
    nameless = lines["product"] + lines.origin + lines.month.cast("string")
    cluster = ibis.ifelse(lines.enterprise == "", nameless, lines.enterprise)
    fair = lines.value * (-(lines["shift"] + lines.deviation)).exp()
    off = (lines["shift"] + lines.deviation).clip(-1, 1)
    lines = lines.mutate(cluster=cluster, fair=fair, off=off, extreme=lines.kind != "")
    grouped = lines.group_by([*names, "cluster"])
    found = engine.fetch(
        grouped.agg(
            value=lines.value.sum(where=~lines.extreme),
            fair=lines.fair.sum(where=~lines.extreme),
            more=lines.value.sum(where=lines.extreme),
            more_fair=lines.fair.sum(where=lines.extreme),
            lines=lines.count(),
            off=lines.off.sum(),
        )
    )
    found = found.fillna(0.0).sort_values([*names, "cluster"], ignore_index=True)
    total = found.groupby(names)[["value", "fair"]].transform("sum")
    found["square"] = (found["value"] - found["fair"] * total["value"] / total["fair"]) ** 2
    columns = ["value", "fair", "square", "more", "more_fair", "lines", "off"]
    sums = found.groupby(names)[columns].sum().reset_index()
    log = (sums["value"] / sums["fair"]).transform(np.log)
    whole = ((sums["value"] + sums["more"]) / (sums["fair"] + sums["more_fair"])).transform(np.log)
    fixed = [sums[c] for c in names if c not in contrast] or [pd.Series(0, sums.index)]
    usual, error = _usual(log, fixed), np.sqrt(sums["square"]) / sums["value"]
    mean = sums["off"] / sums["lines"]
    return sums[names].assign(
        log_plain=log - usual, plain_error=error, log_whole=whole - usual, log_lines=mean - _usual(mean, fixed)
    )


def _usual(log: pd.Series, fixed: list[pd.Series]) -> pd.Series:
    """Level that each group is held against: the median of its family, of two the other."""
    family = log.groupby(fixed)
    return family.transform("median").where(family.transform("count") != 2, family.transform("sum") - log)


def outside_on_average(cells: pd.DataFrame, band: tuple[float, float]) -> np.ndarray:
    """True where nothing weighs an unlike line down and the level is outside: plain mean of lines, and by value, (H,).

    A robust level leaves out a part that prices apart and is too near to be told from chance.

    Parameters
    ----------
    cells : DataFrame: log_weighted and, where known, log_lines (`plain_by_value`)
    band : levels that are in order
    """
    if "log_lines" not in cells:
        return np.zeros(len(cells), dtype=bool)
    return beyond_band((cells["log_lines"] + cells["log_weighted"]).to_numpy() / 2, band)


def rests_on_few(cells: pd.DataFrame) -> np.ndarray:
    """True where the plain mean of a cell's lines is in order though its level is not: a few lines make it, (H,).

    What alignment takes for a practice comes back by value: four lines of one enterprise can hold a third of it.
    """
    if "log_lines" not in cells:
        return np.zeros(len(cells), dtype=bool)
    return (np.sign(cells["log_level"]) * cells["log_lines"] < _IN_ORDER).to_numpy()


def doubtful(cells: pd.DataFrame, lowest: float) -> pd.Series:
    """True where so much is set apart on one side that a cell cannot be called in order.

    Parameters
    ----------
    cells : DataFrame with the columns of `set_apart` and `log_level`
    lowest : level that is still in order: below, more lines than chance explains also count for what they take off it

    Notes
    -----
    Some enterprises at a tenth in some months look like a decimal point that slips. Whichever it is, a level is not in
    order that would not be with these lines as they are declared.
    """
    found = pd.Series(False, cells.index)
    total = cells["lines_declared"].to_numpy(np.int64)
    for side in ("below", "above"):
        hits, share = cells[f"lines_{side}"].to_numpy(float), cells[f"set_apart_{side}"]
        rate = max(hits.sum() / max(total.sum(), 1), 1e-4)
        beyond = bdtrc(np.maximum(hits - 1, 0), total, rate) < _CHANCE
        much = share >= SOME
        if side == "below":
            much |= cells["log_level"] + np.log1p(-share.clip(upper=_CAP)) < np.log(lowest)
        found |= (hits >= _FEWEST) & ((share >= MUCH) | (much & beyond))
    return found
