"""Some forty kinds of fault, each scripted: a batch survives them, loses nothing good and leaves nothing lying.

    python benchmarks/faults/faults.py [NAME ...]

Every fault meets a small project of its own in which a good briefing stands and a second set is to be run beside it.
Survived means: no traceback in the terminal, the good briefing is untouched or replaced by a better one, the other set
was made, an index stands, and neither a process nor a file of the run is left.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import nbformat
import psutil

ANALYTICS = Path(sys.executable).with_name("analytics")
SCHEMA = {
    "title": "Revenue",
    "type": "object",
    "additionalProperties": False,
    "x-notebook": "notebooks/tax_forecast/tiny.ipynb",
    "properties": {
        "source": {"title": "Source", "type": ["string", "null"], "default": None},
        "code": {"title": "Code", "type": "string", "default": ""},
        "value": {"title": "Value", "type": "number", "default": 1.0},
    },
}
CELLS = (
    "source: str | None = None\ncode: str = ''\nvalue: float = 1.0\n"
    "language: str = 'en'\noutput_dir: str | None = None",
    'from analytics import briefing\nfrom analytics.language import Text\nbriefing.start("tax_forecast", globals())',
    "exec(code)",
    'verdict = briefing.Verdict("revenue_forecast_error", "met", value, None, None,\n'
    '    Text("Error of 1 %", "误差为1%"), Text("Lead.", "导语。"))\nbriefing.headline(verdict, [])',
    "briefing.finish(verdict, {'value': value}, {})",
)
PARK = "import os, time; open('pid.part', 'w').write(str(os.getpid())); os.rename('pid.part', 'pid'); time.sleep(600)"


@dataclass
class Project:
    """A project in which the briefing of the set `good` stands."""

    root: Path
    temporary: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def good(self) -> Path:
        return self.root / "reports/en/tax_forecast/good"

    @property
    def sets(self) -> Path:
        return self.root / "params/tax_forecast"

    def set(self, name: str, **values: object) -> None:
        (self.sets / f"{name}.yaml").write_text(json.dumps(values))

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [str(ANALYTICS), "run", "--jobs", "2", *arguments]
        env = {**os.environ, "TMPDIR": str(self.temporary), **self.env}
        return subprocess.Popen(
            command, cwd=self.root, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            preexec_fn=_hear_signals,
        )  # fmt: skip

    def run(self, *arguments: str) -> str:
        return self.start(*arguments).communicate(timeout=500)[0]

    def parked(self) -> int:
        for _ in range(3000):
            if (self.root / "pid").exists():
                return int((self.root / "pid").read_text())
            time.sleep(0.1)
        raise RuntimeError("the cell was not reached")


def _hear_signals() -> None:
    """As from a terminal: this script may itself run in the background, where signals are ignored."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


