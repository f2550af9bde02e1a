"""Source strings: where a table comes from, found once; and opening what was found.

declarations_2025.csv                      a file or folder (CSV, .csv.gz, Excel, Parquet) below the project's root
${ANALYTICS_DATA}/korea/train.csv          with environment variables
published:china_customs_revenue_monthly    carried by the package
simulated:lines=200000,seed=7              drawn on the spot, with known truth
database:CUSTOMS_DB/declarations           a database whose address stands in the environment variable CUSTOMS_DB
a.csv + b.csv                              rows of several sources, one below the other
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from analytics.errors import DataError, SourceMissing, did_you_mean
from analytics.language import Text
from analytics.root import where_named
from analytics.tables.engine import connection as engine
from analytics.tables.mapping.maps import ColumnMap
from analytics.tables.source import carried, database, excel, loading, looking, raw
from analytics.tables.source.raw import Raw
from analytics.tables.source.wrappings import archive, notation

TEXT = (".csv", ".tsv", ".txt", ".gz")
PARQUET = (".parquet", ".pq")


@dataclass(frozen=True)
class Files:
    """Files that make one table, and how messages call them: one file, or the Parquet parts of a folder."""

    name: str
    paths: tuple[Path, ...]

    @property
    def suffix(self) -> str:
        """Ending that all of them have."""
        return self.paths[0].suffix.lower()


@dataclass(frozen=True)
class Place:
    """One part of a source string, found but not opened.

    Attributes
    ----------
    scheme, rest : "published", "simulated" or "database", and what is named of it; "" for a file or folder
    files : what is read of the disk
    notes : which files of a folder are not read
    """

    scheme: str
    rest: str
    files: tuple[Files, ...] = ()
    notes: tuple[Text, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of its files; 0 for others."""
        return sum(path.stat().st_size for files in self.files for path in files.paths)

    @property
    def in_parquet(self) -> bool:
        """Whether it is a Parquet file or a folder of such."""
        return bool(self.files) and all(files.suffix in PARQUET for files in self.files)

    @property
    def own_map(self) -> str | None:
        """Column map that data of the package are read by."""
        return carried.CARRIED[self.rest].column_map if self.scheme == "published" else None


def placed(source: str) -> list[Place]:
    """Find the parts of a source string, which are joined by " + ".

    Raises
    ------
    SourceMissing
        A file does not exist or an environment variable is not set.
    DataError
        No source is named, the package carries no such data, or a folder holds nothing that can be read.
    """
    parts = [part.strip() for part in re.split(r"\s\+\s", source) if part.strip()]
    if not parts:
        raise DataError(
            'No source is given. Name a file or folder, or "published:...", "simulated:...", "database:...".'
        )
    return [_placed(part) for part in parts]


def _placed(part: str) -> Place:
    scheme, _, rest = part.partition(":")
    if scheme in ("simulated", "database"):
        return Place(scheme, rest)
    if scheme == "published":
        path = carried.path_of(rest)
        return Place(scheme, rest, (Files(path.name, (path,)),))
    path = resolve(part)
    if path.is_dir():
        return Place("", part, *_listed(path, part))
    if path.suffix.lower() == ".zip":
        return Place("", part, *_packed(path))
    return Place("", part, (Files(path.name, (path,)),))


def _packed(path: Path) -> tuple[tuple[Files, ...], tuple[Text, ...]]:
    """Every table of an archive, and a note that names what else it holds."""
    members, left = archive.unpacked(path, path.name, TEXT + excel.SUFFIXES + PARQUET + notation.SUFFIXES)
    listed = ", ".join(left[:10])
    said = Text(f"{path.name}: not read: {listed}.", f"{path.name}：未读取：{listed}。")
    return tuple(Files(f"{path.name}/{p.name}", (p,)) for p in members), (said,) if left else ()


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
        holds = f"folder {path.parent.resolve().name} holds {len(there) or 'no'} files"
        where = holds if path.parent.is_dir() else "its folder does not exist"
        raise SourceMissing(f"{source}: no such file ({where}).{did_you_mean(path.name, there)}")
    return path


def _listed(folder: Path, source: str) -> tuple[tuple[Files, ...], tuple[Text, ...]]:
    """Every file of a folder that can be read, and a note that names the others, hidden ones apart."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    parquet = [p for p in files if p.suffix.lower() in PARQUET and not _is_marker(p, folder)]
    readable = parquet or [p for p in files if p.suffix.lower() in TEXT + excel.SUFFIXES and not _is_marker(p, folder)]
    if not readable:
        raise DataError(f"{source}: the folder holds no file that can be read (CSV, Excel or Parquet).")
    left = [p for p in files if p not in readable and not p.name.startswith("_SUCCESS")]
    notes = (_not_read(folder, left),) if left else ()
    if parquet:
        return (Files(f"{folder.name}/", tuple(parquet)),), notes
    return tuple(Files(str(p.relative_to(folder.parent)), (p,)) for p in readable), notes


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


def opened(
    place: Place,
    table: str,
    column_map: ColumnMap,
    there: engine.Engine | None = None,
    casts: loading.Cast | None = None,
) -> list[Raw]:
    """Open one part of a source.

    Parameters
    ----------
    table : canonical table wanted (a simulated source holds several)
    column_map : how files are laid out, where they do not say so themselves
    there : engine that reads Parquet files; by default DuckDB
    casts : of large texts, what is cast while they are loaded

    Raises
    ------
    SourceMissing
        The environment variable of a database is not set.
    DataError
        The source cannot be read.
    """
    if place.scheme == "simulated":
        return [carried.simulated(place.rest, table)]
    if place.scheme == "database":
        return [database.opened(place.rest)]
    first, *more = [one for files in place.files for one in _opened(files, column_map, there, casts)]
    return [replace(first, notes=place.notes + first.notes), *more]


def _opened(files: Files, column_map: ColumnMap, there: engine.Engine | None, casts: loading.Cast | None) -> list[Raw]:
    """Open one file, a workbook's sheets, or the Parquet parts of a folder."""
    name, path = files.name, files.paths[0]
    if path.stat().st_size == 0:
        raise DataError(f"{name}: the file is empty. Export it again.")
    if files.suffix in PARQUET:
        return [raw.from_parquet(files.paths, name, there)]
    if files.suffix in excel.SUFFIXES:
        found = excel.sheets(path, name, column_map.sheet, column_map.header_row or 1)
        return [raw.from_sheet(sheet, path) for sheet in found]
    written, asked = path, loading.Asked(column_map.encoding, column_map.separator, column_map.header_row)
    if files.suffix in notation.SUFFIXES:
        written, asked, casts = notation.as_text(path, name), loading.Asked(separator=","), None
    elif files.suffix not in TEXT:
        raise DataError(
            f"{name}: files ending in {files.suffix or 'nothing'} are not read. "
            f"Allowed: {', '.join(TEXT + excel.SUFFIXES + PARQUET + notation.SUFFIXES)}, .zip."
        )
    read = raw.from_text(written, name, asked, casts)
    if written == path:
        return [read]
    return [replace(read, sha256=looking.digest(path), found={"format": "JSON"}, first_line=None, text=None)]
