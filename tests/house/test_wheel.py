"""What a wheel holds: without a clone, notebooks, sets and maps are found, and files go where the user stands."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASKED = """
from analytics.parameters import load, pillars, subjects
from analytics.root import project_root, shipped_root
from analytics.tables.mapping.files import shipped
assert pillars() and subjects() and shipped(), "nothing shipped"
for path in sorted((shipped_root() / "params").glob("*/*.yaml")):
    assert load(path).notebook.is_file(), path
print(project_root(), len(pillars()))
"""


def test_a_wheel_brings_notebooks_sets_and_maps_and_works_from_any_folder(tmp_path: Path):
    built, away = tmp_path / "lib", tmp_path / "away"
    away.mkdir()
    made = [sys.executable, "setup.py", "-q", "build_py", "--build-lib", str(built)]
    subprocess.run(made, cwd=ROOT, check=True, capture_output=True)
    environment = {**os.environ, "PYTHONPATH": str(built), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        [sys.executable, "-c", ASKED], cwd=away, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    where, count = done.stdout.split()
    assert Path(where) == away.resolve()
    assert int(count) == len(list((ROOT / "params").glob("*/schema.json")))
