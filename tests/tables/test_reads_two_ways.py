"""What reads two ways is asked, never guessed; what reads one way is read."""

import datetime as dt
from pathlib import Path

import pytest

from analytics import tables
from analytics.errors import DataError
from analytics.tables.source import encodings
from analytics.tables.values.dates import Asked, read_dates
from analytics.tables.values.parse import Style

TODAY = dt.date(2026, 11, 27)


def checked(folder: Path, text: str, table: str = "declarations", mapping: str = "", name: str = "a.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    column_map = None
    if mapping:
        (folder / "map.yaml").write_text(mapping, encoding="utf-8")
        column_map = str(folder / "map.yaml")
    return tables.check(table, str(folder / name), column_map, today=TODAY)


def weights(*written: str) -> str:
    rows = [f"A{i};2024-01-05;87032319;{w}" for i, w in enumerate(written)]
    return "\n".join(["declaration_id;date;hs_code;net_mass_kg", *rows]) + "\n"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (("1.234", "12.345", "1.234.567", "987"), [1234, 12345, 1234567, 987]),  # the third groups thousands by points
        (("1,234", "12,345", "1,234,567", "987"), [1234, 12345, 1234567, 987]),
        (("12,500", "0,750"), [12.5, 0.75]),  # nothing is grouped behind a zero
        (("12.500", "1234.500"), [12.5, 1234.5]),
        (("12,34,567", "1,500"), [1234567, 1500]),  # lakh
        (("1 234,5", "12,345"), [1234.5, 12.345]),
        (("1’234.5", "12’345"), [1234.5, 12345]),
        (("١٢٣٤", "۱۲۳٤"), [1234, 1234]),
    ],
)
def test_the_figures_of_a_column_tell_its_decimal_mark(tmp_path: Path, written, meant):
    report = checked(tmp_path, weights(*written))
    assert not report.table.accounting.doubts
    assert report.table.to_pandas()["net_mass_kg"].tolist() == meant


@pytest.mark.parametrize(
    "written",
    [
        ("１２．５００", "１３．２５０"),
        ("12,500", "13,250"),
        ("12.500", "13.250"),
        ("1.234",),
        ("1,234", "12.345"),
        ("5", "6,000"),
    ],
)
def test_three_digits_behind_every_mark_are_asked_about(tmp_path: Path, written):
    report = checked(tmp_path, weights(*written))
    [doubt] = report.table.accounting.doubts
    assert doubt.name == "net_mass_kg.decimal"
    assert not report.ok
    assert "Ready" not in report.text
    with pytest.raises(tables.DoubtError, match="reads two ways"):
        tables.read("declarations", str(tmp_path / "a.csv"))


def test_the_line_that_a_doubt_names_settles_it(tmp_path: Path):
    mapping = (
        "table: declarations\ncolumns:\n  declaration_id: declaration_id\n  date: date\n  hs_code: hs_code\n"
        "  net_mass_kg: {from: net_mass_kg, decimal: '%s'}\n"
    )
    for mark, meant in ((",", [12.5, 13.25]), (".", [12500, 13250])):
        report = checked(tmp_path, weights("12,500", "13,250"), mapping=mapping % mark)
        assert report.ok
        assert report.table.to_pandas()["net_mass_kg"].tolist() == meant


def test_another_column_never_tells_the_mark(tmp_path: Path):
    head = "declaration_id;date;hs_code;value;net_mass_kg\n"
    for value in ("1,234.50", "12.50"):
        report = checked(tmp_path, head + f"A;2024-01-05;87032319;{value};12,500\n")
        assert [d.column for d in report.table.accounting.doubts] == ["net_mass_kg"]


def dates(*texts: str, monthly: bool = False, near=None, accepted=(), style: Style | None = None):
    asked = Asked("date", monthly, TODAY, near, 0, tuple(accepted))
    return read_dates(dict.fromkeys(texts, 1), style or Style(), asked)


