"""What changed and why, and whether a briefing repeats: from real runs of a small project."""

import json
import shutil

import pytest
from click.testing import CliRunner

from analytics.batch.checks.causes import causes
from analytics.cli import main


def call(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def first(project, run, tmp_path):
    """A copy of the briefing of a first run."""
    assert run().exit_code == 0
    shutil.copytree(tmp_path / "reports/en/tax_forecast/good", tmp_path / "first")
    return tmp_path / "first"


@pytest.fixture
def second(first, tmp_path):
    return tmp_path / "reports/en/tax_forecast/good"


def test_the_same_run_differs_in_nothing(first, second, run):
    run("--force")
    outcome = call("diff", first, second)
    assert outcome.exit_code == 0, outcome.output
    assert outcome.output == "Nothing changed in headline, figures and tables.\n"


def test_a_changed_parameter_is_named_as_the_cause(first, second, run):
    run("--set", "value=3.5")
    outcome = call("diff", first, second)
    assert outcome.exit_code == 1
    assert "verdict.value: 2.5 → 3.5" in outcome.output
    assert "Cause: parameter: value: 2.5 → 3.5" in outcome.output
    assert outcome.output.count("Cause:") == 1
    assert "原因：参数：value：2.5 → 3.5" in call("diff", first, second, "--language", "zh").output


def test_a_changed_notebook_is_named_as_the_cause(first, second, run, tmp_path):
    path = tmp_path / "notebooks/tax_forecast/tiny.ipynb"
    path.write_text(path.read_text().replace("Error of 1 %", "Error of one"))
    run()
    outcome = call("diff", first, second)
    assert "Headline: Error of 1 % → Error of one" in outcome.output
    assert "Cause: code: the notebook" in outcome.output
    assert outcome.output.count("Cause:") == 1


BASE = {
    "subject": "valuation",
    "params": {"place": "here", "column_map": "ours"},
    "inputs": [{"name": "declarations", "source": "a.csv", "sha256": "1", "rows_read": 10, "rows_used": 10}],
    "notebook": {"name": "n", "sha256": "1"},
    "code_sha256": "1",
    "definitions": {"target price_level": "1", "column_map ours": "1"},
    "versions": {"numpy": "2.0"},
    "files": {},
}


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"params": {**BASE["params"], "place": "there"}}, ["parameter"]),
        ({"inputs": [{**BASE["inputs"][0], "sha256": "2"}]}, ["data"]),
        ({"inputs": [{**BASE["inputs"][0], "sha256": "2", "rows_read": 12}]}, ["data"]),
        ({"inputs": [{**BASE["inputs"][0], "source": "renamed.csv"}]}, []),
        ({"inputs": []}, ["data"]),
        ({"notebook": {"name": "n", "sha256": "2"}}, ["code"]),
        ({"code_sha256": "2"}, ["code"]),
        ({"versions": {"numpy": "2.1"}}, ["code"]),
        ({"definitions": {**BASE["definitions"], "target price_level": "2"}}, ["definition"]),
        ({"definitions": {**BASE["definitions"], "column_map ours": "2"}}, ["definition"]),
        ({"definitions": {"target other": "1", "column_map ours": "1"}}, ["definition"]),
        ({"params": {**BASE["params"], "place": "x"}, "code_sha256": "2"}, ["parameter", "code"]),
    ],
)
def test_each_change_has_its_cause_and_no_other(changes, kinds):
    assert [c.kind for c in causes(BASE, {**BASE, **changes})] == kinds


def test_a_briefing_without_provenance_is_compared_without_a_guess_at_the_cause(first, second, run):
    run("--set", "value=3.5")
    (first / "provenance.json").unlink()
    assert "Why cannot be told" in call("diff", first, second).output


def test_a_folder_without_a_result_says_which_folder_to_name(first, tmp_path):
    outcome = call("diff", first, tmp_path / "params")
    assert outcome.exit_code == 1
    assert "no readable result.json" in outcome.output


def test_a_briefing_repeats_to_the_byte(first, tmp_path):
    outcome = call("verify", first)
    assert outcome.exit_code == 0, outcome.output
    assert "1 files equal to the byte, 0 not, 0 altered" in outcome.output


def test_an_altered_result_is_found_without_running_and_with(first):
    result = json.loads((first / "result.json").read_text())
    result["verdict"]["value"] = 0.1
    (first / "result.json").write_text(json.dumps(result))
    outcome = call("verify", first)
    assert outcome.exit_code == 1
    assert "altered since it was made: result.json" in outcome.output


def test_a_record_that_was_altered_does_not_repeat(first):
    told = json.loads((first / "provenance.json").read_text())
    told["params"]["value"] = 9.0
    (first / "provenance.json").write_text(json.dumps(told))
    outcome = call("verify", first)
    assert outcome.exit_code == 1
    assert "came out otherwise: result.json" in outcome.output


def test_a_run_whose_data_are_not_at_hand_is_not_called_good(project, run, tmp_path, monkeypatch):
    monkeypatch.setenv("ANALYTICS_DATA", str(tmp_path))
    (project / "good.yaml").write_text("source: ${ANALYTICS_DATA}/x.csv\n")
    assert run().exit_code == 0
    monkeypatch.delenv("ANALYTICS_DATA")
    outcome = call("verify", tmp_path / "reports/en/tax_forecast/good")
    assert outcome.exit_code == 2
    assert "not repeated: environment variable ANALYTICS_DATA is not set" in outcome.output


def test_provenance_names_no_place_and_no_time(first, tmp_path):
    text = (first / "provenance.json").read_text()
    assert str(tmp_path) not in text
    assert {"files", "params", "inputs", "code_sha256", "definitions", "lock_sha256"} <= json.loads(text).keys()


def test_a_page_says_what_changed_since_the_last_run_and_the_headlines_are_kept(first, second, run):
    assert "Since the run of" not in (first / "briefing.html").read_text()
    run("--set", "value=3.5")
    page = (second / "briefing.html").read_text()
    assert "Since the run of" in page
    assert "Cause: parameter: value: 2.5 → 3.5" in page
    run("--set", "value=4.5")
    kept = json.loads((second / "history.json").read_text())
    assert [k["value"] for k in kept] == [2.5, 3.5]
    assert kept[0]["text"]["zh"] == "误差为1%"
    (second / "history.json").write_text("[3, {]")
    assert run("--force").exit_code == 0
