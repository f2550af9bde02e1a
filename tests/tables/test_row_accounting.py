"""Rows read are rows used or rows set aside, whatever the file holds."""

import csv
import io
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import ibis
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analytics import tables
from analytics.language import Text

GARBLED = re.compile("ï¿½|锟斤拷")
CELL = st.one_of(
    st.sampled_from(
        [
            "",
            "1",
            "-1",
            "0",
            "1,5",
            "1.5",
            "１２",
            "2025-03-01",
            "20250301",
            "030289",
            "30289",
            "A",
            "NA",
            "nan",
            "1e3",
            "1e300",
            "1e19",
            "inf",
            "45000",
        ]
    ),
    # Marks of a failed conversion, which hypothesis may draw from the code, make the whole file refused in words.
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8).filter(lambda t: not GARBLED.search(t)),
)
NAMES = ["declaration_id", "line_no", "date", "hs_code", "quantity", "value", "version", "unit", "inspected"]


# No shrinking: a reading takes long against what an example is worth.
@settings(
    max_examples=12, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(rows=st.lists(st.tuples(*[CELL] * len(NAMES)), min_size=1, max_size=30))
def test_any_text_is_accounted_for(tmp_path: Path, rows: list[tuple[str, ...]]):
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([NAMES, *rows])
    (tmp_path / "a.csv").write_text(out.getvalue(), encoding="utf-8")
    table = tables.check("declarations", str(tmp_path / "a.csv")).table  # such files may leave doubts open
    account = table.accounting
    assert account.rows_read == len(rows)
    assert account.rows_used == len(table.to_pandas())
    assert account.rows_used + len(account.quarantine) == len(rows)
    assert account.reasons["rows"].sum() == account.rows_set_aside
    assert account.quarantine["reason"].notna().all()
    assert sorted(account.quarantine["record"]) == sorted(set(account.quarantine["record"]))
    used = table.to_pandas()
    assert (used["quantity"].dropna() > 0).all()
    assert (used["value"].dropna() >= 0).all()
    assert used[["declaration_id", "date", "hs_code"]].notna().all(axis=None)
    assert not used.dropna(subset="line_no").duplicated(["declaration_id", "line_no"]).any()


@pytest.fixture
def table(csv_file) -> tables.Table:
    return tables.read("declarations", csv_file())


def test_rows_kept_out_later_are_accounted_for_too(table: tables.Table):
    fish = table.keep(ibis._.hs_code.startswith("03"), Text("not fish", "非水产品"))
    dear = fish.keep(lambda t: t.value > 2000, Text("cheap", "低价"))
    assert (dear.accounting.rows_read, dear.accounting.rows_used) == (3, 1)
    assert dear.accounting.reasons[["reason", "reason_zh", "rows"]].to_numpy().tolist() == [
        ["not fish", "非水产品", 1], ["cheap", "低价", 1],
    ]  # fmt: skip
    assert dear.accounting.quarantine[["line", "reason", "hs_code"]].to_numpy().tolist() == [
        [3, "not fish", "8471300000"], [4, "cheap", "0302890090"],
    ]  # fmt: skip
    assert len(dear.to_pandas()) == 1
    assert table.accounting.rows_used == 3  # the table it came from is what it was


def test_a_missing_value_does_not_meet_a_condition(csv_file):
    table = tables.read("declarations", csv_file("A,1,2025-03-01,,,030289,,,,,5", "B,1,2025-03-01,,,030289,,,2,,5"))
    assert table.keep(ibis._.quantity < 5, Text("large", "大")).to_pandas()["declaration_id"].tolist() == ["B"]


def test_a_table_introduces_itself_in_a_line(table: tables.Table):
    assert repr(table).endswith("declarations.csv: 3 rows read, 3 used, 0 set aside")


def test_a_table_comes_as_ibis_and_as_pandas(table: tables.Table):
    assert tables.as_ibis(table).columns == tuple(table.columns)
    frame = tables.as_pandas(table, ["value", "hs_code"])
    assert frame.columns.tolist() == ["value", "hs_code"]
    assert tables.as_pandas(tables.as_ibis(frame))["value"].sum() == frame["value"].sum()
    assert float(tables.as_ibis(frame).value.sum().execute()) == frame["value"].sum()
    with pytest.raises(tables.DataError, match=r'no column vlaue\. Did you mean "value"'):
        table.to_pandas(["vlaue"])
    with pytest.raises(TypeError, match="DataFrame"):
        tables.as_ibis([1, 2])


def test_periods_are_those_of_the_rows_used(csv_file):
    table = tables.read("declarations", csv_file("A,1,2025-03-01,,,030289,,,1,1,1", "B,1,2025-06-01,,,030289,,,-1,1,1"))
    assert table.accounting.first_period == table.accounting.last_period == pd.Timestamp("2025-03-01")


def test_the_physical_line_is_found_behind_line_breaks_inside_fields(csv_file):
    rows = ['A,1,2025-03-01,,,030289,,"k', 'g",1,1,1', "", "B,1,2025-03-01,,,030289,,kg,-1,1,1"]
    entry = tables.read("declarations", csv_file(*rows)).accounting.quarantine.iloc[0]
    assert (entry["record"], entry["line"]) == (2, 5)


def test_the_quarantine_is_written_with_raw_columns(csv_file, tmp_path: Path):
    table = tables.read("declarations", csv_file("A,1,2025-03-01,3100,ENT-A,030289,NO,kg,minus,1,1"))
    path = table.accounting.write_quarantine(tmp_path / "quarantine" / "declarations.csv")
    written = pd.read_csv(path, dtype=str)
    assert written.loc[0, ["record", "line", "code", "value", "quantity"]].tolist() == [
        "1",
        "2",
        "not_a_number",
        "minus",
        "minus",
    ]
    assert "ENT-A" not in path.read_text(encoding="utf-8")


def test_the_same_file_gives_the_same_account(csv_file):
    path = csv_file()
    first, second = (tables.read("declarations", path).accounting for _ in range(2))
    assert first.sha256 == second.sha256
    pd.testing.assert_frame_equal(first.reasons, second.reasons)


BIG = """
import pathlib, sys
from analytics import tables
tables.configure(memory_limit="200MB")
table = tables.read("declarations", sys.argv[1])
status = pathlib.Path("/proc/self/status").read_text()  # the peak of this program alone, not of the one that started it
peak = int(status.split("VmHWM:")[1].split()[0]) // 1024
print(table.accounting.rows_read, table.accounting.rows_used, peak)
"""


def test_a_200_mb_file_is_read_in_bounded_memory(tmp_path: Path):
    """Every block holds a negative quantity; the process stays far below what the rows take in memory."""
    path, size, number = tmp_path / "big.csv", 0, 0
    filler = "x" * 150
    with path.open("w", encoding="utf-8") as file:
        file.write("declaration_id,line_no,date,hs_code,quantity,remark\n")
        while size < 200e6:
            block = "".join(
                f"D{number + i},1,2025-03-01,0302890090,{10 if i else -10},{filler}\n" for i in range(10_000)
            )
            size += file.write(block)
            number += 10_000
    assert path.stat().st_size > 200e6
    environment = {**os.environ, "ANALYTICS_TEMP": str(tmp_path)}
    started = time.monotonic()
    ran = subprocess.run(
        [sys.executable, "-c", BIG, str(path)], capture_output=True, text=True, check=True, env=environment, timeout=300
    )
    rows_read, rows_used, peak = map(int, ran.stdout.split())
    assert (rows_read, rows_used) == (number, number - number // 10_000)
    assert peak < 600, f"{peak} MB after {time.monotonic() - started:.0f} s"
