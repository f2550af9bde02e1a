"""Arrows that must never be, and what a notebook must never hold."""

import ast
import json
import re
from pathlib import Path

import pytest

from analytics.parameters import defaults, pillars, schema

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "analytics"
PILLARS = ("tax_forecast", "valuation", "smuggling", "scorecard")
FLOORS = {
    "language": 1, "targets": 1, "parameters": 1, "tables": 1, "data": 1, "preload": 1,
    "briefing": 2,
    **dict.fromkeys(PILLARS, 3), "batch": 3,
    "cli": 4,
}  # fmt: skip
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))


def _imports(path: Path) -> set[str]:
    """Rooms of the package that a module imports, by name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "analytics":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("analytics.")}
    return found & set(FLOORS)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_module_imports_a_higher_floor_or_a_neighbouring_pillar(path):
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if room not in FLOORS:
        return
    for other in _imports(path) - {room}:
        assert FLOORS[other] <= FLOORS[room], f"{path.name} ({room}) imports {other}, a floor above"
        assert not (FLOORS[room] == FLOORS[other] == 3), f"{room} imports its neighbour {other}"


def test_every_room_has_its_floor():
    rooms = {p.name.removesuffix(".py") for p in PACKAGE.iterdir() if not p.name.startswith(("_", "."))}
    assert rooms <= set(FLOORS)


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


@pytest.mark.parametrize("pillar", pillars())
def test_every_parameter_is_explained_in_one_place(pillar):
    for name, rule in schema(pillar)["properties"].items():
        missing = {"title", "title_zh", "description", "unit", "default"} - set(rule)
        assert not missing, f"{pillar}.{name}: {missing}"
        assert "type" in rule or "enum" in rule, name


def test_the_parameter_reference_is_up_to_date():
    from analytics.parameters import reference

    page = (ROOT / "README.md").read_text(encoding="utf-8")
    for pillar in pillars():
        assert reference(pillar) in page, "run `make reference`"


def test_the_repository_names_no_place_of_a_machine_and_no_decided_guilt():
    place = re.compile(r"(?<![\w.])/(home|root|work|Users)/\w")
    for path in [*PACKAGE.rglob("*.py"), *ROOT.glob("params/**/*.yaml"), *NOTEBOOKS]:
        assert not place.search(path.read_text(encoding="utf-8")), path
