"""The first hour with an own file: what is found, what is named, what `check` and `start` say."""

# ruff: noqa: E501 (files as they are written)

import math
from pathlib import Path

import pytest
import xlsxwriter
import yaml
from click.testing import CliRunner

from analytics import tables
from analytics.cli import main
from analytics.errors import DataError

ROWS = [f"{i},2024-01-0{i},87032319,{i}0" for i in range(1, 7)]
MONTHS = [(y, m) for y in range(2018, 2024) for m in range(1, 13)]


def amount(i: int) -> float:
    return round(100 * (1 + 0.004 * i) * (1 + 0.15 * math.sin(i / 12 * 6.28)) * (1 + 0.03 * math.sin(i * 2.7)), 1)


def command(*words: str):
    return CliRunner().invoke(main, list(words))


@pytest.mark.parametrize("brk", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "header",
    [
        'declaration_id,"da\nte",hs_code,value',
        '"declaration\n_id",date,"hs\n\ncode",value',
        'declaration_id,date,hs_code,"value"',
    ],
)
@pytest.mark.parametrize("before", ["", "Import, January\n", 'A "title"\n\n'])
def test_line_breaks_in_the_header_cost_no_row(tmp_path: Path, header, brk, before):
    text = before + "\n".join([header, *ROWS]) + "\n"
    (tmp_path / "a.csv").write_bytes(text.replace("\n", brk).encode())
    mapping = "table: declarations\ncolumns: {declaration_id: [declaration_id, declaration _id], date: [date, da te], "
    (tmp_path / "m.yaml").write_text(
        mapping + f"hs_code: [hs_code, hs code], value: value}}\nheader_row: {before.count(chr(10)) + 1}\n"
    )
    table = tables.read("declarations", str(tmp_path / "a.csv"), str(tmp_path / "m.yaml"))
    assert table.accounting.rows_read == 6
    assert table.to_pandas()["declaration_id"].tolist() == list("123456")


@pytest.mark.parametrize("name", ["a[1].csv", "*.csv", "b?.csv", "a{1,2}.csv", "it's.csv"])
def test_names_are_names_and_no_patterns(tmp_path: Path, name):
    for other in ("a1.csv", "a2.csv", "bx.csv", "z.csv"):
        (tmp_path / other).write_text("declaration_id,date,hs_code\nother,2024-01-01,030289\n")
    (tmp_path / name).write_text("declaration_id,date,hs_code\nmine,2024-01-01,030289\n")
    assert tables.read("declarations", str(tmp_path / name)).to_pandas()["declaration_id"].tolist() == ["mine"]


def test_sheets_that_are_not_read_are_named(tmp_path: Path):
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    for name, last in (("First", "hs_code"), ("Second", "code")):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["declaration_id", "date", last])
        sheet.write_row(1, 0, [name, "2024-01-01", "030289", "beside"])
    book.close()
    notes = " ".join(n.en for n in tables.read("declarations", str(tmp_path / "a.xlsx")).accounting.notes)
    assert "not read: Second" in notes
    assert "right of the last column name" in notes


def test_a_cover_sheet_or_a_title_is_answered_with_the_key_to_set(tmp_path: Path):
    book = xlsxwriter.Workbook(tmp_path / "cover.xlsx")
    book.add_worksheet("Cover").write(0, 0, "Import records")
    sheet = book.add_worksheet("Data")
    sheet.write_row(0, 0, ["declaration_id", "date", "hs_code"])
    sheet.write_row(1, 0, ["A", "2024-01-01", "030289"])
    book.close()
    with pytest.raises(DataError, match="set `sheet: Data`"):
        tables.read("declarations", str(tmp_path / "cover.xlsx"))
    (tmp_path / "t.csv").write_text("Import records,,\n,,\ndeclaration_id,date,hs_code\nA,2024-01-01,030289\n")
    with pytest.raises(DataError, match="set `header_row: 3`"):
        tables.read("declarations", str(tmp_path / "t.csv"))


def test_files_of_a_folder_that_are_not_read_are_named(tmp_path: Path):
    for name in ("a.csv", "_b.csv", "c.dat"):
        (tmp_path / name).write_text("declaration_id,date,hs_code\nA,2024-01-01,030289\n")
    [note] = tables.read("declarations", str(tmp_path)).accounting.notes
    assert "_b.csv" in note.en
    assert "c.dat" in note.en


def test_a_file_replaced_between_reading_and_use_is_noticed(tmp_path: Path):
    import pandas as pd

    frame = pd.DataFrame(
        {"declaration_id": ["A", "B"], "date": pd.to_datetime(["2024-01-01"] * 2), "hs_code": ["030289"] * 2}
    )
    frame.to_parquet(tmp_path / "a.parquet")
    table = tables.read("declarations", str(tmp_path / "a.parquet"))
    frame.head(1).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(DataError, match="was replaced after it was read"):
        table.to_pandas()


def write_map(folder: Path, text: str) -> str:
    (folder / "m.yaml").write_text(text, encoding="utf-8")
    return str(folder / "m.yaml")


