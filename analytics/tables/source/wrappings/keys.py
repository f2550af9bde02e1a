r"""Tables of Eurostat, whose first column holds several: freq,unit,geo\TIME_PERIOD becomes freq, unit and geo."""

from __future__ import annotations

import re
from pathlib import Path

from analytics.tables.engine import connection as engine

_KEYS = re.compile(r'"?(\w+(?:,\w+)+)\\(\w+)"?\t')


def spread(path: Path) -> Path:
    """Write a file whose first column joins keys by commas with a column for each; other files stay as they are.

    Line numbers stay what they were.
    """
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as source:
        head = source.readline()
        found = _KEYS.match(head)
        if found is None:
            return path
        count = found[1].count(",")
        target = engine.temporary_folder() / f"{engine.new_name('keys')}.tsv"
        with target.open("w", encoding="utf-8", newline="") as out:
            out.write(found[1].replace(",", "\t") + "\t" + head[found.end() :])
            for line in source:
                key, tab, rest = line.partition("\t")
                out.write(key.replace(",", "\t", count) + tab + rest)
    return target
