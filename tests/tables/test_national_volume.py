"""A typed source is used where it lies: every promise on rows holds as for a file that must be cleaned."""

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics import tables
from analytics.language import Text
from analytics.tables.contract.contracts import contract
from analytics.tables.engine import connection as engine
from analytics.tables.engine import settings
from analytics.tables.reading.recognised import opened
from analytics.tables.source import loading
from analytics.tables.source.sources import placed

TODAY = dt.date(2026, 11, 27)

SPOILED = {
    "nothing": lambda rows: rows,
    "ranges": lambda rows: rows.assign(
        quantity=rows["quantity"].where(rows.index % 50 != 3, 0.0),
        value=rows["value"].where(rows.index % 70 != 5, -1.0),
    ),
    "missing": lambda rows: rows.assign(
        hs_code=rows["hs_code"].where(rows.index % 40 != 7), date=rows["date"].where(rows.index % 60 != 1)
    ),
    "spaces": lambda rows: rows.assign(origin=rows["origin"].where(rows.index % 30 != 2, " CN ")),
    "tokens": lambda rows: rows.assign(unit=rows["unit"].where(rows.index % 30 != 2, "NULL")),
    "infinite": lambda rows: rows.assign(tax=rows["tax"].where(rows.index % 90 != 4, np.inf)),
    "short codes": lambda rows: rows.assign(hs_code=rows["hs_code"].where(rows.index % 25 != 3, "12")),
    "hours": lambda rows: rows.assign(date=rows["date"] + pd.Timedelta(hours=5)),
    "digits lost": lambda rows: rows.assign(port=rows["port"].where(rows.index % 45 != 3, "1.2E+15")),
}


# One of each kind; every further column costs time and shows nothing new.
COLUMNS = [
    "declaration_id", "line_no", "date", "district", "enterprise_id", "port", "hs_code", "origin", "unit", "quantity",
    "net_mass_kg", "value", "duty_rate", "tax", "version", "inspected", "outcome_date",
]  # fmt: skip


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    rows = tables.as_pandas(tables.simulate(3_000, 5).declarations)[COLUMNS]
    again = rows.iloc[::100].assign(value=lambda f: f["value"] * 1.1)
    return pd.concat([rows, rows.iloc[::200], again], ignore_index=True)


def _both(rows: pd.DataFrame, folder: Path) -> tuple[tables.Table, tables.Table]:
    rows.to_csv(folder / "lines.csv", index=False)
    (folder / "parts").mkdir()
    third = len(rows) // 3
    for number, part in enumerate((rows[:third], rows[third : third + 7], rows[third + 7 :])):
        part.to_parquet(folder / "parts" / f"{number}.parquet", index=False)
    return tables.read("declarations", str(folder / "parts")), tables.read("declarations", str(folder / "lines.csv"))


@pytest.mark.parametrize("kind", SPOILED)
def test_parquet_and_text_are_accounted_for_alike(tmp_path: Path, lines: pd.DataFrame, kind: str):
    parquet, text = _both(SPOILED[kind](lines), tmp_path)
    shown = ["reason", "rows", "code", "column"]
    pd.testing.assert_frame_equal(parquet.accounting.reasons[shown], text.accounting.reasons[shown])
    named = ["record", "reason", "column"]
    pd.testing.assert_frame_equal(
        parquet.accounting.quarantine[named].sort_values("record", ignore_index=True),
        text.accounting.quarantine[named].sort_values("record", ignore_index=True),
    )
    pd.testing.assert_frame_equal(parquet.to_pandas(), text.to_pandas())
    pd.testing.assert_frame_equal(parquet.identities, text.identities)
    assert parquet.accounting.first_period == text.accounting.first_period


WRITTEN = {
    "missing": SPOILED["missing"],
    "a comma": lambda rows: rows.assign(value=rows["value"].astype("str").where(rows.index != 2_900, "1,5")),
    "three digits": lambda rows: rows.assign(tax="1." + (100 + rows.index % 800).astype("str")),
    "a mark late": lambda rows: rows.assign(line_no=rows["line_no"].astype("str").where(rows.index != 2_950, "1.0")),
    "words": lambda rows: rows.assign(tax=rows["tax"].astype("str").where(rows.index != 2_800, "n.a.")),
    "a zone": lambda rows: rows.assign(date=rows["date"].astype("str").where(rows.index != 9, "2024-03-13T23:30+08")),
    "an open mark": lambda rows: rows.assign(origin=rows["origin"].where(rows.index != 50, 'C"N')),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_large_text_is_read_as_a_small_one(tmp_path: Path, lines: pd.DataFrame, kind: str, monkeypatch):
    path = str(tmp_path / "lines.csv")
    WRITTEN[kind](lines).to_csv(path, index=False, quoting=csv.QUOTE_NONE if "open" in kind else csv.QUOTE_MINIMAL)
    careful = tables.check("declarations", path, today=TODAY)
    monkeypatch.setattr(loading, "LARGE", 0)
    at_once = tables.check("declarations", path, today=TODAY)
    assert at_once.text == careful.text
    shown = ["record", "line", "reason", "column"]
    one, other = (r.table.accounting.quarantine[shown] for r in (careful, at_once))
    pd.testing.assert_frame_equal(*(q.sort_values(["line", "reason"], ignore_index=True) for q in (one, other)))
    pd.testing.assert_frame_equal(careful.table.to_pandas(), at_once.table.to_pandas())


def test_clean_figures_of_a_large_text_are_cast_while_it_is_loaded(tmp_path: Path, lines: pd.DataFrame, monkeypatch):
    monkeypatch.setattr(loading, "LARGE", 0)
    lines.to_csv(tmp_path / "lines.csv", index=False)
    [one] = opened(contract("declarations"), placed(str(tmp_path / "lines.csv")), None)
    assert one.raw.in_place
    assert one.shaped.table["value"].type().is_floating()
    assert one.shaped.table["hs_code"].type().is_string()


def test_clean_parquet_is_not_copied_into_the_engine(tmp_path: Path, lines: pd.DataFrame, monkeypatch):
    sizes = []
    keep = engine.store
    monkeypatch.setattr(engine, "store", lambda *a, **k: sizes.append(engine.count(t := keep(*a, **k))) or t)
    lines.to_parquet(tmp_path / "lines.parquet", index=False)
    assert tables.read("declarations", str(tmp_path / "lines.parquet")).accounting.rows_read == len(lines)
    assert max(sizes) < len(lines) / 10


def test_rows_kept_out_of_a_source_in_place_are_accounted_for(tmp_path: Path, lines: pd.DataFrame):
    lines.to_parquet(tmp_path / "lines.parquet", index=False)
    table = tables.read("declarations", str(tmp_path / "lines.parquet"))
    kept = table.keep(lambda t: t.value > 1000, Text("small", "小额"))
    assert kept.accounting.rows_read == kept.accounting.rows_used + kept.accounting.rows_set_aside == len(lines)
    assert len(kept.to_pandas()) == kept.accounting.rows_used
    assert (kept.to_pandas()["value"] > 1000).all()


def test_without_a_setting_the_engine_takes_half_of_the_memory_and_spills_beyond():
    query = "SELECT current_setting('memory_limit'), current_setting('temp_directory')"
    ((limit, folder),) = engine.connection().con.execute(query).fetchall()
    number, unit = limit.split()
    size = float(number) * {"MiB": 2**20, "GiB": 2**30, "TiB": 2**40}[unit]
    assert size == pytest.approx(settings.machine_memory() / 2, rel=0.02)
    assert Path(folder).is_relative_to(engine.temporary_folder())
