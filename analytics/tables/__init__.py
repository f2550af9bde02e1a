"""Where data come from: the data contract, sources, column maps, row accounting, masking."""

from analytics.tables.root import project_root

__all__ = ["project_root"]
