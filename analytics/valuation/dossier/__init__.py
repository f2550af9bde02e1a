"""The dossier of a price query: one enterprise's lines of one good, what they compare with, and what is asked."""

from analytics.valuation.dossier.file import Dossier, dossier, largest
from analytics.valuation.dossier.opening import headline, leads, verdict
from analytics.valuation.dossier.page import exhibits, figures, tables
from analytics.valuation.evidence.ledger import Ledger, ledger

__all__ = [
    "Dossier", "Ledger", "dossier", "exhibits", "figures", "headline", "largest", "leads", "ledger", "tables",
    "verdict",
]  # fmt: skip
