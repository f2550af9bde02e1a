"""Text that was taken for another encoding before its file was written."""

from __future__ import annotations

import re

from analytics.errors import DataError

_GARBLED = 0.5  # share of the words beyond ASCII that must read better once undone


def refuse_garbled(sample: bytes, name: str) -> None:
    """Refuse UTF-8 that was taken for another encoding before it was written: forêt stands there as forÃªt.

    Raises
    ------
    DataError
        Most words beyond ASCII are so, or hold the characters that are left of a failed conversion.
    """
    text = sample.decode("utf-8", errors="replace")
    words = list(dict.fromkeys(w for w in re.findall(r"[^\s,;\t|\"]+", text) if not w.isascii()))
    undone = {w: fixed for w in words if (fixed := _undone(w)) is not None}
    lost = [w for w in words if "锟斤拷" in w or "ï¿½" in w]
    if not words or (len(undone) < _GARBLED * len(words) and not lost):
        return
    example = lost[0] if lost else next(iter(undone))
    meant = "" if lost else f' where "{undone[example][:30]}" is meant'
    raise DataError(
        f'{name}: the text was garbled before this file was written: it holds "{example[:30]}"{meant}. Export it again '
        "as UTF-8 from where it came; or set `encoding: utf-8` in the column map to read it as it stands."
    )


def _undone(word: str) -> str | None:
    """Text that was decoded by a Western code page once too often, put right; None where it was not."""
    for encoding in ("cp1252", "latin-1"):
        try:
            fixed = word.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        return fixed if len(fixed) < len(word) else None
    return None
