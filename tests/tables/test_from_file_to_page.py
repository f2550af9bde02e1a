"""Twelve kinds of file, from as they come to the first own page: `start`, what it asks, the page; without a kernel."""

import json
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter

MONTHS = [(y, m) for y in range(2017, 2024) for m in range(1, 13)]
AMOUNTS = {
    ym: round(100 * (1 + 0.004 * i) * (1 + 0.1 * np.sin(ym[1])) + 3 * np.cos(2.7 * i), 1) for i, ym in enumerate(MONTHS)
}


def long() -> str:
    return "month,tax,amount (CNY million)\n" + "".join(f"{y}-{m:02d},duty,{a}\n" for (y, m), a in AMOUNTS.items())


def wide() -> str:
    rows = [",".join([str(y), *(str(AMOUNTS[y, m]) for m in range(1, 13))]) for y in range(2017, 2024)]
    return "\n".join(["税收月度表", "单位：万元", "年份," + ",".join(f"{m}月" for m in range(1, 13)), *rows]) + "\n"


def to_date() -> str:
    rows, total = [], 0.0
    for (y, m), a in AMOUNTS.items():
        total = a + (0 if m == 1 else total)
        rows.append(f"{y}年{m}月,{total:.1f}")
    return "\n".join(["月份,累计税收(亿元)", *rows]) + "\n"


def sdmx() -> str:
    head = "STRUCTURE,STRUCTURE_ID,FREQ,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,UNIT_MULT\n"
    return head + "".join(f"dataflow,A:B(1),M,ZA,G115,{y}-{m:02d},{a},ZAR,6\n" for (y, m), a in AMOUNTS.items())


def lines(count: int = 360) -> pd.DataFrame:
    """Declarations of four districts, six enterprises and three codes."""
    rng = np.random.default_rng(7)
    at = np.arange(count)
    quantity = 10 + at % 17
    return pd.DataFrame({
        "declaration_id": [f"3101{i:014d}" for i in at],
        "date": pd.Timestamp("2024-01-05") + pd.to_timedelta(at % 300, "D"),
        "district": np.array(["5100", "5200", "5300", "5400"])[at % 4],
        "enterprise_id": [f"E{i % 6}" for i in at],
        "hs_code": np.array(["03038900", "87032319", "84713000"])[at % 3],
        "origin": np.array(["JP", "DE"])[at % 2],
        "unit": "kg",
        "quantity": quantity,
        "net_mass_kg": quantity * 1.0,
        "value": np.round(quantity * 30 * np.exp(rng.normal(0, 0.2, count)), 2),
        "currency": "CNY",
    })  # fmt: skip


def single_window(folder: Path) -> str:
    frame = lines()
    frame.columns = [
        *("报关单号", "申报日期", "申报地海关", "收发货人", "商品编号", "原产国", "法定单位", "法定数量", "净重"),
        *("完税价格", "币制"),
    ]
    frame["申报日期"] = frame["申报日期"].dt.strftime("%Y-%m-%d")
    frame["法定单位"], frame["币制"], frame["进出口标志"] = "千克", "人民币", "进口"
    text = (
        "进口报关单明细表\n制表：某海关\n"
        + frame.to_csv(index=False)
        + "合计,,,,,,,999,999,99999,,\n数据来源：单一窗口,,,,,,,,,,,\n"
    )
    (folder / "sw.csv").write_bytes(text.encode("gb18030"))
    return "sw.csv"


def english(folder: Path) -> str:
    frame = lines()
    frame["date"] = frame["date"].dt.strftime("%d/%m/%Y")
    frame.columns = [
        *("Declaration No", "Reg Date", "Customs Office", "Importer TIN", "HS Code", "Country of Origin", "UoM", "Qty"),
        *("Net Weight (kg)", "Customs Value", "CCY"),
    ]
    frame.to_csv(folder / "entries.csv", index=False, sep=";", decimal=",")
    return "entries.csv"


