"""Small files as analysts send them."""

from collections.abc import Callable
from pathlib import Path

import pytest

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
