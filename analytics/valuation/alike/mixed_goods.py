"""Which codes hold goods that are not alike: judged by them, a cheaper grade would pass for a lower price.

Enterprises of one district that declare one good differ little where the code is one grade, and much where it mixes
grades: of public import lines single grades show 0.04 to 0.07 (log), codes of several grades 0.18 and more.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from analytics.statistics import MAD_TO_SD, NORMAL95
from analytics.tables.engine import connection as engine
from analytics.valuation.alignment.medians import weighted_median
from analytics.valuation.alike.price_groups import price_groups
from analytics.valuation.alike.tiers import tiers
from analytics.valuation.comparison.keys import contrasted
from analytics.valuation.comparison.prepared import Prepared
from analytics.valuation.verdict.restored import BULK

SOME_GRADES, MIXED = 0.10, 0.15  # robust spread (log) between enterprises
_LINES, _ENTERPRISES = 3, 8
_MEDIAN_ERROR = 1.2533
_SPREAD_ERROR = 1.96 * 1.16  # of a robust spread of n values, times its root n: reach of the 95 % interval
_SURELY, _SURE = 1.645 * 1.16, 0.07  # the same one-sided; spread of single grades, beyond which several are sure
_FEWEST_GROUPS, _QUARTILES = 5, 1.349  # groups that show a spread; quartiles of a normal distribution lie so far apart
_PRIOR_GROUPS = 12.0  # groups' worth of the usual spread in a family's own
GOODS = ["product", "unit", "like"]
_MOSTLY, _GRADES = 0.5, 4.0  # share of a level in mixed goods; spreads of these that grades may explain
_BY = ("aligned_value", "lines")  # what a good weighs in a cell
UNIFORM, GRADES, MIX, PERHAPS, UNKNOWN = "uniform", "some grades", "mixed", "perhaps mixed", "unknown"


def goods(prepared: Prepared) -> pd.DataFrame:
    """How much enterprises of one district and size class differ in each good.

    Returns
    -------
    DataFrame: product, unit, like, `lines`, `value`, `enterprises` (of three lines and more), `between` (robust spread
    of their median prices, log, their own error taken off; missing under eight), `step` (log, between two prices that
    most places hold; missing where one price is seen), `grade` ("uniform", "some grades", "mixed", "perhaps mixed"
    where too few enterprises tell to be sure, "unknown").
    """
    kept = prepared.kept
    named = kept.filter(kept.enterprise != "").mutate(size=kept.quantity.log10().floor().cast("int64"))
    table = _between(_apart(named, named["shift"] + named.deviation, GOODS), GOODS)
    alike = ibis.window(group_by=[*GOODS[:2], "origin"])
    whole_off = named.log_price - named.log_price.median().over(alike)
    pooled = _between(_apart(named.mutate(whole_off=whole_off), ibis._.whole_off, GOODS[:2]), GOODS[:2])
    sums = engine.fetch(kept.group_by(GOODS).agg(lines=kept.count(), value=kept.value.sum()))
    table = sums.merge(table, on=GOODS, how="left").sort_values(GOODS, ignore_index=True)
    sure = np.fmax(table.pop("surely"), table[GOODS[:2]].merge(pooled, on=GOODS[:2], how="left")["surely"]) > _SURE
    table["enterprises"] = table["enterprises"].fillna(0).astype(int)
    # Where what parts goods leaves few enterprises in each, the code as a whole tells; and a part of a mixed code is of
    # one kind only where its own enterprises show it, their spread's error included.
    whole = table[GOODS[:2]].merge(pooled, on=GOODS[:2], how="left")["between"]
    shown = table["between"] * (1 + _SPREAD_ERROR / np.sqrt(table["enterprises"].clip(lower=1))) <= MIXED
    table["between"] = table["between"].where(shown | ~(whole > MIXED), np.fmax(table["between"], whole))
    table["between"] = table["between"].fillna(whole)
    steps = pd.concat([price_groups(prepared), tiers(prepared)]).groupby(GOODS, as_index=False)["step"].max()
    table = table.merge(steps, on=GOODS, how="left")
    wide = table["between"] > MIXED
    table["grade"] = np.select(
        [table["step"].notna() | (wide & sure), wide, table["between"].isna(), table["between"] > SOME_GRADES],
        [MIX, PERHAPS, UNKNOWN, GRADES],
        UNIFORM,
    )
    return table


def _apart(named: ir.Table, off: ir.FloatingValue, goods: list[str]) -> pd.DataFrame:
    """Median log deviation of every enterprise from its district's others of a good and size class: `off`, `error`."""
    place = [*goods, "size", "district"]
    unit = named.group_by([*place, "enterprise"])
    sums = unit.agg(off=off.median(), lines=named.count(), spread=named.spread.median(), value=named.value.sum())
    found = engine.fetch(sums)
    found = found[found["lines"] >= _LINES].sort_values([*place, "enterprise"], ignore_index=True)
    found["off"] -= found.groupby(place)["off"].transform("median")
    many = found.groupby(place)["off"].transform("size")
    found, many = found[many > 1], many[many > 1]
    # Measured from a median of its own, a place of n enterprises shows n - 1 of their n differences.
    found["off"] = (found["off"] * np.sqrt(many / (many - 1))).abs()
    found["error"] = (_MEDIAN_ERROR * found["spread"]) ** 2 / found["lines"]
    return found


