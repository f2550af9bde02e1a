# ruff: noqa: PD003, PD004 (Ibis has no other name for it)
"""Indicators of declarations: screening, selection, release, quality of data, compliance of enterprises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis
import pandas as pd

from analytics.language import Text
from analytics.scorecard.measure import Measure, census, process
from analytics.tables import as_ibis
from analytics.tables.contract.movements import by_sea
from analytics.tables.engine import connection as engine

Found = Iterator[tuple[str, str, Measure | None]]  # indicator, district, measure
ALL = "all"
_WANTED = (
    "declaration_id", "date", "district", "direction", "transport_mode", "enterprise_id", "value", "accepted_at",
    "released_at", "inspected", "finding", "lane", "version",
)  # fmt: skip
_AMENDED = 0.02  # share of lines of later versions, above which a release rate is not met
_RELEASES = {
    ("import", True): "import_sea_same_day_release", ("import", False): "import_other_same_day_release",
    ("export", True): "export_sea_same_day_release", ("export", False): "export_other_same_day_release",
}  # fmt: skip


def by_declaration(declarations: Any) -> pd.DataFrame:
    """Counts by year, district, direction and mode, made inside the engine.

    Returns
    -------
    DataFrame with year, district, direction, sea (missing where the source does not say), declarations, screened,
    asked (whether inspected is known), inspected, executed, found, timed, same_day, open, released, last_accepted,
    last_released, lines, revised, value
    """
    t = as_ibis(declarations, list(_WANTED))
    have = set(t.columns)
    if "district" not in have:
        t = t.mutate(district=ibis.literal(ALL))
    if "direction" not in have:
        t = t.mutate(direction=ibis.null("string"))  # neither imports nor exports: nobody said
    sea = by_sea(t.transport_mode).any() if "transport_mode" in have else ibis.null("boolean")
    kept = {
        "year": t.date.min().year(), "district": t.district.min(), "direction": t.direction.min(),
        "sea": sea, "lines": t.count(), "value": t["value"].sum() if "value" in have else ibis.literal(0.0),
        "screened": t.lane.notnull().any() if "lane" in have else ibis.null("boolean"),
        "inspected": t.inspected.any() if "inspected" in have else ibis.null("boolean"),
        "known": t.finding.notnull().any() if "finding" in have else ibis.null("boolean"),
        "found": t.finding.fill_null(False).any() if "finding" in have else ibis.null("boolean"),
        "revised": (t.version > 1).cast("int64").sum() if "version" in have else ibis.null("int64"),
    }  # fmt: skip
    if {"accepted_at", "released_at"} <= have:
        kept["accepted"] = t.accepted_at.min()
        kept["released"] = t.released_at.max()
        kept["open"] = t.released_at.isnull().any()
    one = t.group_by("declaration_id").aggregate(**kept)
    released = _releases(one) if "accepted" in one.columns else {}

    def count(flag: Any) -> Any:
        return flag.cast("int64").sum()

    both = (one.inspected & one.known).fill_null(False)
    sums = {
        "declarations": one.count(), "lines": one.lines.sum(), "value": one["value"].sum(),
        "screened": count(one.screened), "asked": count(one.inspected.notnull()), "inspected": count(one.inspected),
        "executed": count(both),
        "found": count(both & one.found), "revised": one.revised.sum(),
        **{name: released.get(name, ibis.null("int64")) for name in ("timed", "same_day", "open", "released")},
    }  # fmt: skip
    days = {name: released.get(name, ibis.null("timestamp")) for name in ("last_accepted", "last_released")}
    # A sum of integers is wider than pandas knows: all as floats.
    cells = one.group_by(["year", "district", "direction", "sea"])
    return engine.fetch(cells.aggregate(**{name: column.cast("float64") for name, column in sums.items()}, **days))


def _releases(one: Any) -> dict[str, Any]:
    """Of declarations whose times can be right: how many, released on the day, open, released at all; last days."""
    day = one.accepted.date() == one.released.date()
    whole = day & (one.released == one.released.truncate("D"))  # a day without hours, no moment before acceptance
    known = (one.accepted.notnull() & (~(one.released < one.accepted) | whole).fill_null(True)).fill_null(False)
    counted = {"timed": known, "same_day": known & ~one.open & day, "open": known & one.open,
               "released": known & one.released.notnull()}  # fmt: skip
    found = {name: flag.fill_null(False).cast("int64").sum() for name, flag in counted.items()}
    last = {f"last_{name}": one[name].max(where=known).cast("timestamp") for name in ("accepted", "released")}
    return found | last


def from_counts(counts: pd.DataFrame, year: int) -> Found:
    """Indicators of a year, for all districts together and for each."""
    ours = counts[counts["year"] == year]
    groups = [(ALL, ours), *((str(d), part) for d, part in ours.groupby("district") if str(d) != ALL)]
    for district, part in groups:
        total = part.sum(numeric_only=True)
        n = float(total.get("declarations", 0))
        if part["screened"].notna().any():
            yield "auto_screening_rate", district, census(float(total["screened"]), n, year)
        if part["inspected"].notna().any():
            chosen, asked, executed = (float(total[name]) for name in ("inspected", "asked", "executed"))
            yield "risk_control_rate", district, process(chosen, asked, year, n - asked)
            found = process(float(total["found"]), executed, year, chosen - executed)
            yield "risk_control_effectiveness", district, findings_alone(found)
        if part["revised"].notna().any():
            yield "trade_stat_revision_share", district, _revised(ours, total, year)
        if part["released"].gt(0).any():
            for (direction, sea), indicator in _RELEASES.items():
                yield indicator, district, _released(part, direction, sea, year)


def findings_alone(measure: Measure | None) -> Measure | None:
    """A rate of findings, which is not met where every case has one: the clean ones were then not written down."""
    if measure is None or measure.value < 100:
        return measure
    return measure.with_note("every case has a finding, so cases without one may not be in the file",
                             "每件均有查获，文件可能未含无查获的案件", ceiling="watch")  # fmt: skip


def _released(part: pd.DataFrame, direction: str, sea: bool, year: int) -> Measure | None:
    """Release on the day; declarations without time, direction or mode may have been either."""
    way, mode = part["direction"], part["sea"].astype("boolean")
    ours = way.eq(direction) & mode.eq(sea).fillna(False)
    perhaps = (way.isna() | way.eq(direction)) & (mode.isna() | mode.eq(sea).fillna(False)) & ~ours
    rows = part[ours]
    timed = float(rows["timed"].sum())
    untimed = float(rows["declarations"].sum()) - timed + float(part.loc[perhaps, "declarations"].sum())
    made = process(float(rows["same_day"].sum()), timed, year, untimed)
    if made is not None and rows["revised"].sum() > _AMENDED * rows["lines"].sum():
        made = made.with_note("lines are read in later versions, whose acceptance may be that of the amendment",
                              "含修改后版本，其接受申报时间可能取自修改之时", ceiling="watch")  # fmt: skip
    last_accepted, last_released = part["last_accepted"].max(), part["last_released"].max()
    if made is None or part["open"].sum() or last_released.normalize() > last_accepted.normalize():
        return made
    return made.with_note(
        "nothing is open and nothing was released after the last day of acceptance: if the file was drawn by release, "
        "slow declarations are missing",
        "无未放行报关单，且最后接受申报日之后无放行记录：如按放行情况提取，则缺少放行慢的报关单",
        ceiling="watch",
    )


def _revised(every: pd.DataFrame, total: pd.Series, year: int) -> Measure | None:
    """Lines declared anew; where no line of the year has a later version, nobody can tell whether such are kept."""
    made = census(float(total["revised"]), float(total["lines"]), year)
    if made is None or every["revised"].sum():
        return made
    return made.with_note("no line has a later version, so revisions may not be in the file",
                          "无任何修改版本，文件可能未含修改记录", ceiling="watch")  # fmt: skip


def months_seen(declarations: Any) -> dict[int, int]:
    """Months of each year in which there are declarations."""
    t = as_ibis(declarations, ["date"])
    pairs = engine.fetch(t.select(year=t.date.year(), month=t.date.month()).distinct())
    return {int(year): int((pairs["year"] == year).sum()) for year in pairs["year"].unique()}


def data_accuracy(declarations: Any, year: int) -> Found:
    """Rows that pass every check of format and range: an upper bound of the accuracy of data."""
    account = getattr(declarations, "accounting", None)
    if account is None:
        return
    wrong = account.rows_faulty
    note = Text(
        "rows of the whole file that pass every check of format and range; whether the figures are true needs an audit "
        "sample",
        "整个文件中通过格式与取值检查的行；数据是否属实需抽样核查",
    )
    yield (
        "operational_data_accuracy", ALL,
        census(account.rows_read - wrong, account.rows_read, year, ceiling="watch", note=note),
    )  # fmt: skip


def enterprises(declarations: Any, audits: pd.DataFrame | None, year: int) -> Found:
    """Enterprises without a finding in the year: an upper bound, for few of them were looked at."""
    t = as_ibis(declarations, ["date", "enterprise_id", "finding", "district"])
    if not {"enterprise_id", "finding"} <= set(t.columns):
        return
    t = t.filter(t.date.year() == year)
    firms = engine.fetch(t.group_by("enterprise_id").aggregate(bad=t.finding.fill_null(False).any()))
    bad = set(firms.loc[firms["bad"].fillna(False).astype(bool), "enterprise_id"])
    if audits is not None:
        found = audits["finding"].fillna(False).astype(bool) & (audits["closed_on"].dt.year == year)
        bad |= set(audits.loc[found, "enterprise_id"]) & set(firms["enterprise_id"])
    note = Text(
        "only offences that were found count, and few enterprises were looked at: an upper bound",
        "仅计已查获情形，且受查企业有限，为上限",
    )
    yield (
        "enterprise_compliance_rate", ALL,
        census(len(firms) - len(bad), len(firms), year, ceiling="watch", note=note),
    )  # fmt: skip


def active(declarations: Any, year: int) -> set[str]:
    """Enterprises with business in a year."""
    t = as_ibis(declarations, ["date", "enterprise_id"])
    if "enterprise_id" not in t.columns:
        return set()
    return set(engine.fetch(t.filter(t.date.year() == year).select("enterprise_id").distinct())["enterprise_id"])
