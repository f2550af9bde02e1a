"""Features that a line shows by itself: size, tax, weight against quantity, round figures, gaps in the documents."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.smuggling.features.running import Lines


def documents(frame: pd.DataFrame) -> pd.DataFrame:
    """Sizes and consistency of the declared figures.

    Parameters
    ----------
    frame : DataFrame from `frames.prepare`

    Returns
    -------
    DataFrame, float32, one row a line.
    """
    return pd.DataFrame(figures(frame), index=frame.index).astype("float32")


def figures(lines: Lines) -> dict[str, np.ndarray]:
    """The same as arrays, of a DataFrame or of columns by name."""
    value, quantity, net, gross, rate, tax, day = (
        np.asarray(lines[c], dtype=float)
        for c in ("value", "quantity", "net_mass_kg", "gross_mass_kg", "duty_rate", "tax", "day")
    )
    scanned, relative = (np.asarray(lines[c], dtype=float) for c in ("scanned_weight_kg", "price_gap"))
    missing = [pd.isna(np.asarray(lines[c])) for c in ("quantity", "net_mass_kg", "declarant_id", "seller_id")]
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "log_value": np.log1p(np.maximum(value, 0)),
            "log_quantity": np.log1p(np.maximum(quantity, 0)),
            "log_net_mass": np.log1p(np.maximum(net, 0)),
            "log_tax": np.log1p(np.maximum(tax, 0)),
            "duty_rate": rate,
            "tax_to_value": np.where(value > 0, tax / value, np.nan),
            "gross_below_net": np.where(np.isnan(gross) | np.isnan(net), np.nan, gross < net),
            "round_value": _roundness(value),
            "round_mass": _roundness(net),
            "scanned_to_gross": np.where((scanned > 0) & (gross > 0), np.log(scanned / gross), np.nan),
            "price_gap": np.log(np.where(relative > 0, relative, np.nan)),
            "missing_fields": sum(m.astype(float) for m in missing),
            "weekday": np.mod(day + 5, 7),  # 1 January 2000 was a Saturday
        }


def _roundness(x: np.ndarray) -> np.ndarray:
    """How round a figure is: 0 with decimals, 1 whole, 2 tens, 3 hundreds."""
    steps = sum((np.mod(x, step) == 0).astype(float) for step in (1, 10, 100))
    return np.where(np.isnan(x) | (x == 0), np.nan, steps)
