"""Duty, consumption tax and import VAT of lines, and how they are scaled to the published receipts."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from analytics.simulation.lines.lines import Lines
from analytics.simulation.world.published import published
from analytics.simulation.world.tariff import Tariff
from analytics.simulation.world.world import World

ITEMS = ("duty", "import VAT", "import consumption tax")
_SERIES = "china_customs_revenue_monthly.csv"


class Taxes(NamedTuple):
    """Taxes of lines in CNY."""

    duty: np.ndarray
    vat: np.ndarray
    excise: np.ndarray

    def total(self) -> np.ndarray:
        """Sum, rounded to the fen as a tax bill is."""
        return np.round(self.duty + self.vat + self.excise, 2)


def taxes(goods: Tariff, product: np.ndarray, rate: np.ndarray, value: np.ndarray, taxed: np.ndarray) -> Taxes:
    """Taxes due: duty on the value; consumption tax on the price that contains it; VAT on all of it."""
    duty = np.where(taxed, value * rate, 0.0)
    share = goods.excise[product]
    excise = np.where(taxed, (value + duty) * share / (1 - share), 0.0)
    vat = np.where(taxed, (value + duty + excise) * goods.vat[product], 0.0)
    return Taxes(duty, vat, excise)


def of_lines(world: World, rows: Lines) -> Taxes:
    """Taxes on the figures that lines show now."""
    return taxes(world.goods, rows.product, rows.rate, rows.value, rows.taxed)


def receipts(world: World, collected: np.ndarray) -> pd.DataFrame:
    """Monthly receipts by district and tax item, scaled so that the national total is the published one.

    Parameters
    ----------
    world : World
    collected : array (month, district, item) of taxes on the simulated lines, CNY.

    Returns
    -------
    DataFrame with unique_id, ds, y (CNY 100 million), unit, currency, tax_item, district, months_covered.
    January and February are one period, as published. Duty follows the published duty; VAT and consumption
    tax together follow their published sum. A month of which the span covers only a part takes that part of
    the published figure. Months without a published figure take the median scale of the others; where there
    is none, the simulated taxes stand as they are.
    """
    months = world.days.months
    joint = np.where(months.astype(np.int64) % 12 == 0, months + 1, months)
    period, start = np.unique(joint, return_index=True)
    simulated = np.add.reduceat(collected, start, axis=0) / 1e8
    known, scale = _scales(world, period, joint, simulated.sum(axis=1))
    usual = np.median(scale[known], axis=0) if known.any() else np.ones(2)
    scale = np.where(known[:, None], scale, usual)[:, [0, 1, 1]]
    y = simulated * scale[:, None, :]
    districts, items = world.places.districts, np.array(ITEMS)
    shape = y.shape
    of_district = np.broadcast_to(districts[None, :, None], shape).ravel()
    of_item = np.broadcast_to(items[None, None, :], shape).ravel()
    covered = np.bincount(np.searchsorted(period, joint), minlength=len(period))
    frame = pd.DataFrame(
        {
            "unique_id": pd.Series(of_district, dtype="str") + "/" + pd.Series(of_item, dtype="str"),
            "ds": np.broadcast_to(period[:, None, None], shape).ravel().astype("datetime64[us]"),
            "y": y.ravel(),
            "unit": "CNY 100 million",
            "currency": "CNY",
            "tax_item": pd.Series(of_item, dtype="str"),
            "district": pd.Series(of_district, dtype="str"),
            "months_covered": np.broadcast_to(covered[:, None, None], shape).ravel(),
        }
    )
    return frame.sort_values(["unique_id", "ds"], kind="stable", ignore_index=True)


def _scales(
    world: World, period: np.ndarray, joint: np.ndarray, simulated: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Published over simulated taxes, for duty and for VAT with consumption tax."""
    series = {row["period"]: row for row in published(_SERIES)}
    wanted = np.full((len(period), 2), np.nan)
    month_of_day = world.days.days.astype("datetime64[M]")
    joint_of_day = np.where(month_of_day.astype(np.int64) % 12 == 0, month_of_day + 1, month_of_day)
    for i, month in enumerate(period):
        row = series.get(str(month))
        if row is None:
            continue
        begin = month - (1 if row["months_covered"] == "2" else 0)
        days = (month + 1).astype("datetime64[D]") - begin.astype("datetime64[D]")
        whole = int(days.astype(np.int64))
        part = np.count_nonzero(joint_of_day == month) / whole
        wanted[i] = np.array([float(row["duty"]), float(row["import_vat_and_consumption_tax"])]) * part
    have = np.stack([simulated[:, 0], simulated[:, 1] + simulated[:, 2]], axis=1)
    known = np.isfinite(wanted).all(axis=1) & (have > 0).all(axis=1)
    return known, np.divide(wanted, have, out=np.ones_like(have), where=known[:, None])
