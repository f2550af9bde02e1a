"""Sets, schema and notebook say the same."""

import ast
import json

import nbformat
import pytest

from analytics import parameters
from analytics.tables import project_root
from analytics.tax_forecast import Question
from analytics.tax_forecast.models import MODELS
from analytics.tax_forecast.record.setting import AUTO

SETS = sorted((project_root() / "params" / "tax_forecast").rglob("*.yaml"))


@pytest.mark.parametrize("path", SETS, ids=lambda p: p.stem)
def test_every_set_passes_its_schema(path):
    assert parameters.load(path).pillar == "tax_forecast"


def test_the_schema_offers_exactly_the_models_there_are():
    offered = parameters.schema("tax_forecast")["properties"]["model"]["enum"]
    assert set(offered) == {AUTO, *MODELS}


def test_the_notebooks_parameters_are_the_schemas_with_its_defaults():
    notebook = nbformat.read(project_root() / "notebooks" / "tax_forecast" / "annual_revenue.ipynb", as_version=4)
    (cell,) = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    lines = [node for node in ast.parse(cell.source).body if isinstance(node, ast.AnnAssign)]
    given = {node.target.id: ast.literal_eval(node.value) for node in lines}
    assert given == {**parameters.defaults("tax_forecast"), "language": "en", "output_dir": None}


def test_the_notebook_is_committed_without_outputs_and_tells_both_languages():
    path = project_root() / "notebooks" / "tax_forecast" / "annual_revenue.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    code = [c for c in notebook["cells"] if c["cell_type"] == "code"]
    assert all(c["outputs"] == [] and c["execution_count"] is None for c in code)
    tags = [c["metadata"]["tags"][0] for c in notebook["cells"] if c["cell_type"] == "markdown"]
    assert tags == ["en", "zh"] * (len(tags) // 2)
    source = "".join("".join(c["source"]) for c in code)
    assert not any(word in source for word in ("def ", "class ", "lambda"))
    assert sum(len(c["source"]) for c in code) <= 60


def test_the_question_has_the_defaults_of_the_schema():
    """Defaults stand in two places, the dataclass and the schema: they may not differ."""
    asked = Question.of(parameters.defaults("tax_forecast") | {"record_years": None})
    assert asked == Question(year=asked.year, as_of=asked.as_of)
