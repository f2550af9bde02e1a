"""Disclosure control: what may leave the house. Masks are no protection where one enterprise is most of a cell."""

from analytics.briefing.disclosure.gate import Gate
from analytics.briefing.disclosure.ledger import Ledger
from analytics.briefing.disclosure.records import Records
from analytics.briefing.disclosure.rule import Rule

__all__ = ["Gate", "Ledger", "Records", "Rule"]
