"""What is new or has changed in a line, against the earlier trade of its enterprise, seller and declarant."""

from __future__ import annotations

import numpy as np

from analytics.smuggling.features.running import Lines, State


def novelty(past: dict[str, State], lines: Lines) -> dict[str, np.ndarray]:
    """Age, gaps, first code, origin or partner, switch to a lower duty, other price.

    Parameters
    ----------
    past : by kind of key, the state of each line's key on the day before (see `history`)
    lines : day, duty_rate and unit_gap of every line, in the same order

    Notes
    -----
    Shares compare a narrow key with the wider one that holds it: the share of a heading's earlier lines that stood
    under this very code, or came from this very origin. A code or origin that an enterprise has seldom used for the
    same goods is a change of declaration rather than of trade.
    """
    own, goods, seller = past["enterprise"], past["enterprise_hs4"], past["seller"]
    day, duty, gap = (np.asarray(lines[c], dtype=float) for c in ("day", "duty_rate", "unit_gap"))
    since = np.nan_to_num(day - own["first_day"])
    return {
        "enterprise_age": np.log1p(since),
        "enterprise_gap": np.log1p(day - own["last_day"]),
        "enterprise_pace": own["lines"] / np.maximum(since, 7.0),
        "new_code": _never(goods),
        "new_origin": _never(past["enterprise_origin"]),
        "new_declarant": _never(past["enterprise_declarant"]),
        "new_seller": _never(past["enterprise_seller"]),
        "code_share": _share(goods, own),
        "code_in_heading": _share(past["enterprise_code"], goods),
        "origin_in_heading": _share(past["enterprise_hs4_origin"], goods),
        "seller_origin_share": _share(past["seller_origin"], seller),
        "declarant_client_share": _share(own, past["declarant"]),
        "duty_change": duty - _mean(own, "duty"),
        "duty_change_heading": duty - _mean(goods, "duty"),
        "duty_change_seller": duty - _mean(seller, "duty"),
        "price_change": gap - _mean(goods, "unit_gap", "priced"),
    }


def _never(past: State) -> np.ndarray:
    return (past["lines"] == 0).astype(float)


def _share(part: State, whole: State) -> np.ndarray:
    lines = whole["lines"]
    return part["lines"] / np.where(lines > 0, lines, np.nan)


def _mean(past: State, column: str, count: str = "lines") -> np.ndarray:
    lines = past[count]
    return past[column] / np.where(lines > 0, lines, np.nan)
