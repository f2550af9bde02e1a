"""What went wrong with data, said so that an analyst knows what to do next."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import lru_cache


class AnalystError(Exception):
    """Written for an analyst: shown as plain text wherever it arrives, without a traceback.

    Anything else that is raised is a fault of the suite, and is shown as one.
    """


class DataError(AnalystError):
    """Data that cannot be used: which file, line or column, what was found, what is allowed, what to do next."""


class ParameterError(AnalystError):
    """A parameter set that cannot run: which file and key, what was given, what is allowed."""


class SourceMissing(DataError):  # noqa: N818 (the name says what it is)
    """A source that is not at hand: an environment variable not set, or a file that does not exist."""


@lru_cache(maxsize=1 << 14)
def plain_name(name: str) -> str:
    """Name stripped of case, spaces, underscores and full-width forms, to compare column names."""
    return "".join(c for c in fold_width(name).lower() if c.isalnum())


def fold_width(text: str) -> str:
    """Full-width digits, letters and signs as their usual forms (U+FF01..U+FF5E, ideographic space)."""
    return text.translate(_HALF)


_HALF = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2212: 0x2D, 0xA0: 0x20}
_HALF |= {0x2009: 0x20, 0x202F: 0x20, 0x2019: 0x27}  # thin spaces and the apostrophe that group thousands
_HALF |= {0x660 + i: 0x30 + i for i in range(10)} | {0x6F0 + i: 0x30 + i for i in range(10)}  # Arabic digits
_HALF |= {0x66B: 0x2E, 0x66C: 0x27}  # Arabic marks: decimal, and thousands as an apostrophe, which only ever groups


def unwrapped(text: str) -> str:
    """Text without full-width forms, spaces and the marks that spreadsheets put around it: a tab, ="...", a quote."""
    found = re.fullmatch(r'="(.*)"', plain := fold_width(text).strip())
    return (found[1] if found else plain).removeprefix("'")


def nearest(name: str, options: Iterable[str]) -> str | None:
    """Return the option most like a mistyped name, or None."""
    by_plain = {plain_name(option): option for option in options}
    near = difflib.get_close_matches(plain_name(name), by_plain, n=1, cutoff=0.6)
    return by_plain[near[0]] if near else None


def did_you_mean(name: str, options: Iterable[str]) -> str:
    """Return ' Did you mean "..."?' or nothing."""
    near = nearest(name, options)
    return f' Did you mean "{near}"?' if near else ""
