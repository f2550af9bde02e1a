"""Files as offices write them, drawn with known truth: is any read with a traceback, a lost row, a wrong value?

Run by hand, in parts that can be resumed:

    python benchmarks/tables/generated.py 0 1000 found.jsonl

Each file is drawn from its number alone. A file may be asked about (a doubt) or refused (a message for analysts), and
rows may be set aside with a reason; what is used must be the truth, and every record must be in the account.
"""

from __future__ import annotations

import collections
import csv
import datetime as dt
import io
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import xlsxwriter

os.environ.setdefault("ANALYTICS_MASK_KEY", "a key for generated files only")
from analytics import tables
from analytics.errors import AnalystError
from analytics.tables.contract.doubts import DoubtError

Rng = np.random.Generator
WESTERN = ("Käse", "forêt", "niño", "Öl", "plain", "coração")
CHINESE = ("冻鱼，去头", "机动车辆零件", "计算机（便携式）", "棉布“坯”", "塑料粒子", "葡萄酒")
CODES = ("03038900", "87032319", "84713000", "01012100", "22042100", "39012000")
FIGURES = ("quantity", "net_mass_kg", "value", "tax", "gross_mass_kg")
DATES = {
    "iso": "%Y-%m-%d", "slashed iso": "%Y/%m/%d", "compact": "%Y%m%d", "dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y",
    "dotted": "%d.%m.%Y", "named": "%d-%b-%Y", "zh": "%Y年%m月%d日", "clock": "%Y-%m-%d 14:03:59",
    "pm": "%m/%d/%Y 2:03 PM",
}  # fmt: skip


@dataclass
class Made:
    """A file with what is in it."""

    path: Path
    table: str
    truth: dict[str, dict[str, object]]
    records: int
    map_lines: list[str] = field(default_factory=list)
    what: dict[str, str] = field(default_factory=dict)


def pick(rng: Rng, options: object) -> object:
    """One of some options."""
    every = list(options)  # type: ignore[call-overload]
    return every[int(rng.integers(len(every)))]


def written(rng: Rng, number: float, style: dict[str, str], digits: int) -> str:
    """A figure in a style."""
    whole, _, part = f"{abs(number):.{digits}f}".partition(".")
    mark = style["group"]
    if mark:
        groups = []
        while len(whole) > 3:
            groups.insert(0, whole[-3:])
            whole = whole[:-3]
        whole = mark.join([whole, *groups])
    text = whole + (style["decimal"] + part if part else "")
    text = f"-{text}" if number < 0 else text
    if style["digits"] == "full":
        return "".join(chr(ord(c) + 0xFEE0) if c.isdigit() or c in ".,-" else c for c in text)
    if style["digits"] == "arabic":
        return "".join(chr(0x660 + int(c)) if c.isdigit() else c for c in text)
    return text


def style_of(rng: Rng, encoding: str) -> dict[str, str]:
    """How a file writes its figures."""
    decimal = str(pick(rng, ".,"))
    thin = ["\u202f", "\u2009"] if encoding.startswith("utf") else []
    group = str(pick(rng, ["", "", "", "," if decimal == "." else ".", " ", "'", *thin]))
    digits = str(pick(rng, ["plain"] * 6 + (["full", "arabic"] if encoding.startswith("utf") else [])))
    return {"decimal": decimal, "group": group, "digits": digits}


def column(rng: Rng, rows: int, style: dict[str, str]) -> tuple[list[str], list[float], dict[str, str]]:
    """Figures of a column as written, and what they are."""
    digits = int(rng.integers(0, 4))
    size = 10 ** rng.uniform(0, 6)
    numbers = [round(float(x), digits) for x in rng.lognormal(0, 1.2, rows) * size + 1]
    return [written(rng, n, style, digits) for n in numbers], numbers, {**style, "after": str(digits)}