def test_text_stays_text_in_a_map(tmp_path: Path):
    (tmp_path / "a.csv").write_text(
        "No,date,hs_code,origin,port\n1,2024-01-05,030289,NO,0100\n2,2024-01-05,030289,NA,5100\n"
    )
    mapping = write_map(
        tmp_path,
        "table: declarations\ncolumns:\n  declaration_id: No\n  date: date\n  hs_code: hs_code\n"
        "  origin: {from: origin, codes: {NO: Norway, NA: Namibia}}\n  district: {from: port, codes: {0100: Beijing}}\n"
        "  regime: {constant: 0110}\n",
    )
    frame = tables.read("declarations", str(tmp_path / "a.csv"), mapping).to_pandas()
    assert frame["origin"].tolist() == ["Norway", "Namibia"]
    assert frame["district"].tolist() == ["Beijing", "5100"]
    assert frame["regime"].tolist() == ["0110", "0110"]


def test_notations_are_read_once_the_map_names_them(tmp_path: Path):
    written = ['"1,200.5"', "(300)", "250-", "CR 20", "$ 15", "17 USD", "*"]
    rows = [f"2024-{i + 1:02d},{w}" for i, w in enumerate(written)]
    (tmp_path / "a.csv").write_text("\n".join(["ds,y", *rows]) + "\n")
    plain = tables.check("receipts", str(tmp_path / "a.csv"))
    for key in (
        "negative: [parentheses]",
        "negative: [trailing minus]",
        "negative: [CR]",
        'strip: ["$"]',
        'missing: ["*"]',
    ):
        assert key in plain.text
    mapping = write_map(
        tmp_path,
        'table: receipts\ncolumns: {ds: ds, y: y}\nnegative: [parentheses, trailing minus, CR]\nstrip: ["$", USD]\nmissing: ["*"]\n',
    )
    table = tables.read("receipts", str(tmp_path / "a.csv"), mapping)
    assert table.to_pandas()["y"].tolist() == [1200.5, -300, -250, -20, 15, 17]


def test_years_down_and_months_across_are_read(tmp_path: Path):
    (tmp_path / "w.csv").write_text("year,Jan,Feb\n2023,10.0,11.0\n2024,12.0,13.0\n")
    mapping = write_map(
        tmp_path,
        "table: receipts\ncolumns: {ds: {join: [year, ds]}}\nunpivot: {into: ds, values: y, columns: {Jan: 01, Feb: 02}}\n",
    )
    frame = tables.read("receipts", str(tmp_path / "w.csv"), mapping).to_pandas().sort_values("ds")
    assert frame["y"].tolist() == [10, 11, 12, 13]


def test_comtrade_is_read_at_one_level_in_new_and_old_headings(tmp_path: Path):
    new = "period,reporterISO,flowCode,partnerISO,partner2Code,cmdCode,aggrLevel,motCode,netWgt,primaryValue\n"
    rows = [
        "M,W00,0,030389,6,0",
        "M,CHN,0,030389,6,0",
        "M,NOR,0,0303,4,0",
        "X,NOR,0,030389,6,0",
        "M,NOR,0,030389,6,2100",
    ]
    (tmp_path / "new.csv").write_text(new + "".join(f"202401,THA,{r},50,500\n" for r in rows))
    report = tables.check("declarations", str(tmp_path / "new.csv"), "comtrade_bilateral")
    assert report.table.to_pandas()["origin"].tolist() == ["CHN"]
    assert report.ok
    old = "Period,Aggregate Level,Trade Flow Code,Trade Flow,Reporter ISO,Partner ISO,Commodity Code,Netweight (kg),Trade Value (US$)\n"
    (tmp_path / "old.csv").write_text(
        old + "201901,6,1,Imports,THA,CHN,030389,100,900\n201901,6,2,Exports,THA,CHN,030389,1,9\n"
    )
    assert tables.read("declarations", str(tmp_path / "old.csv"), "comtrade_bilateral").to_pandas()[
        "value"
    ].tolist() == [900]


def test_sums_since_january_are_asked_about(tmp_path: Path):
    rows, total = [], 0.0
    for i, (y, m) in enumerate(MONTHS):
        total = amount(i) + (0 if m == 1 else total)
        rows.append(f"{y}-{m:02d},{total:.1f}")
    (tmp_path / "a.csv").write_text("\n".join(["ds,y", *rows]) + "\n")
    assert "y.cumulative" in [d.name for d in tables.check("receipts", str(tmp_path / "a.csv")).table.accounting.doubts]
    mapping = write_map(tmp_path, "table: receipts\ncolumns: {ds: ds, y: y}\ncumulative: true\n")
    read = tables.read("receipts", str(tmp_path / "a.csv"), mapping).to_pandas()
    assert read["y"].round(1).tolist() == [amount(i) for i in range(len(MONTHS))]


