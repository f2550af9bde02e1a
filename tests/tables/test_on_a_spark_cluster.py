"""A standalone cluster on loopback carries price levels and risk scores; a worker that dies takes nothing with it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.tables.engine import spark
from analytics.tables.engine.interface import EngineError
from analytics.tables.engine.plainly import said_plainly

SCRIPT = Path(__file__).parents[2] / "benchmarks/scale/cluster.py"
# Few rows: compiling, by Java and by Spark, would cost more than running.
_QUICK = " ".join([
    "--driver-java-options -XX:TieredStopAtLevel=1", "--conf spark.executor.extraJavaOptions=-XX:TieredStopAtLevel=1",
    "--conf spark.sql.codegen.wholeStage=false", "--conf spark.sql.codegen.factoryMode=NO_CODEGEN", "pyspark-shell",
])  # fmt: skip


@pytest.mark.spark
@pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed: Spark needs Java 17")
def test_a_worker_killed_in_the_middle_changes_no_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("pyspark", reason="pyspark is not installed: pip install '.[spark]'")
    monkeypatch.setenv("PYSPARK_SUBMIT_ARGS", _QUICK)
    monkeypatch.setenv("ANALYTICS_TEMP", str(tmp_path))
    command = [sys.executable, str(SCRIPT), "10000", "--kill"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    assert "pyspark: " in told.stdout, told.stderr[-2000:]
    assert "workers alive at the end: 1" in told.stdout
    apart = dict(re.findall(r"(\w+): largest relative difference (\S+)", told.stdout))
    assert sorted(apart) == ["levels", "national", "scores"]
    assert all(float(value) < 1e-8 for value in apart.values()), apart
    assert list(tmp_path.iterdir()) == [], "what was kept between steps is removed"


class _FromJavaError(Exception):
    """Stands for what py4j raises."""

    __module__ = "py4j.protocol"


@pytest.mark.parametrize(("said", "told"), [
    ("o.a.s.SparkException: Job aborted: ExecutorLostFailure (executor 1 exited)\n\tat x", "lost workers again"),
    ("java.io.IOException: No space left on device", "is full"),
    ("java.lang.OutOfMemoryError: Java heap space", "spark.executor.memory"),
    ("java.io.FileNotFoundException: File file:/x.parquet does not exist", "lie where all workers see them"),
    ("java.lang.IllegalStateException: Cannot call methods on a stopped SparkContext.", "Spark has ended"),
])  # fmt: skip
def test_what_a_cluster_says_in_java_is_said_in_a_sentence(said: str, told: str):
    with pytest.raises(Exception, match=told) as caught, said_plainly():
        raise _FromJavaError(
            f"An error occurred while calling o55.toArrow.\n: {said}\n\tat org.apache.spark.X(X.scala:1)"
        )
    assert "\tat " not in str(caught.value)


def test_a_fault_of_the_query_keeps_its_own_words_and_one_of_ours_its_type():
    with pytest.raises(EngineError, match="Division by zero"), said_plainly():
        raise _FromJavaError("An error\n: org.apache.spark.SparkException: [DIVIDE_BY_ZERO] Division by zero.\n\tat x")
    with pytest.raises(KeyError), said_plainly():
        raise KeyError("ours")


def test_only_this_machine_is_spoken_to_on_loopback():
    assert spark._on_this_machine("local[2]")
    assert spark._on_this_machine("spark://127.0.0.1:7077")
    assert not spark._on_this_machine("spark://cluster:7077")
