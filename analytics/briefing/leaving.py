"""Elements of a page that is to leave the house: what is withheld, and that it is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matplotlib.figure import Figure

from analytics.briefing.disclosure.gate import SILENCED
from analytics.briefing.look.svg import texts
from analytics.briefing.look.templates import element
from analytics.briefing.look.wording import said, word
from analytics.briefing.page import Page
from analytics.briefing.parts import Tile, Verdict
from analytics.language import NO_FIGURE, Text, percent


def told_verdict(page: Page, verdict: Verdict) -> Verdict:
    """Return a verdict as it may leave: without its value where the sentence that tells it may not."""
    text, lead = page.tell(verdict.text), page.tell(verdict.lead)
    if text == SILENCED:
        verdict = replace(verdict, value=None, low=None, high=None)
    return replace(verdict, text=text, lead=lead, badge=verdict.badge and page.tell(verdict.badge))


def told_tiles(page: Page, tiles: Sequence[Tile]) -> list[Tile]:
    """Return tiles as they may leave: without a figure where label, value or note may not be told."""
    return [tile if _told(page, tile) else replace(tile, value=NO_FIGURE, note=SILENCED, spark=None) for tile in tiles]


def _told(page: Page, tile: Tile) -> bool:
    texts = [text for text in (tile.label, tile.value, tile.note) if text is not None]
    return all(page.tell(text) == text for text in texts)


def names_untold(page: Page, fig: Figure, alt: Text) -> bool:
    """Whether a drawing, or what is said of it, names what may not be told."""
    fig.draw_without_rendering()  # labels of an axis are written when it is drawn
    return alt == SILENCED or any(page.tell(text) != text for text in texts(fig))


def withheld(page: Page, title: Text) -> None:
    """Say that something is not shown because it could tell of single enterprises."""
    if page.gate is None:
        raise ValueError("Nothing is withheld from a page for use inside the house.")
    rule = page.gate.rule
    share = percent(rule.dominance, 0, page.language)
    text = word("withheld", page.language).format(fewest=rule.fewest, share=share)
    page.show(
        "withheld", element("withheld", page.language, title=title, rule=text), text, title=said(title, page.language)
    )
