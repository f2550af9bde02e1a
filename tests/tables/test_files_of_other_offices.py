"""Files as other offices and statistical bodies publish them are read right, or asked about: each case is a kind."""

import gzip
import io
import json
import zipfile

import pandas as pd
import pytest
import xlsxwriter

from analytics import tables
from analytics.cli.starting import breakdown
from analytics.errors import DataError
from analytics.language import parse_unit
from analytics.tables.plausible import measures
from analytics.tables.plausible.receipts import newest
from analytics.tables.source import encodings
from analytics.tables.source.wrappings import archive, keys, notation
from analytics.tables.start import kinds
from analytics.tables.start.guess import guess
from analytics.tables.start.seen import Seen, flags, negatives, unit_line
from analytics.tables.start.words import columns_named
from analytics.tables.values.stated import stated_currency, stated_unit, units_above
from analytics.tables.values.totals import is_total

MONTHS = [f"{y}-{m:02d}" for y in (2022, 2023, 2024) for m in range(1, 13)]


def seen(values=(), header=("Month", "Duty"), above=()):
    return Seen(list(header), tuple(above), lambda _: list(values)[:30], lambda _: list(values))


def first_map(path):
    """Column map that the first look writes, beside the file."""
    found = guess(str(path))
    target = path.with_suffix(".map.yaml")
    target.write_text("\n".join(found.lines), encoding="utf-8")
    return tables.check(found.table, str(path), str(target))


@pytest.mark.parametrize(("unit", "meant"), [
    ("тыс. долл. США", ("USD", 1e3)), ("млн руб.", ("RUB", 1e6)), ("ล้านบาท", ("THB", 1e6)), ("tỷ đồng", ("VND", 1e9)),
    ("MIO_EUR", ("EUR", 1e6)), ("UGX, bn", ("UGX", 1e9)), ("bin TL", ("TRY", 1e3)), ("millones de soles", ("PEN", 1e6)),
    ("千円", ("JPY", 1e3)), ("₹ crore", ("INR", 1e7)), ("USD 1,000", ("USD", 1e3)),
])  # fmt: skip
def test_money_units_of_many_languages_are_known(unit, meant):
    assert parse_unit(unit) == meant


@pytest.mark.parametrize("unit", ["Rs. lakh", "مليون ريال", "$ million", "¥"])
def test_a_unit_of_several_countries_is_not_guessed(unit):
    with pytest.raises(ValueError, match="not a money unit"):
        parse_unit(unit)


@pytest.mark.parametrize(("header", "unit"), [
    ("Customs Duties (£ million)", "£ million"), ("Customs duty £m", "£m"), ("Duty, in EUR", "in EUR"),
    ("Import VAT", None), ("Total Stat. Val.", None), ("Box 47 (VAT)", None), ("CIF_ITEM", None),
])  # fmt: skip
def test_three_letters_of_a_header_are_a_currency_only_if_they_surely_are(header, unit):
    assert stated_unit(header) == unit


def test_a_currency_within_a_header_is_found():
    assert [stated_currency(h) for h in ("Valor US$ FOB", "Стоимость, тыс. долл. США", "CIF_ITEM", "Stat. Val.")] == [
        "USD", "USD", None, None,
    ]  # fmt: skip


def test_lines_above_state_units_in_other_languages():
    assert "千円" in units_above(["普通貿易統計 金額単位：千円"])


@pytest.mark.parametrize(("marked", "mark"), [
    ("412 [r]", "[r]"), ("412 [p]", "[p]"), ("815.2 p", "p"), ("1,234,567¹", "¹"), ("1234*", "*"), ("1 234 1)", "1)"),
])  # fmt: skip
def test_marks_behind_the_newest_figures_are_taken_off_however_late_they_come(marked, mark):
    values = [str(1000 + i) for i in range(200)] + [marked]
    assert mark in flags(["Duty"], seen(values))[0]
    assert kinds.are_figures(["412", marked])


def test_names_of_enterprises_and_offices_are_no_figures_with_marks():
    assert not kinds.are_figures(["DE004401", "KG7", "5301A", "C12"])


@pytest.mark.parametrize(
    ("value", "way"), [("(1,234)", "parentheses"), ("1,234-", "trailing minus"), ("1,234 CR", "CR")]
)
def test_figures_below_nothing_are_known_by_their_marks(value, way):
    assert f"negative: [{way}]" in negatives(["Duty"], seen(["1,200", value]))[0]


def test_the_unit_of_the_amounts_is_taken_from_where_it_stands():
    assert "£m" in unit_line("Customs duty £m", {}, seen())[0]
    assert "千円" in unit_line("関税", {}, seen(above=["収入額調（単位：千円）"]))[0]


def test_fiscal_years_are_periods_across_and_down():
    assert [kinds.label_of(h) for h in ("FY 2023-24", "2023/24", "FY24", "Duty")] == ["year", "year", "year", ""]
    assert kinds.are_periods(["2005-06", "2006-07", "2012-13", "2013-14"])


