"""Tax over tax at reference prices, by group, and how much of the value is compared on which rung of the ladder."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.statistics import MAD_TO_SD
from analytics.valuation.comparison.keys import GOODS, LEAST_LINES
from analytics.valuation.comparison.references import BASE, RUNGS

# Comparisons of like with like; a heading's average is shown, never used for a level.
MATCHED = (*RUNGS[:3], RUNGS[4], BASE)
_BOUND = 0.3  # log distance from the middle that a price of others counts at most (Huber)


def ratios(compared: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """Tax-weighted levels against the national average and leave-one-out, with their coverage."""
    matched = compared["rung"].isin(MATCHED)
    frame = compared.assign(
        base_included=compared["tax_weight"] * compared["reference_included"] / compared["price"],
        base=compared["base"].where(matched),
        matched_tax=compared["tax_weight"].where(matched, 0.0),
        matched_value=compared["value"].where(matched, 0.0),
        matched_lines=compared["lines"].where(matched, 0),
        square=compared["value"] ** 2 / compared["lines"],
    )
    columns = [
        "lines", "value", "tax_weight", "base_included", "base", "matched_tax", "matched_value", "matched_lines",
        "square",
    ]  # fmt: skip
    sums = frame.groupby(list(by), sort=True, observed=True)[columns].sum().reset_index()
    span = frame["month"].min().strftime("%Y-%m") + "/" + frame["month"].max().strftime("%Y-%m")
    return sums.assign(
        span=span,
        level_included=sums["tax_weight"] / sums["base_included"],
        level_loo=(sums["matched_tax"] / sums["base"]).where(sums["base"] > 0),
        matched_value_share=sums["matched_value"] / sums["value"],
        effective_n=sums["value"] ** 2 / sums["square"],
    ).drop(columns=["base_included", "square"])


def common_months(compared: pd.DataFrame, by: tuple[str, ...], contrast: list[str]) -> pd.DataFrame:
    """Share of each group's lines in goods and months in which another group declares, too: `by`, `common_months`."""
    cell = [c for c in (*GOODS, "month") if c not in contrast and c in compared]
    groups = compared.groupby(cell, observed=True)
    other = np.zeros(len(compared), dtype=bool)
    for column in contrast:
        other |= (groups[column].transform("min") != groups[column].transform("max")).to_numpy()
    frame = compared[list(by)].assign(lines=compared["lines"], common=compared["lines"].where(other, 0))
    sums = frame.groupby(list(by), observed=True)[["lines", "common"]].sum().reset_index()
    return sums[list(by)].assign(common_months=sums["common"] / sums["lines"])


def unlike(compared: pd.DataFrame, by: tuple[str, ...], contrast: list[str]) -> pd.DataFrame:
    """What lines that nobody else declares alike would add to each level, held against the same goods in all else.

    Parameters
    ----------
    compared : DataFrame, one row a cell, group and enterprise with its reference
    by, contrast : columns of the breakdown, and those whose values are compared with each other

    Returns
    -------
    DataFrame: `by`, `unlike` (log; 0 where all lines compare, or nobody declares the goods in any other way)

    Notes
    -----
    Who relabels an origin, or a specification, leaves every comparison. Code and unit still compare; whether a gap
    there is one of price or of origin cannot be told, so that it accuses nobody: it says what was not seen. Prices of
    the same year where others declare then; of the others none counts as farther than 0.3 (log) from the middle.
    """
    alike = [c for c in GOODS[:2] if c not in contrast]
    log = np.log(compared["price"])
    frame = compared[list(dict.fromkeys([*alike, *contrast, *by]))].assign(
        year=compared["month"].dt.year, lines=compared["lines"].astype(float), value=compared["value"]
    )
    of_year, of_all = (_of_others(frame, log, keys, contrast) for keys in ([*alike, "year"], alike))
    off = (log - of_year.fillna(of_all)).where(~compared["rung"].isin(MATCHED)).fillna(0.0)
    sums = frame.assign(due=frame["value"] * np.exp(-off)).groupby(list(by), observed=True)[["value", "due"]].sum()
    return (sums["value"] / sums["due"]).transform(np.log).rename("unlike").reset_index()


def _of_others(frame: pd.DataFrame, log: pd.Series, keys: list[str], contrast: list[str]) -> pd.Series:
    """Mean log price of the others' lines of the same keys, far ones bounded; missing where these are too few."""
    middle = log.groupby([frame[c] for c in keys], observed=True).transform("median")
    bounded = frame.assign(log=frame["lines"] * (middle + (log - middle).clip(-_BOUND, _BOUND)))
    total = bounded.groupby(keys, observed=True)[["lines", "log"]].transform("sum")
    others = total - bounded.groupby([*keys, *contrast], observed=True)[["lines", "log"]].transform("sum")
    return others["log"] / others["lines"].where(others["lines"] >= LEAST_LINES)


def ladder(compared: pd.DataFrame) -> pd.DataFrame:
    """Lines and value by the rung of the reference ladder that they were compared on."""
    sums = compared.groupby("rung", observed=True)[["lines", "value"]].sum()
    order = [r for r in (*RUNGS[:5], BASE, RUNGS[5]) if r in sums.index or r in RUNGS[:2]]
    sums = sums.reindex(order, fill_value=0)
    return sums.assign(value_share=sums["value"] / sums["value"].sum()).reset_index()


def against_reference(sums: pd.DataFrame, compared: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """Levels against external prices, with the spread of the ratios as error: nothing inside the table compares."""
    matched = compared[compared["rung"].isin(MATCHED) & (compared["base"] > 0)]
    off = (matched["price"] / matched["reference"]).transform(np.log)
    frame = matched[list(by)].assign(off=off, weight=matched["base"], square=matched["base"] ** 2)
    group = frame.groupby(list(by), observed=True)
    spread = (
        MAD_TO_SD * (frame["off"] - group["off"].transform("median")).abs().groupby([frame[c] for c in by]).median()
    )
    error = spread * np.sqrt(group["square"].sum()) / group["weight"].sum()
    error = error.rename("error").reset_index().rename(columns=dict(enumerate(by)))
    sums = sums.drop(columns=["error", "log_level", "sampling"]).merge(error, on=list(by), how="left")
    return sums.assign(log_level=np.log(sums["level_loo"]), sampling=sums["error"])
