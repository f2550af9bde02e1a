"""Every fenced example of the README and of docs/ runs as it stands.

A YAML block that opens with `# path` is the file that the page tells a reader to write; `sh` blocks are commands of
this project; Python blocks of one page share their names. The reader's own file is drawn from the simulated customs.
"""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from analytics.cli import main
from analytics.simulation import simulate

ROOT = Path(__file__).resolve().parents[2]
FENCED = re.compile(r"^(?P<indent> *)```(?P<kind>\w*)\n(?P<body>.*?)^ *```$", re.MULTILINE | re.DOTALL)
PAGES = {
    path: found
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    if (found := FENCED.findall(path.read_text(encoding="utf-8")))
}
NAMES = {
    "declaration_id": "报关单号",
    "date": "申报日期",
    "district": "申报地海关",
    "hs_code": "商品编号",
    "origin": "原产国",
    "quantity": "法定数量",
    "value": "完税价格",
}


def _dedented(indent: str, body: str) -> str:
    return "".join(line.removeprefix(indent) for line in body.splitlines(keepends=True))


@pytest.fixture
def readers_project(tmp_path, monkeypatch):
    """A copy of the project with an export of the reader's own."""
    for name in ("notebooks", "params"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("pyproject.toml", "Makefile", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    lines = simulate(5_000, seed=3).declarations[list(NAMES)].rename(columns=NAMES)
    lines["申报日期"] = lines["申报日期"].dt.strftime("%Y%m%d")
    (tmp_path / "exports").mkdir()
    lines.to_csv(tmp_path / "exports" / "2025.csv", index=False, encoding="gb18030")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _write(root: Path, body: str) -> None:
    name = re.match(r"# (\S+\.\w+)\n", body)
    if name:
        (root / name[1]).parent.mkdir(parents=True, exist_ok=True)
        (root / name[1]).write_text(body, encoding="utf-8")


def _command(line: str) -> None:
    words = shlex.split(line, comments=True)
    if not words:
        return
    if words[0] == "make":
        done = subprocess.run(["make", "--dry-run", *words[1:]], capture_output=True, text=True)
        assert done.returncode == 0, f"{line}: {done.stderr}"
        return
    assert words[0] == "analytics", f"{line}: not a command of this project"
    outcome = CliRunner().invoke(main, words[1:])
    assert outcome.exit_code == 0, f"{line}:\n{outcome.output}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_example_of_a_page_runs_as_it_stands(page, readers_project):
    names: dict[str, object] = {}
    for indent, kind, fenced in PAGES[page]:
        body = _dedented(indent, fenced)
        match kind:
            case "python":
                exec(compile(body, f"{page.name}", "exec"), names)
            case "sh":
                for line in body.splitlines():
                    _command(line)
            case "yaml":
                _write(readers_project, body)
            case other:
                assert other in ("text", "csv", "json"), (
                    f"{page.name}: a block of kind {other!r} is not run by anything"
                )


def test_the_readme_is_short():
    assert (ROOT / "README.md").read_text(encoding="utf-8").count("\n") <= 120