def days(found) -> dict[str, str]:
    return {text: period.day.isoformat() for text, period in found.read.items()}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("05.01.2024", "2024-01-05"), ("5.1.2024", "2024-01-05"), ("05-Jan-24", "2024-01-05"),
        ("05JAN2024", "2024-01-05"),
        ("5 January 2024", "2024-01-05"), ("Jan 5, 2024", "2024-01-05"), ("JAN-05-2024", "2024-01-05"),
        ("5-ene-2024", "2024-01-05"), ("2024-Jan-05", "2024-01-05"), ("20240105", "2024-01-05"),
        ("民國113年1月5日", "2024-01-05"), ("令和6年1月5日", "2024-01-05"), ("二〇二四年一月十五日", "2024-01-15"),
        ("2024年1月5日", "2024-01-05"), ("2024 . 1 . 5", "2024-01-05"),
    ],
)  # fmt: skip
def test_a_date_with_one_reading_is_read(text, day):
    assert days(dates(text)) == {text: day}


@pytest.mark.parametrize(
    ("text", "month", "months"),
    [
        ("2024年1-2月", "2024-02-01", 2), ("2024年3月", "2024-03-01", 1), ("2024Q1", "2024-03-01", 3),
        ("Q4 2024", "2024-12-01", 3),
        ("Jan-24", "2024-01-01", 1), ("01/2024", "2024-01-01", 1), ("2024M03", "2024-03-01", 1),
        ("M04 2024", "2024-04-01", 1),
        ("mars 2024", "2024-03-01", 1), ("2024 JAN", "2024-01-01", 1), ("2024年上半年", "2024-06-01", 6),
        ("2024年二季度", "2024-06-01", 3), ("2024年1至6月", "2024-06-01", 6), ("Dezember 2023", "2023-12-01", 1),
    ],
)  # fmt: skip
def test_a_label_of_a_period_is_read_with_its_months(text, month, months):
    found = dates(text, monthly=True).read[text]
    assert (found.day.isoformat(), found.months) == (month, months)


def test_the_column_tells_the_order_of_day_and_month():
    assert days(dates("03/04/2024", "13/04/2024")) == {"03/04/2024": "2024-04-03", "13/04/2024": "2024-04-13"}
    assert days(dates("03/04/2024", "04/13/2024")) == {"03/04/2024": "2024-03-04", "04/13/2024": "2024-04-13"}
    undecided = dates("03/04/2024", "05/06/2024")
    assert not undecided.read
    [doubt] = undecided.doubts
    assert {way.line for way in doubt.ways} == {'date_format: "%d/%m/%Y"', 'date_format: "%m/%d/%Y"'}


def test_where_both_orders_stand_only_what_reads_one_way_is_read():
    found = dates("13/01/2024", "01/13/2024", "05/06/2024")
    assert set(found.read) == {"13/01/2024", "01/13/2024"}
    assert found.problems == {"05/06/2024": "two_ways"}


def test_a_spreadsheets_day_is_one_only_near_the_other_dates():
    near = (dt.date(2024, 1, 1), dt.date(2024, 12, 31))
    assert days(dates("45296", near=near)) == {"45296": "2024-01-05"}
    assert days(dates("45296", "45297")) == {"45296": "2024-01-05", "45297": "2024-01-06"}
    for joined in ("20242", "20249"):  # year and month without a zero between them
        found = dates("202410", joined)
        assert joined not in found.read
        assert any('date_format: "%Y%m"' in way.line for d in found.doubts for way in d.ways)
    assert days(dates("20242", style=Style(date_format="%Y%m"))) == {"20242": "2024-02-01"}


def test_an_october_that_a_spreadsheet_has_cut_is_asked_about():
    months = ("2024.01", "2024.02", "2024.1", "2024.11")
    found = dates(*months, monthly=True)
    assert "2024.1" not in found.read
    [doubt] = found.doubts
    assert {p.day.month for p in dates(*months, monthly=True, accepted=["date.zero_lost"]).read.values()} == {
        1,
        2,
        10,
        11,
    }
    assert doubt.kind == "date"
    assert not dates("2024.1", "2024.2", "2024.3", monthly=True).doubts  # months without a zero, January among them
    assert not dates("2024.1", "2024.2", "2024.10", monthly=True).doubts
    assert dates("2024.1", "2024.2", "2024.11", "2024.12", monthly=True).doubts  # the October is wanting


