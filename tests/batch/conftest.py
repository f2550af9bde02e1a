"""A small project of its own with one notebook that can be told to fail, to hang, or to write beside."""

import json
import sys

import nbformat
import pytest
from click.testing import CliRunner

from analytics.cli import main

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Revenue",
    "type": "object",
    "additionalProperties": False,
    "x-notebook": "notebooks/tax_forecast/tiny.ipynb",
    "properties": {
        "value": {"title": "Value", "type": "number", "unit": "%", "default": 1.0, "description": ""},
        "source": {"title": "Source", "type": ["string", "null"], "unit": "", "default": None, "description": ""},
        "fail": {"title": "Fail", "type": "boolean", "unit": "", "default": False, "description": ""},
        "code": {"title": "Code", "type": "string", "unit": "", "default": "", "description": "Run in the middle."},
    },
}
CELLS = {
    "parameters": "value: float = 1.0\nsource: str | None = None\nfail: bool = False\ncode: str = ''\n"
    'language: str = "en"\noutput_dir: str | None = None',
    "start": "import os, sys\nfrom analytics import briefing\nfrom analytics.language import Text\n"
    'briefing.start("tax_forecast", globals())',
    "fail": 'assert not fail, "the figures do not add up"\nexec(code)',
    "show": 'verdict = briefing.Verdict("revenue_forecast_error", "met", value, None, None,\n'
    '    Text("Error of 1 %", "误差为1%"), Text("Lead.", "导语。"))\n'
    'briefing.headline(verdict, [], Text("Kicker", "眉题"))',
    "finish": "briefing.finish(verdict, {'own_python': float(sys.executable == os.environ['EXPECTED_PYTHON'])}, {})",
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return the folder of the project's sets; one good set lies in it."""
    notebook = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}
    )
    for tag, source in CELLS.items():
        notebook.cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": [tag]}))
    (tmp_path / "notebooks" / "tax_forecast").mkdir(parents=True)
    nbformat.write(notebook, tmp_path / "notebooks" / "tax_forecast" / "tiny.ipynb")
    sets = tmp_path / "params" / "tax_forecast"
    sets.mkdir(parents=True)
    (sets / "schema.json").write_text(json.dumps(SCHEMA))
    (sets / "good.yaml").write_text("value: 2.5\n")
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXPECTED_PYTHON", sys.executable)
    return sets


@pytest.fixture
def run():
    """Return a function that runs `analytics run` with arguments."""

    def run(*arguments):
        return CliRunner().invoke(main, ["run", *arguments])

    return run
