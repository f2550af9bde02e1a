"""Delimited text files: encoding, separator and header recognised; exotic ones converted to UTF-8.

A clean UTF-8 file goes to the engine as it lies; the one pass made here over its bytes only hashes and looks.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from analytics.errors import DataError
from analytics.tables.engine import connection as engine

_CHUNK = 1 << 22
_SAMPLE = 1 << 20
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
CHINESE_SHARE = 0.8  # of the characters that are not ASCII must belong to GB 2312 for a text to pass as Chinese


@dataclass(frozen=True)
class TextFile:
    """A text file made ready for the engine.

    Attributes
    ----------
    path : what the engine reads (the file itself, or its conversion)
    sha256 : of the file as it was given
    encoding : as recognised, such as "UTF-8" or "GB18030"
    lines : physical lines
    ends_with_break : whether the last line is closed
    blank_lines : whether there are empty lines
    """

    path: Path
    sha256: str
    encoding: str
    lines: int
    ends_with_break: bool
    blank_lines: bool


@dataclass(frozen=True)
class Layout:
    """How a text file is laid out: its column names, separator, and the lines before the first record."""

    header: list[str]
    separator: str
    skip: int


def prepare(path: Path, name: str, encoding: str | None = None) -> TextFile:
    """Hash a file, recognise its encoding and convert it where the engine could not read it as it is.

    Parameters
    ----------
    path, name : the file, and how to call it in messages
    encoding : Python's name of the encoding, where the column map gives it

    Raises
    ------
    DataError
        Empty file, compressed file cut off, or an encoding that is not recognised.
    """
    look = _look(path, name)
    if look.size == 0:
        raise DataError(f"{name}: the file is empty. Export it again.")
    known = _python_name(encoding, name) if encoding else _recognise(look, name)
    converted = path
    if known != "utf-8" or look.compressed or look.mixed_breaks:
        converted = _convert(path, known, name, compressed=look.compressed)
    shown = {"utf-8": "UTF-8", "gb18030": "GB18030"}.get(known, known.upper())
    if known == "utf-8" and look.start.startswith(codecs.BOM_UTF8):
        shown = "UTF-8 with BOM"
    if converted is path:
        return TextFile(path, look.sha256, shown, look.lines, look.ends_with_break, look.blank_lines)
    after = _look(converted, name)
    return TextFile(converted, look.sha256, shown, after.lines, after.ends_with_break, after.blank_lines)


def layout(path: Path, name: str, separator: str | None = None, header_row: int = 1) -> Layout:
    """Recognise separator and column names of a UTF-8 file.

    Parameters
    ----------
    header_row : line that holds the column names, counted from 1

    Raises
    ------
    DataError
        No header, or names that stand twice.
    """
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        before = [file.readline() for _ in range(header_row - 1)]
        sample = file.read(_SAMPLE)
    if not sample.strip():
        raise DataError(f"{name}: line {header_row} should hold the column names, but the file ends before it.")
    separator = separator or _separator(sample)
    reader = csv.reader(io.StringIO(sample), delimiter=separator)
    header = [cell.strip() for cell in next(reader)]
    return Layout(header, separator, len(before) + reader.line_num)


@dataclass
class _Look:
    sha256: str
    size: int
    lines: int
    ends_with_break: bool
    mixed_breaks: bool
    compressed: bool
    start: bytes
    good: int
    bad: int
    nulls: int
    blank_lines: bool


def _chunks(path: Path, name: str, *, compressed: bool) -> Iterator[bytes]:
    try:
        with gzip.open(path) if compressed else path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"{name}: the compressed file is cut off or damaged ({error}). Nothing of it was used. Copy it again from "
            "where it came, and compare the sizes."
        ) from None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _look(path: Path, name: str) -> _Look:
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    sha, decoder = hashlib.sha256(), _Utf8Count()
    size = feeds = pairs = returns = nulls = blanks = 0
    start, last = b"", b""
    for chunk in _chunks(path, name, compressed=compressed):
        if not compressed:
            sha.update(chunk)
        start = start or chunk[:_SAMPLE]
        size += len(chunk)
        feeds += chunk.count(b"\n")
        returns += chunk.count(b"\r")
        pairs += chunk.count(b"\r\n") + (last.endswith(b"\r") and chunk.startswith(b"\n"))
        nulls += chunk.count(b"\0")
        blanks += chunk.count(b"\n\n") + chunk.count(b"\n\r\n")
        decoder.add(chunk)
        last = chunk[-1:]
    digest = _digest(path) if compressed else sha.hexdigest()
    closed = last in (b"\n", b"\r")
    lines = (feeds + returns - pairs) + (not closed and size > 0)
    mixed = returns > pairs or 0 < pairs < feeds
    return _Look(digest, size, lines, closed, mixed, compressed, start, decoder.good, decoder.bad, nulls, blanks > 0)


class _Utf8Count:
    """Counts characters beyond ASCII, and bytes that are not UTF-8, over a stream of chunks.

    A character cut off at the very end says nothing about the encoding, only that the file is cut off.
    """

    def __init__(self) -> None:
        self.good = self.bad = 0
        self._rest = b""

    def add(self, chunk: bytes) -> None:
        if chunk.isascii() and not self._rest:
            return
        data, self._rest = self._rest + chunk, b""
        cut = _incomplete_tail(data)
        data, self._rest = data[: len(data) - cut], data[len(data) - cut :]
        self._count(data)

    def _count(self, data: bytes) -> None:
        text = data.decode("utf-8", errors="replace")
        bad = text.count("\N{REPLACEMENT CHARACTER}")
        self.bad += bad
        self.good += len(text) - len(text.encode("ascii", errors="ignore")) - bad


def _incomplete_tail(data: bytes) -> int:
    """Bytes at the end that may be the start of a character continued in the next chunk."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            wanted = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return back if back < wanted else 0
        if byte < 0x80:
            return 0
    return 0


