"""Disclosure control: what may leave the house. Masks are no protection where one enterprise is most of a cell."""

from analytics.briefing.disclosure.rule import Rule, checked
from analytics.briefing.disclosure.suppression import suppressed

__all__ = ["Rule", "checked", "suppressed"]
