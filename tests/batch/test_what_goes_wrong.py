"""Faults of data, machine and people: nothing good is lost, nothing is left lying, and every fault is told."""

import gc
import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest
import zmq
from bs4 import BeautifulSoup
from jupyter_client import AsyncKernelClient

from analytics.batch import find_sets
from analytics.batch.fingerprint import fingerprint, input_files
from analytics.batch.kernels.limits import Limits
from analytics.briefing import pack
from analytics.errors import ParameterError


def _index(root):
    return BeautifulSoup((root / "reports/en/index.html").read_text(), "html.parser").get_text(" ").replace("\xa0", " ")


@pytest.fixture
def good(project, run, tmp_path):
    """The folder of a briefing that was made."""
    assert run().exit_code == 0
    return tmp_path / "reports/en/tax_forecast/good"


def test_a_failing_run_leaves_the_good_briefing_and_is_told_beside_it(good, project, run, tmp_path):
    page, result = (good / "briefing.html").read_bytes(), (good / "result.json").read_bytes()
    outcome = run("--set", "fail=true")
    assert outcome.exit_code == 1
    assert "The briefing of an earlier run stays" in outcome.output
    assert (good / "briefing.html").read_bytes() == page
    assert (good / "result.json").read_bytes() == result
    assert "the figures do not add up" in (good / "last_attempt/briefing.html").read_text()
    told = _index(tmp_path)
    assert "Error of 1 %" in told
    assert "A later run failed: AssertionError: the figures do not add up" in told
    assert (tmp_path / "reports/en/tax_forecast/good/last_attempt/briefing.html").is_file()
    # A good run takes its place again, and the failure is forgotten.
    assert run("--set", "value=3").exit_code == 0
    assert not (good / "last_attempt").exists()
    assert "later run" not in _index(tmp_path)


def test_a_skipped_run_leaves_the_good_briefing(good, project, run, tmp_path, monkeypatch):
    monkeypatch.delenv("ANALYTICS_DATA", raising=False)
    outcome = run("--set", "source=${ANALYTICS_DATA}/x.csv")
    assert "1 skipped" in outcome.output
    assert "Error of 1" in (good / "briefing.html").read_text()
    assert "A later run was skipped" in _index(tmp_path)
    assert "1 up to date" in run().output
    assert "later run" not in _index(tmp_path)


@pytest.mark.parametrize("name", ["run.json", "result.json"])
def test_a_damaged_file_is_a_row_of_the_index(good, project, run, tmp_path, name):
    (project / "other.yaml").write_text("value: 7\n")
    for content in ("", "{", "[]", '{"state": "done"}', "\x00\xff", '{"state": "odd", "pillar": 3}'):
        (good / name).write_bytes(content.encode("latin-1"))
        (tmp_path / "reports/en/index.html").unlink()
        outcome = run(str(project / "other.yaml"))  # run once, up to date after: the index is written anew each time
        assert outcome.exit_code == 0, outcome.output
        assert "is damaged" in _index(tmp_path), content
        assert "other" in _index(tmp_path)


def test_a_hanging_cell_ends_with_its_name(project, run, tmp_path):
    (project / "hangs.yaml").write_text("code: import time; time.sleep(600)\n")
    outcome = run("--time-limit", "6", "--jobs", "1", str(project / "hangs.yaml"))
    assert outcome.exit_code == 1
    assert 'was stopped in cell 4 ("assert not fail' in outcome.output
    assert "--time-limit" in outcome.output
    assert "Traceback" not in outcome.output


def test_a_cell_that_eats_the_memory_ends_with_its_name_and_the_others_go_on(project, run, tmp_path):
    (project / "greedy.yaml").write_text('code: "x = bytearray(2 << 30); import time; time.sleep(60)"\n')
    outcome = run("--memory-limit", "1500MB")
    assert "more than the 1.5 GB of --memory-limit" in outcome.output
    assert "1 run, 0 up to date, 0 skipped, 1 failed" in outcome.output


def test_a_kernel_that_dies_is_told_with_its_cell(project, run):
    (project / "dies.yaml").write_text("code: import os; os._exit(9)\n")
    outcome = run(str(project / "dies.yaml"))
    assert "was stopped in cell 4" in outcome.output
    assert "its kernel died" in outcome.output


@pytest.mark.parametrize("text", ["", "ten", "-5", "5 apples", "4XB", "nan", "1e3"])
def test_a_limit_in_another_form_is_refused(text):
    for pair in ((text or " ", None), (None, text or " ")):
        with pytest.raises(ParameterError, match="is not a limit"):
            Limits.of(*pair)


