"""Data that the package carries or draws by itself, and public data that it can fetch and verify."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import ibis
import pandas as pd

from analytics.errors import DataError, SourceMissing, did_you_mean
from analytics.language import Text
from analytics.tables.engine import connection as engine
from analytics.tables.source import raw
from analytics.tables.source.raw import Raw

_FOLDER = "data"


@dataclass(frozen=True)
class Published:
    """A file of the package's data folder: what it holds, and which column map reads it."""

    title: Text
    table: str | None = None
    column_map: str | None = None


CARRIED = {
    "china_customs_revenue_monthly": Published(
        Text("China: customs duty and import taxes by month, 2008-2026", "中国：关税与进口环节税月度数，2008—2026年"),
        "receipts",
        "china_revenue_monthly",
    ),
    "china_customs_revenue_annual": Published(
        Text("China: customs revenue by year, 2000-2025", "中国：海关税收年度数，2000—2025年")
    ),
    "china_customs_revenue_plan_vs_outcome": Published(
        Text("China: official revenue plan against outturn, six years", "中国：海关税收计划与实绩，六个年份")
    ),
    "customs_districts": Published(Text("China: customs districts of 2006-2010", "中国：2006—2010年直属海关关区")),
}


def path_of(name: str) -> Path:
    """Path of a file that the package carries.

    Raises
    ------
    DataError
        When the package carries no such data.
    """
    if name not in CARRIED:
        raise DataError(
            f"published:{name}: the package carries no such data.{did_you_mean(name, CARRIED)} "
            f"Carried: {', '.join(CARRIED)}."
        )
    return Path(str(resources.files("analytics"))) / _FOLDER / f"{name}.csv"


def published(name: str) -> pd.DataFrame:
    """Return data that the package carries as they stand, with their source and status columns.

    Parameters
    ----------
    name : such as "china_customs_revenue_monthly"; `catalogue()` lists them

    Raises
    ------
    DataError
        When the package carries no such data.
    """
    codes = {"code": "str"} if name == "customs_districts" else None
    return pd.read_csv(path_of(name), dtype=codes)


@dataclass(frozen=True)
class Download:
    """A public data set: where its files lie (tried in turn), which column map reads them, and their sha256."""

    title: Text
    addresses: tuple[str, ...]
    column_map: str
    files: dict[str, str]


_KOREA = "https://raw.githubusercontent.com/Seondong/Customs-Declaration-Datasets"
DOWNLOADS = {
    "korea": Download(
        Text(
            "Korea: import declaration lines with outcome, synthetic (Jeong et al. 2022, arXiv 2208.02484; MIT)",
            "韩国：带查验结果的进口报关单明细，合成数据（Jeong等，2022，arXiv 2208.02484；MIT许可）",
        ),
        (f"{_KOREA}/a33cfc3/data/", f"{_KOREA}/en/data/"),  # the commit, else the branch: the checksum decides
        "korea_declarations",
        {
            "df_syn_train_eng.csv": "ecec832d94f9f01e49a76884102c8d346945b61cf26b36ca75fea1a703a3cec5",
            "df_syn_valid_eng.csv": "ad012c2da5ec025e6676466f10535309028ec0963b6a135215fbb07de79ac7de",
            "df_syn_test_eng.csv": "618b81fca639119e40dfdb55dfa7f07822b7bd5abdcdb66fc8d02d71ebbba98e",
        },
    )
}


def download(name: str, folder: Path | None = None) -> list[Path]:
    """Fetch a public data set and verify every file's sha256; files already there and right are not fetched again.

    Parameters
    ----------
    name : "korea"
    folder : where to put them; by default <ANALYTICS_DATA>/<name>, else <project root>/data/<name>

    Returns
    -------
    list of Path

    Raises
    ------
    DataError
        No such set, no network, or a checksum that does not agree.
    """
    import pooch

    from analytics.root import project_root

    if name not in DOWNLOADS:
        raise DataError(
            f'"{name}" is no data set that can be fetched.{did_you_mean(name, DOWNLOADS)} Sets: {", ".join(DOWNLOADS)}.'
        )
    wanted = DOWNLOADS[name]
    given = os.environ.get("ANALYTICS_DATA")
    target = folder or (Path(given).expanduser() if given else project_root() / "data") / name
    for file, sha256 in wanted.files.items():
        place = target / file
        if not (place.exists() and pooch.file_hash(str(place)) == sha256):
            _fetch(wanted, file, sha256, target, name)
    return [target / file for file in wanted.files]


