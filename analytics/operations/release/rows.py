"""Declarations for release times: their lines brought to one row."""

from __future__ import annotations

from typing import Any

import ibis

from analytics.tables.contract.movements import by_sea

WANTED = ("declaration_id", "date", "district", "port", "direction", "transport_mode", "lane", "accepted_at",
           "examined_at", "released_at", "version")  # fmt: skip


def one_row(t: Any) -> Any:
    """One row a declaration."""
    have, text = set(t.columns), ibis.null("string")
    kept = {
        "date": t.date.min() if "date" in have else t.accepted_at.min(),
        "direction": t.direction.min() if "direction" in have else text,
        "sea": by_sea(t.transport_mode).any() if "transport_mode" in have else ibis.null("boolean"),
        "port": t.port.min() if "port" in have else text,
        "lane": t.lane.max() if "lane" in have else text,
        "accepted": t.accepted_at.min(), "released": t.released_at.max(),
        "open": (t.released_at.count() < t.count()),
        "amended": (t.version > 1).any() if "version" in have else ibis.literal(value=False),
        "examined": t.examined_at.max() if "examined_at" in have else ibis.null("timestamp"),
    }  # fmt: skip
    return t.group_by("declaration_id").aggregate(**kept)
