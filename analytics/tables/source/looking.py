"""The bytes of a text file: looked over once for hash, line ends and what is not UTF-8; written anew as UTF-8."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analytics.errors import DataError
from analytics.tables.engine import connection as engine

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


def convert(path: Path, encoding: str, name: str, *, compressed: bool) -> Path:
    """Write the file anew in UTF-8 with plain line breaks; line numbers stay what they were."""
    target = engine.temporary_folder() / f"{engine.new_name('converted')}.csv"
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)(errors="strict")
    lenient = encoding == "utf-8"
    breaks = io.IncrementalNewlineDecoder(None, translate=True)
    with target.open("w", encoding="utf-8", newline="") as out:
        for chunk in chunks(path, name, compressed=compressed):
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
