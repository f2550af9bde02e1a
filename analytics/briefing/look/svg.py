"""A matplotlib figure as small, clean, repeatable SVG that lies inside a page."""

from __future__ import annotations

import base64
import re
from html import escape
from io import BytesIO, StringIO

import matplotlib as mpl
import numpy as np
from matplotlib.collections import Collection, PathCollection, QuadMesh
from matplotlib.figure import Figure
from matplotlib.text import Text as Artist
from PIL import Image

from analytics.briefing.look import fonts, theme

PIXELS_PER_INCH = 100  # CSS pixels: 9.6 inches of figure fill the page's 960 pixels
_CROWD = 1_500  # marks
_CROWD_DPI = 150
_CROWD_COLOURS = 48
_STRONG = "strong-"  # marks groups of bold text between matplotlib and the page

_BOLD = re.compile(rf'(<g id="{_STRONG}\d+">\s*<g style="fill: ?)([^;"]+)"')
_BOLD_STROKE = 190  # of 6400 font units to the em
_PICTURE = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=\s]+)")
_HEAD = re.compile(r"^.*?<svg", re.S)
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.S)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_NUMBER = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?|-?\d+e-\d+")
_COORDINATES = re.compile(r' (?:d|points|transform|x|y|x1|x2|y1|y2|width|height)="[^"]*"', re.S)
_ID = re.compile(r' id="([^"]+)"')
_USED = re.compile(r'(?:href="#|url\(#)([^")]+)')


def texts(figure: Figure) -> list[str]:
    """Return every text that a figure shows."""
    return [t.get_text() for t in figure.findobj(Artist) if t.get_visible() and t.get_text()]


def svg(figure: Figure, name: str, alt: str) -> str:
    """Draw a figure as an inline SVG element.

    Parameters
    ----------
    figure : Figure
    name : str
        Unique on the page; prefixes the ids that are not shared between figures.
    alt : str
        What the figure shows, for those who do not see it.

    Returns
    -------
    str
        The element. The same figure gives the same bytes: no date, fixed ids, coordinates to two decimals.
    """
    _mark_bold(figure)
    _flatten_crowds(figure)
    out = StringIO()
    with mpl.rc_context(theme.style()):
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(out, format="svg", metadata=nothing, dpi=_CROWD_DPI)
    return _lay_in(_clean(out.getvalue(), name), figure, alt)


def _mark_bold(figure: Figure) -> None:
    for number, text in enumerate(figure.findobj(Artist)):
        weight = text.get_fontweight()
        if weight in ("bold", "semibold", "demibold", "heavy") or (isinstance(weight, int | float) and weight >= 600):
            text.set_gid(f"{_STRONG}{number}")


def _flatten_crowds(figure: Figure) -> None:
    """Draw thousands of marks as one picture inside the SVG: as outlines they would weigh megabytes."""
    for marks in figure.findobj(Collection):
        many = len(np.asarray(marks.get_offsets())) if isinstance(marks, PathCollection) else len(marks.get_paths())
        if isinstance(marks, QuadMesh) or many > _CROWD:
            marks.set_rasterized(True)


def _clean(drawing: str, name: str) -> str:
    body = _HEAD.sub("<svg", drawing)
    body = _COMMENT.sub("", _METADATA.sub("", body))
    body = _COORDINATES.sub(lambda m: _NUMBER.sub(_rounded, m[0].replace("\n", " ")), body)
    # The glyphs come in one weight: bold is the same outline with a stroke of its own colour.
    body = _BOLD.sub(rf'\1\2;stroke:\2;stroke-width:{_BOLD_STROKE}"', body)
    used = set(_USED.findall(body))
    body = _ID.sub(lambda m: f' id="{_own(m[1], name)}"' if m[1] in used else "", body)
    body = _USED.sub(lambda m: m[0].replace(m[1], _own(m[1], name)), body)
    body = body.replace("xlink:href", "href")
    body = re.sub(r'style="[^"]*"', lambda m: re.sub(r"(?<=[:;]) +", "", m[0]), body)
    body = re.sub(r' style="fill:none" ', " ", body)
    body = re.sub(r">\s+<", "><", body)
    return _PICTURE.sub(_lighter, re.sub(r"\s{2,}", " ", body).strip())


def _lighter(match: re.Match[str]) -> str:
    """Keep a picture of many marks to a few dozen colours: a third of the bytes, the same to the eye."""
    original = base64.b64decode(re.sub(r"\s", "", match[1]))
    out = BytesIO()
    with Image.open(BytesIO(original)) as picture:
        few = picture.convert("RGBA").quantize(_CROWD_COLOURS, method=Image.Quantize.FASTOCTREE)
        few.save(out, format="png", optimize=True)
    best = min(original, out.getvalue(), key=len)
    return f"data:image/png;base64,{base64.b64encode(best).decode('ascii')}"


def _own(identifier: str, name: str) -> str:
    """Glyphs are the same in every figure and keep their name; everything else is the figure's own."""
    shared = identifier.startswith((fonts.FAMILY.replace(" ", ""), fonts.FALLBACK.replace(" ", "")))
    return identifier if shared else f"{name}-{identifier}"


def _rounded(match: re.Match[str]) -> str:
    value = float(match[0])
    # Scales such as 0.015625 turn font units into points: rounding them would change sizes.
    if abs(value) < 0.1:
        return f"{value:.6g}"
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _lay_in(body: str, figure: Figure, alt: str) -> str:
    width, height = figure.get_size_inches()
    pixels = round(width * PIXELS_PER_INCH)
    found = re.search(r'viewBox="[^"]*"', body)
    box = found[0] if found else f'viewBox="0 0 {width * 72:g} {height * 72:g}"'
    inside = body[body.index(">") + 1 :]
    inside = re.sub(r"<defs><style[^>]*>.*?</style></defs>", "", inside, flags=re.S)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(alt, quote=True)}" '
        f'width="{pixels}" height="{round(height * PIXELS_PER_INCH)}" {box} class="figure">{inside}'
    )