def test_totals_are_known_behind_their_unit():
    assert is_total("Tổng cộng (tỷ đồng)")
    assert is_total("TOTAL (USD million)")
    assert not is_total("Anti-dumping (total rate)" + " duties")


def test_a_partner_is_no_district():
    assert columns_named(["Period", "CN8", "Partner"], "declarations")["origin"] == "Partner"


@pytest.mark.parametrize(("encoding", "text"), [
    ("cp932", "年月,関税,消費税\n令和六年四月,収入額調,租税及印紙,財務省,普通貿易統計,品別国別表,輸入金額単位"),
    ("cp949", "기간,품목명,국가,수입 금액\n송어,휴대용 컴퓨터,중국,일본,합계"),
    ("cp874", "เดือน,อากรขาเข้า (ล้านบาท)\nม.ค.,ก.พ.,มี.ค.,เม.ย.,พ.ค."),
    ("cp1256", "الشهر,الرسوم الجمركية,المجموع\nيناير,فبراير,مارس,ضريبة القيمة المضافة"),
    ("cp1251", "Период,Код ТН ВЭД,Страна,Стоимость\nКИТАЙ,ЯПОНИЯ,импорт по товарам"),
])  # fmt: skip
def test_encodings_are_told_by_their_letters(encoding, text):
    assert encodings.recognise(text.encode(encoding), "x.csv") == encoding


def test_letters_that_two_code_pages_share_are_asked_about():
    with pytest.raises(DataError, match="cp1254"):
        encodings.recognise("Yıl;Ay;Gümrük;Şubat;Ağustos;Kasım".encode("cp1254"), "x.csv")


def test_a_blank_that_does_not_break_makes_no_cyrillic_of_french():
    sample = "Recettes douani\xe8res \xe0 l'importation (EUR)\n1\xa0234\xa0567,00\n2\xa0345\xa0678,00".encode("latin-1")
    assert encodings.recognise(sample, "x.csv") == "cp1252"


def test_an_archive_holds_its_tables_and_leaves_what_is_written_about_them(tmp_path):
    path = tmp_path / "two.zip"
    head = "declaration_id,line_no,date,hs_code,value\n"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("h1/data.csv", head + "A1,1,2024-01-01,84713000,10\n")
        made.writestr("h2/data.csv", head + "A2,1,2024-07-01,84713000,20\n")
        made.writestr("README.txt", "about\n")
        made.writestr("__MACOSX/._data.csv", b"\0\1")
    table = tables.read("declarations", str(path))
    assert table.to_pandas(["value"])["value"].sum() == 30
    assert "README.txt" in table.accounting.notes[0].en


def test_an_archive_without_a_table_or_cut_off_is_refused(tmp_path):
    empty, cut = tmp_path / "empty.zip", tmp_path / "cut.zip"
    with zipfile.ZipFile(empty, "w") as made:
        made.writestr("photo.jpg", b"x")
    cut.write_bytes(empty.read_bytes()[:40])
    for path, said in ((empty, "photo.jpg"), (cut, "not readable as a ZIP")):
        with pytest.raises(DataError, match=said):
            archive.unpacked(path, path.name, (".csv",))


def test_a_member_never_leaves_its_folder(tmp_path):
    path = tmp_path / "sly.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("../../sly.csv", "a,b\n1,2\n")
    [member], _ = archive.unpacked(path, path.name, (".csv",))
    assert member.name == "sly.csv"
    assert ".." not in member.parts


@pytest.mark.parametrize("held", [
    [["CODE", "VALUE"], ["0302", "1.10"], ["8471", None]],
    [{"CODE": "0302", "VALUE": 1.10}, {"CODE": "8471", "VALUE": None}],
    {"result": {"records": [{"CODE": "0302", "VALUE": 1.10}, {"CODE": "8471"}], "total": 2}},
])  # fmt: skip
def test_json_of_rows_and_of_records_is_a_table(held, tmp_path):
    path = tmp_path / "api.json"
    path.write_text(json.dumps(held).replace("1.1}", "1.10}"), encoding="utf-8")
    lines = notation.as_text(path, path.name).read_text(encoding="utf-8").splitlines()
    assert lines[0] == '"CODE","VALUE"'
    assert lines[1].startswith('"0302","1.1')
    assert lines[2] == '"8471",""'


@pytest.mark.parametrize("text", ['{"a": 1}', "[1, 2, 3]", '[["a"], ["b", "c"]]', '[{"a": 1}, '])
def test_json_that_is_no_table_is_refused(text, tmp_path):
    path = tmp_path / "api.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="JSON"):
        notation.as_text(path, path.name)


