"""The Chinese font: registered for figures, cut down to a page's characters, and checked glyph by glyph.

Noto Sans SC (SIL Open Font Licence) comes from the package `pylopdf-fonts-zh-cn`. Its Latin letters are used in the
figures of both languages, so that a briefing looks the same on every machine.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

import pylopdf_fonts_zh_cn
from matplotlib import font_manager

FAMILY = "Noto Sans SC"
# What matplotlib draws where the family has no glyph.
FALLBACK = "DejaVu Sans"


def path() -> Path:
    """Return the font file."""
    return Path(pylopdf_fonts_zh_cn.sans_path())


@cache
def register() -> None:
    """Make the font known to matplotlib, under every weight that figures ask for."""
    known = font_manager.fontManager
    known.addfont(str(path()))
    regular = next(e for e in known.ttflist if e.fname == str(path()))
    # The package has one weight. Named as bold too, it is found without a warning; `svg` thickens what is bold.
    for weight in (600, 700):
        known.ttflist.append(
            font_manager.FontEntry(
                fname=regular.fname,
                index=getattr(regular, "index", 0),
                name=regular.name,
                style=regular.style,
                variant=regular.variant,
                weight=weight,
                stretch=regular.stretch,
                size=regular.size,
            )
        )


@cache
def _covered(file: str) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(file, lazy=True) as font:
        return frozenset(font.getBestCmap())


def missing(text: Iterable[str], *, figure: bool = False) -> set[str]:
    """Return the characters that would show as an empty box.

    Parameters
    ----------
    text : str or iterable of str
    figure : bool
        In figures matplotlib's own DejaVu Sans fills in; on pages only the embedded font counts.
    """
    covered = _covered(str(path()))
    if figure:
        covered |= _covered(font_manager.findfont(FALLBACK))
    characters = {c for piece in text for c in piece}
    return {c for c in characters if c.isprintable() and not c.isspace() and ord(c) not in covered}


@lru_cache(maxsize=32)
def _subset(characters: str) -> bytes:
    from fontTools import subset

    options = subset.Options()
    options.flavor = "woff2"
    options.hinting = False
    options.notdef_outline = True
    options.layout_features = ["kern", "ccmp", "pwid"]
    options.recalc_timestamp = False
    options.name_IDs = [0, 1, 2, 13, 14]  # the licence travels with the font
    with subset.load_font(str(path()), options) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(text=characters)
        cutter.subset(font)
        out = BytesIO()
        subset.save_font(font, out, options)
    return out.getvalue()


def face(text: str) -> str:
    """Return the @font-face rule with the characters of a text, as WOFF2 inside the page.

    Weights 100 to 900 are declared so that no browser reaches for another family's bold, and no unicode-range, so
    that Latin letters and figures inside Chinese text keep one face.
    """
    woff2 = _subset("".join(sorted(set(text) | set("0123456789 "))))
    data = base64.b64encode(woff2).decode("ascii")
    return (
        f'@font-face{{font-family:"{FAMILY}";font-weight:100 900;font-display:block;'
        f'src:url(data:font/woff2;base64,{data}) format("woff2")}}'
    )