def declarations(rng: Rng, folder: Path) -> Made:
    """A file of declarations."""
    rows = int(rng.integers(2, 16))
    encoding = str(pick(rng, ["utf-8", "utf-8", "utf-8-sig", "utf-16", "gb18030", "cp1252"]))
    words = CHINESE if encoding == "gb18030" else WESTERN if encoding == "cp1252" else CHINESE + WESTERN
    start = dt.date(2019, 1, 1) + dt.timedelta(days=int(rng.integers(0, 2000)))
    days = [start + dt.timedelta(days=int(rng.integers(0, 500))) for _ in range(rows)]
    spelled = str(pick(rng, [d for d in DATES if d != "zh" or encoding != "cp1252"]))
    columns: dict[str, list[str]] = {
        "declaration_id": [f"A{i:05d}" for i in range(rows)], "date": [d.strftime(DATES[spelled]) for d in days],
    }  # fmt: skip
    codes = [str(pick(rng, CODES)) for _ in range(rows)]
    lost = bool(rng.random() < 0.2)
    columns["hs_code"] = [c.lstrip("0") if lost else f"{c[:4]}.{c[4:]}" if rng.random() < 0.1 else c for c in codes]
    truth = {f"A{i:05d}": {"date": days[i], "hs_code": codes[i]} for i in range(rows)}
    what = {"encoding": encoding, "dates": spelled, "codes": "zero lost" if lost else "whole"}
    style = style_of(rng, encoding)
    for name in FIGURES[: int(rng.integers(1, 6))]:
        columns[name], numbers, told = column(rng, rows, style)
        what[name] = json.dumps(told, ensure_ascii=False)
        for i, number in enumerate(numbers):
            truth[f"A{i:05d}"][name] = number
    ends = ['"x"z', '"x"\nz', "y", "; z", ", z", "| z"]
    columns["description"] = [f"{pick(rng, words)} {pick(rng, ends)}" for _ in range(rows)]
    what["units"] = units(rng, columns, truth) if encoding != "cp1252" else "as wanted"
    made = Made(folder / "a.csv", "declarations", truth, rows, ["table: declarations", "columns:"], what)
    made.map_lines += [f'  {n.split(" ")[0]}: "{n}"' for n in columns]
    return laid_out(rng, made, columns, encoding)


def units(rng: Rng, columns: dict[str, list[str]], truth: dict[str, dict[str, object]]) -> str:
    """A unit in a header that is not the contract's: what is read as it stands, is wrong."""
    if "net_mass_kg" not in columns or rng.random() > 0.15:
        return "as wanted"
    unit, factor = {"(t)": ("t", 1000.0), "(吨)": ("吨", 1000.0), "(g)": ("g", 0.001)}[
        str(pick(rng, ["(t)", "(吨)", "(g)"]))
    ]
    header = f"net_mass_kg ({unit})"
    renamed = {header if n == "net_mass_kg" else n: v for n, v in columns.items()}
    columns.clear()
    columns.update(renamed)
    for row in truth.values():
        row["net_mass_kg"] = float(row["net_mass_kg"]) * factor  # type: ignore[arg-type]
    return unit


def receipts(rng: Rng, folder: Path) -> Made:
    """A file of receipts, a row a month and item."""
    months, items = int(rng.integers(3, 30)), int(rng.integers(1, 4))
    start = int(rng.integers(2010 * 12, 2022 * 12))
    labels = {"iso": "%Y-%m", "zh": "%Y年{m}月", "compact": "%Y%m", "slash": "{m}/%Y", "named": "%b-%Y", "M": "%Y-M%m",
              "dot": "%Y.%m"}  # fmt: skip
    spelled = str(pick(rng, labels))
    style, digits = style_of(rng, "utf-8"), int(rng.integers(0, 3))
    rows, truth = [], {}
    for at in range(start, start + months):
        day = dt.date(at // 12, at % 12 + 1, 1)
        text = day.strftime(labels[spelled]).replace("{m}", str(day.month))
        for item in range(items):
            number = round(float(rng.lognormal(6, 0.3)) * (-0.1 if rng.random() < 0.03 else 1), digits)
            rows.append((text, f"item {item}", written(rng, number, style, digits)))
            truth[f"item {item}|{day:%Y-%m}"] = {"y": number}
    columns = dict(zip(("ds", "tax_item", "y"), map(list, zip(*rows, strict=True)), strict=True))
    what = {"dates": spelled, "y": json.dumps({**style, "after": str(digits)}, ensure_ascii=False)}
    lines = ["table: receipts", "columns: {ds: ds, tax_item: tax_item, y: y}"]
    return laid_out(rng, Made(folder / "a.csv", "receipts", truth, len(rows), lines, what), columns, "utf-8")


def laid_out(rng: Rng, made: Made, columns: dict[str, list[str]], encoding: str) -> Made:
    """Write the columns with a preamble, a total, a note, blank lines, as text or workbook."""
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    width = len(columns)
    if rng.random() < 0.2:
        total = ["Total" if encoding == "cp1252" or rng.random() < 0.5 else "合计", *[""] * (width - 2), "99999"]
        if made.table == "receipts":
            total = [rows[0][0], total[0], "99999"]
        rows.append(total)
        made.records += 1
        made.what["total"] = total[0]
    if rng.random() < 0.15:
        rows.append(["Source: customs", *[""] * (width - 1)])
        made.records += 1
        made.what["note"] = "yes"
    above = [["Monthly report"], ["", ""]][: int(rng.integers(0, 3))] if rng.random() < 0.25 else []
    if above:
        made.map_lines.append(f"header_row: {len(above) + 1}")
    if rng.random() < 0.12:
        return workbook(made, [*above, list(columns), *rows])
    separator = str(pick(rng, ",;\t|"))
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if rng.random() < 0.3 else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=separator, lineterminator=str(pick(rng, ["\n", "\r\n"])), quoting=quoting)
    padded = [row + [""] * (width - len(row)) for row in above]
    writer.writerows([*padded, list(columns)])
    for row in rows:
        if rng.random() < 0.02:
            out.write("\n")
        writer.writerow(row)
    text = out.getvalue()
    made.path.write_bytes((text[:-1] if rng.random() < 0.1 else text).encode(encoding, errors="replace"))
    made.what |= {"separator": separator, "preamble": str(len(above))}
    return made


