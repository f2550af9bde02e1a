"""What a page looks like and says: headline, figures, tables, wording in two languages, results, export.

A notebook calls `start`, `account`, `headline`, `section`, `figure`, `table`, `bullets`, `fold` and `finish`; the batch
calls `export`, `index`, `error_page` and `pack`. This package knows no pillar.
"""

from analytics.briefing.elements import bullets, figure, fold, headline, section, table
from analytics.briefing.look import theme
from analytics.briefing.page import account, say, start
from analytics.briefing.parts import Column, Tile, Verdict
from analytics.briefing.written.export import export
from analytics.briefing.written.finishing import finish
from analytics.briefing.written.index import Entry, error_page, index
from analytics.briefing.written.packing import pack

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
