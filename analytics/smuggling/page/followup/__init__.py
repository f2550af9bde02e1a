"""Exhibits of the audit plan, and of the integrity panel (`panel`)."""

from analytics.smuggling.page.followup import panel
from analytics.smuggling.page.followup.plan import exhibits, key_figures, leads, tables, verdict

__all__ = ["exhibits", "key_figures", "leads", "panel", "tables", "verdict"]
