"""Processing trade: material balance, declared consumption against peers, and what is overdue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analytics.statistics import MAD_TO_SD

BALANCE = 0.05
"""Share by which inputs used may differ from what outputs explain before verification is suggested."""

APART = 3.0  # robust standard deviations from the peers
_TAIL = float(stats.norm.cdf(APART))
LEAST_PEERS = 5


@dataclass(frozen=True)
class Handbooks:
    """Handbooks with balance, consumption against peers, and state of write-off.

    Attributes
    ----------
    rows : the table with used, explained, balance (used / explained), peers, against_peers (ratio to the
        peers' median), deviation (robust standard deviations), state (on_time, late, overdue, not_due), leads
        (codes of reasons, "" for none)
    end : last day that the data know of
    """

    rows: pd.DataFrame
    end: pd.Timestamp

    @property
    def due(self) -> pd.DataFrame:
        """Handbooks whose (extended) date has come: the denominator, overdue ones included."""
        return self.rows[self.rows["state"] != "not_due"]

    @property
    def leads(self) -> pd.DataFrame:
        """Handbooks for which verification is suggested, the most material first."""
        return self.rows[self.rows["leads"] != ""].sort_values("excess_kg", ascending=False, ignore_index=True)


def balances(handbooks: Any, end: pd.Timestamp | None = None) -> Handbooks:
    """Balance handbooks and compare their declared consumption.

    Parameters
    ----------
    handbooks : Table or DataFrame `handbooks`
    end : last day known; by default the last write-off or opening

    Notes
    -----
    Used = inputs - stock. Explained = output x unit consumption / (1 - waste). Peers: other enterprises with the
    same code of the main output, else the same six digits; the median of one value an enterprise, its own left out. A
    declared consumption far above the peers may hide inputs that went elsewhere; it is a reason to ask.
    """
    rows = (handbooks if isinstance(handbooks, pd.DataFrame) else handbooks.to_pandas()).copy()
    last = end or pd.Timestamp(rows[["written_off_on", "opened_on"]].max().max())
    used = rows["input_quantity"] - rows["stock_quantity"]
    waste = rows["waste_share"].fillna(0.0).clip(upper=0.99)
    explained = rows["output_quantity"] * rows["unit_consumption"] / (1 - waste)
    rows["used"], rows["explained"] = used, explained
    rows["balance"] = (used / explained).where(explained > 0)
    rows = rows.join(_against_peers(rows))
    limit = rows["due_on"]
    if "extended_to" in rows.columns:
        limit = rows["extended_to"].fillna(limit)
    done = rows["written_off_on"]
    rows["state"] = np.select(
        [done <= limit, done.notna(), limit <= last], ["on_time", "late", "overdue"], default="not_due"
    )
    usual = rows["output_quantity"] * (rows["unit_consumption"] / rows["against_peers"]) / (1 - waste)
    far = rows["deviation"] > APART
    rows["excess_kg"] = np.where(far, (explained - usual).clip(lower=0), 0.0) + (used - explained).abs().fillna(0)
    leads = pd.DataFrame({
        "balance": (rows["balance"] - 1).abs() > BALANCE, "consumption": far, "overdue": rows["state"] == "overdue",
    })  # fmt: skip
    rows["leads"] = [" ".join(name for name in leads.columns if row[name]) for row in leads.to_dict("records")]
    return Handbooks(rows.reset_index(drop=True), last)


def _against_peers(rows: pd.DataFrame) -> pd.DataFrame:
    """Ratio of the declared consumption to the median of other enterprises with the same goods."""
    log = np.log(rows["unit_consumption"].where(rows["unit_consumption"] > 0))
    made = pd.DataFrame({"peers": 0, "against_peers": np.nan, "deviation": np.nan}, index=rows.index)
    spread = _usual(log, rows)
    for digits in (6, 13):  # the finer group overwrites the coarser one
        group = rows["hs_code"].astype(str).str[:digits]
        for at in rows.groupby(group).groups.values():
            firms = log.loc[at].groupby(rows.loc[at, "enterprise_id"]).median().dropna()
            if len(firms) <= LEAST_PEERS:
                continue
            for firm, mine in rows.loc[at].groupby("enterprise_id").groups.items():
                others = firms.drop(firm, errors="ignore")
                centre = float(others.median())
                n = len(others)
                own = max(MAD_TO_SD * float((others - centre).abs().median()), spread) * np.sqrt(1 + np.pi / 2 / n)
                # Few peers tell their own spread badly: three deviations mean the same tail as among many.
                own *= stats.t.ppf(_TAIL, n - 1) / APART
                difference = log.loc[mine] - centre
                made.loc[mine, "peers"] = len(others)
                made.loc[mine, "against_peers"] = np.exp(difference)
                made.loc[mine, "deviation"] = difference / own
    return made


def _usual(log: pd.Series, rows: pd.DataFrame) -> float:
    """Usual spread among enterprises with the same goods: no deviation is judged by less."""
    firms = log.groupby([rows["hs_code"].astype(str).str[:6], rows["enterprise_id"]]).median().dropna()
    several = firms.groupby(level=0).transform("size") > 1
    away = (firms - firms.groupby(level=0).transform("median"))[several]
    return max(MAD_TO_SD * float(away.abs().median()), 0.02) if len(away) else 0.02
