"""Legal classes of enterprises by the order in force on a day, and the facts that the data hold of them.

Classes are given by customs on facts of law; nothing here gives one. The orders say which levels exist and which are
trusted; an entry of another time is told.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Order:
    """An order on classes of enterprises.

    Attributes
    ----------
    since : first day in force
    name : its number
    levels : classes from the most to the least trusted
    trusted : those that are spared as a rule
    source : where it was read; "secondary" where not in the order's own text
    """

    since: str
    name: str
    levels: tuple[str, ...]
    trusted: tuple[str, ...]
    source: str


ORDERS = (
    Order("1999-06-01", "海关总署令第71号", ("A", "B", "C", "D"), ("A",), "repealed by Order 170; letters secondary"),
    Order("2008-04-01", "海关总署令第170号、第197号", ("AA", "A", "B", "C", "D"), ("AA", "A"),
          "Order 197, articles on classes AA to D"),
    Order("2014-12-01", "海关总署令第225号", ("高级认证", "一般认证", "一般信用", "失信"), ("高级认证", "一般认证"),
          "text of the interim measures; number and day secondary"),
    Order("2018-05-01", "海关总署令第237号", ("高级认证", "一般认证", "一般信用", "失信"), ("高级认证", "一般认证"),
          "repealed by Order 251; first day secondary"),
    Order("2021-11-01", "海关总署令第251号", ("高级认证", "其他", "失信"), ("高级认证",), "Order 251"),
    Order("2026-04-01", "海关总署令第282号", ("高级认证", "认证", "常规", "失信", "严重失信"), ("高级认证", "认证"),
          "Order 282 of 13 January 2026; secondary"),
)  # fmt: skip


def order_on(day: pd.Timestamp | str) -> Order:
    """The order in force on a day; the earliest one for days before it."""
    stamp = str(pd.Timestamp(day).date())
    found = [order for order in ORDERS if order.since <= stamp]
    return found[-1] if found else ORDERS[0]


def facts(lines: pd.DataFrame, category: pd.Series, day: pd.Timestamp) -> pd.DataFrame:
    """What the data hold of the facts that classes rest on, by enterprise, over the year before `day`.

    Parameters
    ----------
    lines : DataFrame from `frames.prepare`
    category : class as given, by enterprise_id
    day : on which the class is looked at

    Returns
    -------
    DataFrame by enterprise_id: category, order, known (the class exists under the order in force), trusted,
    declarations, inspected, with_finding (declarations of the year before), recovered. Offences, fines, arrears and
    validation audits, on which the orders rest first, are in no declaration.
    """
    order = order_on(day)
    year = lines[(lines["date"] > day - pd.DateOffset(years=1)) & (lines["date"] <= day)]
    heads = year.groupby(["enterprise_id", "declaration_id"], sort=False).agg(
        inspected=("inspected", "any"), found=("label", "max"), recovered=("recovered", "sum")
    )
    by = heads.groupby("enterprise_id").agg(
        declarations=("inspected", "size"),
        inspected=("inspected", "sum"),
        with_finding=("found", lambda x: int((x == 1).sum())),
        recovered=("recovered", "sum"),
    )
    given = category.reindex(by.index).fillna("")
    return by.assign(
        category=given, order=order.name, known=given.isin(["", *order.levels]), trusted=given.isin(order.trusted)
    )
