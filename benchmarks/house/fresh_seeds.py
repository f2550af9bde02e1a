"""Property tests with fresh seeds of hypothesis: does any go red by chance?

    python benchmarks/house/fresh_seeds.py [SEEDS] [FIRST] [pytest arguments ...]

Only tests that hypothesis drives are run, one process a seed; the database of earlier examples is left out, so that
every seed looks anew. Prints each failure with the seed that shows it again.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Print seed, seconds and failures."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    files = [str(p) for p in (ROOT / "tests").glob("*/test_*.py") if "hypothesis import" in p.read_text("utf-8")]
    failed = 0
    for seed in range(first, first + seeds):
        command = [sys.executable, "-m", "pytest", "-q", "-m", "hypothesis", f"--hypothesis-seed={seed}"]
        began = time.monotonic()
        done = subprocess.run(
            [*command, "-p", "no:cacheprovider", *files, *sys.argv[3:]], cwd=ROOT, capture_output=True, text=True
        )
        red = re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
        failed += len(red)
        last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr[-500:]
        print(f"seed {seed}: {time.monotonic() - began:.0f} s, {last} {' '.join(red)}", flush=True)
    print(f"{failed} failures in {seeds} seeds")


if __name__ == "__main__":
    main()
