"""`analytics start` on files of customs offices and statistical bodies that name columns in their own language."""

from pathlib import Path

import pytest

from analytics import tables
from analytics.tables.contract.months import month_named
from analytics.tables.start.guess import guess
from analytics.tables.values.spellings import family_of

MONTHS = [(y, m) for y in (2021, 2022) for m in range(1, 13)]


def started(folder: Path, text: str, encoding: str = "utf-8", table: str | None = None) -> tables.Table:
    (folder / "a.csv").write_bytes(text.encode(encoding))
    found = guess(str(folder / "a.csv"), table)
    (folder / "map.yaml").write_text("\n".join(found.lines) + "\n", encoding="utf-8")
    return tables.read(found.table, str(folder / "a.csv"), str(folder / "map.yaml"))


def lines(head: str, row: str, count: int = 12) -> str:
    """A head, and rows whose {m} is the month and {n} a number that tells them apart."""
    return head + "\n" + "\n".join(row.format(m=1 + i % 12, n=i, d=13 + i % 15) for i in range(count)) + "\n"


DECLARED = {
    "german": (
        lines("Nr;Datum;Warennummer;Ursprung;Eigenmasse (kg);Zollwert (EUR);Zollbetrag (EUR)",
              "{n};{d}.{m}.2023;84713000;CN;1{n},5;2{n},25;3,5"),
        {"value": 20.25, "tax": 3.5, "net_mass_kg": 10.5, "currency": "EUR", "hs_code": "84713000", "unit": "kg"},
    ),
    "peruvian": (
        lines("ADUANA;NUM_DUA;FECHA_NUM;PARTIDA;PAIS_ORIGEN;PESO_NETO;UNID_MED;CANTIDAD;FOB_DOLARES;CIF_DOLARES;IMPORTADOR",
              "118;{n};2024{m:02d}{d};8517130000;CN;2.5;U;3;40.5;44.5;SA"),
        {"value": 44.5, "quantity": 3, "unit": "U", "district": "118", "origin": "CN"},
    ),
    "brazilian statistics": (
        lines('"CO_ANO";"CO_MES";"CO_NCM";"CO_UNID";"CO_PAIS";"SG_UF_NCM";"CO_VIA";"CO_URF";"QT_ESTAT";"KG_LIQUIDO";"VL_FOB"',
              '2022;"{m:02d}";"03028500";"10";"063";"SP";"04";"0817800";7;9;41'),
        {"value": 41, "quantity": 9, "unit": "kg", "district": "0817800", "origin": "063", "hs_code": "03028500"},
    ),
    "american statistics": (
        lines("CTY_CODE,CTY_NAME,I_COMMODITY,I_COMMODITY_SDESC,GEN_VAL_MO,GEN_QY1_MO,UNIT_QY1,CAL_DUT_MO,YEAR,MONTH",
              "5700,CHINA,8517130000,SMARTPHONES,5{n},4,NO,25,2023,{m:02d}"),
        {"value": 50, "quantity": 4, "unit": "NO", "origin": "CHINA", "tax": 25, "hs_code": "8517130000"},
    ),
    "japanese statistics": (
        lines("品名コード,国名,年月,数量(KG),金額（千円）", "030343000,台湾,2023年{m}月,{n}50,4{n}"),
        {"value": 40000, "quantity": 50, "unit": "kg", "origin": "台湾", "hs_code": "030343000"},
    ),
    "russian": (
        lines("Дата декларации;Код ТН ВЭД;Страна происхождения;Вес нетто (кг);Таможенная стоимость (USD)",
              "2023-{m:02d}-{d};8517120000;CN;{n}5;20{n}"),
        {"value": 200, "net_mass_kg": 5, "currency": "USD", "hs_code": "8517120000", "origin": "CN"},
    ),
    "french": (
        lines("Numéro de déclaration;Date d'enregistrement;Bureau;Code NC;Pays d'origine;Poids net;Valeur en douane",
              "D{n};{d}/{m:02d}/2023;RO;0302850000;NO;{n}5,5;20{n},5"),
        {"value": 200.5, "net_mass_kg": 5.5, "declaration_id": "D0", "district": "RO", "origin": "NO"},
    ),
    "short English": (
        lines("Declaration\tDate\tCode\tOrigin\tNet kg\tInvoice USD\tDuty",
              "{n:07d}\t{m}/{d}/2024\t0303420000\tEC\t15\t200\t2"),
        {"value": 200, "net_mass_kg": 15, "currency": "USD", "hs_code": "0303420000", "tax": 2},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DECLARED)
def test_declarations_and_statistics_are_read_by_their_own_names(tmp_path: Path, name: str):
    text, expected = DECLARED[name]
    table = started(tmp_path, text)
    assert table.accounting.rows_set_aside == 0
    first = table.to_pandas().sort_values("date").iloc[0]
    assert {k: first[k] for k in expected} == expected


def test_a_name_counts_only_where_the_values_fit_it(tmp_path: Path):
    head = "Zollnummer,Datum,Unit price,Value,Country of dispatch"
    with pytest.raises(tables.DataError, match="no table of the contract fits"):
        started(tmp_path, lines(head, "DE{n},2024-01-{d},kg 3,12,FR"), table="declarations")


def test_customs_value_is_taken_before_the_price_free_on_board(tmp_path: Path):
    table = started(tmp_path, lines("DUA;FECHA;PARTIDA;VALOR FOB;VALOR CIF", "{n};2024-01-{d};8517130000;40;44"))
    assert set(table.to_pandas()["value"]) == {44}


def amounts(table: tables.Table) -> dict[tuple[str, str], float]:
    frame = table.to_pandas()
    item = frame["tax_item"].fillna("") if "tax_item" in frame else [""] * len(frame)
    return {(f"{d:%Y-%m}", i): y for d, i, y in zip(frame["ds"], item, frame["y"], strict=True)}


def test_two_columns_of_amounts_are_two_items_whatever_one_is_called(tmp_path: Path):
    rows = "\n".join(f"{m:02d}/{y},{3 * m % 7},{30 * m % 70},{33 * m % 77}" for y, m in MONTHS)
    table = started(tmp_path, f"R million,,,\nMonth,Customs duties,Import VAT,Total\n{rows}\n")
    assert amounts(table)["2021-03", "Import VAT"] == 20
    assert amounts(table)["2021-03", "Customs duties"] == 2
    assert len(table.to_pandas()) == 48  # the total stays out
    assert set(table.to_pandas()["unit"]) == {"R million"}


def test_the_order_of_the_months_tells_when_fiscal_years_end(tmp_path: Path):
    names = "Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec,Jan,Feb,Mar"
    rows = "\n".join(
        f"{y}-{y % 100 + 1:02d}," + ",".join(str(100 * (y - 2015) + i) for i in range(12)) for y in range(2015, 2021)
    )
    table = started(tmp_path, f"Financial Year,{names}\n{rows}\n")
    assert amounts(table)["2015-04", ""] == 0
    assert amounts(table)["2016-01", ""] == 9
    assert amounts(table)["2016-04", ""] == 100


def test_runs_of_months_across_are_sums_since_january(tmp_path: Path):
    head = "项目,2023年1-2月累计," + ",".join(f"2023年1-{m}月累计" for m in range(3, 13))
    table = started(tmp_path, head + "\n关税," + ",".join(str(10 * m) for m in range(2, 13)) + "\n", "gb18030")
    frame = table.to_pandas().set_index("ds")
    assert frame["y"].tolist() == [20.0] + [10.0] * 10
    assert frame["months_covered"].tolist() == [2] + [1] * 10


def test_amounts_in_parentheses_are_read_as_negative_and_the_map_says_so(tmp_path: Path):
    rows = "\n".join(f"{y}-{m:02d}|{t}|{a}" for y, m in MONTHS for t, a in (("duty", "80.5"), ("refunds", "(6.5)")))
    table = started(tmp_path, f"period|tax|amount (USD thousands)\n{rows}\n")
    assert amounts(table)["2021-01", "refunds"] == -6.5
    assert "negative: [parentheses]" in (tmp_path / "map.yaml").read_text(encoding="utf-8")


def test_thai_months_carry_buddhist_years(tmp_path: Path):
    names = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."]
    rows = "\n".join(f"{names[m - 1]} {y + 543},{3 * m % 7}" for y, m in MONTHS)
    table = started(tmp_path, f"เดือน,อากรขาเข้า\n{rows}\n")
    assert sorted(f"{d:%Y-%m}" for d in table.to_pandas()["ds"])[::23] == ["2021-01", "2022-12"]


@pytest.mark.parametrize(
    ("text", "month"),
    [("janv. 2024", 1), ("août 2024", 8), ("März 2024", 3), ("Ocak 2024", 1), ("июнь 2024", 6), ("มีนาคม 2567", 3)],
)
def test_months_are_known_by_name(text: str, month: int):
    assert [(p.day.year, p.day.month) for p in family_of(text)[1].values()] == [(2024, month)]


def test_no_name_stands_for_two_months():
    from analytics.tables.contract.months import _NAMES

    words = [w for names in _NAMES for w in names.split()]
    assert len(words) == len(set(words))
    assert all(month_named(w.upper()) for w in words if w.isascii())


def test_titles_above_the_names_do_not_hide_the_separator(tmp_path: Path):
    rows = "\n".join(f"85171300\t智能手机\t日本\t2024{m:02d}\t1,{m}96.5\t台\t{m}4.83" for m in range(1, 10))
    text = f"2024年进口商品量值表\n\n商品编码\t商品名称\t贸易伙伴\t年月\t第一数量\t计量单位\t人民币值（万元）\n{rows}\n"
    frame = started(tmp_path, text, "gb18030").to_pandas().sort_values("date")
    assert frame["quantity"].iloc[0] == 1196.5
    assert frame["value"].iloc[0] == 148300  # 14.83 times ten thousand
    assert set(frame["origin"]) == {"日本"}


def test_a_row_of_units_beneath_the_names_is_asked_about(tmp_path: Path):
    rows = "\n".join(f"D{i},2024-01-{13 + i},85171200,{10 + i},{20 + i}.5" for i in range(9))
    text = f"Declaration,Date,HS code,Net weight,CIF\n,,,kg,thousand\n{rows}\n"
    with pytest.raises(tables.DataError, match=r'"CIF", "thousand" beneath it'):
        started(tmp_path, text)
    frame = started(tmp_path, text.replace("thousand", "")).to_pandas()
    assert frame["value"].max() == 28.5


def test_notes_behind_the_newest_months_and_figures_lose_none(tmp_path: Path):
    rows = [f"{y}-{m:02d}{' [p]' if (y, m) > (2022, 10) else ''},{3 * m % 7 + 1}" for y, m in MONTHS]
    table = started(tmp_path, "Month,Customs duties\n" + "\n".join(rows) + "\n")
    assert sum(when == "2022-12" for when, _ in amounts(table)) == 1
    assert table.accounting.rows_set_aside == 0
    head = "geo\\TIME_PERIOD\t" + "\t".join(f"{y}-{m:02d}" for y, m in MONTHS)
    row = "DE\t" + "\t".join(f"{3 * m % 7 + 1}.5{' p' if (y, m) == (2022, 12) else ''}" for y, m in MONTHS)
    wide = started(tmp_path, f"{head}\n{row}\n")
    assert wide.to_pandas()["y"].tolist()[-1] == 2.5
    assert wide.accounting.rows_used == 24
