"""The tables beside declarations: what an office exports is read by its own field names, checked and accounted for."""

import pandas as pd
import pytest

from analytics import tables
from analytics.tables import CONTRACTS

CLEARED = (
    "报关单号,项号,申报日期,商品编号,商品名称,经办关员,接受申报时间,放行时间,通道,审定完税价格,认定商品编码,查获类型",
    "310120250000000001,1,2025-03-01,0302890090,冻鳕鱼,关员甲,"
    "2025-03-01 09:30:00,2025-03-01 16:45:10,快速放行,2500.5,0302890090,",
    "310120250000000002,1,2025-03-01,0302890090,冻鳕鱼,关员乙,"
    "2025/03/01 17:20,2025年03月02日 08:05,查验,3100,0302890010,归类",
)


def _write(tmp_path, lines, name="export.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return str(path)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_times_of_clearance_keep_their_hours_and_officers_are_masked(tmp_path, encoding):
    read = tables.read("declarations", _write(tmp_path, CLEARED, encoding=encoding), "single_window_zh")
    frame = read.to_pandas().sort_values("declaration_id")
    assert frame["accepted_at"].tolist() == [pd.Timestamp("2025-03-01 09:30:00"), pd.Timestamp("2025-03-01 17:20:00")]
    assert frame["released_at"].tolist() == [pd.Timestamp("2025-03-01 16:45:10"), pd.Timestamp("2025-03-02 08:05:00")]
    assert frame["lane"].tolist() == ["release", "examine"]
    assert frame["officer_id"].str.match(r"O-[0-9a-f]{12}$").all()
    assert "关员甲" not in frame.to_csv()
    assert frame["date"].tolist() == [pd.Timestamp("2025-03-01")] * 2


def test_a_time_that_cannot_be_read_is_set_aside_with_its_column(tmp_path):
    bad = CLEARED[1].replace("2025-03-01 09:30:00", "half past nine")
    read = tables.read("declarations", _write(tmp_path, (CLEARED[0], bad, CLEARED[2])), "single_window_zh")
    assert (read.accounting.rows_read, read.accounting.rows_used) == (2, 1)
    assert read.accounting.reasons["column"].tolist() == ["accepted_at"]


def test_a_release_later_today_is_no_date_in_the_future(tmp_path):
    import datetime as dt

    day = dt.date(2025, 3, 1)
    line = CLEARED[1].replace("2025-03-01 16:45:10", "2025-03-01 23:59:59")
    read = tables.read("declarations", _write(tmp_path, (CLEARED[0], line)), "single_window_zh", today=day)
    assert read.accounting.rows_used == 1
    tomorrow = CLEARED[1].replace("2025-03-01 16:45:10", "2025-03-02 10:00:00")
    read = tables.read("declarations", _write(tmp_path, (CLEARED[0], tomorrow), "b.csv"), "single_window_zh", today=day)
    assert read.accounting.reasons["code"].tolist() == ["future"]


FILES = {
    "samples": ("报关单号,项号,抽中概率,差异原因,认定应征税款", "D1,1,0.012,归类,130.5", "cause", "classification"),
    "audits": ("稽查作业号,作业类型,选取方式,办结日期,是否有效", "A1,核查,风险,2025-06-30,是", "selected_by", "risk"),
    "queries": ("质疑编号,质疑日期,申报价值,审定价值,结果", "Q1,2025-06-30,100,120,调整", "outcome", "raised"),
    "reference_prices": ("商品编码,月份,价格,币制", "0302890090,2025-06,25.5,人民币", "currency", "CNY"),
    "handbooks": ("手册号,核销到期日,核销日期,手册类型", "B1,2025-06-30,2025-06-12,电子账册", "kind", "book"),
    "exemptions": ("征免税证明编号,监管年限届满日,状态", "Z1,2028-06-30,监管中", "status", "supervised"),
    "transit": ("提运单号,进境日期,是否符合转关条件,转关申报日期", "M1,2025-06-30,是,2025-07-01", "eligible", True),
    "rules": ("规则编号,生效日期,失效日期,命中数,有效数", "R1,2025-01-01,2099-12-31,40,11", "hits", 40),
    "indicators": ("指标,年度,分子,分母", "officer_training_days,2025,12,1", "numerator", 12),
    "enterprises": ("企业编码,注册日期,地址", "E1,2020-01-01,某路1号", "registered_on", pd.Timestamp("2020-01-01")),
}


@pytest.mark.parametrize("table", FILES)
def test_each_table_is_read_by_its_chinese_field_names_and_codes(tmp_path, table):
    head, line, column, value = FILES[table]
    read = tables.read(table, _write(tmp_path, (head, line)), f"{table}_zh")
    assert read.accounting.rows_used == 1
    assert read.to_pandas()[column].iloc[0] == value


@pytest.mark.parametrize("table", FILES)
def test_each_table_is_read_by_its_canonical_names_too(tmp_path, table):
    """The shipped map knows the contract's names: a file written by the suite comes back through it."""
    head, line, column, value = FILES[table]
    read = tables.read(table, _write(tmp_path, (head, line)), f"{table}_zh").to_pandas()
    again = tmp_path / "again.csv"
    read.to_csv(again, index=False)
    assert tables.read(table, str(again), f"{table}_zh").to_pandas()[column].iloc[0] == value


@pytest.mark.parametrize(("table", "line", "column"), [
    ("samples", "D1,1,0,归类,130.5", "probability"),
    ("samples", "D1,1,1.2,归类,130.5", "probability"),
    ("audits", "A1,核查,风险,2099-06-30,是", "closed_on"),
    ("queries", "Q1,2025-06-30,-100,120,调整", "declared_value"),
    ("handbooks", "B1,,2025-06-12,电子账册", "due_on"),
    ("transit", "M1,2025-06-30,maybe,2025-07-01", "eligible"),
])  # fmt: skip
def test_a_row_that_breaks_its_table_is_set_aside_and_counted(tmp_path, table, line, column):
    head, good, *_ = FILES[table]
    good = good.replace("D1,1", "D2,1", 1).replace("A1", "A2", 1).replace("Q1", "Q2", 1)
    good = good.replace("B1", "B2", 1).replace("M1", "M2", 1)
    read = tables.read(table, _write(tmp_path, (head, line, good)), f"{table}_zh")
    assert (read.accounting.rows_read, read.accounting.rows_used) == (2, 1)
    assert read.accounting.reasons["column"].tolist() == [column]


def test_every_table_names_its_columns_in_both_languages_and_no_two_alike():
    for made in CONTRACTS.values():
        assert len(set(made.names)) == len(made.names)
        assert all(c.title.en and c.title.zh and c.allowed.en and c.allowed.zh for c in made.columns)
        assert set(made.key) <= set(made.names)
