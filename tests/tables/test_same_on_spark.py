"""The row-heavy steps give the same on Spark as on DuckDB, to 1e-9. Skipped where Java or pyspark is not at hand."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics import tables
from analytics.smuggling.features.frames import prepare as prepared_lines
from analytics.smuggling.features.history import DEVIATIONS, KEYS, key_codes, summed, volumes_by_day
from analytics.tables.engine import connection as engine
from analytics.tables.engine.spark import Spark
from analytics.valuation.alignment.stage import KINDS
from analytics.valuation.comparison.keys import cell_keys
from analytics.valuation.comparison.national import national_levels
from analytics.valuation.comparison.prepared import prepare
from analytics.valuation.comparison.question import Question
from analytics.valuation.comparison.references import cells, spelt, with_references

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed: Spark needs Java 17"),
]
# Few rows: compiling queries to bytecode would cost more than running them.
_SMALL = " ".join([
    "--driver-java-options -XX:TieredStopAtLevel=1", "--conf spark.sql.codegen.wholeStage=false",
    "--conf spark.sql.codegen.factoryMode=NO_CODEGEN", "pyspark-shell",
])  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("pyspark", reason="pyspark is not installed: pip install '.[spark]'")
    rows = tables.as_pandas(tables.simulate(1_500, 5).declarations)
    rows.loc[rows.index % 50 == 3, "quantity"] = 0.0
    rows.loc[rows.index % 70 == 5, "value"] = -1.0
    where = tmp_path_factory.mktemp("lines")
    rows[:900].to_parquet(where / "a.parquet", index=False)
    rows[900:].to_parquet(where / "b.parquet", index=False)
    return where


def _read(source: Path, name: str) -> tables.Table:
    return tables.read("declarations", str(source), engine=name)


@pytest.fixture(scope="module")
def both(folder: Path):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANALYTICS_MASK_KEY", "a key for tests only")
        patch.setenv("PYSPARK_SUBMIT_ARGS", _SMALL)
        patch.setattr(Spark, "looks_from", 0)
        yield _read(folder, "duckdb"), _read(folder, "spark:local[2]")


def _alike(one: pd.DataFrame, other: pd.DataFrame, by: list[str]) -> None:
    frames = [f.sort_values(by, ignore_index=True)[sorted(one.columns)] for f in (one, other)]
    pd.testing.assert_frame_equal(*frames, check_dtype=False, rtol=1e-9, atol=1e-9)


def test_checks_accounts_and_quarantine_are_the_same(both):
    duck, spark = both
    assert spark.ibis.get_backend().name == "pyspark"
    pd.testing.assert_frame_equal(duck.accounting.reasons, spark.accounting.reasons)
    pd.testing.assert_frame_equal(duck.accounting.quarantine, spark.accounting.quarantine)
    pd.testing.assert_frame_equal(duck.to_pandas(), spark.to_pandas())
    pd.testing.assert_frame_equal(duck.identities, spark.identities)


def test_text_that_duckdb_cleans_is_handed_over(folder: Path, both, tmp_path: Path):
    pd.read_parquet(folder / "a.parquet").head(300).to_csv(tmp_path / "a.csv", index=False)
    duck, spark = _read(tmp_path / "a.csv", "duckdb"), _read(tmp_path / "a.csv", "spark:local[2]")
    assert spark.ibis.get_backend().name == "pyspark"
    pd.testing.assert_frame_equal(duck.to_pandas(), spark.to_pandas())
    pd.testing.assert_frame_equal(duck.accounting.quarantine, spark.accounting.quarantine)


def test_parquet_too_small_for_a_cluster_is_checked_here_and_handed_over(folder: Path, both, monkeypatch):
    monkeypatch.setattr(Spark, "looks_from", 1 << 30)
    duck, spark = both[0], _read(folder, "spark:local[2]")
    assert spark.ibis.get_backend().name == "pyspark"
    pd.testing.assert_frame_equal(duck.to_pandas(), spark.to_pandas())
    pd.testing.assert_frame_equal(duck.accounting.quarantine, spark.accounting.quarantine)


def test_filter_cells_and_references_are_the_same(both):
    place, cell = ["declaration_id", "line_no"], ["product", "unit", "origin", "month", "district", "enterprise"]
    lines, references = [], []
    for table in both:
        prepared = prepare(table, Question())
        lines.append(engine.fetch(prepared.lines.select(*place, "shift", "deviation", "spread", "kind")))
        stored = engine.store(cells(prepared.kept, cell_keys(["district"])))
        references += [with_references(engine.fetch(stored), ["district"]), prepared.compared]
    _alike(*lines, by=place)
    assert set(lines[0]["kind"]) <= set(KINDS)
    for other in references[1:]:
        _alike(spelt(references[0]), spelt(other), by=cell)
    assert np.isfinite(references[0]["reference"]).mean() > 0.1


def test_history_features_are_the_same(both):
    frame = prepared_lines(both[0]).assign(unit_gap=lambda f: np.log(f["value"]), weight_gap=np.nan)
    frame.loc[frame.index % 7 == 2, "unit_gap"] = np.nan
    frame = frame.assign(**{name: frame["unit_gap"] for name in DEVIATIONS if name not in frame})
    here = pd.concat([part.assign(kind=kind) for kind, part in volumes_by_day(frame)], ignore_index=True)
    lines = engine.load_frame(frame[["day", "duty_rate", *DEVIATIONS]].assign(**key_codes(frame)), beside=both[1].ibis)
    assert lines.get_backend().name == "pyspark"
    there = pd.concat([engine.fetch(summed(lines, kind)).assign(kind=kind) for kind in KEYS], ignore_index=True)
    sums = (here, there)
    _alike(*sums, by=["kind", "key", "day"])


def test_national_levels_are_the_same(both):
    duck, spark = (national_levels(table).levels for table in both)
    pd.testing.assert_frame_equal(duck, spark, rtol=1e-9)


def test_an_engine_of_unknown_form_is_refused():
    with pytest.raises(tables.DataError, match="spark:local"):
        tables.read("declarations", "simulated:lines=1000,seed=1", engine="spork")
