"""Every kind of bad input ends in a clear message or in the quarantine, never in a wrong figure."""

import datetime as dt
import gzip
from pathlib import Path

import pandas as pd
import pytest

from analytics import tables

HEADER = "declaration_id,line_no,date,district,enterprise_id,hs_code,origin,unit,quantity,net_mass_kg,value"
GOOD = "310120250000000001,1,2025-03-01,3100,ENT-A,0302890090,NO,kg,100,100,2500.5"
SECOND = "310120250000000001,2,2025-03-01,3100,ENT-A,8471300000,CN,piece,3,6.6,9000"


def line(number: int, **cells: str) -> str:
    values = {
        "declaration_id": f"X{number}", "line_no": "1", "date": "2025-03-01", "district": "3100",
        "enterprise_id": "ENT-A", "hs_code": "0302890090", "origin": "NO", "unit": "kg", "quantity": "100",
        "net_mass_kg": "100", "value": "2500.5",
    }  # fmt: skip
    return ",".join((values | cells).values())


def only_reason(table: tables.Table) -> pd.Series:
    assert len(table.accounting.reasons) == 1, table.accounting.reasons
    return table.accounting.reasons.iloc[0]


def test_a_missing_column_is_named_with_its_nearest_match(csv_file):
    path = csv_file("1,2025-03-01,0302890090", header="declaration_id,date,hs_coed")
    with pytest.raises(tables.DataError) as error:
        tables.read("declarations", path)
    assert "declarations.csv: column hs_code" in str(error.value)
    assert 'Did you mean "hs_coed"?' in str(error.value)
    assert "Columns found: declaration_id, date, hs_coed" in str(error.value)


def test_a_column_that_this_use_needs_is_demanded(csv_file):
    with pytest.raises(tables.DataError, match=r"column recovered .* is missing"):
        tables.read("declarations", csv_file(), columns=["quantity", "recovered"])
    assert tables.read("declarations", csv_file(), columns=["quantity"]).accounting.rows_used == 3


BAD_CELLS = [
    ({"quantity": "a hundred"}, "not_a_number", "quantity", "a hundred"),
    ({"quantity": "inf"}, "not_a_number", "quantity", "inf"),
    ({"quantity": "-5"}, "negative", "quantity", "-5"),
    ({"quantity": "0"}, "zero", "quantity", "0"),
    ({"net_mass_kg": "0"}, "zero", "net_mass_kg", "0"),
    ({"net_mass_kg": "-0.5"}, "negative", "net_mass_kg", "-0.5"),
    ({"value": "-1"}, "negative", "value", "-1"),
    ({"line_no": "1.5"}, "not_whole", "line_no", "1.5"),
    ({"date": "2025-02-30"}, "not_a_date", "date", "2025-02-30"),
    ({"date": "03/04/2025"}, "not_a_date", "date", "03/04/2025"),
    ({"date": "2031-01-01"}, "future", "date", "2031-01-01"),
    ({"date": "1925-01-01"}, "too_early", "date", "1925-01-01"),
    ({"date": ""}, "missing", "date", None),
    ({"declaration_id": " "}, "missing", "declaration_id", " "),
    ({"declaration_id": "3.1012025E+17"}, "digits_lost", "declaration_id", "3.1012025E+17"),
    ({"hs_code": "3.02890E+09"}, "digits_lost", "hs_code", "3.02890E+09"),
    ({"hs_code": "fish"}, "not_a_code", "hs_code", "fish"),
]


@pytest.fixture(scope="module")
def bad_cells(tmp_path_factory: pytest.TempPathFactory) -> tables.Table:
    """Good lines 2 and 3, then a line with each bad cell."""
    path = tmp_path_factory.mktemp("bad") / "declarations.csv"
    rows = [HEADER, GOOD, SECOND, *(line(i, **cells) for i, (cells, *_) in enumerate(BAD_CELLS))]
    path.write_text("\n".join(rows) + "\n")
    return tables.read("declarations", str(path), mask=False, today=dt.date(2026, 11, 23))


def test_good_lines_are_used_whatever_stands_beside_them(bad_cells):
    account = bad_cells.accounting
    assert (account.rows_read, account.rows_used) == (len(BAD_CELLS) + 2, 2)
    assert account.rows_set_aside == account.reasons["rows"].sum() == len(BAD_CELLS)


