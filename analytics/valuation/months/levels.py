"""Levels of the nation from sums by month: a new month costs its own rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from filelock import FileLock

from analytics.shown import Shown
from analytics.tables.reading.table import REASON_COLUMNS
from analytics.valuation.alignment.stage import KINDS
from analytics.valuation.comparison.keys import SEPARATOR
from analytics.valuation.comparison.lines import ValuationError
from analytics.valuation.comparison.national import BREAKDOWNS, levels_of
from analytics.valuation.months.month import read_month
from analytics.valuation.months.store import Store, file_sha
from analytics.valuation.months.summands import BACK, of_months


@dataclass(frozen=True, repr=False)
class Months(Shown):
    """Levels of all months kept.

    Attributes
    ----------
    levels : as `NationalLevels.levels`, over all months
    by_month : the same by `month`
    chapters : DataFrame month, district, chapter, matched_tax, base: what the levels of a district are made of
    outliers : DataFrame (month, kind, lines, value): lines set apart, "" for those kept
    account : DataFrame, one row a month: month, file, sha256, rows_read, rows_used, rows_set_aside, state: "read",
        "read again" (another version of its file), "kept" (not read)
    reasons : DataFrame month, reason, reason_zh, code, column, advice, rows: why rows were set aside
    emptied : whether months kept before were of no use (another code, masking key, map or threshold), and left out
    weighted_by, currency : as in `NationalLevels`
    """

    levels: pd.DataFrame
    by_month: pd.DataFrame
    chapters: pd.DataFrame
    outliers: pd.DataFrame
    account: pd.DataFrame
    reasons: pd.DataFrame
    emptied: bool
    weighted_by: str
    currency: str

    @property
    def said(self) -> str:
        """The result in one line."""
        read = int(self.account["state"].ne("kept").sum())
        return f"{len(self.account):,} months, {read:,} read now, {len(self.levels):,} levels, by {self.weighted_by}"

    def summary(self) -> pd.DataFrame:
        """Months with what was read of each."""
        return self.account


def levels_by_month(
    sources: Sequence[Path | str],
    state: Path | str,
    column_map: str | None = None,
    *,
    product_digits: int = 0,
    outlier_threshold: float = 3.5,
    whole: bool = False,
) -> Months:
    """Price levels of nation, chapters, districts and enterprises from a file a month; months kept are not read again.

    The levels are those of `national_levels`, but that a line is a slip by the like goods of its own month alone: what
    a later month holds changes no earlier one. With `outlier_threshold=0` both are the same.

    Parameters
    ----------
    sources : files of a month each: all of them, or the new ones only
        A file known by its sha256 is not read. Another file of a month that is kept takes its place, and the levels of
        the eleven months after it are made anew from the sums.
    state : private folder that the months are kept in; made if it is not there
    column_map, product_digits, outlier_threshold : as in `tables.read` and `national_levels`; others empty the state
    whole : `sources` are all there is: a month kept before that none of them holds is let go

    Raises
    ------
    ValuationError
        A file of several months, two files of one month, a declaration line that another month holds already, or months
        in several currencies.
    """
    paths = [Path(source) for source in sources]
    if missing := [path.name for path in paths if not path.is_file()]:
        raise ValuationError(f"{', '.join(missing)}: no such file. Name the files of the months.")
    folder = Path(state)
    folder.parent.mkdir(parents=True, exist_ok=True)
    mapped = file_sha(Path(column_map)) if column_map and Path(column_map).is_file() else column_map
    asked = {"map": mapped, "product_digits": product_digits, "outlier_threshold": outlier_threshold}
    with FileLock(folder.with_name(f".{folder.name}.lock"), mode=0o600):
        store = Store(folder, asked)
        states = _taken_in(store, paths, column_map, product_digits, outlier_threshold)
        if whole:
            named = {file_sha(path) for path in paths}
            _let_go(store, [m for m, kept in store.months().items() if kept["sha256"] not in named])
        told = store.months()
        if not told:
            raise ValuationError("no month is kept and none was given. Name the files of the months.")
        _one_basis(told)
        parts = of_months(store, list(told))
    return _result(parts, told, states, emptied=store.emptied)


def _taken_in(
    store: Store, paths: Sequence[Path], column_map: str | None, product_digits: int, threshold: float
) -> dict[str, str]:
    """Read the files that are not known; return what became of each month."""
    kept = store.months()
    known = {told["sha256"]: month for month, told in kept.items()}
    states, of = dict.fromkeys(kept, "kept"), dict[str, str]()
    for path in paths:
        sha = file_sha(path)
        month = known.get(sha)
        if month is None:
            new = read_month(path, column_map, product_digits, threshold)
            if file_sha(path) != sha:
                raise ValuationError(f"{path.name}: changed while it was read. Run it again.")
            month = new.month
            _once(store, new.keys, month, path, [m for m in store.months() if m != month])
            states[month] = "read again" if month in kept else "read"
        if month in of:
            raise ValuationError(
                f"{path.name} and {of[month]} both hold {month}. Give a month one file, its latest version."
            )
        of[month] = path.name
        if states[month] != "kept":
            store.add(new, sha, path.name)
            store.forget_levels(_reached(month))
    return states


def _let_go(store: Store, months: Sequence[str]) -> None:
    """Keep some months no longer; levels whose references reached back to them are made anew."""
    for month in months:
        store.forget(month)
        store.forget_levels(_reached(month))


def _once(store: Store, keys: np.ndarray, month: str, path: Path, others: Sequence[str]) -> None:
    """Refuse lines that another month holds: they would count twice."""
    for other in others:
        there = store.keys(other)
        if len(there) and len(keys):
            at = np.minimum(np.searchsorted(there, keys), len(there) - 1)
            if twice := int((there[at] == keys).sum()):
                raise ValuationError(
                    f"{path.name}: {twice:,} of its declaration lines stand in {other} already and would count twice. "
                    f"Give {other} and {month} again as files without them."
                )


def _reached(month: str) -> list[str]:
    """Month, and those whose references may reach back to it."""
    return [str(pd.Period(month, "M") + ahead) for ahead in range(BACK + 1)]


def _one_basis(told: dict[str, dict[str, Any]]) -> None:
    for name, what in (("currency", "currencies"), ("weighted_by", "weights")):
        found = {month: values[name] for month, values in told.items()}
        if len(set(found.values())) > 1:
            listed = ", ".join(f"{month}: {value or 'none'}" for month, value in found.items())
            raise ValuationError(f"months in several {what} do not add up: {listed}. Give all months alike.")


def _result(
    parts: dict[str, pd.DataFrame], told: dict[str, dict[str, Any]], states: dict[str, str], *, emptied: bool
) -> Months:
    every = pd.concat([sums.assign(month=month) for month, sums in parts.items()], ignore_index=True)
    levels, by_month = [], []
    for breakdown in BREAKDOWNS:
        mine = every[every["by"] == SEPARATOR.join(breakdown)]
        levels.append(levels_of(mine, breakdown))
        by_month += [levels_of(m, breakdown).assign(month=month) for month, m in mine.groupby("month", sort=True)]
    of_district = every[every["by"] == SEPARATOR.join(("district", "chapter"))]
    parted = of_district["key"].str.rsplit(SEPARATOR, n=1, expand=True).reindex(columns=[0, 1])
    chapters = of_district.assign(district=parted[0], chapter=parted[1])
    kinds = [
        pd.DataFrame({"month": month, "kind": KINDS, "lines": values["kinds"][0], "value": values["kinds"][1]})
        for month, values in told.items()
    ]
    outliers = pd.concat(kinds, ignore_index=True).astype({"lines": "int64"})
    columns = ("file", "sha256", "rows_read", "rows_used", "rows_set_aside")
    account = pd.DataFrame(
        [{"month": m, **{c: values[c] for c in columns}, "state": states[m]} for m, values in told.items()]
    )
    reasons = [{"month": month, **reason} for month, values in told.items() for reason in values["reasons"]]
    first = next(iter(told.values()))
    return Months(
        levels=pd.concat(levels, ignore_index=True),
        by_month=pd.concat(by_month, ignore_index=True)[["month", *levels[0].columns]],
        chapters=chapters[["month", "district", "chapter", "matched_tax", "base"]].reset_index(drop=True),
        outliers=outliers[outliers["lines"] > 0].reset_index(drop=True),
        account=account,
        reasons=pd.DataFrame(reasons, columns=["month", *REASON_COLUMNS]).astype({"rows": "int64"}),
        emptied=emptied,
        weighted_by=str(first["weighted_by"]),
        currency=str(first["currency"]),
    )
