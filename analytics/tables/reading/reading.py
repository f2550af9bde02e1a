"""One source on its way to a table."""

from __future__ import annotations

from dataclasses import dataclass, field

from analytics.language import Text
from analytics.tables.mapping.maps import ColumnMap
from analytics.tables.shaping.shape import Shaped
from analytics.tables.source.raw import Raw
from analytics.tables.values import evidence


@dataclass
class Reading:
    """One source on its way: as it stands, in shape, and what was found out about it."""

    raw: Raw
    shaped: Shaped
    figures: evidence.Figures
    column_map: ColumnMap
    lengths: dict[str, evidence.CodeLengths] = field(default_factory=dict)
    notes: list[Text] = field(default_factory=list)
    in_place: bool = False  # no cell needs cleaning: the source is used where it lies

    @property
    def may_stay(self) -> bool:
        """Whether every row of the source is one row of the table."""
        return self.raw.in_place and self.column_map.unpivot is None and not self.column_map.cumulative
