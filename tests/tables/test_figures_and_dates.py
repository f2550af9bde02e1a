"""Numbers, dates, codes and flags as people write them."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import tables
from analytics.tables.values.lengths import judge_lengths

WIDE = str.maketrans("0123456789.,-+", "０１２３４５６７８９．，－＋")


def read_values(folder: Path, written: list[str], **map_options: str) -> tables.Table:
    """Read amounts of receipts, one month each."""
    months = pd.date_range("1990-01-01", periods=len(written), freq="MS")
    rows = [f"{m:%Y-%m};{w}" for m, w in zip(months, written, strict=True)]
    (folder / "a.csv").write_text("\n".join(["ds;y", *rows]) + "\n", encoding="utf-8")
    lines = [
        "table: receipts",
        "columns: {ds: ds, y: y}",
        "accept: [y.magnitude]",
        *(f'{k}: "{v}"' for k, v in map_options.items()),
    ]
    (folder / "map.yaml").write_text("\n".join(lines), encoding="utf-8")
    return tables.read("receipts", str(folder / "a.csv"), str(folder / "map.yaml"))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.decimals(-(10**9), 10**9, places=2, allow_nan=False), min_size=1, max_size=25),
    style=st.sampled_from(["plain", "thousands", "wide", "comma"]),
)
def test_a_figure_reads_the_same_however_it_is_written(tmp_path: Path, values, style):
    written = [f"{v:,.2f}" if style in ("thousands", "wide") else f"{v:.2f}" for v in values]
    options = {}
    if style == "wide":
        written = [w.translate(WIDE) for w in written]
    if style == "comma":
        written = [f"{v:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".") for v in values]
        options = {"decimal": ","}
    table = read_values(tmp_path, written, **options)
    assert table.accounting.rows_set_aside == 0
    assert table.to_pandas()["y"].tolist() == [float(v) for v in values]


def test_a_file_that_uses_decimal_commas_throughout_is_understood(tmp_path: Path):
    table = read_values(tmp_path, ["1.200,50", "12,5", "7", "1.234"])
    assert table.to_pandas()["y"].tolist() == [1200.5, 12.5, 7.0, 1234.0]
    assert any("decimal comma" in note.en for note in table.accounting.notes)


DATES = {
    "2025-03-31": "2025-03-31", "2025/3/31": "2025-03-31", "20250331": "2025-03-31", "2025年3月31日": "2025-03-31",
    "２０２５-０３-３１": "2025-03-31", "2025.03.31": "2025-03-31", "2025-03-31 23:59:59": "2025-03-31",
    "2025-03-31T08:00:00+08:00": "2025-03-31",
    "45747": "2025-03-31", "45747.75": "2025-03-31",
    "202503": "2025-03-01",
    "2025-03": "2025-03-01", "2025年03月": "2025-03-01", "20250331 10:11:12": "2025-03-31",
    " 2025-03-31 ": "2025-03-31",
    '"=""2025-03-31"""': "2025-03-31",
}  # fmt: skip


def test_dates_are_read_as_they_are_usually_written(tmp_path: Path):
    rows = [f"A{i},{written},030289" for i, written in enumerate(DATES)]
    (tmp_path / "a.csv").write_text("\n".join(["declaration_id,date,hs_code", *rows]) + "\n", encoding="utf-8")
    table = tables.read("declarations", str(tmp_path / "a.csv"))
    assert table.to_pandas()["date"].tolist() == [pd.Timestamp(d) for d in DATES.values()], table.accounting.reasons


def test_a_date_format_in_the_map_settles_what_reads_two_ways(tmp_path: Path):
    (tmp_path / "a.csv").write_text("declaration_id,date,hs_code\nA,03/04/2025,030289\n")
    (tmp_path / "map.yaml").write_text(
        'table: declarations\ndate_format: "%d/%m/%Y"\n'
        "columns: {declaration_id: declaration_id, date: date, hs_code: hs_code}\n"
    )
    table = tables.read("declarations", str(tmp_path / "a.csv"), str(tmp_path / "map.yaml"))
    assert table.to_pandas()["date"].tolist() == [pd.Timestamp("2025-04-03")]


def test_identifiers_codes_and_flags_are_kept_and_cleaned(tmp_path: Path):
    header = "declaration_id,date,hs_code,origin,inspected,finding,duty_rate,unit"
    rows = [
        "０００１２３,2025-03-01,8471.30.00,NA,是,0,8%,（千克）",
        "'000124,2025-03-01,0302 89 00,CN,TRUE,否,0.08,kg",
        '"=""000125""",2025-03-01,03028900,,1,,,kg',
        "\t000126,2025-03-01,03028900.0,CN,no,no,5.5％,kg",
    ]
    (tmp_path / "a.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    frame = tables.read("declarations", str(tmp_path / "a.csv")).to_pandas()
    assert frame["declaration_id"].tolist() == ["000123", "000124", "000125", "000126"]
    assert frame["hs_code"].tolist() == ["84713000", "03028900", "03028900", "03028900"]
    assert frame["origin"].tolist()[:2] == ["NA", "CN"]
    assert frame["origin"].isna().tolist() == [False, False, True, False]
    assert frame["inspected"].tolist() == [True, True, True, False]
    assert frame["finding"].isna().tolist() == [False, False, True, False]
    assert frame["duty_rate"].tolist()[:2] == [0.08, 0.08]
    assert frame["duty_rate"].iloc[3] == pytest.approx(0.055)
    assert frame["unit"].iloc[0] == "（千克）"


def test_today_is_not_the_future(tmp_path: Path):
    today = dt.date(2026, 11, 23)
    (tmp_path / "a.csv").write_text("declaration_id,date,hs_code\nA,2026-11-23,030289\nB,2026-11-24,030289\n")
    assert tables.read("declarations", str(tmp_path / "a.csv"), today=today).to_pandas()["declaration_id"].tolist() == [
        "A"
    ]


@pytest.mark.parametrize(
    ("counts", "restored", "doubtful"),
    [
        ({10: 90, 9: 10}, (9,), ()),
        ({6: 90, 5: 10}, (5,), ()),
        ({8: 50, 7: 1, 10: 3}, (7,), ()),
        ({10: 90, 7: 2, 9: 8}, (9,), (7,)),
        ({5: 12}, (5,), ()),  # a fish file: every code begins with 0
        ({9: 40}, (), ()),  # a tariff of nine digits
        ({9: 90, 8: 5}, (), ()),  # nine digits, and a few headings
        ({10: 5, 9: 90}, (9,), ()),  # ten digits, most of them fish
        ({10: 90, 11: 1}, (), (11,)),
        ({13: 7, 10: 9}, (), ()),
    ],
)
def test_lengths_tell_which_codes_lost_a_zero(counts, restored, doubtful):
    found = judge_lengths(counts)
    assert (found.restored, found.doubtful) == (restored, doubtful)