def test_limits_are_read_as_they_are_written():
    assert Limits.of("90", "512MB") == Limits(90.0, 512 << 20)
    assert Limits.of("10m", "4 GB") == Limits(600.0, 4 << 30)
    assert Limits.of("1.5h", None) == Limits(5400.0, None)


def test_nothing_that_a_kernel_wrote_for_a_while_is_left(project, run, tmp_path, monkeypatch):
    place = tmp_path / "t"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    monkeypatch.setattr(tempfile, "tempdir", None)
    code = "import tempfile, os; open(tempfile.mkstemp()[1], 'w').write('clear'); f = os.environ['ANALYTICS_TEMP']; "
    (project / "good.yaml").write_text(f'code: "{code}print(oct(os.stat(f).st_mode & 0o777))"\n')
    (project / "dies.yaml").write_text(f'code: "{code}os._exit(1)"\n')
    assert "1 run" in run().output
    assert [p for p in place.rglob("*") if p.is_file() and p.name != "alive.lock"] == []
    notebook = (tmp_path / "reports/en/tax_forecast/good/run.ipynb").read_text()
    assert "0o700" in notebook, "the place is its owner's alone"


def test_a_temporary_folder_with_a_long_name_is_no_hindrance(project, run, tmp_path, monkeypatch):
    place = tmp_path / ("long" * 30)
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    monkeypatch.setattr(tempfile, "tempdir", None)
    outcome = run()
    assert "1 run" in outcome.output, outcome.output
    assert list(place.iterdir()) == []


def test_a_kernel_that_cannot_be_reached_is_ended_and_holds_nobody(project, run, monkeypatch):
    def fails(self, *args, **kwargs):
        self.context.socket(zmq.DEALER).connect("ipc:///nowhere/at/all")
        raise zmq.ZMQError(zmq.EHOSTUNREACH)

    assert run().exit_code == 0
    before = set(psutil.Process().children(recursive=True))
    monkeypatch.setattr(AsyncKernelClient, "start_channels", fails)
    assert run("--force").exit_code == 1
    gc.collect()  # a context whose sockets are collected before it would wait here for ever
    assert set(psutil.Process().children(recursive=True)) <= before


def test_a_folder_that_cannot_be_written_fails_its_set_and_no_other(project, run, tmp_path):
    (project / "other.yaml").write_text("value: 7\n")
    (tmp_path / "reports/en/tax_forecast").mkdir(parents=True)
    (tmp_path / "reports/en/tax_forecast/.good.partial").write_text("a file where a folder should be")
    (tmp_path / "reports/en/tax_forecast/.good.partial").chmod(0o400)
    outcome = run()
    assert "1 run" in outcome.output
    assert "Traceback" not in outcome.output
    (tmp_path / "blocked").write_text("")
    outcome = run("--out", str(tmp_path / "blocked"))
    assert outcome.exit_code == 1
    assert "could not be written" in outcome.output


def test_what_a_set_reads_is_in_its_fingerprint(project, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "x.csv").write_text("a")
    (tmp_path / "y.csv").write_text("b")

    def mark(source):
        (project / "good.yaml").write_text(json.dumps({"source": source}))
        [found] = find_sets([str(project / "good.yaml")])
        return fingerprint(found, "en")

    for source in ("~/x.csv", "x.csv + y.csv", "$HOME/x.csv", "${HOME}", str(tmp_path / "x.csv")):
        before = mark(source)
        assert before == mark(source)
        (tmp_path / "x.csv").write_text((tmp_path / "x.csv").read_text() + "a")
        assert mark(source) != before, source
    assert mark("x.csv + database:DB/lines") is None
    assert mark("database:DB/lines") is None
    before = mark("x.csv")
    monkeypatch.setenv("ANALYTICS_MASK_KEY", "another key of more than sixteen signs")
    assert mark("x.csv") != before


def test_a_word_of_a_set_reads_no_folder_of_that_name(project, tmp_path):
    schema = json.loads((project / "schema.json").read_text())
    for name in ("place", "owner"):
        schema["properties"][name] = {"title": "", "type": "string", "unit": "", "default": "", "description": ""}
    schema["properties"]["by"] = {"title": "", "type": "array", "unit": "", "default": [], "description": "",
                                  "items": {"enum": ["letters"]}}  # fmt: skip
    (project / "schema.json").write_text(json.dumps(schema))
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters/to_the_minister.txt").write_text("secret")
    words = {"place": "letters", "owner": "letters", "by": ["letters"]}
    (project / "good.yaml").write_text(json.dumps(words))
    [found] = find_sets([str(project / "good.yaml")])
    assert input_files(found) == []
    (project / "good.yaml").write_text(json.dumps({**words, "source": "letters"}))
    [found] = find_sets([str(project / "good.yaml")])
    assert [p.name for p in input_files(found)] == ["to_the_minister.txt"]