def test_the_joined_keys_of_eurostat_become_columns(tmp_path):
    path = tmp_path / "tax.tsv"
    years = "\t".join(f"{y} " for y in range(2010, 2022))
    figures = "\t".join(f"{4000 + y} p" if y == 11 else f"{4000 + y} " for y in range(12))
    path.write_text(f"freq,unit,na_item,geo\\TIME_PERIOD\t{years}\nA,MIO_EUR,D2121,DE\t{figures}\n", encoding="utf-8")
    report = first_map(path)
    frame = report.table.to_pandas()
    assert report.ok
    assert frame["unit"].unique().tolist() == ["MIO_EUR"]
    assert frame["y"].tolist() == [4000.0 + y for y in range(12)]
    assert keys.spread(path) != path


def test_trade_by_goods_across_periods_is_not_taken_for_revenue(tmp_path):
    path = tmp_path / "ds.tsv"
    months = "\t".join(MONTHS[:12])
    row = "M,DE,US,03021100,1,{}\t" + "\t".join("12 " for _ in range(12))
    rows = [row.format("VALUE_IN_EUROS"), row.format("QUANTITY_IN_100KG")]
    path.write_text("\n".join([f"freq,reporter,partner,product,flow,indicators\\TIME_PERIOD\t{months}", *rows]) + "\n")
    with pytest.raises(DataError, match="no table of the contract fits"):
        guess(str(path))


def test_formulas_that_nobody_computed_are_refused(tmp_path):
    path = tmp_path / "sums.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Month", "Duty", "Total"])
        sheet.write_row(1, 0, ["2024-01", 5])
        sheet.write_formula(1, 2, "=B2*2", None, "")
    with pytest.raises(DataError, match="formulas hold no result"):
        tables.read("receipts", str(path))


def test_a_size_that_is_stated_and_not_read_is_asked_about(tmp_path):
    path = tmp_path / "lakh.csv"
    path.write_text("Month,Customs duty (Rs. lakh)\n" + "".join(f"{m},{100 + i}\n" for i, m in enumerate(MONTHS)))
    report = first_map(path)
    assert not report.ok
    assert [d.name for d in report.table.accounting.doubts] == ["y.size"]


def test_values_that_a_title_states_in_thousands_are_asked_about(tmp_path):
    path, column_map = tmp_path / "trade.csv", tmp_path / "by_hand.yaml"
    path.write_text("金額単位：千円,,,\nid,date,hs_code,value\nA,2024-01-05,84713000,12\n", encoding="utf-8")
    column_map.write_text(
        "table: declarations\nheader_row: 2\n"
        "columns: {declaration_id: id, date: date, hs_code: hs_code, value: value}\n"
    )
    report = tables.check("declarations", str(path), str(column_map))
    assert "value.size" in [d.name for d in report.table.accounting.doubts]
    assert "factor: 1000" in report.text


def test_newest_months_that_cannot_be_read_are_not_left_off_in_silence(tmp_path):
    path = tmp_path / "late.csv"
    rows = [f"{m},total,{100 + i}{' prov' if i > 33 else ''}" for i, m in enumerate(MONTHS)]
    path.write_text("ds,unique_id,y\n" + "\n".join(rows) + "\n")
    report = tables.check("receipts", str(path))
    assert [d.name for d in report.table.accounting.doubts] == ["ds.newest"]
    assert newest([], None) == []


def test_a_file_without_districts_compares_what_it_has():
    assert breakdown(["date", "enterprise_id"]) == ["enterprise", "chapter"]
    assert breakdown(["date"]) == ["period", "chapter"]
    assert breakdown(["district"]) == ["district", "chapter"]


def test_lines_without_a_number_are_not_called_versions_of_one_another(tmp_path):
    path = tmp_path / "sad.csv.gz"
    text = io.StringIO()
    text.write("Office,Date,Item,HS code,Origin,Net mass (kg),Customs value (EUR)\n")
    text.writelines(f"KG,2024-03-05,1,84713000,CN,{i + 1},{10 * i + 10}\n" for i in range(20))
    path.write_bytes(gzip.compress(text.getvalue().encode()))
    report = first_map(path)
    assert report.table.accounting.rows_used == 20


@pytest.mark.parametrize("unit", ["KES 000", "KES '000", "KES 1,000", "thousands of KES"])
def test_thousands_written_as_noughts_are_thousands_and_never_nothing(unit):
    assert parse_unit(unit) == ("KES", 1e3)


@pytest.mark.parametrize(("late", "asked"), [(3, ["ds.zeros"]), (0, [])])
def test_zeros_of_months_to_come_are_asked_about(late, asked):
    amounts = [100 + i if i < 24 - late else 0 for i in range(24)]
    days = pd.to_datetime([f"{m}-01" for m in MONTHS[:24]])
    frame = pd.DataFrame({"unique_id": "total", "ds": days, "y": amounts})
    assert [d.name for d in measures.doubts(frame)] == asked


def test_a_series_that_often_pauses_is_not_asked_about_its_last_zeros():
    amounts = [0 if i % 5 == 3 else 9 for i in range(24)]
    frame = pd.DataFrame({"unique_id": "total", "ds": pd.to_datetime([f"{m}-01" for m in MONTHS[:24]]), "y": amounts})
    assert measures.doubts(frame) == []
