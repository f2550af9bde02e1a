"""Pages of operations, as parts that a notebook places."""

from analytics.operations.page import release, supervision

__all__ = ["release", "supervision"]
