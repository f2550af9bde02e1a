"""Summands of a month's levels: references within the month, and over months before it where they are too few."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.valuation.comparison.kernels import References, Rows, dense, references
from analytics.valuation.comparison.keys import SEPARATOR
from analytics.valuation.comparison.national import BREAKDOWNS, SUMS, summands
from analytics.valuation.comparison.references import LEAST_ENTERPRISES
from analytics.valuation.months.store import Store

BACK = 11  # months before its own that a reference may reach back


def of_months(store: Store, months: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Summands of every month's levels, made where they are not kept."""
    parts: dict[str, pd.DataFrame] = {}
    near: dict[str, pd.DataFrame] = {}  # rows of the months before, each read once
    for month in months:
        sums = store.levels(month)
        if sums is None:
            before = [str(pd.Period(month, "M") - back) for back in range(1, BACK + 1)]
            wanted = [m for m in before if m in months]
            near = {m: near[m] if m in near else store.rows(m) for m in [*wanted, month]}
            sums = _of_month(near[month], [(int(before.index(m)) + 1, near[m]) for m in wanted], store.names)
            store.keep_levels(month, sums)
        parts[month] = sums
    return parts


def _of_month(now: pd.DataFrame, before: list[tuple[int, pd.DataFrame]], names: dict[str, list[str]]) -> pd.DataFrame:
    """Summands of the levels of all breakdowns: by, key and `SUMS`; `before` are (months back, rows)."""
    nameless = names["enterprise"].index("") if "" in names["enterprise"] else -1
    chapter = np.array([product[:2] for product in names["product"]], dtype=object)[now["product"].to_numpy()]
    found = []
    for group in ("district", "enterprise"):
        rows, compared = _compared(now, before, group, nameless)
        lines = pd.DataFrame(dict(zip(SUMS, summands(rows, compared), strict=True)))
        part = lines.groupby([now[group].to_numpy(), pd.Categorical(chapter)], observed=True).sum()
        text = np.asarray(names[group], dtype=object)[part.index.get_level_values(0)]
        within = part.index.get_level_values(1).astype(object)
        for breakdown in (b for b in BREAKDOWNS if (group == "enterprise") == ("enterprise" in b)):
            nation = np.full(len(part), "all", dtype=object)
            keys = {"nation": nation, "chapter": within, group: text}
            key = keys[breakdown[0]] if len(breakdown) == 1 else text + SEPARATOR + within
            keyed = part.assign(by=SEPARATOR.join(breakdown), key=np.asarray(key, dtype=object))
            found.append(keyed.groupby(["by", "key"]).sum().reset_index())
    return pd.concat(found, ignore_index=True)


def _compared(
    now: pd.DataFrame, before: list[tuple[int, pd.DataFrame]], group: str, nameless: int
) -> tuple[Rows, References]:
    """Rows of the month with their references; the months before are asked only where the month holds too few."""
    alone = _rows([(0, now)], nameless)
    found = references(alone, getattr(alone, group))
    open_rows = np.flatnonzero(np.isnan(found.others))
    if not before or not len(open_rows):
        return alone, found
    few = np.unique(alone.cell[open_rows])
    cells = np.zeros(int(alone.cell.max()) + 1, dtype=bool)
    cells[few] = True
    part = np.flatnonzero(cells[alone.cell])
    goods = _goods(now)
    wanted = np.sort(goods[part])
    parts = [(0, now.iloc[part])]
    for back, rows in before:
        code = _goods(rows)
        at = np.minimum(np.searchsorted(wanted, code), len(wanted) - 1)
        parts.append((back, rows[wanted[at] == code]))
    wide = _rows(parts, nameless)
    wider = references(wide, getattr(wide, group))
    others, rung = found.others.copy(), found.rung.copy()
    others[part], rung[part] = wider.others[: len(part)], wider.rung[: len(part)]
    return alone, References(found.included, others, rung)


def _goods(rows: pd.DataFrame) -> np.ndarray:
    """Product x unit x origin as one number, the same in every month."""
    product, unit, origin = (rows[n].to_numpy(np.int64) for n in ("product", "unit", "origin"))
    return (product << 32) | (unit << 16) | origin


def _rows(parts: list[tuple[int, pd.DataFrame]], nameless: int) -> Rows:
    """Rows of several months, the newest first, as `references` takes them."""
    frame = pd.concat([rows for _, rows in parts], ignore_index=True) if len(parts) > 1 else parts[0][1]
    month = np.concatenate([np.full(len(rows), 2 * BACK - back) for back, rows in parts])
    enterprise = frame["enterprise"].to_numpy(np.int64)
    return Rows(
        cell=dense(_goods(frame)),
        month=month,
        district=frame["district"].to_numpy(np.int64),
        enterprise=enterprise,
        **{name: frame[name].to_numpy(float) for name in ("lines", "quantity", "value", "tax_weight")},
        who=np.where(enterprise == nameless, LEAST_ENTERPRISES, 1),
    )
