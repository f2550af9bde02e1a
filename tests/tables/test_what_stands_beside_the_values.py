"""Units in headers, titles and notes, sheets alike, totals of some: what a file says beside its values is heeded."""

import datetime as dt
from pathlib import Path

import pytest
import xlsxwriter

from analytics import tables
from analytics.errors import DataError
from analytics.tables.contract.contracts import contract
from analytics.tables.source import sources
from analytics.tables.start.guess import guess
from analytics.tables.values.stated import stated_factor

TODAY = dt.date(2026, 11, 27)


def declared(*rows: str, header: str) -> str:
    lines = [f"A{i},2024-01-{1 + i % 28:02d},87032319,{row}" for i, row in enumerate(rows)]
    return "\n".join([f"declaration_id,date,hs_code,{header}", *lines]) + "\n"


def checked(folder: Path, text: str, table: str = "declarations", mapping: str = "", name: str = "a.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    if mapping:
        (folder / "map.yaml").write_text(mapping, encoding="utf-8")
    return tables.check(table, str(folder / name), str(folder / "map.yaml") if mapping else None, today=TODAY)


def started(folder: Path, name: str):
    """Report of a file read by the map that a first look writes."""
    found = guess(str(folder / name))
    if found.shipped:
        return tables.check(found.table, str(folder / name), found.shipped, today=TODAY)
    (folder / "first.yaml").write_text("\n".join(found.lines) + "\n", encoding="utf-8")
    return tables.check(found.table, str(folder / name), str(folder / "first.yaml"), today=TODAY)


def doubts(report) -> list[str]:
    return [d.name for d in report.table.accounting.doubts]


@pytest.mark.parametrize(
    ("column", "header", "factor"),
    [
        ("net_mass_kg", "Net weight (t)", 1000), ("net_mass_kg", "净重(吨)", 1000), ("net_mass_kg", "净重（千克）", 1),
        ("net_mass_kg", "net_weight_tonnes", 1000), ("net_mass_kg", "net_weight_kg", 1),
        ("net_mass_kg", "Net mass", None),
        ("net_mass_kg", "Weight [lbs]", 0.45359237), ("net_mass_kg", "net weight (thousand tonnes)", 1e6),
        ("value", "完税价格(千元)", 1e3), ("value", "总价（万元）", 1e4), ("value", "Value (USD thousand)", 1e3),
        ("value", "value, '000 USD", 1e3), ("value", "value (million)", 1e6), ("value", "Value (US$)", 1),
        ("value", "declared_value", None), ("value", "customs_value_usd", 1), ("value", "成交总价", None),
        ("duty_rate", "duty rate (%)", 0.01), ("duty_rate", "Rate, %", 0.01), ("duty_rate", "关税税率％", 0.01),
        ("duty_rate", "duty_rate_pct", 0.01), ("duty_rate", "duty_rate", None), ("tax", "total_tax", None),
    ],
)  # fmt: skip
def test_the_unit_that_a_header_states_is_understood(column, header, factor):
    found = stated_factor(contract("declarations")[column], header)
    assert found in (factor, 1.0 if factor is None else factor)


@pytest.mark.parametrize(
    ("header", "column"),
    [("duty rate (%)", "duty_rate"), ("Net mass kg [t]", "net_mass_kg"), ("value ('000)", "value")],
)
def test_a_unit_in_the_header_that_no_factor_answers_is_asked(tmp_path: Path, header, column):
    text = declared("0.8", "0.5", "2.5", header=header)
    mapping = f'table: declarations\ncolumns: {{declaration_id: declaration_id, date: date, hs_code: hs_code, {column}: "{header}"}}\n'  # noqa: E501
    assert f"{column}.header" in doubts(checked(tmp_path, text, mapping=mapping))
    assert f"{column}.header" not in doubts(checked(tmp_path, text, mapping=mapping + f"accept: [{column}.header]\n"))


def test_a_first_map_takes_factors_from_headers(tmp_path: Path):
    (tmp_path / "a.csv").write_text(declared("1.5,2", "2.5,3", header="Net weight (t),Value (USD thousand)"))
    frame = started(tmp_path, "a.csv").table.to_pandas()
    assert frame["net_mass_kg"].tolist() == [1500, 2500]
    assert frame["quantity"].tolist() == [1500, 2500]
    assert frame["value"].tolist() == [2000, 3000]


def test_a_per_cent_sign_is_not_divided_once_more(tmp_path: Path):
    mapping = (
        "table: declarations\ncolumns: {declaration_id: declaration_id, date: date, hs_code: hs_code, "
        "duty_rate: {from: duty_rate, factor: 0.01}}\n"
    )
    frame = checked(tmp_path, declared("13%", "5", "8 %", header="duty_rate"), mapping=mapping).table.to_pandas()
    assert frame["duty_rate"].tolist() == pytest.approx([0.13, 0.05, 0.08])


@pytest.mark.parametrize(
    ("rates", "doubt"),
    [
        (("13%", "5", "7%"), "duty_rate.signs"),
        (("0.0013", "0.0005", "0.0008"), "duty_rate.tiny"),
        (("13%", "0.05", "7%"), None),
        (("0.13", "0.05", "0"), None),
    ],
)
def test_rates_written_in_two_ways_or_divided_twice_are_asked(tmp_path: Path, rates, doubt):
    assert doubts(checked(tmp_path, declared(*rates, header="duty_rate"))) == ([doubt] if doubt else [])


def test_a_rate_of_which_the_tax_shows_less_than_half_is_asked(tmp_path: Path):
    text = declared(*["100,1,1"] * 4, header="value,tax,duty_rate")  # one per cent, read as 100 %
    assert doubts(checked(tmp_path, text)) == ["duty_rate.per_cent"]


def test_values_that_are_zero_throughout_are_asked(tmp_path: Path):
    assert doubts(checked(tmp_path, declared(*["0"] * 4, header="value"))) == ["value.empty"]
    assert not doubts(checked(tmp_path, declared("0", "0", "1", header="value")))


def test_one_value_for_whatever_quantity_is_asked(tmp_path: Path):
    rows = [f"kg,{q},100" for q in range(1, 13)]
    assert doubts(checked(tmp_path, declared(*rows, header="unit,quantity,value"))) == ["value.same"]
    alike = ["kg,5,100"] * 12
    assert not doubts(checked(tmp_path, declared(*alike, header="unit,quantity,value")))


def test_notes_and_sources_below_the_rows_are_told_from_faulty_rows(tmp_path: Path):
    text = declared(*map(str, range(10, 20)), header="value") + "注：数据截至9月,,,\n合计,,,145\nA99,2024-01-05,,7\n"
    reasons = checked(tmp_path, text).table.accounting.reasons.set_index("code")["rows"].to_dict()
    assert reasons == {"note": 1, "total": 1, "missing": 1}


@pytest.mark.parametrize(
    "name", ["进口环节税小计", "总计（共20票）", "Total duties", "Grand total", "全关合计", "Sub-total"]
)
def test_names_that_say_total_are_set_aside(tmp_path: Path, name):
    text = "ds,y,tax_item\n" + "".join(
        f"2024-0{m},{m},a\n2024-0{m},{2 * m},b\n2024-0{m},{7 * m},{name}\n" for m in (1, 2)
    )
    assert checked(tmp_path, text, "receipts").table.accounting.reasons["code"].tolist() == ["total"]


def test_a_subtotal_beside_its_parts_is_asked(tmp_path: Path):
    rows = []
    for m in range(1, 13):
        parts = {"duty": 10 + m % 5, "vat": 31 + m * m % 7, "excise": 4 + m % 3}
        parts["import taxes"] = parts["vat"] + parts["excise"]
        rows += [f"2024-{m:02d},{v},{k}" for k, v in parts.items()]
    report = checked(tmp_path, "\n".join(["ds,y,tax_item", *rows]) + "\n", "receipts")
    [doubt] = report.table.accounting.doubts
    assert doubt.kind == "sum"
    assert '"import taxes" equals the sum of vat, excise' in doubt.said.en


@pytest.mark.parametrize(
    ("labels", "ends", "meant"),
    [
        (("2010/11", "2011/12", "2012/13"), 3, ["2011-03-01", "2012-03-01", "2013-03-01"]),
        (("2010/11", "2011/12"), 6, ["2011-06-01", "2012-06-01"]),
        (("FY2023", "FY2024"), 9, ["2023-09-01", "2024-09-01"]),
        (("2018/19-April", "2018/19-March"), 3, ["2018-04-01", "2019-03-01"]),
    ],
)
def test_fiscal_years_are_asked_for_the_month_in_which_they_end(tmp_path: Path, labels, ends, meant):
    text = "ds,y\n" + "".join(f"{label},{i}\n" for i, label in enumerate(labels))
    assert doubts(checked(tmp_path, text, "receipts")) == ["ds.fiscal_year"]
    mapping = f"table: receipts\ncolumns: {{ds: ds, y: y}}\nyear_ends: {ends}\n"
    frame = checked(tmp_path, text, "receipts", mapping).table.to_pandas()
    assert frame["ds"].astype(str).tolist() == meant


def test_months_that_look_like_fiscal_years_stay_months(tmp_path: Path):
    text = "ds,y\n" + "".join(f"2010/{m:02d},{m}\n" for m in (10, 11, 12))
    assert checked(tmp_path, text, "receipts").table.to_pandas()["ds"].dt.month.tolist() == [10, 11, 12]


def test_days_taken_for_months_by_a_spreadsheet_are_asked(tmp_path: Path):
    days = [f"2024-{d:02d}-03" for d in range(1, 13)] + [f"{d}/03/2024" for d in range(13, 25)]
    text = "declaration_id,date,hs_code\n" + "".join(f"A{i},{d},870323\n" for i, d in enumerate(days))
    swapped = text.replace("-03\n", "-03\n")
    assert doubts(checked(tmp_path, swapped)) == ["date.swapped"]
    usual = text.replace("2024-05-03", "2024-05-30")
    assert not doubts(checked(tmp_path, usual))


def test_a_powers_of_ten_column_is_part_of_the_unit(tmp_path: Path):
    text = "TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,UNIT_MULT\n" + "".join(f"2024-0{m},{m}.5,ZAR,6\n" for m in range(1, 9))
    mapping = "table: receipts\ncolumns: {ds: TIME_PERIOD, y: OBS_VALUE, unit: UNIT_MEASURE}\n"
    assert doubts(checked(tmp_path, text, "receipts", mapping)) == ["y.unit_mult"]
    report = started(tmp_path, "a.csv")
    assert not doubts(report)
    assert report.table.to_pandas()["unit"].unique().tolist() == ["ZAR 10^6"]
    from analytics.language import parse_unit

    assert parse_unit("ZAR 10^6") == ("ZAR", 1e6)


def test_columns_of_growth_totals_and_sums_to_date_are_no_amounts(tmp_path: Path):
    head = "月份,关税,进口增值税,合计,合计累计,同比增长(%)"
    rows = [f"2023-{m:02d},{m},{3 * m},{4 * m},{99},5.5" for m in range(1, 13)]
    (tmp_path / "a.csv").write_text(
        "税收月报,,,,,\n单位：万元,,,,,\n" + "\n".join([head, *rows]) + "\n", encoding="utf-8"
    )
    frame = started(tmp_path, "a.csv").table.to_pandas()
    assert set(frame["tax_item"]) == {"关税", "进口增值税"}
    assert set(frame["unit"]) == {"万元"}
    assert frame["y"].sum() == 4 * 78


def book(path: Path, sheets: dict[str, list[list[object]]], hidden: str = "", merged: tuple[tuple, ...] = ()) -> None:
    made = xlsxwriter.Workbook(path)
    for name, rows in sheets.items():
        sheet = made.add_worksheet(name)
        for i, row in enumerate(rows):
            sheet.write_row(i, 0, row)
        for *place, text in merged:
            sheet.merge_range(*place, text)
        if name == hidden:
            sheet.hide()
        elif hidden:
            sheet.activate()
            sheet.set_first_sheet()
    made.close()


HEAD = ["declaration_id", "date", "hs_code"]


def test_hidden_sheets_are_not_read(tmp_path: Path):
    sheets = {"Lookup": [HEAD, ["old", "2020-01-01", "030289"]], "Data": [HEAD, ["new", "2024-01-01", "030289"]]}
    book(tmp_path / "a.xlsx", sheets, hidden="Lookup")
    table = tables.read("declarations", str(tmp_path / "a.xlsx"))
    assert table.to_pandas()["declaration_id"].tolist() == ["new"]
    assert "not read: Lookup" in table.accounting.notes[0].en


def test_sheets_alike_are_asked_about_and_read_together(tmp_path: Path):
    sheets = {f"{m}月": [HEAD, [f"A{m}", f"2024-0{m}-01", "030289"]] for m in (1, 2, 3)} | {"说明": [["a note"]]}
    book(tmp_path / "a.xlsx", sheets)
    assert doubts(tables.check("declarations", str(tmp_path / "a.xlsx"))) == ["sheet.alike"]
    (tmp_path / "m.yaml").write_text(
        'table: declarations\ncolumns: {declaration_id: declaration_id, date: date, hs_code: hs_code}\nsheet: "*"\n'
    )
    table = tables.read("declarations", str(tmp_path / "a.xlsx"), str(tmp_path / "m.yaml"))
    assert table.accounting.rows_read == 3
    assert sorted(table.to_pandas()["declaration_id"]) == ["A1", "A2", "A3"]
    (tmp_path / "m.yaml").write_text((tmp_path / "m.yaml").read_text() + "header_row: 9\n")
    with pytest.raises(DataError, match="no sheet holds column names in row 9"):
        tables.read("declarations", str(tmp_path / "a.xlsx"), str(tmp_path / "m.yaml"))


def test_merged_cells_say_their_value_in_every_row_and_names_span_rows(tmp_path: Path):
    rows = [[], ["报关单号", "申报日期", "商品编号", "", ""], ["", "", "", "净重", "毛重"]]
    rows += [["", "2024-01-05", "03028900", 10 + i, 11 + i] for i in range(4)]
    spans = ((1, 0, 2, 0, "报关单号"), (1, 1, 2, 1, "申报日期"), (1, 2, 2, 2, "商品编号"), (1, 3, 1, 4, "重量"))
    book(tmp_path / "a.xlsx", {"表": rows}, merged=(*spans, (0, 0, 0, 4, "进口情况"), (3, 0, 6, 0, "A1")))
    report = started(tmp_path, "a.xlsx")
    frame = report.table.to_pandas()
    assert report.table.accounting.rows_read == 4
    assert set(frame["declaration_id"]) == {"A1"}
    assert frame["net_mass_kg"].tolist() == [10, 11, 12, 13]


def test_a_row_of_figures_is_never_taken_for_the_header(tmp_path: Path):
    head = "typeCode,period,refYear,reporterISO,flowCode,partnerISO,partner2Code,cmdCode,aggrLevel,isLeaf,customsCode,motCode,qty,netWgt,cifvalue,primaryValue,isAggregate"  # noqa: E501
    rows = [f"C,20240{m},2024,THA,M,CHN,0,030389,6,1,C00,0,5,50,500,500,false" for m in range(1, 6)]
    (tmp_path / "a.csv").write_text("\n".join([head, *rows]) + "\n")
    found = guess(str(tmp_path / "a.csv"))
    assert found.shipped == "comtrade_bilateral"
    assert tables.read("declarations", str(tmp_path / "a.csv"), found.shipped).accounting.rows_set_aside == 0


def test_a_map_below_a_title_keeps_the_codes_of_the_shipped_one(tmp_path: Path):
    text = "进口明细,,,,,,\n报关单号,申报日期,商品编号,法定单位,法定数量,完税价格,进出口标志\n" + "".join(
        f"3101{i:014d},2024-01-05,0303890090,千克,{1 + i},{9 + i},进口\n" for i in range(5)
    )
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    frame = started(tmp_path, "a.csv").table.to_pandas()
    assert set(frame["direction"]) == {"import"}
    assert set(frame["unit"]) == {"kg"}


def test_shipped_maps_state_no_unit_against_the_contract():
    from analytics.tables.mapping.files import every_shipped

    for known in every_shipped():
        rules = contract(known.table)
        for name, field in known.fields.items():
            for header in field.sources if rules[name].kind == "number" else ():
                stated = stated_factor(rules[name], header)
                assert stated is None or stated == (field.factor or 1), (known.name, name, header)
    assert sources.TEXT