@pytest.mark.parametrize("number", range(len(BAD_CELLS)), ids=[f"{c[2]} {c[1]} {c[3]}" for c in BAD_CELLS])
def test_a_bad_cell_sets_its_line_aside_with_place_value_and_reason(bad_cells, number):
    _, code, column, value = BAD_CELLS[number]
    entry = bad_cells.accounting.quarantine.set_index("record").loc[number + 3]
    assert (entry["source"], entry["line"]) == ("declarations.csv", number + 4)
    assert (entry["code"], entry["column"]) == (code, column)
    assert (entry["value"] == value) if value is not None else pd.isna(entry["value"])
    assert column in entry["reason"]
    assert entry["reason_zh"]


def test_a_missing_figure_in_an_optional_column_stays_missing(csv_file):
    table = tables.read("declarations", csv_file(GOOD, line(2, quantity="", net_mass_kg="N/A", value="-")))
    assert table.accounting.rows_used == 2
    assert table.to_pandas()[["quantity", "net_mass_kg", "value"]].iloc[1].isna().all()


def test_the_same_line_twice_counts_once(csv_file):
    table = tables.read("declarations", csv_file(GOOD, SECOND, GOOD))
    assert only_reason(table)["code"] == "duplicate"
    assert table.accounting.quarantine["record"].tolist() == [3]


def test_a_newer_version_replaces_an_older_one_whatever_their_order(csv_file):
    header = "declaration_id,line_no,version,date,hs_code,value"
    rows = ["A,1,2,2025-03-01,030289,20", "A,1,1,2025-03-01,030289,10", "A,2,1,2025-03-01,030289,7"]
    table = tables.read("declarations", csv_file(*rows, header=header))
    assert table.to_pandas()["value"].tolist() == [20, 7]
    assert only_reason(table)["code"] == "superseded"


def test_an_older_version_does_not_return_when_the_newest_is_bad(csv_file):
    header = "declaration_id,line_no,version,date,hs_code,value"
    rows = ["A,1,1,2025-03-01,030289,10", "A,1,2,2025-03-01,030289,minus"]
    table = tables.read("declarations", csv_file(*rows, header=header))
    assert table.accounting.rows_used == 0
    assert set(table.accounting.reasons["code"]) == {"superseded", "not_a_number"}


def test_rivals_under_one_key_are_told_from_repeats(csv_file):
    table = tables.read("declarations", csv_file(line(1), line(1, value="1"), line(1)))
    assert dict(table.accounting.reasons[["code", "rows"]].to_numpy().tolist()) == {"conflict": 1, "duplicate": 1}
    assert table.to_pandas()["value"].tolist() == [2500.5]


def test_a_good_line_is_not_lost_to_a_bad_rival_before_it(csv_file):
    table = tables.read("declarations", csv_file(line(1, value="x"), line(1)))
    assert table.to_pandas()["value"].tolist() == [2500.5]


def test_lines_without_line_numbers_are_duplicates_only_as_a_whole(csv_file):
    header = "declaration_id,date,hs_code,value"
    rows = ["A,2025-03-01,030289,20", "A,2025-03-01,030289,10", "A,2025-03-01,030289,10"]
    table = tables.read("declarations", csv_file(*rows, header=header))
    assert table.accounting.rows_used == 2
    assert only_reason(table)["code"] == "duplicate"


def test_an_empty_file_says_so(tmp_path: Path):
    path = tmp_path / "nothing.csv"
    path.write_bytes(b"")
    with pytest.raises(tables.DataError, match=r"nothing\.csv: the file is empty"):
        tables.read("declarations", str(path))
    path.write_bytes(b"\n\n")
    with pytest.raises(tables.DataError, match=r"nothing\.csv"):
        tables.read("declarations", str(path))


def test_a_header_without_rows_is_read_as_no_rows(csv_file, tmp_path: Path):
    path = tmp_path / "header.csv"
    path.write_text("declaration_id,line_no,date,hs_code\n")
    report = tables.check("declarations", str(path))
    assert (report.table.accounting.rows_read, report.ok) == (0, False)
    assert "no row" in report.text


def test_a_file_cut_off_in_its_last_line_sets_that_line_aside(tmp_path: Path):
    path = tmp_path / "cut.csv"
    path.write_text("declaration_id,line_no,date,hs_code,value\nA,1,2025-03-01,030289,10\nB,1,2025-03-01,03")
    table = tables.read("declarations", str(path))
    assert (table.accounting.rows_read, table.accounting.rows_used) == (2, 1)
    assert only_reason(table)["code"] == "cut_off"
    assert table.accounting.quarantine.iloc[0]["line"] == 3


