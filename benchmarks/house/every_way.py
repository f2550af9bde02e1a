"""The same figures from `analytics run`, plain papermill and `jupyter execute`, whatever the number of threads.

    python benchmarks/house/every_way.py FOLDER [PILLAR ...]

Runs every embedded set (no data of the user's) in each way and compares result.json and all tables to the byte.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from analytics.batch import find_sets
from analytics.parameters import ParameterSet

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
WAYS = {
    "run, 1 job": ({"OMP_NUM_THREADS": "1"}, "run"),
    "run, default": ({}, "run"),
    "run, 4 threads of linear algebra": ({"OMP_NUM_THREADS": "4", "OPENBLAS_NUM_THREADS": "4"}, "run"),
    "papermill": ({}, "papermill"),
    "papermill, 4 threads": ({"OMP_NUM_THREADS": "4", "OPENBLAS_NUM_THREADS": "4"}, "papermill"),
    "jupyter execute": ({}, "jupyter"),
}


def _run(found: ParameterSet, way: str, folder: Path, env: dict[str, str]) -> Path:
    place = folder / "en" / found.pillar / found.name
    if way == "run":
        command = [BIN / "analytics", "run", found.path, "--jobs", "1", "--force", "--out", folder]
    elif way == "papermill":
        place.mkdir(parents=True, exist_ok=True)
        given = [x for key, value in found.values.items() for x in ("-y", json.dumps({key: value}))]
        given += ["-p", "output_dir", place]
        command = [BIN / "papermill", found.notebook, place / "run.ipynb", "-k", "python3", *given]
    else:  # as JupyterLab runs all cells: the notebook's own defaults
        place = ROOT / "reports" / "en" / found.pillar / "by_hand"
        command = [BIN / "jupyter", "execute", found.notebook, "--output", folder / "executed.ipynb"]
        folder.mkdir(parents=True, exist_ok=True)
    own = {**os.environ, **env, "JUPYTER_PREFER_ENV_PATH": "1"}
    subprocess.run([str(c) for c in command], cwd=ROOT, env=own, check=True, capture_output=True)
    return place


def _bytes(place: Path) -> dict[str, str]:
    files = [place / "result.json", *sorted((place / "tables").glob("*.csv"))]
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def main() -> None:
    """Print each set, way and what differs from the first."""
    base, wanted = Path(sys.argv[1]).resolve(), sys.argv[2:]
    for found in find_sets(wanted):
        if re.search(r"\$\{|database:", json.dumps(found.values)):
            continue
        first: dict[str, str] = {}
        for number, (name, (env, way)) in enumerate(WAYS.items()):
            seen = _bytes(_run(found, way, base / str(number), env))
            first = first or seen
            other = [f for f in first if first[f] != seen.get(f)]
            print(f"{found.pillar}/{found.name}: {name}: {other or 'equal'}", flush=True)


if __name__ == "__main__":
    main()
