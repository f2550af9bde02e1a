"""Which prices changed, and since when: every enterprise x good and every cell, false alarms held over all of them.

Each series is split at every month; the largest difference of means after and before, in standard errors, is the
change. It is told where the false discovery rate over all series is held, so that a price is told in the month it falls
and a thousand series that only scatter stay silent. Sources: Page (1955) and Hinkley (1970) for a change at an unknown
time; Benjamini and Hochberg (1995) for the rate.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.special import stdtr

from analytics.statistics import MAD_TO_SD, NORMAL95
from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.keys import joined
from analytics.valuation.comparison.prepared import Prepared

FALSE_DISCOVERY = 0.05
_LINES, _MONTHS, _SIDE = 8, 3, 2  # of a series; lines on either side of a change
_SERIES = 20  # that show how widely series scatter: of fewer, one that changed would
_GOOD_LINES = 10  # of a good in a month, that tell its price
_SMALLEST = 0.05  # log: a smaller change is no question of price
_FEWEST_FREE = 5  # degrees of freedom at least: the spread of a line comes from its whole cell
COLUMNS = [
    "series", "key", "enterprise", "product", "since", "change", "low95", "high95", "level_after", "lines_before",
    "lines_after", "p", "told",
]  # fmt: skip
PAIR, CELL = "enterprise x good", "cell"


def changes(prepared: Prepared, by: Sequence[str]) -> pd.DataFrame:
    """Change of every enterprise x good and of every cell, the surest first.

    Parameters
    ----------
    prepared : lines with their offsets and deviations from like goods of the same months
    by : columns of the breakdown

    Returns
    -------
    DataFrame: `series` ("enterprise x good" or "cell"), `key`, `enterprise`, `product`, `since` (first month after the
    change), `change` (price after over price before, both against like goods of the month, its own among them)
    with `low95` and `high95`, `level_after`, `lines_before`, `lines_after`, `p` (of the largest of all splits), `told`
    (the change is at least 5 %, and of those told one in twenty may be a false alarm, over all series).
    """
    kept = engine.store(_of_the_month(prepared.kept), "changes")
    cell = [c for c in by if c != "period"]
    within = [c for c in ("district", *cell) if c not in ("enterprise", "product", "chapter")]
    parts = [_of(kept.filter(kept.enterprise != ""), ["enterprise", "product"], PAIR, within)]
    parts += [_of(kept, cell, CELL, ["enterprise"])] if cell and cell != ["enterprise", "product"] else []
    engine.drop(kept)
    found = pd.concat([p for p in parts if len(p)], ignore_index=True) if any(map(len, parts)) else None
    if found is None:
        return pd.DataFrame(columns=COLUMNS)
    order = np.argsort(found["p"].to_numpy(), kind="stable")
    limit = FALSE_DISCOVERY * np.arange(1, len(order) + 1) / len(order)
    passed = np.flatnonzero(found["p"].to_numpy()[order] <= limit)
    found["told"] = False
    if len(passed):
        found.loc[order[: passed[-1] + 1], "told"] = True
    found["told"] &= np.abs(np.log(found["change"])) >= _SMALLEST
    return found.sort_values(["told", "p", "key"], ascending=[False, True, True], ignore_index=True)[COLUMNS]


def _of_the_month(kept: ir.Table) -> ir.Table:
    """Lines with `off`: log deviation from like goods of the same month, all places together.

    What a good's price does everywhere is no change of one enterprise. Where a good has few lines in a month, the month
    of its chapter stands in.
    """
    lines = kept.mutate(off=kept["shift"] + kept.deviation)
    good = lines.group_by(["product", "unit", "month"]).agg(good_middle=lines.off.median(), good_lines=lines.count())
    chapter = lines.group_by(["chapter", "month"]).agg(chapter_middle=lines.off.median())
    lines_of = lines.left_join(good, ["product", "unit", "month"]).select(lines, good.good_middle, good.good_lines)
    lines_of = lines_of.left_join(chapter, ["chapter", "month"]).select(lines_of, chapter.chapter_middle)
    middle = ibis.ifelse(lines_of.good_lines >= _GOOD_LINES, lines_of.good_middle, lines_of.chapter_middle)
    return lines_of.mutate(off=lines_of.off - middle)


def _of(lines: ir.Table, names: list[str], series: str, within: Sequence[str]) -> pd.DataFrame:
    """Largest change of each series of some columns.

    Each line stands against the mean of its part of the series (`within`): an enterprise that declares more in its
    cheaper district, or a cell in which a cheap enterprise declares more, has changed no price. What a part does that
    is there on one side alone cannot be seen, and makes a change smaller, not larger.
    """
    parts = list(dict.fromkeys([*names, *within]))
    means = lines.group_by(parts).agg(part_mean=lines.off.mean())
    wholes = lines.group_by(names).agg(whole_mean=lines.off.mean())
    lines = lines.join(means, parts).select(lines, means.part_mean)
    lines = lines.join(wholes, names).select(lines, wholes.whole_mean)
    keys = list(dict.fromkeys([*names, "month"]))
    own = lines.off - lines.part_mean + lines.whole_mean
    sums = lines.group_by(keys).agg(
        lines=lines.off.count(), total=own.sum(), declared=lines.off.sum(), spread=lines.spread.mean()
    )
    months = engine.fetch(sums).sort_values(keys, ignore_index=True)
    whole = months.groupby(names)["lines"].agg(["sum", "size"])
    enough = whole.index[(whole["sum"] >= _LINES) & (whole["size"] >= _MONTHS)]
    index = pd.MultiIndex.from_frame(months[names]) if len(names) > 1 else pd.Index(months[names[0]])
    months = months[index.isin(enough)].reset_index(drop=True)
    if months.empty:
        return pd.DataFrame()
    code = months.groupby(names, sort=False).ngroup().to_numpy()
    found = _splits(code, months)
    best = found.loc[found.groupby("code")["z"].apply(lambda z: z.abs().idxmax())]
    labels = months.drop_duplicates(names)[names].reset_index(drop=True).iloc[best["code"]].reset_index(drop=True)
    best = best.reset_index(drop=True)
    free = np.maximum(best["before"] + best["after"] - 2, _FEWEST_FREE)
    tail = 2 * stdtr(np.asarray(free, dtype=float), -best["z"].abs().to_numpy())
    # One line after a change, or before it, is a slip as well as a change.
    tail = np.where(np.minimum(best["before"], best["after"]) >= _SIDE, tail, 1.0)
    half = NORMAL95 * best["error"]
    return best.assign(
        series=series,
        key=joined(labels, names),
        enterprise=labels.get("enterprise", ""),
        product=labels.get("product", ""),
        change=np.exp(best["size"]),
        low95=np.exp(best["size"] - half),
        high95=np.exp(best["size"] + half),
        level_after=np.exp(best["mean_after"]),
        lines_before=best["before"].astype(int),
        lines_after=best["after"].astype(int),
        p=np.minimum(tail * best["splits"], 1.0),
    )


def _splits(code: np.ndarray, months: pd.DataFrame) -> pd.DataFrame:
    """Every split of every series: `code`, `since`, `size`, `error`, `z`, lines `before` and `after`, `splits`."""
    lines, total = months["lines"].to_numpy(float), months["total"].to_numpy()
    mean, line = total / lines, months["spread"].to_numpy() ** 2
    month = _of_months(code, mean, line / lines)
    parts = {"lines": lines, "total": total, "line": lines * line, "one": 1.0, "declared": months["declared"]}
    frame = pd.DataFrame({"code": code, **parts})
    by = frame.groupby("code")
    upto, whole = by[list(parts)].cumsum(), by[list(parts)].transform("sum")
    first = by.cumcount().to_numpy() > 0
    before = upto - frame[list(parts)]
    after = whole - before
    part = {"before": before[first], "after": after[first]}
    means = {k: v["total"] / v["lines"] for k, v in part.items()}
    spread = whole["line"][first] / whole["lines"][first]
    variance = sum(spread / v["lines"] + month / v["one"] for v in part.values())
    size, error = means["after"] - means["before"], np.sqrt(variance)
    z: pd.Series = size / error
    # Prices scatter more widely than normal ones: the middle of all series says by how much.
    middle: pd.Series = z.groupby(code[first]).median()
    wide = max(1.0, float(MAD_TO_SD * middle.abs().median())) if len(middle) >= _SERIES else 1.0
    return pd.DataFrame(
        {
            "code": code[first],
            "since": months["month"].to_numpy()[first],
            "size": size,
            "error": error * wide,
            "z": z / wide,
            "before": part["before"]["lines"],
            "after": part["after"]["lines"],
            "mean_after": part["after"]["declared"] / part["after"]["lines"],
            "splits": whole["one"][first] - 1,
        }
    ).reset_index(drop=True)


def _of_months(code: np.ndarray, mean: np.ndarray, sampling: np.ndarray) -> float:
    """Variance (log) of a series' ordinary months beyond its lines' own, from successive differences."""
    same = code[1:] == code[:-1]
    step = np.diff(mean)[same]
    if not len(step):
        return 0.0
    own = (sampling[1:] + sampling[:-1])[same]
    return max(float((MAD_TO_SD * np.median(np.abs(step))) ** 2 - np.median(own)) / 2, 0.0)