def test_a_file_cut_off_inside_a_chinese_character_loses_one_line_only(tmp_path: Path):
    path = tmp_path / "cut.csv"
    text = "declaration_id,line_no,date,hs_code,unit\nA,1,2025-03-01,030289,千克\nB,1,2025-03-01,030289,千克"
    path.write_bytes(text.encode()[:-1])
    table = tables.read("declarations", str(path))
    assert (table.accounting.rows_read, table.accounting.rows_used) == (2, 1)


def test_a_compressed_file_cut_off_is_refused_whole(tmp_path: Path):
    path = tmp_path / "cut.csv.gz"
    body = "declaration_id,line_no,date,hs_code\n" + "".join(f"A{i * 7919},1,2025-03-01,030289\n" for i in range(20000))
    path.write_bytes(gzip.compress(body.encode())[:-3000])
    with pytest.raises(tables.DataError, match=r"cut\.csv\.gz: the compressed file is cut off"):
        tables.read("declarations", str(path))


def test_broken_lines_are_set_aside_with_their_place(csv_file):
    table = tables.read(
        "declarations", csv_file(GOOD, "too,few", SECOND, GOOD.replace("000001", "000009") + ",too,many")
    )
    assert (table.accounting.rows_read, table.accounting.rows_used) == (4, 2)
    entries = table.accounting.quarantine.sort_values("line")
    assert entries["code"].tolist() == ["too_few_fields", "too_many_fields"]
    assert entries["line"].tolist() == [3, 5]
    assert entries["record"].tolist() == [2, 4]


