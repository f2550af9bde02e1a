"""Text that an analyst writes into a notebook, as a page may hold it: nothing fetched, nothing that runs."""

from __future__ import annotations

import re
from html import escape
from typing import Any
from urllib.parse import unquote

import bleach
from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from analytics.briefing.look.wording import html, word
from analytics.language import Language

_TABLE = {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "colgroup", "col"}
_WORDS = {"p", "br", "hr", "a", "b", "i", "em", "strong", "code", "pre", "kbd", "sub", "sup", "del", "s", "u", "mark"}
_BLOCKS = {"h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "div", "span", "img"}
_ALLOWED = frozenset(_TABLE | _WORDS | _BLOCKS)
_ADDRESS = re.compile(r"(?:https?://|mailto:|#|[\w.-][\w./%-]*$)", re.I)
_KINDS = ("image/svg+xml", "image/png", "image/jpeg", "image/gif")
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]+$")
_ATTRIBUTES: dict[str, Any] = {
    "a": lambda _, name, value: name == "title" or (name == "href" and bool(_ADDRESS.match(value))),
    "img": lambda _, name, value: name in ("alt", "title") or (name == "src" and bool(_PICTURE.match(value))),
    "th": ["colspan", "rowspan", "scope"],
    "td": ["colspan", "rowspan"],
    "div": ["class"],
    "span": ["class"],
}
_SILENT = re.compile(r"<(script|style|template|noscript|iframe|object)\b.*?(?:</\1\s*>|\Z)", re.S | re.I)
_IMAGE = re.compile(r"<img\b[^>]*>")
_HEADING = re.compile(r"<h[1-6][^>]*>(.*?)</h[1-6]>", re.S)
_KEPT = "\ue000"  # of the private use area: no text holds it
_MATH = re.compile(f"{_KEPT}(\\d+){_KEPT}")


class _Renderer(IPythonRenderer):
    """Markdown to HTML; formulas are kept aside, to be put in after the text was cleaned."""

    def __init__(self, attachments: dict[str, Any]) -> None:
        super().__init__(escape=False, exclude_anchor_links=True, attachments=attachments)
        self.formulas: list[str] = []

    def _formula(self, tex: str, *, block: bool) -> str:
        self.formulas.append(formula(tex, block=block))
        return f"{_KEPT}{len(self.formulas) - 1}{_KEPT}"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Put a pasted picture inside; what lies elsewhere is said by `clean`."""
        pasted = self.attachments.get(unquote(url.removeprefix("attachment:")), {})
        kind = next((kind for kind in _KINDS if kind in pasted), None)
        source = f"data:{kind};base64,{pasted[kind]}" if kind else ""
        return f'<img src="{escape(source)}" alt="{escape(text)}">'

    def block_math(self, body: str) -> str:
        return self._formula(body, block=True)

    def inline_math(self, body: str) -> str:
        return self._formula(body, block=False)

    def latex_environment(self, name: str, body: str) -> str:
        return self._formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)


def narrative(source: str, attachments: dict[str, Any], language: Language) -> str:
    """Return a narrative cell as HTML: pasted pictures inside, formulas as MathML, headings below the page's own.

    Parameters
    ----------
    source : Markdown
    attachments : pictures pasted into the cell, as the notebook keeps them
    language : {"en", "zh"}
    """
    kept = {name: data for name, data in attachments.items() if isinstance(data, dict)}
    renderer = _Renderer(kept)
    text = clean(MarkdownWithMath(renderer=renderer).render(source.replace(_KEPT, "")), language)
    text = _HEADING.sub(r"<h3>\1</h3>", text)
    return _MATH.sub(lambda m: renderer.formulas[int(m[1])], text)


def clean(content: str, language: Language) -> str:
    """Return HTML of unknown origin without scripts, styles and whatever would be fetched."""
    safe = bleach.clean(
        _SILENT.sub("", content),
        tags=_ALLOWED,
        attributes=_ATTRIBUTES,
        protocols={"http", "https", "mailto", "data"},
        strip=True,
    )
    return _IMAGE.sub(lambda m: _picture(m[0], language), safe)


def _picture(tag: str, language: Language) -> str:
    """Keep a picture that the page can hold, and say it where one would have to be fetched."""
    if ' src="' in tag:
        return tag.replace("<img", '<img class="own"', 1)
    alt = re.search(r'alt="([^"]*)"', tag)
    note = html(word("picture_outside", language), language)
    return f'<span class="note">[{note}{f" {alt[1]}" if alt and alt[1] else ""}]</span>'


def formula(tex: str, *, block: bool = False) -> str:
    """Return a formula as MathML, which browsers draw by themselves; one that is not understood as it was written."""
    bare = tex.strip().strip("$").removeprefix(r"\displaystyle").strip()
    try:
        return str(convert(bare, display="block" if block else "inline"))
    except Exception:  # the library has no common base of its errors
        return f"<code>{escape(tex)}</code>"
