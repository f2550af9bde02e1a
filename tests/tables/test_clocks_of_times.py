"""Times that name a clock: the office's own is taken as it stands, another is asked about, never dropped in silence."""

import pandas as pd
import pytest

from analytics import tables
from analytics.tables import DataError

COLUMNS = ("declaration_id", "line_no", "date", "hs_code", "accepted_at", "released_at")


def _rows(accepted, released, date="2025-01-31"):
    return pd.DataFrame({
        "declaration_id": [f"D{i}" for i in range(4)], "line_no": 1, "date": date, "hs_code": "84713000",
        "accepted_at": accepted, "released_at": released,
    })  # fmt: skip


def _read(rows, folder, map_line="", name="lines.csv"):
    path = folder / name
    rows.to_parquet(path) if name.endswith("parquet") else rows.to_csv(path, index=False)
    column_map = None
    if map_line:
        column_map = folder / "map.yaml"
        names = "".join(f"  {name}: {name}\n" for name in COLUMNS)
        column_map.write_text(f"table: declarations\n{map_line}\ncolumns:\n{names}", encoding="utf-8")
    found = tables.read("declarations", str(path), str(column_map) if column_map else None, mask=False)
    return found.rows.select("date", "accepted_at", "released_at").limit(1).to_pandas().iloc[0]


@pytest.mark.parametrize(("accepted", "released"), [
    ("2025-01-31T18:51+08:00", "2025-01-31T20:00+08:00"),
    ("2025-01-31 18:51", "2025-01-31 20:00"),
    ("2025-03-29 18:51:00+01:00", "2025-03-31 20:00:00+02:00"),  # a night in which the clocks went forward
])  # fmt: skip
def test_the_office_s_own_clock_is_taken_as_written(tmp_path, accepted, released):
    row = _read(_rows(accepted, released), tmp_path)
    assert (row["accepted_at"].strftime("%H:%M"), row["released_at"].strftime("%H:%M")) == ("18:51", "20:00")


@pytest.mark.parametrize(("accepted", "released"), [
    ("2025-01-31T16:51Z", "2025-02-01T01:19+08:00"),
    ("2025-01-31T16:51:00Z", "2025-01-31T17:19:00Z"),
    ("2025-02-01 00:51+08:00", "2025-02-01 01:19"),
    ("2025-01-31T16:51:00.250 UTC", "2025-02-01 01:19"),
])  # fmt: skip
def test_another_clock_is_asked_about(tmp_path, accepted, released):
    with pytest.raises(DataError, match=r"accepted_at.clock"):
        _read(_rows(accepted, released), tmp_path)
    kept = _read(_rows(accepted, released), tmp_path, "accept: [accepted_at.clock]")
    assert kept["accepted_at"].strftime("%H:%M") == accepted[11:16]


def test_a_time_zone_brings_all_times_to_one_clock(tmp_path):
    row = _read(_rows("2025-01-31T16:51Z", "2025-02-01T01:19+08:00"), tmp_path, "time_zone: Asia/Shanghai")
    assert (row["released_at"] - row["accepted_at"]).total_seconds() == 28 * 60
    assert row["accepted_at"].date() == row["released_at"].date()


def test_a_declaration_of_new_year_s_morning_is_of_the_new_year(tmp_path):
    """Stored as a moment of Greenwich it would be of the old one."""
    moment = pd.Timestamp("2024-12-31 17:30", tz="UTC")
    rows = _rows(moment, moment, date=moment)
    with pytest.raises(DataError, match=r"date.clock"):
        _read(rows, tmp_path, name="lines.parquet")
    assert _read(rows, tmp_path, "time_zone: Asia/Shanghai", "lines.parquet")["date"].year == 2025


@pytest.mark.parametrize("name", ["lines.csv", "lines.parquet"])
def test_days_written_as_midnight_of_greenwich_are_days(tmp_path, name):
    day = pd.Timestamp("2025-01-31", tz="UTC")
    rows = _rows("2025-01-31 09:00", "2025-01-31 10:00", date="2025-01-31T00:00:00Z" if "csv" in name else day)
    assert _read(rows, tmp_path, name=name)["date"] == pd.Timestamp("2025-01-31")
    moved = rows.assign(released_at="2025-01-31T15:00Z", accepted_at="2025-01-31T14:30Z")
    row = _read(moved, tmp_path, "time_zone: America/New_York", name)
    assert (row["date"].day, row["released_at"].hour) == (31, 10)