def _between(found: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Robust spread between the enterprises of each good, their own errors taken off; missing under eight.

    `surely` is the lower end of its one-sided 95 % interval: values weigh enterprises, so that few of many may tell.
    """
    code, first = pd.factorize(pd.MultiIndex.from_frame(found[keys]))
    weight, count = np.sqrt(found["value"].to_numpy()), len(first)
    table = pd.DataFrame(list(first), columns=keys).astype("str")
    table["enterprises"] = np.bincount(code, minlength=count)
    raw = MAD_TO_SD * weighted_median(code, found["off"].to_numpy(), weight, count)
    error = weighted_median(code, found["error"].to_numpy(), weight, count)
    many = table["enterprises"] >= _ENTERPRISES
    table["between"] = np.where(many, np.sqrt(np.maximum(raw**2 - error, 0.0)), np.nan)
    effective = np.bincount(code, weight, count) ** 2 / np.bincount(code, weight**2, count)
    least = raw * np.maximum(1 - _SURELY / np.sqrt(effective), 0.0)
    table["surely"] = np.where(many, np.sqrt(np.maximum(least**2 - error, 0.0)), np.nan)
    return table


def mixture_of(compared: pd.DataFrame, table: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Share of each cell in mixed goods, the spread between enterprises of these, and what prices may reach.

    By value or by lines, whichever is more: a level is told line by line, and few dear lines move it little.

    Parameters
    ----------
    compared : DataFrame, one row a cell, group and enterprise
    table : as from `goods`
    by : columns of the breakdown

    Returns
    -------
    DataFrame: `by`, `mixed_share`, `between` (of the mixed goods; 0 without any), `reach` (log): by how much a cell's
    level moves when it turns from one price of the codes that have several to the other, or from one side of their
    enterprises to the other.
    """
    names = list(by)
    frame = compared[list(dict.fromkeys([*names, *GOODS, *_BY]))]
    frame = frame.merge(table[[*GOODS, "between", "step", "grade"]], on=GOODS, how="left")
    found = [_mixture(frame, names, measure) for measure in _BY]
    return pd.concat(found).groupby(names, observed=True)[["mixed_share", "between", "reach"]].max().reset_index()


def _mixture(frame: pd.DataFrame, names: list[str], measure: str) -> pd.DataFrame:
    """The same by one measure of how much a good weighs in its cell."""
    unlike = frame["grade"].isin((MIX, PERHAPS))
    mixed = frame[measure].where(unlike, 0.0)
    # Where no two prices are seen, enterprises on either side of the middle are two spreads apart.
    steps = frame[measure] * frame["step"].fillna(2 * frame["between"].where(unlike)).fillna(0.0)
    sums = frame[names].assign(
        whole=frame[measure], mixed=mixed, spread=mixed * frame["between"].fillna(0.0), steps=steps
    )
    total = sums.groupby(names, observed=True)[["whole", "mixed", "spread", "steps"]].sum().reset_index()
    total["reach"] = total["steps"] / total["whole"]
    total["mixed_share"] = total["mixed"] / total["whole"]
    total["between"] = np.divide(total["spread"], total["mixed"], out=np.zeros(len(total)), where=total["mixed"] > 0)
    return total


def of_grades(cells: pd.DataFrame, band: tuple[float, float]) -> pd.Series:
    """True where grades may explain how far a level lies outside the band: watched, never confirmed.

    Parameters
    ----------
    cells : DataFrame: `log_level` and the columns of `mixture_of`
    band : levels that are in order
    """
    beyond = np.maximum(np.log(band[0]) - cells["log_level"], cells["log_level"] - np.log(band[1]))
    return (beyond < cells["reach"]) | ((cells["mixed_share"] >= _MOSTLY) & (beyond < _GRADES * cells["between"]))


def spread_of_groups(cells: pd.DataFrame, by: Sequence[str], base_period: str | None) -> pd.Series:
    """Robust spread (log) of the levels of all groups that are compared with each other, beyond their errors.

    Parameters
    ----------
    cells : DataFrame: columns `by`, `log_level` and `error` (missing where too little is known)
    by : columns of the breakdown

    Returns
    -------
    Series aligned to `cells`: 0 where fewer than five groups tell.
    """
    contrast = contrasted(by, base_period)
    fixed = [c for c in by if c not in contrast]
    if "enterprise" in contrast:  # enterprises differ honestly, and each is judged against that
        return pd.Series(0.0, cells.index)
    known = cells["log_level"].notna() & cells["error"].notna()
    log, error = cells["log_level"].where(known), cells["error"].where(known)
    family = [cells[c] for c in fixed] or [pd.Series(0, cells.index)]
    off = (log - log.groupby(family).transform("median")).abs()
    spread = (MAD_TO_SD * off.groupby(family).transform("median")) ** 2 - error.groupby(family).transform("median") ** 2
    many = known.groupby(family).transform("sum") >= _FEWEST_GROUPS
    return spread.where(many).clip(lower=0).fillna(0.0) ** 0.5


def drawn_together(spread: pd.Series, cells: pd.DataFrame, by: Sequence[str], base_period: str | None) -> pd.Series:
    """Spreads of groups with what all families tell: a dozen groups, some of them guilty, tell their own badly.

    Parameters
    ----------
    spread : of the groups of each cell's family (`spread_of_groups`)
    cells : DataFrame: columns `by`
    by : columns of the breakdown

    Returns
    -------
    Series aligned to `cells`: each family's variance drawn to the median one with a weight of twelve groups.
    """
    fixed = [c for c in by if c not in contrasted(by, base_period)]
    if not fixed:
        return spread
    families = (spread**2).groupby([cells[c] for c in fixed])
    own, size = families.first(), families.size()
    drawn = (size * own + _PRIOR_GROUPS * own.median()) / (size + _PRIOR_GROUPS)
    found = cells[fixed].merge(drawn.rename("drawn").reset_index(), on=fixed, how="left")["drawn"]
    return pd.Series(np.sqrt(found.to_numpy()), spread.index)


def no_common_price(spread: pd.Series, band: tuple[float, float]) -> pd.Series:
    """True where the middle half of the groups does not fit into the band: goods without a price of their own."""
    return _QUARTILES * spread > np.log(band[1] / band[0])


def no_majority(cells: pd.DataFrame, by: Sequence[str], base_period: str | None) -> pd.Series:
    """True where a few groups fall apart and no more than half of them agree: which of them is off cannot be told.

    Of two groups one of which is called, each is the other's only reference, and mirrors it. From five groups on their
    spread tells more (`spread_of_groups`).

    Parameters
    ----------
    cells : DataFrame: columns `by`, `log_level` and `error` (missing where too little is known), `called` (bool)
    by : columns of the breakdown

    Returns
    -------
    Series of bool aligned to `cells`.
    """
    if base_period is not None:
        return pd.Series(False, cells.index)  # each is compared with its own past
    contrast = contrasted(by, base_period)
    family = [cells[c] for c in by if c not in contrast] or [pd.Series(0, cells.index)]
    log = cells["log_level"].where(cells["error"].notna())
    many = log.groupby(family).transform("count")
    away = (log - log.groupby(family).transform("median")).abs()
    near = (away <= BULK + NORMAL95 * cells["error"]) & (many > 2)
    agree = near.groupby(family).transform("sum")
    apart = (many > 1) & (many < _FEWEST_GROUPS) & (2 * agree <= many)
    return apart & log.notna() & cells["called"].groupby(family).transform("any")
