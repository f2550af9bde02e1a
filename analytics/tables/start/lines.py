"""Lines of a first column map for a table of the contract."""

from __future__ import annotations

from analytics.tables.start.declared import declared
from analytics.tables.start.received import received
from analytics.tables.start.seen import Lines, Seen


def map_lines(seen: Seen, table: str) -> Lines | None:
    """Lines of a column map and the headers that it uses; None where the table cannot be made of them."""
    return declared(seen) if table == "declarations" else received(seen)
