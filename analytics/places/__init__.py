"""Where a process may write for a while."""

from analytics.places.private import private, sweep, until_exit

__all__ = ["private", "sweep", "until_exit"]


def __dir__() -> list[str]:
    return sorted(__all__)