def comtrade(folder: Path) -> str:
    head = "typeCode,period,reporterISO,flowCode,partnerISO,partner2Code,cmdCode,aggrLevel,customsCode,motCode,netWgt,primaryValue,isAggregate"  # noqa: E501
    frame = lines()
    partners = np.array(["CHN", "JPN", "NOR"])[np.arange(360) // 2 % 3]
    rows = []
    for i, (partner, mass, value) in enumerate(zip(partners, frame["quantity"], frame["value"], strict=True)):
        month, reporter = f"2024{1 + i // 30 % 12:02d}", "THA" if i % 2 else "VNM"
        rows.append(f"C,{month},{reporter},M,{partner},0,0303{10 + i % 30},6,C00,0,{mass},{value},false")
    rows += ["C,202401,THA,M,W00,0,030310,6,C00,0,5,500,true", "C,202401,THA,X,CHN,0,030310,6,C00,0,5,500,false"]
    (folder / "comtrade.csv").write_text("\n".join([head, *rows]) + "\n")
    return "comtrade.csv"


def excel(folder: Path) -> str:
    book = xlsxwriter.Workbook(folder / "book.xlsx")
    book.add_worksheet("Cover").write(0, 0, "Imports 2024")
    sheet = book.add_worksheet("Data")
    frame = lines()
    sheet.merge_range(0, 0, 0, 5, "Imports by line")
    sheet.write_row(1, 0, list(frame.columns))
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for number, row in enumerate(frame.itertuples(index=False), start=2):
        sheet.write_row(number, 0, [str(c) if isinstance(c, pd.Timestamp) else c for c in row])
        sheet.write_datetime(number, 1, row.date.to_pydatetime(), day)
    book.close()
    return "book.xlsx"


def parquet(folder: Path) -> str:
    lines().to_parquet(folder / "lines.parquet")
    return "lines.parquet"


def sqlite(folder: Path) -> str:
    with sqlite3.connect(folder / "customs.db") as link:
        lines().assign(date=lines()["date"].dt.strftime("%Y-%m-%d")).to_sql("lines", link, index=False)
    return "database:CUSTOMS_DB/lines"


def written(name: str, text: str):
    def write(folder: Path) -> str:
        (folder / name).write_text(text, encoding="utf-8")
        return name

    return write


def receipts_book(folder: Path) -> str:
    book = xlsxwriter.Workbook(folder / "receipts.xlsx")
    sheet = book.add_worksheet("2017-2023")
    sheet.write_row(0, 0, ["Revenue by district, R million"])
    sheet.write_row(2, 0, ["district", *(f"{y}-{m:02d}" for y, m in MONTHS)])
    for i, name in enumerate(("North", "South", "Total")):
        sheet.write_row(3 + i, 0, [name, *((1 + i) * a for a in AMOUNTS.values())])
    book.close()
    return "receipts.xlsx"


KINDS = {
    "receipts, long": written("long.csv", long()),
    "receipts, years by months under a title": written("wide.csv", wide()),
    "receipts, since January": written("ytd.csv", to_date()),
    "receipts, SDMX-CSV": written("sdmx.csv", sdmx()),
    "receipts, Excel, districts by months with a total": receipts_book,
    "declarations, single window in GB18030 with totals": single_window,
    "declarations, English names, decimal comma": english,
    "declarations, UN Comtrade": comtrade,
    "declarations, Excel behind a cover sheet": excel,
    "declarations, Parquet": parquet,
    "declarations, SQLite": sqlite,
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_as_it_comes_gives_a_page_in_two_steps(
    kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_page
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CUSTOMS_DB", f"sqlite://{tmp_path / 'customs.db'}")
    result = first_page(KINDS[kind](tmp_path), tmp_path)
    [used] = result["inputs"]
    assert used["rows_used"] >= len(MONTHS) if kind.startswith("receipts") else used["rows_used"] == 360
    assert result["verdict"]["text"]["en"]
    assert "simulated" not in json.dumps(result["verdict"], ensure_ascii=False)
