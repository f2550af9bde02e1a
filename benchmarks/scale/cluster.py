"""A standalone cluster of Spark on this machine: one master, two workers of one core, all on loopback.

    python benchmarks/scale/cluster.py [LINES] [--kill]

Price levels and risk scores of the same simulated lines on DuckDB and on the cluster: seconds of each, and how far
they are from each other. With --kill one worker is killed a second after the price levels have begun.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil

HOST = "127.0.0.1"
_LEVELS = ("key", "level", "low95", "high95", "level_loo", "lines", "status")


def free_port() -> int:
    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])


@dataclass
class Cluster:
    """Processes of a cluster that was started; `address` is what `engine=` takes."""

    folder: Path
    master: int = field(default_factory=free_port)
    page: int = field(default_factory=free_port)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"spark://{HOST}:{self.master}"

    def start(self, kind: str, *arguments: str) -> None:
        """Start a master or a worker, in a session of its own so that it can be killed with its executors."""
        import pyspark

        home = Path(pyspark.__file__).parent
        env = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": HOST, "SPARK_DAEMON_MEMORY": "256m"}
        command = [str(home / "bin/spark-class"), f"org.apache.spark.deploy.{kind.lower()}.{kind}", "--host", HOST]
        with (self.folder / f"{kind}{len(self.processes)}.log").open("wb") as log:
            started = subprocess.Popen([*command, *arguments], env=env, stdout=log, stderr=log, start_new_session=True)
        self.processes.append(started)

    def kill_a_worker(self) -> None:
        """Kill the last worker and the executor that it started, as a machine that loses its power would."""
        worker = psutil.Process(self.processes[-1].pid)
        for process in (*worker.children(recursive=True), worker):
            process.kill()

    def workers(self) -> int:
        """Workers that the master knows to be alive."""
        with urlopen(f"http://{HOST}:{self.page}/json/", timeout=5) as answer:
            return answer.read().decode().count('"state" : "ALIVE"')


@contextmanager
def cluster(workers: int = 2) -> Iterator[Cluster]:
    """Start a master and workers of one core each; end them, and remove what they wrote, whatever happens."""
    one = Cluster(Path(tempfile.mkdtemp(prefix="spark-cluster-")))
    try:
        one.start("Master", "--port", str(one.master), "--webui-port", str(one.page))
        for _ in range(workers):
            place = ["--work-dir", str(one.folder / "work")]
            one.start("Worker", "--cores", "1", "--memory", "1g", "--webui-port", "0", *place, one.address)
        _wait(lambda: one.workers() >= workers)
        yield one
    finally:
        for process in one.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        shutil.rmtree(one.folder, ignore_errors=True)


def _wait(ready: Callable[[], bool], seconds: float = 120.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if ready():
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise RuntimeError("the cluster did not come up")


def worked_out(
    source: str, engine: str, at_work: Callable[[], Any] = lambda: None, model: Any = None
) -> dict[str, Any]:
    """Price levels and risk scores of a source on an engine; `at_work` is called when the levels begin.

    Without a `model` one is fitted on the first three fifths of the time.
    """
    from analytics import smuggling, tables
    from analytics.valuation import national_levels, price_level

    table = tables.read("declarations", source, engine=engine)
    at_work()
    levels = price_level(table, by=("district",)).levels.sort_values("key", ignore_index=True)[list(_LEVELS)]
    national = national_levels(table).levels
    declared = table.to_pandas()
    first = declared["date"] < declared["date"].quantile(0.6)
    model = model or smuggling.fit(declared[first])
    scores = smuggling.score(model, declared[~first])
    where = table.ibis.get_backend().name
    return {"levels": levels, "national": national, "scores": scores, "model": model, "where": where}


def apart(one: Any, other: Any) -> float:
    """Largest relative difference of the figures of two tables; other texts count as infinitely far."""
    import numpy as np

    if list(one.columns) != list(other.columns) or len(one) != len(other):
        return float("inf")
    texts = one.select_dtypes(exclude="number").astype("str")
    if not texts.equals(other[texts.columns].astype("str")):
        return float("inf")
    a, b = (x.select_dtypes("number").to_numpy(float) for x in (one, other))
    if not (np.isnan(a) == np.isnan(b)).all():
        return float("inf")
    return float(np.nanmax(np.abs(a - b) / np.maximum(np.abs(a), 1e-9), initial=0.0))


def main() -> None:
    """Time both engines on the same lines."""
    from analytics import tables

    numbers = [a for a in sys.argv[1:] if not a.startswith("-")]
    lines = int(float(numbers[0])) if numbers else 300_000
    os.environ.setdefault("ANALYTICS_MASK_KEY", "a key for measuring only")
    with cluster() as one:
        source = one.folder / "lines.parquet"
        tables.as_pandas(tables.simulate(lines, 5).declarations).to_parquet(source, index=False)
        begun = time.perf_counter()
        here = worked_out(str(source), "duckdb")
        print(f"duckdb: {time.perf_counter() - begun:.1f} s", flush=True)
        kill = threading.Timer(1.0, one.kill_a_worker)
        begun = time.perf_counter()
        there = worked_out(
            str(source), one.address, kill.start if "--kill" in sys.argv else lambda: None, here["model"]
        )
        kill.cancel()
        print(f"{there['where']}: {time.perf_counter() - begun:.1f} s, workers alive at the end: {one.workers()}")
        for name in ("levels", "national", "scores"):
            print(f"{name}: largest relative difference {apart(here[name], there[name]):.1e}")


if __name__ == "__main__":
    main()
