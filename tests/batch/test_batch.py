"""A batch as its users meet it: a small project of its own, real kernels."""

import json

import pytest
from click.testing import CliRunner

from analytics.cli import main


def test_a_run_leaves_a_page_a_result_and_an_index(project, tmp_path, run):
    outcome = run()
    assert outcome.exit_code == 0, outcome.output
    folder = tmp_path / "reports" / "en" / "tax_forecast" / "good"
    assert {"briefing.html", "run.ipynb", "result.json", "run.json", "tables.xlsx"} <= {
        p.name for p in folder.iterdir()
    }
    result = json.loads((folder / "result.json").read_text())
    assert result["params"]["value"] == 2.5
    assert result["verdict"]["text"]["zh"] == "误差为1%"
    assert "Error of 1" in (tmp_path / "reports" / "en" / "index.html").read_text()
    assert not [p for p in folder.parent.iterdir() if p.name.startswith(".")], "work folders are left behind"
    assert ".partial" not in (folder / "run.ipynb").read_text()
    assert str(tmp_path) not in (folder / "run.ipynb").read_text()


def test_the_kernel_is_this_environments_python_whatever_jupyter_is_told(project, tmp_path, monkeypatch, run):
    # A kernelspec that cannot start, found first: papermill alone would use it.
    spec = tmp_path / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(
        json.dumps({"argv": ["/nonexistent/python", "{connection_file}"], "language": "python"})
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    outcome = run()
    assert outcome.exit_code == 0, outcome.output
    result = json.loads((tmp_path / "reports/en/tax_forecast/good/result.json").read_text())
    assert result["figures"]["own_python"] == 1.0


def test_a_mistyped_parameter_stops_the_run_before_a_kernel_starts(project, tmp_path, run):
    (project / "bad.yaml").write_text("vlaue: 3\n")
    outcome = run()
    assert outcome.exit_code == 1
    assert 'params/tax_forecast/bad.yaml: unknown parameter "vlaue". Did you mean "value"?' in outcome.output
    assert not (tmp_path / "reports").exists()


def test_a_failing_set_leaves_its_notebook_and_the_others_go_on(project, tmp_path, run):
    (project / "broken.yaml").write_text("fail: true\n")
    outcome = run("--jobs", "2")
    assert outcome.exit_code == 1
    reports = tmp_path / "reports" / "en"
    assert "the figures do not add up" in (reports / "tax_forecast/broken/briefing.html").read_text()
    assert (reports / "tax_forecast/broken/run.ipynb").exists()
    assert json.loads((reports / "tax_forecast/broken/run.json").read_text())["state"] == "failed"
    assert json.loads((reports / "tax_forecast/good/run.json").read_text())["state"] == "done"
    assert "failed" in (reports / "index.html").read_text()


def test_what_is_up_to_date_is_not_run_again_until_something_changes(project, tmp_path, run):
    data = tmp_path / "receipts.csv"
    data.write_text("ds,y\n2024-01-01,1\n")
    (project / "good.yaml").write_text("source: receipts.csv\n")
    assert "1 run" in run().output
    assert "0 run, 1 up to date" in run().output
    data.write_text("ds,y\n2024-01-01,2\n")
    assert "1 run" in run().output
    assert "1 run" in run("--set", "value=3").output
    first = (tmp_path / "reports/en/tax_forecast/good/result.json").read_bytes()
    assert "1 run" in run("--force", "--set", "value=3").output
    assert (tmp_path / "reports/en/tax_forecast/good/result.json").read_bytes() == first


def test_data_that_are_not_at_hand_are_skipped_and_said(project, tmp_path, monkeypatch, run):
    monkeypatch.delenv("ANALYTICS_DATA", raising=False)
    (project / "good.yaml").write_text("source: ${ANALYTICS_DATA}/us.csv\n")
    outcome = run()
    assert outcome.exit_code == 0
    assert "1 skipped" in outcome.output
    assert "ANALYTICS_DATA is not set" in outcome.output
    assert "skipped" in (tmp_path / "reports/en/index.html").read_text().lower()


def test_an_interrupted_batch_resumes_where_it_stopped(project, tmp_path):
    from analytics.batch import find_sets, run_sets

    (project / "second.yaml").write_text("value: 4\n")

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_sets(find_sets([]), tmp_path / "reports", "en", jobs=1, report=interrupt)
    states = {o.name: o.state for o in run_sets(find_sets([]), tmp_path / "reports", "en", jobs=1)}
    assert states == {"good": "up_to_date", "second": "done"}


def test_bulk_sets_run_only_when_their_folder_is_named_and_in_the_language_asked_for(project, tmp_path, run):
    from analytics.batch import find_sets

    (project / "bulk").mkdir()
    (project / "bulk" / "june.yaml").write_text("value: 6\n")
    assert [s.name for s in find_sets([])] == ["good"]
    assert run(str(project / "bulk"), "--language", "zh").exit_code == 0
    page = (tmp_path / "reports/zh/tax_forecast/bulk/june/briefing.html").read_text()
    assert "误差为1%" in page
    assert "../../../index.html" in page
    assert "tax_forecast/bulk/june/briefing.html" in (tmp_path / "reports/zh/index.html").read_text()


def test_an_argument_that_is_nothing_names_the_pillars(project, run):
    outcome = run("tax_forcast")
    assert outcome.exit_code == 1
    assert "Pillars: tax_forecast" in outcome.output


def test_the_set_that_took_longest_starts_first(project, tmp_path, run):
    (project / "brief.yaml").write_text("value: 1\n")
    outcome = run()
    assert outcome.exit_code == 0, outcome.output
    folder = tmp_path / "reports" / "en" / "tax_forecast"
    for name, seconds in (("brief", 1.0), ("good", 60.0)):
        told = json.loads((folder / name / "run.json").read_text()) | {"seconds": seconds}
        (folder / name / "run.json").write_text(json.dumps(told))
    told = run("--force", "--jobs", "1").output
    assert told.index("/good") < told.index("/brief")


def test_kernels_side_by_side_do_not_share_their_state(project, tmp_path, run):
    for number in range(4):
        (project / f"set{number}.yaml").write_text(f"value: {number}\n")
    outcome = run("--jobs", "4")
    assert outcome.exit_code == 0, outcome.output
    folder = tmp_path / "reports" / "en" / "tax_forecast"
    values = [json.loads((folder / f"set{n}" / "result.json").read_text())["params"]["value"] for n in range(4)]
    assert values == [0, 1, 2, 3]


def test_a_notebook_run_by_hand_becomes_a_page(project, tmp_path, run):
    outcome = run()
    assert outcome.exit_code == 0, outcome.output
    notebook, target = tmp_path / "reports/en/tax_forecast/good/run.ipynb", tmp_path / "mine.html"
    outcome = CliRunner().invoke(main, ["page", str(notebook), "--to", str(target)])
    assert outcome.exit_code == 0, outcome.output
    assert "Error of 1" in target.read_text()
    outcome = CliRunner().invoke(main, ["page", str(notebook), "--to", str(target), "--language", "zh"])
    assert outcome.exit_code == 1
    assert "Error" in outcome.output
    assert "Traceback" not in outcome.output
