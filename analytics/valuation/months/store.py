"""Where the months are kept: a private folder that nobody else may enter, each month put in place whole.

Kept are sums by goods, district and (masked) enterprise, and hashes of declaration numbers: no single line.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.tables.reading import masking
from analytics.valuation.comparison.lines import ValuationError
from analytics.valuation.months.month import FIGURES, GOODS, Month

_FORMAT = 1
_TEXTS = (*GOODS, "district", "enterprise")
# Code that decides what is kept of a month.
_CODE = ("tables", "money_units.py", "valuation/comparison", "valuation/alignment", "valuation/months")


class Store:
    """Months kept in a folder.

    Parameters
    ----------
    folder : made if it is not there, readable by its owner alone
    asked : what else the sums depend on (map, digits, threshold)
    """

    def __init__(self, folder: Path, asked: dict[str, Any]) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark = {"format": _FORMAT, "key": _sha(b"key" + masking.key()), "code": _code(), **asked}
        self.emptied = _read(folder / "state.json") not in (None, mark)
        if self.emptied or not (folder / "state.json").exists():
            if any(folder.iterdir()) and not (folder / "state.json").exists():
                raise ValuationError(f"{folder}: holds something other than months kept before. Name an empty folder.")
            for path in [*folder.glob("????-??.*"), *folder.glob("names.*")]:
                path.unlink()
            self._write("state.json", json.dumps(mark, sort_keys=True).encode())
        self.names = {name: list(self._names(name)) for name in _TEXTS}

    def months(self) -> dict[str, dict[str, Any]]:
        """What is told of each month kept, in the order of months; a damaged one counts as none."""
        found = {path.stem: _read(path) for path in sorted(self.folder.glob("????-??.json"))}
        return {m: told for m, told in found.items() if isinstance(told, dict) and self._whole(m, told)}

    def _whole(self, month: str, told: dict[str, Any]) -> bool:
        files = told.get("files", {})
        there = all((self.folder / name).is_file() for name in files)
        return bool(files) and there and all(_sha((self.folder / n).read_bytes()) == sha for n, sha in files.items())

    def add(self, month: Month, sha256: str, name: str) -> None:
        """Keep a month, in place of what was kept of it before."""
        (self.folder / f"{month.month}.json").unlink(missing_ok=True)  # until all of it stands
        coded = pd.DataFrame({text: self._codes(text, month.rows[text]) for text in _TEXTS})
        coded = coded.assign(**{figure: month.rows[figure].to_numpy(float) for figure in FIGURES})
        self._write("names.json", json.dumps(self.names, ensure_ascii=False).encode())
        files = {
            f"{month.month}.rows.parquet": coded.to_parquet(index=False, compression="zstd"),
            f"{month.month}.keys": month.keys.tobytes(),
        }
        for file, content in files.items():
            self._write(file, content)
        told = {
            **month.account, "file": name, "sha256": sha256, "kinds": month.kinds.tolist(),
            "files": {file: _sha(content) for file, content in files.items()},
        }  # fmt: skip
        self._write(f"{month.month}.json", json.dumps(told, ensure_ascii=False).encode())

    def rows(self, month: str) -> pd.DataFrame:
        """Sums of a month: codes of the texts (`names`), and figures."""
        return pd.read_parquet(self.folder / f"{month}.rows.parquet")

    def keys(self, month: str) -> np.ndarray:
        """Hashes of a month's declaration and line numbers, sorted."""
        return np.fromfile(self.folder / f"{month}.keys", np.uint64)

    def keep_levels(self, month: str, sums: pd.DataFrame) -> None:
        """Keep the summands of a month's levels."""
        self._write(f"{month}.levels.parquet", sums.to_parquet(index=False))

    def levels(self, month: str) -> pd.DataFrame | None:
        """Summands of a month's levels; None where they must be made anew."""
        path = self.folder / f"{month}.levels.parquet"
        return pd.read_parquet(path) if path.exists() else None

    def forget(self, month: str) -> None:
        """Keep a month no longer."""
        for path in [self.folder / f"{month}.json", *self.folder.glob(f"{month}.*")]:
            path.unlink(missing_ok=True)

    def forget_levels(self, months: Sequence[str]) -> None:
        """Let the summands of some months be made anew."""
        for month in months:
            (self.folder / f"{month}.levels.parquet").unlink(missing_ok=True)

    def _codes(self, text: str, column: pd.Series) -> np.ndarray:
        known = {name: at for at, name in enumerate(self.names[text])}
        labels = [str(label) for label in column.cat.categories]
        for label in labels:
            if label not in known:
                known[label] = len(known)
                self.names[text].append(label)
        code = np.array([known[label] for label in labels], dtype=np.int32)
        return code[column.cat.codes.to_numpy()] if len(labels) else np.empty(0, np.int32)

    def _names(self, text: str) -> list[str]:
        told = _read(self.folder / "names.json")
        return list(told.get(text, [])) if isinstance(told, dict) else []

    def _write(self, name: str, content: bytes) -> None:
        """Put a file in place whole, for its owner alone."""
        part = self.folder / f".{name}.partial"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
        part.replace(self.folder / name)


def file_sha(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _code() -> str:
    total = hashlib.sha256()
    root = Path(str(resources.files("analytics")))
    for part in _CODE:
        for path in sorted((root / part).rglob("*.py")) if (root / part).is_dir() else [root / part]:
            total.update(path.read_bytes())
    return total.hexdigest()
