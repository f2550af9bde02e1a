"""Where data come from: the data contract, sources, column maps, row accounting, masking."""

from analytics.tables.accounting import Accounting
from analytics.tables.carried import catalogue, download, published
from analytics.tables.contract import CONTRACTS, contract
from analytics.tables.engine import configure
from analytics.tables.errors import DataError, SourceMissing
from analytics.tables.masking import write_private
from analytics.tables.reading import read
from analytics.tables.report import Report, check
from analytics.tables.root import project_root
from analytics.tables.simulation import Simulation, simulate
from analytics.tables.table import Table, as_ibis, as_pandas

__all__ = [
    "CONTRACTS",
    "Accounting",
    "DataError",
    "Report",
    "Simulation",
    "SourceMissing",
    "Table",
    "as_ibis",
    "as_pandas",
    "catalogue",
    "check",
    "configure",
    "contract",
    "download",
    "project_root",
    "published",
    "read",
    "simulate",
    "write_private",
]
