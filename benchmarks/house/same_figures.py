"""Hold the figures still while the code moves: what every parameter set writes, as checksums that can be compared.

    python benchmarks/house/same_figures.py keep FOLDER          before a change: run every set, keep what it wrote
    python benchmarks/house/same_figures.py compare FOLDER       after it: run again, name every file that differs

Compared are `result.json` (without `versions`), `tables/*.csv` and the text of every page (without the code shown),
in both languages. Sets whose data are not at hand (ANALYTICS_DATA) are left out on both sides.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import html
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Masks depend on the key, and sums of masked groups on their order: one key for all checkouts.
_KEY = {"ANALYTICS_MASK_KEY": "same-figures-in-every-checkout"}


def page_text(page: str) -> str:
    """Return what a reader of a page reads: no styles, no drawings' paths, no code."""
    page = re.sub(r"<(style|script)\b.*?</\1>", " ", page, flags=re.DOTALL)
    page = re.sub(r"<pre\b.*?</pre>|<code\b.*?</code>", " ", page, flags=re.DOTALL)
    page = re.sub(r"<details class=\"code\".*?</details>", " ", page, flags=re.DOTALL)
    page = re.sub(r"</(p|h\d|li|tr|td|th|figure|div|text)>", "\n", page)
    lines = (" ".join(html.unescape(re.sub(r"<[^>]+>", " ", line)).split()) for line in page.splitlines())
    return "\n".join(line for line in lines if line)


def result_text(text: str) -> str:
    """Return a result without the versions it rests on."""
    result = json.loads(text)
    result.pop("versions", None)
    return json.dumps(result, ensure_ascii=False, indent=1, sort_keys=True)


def written(reports: Path) -> dict[str, str]:
    """Return the comparable text of every file that counts, by its path."""
    found = {}
    for path in sorted(reports.rglob("*")):
        name = str(path.relative_to(reports))
        if path.name == "result.json":
            found[name] = result_text(path.read_text(encoding="utf-8"))
        elif path.name == "briefing.html":
            found[name + ".text"] = page_text(path.read_text(encoding="utf-8"))
        elif path.suffix == ".csv" and path.parent.name == "tables":
            found[name] = path.read_text(encoding="utf-8-sig")
    return found


def run(out: Path, sets: list[str]) -> None:
    """Run the sets in both languages."""
    command = [str(Path(sys.executable).with_name("analytics")), "run", *sets, "--force", "--out", str(out)]
    for language in ("en", "zh"):
        done = subprocess.run(
            [*command, "--language", language], cwd=ROOT, env=os.environ | _KEY, capture_output=True, text=True
        )
        print(done.stdout, done.stderr)


def main() -> None:
    """Keep or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["keep", "compare"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("sets", nargs="*", help="sets or pillars; all by default")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        run(Path(name), given.sets)
        now = written(Path(name))
    if given.what == "keep":
        for path, text in now.items():
            target = given.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        print(f"{len(now)} files kept, sha256 {digest(now)}")
        return
    before = {str(p.relative_to(given.folder)): p.read_text("utf-8") for p in given.folder.rglob("*") if p.is_file()}
    if given.sets:
        before = {
            n: t for n, t in before.items() if any(f"/{s.removeprefix('params/')}" in f"/{n}" for s in given.sets)
        }
    differing = [n for n in sorted(before.keys() | now.keys()) if before.get(n) != now.get(n)]
    for name in differing:
        change = list(difflib.unified_diff(before.get(name, "").splitlines(), now.get(name, "").splitlines(), n=0))
        print(f"\n{name}: {len(change)} lines of difference")
        print("\n".join(line[:240] for line in change[2:14]))
    print(f"{len(differing)} of {len(before.keys() | now.keys())} files differ")
    sys.exit(bool(differing))


def digest(files: dict[str, str]) -> str:
    """Return one checksum of all files."""
    lines = "".join(f"{hashlib.sha256(t.encode()).hexdigest()}  {n}\n" for n, t in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


if __name__ == "__main__":
    main()
