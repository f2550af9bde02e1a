"""Figures as people write them: marks that group, signs behind, texts around."""

from __future__ import annotations

import re
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from analytics.errors import fold_width

_PLAIN = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"  # the engine's own cast takes 1_000 and 0x1F too


@dataclass(frozen=True)
class Style:
    """How figures are written in a source.

    Attributes
    ----------
    decimal : "." or ","
    thousands : separator of thousands; None: whatever of comma, point, space and apostrophe the decimal mark leaves
    date_format : as in strptime; None: recognised
    missing : further texts for a missing value
    negative : ways of writing negative figures: "parentheses", "trailing minus", "CR"
    strip : texts around figures that are no part of them
    calendar : "roc" or "buddhist" where years are counted so
    time_zone : whose clock times are told by that name an offset
    """

    decimal: str = "."
    thousands: str | None = None
    date_format: str | None = None
    missing: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    strip: tuple[str, ...] = ()
    calendar: str | None = None
    time_zone: str | None = None


def number_of(text: ir.StringValue, style: Style) -> ir.FloatingValue:
    """Number written in the source's style, full-width or not."""
    text = _bare(text, style)
    if style.decimal == ".":
        marks = {",": ",", "'": "'", " ": " ", None: ", '"}.get(style.thousands, style.thousands or "")
        plain = ibis.cases((text.re_search(_PLAIN), text)).try_cast("float64")
        if not marks:
            return plain
        return ibis.coalesce(plain, _grouped(text, marks, r"\.").re_replace(f"[{marks}]", "").try_cast("float64"))
    marks = r"\. '" if style.thousands is None else "\\." if style.thousands == "." else style.thousands
    pattern = r"^[+-]?\d*(,\d+)?([eE][+-]?\d+)?$"
    plain = ibis.cases((text.re_search(pattern), text))
    grouped = _grouped(text, marks, ",").re_replace(f"[{marks}]", "") if marks else ibis.null("string")
    return ibis.coalesce(plain, grouped).replace(",", ".").try_cast("float64")


def _bare(text: ir.StringValue, style: Style) -> ir.StringValue:
    """Figure without the texts around it, its minus sign in front."""
    if style.strip:
        around = "|".join(re.escape(fold_width(t)) for t in style.strip)
        text = text.re_replace(rf"^(-?)(?:{around})\s*", "\\1").re_replace(rf"\s*(?:{around})(\)?-?)$", "\\1")
    if "parentheses" in style.negative:
        text = text.re_replace(r"^\((.*)\)$", "-\\1")
    if "trailing minus" in style.negative:
        text = text.re_replace(r"^(.*\d)\s*-$", "-\\1")
    if "CR" in style.negative:
        text = text.re_replace(r"^(?i:CR)\s*([\d.,' ]+)$", "-\\1").re_replace(r"^([\d.,' ]+?)\s*(?i:CR)$", "-\\1")
    return text


def _grouped(text: ir.StringValue, marks: str, decimal: str) -> ir.StringValue:
    """Keep the text where it is a number in groups of three digits, all set apart by one mark; else missing."""
    same = r"|".join(rf"(?:{re.escape(m)}\d{{3}})+" for m in marks.replace("\\", ""))
    lakh = r"|,\d{3}|(?:,\d{2})+,\d{3}" if "," in marks else ""  # 12,34,567: lakh and crore
    return ibis.cases((text.re_search(rf"^[+-]?\d{{1,3}}(?:{same}{lakh})({decimal}\d*)?$"), text))
