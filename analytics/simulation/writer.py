"""Parquet files that grow block by block, written beside the drawing of the next blocks."""

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

_ROW_GROUP = 131_072
_WAITING = 3  # row groups that may wait for the disk, which bounds the memory
# Nearly every value differs: a dictionary would only cost time.
_PLAIN = {
    "declaration_id",
    "quantity",
    "net_mass_kg",
    "gross_mass_kg",
    "value",
    "tax",
    "selection_probability",
    "container_no",
    "scanned_weight_kg",
    "accepted_at",
    "examined_at",
    "released_at",
}


class Writer:
    """Files of a folder with their rows, bytes and sha256; one file of declarations is open at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, dict[str, Any]] = {}
        self._open: dict[str, tuple[pq.ParquetWriter, list[pa.Table]]] = {}
        self._thread = ThreadPoolExecutor(1)
        self._jobs: list[Future[None]] = []

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self._open):
            self._close(name)
        for job in self._jobs:
            job.result()
        self._thread.shutdown()
        self.files = dict(sorted(self.files.items()))

    def add(self, name: str, table: pa.Table) -> None:
        """Append rows to a file."""
        if name not in self._open:
            monthly = [n for n in self._open if n.startswith("declarations/") and name.startswith("declarations/")]
            for other in monthly:
                self._close(other)
            encoded = [f.name for f in table.schema if f.name not in _PLAIN]
            writer = pq.ParquetWriter(
                self.folder / name, table.schema, compression="zstd", compression_level=1, use_dictionary=encoded
            )
            self._open[name] = (writer, [])
            self.files[name] = {"rows": 0}
        writer, waiting = self._open[name]
        waiting.append(table)
        if sum(t.num_rows for t in waiting) >= _ROW_GROUP:
            self._submit(_group, writer, waiting.copy())
            waiting.clear()
        self.files[name]["rows"] += table.num_rows

    def _close(self, name: str) -> None:
        writer, waiting = self._open.pop(name)
        self._submit(_group, writer, waiting)
        self._submit(_finish, writer, self.folder / name, self.files[name])

    def _submit(self, job: Any, *arguments: Any) -> None:
        while len(self._jobs) >= _WAITING:
            self._jobs.pop(0).result()
        self._jobs.append(self._thread.submit(job, *arguments))


def _group(writer: pq.ParquetWriter, tables: list[pa.Table]) -> None:
    if tables:
        table = pa.concat_tables(tables).unify_dictionaries().combine_chunks()
        writer.write_table(table, row_group_size=2**20)


def _finish(writer: pq.ParquetWriter, path: Path, about: dict[str, Any]) -> None:
    writer.close()
    with path.open("rb") as file:
        about["sha256"] = hashlib.file_digest(file, "sha256").hexdigest()
    about["bytes"] = path.stat().st_size
