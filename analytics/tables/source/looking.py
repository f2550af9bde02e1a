"""One look over the bytes of a text file: its hash, how lines end, what is not UTF-8, how many records there are.

Records are counted here and again by the engine: an account of rows is worth something only if two can disagree.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analytics.errors import DataError

_CHUNK = 1 << 22
SAMPLE = 1 << 20
_ODD = 1 << 16  # bytes kept of lines that are not ASCII


@dataclass(frozen=True)
class Look:
    """What the bytes of a file tell.

    Attributes
    ----------
    sha256 : of the file as it lies
    size, lines : bytes and physical lines (of the text, where the file is compressed)
    good, bad : characters beyond ASCII, and bytes that are no UTF-8
    odd : first lines that hold bytes beyond ASCII
    """

    sha256: str
    size: int
    lines: int
    ends_with_break: bool
    mixed_breaks: bool
    compressed: bool
    start: bytes
    odd: bytes
    good: int
    bad: int
    nulls: int
    quotes: int
    blank_lines: bool


def chunks(path: Path, name: str, *, compressed: bool) -> Iterator[bytes]:
    """Bytes of a file, unpacked where it is compressed.

    Raises
    ------
    DataError
        The compressed file is cut off or damaged.
    """
    try:
        with gzip.open(path) if compressed else path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"{name}: the compressed file is cut off or damaged ({error}). Nothing of it was used. Copy it again from "
            "where it came, and compare the sizes."
        ) from None


def digest(*paths: Path) -> str:
    """Return the sha256 of a file, or one of all the sums of several."""
    found = []
    for path in paths:
        with path.open("rb") as file:
            found.append(hashlib.file_digest(file, "sha256").hexdigest())
    return found[0] if len(found) == 1 else hashlib.sha256("".join(found).encode()).hexdigest()


def look(path: Path, name: str) -> Look:
    """Look over a file once."""
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    sha, decoder = hashlib.sha256(), _Utf8Count()
    size = feeds = pairs = returns = nulls = blanks = quotes = 0
    start, last, odd = b"", b"", b""
    for chunk in chunks(path, name, compressed=compressed):
        if not compressed:
            sha.update(chunk)
        start = start or chunk[:SAMPLE]
        size += len(chunk)
        feeds += chunk.count(b"\n")
        returns += chunk.count(b"\r")
        pairs += chunk.count(b"\r\n") + (last.endswith(b"\r") and chunk.startswith(b"\n"))
        nulls += chunk.count(b"\0")
        quotes += chunk.count(b'"')
        blanks += chunk.count(b"\n\n") + chunk.count(b"\n\r\n") + (last == b"\n" and chunk[:1] in (b"\n", b"\r"))
        if len(odd) < _ODD and not chunk.isascii():
            odd += b"\n".join(re.findall(rb"[^\n]*[\x80-\xff][^\n]*", chunk)[:2000])[:_ODD]
        decoder.add(chunk)
        last = chunk[-1:]
    blanks += start[:1] in (b"\n", b"\r")
    closed = last in (b"\n", b"\r")
    lines = (feeds + returns - pairs) + (not closed and size > 0)
    mixed = returns > pairs or 0 < pairs < feeds
    return Look(
        digest(path) if compressed else sha.hexdigest(), size, lines, closed, mixed, compressed, start, odd,
        decoder.good, decoder.bad, nulls, quotes, blanks > 0,
    )  # fmt: skip


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


def records(path: Path, skip: int, *, blank: bool = False) -> int:
    """Records of a delimited UTF-8 file behind its first lines: line breaks inside quotation marks end none.

    Blank lines are no records, unless `blank` (in a file of one column they are empty values). A quotation mark is
    taken to open or close a field wherever it stands: right for files that quote by the rule. For the others there is
    `careful_records`.
    """
    found, inside, empty = 0, 0, True
    with path.open("rb") as file:
        for _ in range(skip):
            file.readline()
        while chunk := file.read(_CHUNK):
            data = np.frombuffer(chunk, dtype=np.uint8)
            breaks, quotes = np.flatnonzero(data == 10), np.flatnonzero(data == 34)
            ends = breaks[(np.searchsorted(quotes, breaks) + inside) % 2 == 0]
            inside = (inside + len(quotes)) % 2
            if not len(ends):
                empty = empty and not chunk.strip(b"\r")
                continue
            starts = np.concatenate([[0], ends[:-1] + 1])
            length = ends - starts
            only_return = (length == 1) & (data[starts] == 13)
            filled = (length >= 0) if blank else (length > 0) & ~only_return
            found += int(filled[1:].sum()) + bool(filled[0] or not empty)
            empty = not chunk[ends[-1] + 1 :].strip(b"\r")
    return found + (not empty)


def careful_records(path: Path, skip: int, separator: str, *, blank: bool = False) -> int | None:
    """Records as Python's csv module counts them, which opens a quotation only at the start of a field.

    Slow; None where a field is too long for it.
    """
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        for _ in range(skip):
            file.readline()
        try:
            lines = (line.replace("\0", " ") for line in file)
            return sum(1 for row in csv.reader(lines, delimiter=separator) if row or blank)
        except csv.Error:
            return None