@cache
def _first() -> Path:
    """Make a project and its first good briefing, once; every fault meets a copy of it."""
    root = Path(tempfile.mkdtemp(prefix="faults-"))
    made = Project(root / "p", root / "t")
    for folder in (made.root / "notebooks/tax_forecast", made.sets, made.temporary):
        folder.mkdir(parents=True)
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    cells[0].metadata["tags"] = ["parameters"]
    kernel = {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
    nbformat.write(notebook, made.root / "notebooks/tax_forecast/tiny.ipynb")
    (made.sets / "schema.json").write_text(json.dumps(SCHEMA))
    (made.root / "pyproject.toml").touch()
    made.set("good", value=2.5)
    told = made.run()
    if "1 run" not in told:
        raise RuntimeError(told)
    made.set("other", value=7)
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    return root


def project() -> Project:
    """Return a project of its own in which a good briefing stands."""
    root = Path(tempfile.mkdtemp(prefix="faults-"))
    shutil.copytree(_first(), root, dirs_exist_ok=True)
    return Project(root / "p", root / "t")


def failing(code: str, *arguments: str) -> Callable[[Project], str]:
    """Let the set `good` run this code in its middle."""

    def fault(p: Project) -> str:
        p.set("good", value=3.5, code=code)
        return p.run(*arguments)

    return fault


def damaged(name: str, content: bytes) -> Callable[[Project], str]:
    """Damage a file of a third briefing that is not run again."""

    def fault(p: Project) -> str:
        shutil.copytree(p.good, p.good.with_name("third"))
        (p.good.with_name("third") / name).write_bytes(content)
        return p.run()

    return fault


def killed(number: int) -> Callable[[Project], str]:
    """End the batch by a signal while a cell runs; then run again."""

    def fault(p: Project) -> str:
        p.set("good", value=3.5, code=PARK)
        batch = p.start()
        kernel = p.parked()
        batch.send_signal(number)
        told = batch.communicate(timeout=300)[0]
        gone(kernel)
        p.set("good", value=2.5)
        return told + p.run()

    return fault


def gone(pid: int) -> None:
    """Wait until a process has ended."""
    for _ in range(600):
        if not psutil.pid_exists(pid):
            return
        time.sleep(0.1)
    raise RuntimeError(f"process {pid} lives on")


def unset(p: Project) -> str:
    p.set("good", source="${NOWHERE_SET}/x.csv")
    return p.run()


def changing(p: Project) -> str:
    (p.root / "x.csv").write_text("a")
    p.set("good", source="x.csv", code="open('x.csv', 'a').write('b')")
    return p.run()


def half_way(p: Project) -> str:
    p.good.rename(p.good.with_name(".good.old"))
    return p.run()


def left_partial(p: Project) -> str:
    (p.good.with_name(".good.partial") / "tables").mkdir(parents=True)
    return p.run("--force")


def blocked_work(p: Project) -> str:
    p.good.with_name(".good.partial").write_text("a file where a folder should be")
    p.set("good", value=9)
    return p.run()


def stale_place(p: Project) -> str:
    (p.temporary / "analytics-run-dead").mkdir(mode=0o700)
    (p.temporary / "analytics-run-dead/clear.parquet").write_text("unmasked")
    return p.run()


def two_batches(p: Project) -> str:
    batches = [p.start("--force"), p.start("--force")]
    return "".join(b.communicate(timeout=500)[0] for b in batches)


def typo(p: Project) -> str:
    (p.sets / "typo.yaml").write_text("vlaue: 3\n")
    told = p.run()
    (p.sets / "typo.yaml").unlink()
    return told + p.run()


def odd_yaml(p: Project) -> str:
    (p.sets / "odd.yaml").write_bytes(b"\xff\xfe\x00 [")
    told = p.run()
    (p.sets / "odd.yaml").unlink()
    return told + p.run()


def no_notebook(p: Project) -> str:
    schema = {**SCHEMA, "x-notebook": "notebooks/tax_forecast/gone.ipynb"}
    (p.sets / "gone.schema.json").write_text(json.dumps(schema))
    (p.sets / "third.yaml").write_text("notebook: gone\n")
    return p.run()


def broken_notebook(p: Project) -> str:
    (p.root / "notebooks/tax_forecast/broken.ipynb").write_text("{not a notebook")
    schema = {**SCHEMA, "x-notebook": "notebooks/tax_forecast/broken.ipynb"}
    (p.sets / "broken.schema.json").write_text(json.dumps(schema))
    (p.sets / "third.yaml").write_text("notebook: broken\n")
    return p.run()


def small_disk(p: Project) -> str:
    """A file-size limit stands for a full disk: what is larger cannot be written."""
    code = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    return failing(
        code + "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)); open('big', 'wb').write(b'0' * 5000)"
    )(p)


FAULTS: dict[str, Callable[[Project], str]] = {
    "a cell raises": failing("1/0"),
    "a cell raises what is written for analysts": failing(
        "from analytics.errors import DataError; raise DataError('line 3')"
    ),
    "a cell exits": failing("import sys; sys.exit(3)"),
    "a kernel dies": failing("import os; os._exit(9)"),
    "a kernel is killed": failing("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"),
    "a kernel crashes": failing("import ctypes; ctypes.string_at(0)"),
    "a cell hangs": failing("import time; time.sleep(600)", "--time-limit", "8"),
    "a cell hangs in C": failing(
        "import signal; signal.pthread_sigmask(0, {2, 15}); signal.pause()", "--time-limit", "8"
    ),
    "a cell eats the memory": failing("x = bytearray(3 << 30); import time; time.sleep(99)", "--memory-limit", "2GB"),
    "a child eats the memory": failing(
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = bytearray(3 << 30); input()'])",
        "--memory-limit",
        "2GB",
        "--time-limit",
        "30",
    ),
    "a cell prints a flood": failing("print('x' * 20_000_000)"),
    "a cell leaves a child": failing("import subprocess; subprocess.Popen(['sleep', '3'])"),
    "a cell deletes its folder": failing("import shutil; shutil.rmtree(output_dir)"),
    "the disk is full": small_disk,
    "Ctrl-C": killed(signal.SIGINT),
    "SIGTERM": killed(signal.SIGTERM),
    "the terminal closes": killed(signal.SIGHUP),
    "kill -9": killed(signal.SIGKILL),
    "a variable is not set": unset,
    "a source changes while it is read": changing,
    "killed between two renames": half_way,
    "a work folder was left": left_partial,
    "a file where a folder should be": blocked_work,
    "data of a dead run in TMPDIR": stale_place,
    "two batches at once": two_batches,
    "run.json is empty": damaged("run.json", b""),
    "run.json is of another form": damaged("run.json", b'{"state": "done"}'),
    "result.json is cut off": damaged("result.json", b'{"verdict": {'),
    "result.json is binary": damaged("result.json", b"\x00\xff\xfe"),
    "result.json is of another form": damaged(
        "result.json",
        b'{"params": {}, "inputs": [], "figures": {"a": 1e999}, "tables": {}, "verdict": {"target": [1],'
        b' "status": "met", "value": 1, "low": null, "high": null, "text": {"en": "\\ud800", "zh": 3}}}',
    ),
    "provenance.json is of another form": damaged("provenance.json", b'{"files": {}, "params": "x", "inputs": "y"}'),
    "history.json is of another form": damaged("history.json", b'[{"started": 3}, {"started": "x", "value": []}]'),
    "history.json is damaged": damaged("history.json", b"[3, {"),
    "a mistyped parameter": typo,
    "a set that is no text": odd_yaml,
    "a notebook is missing": no_notebook,
    "a notebook is damaged": broken_notebook,
}


def survived(name: str) -> list[str]:
    """Meet one fault; return what went wrong."""
    before = {p.pid for p in psutil.process_iter()}
    p = project()
    try:
        told = FAULTS[name](p)
        wrong = []
        if "Traceback" in told:
            wrong.append("traceback in the terminal")
        if not (p.good / "briefing.html").is_file() or "Error of 1" not in (p.good / "briefing.html").read_text():
            wrong.append("the good briefing is lost")
        other = p.good.with_name("other") / "result.json"
        if not other.is_file():
            wrong.append("the other set was not made")
        if not (p.root / "reports/en/index.html").is_file():
            wrong.append("no index")
        if left := [x.name for x in p.temporary.iterdir()]:
            wrong.append(f"left lying: {left}")
        if any(stat.S_IMODE(x.stat().st_mode) & 0o077 for x in p.good.glob("quarantine/*")):
            wrong.append("rows set aside are open to others")
        time.sleep(1.5)
        mine = str(p.root.parent)
        alive = [q for q in psutil.process_iter() if q.pid not in before and _of(q, mine)]
        if alive:
            wrong.append(f"processes live on: {[q.pid for q in alive]}")
        return wrong
    finally:
        shutil.rmtree(p.root.parent, ignore_errors=True)


def _of(process: psutil.Process, place: str) -> bool:
    try:
        return process.cwd().startswith(place) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def main() -> None:
    """Print each fault and whether it was survived."""
    wanted = sys.argv[1:] or list(FAULTS)
    held = 0
    for name in wanted:
        try:
            wrong = survived(name)
        except Exception as error:  # the script itself must go on to the next fault
            wrong = [f"{type(error).__name__}: {error}"]
        held += not wrong
        print(f"{'survived' if not wrong else 'NOT     '}  {name}  {'; '.join(wrong)}", flush=True)
    print(f"{held} of {len(wanted)} survived")


if __name__ == "__main__":
    main()
