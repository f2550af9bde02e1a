"""Known advisories against the versions of the lock, asked of a package index that tells them.

    python benchmarks/house/advisories.py BASE

BASE is the address of an index with a JSON interface: BASE/NAME/VERSION/json, whose field `vulnerabilities` lists them.
An index that has none is told as such, and nothing is called clean.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.M)


def known(base: str, name: str, version: str) -> list[str] | None:
    """Advisories of one version; None where the index does not say."""
    try:
        with urlopen(f"{base.rstrip('/')}/{name}/{version}/json", timeout=20) as answer:
            told = json.load(answer)
    except (URLError, ValueError, TimeoutError):
        return None
    listed = told.get("vulnerabilities")
    return None if listed is None else [f"{v.get('id')} {v.get('aliases')}" for v in listed if not v.get("withdrawn")]


def main() -> None:
    """Print every version with advisories, and how many could not be asked about."""
    lock = (Path(__file__).parents[2] / "requirements.lock").read_text(encoding="utf-8")
    pins = sorted(set(_PIN.findall(lock)))
    found = {pin: known(sys.argv[1], *pin) for pin in pins}
    for (name, version), told in found.items():
        if told:
            print(name, version, *told, sep="\n    ")
    silent = sum(told is None for told in found.values())
    print(f"{len(pins)} versions: {sum(bool(t) for t in found.values())} with advisories, {silent} not told of")
    sys.exit(1 if silent or any(found.values()) else 0)


if __name__ == "__main__":
    main()