FILES = {
    "long.csv": "month,tax,amount\n" + "".join(f"{y}-{m:02d},duty,{amount(i)}\n" for i, (y, m) in enumerate(MONTHS)),
    "wide.csv": "Year," + ",".join(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]) + "\n" + "".join(
        f"{y}," + ",".join(str(amount((y - 2018) * 12 + m)) for m in range(12)) + "\n" for y in range(2018, 2024)),
    "across.csv": "Revenue by district\n\ndistrict," + ",".join(f"{y}-{m:02d}" for y, m in MONTHS) + "\n" + "".join(
        d + "," + ",".join(str(amount(i)) for i in range(len(MONTHS))) + "\n" for d in ("North", "South", "Port")),
    "sdmx.csv": "DATAFLOW,FREQ,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE\n" + "".join(
        f"X,M,ZA,duty,{y}-{m:02d},{amount(i)},ZAR million\n" for i, (y, m) in enumerate(MONTHS)),
    "entries.csv": "Declaration No,Item No,Reg Date,Customs Office,Importer TIN,HS Code,Country of Origin,UoM,Qty,"
    "Net Weight (kg),Customs Value,CCY\n" + "".join(
        f"D{i},1,{13 + i % 15}/0{1 + i % 9}/2024,N{i % 3},T{i % 7},870323,CN,piece,{1 + i % 4},{1200 + i},{9000 + i},USD\n"
        for i in range(60)),
    "single_window.csv": "报关单号,项号,申报日期,申报地海关,收发货人,商品编号,原产国,法定单位,法定数量,净重,完税价格,币制,进出口标志\n"
    + "".join(f"3101{i:014d},1,2024-0{1 + i % 9}-05,3100,企业{i % 5},0303890090,日本,千克,{10 + i},{10 + i},{900 + i},人民币,进口\n"
              for i in range(60)),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_start_writes_a_map_and_a_set_that_read_the_file(tmp_path: Path, name, monkeypatch):
    (tmp_path / name).write_text(FILES[name], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    done = command("start", name)
    assert done.exit_code == 0, done.output
    assert "Ready to use" in done.output
    [path] = list(tmp_path.glob("*/*.yaml"))
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    source, table = (
        (given.get("receipts"), "receipts") if "receipts" in given else (given["declarations"], "declarations")
    )
    read = tables.read(table, source, given.get("receipts_map") or given.get("column_map"))
    assert read.accounting.rows_set_aside == 0
    assert "simulated" not in path.read_text(encoding="utf-8")
    pillar = path.parent.name
    fit = command("check", name, "--for", pillar, "--map", given.get("receipts_map") or given.get("column_map"))
    assert fit.exit_code == 0, fit.output
    assert f"for {pillar}:" in fit.output
    assert command("start", name).exit_code != 0  # what is there already is not written over


def test_check_for_a_pillar_fails_what_its_run_would_fail(tmp_path: Path):
    (tmp_path / "a.csv").write_text("declaration_id,date,hs_code,value\n" + "\n".join(ROWS) + "\n")
    assert command("check", "declarations", str(tmp_path / "a.csv")).exit_code == 0
    refused = command("check", str(tmp_path / "a.csv"), "--for", "valuation")
    assert refused.exit_code != 0
    assert "is missing" in refused.output


def test_start_says_what_a_run_would_refuse(tmp_path: Path):
    head, *rows = (
        "declaration_id,date,hs_code,net_mass_kg,unit price",
        *(f"A{i},2024-01-0{i + 1},87032319,{i + 5},20" for i in range(5)),
    )
    (tmp_path / "a.csv").write_text("\n".join([head, *rows]) + "\n")
    done = command("start", str(tmp_path / "a.csv"))
    assert "A run for valuation would be refused" in done.output
    assert "next: analytics run" not in done.output


def test_check_for_the_scorecard_counts_the_goals_that_it_can_judge(tmp_path: Path):
    rows = [f"A{i},2024-{i % 12 + 1:02d}-05,87032319,{100 + i},{i % 2}" for i in range(24)]
    (tmp_path / "a.csv").write_text("\n".join(["declaration_id,date,hs_code,value,inspected", *rows]) + "\n")
    done = command("check", str(tmp_path / "a.csv"), "--for", "scorecard")
    assert done.exit_code == 0, done.output
    assert "24 lines measure" in done.output


def test_two_currencies_are_refused_before_the_run(tmp_path: Path):
    rows = [
        f"A{i},2024-01-0{i + 1},5100,87032319,kg,{i + 5},{100 + 7 * i},{'USD' if i % 2 else 'CNY'}" for i in range(6)
    ]
    head = "declaration_id,date,district,hs_code,unit,quantity,value,currency"
    (tmp_path / "a.csv").write_text("\n".join([head, *rows]) + "\n")
    done = command("check", str(tmp_path / "a.csv"), "--for", "valuation")
    assert done.exit_code != 0
    assert "2 currencies" in done.output


def test_own_data_are_never_joined_to_simulated_ones_nor_wear_their_name(tmp_path: Path):
    from analytics.parameters import load, pillars

    for pillar, key in (("valuation", "declarations"), ("smuggling", "declarations")):
        assert pillar in pillars()
        (tmp_path / pillar).mkdir()
        path = tmp_path / pillar / "mine.yaml"
        path.write_text(f"{key}: mine.csv\n")
        assert not [
            v for v in dict(load(path).values).values() if isinstance(v, str) and ("simulated" in v or "模拟" in v)
        ]
