"""Files as they come: encodings, separators, Excel, Parquet, databases, folders, several sources."""

import datetime as dt
import gzip
import sqlite3
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import tables
from analytics.tables.source import textfile

COLUMNS = ["declaration_id", "line_no", "date", "hs_code", "unit", "quantity"]
ROWS = [
    ["310120250000000001", "1", "2025-03-01", "0302890090", "千克", "100.5"],
    ["310120250000000001", "2", "2025-03-02", "8471300000", "台", "3"],
]


def text(separator: str = ",", breaks: str = "\n") -> str:
    return breaks.join(separator.join(row) for row in [COLUMNS, *ROWS]) + breaks


def write(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)


def read(path: str, **more: object) -> pd.DataFrame:
    table = tables.read("declarations", path, **more)
    assert table.accounting.rows_set_aside == 0, table.accounting.reasons
    return table.to_pandas()


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return read(write(tmp_path_factory.mktemp("plain") / "a.csv", text().encode()))


def test_plain_text_is_read_by_the_contract(expected: pd.DataFrame):
    assert expected["declaration_id"].tolist() == ["310120250000000001"] * 2
    assert expected["hs_code"].tolist() == ["0302890090", "8471300000"]
    assert expected["unit"].tolist() == ["千克", "台"]
    assert expected["date"].tolist() == [pd.Timestamp("2025-03-01"), pd.Timestamp("2025-03-02")]
    assert expected["quantity"].tolist() == [100.5, 3.0]
    assert expected.dtypes.astype(str).to_dict() == {
        "declaration_id": "str", "line_no": "int64", "date": "datetime64[us]", "hs_code": "str", "unit": "str",
        "quantity": "float64",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("utf-8-sig", "UTF-8 with BOM"), ("gb18030", "GB18030"), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16-LE")],
)
def test_an_encoding_changes_nothing(tmp_path: Path, expected: pd.DataFrame, encoding: str, shown: str):
    report = tables.check("declarations", write(tmp_path / "a.csv", text().encode(encoding)))
    pd.testing.assert_frame_equal(report.table.to_pandas(), expected)
    assert f"encoding {shown}" in report.text


@pytest.mark.parametrize("separator", [";", "\t"], ids=["semicolon", "tab"])
def test_a_separator_changes_nothing(tmp_path: Path, expected: pd.DataFrame, separator: str):
    pd.testing.assert_frame_equal(read(write(tmp_path / "a.txt", text(separator).encode())), expected)


@pytest.mark.parametrize("breaks", ["\r\n", "\r"], ids=["CRLF", "CR"])
def test_line_breaks_change_nothing(tmp_path: Path, expected: pd.DataFrame, breaks: str):
    pd.testing.assert_frame_equal(read(write(tmp_path / "a.csv", text(breaks=breaks).encode())), expected)


def test_mixed_line_breaks_change_nothing(tmp_path: Path, expected: pd.DataFrame):
    mixed = text(breaks="\r\n").replace("\r\n", "\n", 1)
    pd.testing.assert_frame_equal(read(write(tmp_path / "a.csv", mixed.encode())), expected)


def test_a_compressed_file_is_read(tmp_path: Path, expected: pd.DataFrame):
    path = write(tmp_path / "a.csv.gz", gzip.compress(text().encode("gb18030")))
    pd.testing.assert_frame_equal(read(path), expected)


def test_an_excel_sheet_is_read_with_its_numbers_and_dates(tmp_path: Path, expected: pd.DataFrame):
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("报关单")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, COLUMNS)
    for i, (number, line, date, code, unit, quantity) in enumerate(ROWS, start=2):  # a blank row above
        sheet.write_string(i, 0, number)
        sheet.write_number(i, 1, int(line))
        sheet.write_datetime(i, 2, dt.datetime.fromisoformat(date), day)
        sheet.write_number(i, 3, int(code))  # the leading zero is lost here
        sheet.write_string(i, 4, unit)
        sheet.write_number(i, 5, float(quantity))
    sheet.write_row(4, 0, ["X", 1, 45000, 8471300000, "台", -1])
    book.close()
    table = tables.read("declarations", str(path))
    pd.testing.assert_frame_equal(table.to_pandas(), expected)
    entry = table.accounting.quarantine.iloc[0]
    assert (entry["code"], entry["record"], entry["line"]) == ("negative", 3, 5)


def test_identifiers_that_a_spreadsheet_rounded_are_set_aside(tmp_path: Path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["declaration_id", "date", "hs_code"])
        sheet.write_row(1, 0, [310120250000000001, "2025-03-01", "030289"])
    account = tables.read("declarations", str(path)).accounting
    assert account.reasons["code"].tolist() == ["digits_lost"]


def test_a_damaged_workbook_is_named(tmp_path: Path):
    path = write(tmp_path / "a.xlsx", b"PK\x03\x04 not a workbook")
    with pytest.raises(tables.DataError, match=r"a\.xlsx: not readable as an Excel workbook"):
        tables.read("declarations", path)


