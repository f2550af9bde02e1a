"""Analytics for customs administrations: revenue forecast, price level, risk selection, scorecard."""

import sys

# It stands with the code: what an installation notes beside it may be of an earlier one, and pages name it.
__version__ = "0.2.0"

# jsonschema, when imported, builds parsers of international addresses, 0.8 s in every process, for a format that no
# notebook and no schema of ours has. Where their package is not to be found it goes without.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
