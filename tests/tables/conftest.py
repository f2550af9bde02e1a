"""Small files as analysts send them."""

import json
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
import yaml
from click.testing import CliRunner

from analytics.cli import main
from analytics.parameters import load

HEADER = "declaration_id,line_no,date,district,enterprise_id,hs_code,origin,unit,quantity,net_mass_kg,value"
GOOD = [
    "310120250000000001,1,2025-03-01,3100,ENT-A,0302890090,NO,kg,100,100,2500.5",
    "310120250000000001,2,2025-03-01,3100,ENT-A,8471300000,CN,piece,3,6.6,9000",
    "530120250000000002,1,2025-03-02,5300,ENT-B,0302890090,NA,kg,40,40,1100",
]


@pytest.fixture(autouse=True)
def _own_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test makes a key in the project's private folder."""
    monkeypatch.setenv("ANALYTICS_MASK_KEY", "a key for tests only")


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., str]:
    """Write lines (by default good declarations) as a file and return its path."""

    def write(*lines: str, name: str = "declarations.csv", header: str | None = HEADER, encoding: str = "utf-8") -> str:
        path = tmp_path / name
        rows = ([header] if header is not None else []) + list(lines or GOOD)
        path.write_bytes(("\n".join(rows) + "\n").encode(encoding))
        return str(path)

    return write


CHEAP = {"tax_forecast": {"model": "damped_growth", "record_years": 3, "paths": 100}}


def _page_of(path: Path, folder: Path) -> dict:
    """Result of a set's notebook, its cells run one after the other in this process."""
    chosen = load(path)
    cells = [c.source for c in nbformat.read(chosen.notebook, 4).cells if c.cell_type == "code"]
    names: dict = {}
    exec(cells[0], names)
    names |= chosen.values | CHEAP.get(chosen.pillar, {}) | {"output_dir": str(folder)}
    for cell in cells[1:]:
        exec(cell, names)
    return json.loads((folder / "result.json").read_text(encoding="utf-8"))


def _first_page(source: str, folder: Path, *answers: str) -> dict:
    """What an analyst does: `start`, the answers to its doubts as lines of the map, and the run."""
    done = CliRunner().invoke(main, ["start", source])
    assert done.exit_code == 0, done.output
    [path] = list(folder.glob("*/*.yaml"))
    for answer in answers:
        [column_map] = list(folder.glob("*.map.yaml"))
        column_map.write_text(column_map.read_text(encoding="utf-8") + answer + "\n", encoding="utf-8")
    assert answers or "Ready to use" in done.output, done.output
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert given["place"] == "data as given"
    return _page_of(path, folder / "page")


@pytest.fixture
def first_page() -> Callable[..., dict]:
    """Take a source to its first page: (source, folder, answers to doubts) gives the result."""
    return _first_page