def test_parquet_is_read_alone_and_as_a_partitioned_folder(tmp_path: Path, expected: pd.DataFrame):
    expected.to_parquet(tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(read(str(tmp_path / "a.parquet")), expected)
    for district in ("0200", "5100"):
        folder = tmp_path / "parts" / f"district={district}"
        folder.mkdir(parents=True)
        expected.assign(declaration_id=expected["declaration_id"] + district).to_parquet(folder / "part-0.parquet")
    parts = read(str(tmp_path / "parts"))
    assert sorted(parts["district"].unique()) == ["0200", "5100"]
    assert len(parts) == 2 * len(expected)


def test_a_damaged_parquet_file_is_named(tmp_path: Path):
    with pytest.raises(tables.DataError, match=r"a\.parquet: not readable as Parquet"):
        tables.read("declarations", write(tmp_path / "a.parquet", b"PAR1 cut off"))


def test_a_folder_and_joined_sources_append_rows(tmp_path: Path, expected: pd.DataFrame):
    first = write(tmp_path / "a.csv", text().encode())
    second = write(tmp_path / "b.csv", text().replace("0001,", "0002,").encode("gb18030"))
    joined = tables.read("declarations", f"{first} + {second}")
    folder = tables.read("declarations", str(tmp_path))
    assert joined.accounting.rows_used == folder.accounting.rows_used == 4
    pd.testing.assert_frame_equal(joined.to_pandas(), folder.to_pandas())
    assert joined.accounting.sha256 == folder.accounting.sha256


def test_a_duplicate_across_two_files_counts_once(tmp_path: Path):
    first, second = (write(tmp_path / name, text().encode()) for name in ("a.csv", "b.csv"))
    account = tables.read("declarations", f"{first} + {second}").accounting
    assert (account.rows_read, account.rows_used) == (4, 2)
    assert set(account.quarantine["source"]) == {"b.csv"}


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_a_database_is_read_by_the_variable_that_names_it(
    tmp_path: Path, expected: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, engine: str
):
    path = tmp_path / f"customs.{engine}"
    if engine == "sqlite":
        with sqlite3.connect(path) as con:
            expected.to_sql("lines", con, index=False)
    else:
        con = duckdb.connect(str(path))
        con.register("expected", expected)
        con.execute("CREATE TABLE lines AS SELECT * FROM expected")
        con.close()
    monkeypatch.setenv("CUSTOMS_DB", f"{engine}://{path}")
    table = tables.read("declarations", "database:CUSTOMS_DB/lines")
    pd.testing.assert_frame_equal(table.to_pandas(), expected)
    assert str(path) not in repr(table)
    with pytest.raises(tables.DataError, match=r'no table "line"\. Did you mean "lines"'):
        tables.read("declarations", "database:CUSTOMS_DB/line")


def test_a_database_address_never_appears_in_an_error(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CUSTOMS_DB", "postgres://officer:secret@db.example.org/customs")
    with pytest.raises(tables.DataError) as error:
        tables.read("declarations", "database:CUSTOMS_DB/lines")
    assert error.value.__cause__ is None
    assert error.value.__context__ is None
    for hidden in ("officer", "secret", "db.example.org"):
        assert hidden not in str(error.value)


def test_simulated_data_say_that_they_are():
    table = tables.read("enterprises", "simulated:lines=5000,seed=7")
    assert table.simulated
    assert table.accounting.rows_used > 0
    with pytest.raises(tables.DataError, match=r'"line" is not known\. Did you mean "lines"'):
        tables.read("enterprises", "simulated:line=5000,seed=7")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5, codec="gb2312"), min_size=4, max_size=400),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    compress=st.booleans(),
)
def test_any_chinese_text_survives_its_encoding(tmp_path: Path, body: str, encoding: str, compress: bool):
    content = f"甲,乙\n{body},1\n"
    data = content.encode(encoding)
    path = tmp_path / "a.csv"
    path.write_bytes(gzip.compress(data) if compress else data)
    found = textfile.prepare(path, "a.csv")
    assert found.path.read_text(encoding="utf-8-sig") == content
    assert found.lines == 2


@pytest.mark.parametrize(("number", "value", "code"), [
    ("Total-2024", 10.0, "total"), ("合计", 10.0, "total"), ("53010001", float("inf"), "not_a_number"),
    ("53010001", float("nan"), ""), ("53010001", 10.0, ""),
])  # fmt: skip
def test_what_is_odd_in_a_parquet_file_is_seen_whatever_shortcut_its_clean_columns_take(number, value, code, tmp_path):
    path = tmp_path / "office.parquet"
    frame = pd.DataFrame({
        "declaration_id": [f"5301{i:06d}" for i in range(40)] + [number], "line_no": 1, "hs_code": "84713000",
        "date": pd.Timestamp("2024-03-01"), "value": [10.0] * 40 + [value],
    })  # fmt: skip
    frame.to_parquet(path)
    table = tables.read("declarations", str(path))
    assert table.accounting.reasons["code"].tolist() == ([code] if code else [])
    assert table.to_pandas(["value"])["value"].dropna().eq(10.0).all()