def test_six_digits_are_months_or_days_as_the_column_tells():
    assert days(dates("202401", "202402")) == {"202401": "2024-01-01", "202402": "2024-02-01"}
    assert days(dates("240131", "240105"))["240131"] == "2024-01-31"
    assert dates("240105").doubts
    assert days(dates("201201", "201202", monthly=True)) == {"201201": "2012-01-01", "201202": "2012-02-01"}
    assert dates("201201", "201202").doubts  # January 2012, or the first of December 2020


@pytest.mark.parametrize(
    ("text", "problem", "calendar", "day"),
    [
        ("113/01/05", "roc", "roc", "2024-01-05"), ("113/01", "roc", "roc", "2024-01-01"),
        ("2567-01-05", "buddhist", "buddhist", "2024-01-05"), ("05/01/2567", "buddhist", "buddhist", None),
        ("1130105", "roc", "roc", "2024-01-05"),
    ],
)  # fmt: skip
def test_years_of_another_calendar_are_named_with_their_key(text, problem, calendar, day):
    assert dates(text).problems == {text: problem}
    found = dates(text, style=Style(calendar=calendar))
    assert days(found) == ({text: day} if day else {})


@pytest.mark.parametrize(
    "text", ["2024-13-01", "2023-02-30", "1704412800", "fish", "24-08", "2024W01", "0/0/2024", "R6.1.5"]
)
def test_what_is_no_date_is_not_read(text):
    assert not dates(text).read


KOREAN = "품목명,원산지\n냉동 명태,러시아\n승용 자동차,독일\n면직물 의류,베트남\n컴퓨터 부품,중국\n천연가스,카타르\n"
CHINESE = "商品名称,原产国\n冻鳕鱼,俄罗斯\n小轿车,德国\n棉制服装,越南\n计算机零件,中国\n天然气,卡塔尔\n"
JAPANESE = "品名,原産国\n冷凍たら,ロシア\n乗用車,ドイツ\n綿の衣類,ベトナム\n"


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (KOREAN, "cp949", "cp949"), (KOREAN, "euc_kr", "cp949"), (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "gb2312", "gb18030"),
        (JAPANESE, "cp932", "cp932"), (JAPANESE, "euc_jp", "euc_jp"),
        ("Łódź", "cp1250", "cp1250"),
        ("país\nPerú\nMéxico\n", "latin-1", "cp1252"), ("Stück für große Öfen", "cp1252", "cp1252"),
    ],
)  # fmt: skip
def test_frequent_characters_tell_the_encoding(text, encoding, found):
    data = text.encode(encoding)
    assert data.decode(encodings.recognise(data, "a.csv")) == text
    assert encodings.recognise(data, "a.csv") == found


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("부산세관,베트남", "cp949"),
        ("인천공항세관", "cp949"),
        ("São Paulo", "cp1252"),
        ("CORUÑA", "cp1252"),
    ],
)
def test_an_encoding_that_reads_two_ways_is_asked_with_an_example(text, encoding):
    data = text.encode(encoding)
    with pytest.raises(DataError, match=f"encoding: {encoding}") as error:
        encodings.recognise(data, "a.csv")
    assert "johab" not in str(error.value)


def test_a_rate_of_fifteen_is_asked_about_and_a_rate_of_a_half_is_not(tmp_path: Path):
    head = "declaration_id,date,hs_code,value,duty_rate,tax\n"
    per_cent = checked(tmp_path, head + "A,2024-01-05,87032319,1000,15,150\nB,2024-01-05,87032319,1000,6.5,65\n")
    assert [d.name for d in per_cent.table.accounting.doubts] == ["duty_rate.per_cent"]
    small = checked(tmp_path, head + "A,2024-01-05,87032319,1000,0.5,5\nB,2024-01-05,87032319,1000,0.8,8\n")
    assert [d.name for d in small.table.accounting.doubts] == ["duty_rate.per_cent"]  # half a per cent, says the tax
    share = checked(tmp_path, head + "A,2024-01-05,87032319,1000,0.15,150\nB,2024-01-05,87032319,1000,1.2,1200\n")
    assert not share.table.accounting.doubts
    untold = checked(
        tmp_path, "declaration_id,date,hs_code,duty_rate\nA,2024-01-05,87032319,15\nB,2024-01-05,87032319,20\n"
    )
    assert untold.table.accounting.doubts


