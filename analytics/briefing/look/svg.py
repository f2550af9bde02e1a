"""A matplotlib figure as small, clean, repeatable SVG that lies inside a page."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
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

_BOLD_STROKE = 190  # of 6400 font units to the em
_PICTURE = "data:image/png;base64,"
_COORDINATES = ("d", "points", "transform", "x", "y", "x1", "x2", "y1", "y2", "width", "height")
_NUMBER = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?|-?\d+e-\d+")
_NAMED = re.compile(r"^#(.+)$|url\(#([^)]+)\)")  # how an attribute names another element


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


def _clean(drawing: str, name: str) -> ET.Element:
    """Leave out what no reader sees, shorten numbers, make ids the figure's own."""
    root = ET.fromstring(drawing)
    for element in root.iter():
        element.tag = _bare(element.tag)
        element.attrib = {_bare(key): value for key, value in element.attrib.items()}
        if not (element.text or "").strip():
            element.text = None
        element.tail = None
    for holder in root.iter():
        for part in list(holder):
            if part.tag == "metadata" or (part.tag == "defs" and part.find("style") is not None):
                holder.remove(part)
    _embolden(root)
    used = {a or b for e in root.iter() for v in e.attrib.values() for a, b in _NAMED.findall(v)}
    for element in root.iter():
        if element.get("id", "") not in used:
            element.attrib.pop("id", None)
        for key, value in element.attrib.items():
            element.set(key, _attribute(key, value, name))
    return root


def _bare(name: str) -> str:
    """Name without its namespace."""
    return name.rpartition("}")[2]


def _embolden(root: ET.Element) -> None:
    """The glyphs come in one weight: bold is the same outline with a stroke of its own colour."""
    for group in root.iter("g"):
        if group.get("id", "").startswith(_STRONG) and len(group):
            first = group[0]
            style = dict(part.split(":", 1) for part in first.get("style", "").split(";") if ":" in part)
            if colour := style.get("fill", "").strip():
                first.set("style", f"{first.get('style')}; stroke: {colour}; stroke-width: {_BOLD_STROKE}")


def _attribute(key: str, value: str, name: str) -> str:
    if key == "id":
        return _own(value, name)
    if key in _COORDINATES:
        value = _NUMBER.sub(_rounded, " ".join(value.split()))
    if key == "style":
        value = re.sub(r"(?<=[:;]) +", "", value)
    if value.startswith(_PICTURE):
        return _PICTURE + _lighter(value.removeprefix(_PICTURE))
    return _NAMED.sub(lambda m: m[0].replace(m[1] or m[2], _own(m[1] or m[2], name)), value)


def _lighter(coded: str) -> str:
    """Keep a picture of many marks to a few dozen colours: a third of the bytes, the same to the eye."""
    original = base64.b64decode("".join(coded.split()))
    out = BytesIO()
    with Image.open(BytesIO(original)) as picture:
        few = picture.convert("RGBA").quantize(_CROWD_COLOURS, method=Image.Quantize.FASTOCTREE)
        few.save(out, format="png", optimize=True)
    best = min(original, out.getvalue(), key=len)
    return base64.b64encode(best).decode("ascii")


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


def _lay_in(root: ET.Element, figure: Figure, alt: str) -> str:
    width, height = figure.get_size_inches()
    root.attrib = {
        "xmlns": "http://www.w3.org/2000/svg",
        "role": "img",
        "aria-label": alt,
        "width": str(round(width * PIXELS_PER_INCH)),
        "height": str(round(height * PIXELS_PER_INCH)),
        "viewBox": root.get("viewBox", f"0 0 {width * 72:g} {height * 72:g}"),
        "class": "figure",
    }
    return ET.tostring(root, encoding="unicode").replace(" />", "/>")  # no text holds it: ">" is escaped there
