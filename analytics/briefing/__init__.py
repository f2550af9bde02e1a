"""What a page looks like and says: headline, figures, tables, wording in two languages, results, export.

A pillar makes exhibits (`Headline`, `Section`, `Chart`, `Listing`, `Points`, `Fold`) from its result; a notebook calls
`start`, `account`, `show` and `finish`; the batch calls `export`, `index`, `error_page` and `pack`. This package knows
no pillar.
"""

from analytics.briefing.columns import cells, interval, labelled, named
from analytics.briefing.elements import bullets, figure, fold, headline, section, table
from analytics.briefing.exhibits import (
    Chart,
    Fold,
    Headline,
    Listing,
    Look,
    Part,
    Points,
    Section,
    faults,
    present,
    show,
    texts,
)
from analytics.briefing.look import theme
from analytics.briefing.page import account, currency, folder, place, say, start
from analytics.briefing.pages.board import board
from analytics.briefing.pages.export import Since, export
from analytics.briefing.pages.index import Failed, error_page, index
from analytics.briefing.pages.rows import Entry
from analytics.briefing.parts import Column, Lead, PlanStanding, Tile, Verdict
from analytics.briefing.written.finishing import finish
from analytics.briefing.written.packing import pack

__all__ = [
    "Chart",
    "Column",
    "Entry",
    "Failed",
    "Fold",
    "Headline",
    "Lead",
    "Listing",
    "Look",
    "Part",
    "PlanStanding",
    "Points",
    "Section",
    "Since",
    "Tile",
    "Verdict",
    "account",
    "board",
    "bullets",
    "cells",
    "currency",
    "error_page",
    "export",
    "faults",
    "figure",
    "finish",
    "fold",
    "folder",
    "headline",
    "index",
    "interval",
    "labelled",
    "named",
    "pack",
    "place",
    "present",
    "say",
    "section",
    "show",
    "start",
    "table",
    "texts",
    "theme",
]


def __dir__() -> list[str]:
    return sorted(__all__)
