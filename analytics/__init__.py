"""Analytics for customs administrations: revenue forecast, price level, risk selection, scorecard."""

import sys
from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("customs-analytics")
except PackageNotFoundError:  # imported from a folder that is not installed
    __version__ = "unknown"

# jsonschema, when imported, builds parsers of international addresses, 0.8 s in every process, for a format that no
# notebook and no schema of ours has. Where their package is not to be found it goes without.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