def receipts(values: list[float], **columns: str) -> str:
    rows = [
        f"{2015 + i // 12}-{i % 12 + 1:02d},{v}" + "".join(f",{c}" for c in columns.values())
        for i, v in enumerate(values)
    ]
    return "\n".join(["ds,y" + "".join(f",{c}" for c in columns), *rows]) + "\n"


@pytest.mark.parametrize("times", [1000, 1 / 1000, 10_000, 1e8])
def test_a_month_powers_of_ten_off_is_asked_about(tmp_path: Path, times):
    values = [100.0 + i % 12 for i in range(36)]
    assert checked(tmp_path, receipts(values), "receipts").ok
    values[20] *= times
    report = checked(tmp_path, receipts(values), "receipts")
    assert [d.name for d in report.table.accounting.doubts] == ["y.magnitude"]
    assert "2016-09" in report.text
    assert not report.ok


def test_small_and_empty_months_are_no_slip(tmp_path: Path):
    values = [0, 0, 5, 0, 700, 3, 0, 90, 2, 0, 0, 1200] * 3
    assert checked(tmp_path, receipts(values), "receipts").ok


def test_weights_a_thousand_times_off_are_asked_about(tmp_path: Path):
    head = "declaration_id,date,hs_code,unit,quantity,net_mass_kg,gross_mass_kg\n"
    grams = checked(
        tmp_path, head + "".join(f"A{i},2024-01-05,87032319,kg,{i + 5},{(i + 5) * 1000},{i + 6}\n" for i in range(5))
    )
    assert "net_mass_kg.magnitude" in [d.name for d in grams.table.accounting.doubts]
    pieces = checked(
        tmp_path, head + "".join(f"A{i},2024-01-05,87032319,piece,{i + 5},{(i + 5) * 1000},\n" for i in range(5))
    )
    assert not pieces.table.accounting.doubts


def by_district(total: str, factor: float = 1.0) -> str:
    rows = []
    for i in range(12):
        parts = {"A": 100 + i, "B": 50 + 2 * i, "C": 20.5 + i}
        rows += [f"2024-{i + 1:02d},{v},{d}" for d, v in parts.items()]
        rows.append(f"2024-{i + 1:02d},{sum(parts.values()) * factor},{total}")
    return "\n".join(["ds,y,district", *rows]) + "\n"


@pytest.mark.parametrize("word", ["合计", "Total", "总计:", "합계", "TOTAL GENERAL", "итого", "Gesamt"])
def test_a_total_is_left_out_in_any_language(tmp_path: Path, word):
    report = checked(tmp_path, by_district(word), "receipts")
    assert report.table.accounting.rows_set_aside == 12
    assert report.table.accounting.reasons["code"].tolist() == ["total"]
    assert sorted(report.table.to_pandas()["district"].unique()) == ["A", "B", "C"]


def test_a_part_that_equals_the_sum_of_the_others_is_asked_about(tmp_path: Path):
    report = checked(tmp_path, by_district("Headquarters"), "receipts")
    assert [d.kind for d in report.table.accounting.doubts] == ["sum"]
    assert checked(tmp_path, by_district("Headquarters", 0.9), "receipts").ok


def test_two_currencies_are_not_added_up(tmp_path: Path):
    text = "ds,y,currency\n2024-01,5,CNY\n2024-02,6,USD\n"
    assert [d.kind for d in checked(tmp_path, text, "receipts").table.accounting.doubts] == ["currency"]
