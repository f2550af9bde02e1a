"""Writing files so that a reader never meets half of one, and tables that spreadsheet programs open safely."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from io import StringIO
from pathlib import Path

import pandas as pd

# A cell that starts like this is run as a formula by spreadsheet programs (OWASP, "CSV injection"); in Chinese and
# Japanese editions the full-width signs too.
_FORMULA_START = re.compile(r"^(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")
_PLAIN_NUMBER = re.compile(r"[+-]?\d[\d., \u00a0\u2009\u202f]*%?\Z")  # no line break, nor one behind it


def write_bytes(path: Path, content: bytes, *, private: bool = False) -> Path:
    """Write a file under a temporary name in the same folder, then rename it.

    Parameters
    ----------
    path : Path
        Its folder is made if missing.
    content : bytes
    private : bool
        Readable and writable by its owner alone (mode 600; a folder made for it has mode 700).
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o777)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    # Created with its final mode: the content is at no moment readable by others.
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    return path


def write_text(path: Path, content: str) -> Path:
    """Write UTF-8 text with Unix line ends under a temporary name, then rename it."""
    return write_bytes(path, content.encode("utf-8"))


def harmless(value: object) -> object:
    """Return a text that a spreadsheet takes for text: an apostrophe before what would run as a formula."""
    if not isinstance(value, str):
        return value
    # A bare carriage return would end the row for some readers, whatever the quotes say.
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return "'" + text if _FORMULA_START.match(text) and not _PLAIN_NUMBER.match(text) else text


def harmless_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a copy whose text cells and column names cannot run as formulas; numbers and dates are untouched."""
    safe = frame.copy()
    safe.columns = pd.Index([harmless(str(name)) for name in frame.columns])
    for at, dtype in enumerate(frame.dtypes):
        if not (pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_datetime64_any_dtype(dtype)):
            disarmed = {v: harmless(v) for v in frame.iloc[:, at].dropna().unique() if harmless(v) != v}
            if disarmed:
                safe.isetitem(at, [disarmed.get(v, v) for v in frame.iloc[:, at]])
    return safe


def write_csv(path: Path, frame: pd.DataFrame, *, private: bool = False) -> Path:
    """Write a table as CSV: UTF-8 with a byte order mark, dates as 2025-06-30, floats in full.

    The mark is what makes Excel read Chinese headings; `pandas.read_csv` and DuckDB skip it by themselves.
    """
    text = StringIO()
    harmless_frame(_flat(frame)).to_csv(text, index=False, lineterminator="\n", date_format="%Y-%m-%d")
    return write_bytes(path, text.getvalue().encode("utf-8-sig"), private=private)


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep a meaningful index as columns; a bare row number is not worth a column."""
    bare = isinstance(frame.index, pd.RangeIndex) or (frame.index.nlevels == 1 and frame.index.name is None)
    return frame.reset_index(drop=bare)


def slug(text: str) -> str:
    """Make a file or anchor name: ASCII letters, digits and underscores; empty where nothing is left."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