def test_a_message_that_quotes_an_identifier_shows_it_on_no_page(project, run, tmp_path):
    run("--set", "code=raise KeyError('9132010071234567X8')")
    folder = tmp_path / "reports/en/tax_forecast/good"
    pages = [folder / "briefing.html", tmp_path / "reports/en/index.html", folder / "run.json"]
    assert not [p.name for p in pages if "KeyError: '9132010071234567X8" in p.read_text()]
    assert "KeyError: &#39;…&#39;" in pages[0].read_text()
    assert "9132010071234567X8" in (folder / "error.txt").read_text()
    assert stat.S_IMODE((folder / "error.txt").stat().st_mode) == 0o600
    with pytest.raises(FileNotFoundError, match="came to no result"):
        pack(folder, tmp_path / "x.zip")


def test_nobody_is_told_where_on_a_machine_the_data_lay(project, run, tmp_path, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("of wang")
    (elsewhere / "x.csv").write_text("a")
    assert run("--set", f"source={elsewhere / 'x.csv'}").exit_code == 0
    folder = tmp_path / "reports/en/tax_forecast/good"
    told = {p.name for p in folder.rglob("*") if p.is_file() and "of wang" in p.read_text(errors="replace")}
    assert told <= {"run.ipynb"}, "the notebook runs again by itself, in the house"
    assert list(json.loads((folder / "provenance.json").read_text())["sources"]) == ["x.csv"]


def test_a_source_that_changes_while_it_is_read_is_told_and_replaces_nothing(good, project, run, tmp_path):
    (tmp_path / "x.csv").write_text("a")
    outcome = run("--set", "source=x.csv", "--set", "code=open('x.csv', 'a').write('b')")
    assert outcome.exit_code == 1
    assert "x.csv changed while the set was running" in outcome.output
    assert json.loads((good / "result.json").read_text())["params"]["value"] == 2.5


def test_a_briefing_left_half_way_by_a_killed_run_is_put_back(good, project, run, tmp_path):
    good.rename(good.parent / ".good.old")
    assert "1 up to date" in run().output
    assert (good / "briefing.html").exists()


def _batch(*arguments):
    command = [Path(sys.executable).with_name("analytics"), "run", "tax_forecast", *arguments]
    hears = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)  # noqa: E731 (tests may run in the background)
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=hears)


def _waiting(marker: Path):
    for _ in range(3000):
        if marker.exists():
            return int(marker.read_text())
        time.sleep(0.1)
    raise AssertionError("the cell was not reached")


def _gone(pid: int) -> bool:
    for _ in range(600):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.1)
    return False


HANG = "import os, time; open('pid.part', 'w').write(str(os.getpid())); os.rename('pid.part', 'pid'); time.sleep(600)"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_whatever_ends_a_batch_ends_its_kernels(good, project, tmp_path, number, code):
    page = (good / "briefing.html").read_bytes()
    batch = _batch("--set", f"code={HANG}", "--jobs", "1")
    kernel = _waiting(tmp_path / "pid")
    batch.send_signal(number)
    told, _ = batch.communicate(timeout=300)
    assert batch.returncode == code, told
    assert _gone(kernel)
    assert (good / "briefing.html").read_bytes() == page
    if number != signal.SIGKILL:
        assert "Run the same command again to go on" in told
        assert (tmp_path / "reports/en/index.html").exists()
        assert "Traceback" not in told


def test_two_batches_in_one_folder_take_turns(project, tmp_path):
    for number in range(3):
        (project / f"set{number}.yaml").write_text(f"value: {number}\n")
    first, second = _batch("--jobs", "2"), _batch("--jobs", "2")
    told = [batch.communicate(timeout=500)[0] for batch in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0], told
    ran = sum(int(text.rsplit("\n", 2)[-2].split(" run")[0]) for text in told)
    assert ran == 4, "what one batch has made is up to date for the other"
    assert not [p for p in (tmp_path / "reports/en/tax_forecast").iterdir() if p.name.startswith(".")]


def test_places_of_dead_runs_are_swept_and_those_of_the_living_stay(tmp_path, monkeypatch):
    from analytics.batch.kernels.workplace import sweep, workplace

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead = tmp_path / "analytics-run-dead"
    dead.mkdir()
    (dead / "clear.parquet").touch()
    with workplace() as place:
        sweep()
        assert place.folder.exists()
        assert not dead.exists()
    assert list(tmp_path.iterdir()) == []


def test_a_batch_under_nohup_goes_on_when_its_terminal_closes(monkeypatch):
    from analytics.cli.runs import _told_when_stopped

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with _told_when_stopped(Path("index.html")):
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
