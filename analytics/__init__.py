"""Analytics for customs administrations: revenue forecast, price level, risk selection, scorecard."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("customs-analytics")
except PackageNotFoundError:  # imported from a folder that is not installed
    __version__ = "unknown"
