"""Rows, names and series that do not belong together are asked about; names of many languages are known."""

import datetime as dt
from pathlib import Path

import pytest

from analytics import tables
from analytics.errors import DataError
from analytics.tables.source import encodings
from analytics.tables.start.guess import guess
from analytics.tables.values.dates import read_dates
from analytics.tables.values.figures import _mark
from analytics.tables.values.numbers import Style
from analytics.tables.values.spellings import Asked

HEAD = "declaration_id,date,hs_code,net_mass_kg,value"
MONTHS = [f"2024-{m:02d}" for m in range(1, 9)]


def lines(*more: str, head: str = HEAD, start: str = "A") -> str:
    rows = [f"{start}{i},2024-03-{i + 13},03038900,{i + 5},{7 * i + 100}" for i in range(8)]
    return (
        "\n".join([head, *(f"{row},{m}" if m else row for row, m in zip(rows, more or [""] * 8, strict=True))]) + "\n"
    )


def across(*items: str) -> str:
    rows = [",".join([item, *(str(100 + 7 * i + 3 * i * n) for i in range(8))]) for n, item in enumerate(items)]
    return "\n".join([",".join(["item", *MONTHS]), *rows]) + "\n"


def started(folder: Path, text: str | bytes, name: str = "a.csv"):
    """Doubts and rows of a file read by the map that a first look writes; the map's path."""
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    found = guess(str(folder / name))
    (folder / "first.yaml").write_text("\n".join(found.lines) + "\n", encoding="utf-8")
    return tables.check(found.table, str(folder / name), found.shipped or str(folder / "first.yaml"))


def names(report) -> list[str]:
    return [d.name for d in report.table.accounting.doubts]


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        (lines(*"MEMEMEME", head=HEAD + ",I/E"), "rows.flow"),
        (lines(*["release"] * 7, "Cancelled", head=HEAD + ",status"), "rows.state"),
        (lines(*["放行"] * 7, "作废", head=HEAD + ",状态"), "rows.state"),
        (lines(*["??", "???"] * 4, head=HEAD + ",origin"), "origin.lost"),
        (lines() + lines(head="declaration_id,date,hs_code,value,net_mass_kg", start="B"), "rows.names"),
        (lines() + lines(start="B"), ""),
        (across("Import duty", "Import VAT", "Number of entries"), "tax_item.measure"),
        (across("关税", "进口增值税", "同比增长(%)"), "tax_item.measure"),
        (across("Import duty", "of which: vehicles", "Import VAT"), "tax_item.measure"),
        (across("Import duty", "Import VAT", "Refunds"), "tax_item.refunds"),
        (across("关税（亿元）", "进口增值税（万元）", "消费税（亿元）"), "tax_item.units"),
        (across("Import duty", "Real estate levy", "Import VAT"), ""),
        (across("duty", "VAT") + across("duty", "VAT").replace("2024", "2023"), "rows.names"),
        ("year,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec,Jan,Feb,Mar\n" + "".join(
            ",".join([str(y), *(str(100 + m + y % 7) for m in range(12))]) + "\n" for y in range(2018, 2022)
        ), "ds.year_order"),
        ("month,amount\n2023Q1,306\n2023-01,101\n2023-02,102\n2023-03,103\n2023-04,104\n", "ds.overlap"),
    ],
)  # fmt: skip
def test_what_does_not_belong_together_is_asked(tmp_path: Path, text: str, doubt: str):
    assert names(started(tmp_path, text)) == ([doubt] if doubt else [])


def test_the_line_that_a_doubt_names_has_the_names_of_the_file(tmp_path: Path):
    report = started(tmp_path, across("Import duty", "Import VAT", "Number of entries"))
    [way, *_] = report.table.accounting.doubts[0].ways
    mapping = (tmp_path / "first.yaml").read_text() + way.line + "\n"
    (tmp_path / "second.yaml").write_text(mapping)
    settled = tables.read("receipts", str(tmp_path / "a.csv"), str(tmp_path / "second.yaml"))
    assert set(settled.to_pandas()["tax_item"]) == {"Import duty", "Import VAT"}


def test_codes_of_the_flow_are_asked_and_first_guessed(tmp_path: Path):
    text = lines(*"MXMXMXMX", head=HEAD + ",direction")
    report = started(tmp_path, text)
    assert set(report.table.to_pandas()["direction"]) == {"import", "export"}
    assert names(tables.check("declarations", str(tmp_path / "a.csv"))) == ["direction.codes"]


def test_a_currency_in_the_header_is_heeded(tmp_path: Path):
    report = started(tmp_path, lines(head=HEAD + "_usd"))
    assert set(report.table.to_pandas()["currency"]) == {"USD"}
    (tmp_path / "m.yaml").write_text(
        "table: declarations\n"
        "columns: {declaration_id: declaration_id, date: date, hs_code: hs_code, value: value_usd}\n"
    )
    assert names(tables.check("declarations", str(tmp_path / "a.csv"), str(tmp_path / "m.yaml"))) == ["value.currency"]


