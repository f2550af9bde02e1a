"""Receipts as they were published: a reading adds what is new or revised, with its date, and changes nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.tax_forecast.inputs.receipts import as_frame

KEYS = ["unique_id", "tax_item", "district", "ds"]
KEPT = [*KEYS, "y", "unit", "months_covered", "vintage"]


def keep_receipts(receipts: Any, path: Path, on: dt.date | None = None) -> pd.DataFrame:
    """Add to a file of vintages the figures that are new, or differ from the newest ones kept.

    Parameters
    ----------
    receipts : Table, Ibis table or DataFrame
        As for `forecast_year`; rows that carry a vintage of their own keep it.
    path : Path
        The file; it is a table of receipts with a column vintage, and can be forecast from as it stands.
    on : date, optional
        Day of publication of what is new; today by default.

    Returns
    -------
    DataFrame with columns unique_id, tax_item, district, ds, y, unit, months_covered, vintage: all vintages, oldest
    first. Rows kept before are never changed.
    """
    now = as_frame(receipts).copy()
    for name, blank in (("unique_id", ""), ("tax_item", ""), ("district", ""), ("unit", ""), ("months_covered", 1)):
        now[name] = now[name].fillna(blank) if name in now else blank
    now["ds"] = pd.to_datetime(now["ds"])
    today = pd.Timestamp(on or dt.date.today())
    now["vintage"] = pd.to_datetime(now["vintage"]).fillna(today) if "vintage" in now else today
    now = now[now["y"].notna()][KEPT]
    old = _read(path) if path.exists() else now.iloc[:0]
    newest = old.sort_values("vintage", kind="stable").drop_duplicates(KEYS, keep="last")
    both = now.merge(newest[[*KEYS, "y"]], on=KEYS, how="left", suffixes=("", "_kept"))
    fresh = now[(both["y"] != both["y_kept"]).to_numpy()]
    known = pd.MultiIndex.from_frame(old[[*KEYS, "vintage"]])
    fresh = fresh[~pd.MultiIndex.from_frame(fresh[[*KEYS, "vintage"]]).isin(known)]
    table = pd.concat([f for f in (old, fresh) if len(f)] or [now], ignore_index=True)
    table = table.sort_values(["vintage", *KEYS], kind="stable", ignore_index=True)
    if len(fresh):
        path.parent.mkdir(parents=True, exist_ok=True)
        written = path.with_suffix(".tmp")
        table.to_csv(written, index=False, encoding="utf-8", lineterminator="\n", date_format="%Y-%m-%d")
        written.replace(path)
    return table


def _read(path: Path) -> pd.DataFrame:
    texts = {"unique_id": str, "tax_item": str, "district": str, "unit": str}
    table = pd.read_csv(path, dtype=texts, parse_dates=["ds", "vintage"])
    return table.fillna(dict.fromkeys(texts, ""))[KEPT]
