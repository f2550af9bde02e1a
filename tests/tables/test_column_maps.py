"""Column maps: other shapes become canonical tables by YAML alone."""

from pathlib import Path

import pandas as pd
import pytest

from analytics import tables
from analytics.tables.mapping import files


def map_file(folder: Path, text: str) -> str:
    (folder / "map.yaml").write_text(text, encoding="utf-8")
    return str(folder / "map.yaml")


def source(folder: Path, *lines: str) -> str:
    (folder / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(folder / "a.csv")


@pytest.mark.parametrize("name", files.shipped())
def test_every_shipped_map_is_valid_and_titled_in_both_languages(name: str):
    found = next(m for m in files.every_shipped() if m.name == name)
    assert found.title is not None
    assert found.title.zh
    assert name in files.maps_for(found.table)


def test_a_map_renames_scales_translates_and_leaves_out(tmp_path: Path):
    where = map_file(
        tmp_path,
        """
table: declarations
columns:
  declaration_id: Nr
  line_no: {constant: 1}
  date: Datum
  hs_code: Code
  unit: {from: Einheit, codes: {"035": kg}}
  net_mass_kg: {from: Tonnen, factor: 1000}
  value: Wert
decimal: ","
date_format: "%d.%m.%Y"
missing: ["k.A."]
filled: [value]
leave_out_rows:
  - {column: Nr, matches: "^Summe", reason: {en: total row, zh: 合计行}}
  - {column: Code, empty: true, reason: {en: no code, zh: 无编码}}
""",
    )
    path = source(
        tmp_path, "Nr;Datum;Code;Einheit;Tonnen;Wert", "1;31.03.2025;030289;035;1,5;1.200,50", "2;31.03.2025;;035;1;1",
        "Summe;;;;2,5;1.201,50", "3;01.04.2025;030289;t;2;k.A.",
    )  # fmt: skip
    table = tables.read("declarations", path, where)
    row = table.to_pandas().iloc[0]
    assert (row["unit"], row["net_mass_kg"], row["value"], row["line_no"]) == ("kg", 1500.0, 1200.5, 1)
    assert row["date"] == pd.Timestamp("2025-03-31")
    reasons = table.accounting.reasons.set_index("reason")["rows"].to_dict()
    assert reasons == {"left out by rule: total row": 1, "left out by rule: no code": 1, "value: missing": 1}
    assert table.accounting.reasons["reason_zh"].str.contains("合计行").any()


def test_a_map_says_how_a_file_is_laid_out(tmp_path: Path):
    where = map_file(
        tmp_path,
        'table: declarations\nencoding: cp1252\nseparator: "|"\nheader_row: 3\n'
        "columns: {declaration_id: Número, date: Data, hs_code: Código}\n",
    )
    body = "Declarações de março||\n||\nNúmero|Data|Código\nA|2025-03-01|030289\nB|2025-13-01|030289\n"
    (tmp_path / "a.csv").write_bytes(body.encode("cp1252"))
    table = tables.read("declarations", str(tmp_path / "a.csv"), where)
    assert table.to_pandas()["declaration_id"].tolist() == ["A"]
    assert table.accounting.quarantine[["record", "line"]].to_numpy().tolist() == [[2, 5]]


def test_wide_tax_columns_become_rows(tmp_path: Path):
    where = map_file(
        tmp_path,
        "table: receipts\ncolumns: {ds: month, district: office, unit: {constant: CNY}}\n"
        "unpivot: {into: tax_item, values: y, columns: {关税: duty, 进口环节税: import tax}}\n",
    )
    path = source(tmp_path, "month,office,关税,进口环节税", "2025-03,3100,1.5,x", "2025-04,3100,2.5,20")
    table = tables.read("receipts", path, where)
    assert table.to_pandas()[["unique_id", "y"]].to_numpy().tolist() == [
        ["duty/3100", 1.5], ["duty/3100", 2.5], ["import tax/3100", 20.0],
    ]  # fmt: skip
    account = table.accounting
    assert (account.rows_read, account.rows_used) == (4, 3)
    assert account.quarantine.loc[0, ["record", "value"]].tolist() == [1, "x"]


def test_cumulative_receipts_are_differenced_and_january_february_stay_one(tmp_path: Path):
    where = map_file(
        tmp_path, "table: receipts\ncumulative: true\ncolumns: {ds: month, y: ytd, tax_item: {constant: duty}}\n"
    )
    rows = ["2024-02,30", "2024-03,50", "2024-06,110", "2025-01,10", "2025-02,25", "2025-03,bad", "2025-04,60"]
    frame = tables.read("receipts", source(tmp_path, "month,ytd", *rows), where).to_pandas()
    assert frame["y"].tolist() == [30, 20, 60, 10, 15, 35]
    assert frame["months_covered"].tolist() == [2, 1, 3, 1, 1, 2]


def test_single_window_names_are_understood(tmp_path: Path):
    header = (
        "报关单号,项号,申报日期,申报地海关,收发货人,申报单位,商品编号,原产国,监管方式,运输方式,法定单位,"
        "法定数量,净重,完税价格,币制,关税税率,进出口标志"
    )
    row = (
        "310120251012345678,1,20250331,3101,320596XXXX,310098XXXX,8471300000,美国,0110,2,千克,100,100,25000,人民币,8,I"
    )
    (tmp_path / "a.csv").write_bytes(f"{header}\n{row}\n".encode("gb18030"))
    frame = tables.read("declarations", str(tmp_path / "a.csv"), "single_window_zh").to_pandas()
    found = frame.iloc[0]
    assert (found["transport_mode"], found["unit"], found["currency"], found["direction"]) == (
        "sea",
        "kg",
        "CNY",
        "import",
    )
    assert (found["duty_rate"], found["quantity"], found["value"]) == (0.08, 100.0, 25000.0)
    assert found["enterprise_id"].startswith("E-")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("table: declarations\ncolums: {}\ncolumns: {date: d}", 'Did you mean "columns"'),
        ("table: declarations\ncolumns: {dat: d}", 'Did you mean "date"'),
        ("table: declaration\ncolumns: {date: d}", "declarations"),
        ("table: declarations\ncolumns: {date: d}\ndecimal: x", "decimal"),
        (
            "table: receipts\ncolumns: {ds: d}\nunpivot: {into: [unique_id, tax_item], values: y, columns: {a: b}}",
            "2 columns",
        ),
        ("columns: {date: d}", "table"),
        ("table: [", "not readable as YAML"),
    ],
)
def test_a_mistake_in_a_map_is_named(tmp_path: Path, text: str, said: str):
    with pytest.raises(tables.DataError) as error:
        files.load(map_file(tmp_path, text), "declarations")
    assert "map.yaml" in str(error.value)
    assert said in str(error.value)


def test_a_map_for_another_table_is_refused():
    with pytest.raises(tables.DataError, match="makes declarations, but receipts are wanted"):
        files.load("korea_declarations", "receipts")
    with pytest.raises(tables.DataError, match='Did you mean "korea_declarations"'):
        files.load("korea_declaration", "declarations")


def test_a_column_that_a_map_names_and_the_file_lacks_is_sought_by_all_its_names(tmp_path: Path):
    path = source(tmp_path, "报关单号,申报日期,商品编吗", "1,20250331,8471300000")
    with pytest.raises(tables.DataError, match=r'商品编号.*Did you mean "商品编吗"'):
        tables.read("declarations", path, "single_window_zh")
