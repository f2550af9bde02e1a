"""Lines of others in the order of the law: identical before similar in time and origin, of these the lowest first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.valuation.evidence.comparables import NONE, RUNGS, dated
from analytics.valuation.evidence.fair import UNMOVED


def ordered(asked: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Lines of others by nearness, then price; each at the nearest rung on which it meets any of the lines asked.

    Lines that alignment moved (their enterprise, group or practice stands apart itself) come last.
    """
    columns = ["who", "rung", "month", "months_apart", "other_district", "origin", "quantity_ratio", "unit_value",
               "in_doubt"]  # fmt: skip
    if others.empty:
        return pd.DataFrame(columns=columns)
    asked, others = _dated(asked), _dated(others)
    others = others.assign(rung=NONE)
    for name, keys in RUNGS.items():
        meets = (
            others[list(keys)].merge(asked[list(keys)].drop_duplicates(), how="left", indicator=True)["_merge"]
            == "both"
        )
        others.loc[(others["rung"] == NONE) & meets.to_numpy(), "rung"] = name
    near = others[others["rung"] != NONE]
    when = np.sort(asked["number"].unique())
    apart = np.abs(near["number"].to_numpy()[:, None] - when[None, :]).min(axis=1) if len(near) else np.empty(0)
    letters = pd.factorize(near["enterprise"], sort=True)[0]
    near = near.assign(
        who=[_letter(int(k)) if name else "" for k, name in zip(letters, near["enterprise"], strict=True)],
        months_apart=apart,
        other_district=~near["district"].isin(asked["district"].unique()),
        quantity_ratio=near["quantity"] / float(asked["quantity"].median()),
        unit_value=np.exp(near["log_price"]),
        in_doubt=near["shift"].abs() > UNMOVED,
        order=near["rung"].map({name: k for k, name in enumerate(RUNGS)}),
    )
    return near.sort_values(["in_doubt", "order", "unit_value", "who", "month"], ignore_index=True)[columns]


def _letter(number: int) -> str:
    """A, B, ..., Z, AA, AB, ..."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def _dated(lines: pd.DataFrame) -> pd.DataFrame:
    found = dated(lines)
    return found.assign(number=found["month"].dt.year * 12 + found["month"].dt.month)
