"""Where data come from: the data contract, sources, column maps, row accounting, masking."""

from analytics.errors import DataError, SourceMissing
from analytics.root import project_root
from analytics.simulation import Simulation, simulate
from analytics.tables.contract.accounting import Accounting
from analytics.tables.contract.contracts import CONTRACTS, contract
from analytics.tables.contract.doubts import Doubt, DoubtError
from analytics.tables.engine.connection import configure
from analytics.tables.reading.masking import write_private
from analytics.tables.reading.read import read
from analytics.tables.reading.table import Table, as_ibis, as_pandas
from analytics.tables.report import Report, check
from analytics.tables.source.carried import catalogue, download, published

__all__ = [
    "CONTRACTS",
    "Accounting",
    "DataError",
    "Doubt",
    "DoubtError",
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


def __dir__() -> list[str]:
    return sorted(__all__)
