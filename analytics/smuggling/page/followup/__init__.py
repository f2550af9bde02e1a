"""Exhibits of the audit plan."""

from analytics.smuggling.page.followup.plan import exhibits, key_figures, leads, tables, verdict

__all__ = ["exhibits", "key_figures", "leads", "tables", "verdict"]
