"""The same figures in every way of running: one thread adds them, whoever starts the notebook."""

import pytest

from analytics.tables.engine.duck import DuckDB
from analytics.tables.engine.settings import Limits


@pytest.mark.parametrize(("given", "threads"), [(None, 1), ("3", 3)])
def test_one_thread_is_the_default_of_the_engine_without_a_batch(given, threads, monkeypatch):
    monkeypatch.delenv("ANALYTICS_THREADS", raising=False)
    if given:
        monkeypatch.setenv("ANALYTICS_THREADS", given)
    started = DuckDB(Limits.of_environment())
    assert started.raw.execute("SELECT current_setting('threads')").fetchone() == (threads,)
