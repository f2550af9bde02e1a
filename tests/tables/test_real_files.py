"""The public files, read through their maps, agree with sums made without them."""

from pathlib import Path

import pandas as pd
import pytest

from analytics import tables

pytestmark = pytest.mark.data


def test_korea_lines_agree_with_the_file(analytics_data: Path):
    source = "${ANALYTICS_DATA}/korea/df_syn_train_eng.csv + ${ANALYTICS_DATA}/korea/df_syn_valid_eng.csv"
    table = tables.read("declarations", source, "korea_declarations", columns=["finding", "origin", "declarant_id"])
    raw = pd.concat(
        pd.read_csv(analytics_data / "korea" / f"df_syn_{part}_eng.csv", dtype={"HS6 Code": str})
        for part in ("train", "valid")
    )
    assert table.accounting.rows_read == len(raw) == 45519
    good = raw[raw["Net Mass"] > 0]
    assert table.accounting.rows_used == len(good)
    assert table.accounting.reasons[["code", "column", "rows"]].to_numpy().tolist() == [
        ["zero", "net_mass_kg", len(raw) - len(good)]
    ]
    frame = table.to_pandas()
    assert frame["value"].sum() == pytest.approx(good["Item Price"].sum(), rel=1e-12)
    assert frame["duty_rate"].sum() == pytest.approx(good["Tax Rate"].sum() / 100, rel=1e-12)
    assert frame["finding"].sum() == good["Fraud"].sum()
    assert frame["hs_code"].tolist() == good["HS6 Code"].tolist()
    assert frame["enterprise_id"].nunique() == good["Importer ID"].nunique()
    assert frame["seller_id"].isna().sum() == good["Seller ID"].isna().sum()


def test_fish_imports_agree_with_the_file(analytics_data: Path):
    path = analytics_data / "eu10_fish_imports_hs6_monthly.csv.gz"
    table = tables.read("declarations", "${ANALYTICS_DATA}/" + path.name, "comtrade_bilateral")
    raw = pd.read_csv(path, dtype={"cmd_code": str})
    frame = table.to_pandas()
    assert table.accounting.rows_read == len(raw) == 293492
    assert table.accounting.rows_used == (raw["net_wgt"] > 0).sum()
    assert frame["value"].sum() == pytest.approx(raw["primary_value"].sum(), rel=1e-12)
    assert frame["quantity"].sum() == pytest.approx(raw["net_wgt"].sum(), rel=1e-12)
    assert frame["hs_code"].str.startswith(("03", "16")).all()
    assert frame["district"].nunique() == 10
    assert frame["date"].dt.strftime("%Y%m").astype(int).tolist() == raw["period"].tolist()


def test_brazil_receipts_agree_with_the_file(analytics_data: Path):
    name = "brazil_import_duty_by_state_monthly.csv"
    frame = tables.read("receipts", "${ANALYTICS_DATA}/" + name, "brazil_import_duty_by_state").to_pandas()
    raw = pd.read_csv(analytics_data / name)
    assert len(frame) == 2 * len(raw)
    by_item = frame.groupby("tax_item")["y"].sum()
    assert by_item["duty"] == pytest.approx(raw["import_duty_brl"].sum(), rel=1e-12)
    assert by_item["excise"] == pytest.approx(raw["ipi_on_imports_brl"].sum(), rel=1e-12)
    assert (frame["y"] < 0).sum() == 4
    assert frame["unique_id"].nunique() == 54


def test_us_receipts_agree_with_the_file(analytics_data: Path):
    name = "us_customs_duties_monthly.csv"
    frame = tables.read("receipts", "${ANALYTICS_DATA}/" + name, "us_customs_duties").to_pandas()
    raw = pd.read_csv(analytics_data / name)
    assert frame["y"].tolist() == raw["customs_duties"].astype(float).tolist()
    assert frame["ds"].dt.strftime("%Y-%m-%d").tolist() == raw["date"].tolist()


def test_the_report_on_a_real_file_is_what_an_analyst_needs(analytics_data: Path):
    report = tables.check("declarations", "${ANALYTICS_DATA}/korea/df_syn_valid_eng.csv", "korea_declarations")
    assert report.ok
    assert str(analytics_data) not in report.text
    for said in ("rows read 8,134", "net_mass_kg: zero", "allowed: a number above 0",
                 "periods 2021-01-01 to 2021-03-31",
                 "df_syn_valid_eng.csv, line ", "Ready to use"):  # fmt: skip
        assert said in report.text