@pytest.mark.parametrize("breaks", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_broken_line_is_found_behind_blank_lines_and_long_fields(tmp_path: Path, breaks: str):
    rows = ["declaration_id,line_no,date,hs_code,unit", 'A,1,2025-03-01,030289,"k', 'g"', "", "", "too,few"]
    (tmp_path / "a.csv").write_bytes((breaks.join([*rows, "B,1,2025-03-01,030289,kg"]) + breaks).encode())
    account = tables.read("declarations", str(tmp_path / "a.csv")).accounting
    assert (account.rows_read, account.rows_used) == (3, 2)
    assert account.quarantine["line"].tolist() == [6]


def test_records_after_a_broken_line_keep_their_numbers(csv_file):
    table = tables.read(
        "declarations", csv_file(GOOD, "too,few", line(5, quantity="-1"), "again", line(6, quantity="-2"))
    )
    checked = table.accounting.quarantine[table.accounting.quarantine["code"] == "negative"]
    assert checked["record"].tolist() == [3, 5]
    assert checked["line"].tolist() == [4, 6]


def test_an_open_quotation_mark_costs_its_own_line_only(csv_file):
    over_two_lines = line(3, unit='"k\ng"').split("\n")
    rows = [GOOD, line(2, unit='"kg'), *over_two_lines, line(4, unit='"k'), line(5), line(6, unit='"kg"')]
    table = tables.read("declarations", csv_file(*rows))
    assert table.to_pandas()["declaration_id"].tolist() == ["310120250000000001", "X3", "X5", "X6"]
    entries = table.accounting.quarantine
    assert entries["code"].tolist() == ["broken_quotes", "broken_quotes"]
    assert entries["line"].tolist() == [3, 6]


def test_an_open_quotation_mark_does_not_swallow_megabytes(csv_file):
    rows = [f"A{i},1,2025-03-01,0302890090,kg" for i in range(80_000)]
    rows[10] = rows[10].replace(",kg", ',"kg')
    table = tables.read("declarations", csv_file(*rows, header="declaration_id,line_no,date,hs_code,unit"))
    assert (table.accounting.rows_read, table.accounting.rows_used) == (80_000, 79_999)
    assert table.accounting.quarantine[["record", "line"]].to_numpy().tolist() == [[11, 12]]


def test_an_unknown_encoding_is_not_guessed(tmp_path: Path):
    path = tmp_path / "letters.csv"
    body = "declaration_id,line_no,date,hs_code,unit\n" + "A,1,2025-03-01,030289,Stück für große Öfen\n" * 3
    path.write_bytes(body.encode("cp437"))
    with pytest.raises(tables.DataError, match=r"letters\.csv: the encoding is not recognised .*`encoding:") as error:
        tables.read("declarations", str(path))
    assert "UTF-8" in str(error.value)


def test_receipts_given_as_declarations_are_recognised(csv_file):
    path = csv_file("duty,2025-01-01,12.5", header="unique_id,ds,y", name="receipts.csv")
    with pytest.raises(tables.DataError, match="looks like a file of receipts, not of declarations"):
        tables.read("declarations", path)


def test_a_known_public_file_is_recognised_and_its_map_named(csv_file):
    path = csv_file("2000-01-01,AC,231.0,167.0", header="date,UF,import_duty_brl,ipi_on_imports_brl", name="br.csv")
    with pytest.raises(tables.DataError, match=r"Brazil import duty .*brazil_import_duty_by_state"):
        tables.read("receipts", path)


def test_a_lone_decimal_comma_is_set_aside_with_advice(csv_file):
    rows = [GOOD, SECOND, line(3, value='"1.200,50"'), line(4, value="12.5")]
    report = tables.check("declarations", csv_file(*rows))
    reason = only_reason(report.table)
    assert (reason["code"], reason["column"]) == ("decimal_mark", "value")
    assert 'line 4, column value: "1.200,50"' in report.text
    assert 'This column uses a decimal point elsewhere. If it should be a comma, set `decimal: ","`' in report.text


def test_figures_that_read_two_ways_are_not_used_where_marks_are_mixed(csv_file):
    rows = [line(1, value="12.5"), line(2, value="7.25"), line(3, value='"8,5"'), line(4, value='"1,234"')]
    table = tables.read("declarations", csv_file(*rows))
    assert table.to_pandas()["value"].tolist() == [12.5, 7.25]
    assert dict(table.accounting.reasons[["code", "rows"]].to_numpy().tolist()) == {
        "decimal_mark": 1,
        "decimal_ambiguous": 1,
    }


def test_codes_read_as_numbers_by_a_spreadsheet_get_their_zero_back(csv_file):
    rows = [line(1), line(2, hs_code="302890090"), line(3, hs_code="8471300000"), line(4, hs_code="302890090.0")]
    table = tables.read("declarations", csv_file(*rows))
    assert table.to_pandas()["hs_code"].tolist() == ["0302890090", "0302890090", "8471300000", "0302890090"]
    assert any("2 codes of 9 digits in hs_code got back a leading zero" in n.en for n in table.accounting.notes)


def test_a_code_whose_length_fits_nothing_is_set_aside(csv_file):
    table = tables.read(
        "declarations", csv_file(line(1), line(2), line(3, hs_code="0302890"), line(4, hs_code="8471.3"))
    )
    assert table.accounting.rows_used == 2
    assert only_reason(table)["code"] == "code_length"


def test_a_column_that_stands_twice_is_refused(csv_file):
    path = csv_file("A,1,2025-03-01,030289,1,2", header="declaration_id,line_no,date,hs_code,value,value")
    with pytest.raises(tables.DataError, match='"value" stands twice'):
        tables.read("declarations", path)


def test_a_misspelt_table_is_named_with_its_nearest():
    with pytest.raises(tables.DataError, match='Did you mean "receipts"'):
        tables.read("reciepts", "published:china_customs_revenue_monthly")


def test_a_file_that_is_not_there_is_missing_and_not_broken(tmp_path: Path):
    (tmp_path / "declarations.csv").write_text("x")
    with pytest.raises(tables.SourceMissing, match=r'Did you mean "declarations\.csv"'):
        tables.read("declarations", str(tmp_path / "declaration.csv"))


def test_no_source_is_an_error_too():
    with pytest.raises(tables.DataError, match="No source is given"):
        tables.read("declarations", " ")


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ANALYTICS_ELSEWHERE", raising=False)
    with pytest.raises(tables.SourceMissing, match="environment variable ANALYTICS_ELSEWHERE is not set"):
        tables.read("declarations", "${ANALYTICS_ELSEWHERE}/a.csv")


def test_a_line_twice_is_set_aside_alike_in_a_file_used_where_it_lies(tmp_path):
    """Parquet is read anew at each use: only the places of what is set aside are kept."""
    rows = pd.DataFrame({
        "declaration_id": ["A", "B", "B", "C"], "line_no": [1, 1, 1, 1], "date": pd.Timestamp("2025-03-01"),
        "hs_code": "030289", "value": [10.0, 20.0, 20.0, -5.0],
    })  # fmt: skip
    rows.to_parquet(tmp_path / "a.parquet", index=False)
    rows.to_csv(tmp_path / "a.csv", index=False)
    lies, text = (tables.read("declarations", str(tmp_path / name)) for name in ("a.parquet", "a.csv"))
    for table in (lies, text):
        assert (table.accounting.rows_read, table.accounting.rows_used) == (4, 2)
        assert sorted(table.to_pandas()["declaration_id"]) == ["A", "B"]
    columns = ["reason", "rows"]
    assert lies.accounting.reasons[columns].equals(text.accounting.reasons[columns])
