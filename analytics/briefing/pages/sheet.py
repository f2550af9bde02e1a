"""What a page's parts share: style sheet with the font cut down to the page's characters, glyphs of figures, links."""

from __future__ import annotations

import re
from html import unescape

from analytics.briefing.look import fonts
from analytics.briefing.look.templates import TEMPLATE
from analytics.language import Language

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
_GLYPH = re.compile(r'<defs>((?:<path id="(?:NotoSansSC|DejaVuSans)[^"]*"[^>]*/>)+)</defs>')
_PATH = re.compile(r'<path id="([^"]+)"[^>]*/>')
# The font has one weight: a hairline of the text's own colour makes it bold.
_BOLD = (
    "h1,h2,h3,b,strong,summary,caption,.badge,.banner,.briefing .total th,.briefing .total td"
    "{-webkit-text-stroke:.03em currentColor}"
)


def visible_text(page: str) -> str:
    """Return what a page shows and says, without style, figures' outlines and tags."""
    bare = re.sub(r"<style.*?</style>|<path[^>]*>|\b(?:d|src)=\"[^\"]*\"", "", page, flags=re.S)
    spoken = " ".join(re.findall(r'(?:aria-label|content|title|alt)="([^"]*)"', bare))
    return unescape(re.sub(r"<[^>]+>", " ", bare) + spoken)


def styles(page: str, language: Language) -> str:
    """Return a page's style sheet with the font cut down to the page's characters.

    The same face in text and figures, on every machine: no reader needs a font, and no character shows as a box.
    """
    sheets = "".join((TEMPLATE / n).read_text(encoding="utf-8") for n in ("elements.css", "page.css"))
    # Quotation marks, dashes and dots of this font are as wide as Chinese characters unless asked for otherwise.
    spacing = "" if language == "zh" else 'body{font-feature-settings:"pwid"}'
    return fonts.face(visible_text(page)) + sheets + _BOLD + spacing


def quoted(text: str) -> str:
    """Return a text as a string of a style sheet: all but letters, digits and blanks stands as its code."""
    return '"' + "".join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in text) + '"'


def share_glyphs(page: str) -> tuple[str, str]:
    """Keep each glyph outline once: figures use the same font, and a page may hold many."""
    outlines: dict[str, str] = {}

    def collect(match: re.Match[str]) -> str:
        for path in _PATH.finditer(match[1]):
            outlines.setdefault(path[1], path[0])
        return ""

    page = _GLYPH.sub(collect, page)
    if not outlines:
        return page, ""
    paths = "".join(outlines[key] for key in sorted(outlines))
    return page, f'<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>{paths}</defs></svg>'
