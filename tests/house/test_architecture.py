"""Arrows that must never be, and what a notebook must never hold."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from analytics.parameters import defaults, pillars, reference_page, schema, subjects

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "analytics"
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))


def test_the_floors_of_the_house_hold_and_no_two_rooms_lean_on_each_other():
    """The floors stand in pyproject.toml; import-linter reads the imports."""
    done = subprocess.run([Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_room_has_its_floor():
    layers = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    named = {n for layer in layers[0]["layers"] for n in re.findall(r"analytics\.(\w+)", layer)}
    rooms = {p.name.removesuffix(".py") for p in PACKAGE.iterdir() if not p.name.startswith(("_", "."))}
    assert rooms - {"data"} <= named


def test_nothing_stands_in_the_repository_that_a_run_wrote():
    """Pages, tables and notes of a trial run slip in with what is committed beside them."""
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("no git repository here: what is committed cannot be told")
    named = [Path(line) for line in done.stdout.splitlines()]
    folders = {p.parts[0] for p in named if len(p.parts) > 1}
    assert folders <= {".ci", "analytics", "benchmarks", "docs", "notebooks", "params", "tests"}
    written = {"result.json", "briefing.html", "run.ipynb", "provenance.json", "tables.xlsx"}
    assert not [str(p) for p in named if p.name in written or ".partial" in str(p)]


def test_no_shelf_holds_more_than_ten_files():
    crowded = {
        str(folder.relative_to(ROOT)): len(files)
        for folder in [PACKAGE, *(p for p in PACKAGE.rglob("*") if p.is_dir())]
        if len(files := [f for f in folder.glob("*.py") if f.name != "__init__.py"]) > 10
    }
    assert not crowded


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_communicates_and_the_package_computes(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    for source in code:
        forbidden = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
        assert not [n for n in ast.walk(ast.parse(source)) if isinstance(n, forbidden)], source
    assert sum(s.count("\n") + 1 for s in code) <= 150
    assert not [c for c in cells if c.get("outputs") or c.get("execution_count")], "outputs are committed"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_every_narrative_cell_has_its_twin_in_the_other_language(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    tags = [c["metadata"].get("tags", []) for c in cells if c["cell_type"] == "markdown"]
    languages = [next((t for t in ts if t in ("en", "zh")), None) for ts in tags]
    assert None not in languages, "a narrative cell without a language"
    assert languages == ["en", "zh"] * (len(languages) // 2)


@pytest.mark.parametrize("pillar", pillars())
def test_a_pillar_has_a_place_and_a_name_in_both_languages(pillar):
    assert isinstance(schema(pillar)["x-order"], int)
    assert set(schema(pillar)["x-name"]) == {"en", "zh"}
    assert all(name.strip() for name in schema(pillar)["x-name"].values())


@pytest.mark.parametrize("pillar", subjects())
def test_the_parameters_cell_and_the_schema_agree(pillar):
    path = ROOT / schema(pillar)["x-notebook"]
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    [cell] = [c for c in cells if "parameters" in c["metadata"].get("tags", [])]
    tree = ast.parse("".join(cell["source"]))
    named = {n.target.id: ast.literal_eval(n.value) for n in tree.body if isinstance(n, ast.AnnAssign)}
    assert len(named) == len(tree.body), "every parameter is annotated with its type"
    assert named.pop("language") == "en"
    assert named.pop("output_dir") is None
    assert named == defaults(pillar)


@pytest.mark.parametrize("pillar", subjects())
def test_every_parameter_is_explained_in_one_place(pillar):
    for name, rule in schema(pillar)["properties"].items():
        missing = {"title", "title_zh", "description", "unit", "default"} - set(rule)
        assert not missing, f"{pillar}.{name}: {missing}"
        assert "type" in rule or "enum" in rule, name


def test_the_parameter_reference_is_up_to_date():
    page = (ROOT / "docs" / "parameters.md").read_text(encoding="utf-8")
    assert page == reference_page(), "run `make reference`"


def test_the_repository_names_no_place_of_a_machine_and_no_decided_guilt():
    place = re.compile(r"(?<![\w.])/(home|root|work|Users)/\w")
    for path in [*PACKAGE.rglob("*.py"), *ROOT.glob("params/**/*.yaml"), *NOTEBOOKS]:
        assert not place.search(path.read_text(encoding="utf-8")), path