def workbook(made: Made, rows: list[list[str]]) -> Made:
    """Write rows as a workbook, all as text."""
    made.path = made.path.with_suffix(".xlsx")
    book = xlsxwriter.Workbook(made.path, {"strings_to_numbers": False})
    sheet = book.add_worksheet("Data")
    for number, row in enumerate(rows):
        for at, cell in enumerate(row):
            sheet.write_string(number, at, cell)
    book.close()
    made.what["separator"] = "workbook"
    return made


def judged(made: Made, folder: Path) -> tuple[str, str]:
    """What became of a file: right, asked, refused, or what is wrong."""
    (folder / "map.yaml").write_text("\n".join(made.map_lines) + "\n", encoding="utf-8")
    try:
        read = tables.read(made.table, str(made.path), str(folder / "map.yaml"))
    except DoubtError as doubt:
        return "asked", ",".join(sorted({d.name for d in doubt.doubts}))
    except AnalystError as error:
        return "refused", str(error)[:300]
    except Exception as error:
        return "traceback", f"{type(error).__name__}: {error}"[:500]
    account, frame = read.accounting, read.to_pandas()
    if account.rows_read != made.records:
        return "rows", f"{account.rows_read} read, {made.records} written"
    for row in frame.to_dict("records"):
        key = f"{row['tax_item']}|{row['ds']:%Y-%m}" if made.table == "receipts" else str(row["declaration_id"])
        meant = made.truth.get(key)
        if meant is None:
            return "value", f"{key} is no row of the file"
        for name, value in meant.items():
            if not _same(row.get(name), value):
                return "value", f"{key}, {name}: {row.get(name)} instead of {value}"
    missing = len(made.truth) - len(frame)
    return ("aside", "; ".join(sorted(account.reasons["reason"]))) if missing else ("right", "")


def _same(read: object, meant: object) -> bool:
    if isinstance(meant, float):
        return isinstance(read, float) and abs(read - meant) <= 1e-9 * max(1.0, abs(meant))
    return f"{read:%Y-%m-%d}" == f"{meant:%Y-%m-%d}" if isinstance(meant, dt.date) else read == meant


def main(first: int, last: int, out: Path) -> None:
    """Read files by number and note what is not right; numbers that were done are not done again."""
    done = sum(json.loads(line)["files"] for line in out.open() if '"files"' in line) if out.exists() else 0
    seen: collections.Counter[str] = collections.Counter()
    started = time.process_time()
    with out.open("a", encoding="utf-8") as log, tempfile.TemporaryDirectory() as scratch:
        for number in range(first + done, last):
            rng = np.random.default_rng([20261127, number])
            folder = Path(scratch) / str(number)
            folder.mkdir()
            made = (receipts if rng.random() < 0.3 else declarations)(rng, folder)
            outcome, why = judged(made, folder)
            seen[outcome] += 1
            if outcome not in ("right",):
                log.write(
                    json.dumps({"number": number, "outcome": outcome, "why": why, **made.what}, ensure_ascii=False)
                    + "\n"
                )
            if time.process_time() - started > float(os.environ.get("SECONDS_AT_MOST", "1e9")):
                break
        log.write(json.dumps({"files": sum(seen.values()), **seen}) + "\n")
    print(dict(seen), f"{(time.process_time() - started) / max(sum(seen.values()), 1):.2f} s of processor a file")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
