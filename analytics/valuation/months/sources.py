"""The files of the months that a page is asked for, where they are kept, and the account of them all as one input."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analytics import tables
from analytics.language import Text
from analytics.root import project_root
from analytics.tables.engine import connection
from analytics.tables.reading.table import REASON_COLUMNS
from analytics.tables.source import sources
from analytics.valuation.comparison.lines import ValuationError
from analytics.valuation.months.levels import Months, levels_by_month


@dataclass(frozen=True)
class Files:
    """Files of a month each.

    Attributes
    ----------
    paths : the files, by name
    notes : which files of a folder are not read
    simulated : made by the package
    """

    paths: tuple[Path, ...]
    notes: tuple[Text, ...] = ()
    simulated: bool = False


@dataclass(frozen=True)
class Input:
    """The months as one input of a page. Their rows are not at hand, only sums: `unseen` tells the rule of disclosure.

    Attributes
    ----------
    name, source, simulated, accounting : as in `tables.Table`
    """

    name: str
    source: str
    simulated: bool
    accounting: tables.Accounting
    unseen: bool = True


def files_of(declarations: str) -> Files:
    """Return the files of the months: those of a folder, those named one by one, or simulated ones.

    Parameters
    ----------
    declarations : a folder with a file a month, files joined by " + ", or simulated:lines=N,seed=S

    Raises
    ------
    ValuationError
        It names neither.
    """
    places = sources.placed(declarations)
    schemes = {place.scheme for place in places}
    if schemes == {"simulated"} and len(places) == 1:
        return Files(_simulated(declarations), simulated=True)
    if schemes != {""}:
        raise ValuationError(
            f"declarations: {declarations} is no file of a month. Name a folder with a file a month, or the files "
            'joined by " + ".'
        )
    paths = [path for place in places for files in place.files for path in files.paths]
    return Files(tuple(paths), tuple(note for place in places for note in place.notes))


def _simulated(source: str) -> tuple[Path, ...]:
    """Write simulated lines as files of a month, into the folder that is removed when this process ends."""
    lines = tables.read("declarations", source, mask=False).to_pandas()
    folder = connection.temporary_folder() / connection.new_name("months")
    folder.mkdir(mode=0o700)
    for month, part in lines.groupby(lines["date"].dt.strftime("%Y-%m")):
        part.to_parquet(folder / f"{month}.parquet", index=False)
    return tuple(sorted(folder.iterdir()))


def kept(
    declarations: str, state: str | None = None, column_map: str | None = None, *,
    product_digits: int = 0, outlier_threshold: float = 3.5,
) -> tuple[Months, Input]:  # fmt: skip
    """Levels of exactly the months named, of which only new ones are read; and the account of them all.

    Parameters
    ----------
    declarations : as in `files_of`
    state : private folder of the months kept; by default one of these declarations under private/months
    column_map, product_digits, outlier_threshold : as in `levels_by_month`
    """
    found = files_of(declarations)
    asked = (declarations, column_map, product_digits, outlier_threshold)
    own = project_root() / "private" / "months" / hashlib.sha256(repr(asked).encode()).hexdigest()[:12]
    if state is None:
        (project_root() / "private").mkdir(mode=0o700, exist_ok=True)
    folder = own if state is None else project_root() / state
    months = levels_by_month(
        found.paths, folder, column_map,
        product_digits=product_digits, outlier_threshold=outlier_threshold, whole=True,
    )  # fmt: skip
    return months, Input("declarations", declarations, found.simulated, accounted(months, found.notes))


def accounted(months: Months, further: Sequence[Text] = ()) -> tables.Accounting:
    """Return the account of all months together, those read and those kept."""
    account = months.account
    by = [c for c in REASON_COLUMNS if c != "rows"]
    reasons = months.reasons.groupby(by, sort=False, dropna=False)["rows"].sum().reset_index()
    reasons = reasons.sort_values(["rows", "reason"], ascending=[False, True], ignore_index=True)
    notes = [
        Text(
            "Rows set aside are counted by month; `analytics check declarations FILE` lists those of a file.",
            "剔除记录按月计数；逐条清单可用`analytics check declarations 文件`查看。",
        )
    ]
    month = account["month"].sort_values()
    return tables.Accounting(
        rows_read=int(account["rows_read"].sum()),
        rows_used=int(account["rows_used"].sum()),
        reasons=reasons[REASON_COLUMNS],
        sha256=hashlib.sha256("".join(account["sha256"]).encode()).hexdigest(),
        first_period=pd.Timestamp(month.iloc[0]),
        last_period=pd.Timestamp(month.iloc[-1]),
        notes=(*notes, *further),
    )
