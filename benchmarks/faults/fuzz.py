"""Damaged files of every kind, in one process: no raw traceback, nothing lost in silence.

    python benchmarks/faults/fuzz.py [KIND ...] [--count N] [--from N] [--seconds S]

Kinds: sets, maps, records (run.json, history.json, provenance.json), results (result.json, on the index and compared),
texts (heads of delimited files: encoding, separator, header), readers (whole files), models. An example is known by its
kind and number, so that a long run can be split: what is printed at the end is the number to go on from. A failure is
an error that is not written for analysts, or something lost: a key of a set, a row of a file, a line of the index.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from analytics import parameters, plain_yaml, tables
from analytics.batch import record
from analytics.batch.checks import history, provenance
from analytics.batch.checks.compare import compare
from analytics.batch.schedule import write_index
from analytics.errors import AnalystError
from analytics.root import project_root

ODD: tuple[Any, ...] = (
    None, "", [], {}, 0, -1, 1e308, float("nan"), float("inf"), 10**400, True, "NaN", "x" * 3000, "\0", "../..",
    [None], {"": None}, [[[]]], "2024-13-45", "<script>", "=1+1", "\ud800", "日期", "{", "%", "${HOME}", "*", "a\nb",
)  # fmt: skip
BYTES = (b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"'", b",", b";", b"\t", b"\r", b"\n", b"\r\n\r\n", b"\x1a",
         b"{", b"]", b": ", b"- ", b"&a", b"*a", b"!!python/object:os.system", b"<<: ", b"|\n", b"\x80", b"\xd6\xd0",
         b"1e999", b"-", b"NaN", b"9" * 60, b"\xe2\x80\xa8", b"#", b"=cmd()", b"2024-02-30")  # fmt: skip
Check = Callable[[random.Random, Path], None]


class LostError(Exception):
    """Something of the file is neither used nor refused."""


def damaged(content: bytes, rng: random.Random) -> bytes:
    """Damage a file in one to four places."""
    data = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        end = min(len(data), at + rng.choice((1, 1, 2, 8, 40)))
        how = rng.randrange(7)
        if how == 0 and data:
            data[min(at, len(data) - 1)] = rng.randrange(256)
        elif how == 1:
            del data[at:end]
        elif how == 2:
            data[at:at] = rng.choice(BYTES)
        elif how == 3:
            data[at:at] = data[at:end] * rng.randint(1, 3)
        elif how == 4:
            del data[at:]
        elif how == 5:
            lines = bytes(data).split(b"\n")
            rng.shuffle(lines)
            data = bytearray(b"\n".join(lines))
        else:
            data[at:end] = rng.choice(BYTES)
    return bytes(data)


def strange(value: Any, rng: random.Random) -> Any:
    """Replace, remove or add a node of a JSON value."""
    nodes = list(_nodes(value))
    if not nodes or rng.random() < 0.03:
        return rng.choice(ODD)
    holder, key = rng.choice(nodes)
    if rng.random() < 0.25:
        del holder[key]
    elif rng.random() < 0.15 and isinstance(holder, dict):
        holder[str(rng.choice(ODD))] = rng.choice(ODD)
    else:
        holder[key] = rng.choice(ODD)
    return value


def _nodes(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _nodes(value[key])


def _json(content: bytes, rng: random.Random) -> bytes:
    """A JSON file damaged as text, or well-formed with strange values."""
    if rng.random() < 0.3:
        return damaged(content, rng)
    value = json.loads(content)
    for _ in range(rng.randint(1, 3)):
        value = strange(value, rng)
    return json.dumps(value, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")


@cache
def _files(pattern: str, root: Path) -> list[tuple[Path, bytes]]:
    return [(path, path.read_bytes()) for path in sorted(root.glob(pattern))]


def sets(rng: random.Random, place: Path) -> None:
    """A parameter set: refused in words, or every key of it is taken."""
    origin, content = rng.choice(_files("params/*/*.yaml", project_root()))
    path = place / "params" / origin.parent.name / "one.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(damaged(content, rng))
    found = parameters.load(path)
    told = plain_yaml.read(path.read_text(encoding="utf-8-sig"))
    if lost := set(told or {}) - set(found.values) - {"notebook"}:
        raise LostError(f"keys of a set: {sorted(map(str, lost))}")


def maps(rng: random.Random, place: Path) -> None:
    """A column map: refused in words, or it names the fields that it names."""
    from analytics.tables.mapping import files

    shipped = Path(files.__file__).parents[1] / "maps"
    origin, content = rng.choice(_files("*.yaml", shipped))
    path = place / origin.name
    path.write_bytes(damaged(content, rng))
    table = str(plain_yaml.read(content.decode()).get("table", "declarations"))
    found = files.load(str(path), table)
    told = plain_yaml.read(path.read_text(encoding="utf-8-sig")) or {}
    if lost := set(told.get("columns") or {}) - set(found.fields):
        raise LostError(f"columns of a map: {sorted(map(str, lost))}")


RUN = {"pillar": "tax_forecast", "name": "good", "state": "done", "message": "", "started": "2026-11-01T10:00:00+00:00",
       "seconds": 2.5, "fingerprint": "a" * 64, "folder": "reports/en/tax_forecast/good", "stands": False}  # fmt: skip
RESULT = {
    "notebook": "n", "params": {"place": "P", "place_zh": "地", "year": 2025}, "params_sha256": "a",
    "inputs": [{"name": "receipts", "source": "x.csv", "sha256": "a", "rows_read": 10, "rows_used": 9,
                "rows_set_aside": 1,
                "first_period": "2020-01-01", "last_period": "2025-06-01"}],
    "verdict": {"target": "revenue_forecast_error", "status": "met", "value": 1.0, "low": 0.5, "high": 1.5,
                "text": {"en": "Error of 1 %", "zh": "误差为1%"}},
    "figures": {"a": 1.0, "b": None}, "tables": {"t": "tables/t.csv"}, "simulated": False,
    "versions": {"python": "3.11"},
    "leads": {"total": 1, "shown": [{"text": {"en": "Lead", "zh": "线索"}, "district": "2200", "since": "2025-01"}]},
    "seed": 1,
}  # fmt: skip
HISTORY = [{"started": "2026-10-01T10:00:00+00:00", "target": "revenue_forecast_error", "status": "met", "value": 2.0,
            "text": {"en": "E", "zh": "误"}}]  # fmt: skip
PROVENANCE = {"subject": "tax_forecast", "set": "params/x.yaml", "language": "en", "params": {"value": 1},
              "params_sha256": "a", "inputs": [], "sources": {"x.csv": "a"}, "notebook": {"name": "n", "sha256": "a"},
              "code_sha256": "a", "definitions": {"target x": "a"}, "versions": {"python": "3.11"}, "lock_sha256": None,
              "files": {"result.json": "a"}}  # fmt: skip


def _briefing(folder: Path) -> Path:
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    (folder / "briefing.html").write_text("<p>x</p>")
    (folder / "tables/t.csv").write_text("key,level\na,1\n")
    kept = {"run.json": RUN, "result.json": RESULT, "history.json": HISTORY, "provenance.json": PROVENANCE}
    for name, value in kept.items():
        (folder / name).write_text(json.dumps(value))
    return folder


def records(rng: random.Random, place: Path) -> None:
    """run.json, history.json or provenance.json: read as none, or used."""
    folder = _briefing(place / "b")
    name, value = rng.choice([("run.json", RUN), ("history.json", HISTORY), ("provenance.json", PROVENANCE)])
    (folder / name).write_bytes(_json(json.dumps(value).encode(), rng))
    record.read(folder), record.good(folder), history.read(folder), provenance.read(folder)
    other = place / "c"
    compare(folder, other if other.exists() else _briefing(other)).lines(rng.choice(["en", "zh"]))


def results(rng: random.Random, place: Path) -> None:
    """result.json and what stands beside it: every set has its line on the index, and a comparison ends in words."""
    reports, other = place / "reports/en", place / "c"
    good = reports / "tax_forecast/good"
    if not other.exists():
        _briefing(other), _briefing(reports / "tax_forecast/third")
    _briefing(good)
    name, value = rng.choice(
        [("result.json", RESULT), ("result.json", RESULT), ("run.json", RUN), ("history.json", HISTORY)]
    )
    (good / name).write_bytes(_json(json.dumps(value).encode(), rng))
    page = write_index(reports, rng.choice(["en", "zh"])).read_text(encoding="utf-8")
    if "good" not in page or "third" not in page:
        raise LostError("a set is not on the index")
    compare(other, good).lines("en")


TEXT = "declaration_id,line_no,date,district,hs_code,quantity,value\n" + "".join(
    f"D{i:04d},{i % 3 + 1},2024-{i % 12 + 1:02d}-{i % 27 + 1:02d},2200,{8471300000 + i},{i}.5,{i * 10}\n"
    for i in range(1, 31)
)
CODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "cp1252")


def _text(rng: random.Random) -> bytes:
    text = TEXT.replace("district", rng.choice(["district", "关区代码", "bezirk"]))
    text = text.replace(",", rng.choice([",", ",", ";", "\t"])).replace("\n", rng.choice(["\n", "\n", "\r\n"]))
    return damaged(text.encode(rng.choice(CODINGS), "replace"), rng)


def texts(rng: random.Random, place: Path) -> None:
    """The head of a delimited file: its encoding, separator and header are recognised, or asked for."""
    from analytics.tables.source import textfile

    path = place / "lines.csv"
    path.write_bytes(_text(rng))
    file = textfile.prepare(path, path.name)
    textfile.layout(file.path, path.name)


def readers(rng: random.Random, place: Path) -> None:
    """A whole file: every record is used or set aside, and counted."""
    path = place / "lines.csv"
    path.write_bytes(_text(rng))
    found = tables.read("declarations", str(path), mask=False).accounting
    aside = len(found.quarantine) if found.quarantine is not None else 0
    if found.rows_read != found.rows_used + found.rows_set_aside or aside != found.rows_set_aside:
        raise LostError(f"rows: {found.rows_read} read, {found.rows_used} used, {aside} set aside")


@cache
def _model() -> bytes:
    from analytics import smuggling

    declared = tables.simulate(9_000, 5).declarations.drop_duplicates(["declaration_id", "line_no"], keep="last")
    with tempfile.TemporaryDirectory() as folder:
        smuggling.save(smuggling.fit(declared), path := Path(folder) / "m.model")
        return path.read_bytes()


@cache
def _parts() -> dict[str, bytes]:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(_model())) as file:
        return {name: file.read(name) for name in file.namelist()}


def models(rng: random.Random, place: Path) -> None:
    """A saved model: refused in words, or read."""
    import zipfile

    from analytics import smuggling

    path = place / "m.model"
    if rng.random() < 0.4:
        path.write_bytes(damaged(_model(), rng))
    else:
        name = rng.choice(sorted(_parts()))
        with zipfile.ZipFile(path, "w") as file:
            for one, content in _parts().items():
                changed = (_json if one.endswith(".json") else damaged)(content, rng) if one == name else content
                if rng.random() > 0.02:
                    file.writestr(one, changed)
    smuggling.load(path)


KINDS: dict[str, tuple[Check, int]] = {  # how many of a hundred thousand
    "sets": (sets, 12_000), "maps": (maps, 40_000), "records": (records, 25_000), "results": (results, 1_500),
    "texts": (texts, 20_000), "readers": (readers, 500), "models": (models, 1_000),
}  # fmt: skip


def tried(kind: str, number: int, place: Path) -> str:
    """One example; return where it failed, or nothing."""
    try:
        KINDS[kind][0](random.Random(f"{kind} {number}"), place)
    except AnalystError as error:
        return "" if str(error).strip() else "an error without words"
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)
        ours = [f for f in last if "/analytics/" in f.filename] or list(last)
        at = f"{Path(ours[-1].filename).name}:{ours[-1].lineno} {ours[-1].name}"
        return f"{type(error).__name__} in {at}: {str(error).splitlines()[0][:120] if str(error) else ''}"
    return ""


def main() -> None:
    """Try the kinds wanted; print each way of failing with its first number and how often it came."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", default=list(KINDS))
    parser.add_argument("--count", type=int, help="examples of each kind; by default its share of a hundred thousand")
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="of processor time, for each kind")
    given = parser.parse_args()
    os.environ.setdefault("ANALYTICS_MASK_KEY", "a key for trying only")
    warnings.simplefilter("ignore")
    for kind in given.kinds:
        place = Path(tempfile.mkdtemp(prefix="fuzz-"))
        failed: Counter[str] = Counter()
        first: dict[str, int] = {}
        begun, number = time.process_time(), given.first
        until = given.first + (given.count or KINDS[kind][1])
        while number < until and time.process_time() - begun < given.seconds:
            if wrong := tried(kind, number, place):
                failed[wrong] += 1
                first.setdefault(wrong, number)
            number += 1
        shutil.rmtree(place, ignore_errors=True)
        used = time.process_time() - begun
        print(f"{kind}: {number - given.first:,} examples, {sum(failed.values())} failed, {used:.0f} s; next {number}")
        for wrong, times in failed.most_common():
            print(f"    {times} times, first {first[wrong]}: {wrong}", flush=True)


if __name__ == "__main__":
    main()
