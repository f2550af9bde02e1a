"""What a page looks like and says: headline, figures, tables, wording in two languages, results, export.

A notebook calls `start`, `account`, `headline`, `section`, `figure`, `table`, `bullets`, `fold` and `finish`; the batch
calls `export`, `index`, `error_page` and `pack`. This package knows no pillar.
"""

from analytics.briefing import theme
from analytics.briefing.elements import bullets, figure, fold, headline, section, table
from analytics.briefing.export import export
from analytics.briefing.finishing import finish
from analytics.briefing.index import Entry, error_page, index
from analytics.briefing.packing import pack
from analytics.briefing.page import account, say, start
from analytics.briefing.parts import Column, Tile, Verdict

__all__ = [
    "Column",
    "Entry",
    "Tile",
    "Verdict",
    "account",
    "bullets",
    "error_page",
    "export",
    "figure",
    "finish",
    "fold",
    "headline",
    "index",
    "pack",
    "say",
    "section",
    "start",
    "table",
    "theme",
]
