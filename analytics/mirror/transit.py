"""Goods that another country passes on: the hub reports more than was sent to it, others less than was sent to them."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

HUB_RATIO: Final = 2.0
"""A hub imports at least so many times what the exporter says it sent there."""

_OFFSET = 0.3
_DEFICIT = 0.8
_LEAST_ROUTES = 3
_HABIT = 1 / 3


def through_hubs(cells: pd.DataFrame, *, cif: float = 1.0, least_value: float = 0.0) -> pd.DataFrame:
    """Name the hub through which each cell's goods pass.

    Parameters
    ----------
    cells : importer, exporter, good, imports, exports (missing where a side reported nothing)
    cif : usual ratio of imports to exports
    least_value : smallest excess that makes a hub, in the currency of the flows

    Returns
    -------
    DataFrame aligned to `cells`: `hub` (importer that passes the good on, "" where none), `is_hub`. An importer is a
    hub for an exporter's good if it reports at least twice what was sent to it and either the other importers together
    miss at least .3 of the excess, or the hub itself exports at least .3 of it to them. Importers that report less than
    .8 of what was sent to them are then served through the hub with the largest excess.
    """
    imports = cells["imports"].fillna(0).to_numpy(float)
    sent = cif * cells["exports"].fillna(0).to_numpy(float)
    excess = imports - sent
    route = [cells["exporter"], cells["good"]]
    missing = pd.Series(np.maximum(-excess, 0)).groupby(route, observed=True).transform("sum").to_numpy()
    onward = _onward(cells)
    big = (excess > np.maximum(least_value, 0)) & (imports >= HUB_RATIO * sent) & (imports > 0)
    offset = (missing >= _OFFSET * excess) | (onward >= _OFFSET * excess)
    is_hub = big & offset
    ranked = pd.DataFrame({"route": list(zip(*route, strict=True)), "importer": cells["importer"].astype(str)})
    ranked["excess"] = np.where(is_hub, excess, -1.0)
    first = ranked[is_hub].sort_values("excess", ascending=False, kind="stable").drop_duplicates("route")
    hub = ranked["route"].map(dict(zip(first["route"], first["importer"], strict=True))).astype(object).fillna("")
    served = (imports < _DEFICIT * sent) & ~is_hub
    return pd.DataFrame({"hub": np.where(is_hub | served, hub, ""), "is_hub": is_hub}, index=cells.index)


def _onward(cells: pd.DataFrame) -> np.ndarray:
    """What each importer itself exports of the good, as far as it reports here."""
    sent = cells.groupby(["exporter", "good"], observed=True)["exports"].sum()
    keys = pd.MultiIndex.from_arrays([cells["importer"], cells["good"]])
    return sent.reindex(keys).fillna(0).to_numpy(float)


def habitual_hubs(cells: pd.DataFrame) -> pd.Series:
    """Hub through which an exporter's goods pass as a rule, for each cell; "" where it has none.

    Parameters
    ----------
    cells : importer, exporter, good, hub (as from `through_hubs`)

    Notes
    -----
    An importer is a habitual hub of an exporter if it is the hub of at least three of its goods and of a third of those
    that it imports from there.
    """
    named = cells[cells["hub"] != ""].drop_duplicates(["exporter", "good"])
    count = named.groupby(["exporter", "hub"]).size().rename("routes").reset_index()
    imported = cells[cells["imports"] > 0].groupby(["exporter", "importer"])["good"].nunique().rename("goods")
    count = count.merge(imported, left_on=["exporter", "hub"], right_index=True, how="left")
    habit = count[(count["routes"] >= _LEAST_ROUTES) & (count["routes"] >= _HABIT * count["goods"])]
    first = habit.sort_values("routes", ascending=False, kind="stable").drop_duplicates("exporter")
    by_exporter = dict(zip(first["exporter"], first["hub"], strict=True))
    hub = cells["exporter"].map(by_exporter).astype(object).fillna("")
    return hub.where(hub != cells["importer"], "")