def test_rates_below_one_per_cent_are_believed_where_the_header_says_per_cent(tmp_path: Path):
    assert names(started(tmp_path, lines(*["0.5"] * 8, head=HEAD + ",duty_rate (%)"))) == []


@pytest.mark.parametrize("text", ['[{"a": 1}]\n', '{"a": [1, 2]}\n', "<?xml version='1.0'?><rows/>\n"])
def test_what_is_no_table_of_text_is_named(tmp_path: Path, text: str):
    with pytest.raises(DataError, match=r"JSON|XML"):
        started(tmp_path, text)


def test_garbled_text_is_refused_with_what_is_meant():
    garbled = "forêt;Käse;niño".encode().decode("cp1252").encode()
    with pytest.raises(DataError, match=r'"forÃªt" where "forêt" is meant'):
        encodings.refuse_garbled(garbled, "a.csv")
    for fine in ("forêt;Käse;niño", "冻鱼", "São Tomé, Ã", "Ürün £5"):
        encodings.refuse_garbled(fine.encode(), "a.csv")


@pytest.mark.parametrize("encoding", ["cp1251", "koi8_r"])
def test_the_letters_of_russian_tell_their_code_page(encoding: str):
    text = "Номер декларации;Страна происхождения;Таможенная стоимость;Импортер"
    assert encodings.recognise(text.encode(encoding), "a.csv") == encoding
    with pytest.raises(DataError, match="more than one way"):
        encodings.recognise("Вес".encode(encoding), "a.csv")


def test_days_before_months_are_asked_where_some_can_be_nothing_else():
    texts = dict.fromkeys(("2024-13-03", "2024-14-03"), 1)
    asked = Asked("date", False, dt.date(2026, 1, 1), None, 6)
    assert [d.name for d in read_dates(texts, Style(), asked).doubts] == ["date.order"]
    assert not read_dates({"2024-13-03": 1}, Style(), Asked("date", False, dt.date(2026, 1, 1), None, 90)).doubts


@pytest.mark.parametrize(("both_comma", "bare", "mark"), [(100, 9, "."), (100, 0, None), (20, 9, None)])
def test_marks_group_only_where_smaller_figures_stand_without(both_comma, bare, mark):
    counts = {"point": 0, "comma": 0, "both_point": 0, "both_comma": both_comma, "bare": bare}
    assert _mark(counts) == mark


FORMS = {
    "de": "Anmeldenummer;Anmeldedatum;Warennummer;Ursprungsland;Eigenmasse (kg);Zollwert;Einführer",
    "es": "Número de declaración;Fecha;Partida arancelaria;País de origen;Peso neto (kg);Valor en aduana;Importador",
    "fr": "N° de déclaration;Date de déclaration;Code SH;Pays d'origine;Masse nette (kg);Valeur en douane;Importateur",
    "pt": "Número da declaração;Data do registro;NCM;País de origem;Peso líquido (kg);Valor aduaneiro;Importador",
    "ru": "Номер декларации;Дата;Код ТН ВЭД;Страна происхождения;Вес нетто, кг;Таможенная стоимость;Импортер",
    "it": "Numero dichiarazione;Data;Codice TARIC;Paese di origine;Massa netta (kg);Valore statistico;Importatore",
    "ja": "申告番号;申告年月日;品目番号;原産国;正味重量(kg);申告価格;輸入者",
    "ko": "신고번호;신고일자;HS부호;원산지;순중량(kg);과세가격;수입자",
    "vi": "Số tờ khai;Ngày đăng ký;Mã HS;Xuất xứ;Trọng lượng tịnh (kg);Trị giá;Người nhập khẩu",
}


@pytest.mark.parametrize("language", FORMS)
def test_names_of_customs_forms_are_known(tmp_path: Path, language: str):
    rows = [f"X{i};{i + 13}.03.2024;0303890000;JP;1.{200 + i},5{i};{2000 + i},25;F{i}" for i in range(6)]
    (tmp_path / "a.csv").write_text("\n".join([FORMS[language], *rows]) + "\n", encoding="utf-8")
    found = guess(str(tmp_path / "a.csv"))
    wanted = ("declaration_id", "date", "hs_code", "origin", "net_mass_kg", "value", "enterprise_id")
    assert all(any(line.strip().startswith(f"{name}: ") for line in found.lines) for name in wanted)
    assert not found.left


def test_import_is_import_however_it_is_written(tmp_path: Path):
    text = lines(*["Import", "IMPORT", "import", "Export"] * 2, head=HEAD + ",direction")
    (tmp_path / "a.csv").write_text(text)
    assert set(tables.read("declarations", str(tmp_path / "a.csv")).to_pandas()["direction"]) == {"import", "export"}