def _fetch(wanted: Download, file: str, sha256: str, target: Path, name: str) -> None:
    import pooch

    target.mkdir(parents=True, exist_ok=True)
    for address in wanted.addresses:
        try:
            pooch.retrieve(address + file, f"sha256:{sha256}", fname=file, path=target, progressbar=False)
        except ValueError as error:
            raise DataError(f"{file}: the file fetched is not the one expected ({error}). It was not kept.") from None
        except Exception as error:
            failure = type(error).__name__  # whatever the network stack raises
        else:
            return
    raise SourceMissing(
        f"{file} could not be fetched ({failure}): there is no way to the network from here. Fetch "
        f"{wanted.addresses[0]}{file} elsewhere, put it into a folder {name}/ and set ANALYTICS_DATA to "
        "the folder above."
    )


def catalogue() -> pd.DataFrame:
    """List data that are carried by the package, and data that can be fetched.

    Returns
    -------
    DataFrame with columns name, how, table, map, what
    """
    rows = [(f"published:{n}", "carried", p.table or "", p.column_map or "", p.title.en) for n, p in CARRIED.items()]
    rows += [(n, f"analytics data get {n}", "declarations", d.column_map, d.title.en) for n, d in DOWNLOADS.items()]
    return pd.DataFrame(rows, columns=["name", "how", "table", "map", "what"])


_SIMULATED: dict[str, Any] = {
    "lines": int, "seed": int, "setting": str, "detail": str, "start": str, "end": str, "export_share": float,
    "scene": str,
}  # fmt: skip


def simulated(rest: str, table: str) -> Raw:
    """A table drawn on the spot.

    Parameters
    ----------
    rest : settings, such as "lines=200000,seed=7"
    table : which of the simulation's tables

    Raises
    ------
    DataError
        A setting is not known, or the simulation holds no such table.
    """
    given: dict[str, Any] = {}
    for pair in filter(None, rest.split(",")):
        key, _, value = pair.partition("=")
        if key.strip() not in _SIMULATED:
            raise DataError(
                f'simulated:{rest}: "{key}" is not known.{did_you_mean(key, _SIMULATED)} '
                f"Allowed: {', '.join(_SIMULATED)}, as in simulated:lines=200000,seed=7."
            )
        try:
            given[key.strip()] = _SIMULATED[key.strip()](value)
        except ValueError:
            raise DataError(f'simulated:{rest}: {key} is "{value}", but must be a number.') from None
    if not {"lines", "seed"} <= given.keys():
        raise DataError(f"simulated:{rest}: lines and seed are needed, as in simulated:lines=200000,seed=7.")
    made = getattr(_customs(tuple(sorted(given.items()))), table, None)
    if made is None:
        raise DataError(
            f"simulated:{rest}: the simulation holds declarations, enterprises and receipts, but no {table}. "
            "Add detail=full for the tables of a customs year."
        )
    digest = hashlib.sha256(f"{table} {sorted(given.items())}".encode()).hexdigest()
    frame = made if isinstance(made, ibis.expr.types.Table) else engine.load_frame(made)
    return raw.from_table(frame, f"simulated {table} ({rest})", digest, "simulated", simulated=True)


@lru_cache(maxsize=1)
def _customs(given: tuple[tuple[str, Any], ...]) -> Any:
    """The simulation of these settings: the tables of a customs year are read one after the other from the same."""
    from analytics.simulation import simulate
    from analytics.simulation.scenes import SCENES

    settings = dict(given)
    if scene := settings.pop("scene", None):
        if scene not in SCENES:
            raise DataError(
                f'simulated: there is no scene "{scene}".{did_you_mean(scene, SCENES)} Scenes: {", ".join(SCENES)}.'
            )
        return SCENES[scene](settings["lines"], settings["seed"])
    return simulate(**dict(given))
