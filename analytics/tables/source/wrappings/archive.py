"""ZIP archives: the tables in them, unpacked beside the engine's own files."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from analytics.errors import DataError
from analytics.tables.engine import connection as engine

_WORDS = ("readme", "license", "licence", "notes", "metadata", "codebook", "説明", "说明")  # of files about the data
_LARGEST = 64 << 30  # bytes unpacked
_TIMES = 1_000  # of its packed size that a member may unpack to: more is no table


def unpacked(path: Path, name: str, endings: Sequence[str]) -> tuple[list[Path], list[str]]:
    """Unpack the members of an archive that hold a table.

    Parameters
    ----------
    path, name : the archive, and how to call it in messages
    endings : of the files that can be read

    Returns
    -------
    (paths of the tables, names of the members that were left)

    Raises
    ------
    DataError
        Damaged, locked with a password, without a table, or far larger than its archive.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir() and not _hidden(m.filename)]
            tables = [m for m in members if m.filename.lower().endswith(tuple(endings)) and not _about(m.filename)]
            if not tables:
                held = ", ".join(m.filename for m in members[:10]) or "nothing"
                raise DataError(f"{name}: the archive holds no file that can be read ({held}).")
            if sum(m.file_size for m in tables) > min(_LARGEST, _TIMES * max(path.stat().st_size, 1 << 20)):
                raise DataError(f"{name}: unpacked it would be far larger than such a table is. Unpack it by hand.")
            folder = engine.temporary_folder() / engine.new_name("archive")
            folder.mkdir()
            found = [_member(archive, m, folder, i) for i, m in enumerate(tables)]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise DataError(f"{name}: not readable as a ZIP archive ({error}). Unpack it and read its file.") from None
    left = [m.filename for m in members if m not in tables]
    return found, left


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, number: int) -> Path:
    """Unpack a member under its own name; a folder of its own keeps it apart, whatever path the archive gives it."""
    target = folder / str(number) / PurePosixPath(member.filename.replace("\\", "/")).name
    target.parent.mkdir()
    with archive.open(member) as source, target.open("wb") as out:
        while chunk := source.read(1 << 22):
            out.write(chunk)
    return target


def _hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part.startswith((".", "__MACOSX", "~$")) and part != ".." for part in parts)


def _about(name: str) -> bool:
    stem = PurePosixPath(name).stem.lower()
    return any(stem.startswith(word) for word in _WORDS)
