"""Source strings: where a table comes from, and opening it.

declarations_2025.csv                      a file or folder (CSV, .csv.gz, Excel, Parquet) below the project's root
${ANALYTICS_DATA}/korea/train.csv          with environment variables
published:china_customs_revenue_monthly    carried by the package
simulated:lines=200000,seed=7              drawn on the spot, with known truth
database:CUSTOMS_DB/declarations           a database whose address stands in the environment variable CUSTOMS_DB
a.csv + b.csv                              rows of several sources, one below the other
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import ibis

from analytics.errors import DataError, SourceMissing, did_you_mean
from analytics.language import Text
from analytics.root import where_named
from analytics.tables.engine import connection as engine
from analytics.tables.mapping.maps import ColumnMap
from analytics.tables.source import carried, database, excel, loading, raw
from analytics.tables.source.raw import Raw

TEXT = (".csv", ".tsv", ".txt", ".gz")
PARQUET = (".parquet", ".pq")


def split(source: str) -> list[str]:
    """Parts of a source string joined by " + "."""
    parts = [part.strip() for part in re.split(r"\s\+\s", source) if part.strip()]
    if not parts:
        raise DataError(
            'No source is given. Name a file or folder, or "published:...", "simulated:...", "database:...".'
        )
    return parts


def open_source(
    source: str,
    table: str,
    column_map: ColumnMap,
    there: engine.Engine | None = None,
    casts: loading.Cast | None = None,
) -> list[Raw]:
    """Open one part of a source string.

    Parameters
    ----------
    source : one source, without " + "
    table : canonical table wanted (a simulated source holds several)
    column_map : how files are laid out, where they do not say so themselves
    there : engine that reads Parquet files; by default DuckDB
    casts : of large texts, what is cast while they are loaded

    Raises
    ------
    SourceMissing
        The file does not exist or the environment variable is not set.
    DataError
        The source cannot be read.
    """
    scheme, _, rest = source.partition(":")
    if scheme == "published":
        path = carried.path_of(rest)
        return _open_file(path, path.name, column_map)
    if scheme == "simulated":
        return [_simulated(rest, table)]
    if scheme == "database":
        return [database.opened(rest)]
    path = resolve(source)
    if path.is_dir():
        return _open_folder(path, source, column_map, there)
    return _open_file(path, path.name, column_map, there, casts)


def size(source: str) -> int:
    """Bytes of the files of a source; 0 for others."""
    parts = [p for p in split(source) if p.partition(":")[0] not in ("published", "simulated", "database")]
    paths = [resolve(part) for part in parts]
    return sum(f.stat().st_size for p in paths for f in (p.rglob("*") if p.is_dir() else (p,)) if f.is_file())


def lies_in_parquet(source: str) -> bool:
    """Whether every part of a source is a Parquet file or a folder of such."""
    parts = split(source)
    if any(part.partition(":")[0] in ("published", "simulated", "database") for part in parts):
        return False
    paths = [resolve(part) for part in parts]
    return all(
        any(f.suffix.lower() in PARQUET for f in path.rglob("*")) if path.is_dir() else path.suffix.lower() in PARQUET
        for path in paths
    )


def resolve(source: str) -> Path:
    """Path of a file or folder source: variables filled in, relative to the project's root.

    Raises
    ------
    SourceMissing
        A variable is not set, or there is nothing at the path.
    """
    for found in re.finditer(r"\$\{(\w+)\}|\$(\w+)", source):
        variable = found[1] or found[2]
        if not os.environ.get(variable):
            raise SourceMissing(
                f"{source}: the environment variable {variable} is not set. Set it to the folder that holds the data "
                f"(export {variable}=...)."
            )
    path = where_named(os.path.expandvars(source))
    if not path.exists():
        there = [p.name for p in path.parent.iterdir() if p.is_file()] if path.parent.is_dir() else []
        where = f"folder {path.parent.name} holds {len(there)} files" if there else "its folder does not exist"
        raise SourceMissing(f"{source}: no such file ({where}).{did_you_mean(path.name, there)}")
    return path


def _open_file(
    path: Path, name: str, column_map: ColumnMap, there: engine.Engine | None = None, casts: loading.Cast | None = None
) -> list[Raw]:
    suffix = path.suffix.lower()
    if path.stat().st_size == 0:
        raise DataError(f"{name}: the file is empty. Export it again.")
    if suffix in PARQUET:
        return [raw.from_parquet([path], name, _digest([path]), there=there)]
    if suffix in excel.SUFFIXES:
        row = column_map.header_row
        every = excel.alike(path, name, row or 1) if column_map.sheet == "*" else [column_map.sheet]
        named = [name if column_map.sheet != "*" else f"{name} [{sheet}]" for sheet in every]
        return [raw.from_excel(path, n, sheet=s, header_row=row) for n, s in zip(named, every, strict=True)]
    if suffix not in TEXT:
        raise DataError(
            f"{name}: files ending in {suffix or 'nothing'} are not read. "
            f"Allowed: {', '.join(TEXT + excel.SUFFIXES + PARQUET)}."
        )
    asked = loading.Asked(column_map.encoding, column_map.separator, column_map.header_row)
    found = raw.from_text(path, name, asked, casts)
    return [found]


def _open_folder(folder: Path, source: str, column_map: ColumnMap, there: engine.Engine | None) -> list[Raw]:
    """Open every file of a folder that can be read; the others are named, hidden ones apart."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    parquet = [p for p in files if p.suffix.lower() in PARQUET and not _is_marker(p, folder)]
    readable = parquet or [p for p in files if p.suffix.lower() in TEXT + excel.SUFFIXES and not _is_marker(p, folder)]
    if not readable:
        raise DataError(f"{source}: the folder holds no file that can be read (CSV, Excel or Parquet).")
    left = [p for p in files if p not in readable and not p.name.startswith("_SUCCESS")]
    notes = (_not_read(folder, left),) if left else ()
    if parquet:
        return [raw.from_parquet(parquet, f"{folder.name}/", _digest(parquet), notes, there)]
    opened = [one for p in readable for one in _open_file(p, str(p.relative_to(folder.parent)), column_map)]
    return [replace(opened[0], notes=notes + opened[0].notes), *opened[1:]]


def _is_marker(path: Path, folder: Path) -> bool:
    """Files that programs leave beside the data: their names, or those of their folders, begin with _ or ~$."""
    return any(part.startswith(("_", "~$")) for part in path.relative_to(folder).parts)


def _not_read(folder: Path, left: list[Path]) -> Text:
    names = [str(p.relative_to(folder)) for p in left]
    listed = ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
    listed_zh = "、".join(names[:10]) + (f"等{len(names)}个文件" if len(names) > 10 else "")
    return Text(
        f"{folder.name}/: {len(left):,} files of the folder are not read: {listed}.",
        f"{folder.name}/：文件夹中有{len(left)}个文件未读取：{listed_zh}。",
    )


def _digest(paths: list[Path]) -> str:
    digests = []
    for path in paths:
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").hexdigest())
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


_SIMULATED: dict[str, Any] = {
    "lines": int, "seed": int, "setting": str, "detail": str, "start": str, "end": str, "export_share": float,
    "scene": str,
}  # fmt: skip


def _simulated(rest: str, table: str) -> Raw:
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