def _recognise(look: _Look, name: str) -> str:
    start = look.start
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if look.bad == 0 and look.nulls == 0:
        return "utf-8"
    if look.nulls > look.size // 5:
        return "utf-16-le" if start[1::2].count(0) > start[0::2].count(0) else "utf-16-be"
    if look.bad * 10 <= look.good or look.bad == 0:
        return "utf-8"  # a damaged line or two: the engine sets them aside
    if _looks_chinese(start):
        return "gb18030"
    guess = from_bytes(start[: 1 << 16]).best()
    hint = f" It may be {guess.encoding}: if so, set `encoding: {guess.encoding}` in the column map." if guess else ""
    raise DataError(
        f"{name}: the encoding is not recognised (neither UTF-8, GB18030 nor UTF-16).{hint} "
        "Or save the file as UTF-8 and try again."
    )


def _looks_chinese(sample: bytes) -> bool:
    """GB18030 accepts almost any bytes: ask whether what comes out is Chinese."""
    decoded = codecs.getincrementaldecoder("gb18030")()
    try:
        text = decoded.decode(sample)
    except UnicodeDecodeError:
        return False
    beyond = [c for c in text if ord(c) > 127]
    return bool(beyond) and sum(_in_gb2312(c) for c in beyond) >= CHINESE_SHARE * len(beyond)


def _in_gb2312(character: str) -> bool:
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def _python_name(encoding: str, name: str) -> str:
    try:
        found = codecs.lookup(encoding).name
    except LookupError:
        raise DataError(
            f"{name}: the column map says `encoding: {encoding}`, which is no known encoding. "
            "Allowed: utf-8, gb18030, utf-16, cp1252 and the other names that Python knows."
        ) from None
    return {"utf-8-sig": "utf-8", "utf_8_sig": "utf-8", "gbk": "gb18030", "gb2312": "gb18030"}.get(found, found)


def _convert(path: Path, encoding: str, name: str, *, compressed: bool) -> Path:
    """Write the file anew in UTF-8 with plain line breaks; line numbers stay what they were."""
    target = engine.temporary_folder() / f"{engine.new_name('converted')}.csv"
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)(errors="strict")
    lenient = encoding == "utf-8"
    breaks = io.IncrementalNewlineDecoder(None, translate=True)
    with target.open("w", encoding="utf-8", newline="") as out:
        for chunk in _chunks(path, name, compressed=compressed):
            out.write(breaks.decode(_decode(decoder, chunk, name, encoding, lenient=lenient)))
        out.write(breaks.decode(_decode(decoder, b"", name, encoding, lenient=lenient, final=True), final=True))
    return target


def _decode(
    decoder: codecs.IncrementalDecoder, chunk: bytes, name: str, encoding: str, *, lenient: bool, final: bool = False
) -> str:
    if lenient:
        decoder.errors = "replace"
    try:
        return decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        if final:  # the last character is incomplete: the line is set aside for its missing fields, if it lacks any
            return "\N{REPLACEMENT CHARACTER}"
        raise DataError(
            f"{name}: not readable as {encoding} ({error.reason}). Set `encoding:` in the column map to what the file "
            "was written in, or save it as UTF-8."
        ) from None


def _separator(sample: str) -> str:
    """Return the separator that splits the first lines into the same number of fields, and into most."""
    lines = sample.splitlines()[:50]
    if len(lines) > 1 and len(sample) >= _SAMPLE:
        lines = lines[:-1]

    def score(separator: str) -> tuple[float, int]:
        rows = [row for row in csv.reader(lines, delimiter=separator) if row]
        width = len(rows[0]) if rows else 0
        same = sum(len(row) == width for row in rows) / max(len(rows), 1)
        return (same if width > 1 else 0.0, width)

    best = max(SEPARATORS, key=score)
    return best if score(best)[1] > 1 else ","
