"""The same figures in every way of running: one thread adds them, whoever starts the notebook."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(("given", "threads"), [(None, "1"), ("3", "3")])
def test_one_thread_is_the_default_of_the_engine_without_a_batch(given, threads):
    env = {k: v for k, v in os.environ.items() if k != "ANALYTICS_THREADS"}
    env |= {"ANALYTICS_THREADS": given} if given else {}
    asked = (
        "import ibis; from analytics import tables; "
        "t = tables.read('receipts', 'published:china_customs_revenue_monthly').ibis; "
        "print(t.get_backend().con.execute(\"SELECT current_setting('threads')\").fetchone()[0])"
    )
    done = subprocess.run([sys.executable, "-c", asked], env=env, capture_output=True, text=True)
    assert done.stdout.strip() == threads, done.stderr
