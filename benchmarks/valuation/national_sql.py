"""`national_levels` against the same definition in DuckDB SQL: one process each, the same files, the same rows.

    python benchmarks/valuation/national_sql.py [LINES] [--threads N] [--folder FOLDER]

Both start from a source that is read and checked. The SQL has the filter (median and spread of like goods, the wider
good where an origin is thin), cells, references of one, three and twelve months without the own group, and the five
breakdowns; it does not ask whether far lines are a practice, so that it does less. Without a filter both are the same
definition, and the script says how far apart their levels are. Printed are wall and processor seconds and peak memory.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from analytics import tables, valuation
from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.lines import imports, keyed

CELLS = """
CREATE TEMP TABLE l AS SELECT product, unit, origin, district, enterprise, chapter, quantity q, value v, tax_weight t,
  year(month) * 12 + month(month) m, ln(value / quantity) p FROM ({lines});
CREATE TEMP TABLE n AS SELECT product, unit, origin, count(*) n, median(p) c FROM l GROUP BY ALL;
CREATE TEMP TABLE w AS SELECT product, unit, median(p) c FROM l GROUP BY ALL;
CREATE TEMP TABLE d AS SELECT l.*, n.n >= 10 own, abs(p - if(n.n >= 10, n.c, w.c)) a
  FROM l JOIN n USING (product, unit, origin) JOIN w USING (product, unit);
CREATE TEMP TABLE ns AS SELECT product, unit, origin, median(a) s FROM d GROUP BY ALL;
CREATE TEMP TABLE ws AS SELECT product, unit, median(a) s FROM d GROUP BY ALL;
CREATE TEMP TABLE cell AS
  SELECT product, unit, origin, m, district, enterprise, any_value(chapter) chapter, count(*) n, sum(q) q, sum(v) v,
    sum(t) t, if(enterprise = '', 2, 1) e
  FROM d JOIN ns USING (product, unit, origin) JOIN ws USING (product, unit)
  WHERE {threshold} = 0 OR a <= {threshold} * greatest(1.4826022185056018 * if(own, ns.s, ws.s), 0.02)
  GROUP BY product, unit, origin, m, district, enterprise;
"""
LEVELS = """
WITH g AS (SELECT product, unit, origin, m, {group} g, sum(n) n, sum(q) q, sum(v) v, sum(e) e FROM cell GROUP BY ALL),
  own AS (SELECT product, unit, origin, m, g, {own} FROM g
    WINDOW w3 AS (PARTITION BY product, unit, origin, g ORDER BY m RANGE 2 PRECEDING),
      w12 AS (PARTITION BY product, unit, origin, g ORDER BY m RANGE 11 PRECEDING)),
  a AS (SELECT product, unit, origin, m, sum(n) n, sum(q) q, sum(v) v, sum(e) e FROM g GROUP BY ALL),
  every AS (SELECT product, unit, origin, m, {own} FROM a
    WINDOW w3 AS (PARTITION BY product, unit, origin ORDER BY m RANGE 2 PRECEDING),
      w12 AS (PARTITION BY product, unit, origin ORDER BY m RANGE 11 PRECEDING)),
  r AS (SELECT product, unit, origin, m, g, every.v1 / every.q1 i, coalesce({rest}) o
    FROM own JOIN every USING (product, unit, origin, m)),
  f AS (SELECT chapter, {group} g, t, t * q / v * i i, t * q / v * o b, if(o IS NULL, 0, t) mt FROM cell JOIN r
    ON (cell.product, cell.unit, cell.origin, cell.m, cell.{group}) = (r.product, r.unit, r.origin, r.m, r.g))
SELECT {chapter} chapter, g, sum(t) / sum(i) included, sum(mt) / nullif(sum(b), 0) loo FROM f
  GROUP BY GROUPING SETS ({sets})
"""
_OWN = ", ".join(f"sum({x}) OVER w{k} {x}{k}" for x in "nqve" for k in (3, 12)) + ", n n1, q q1, v v1, e e1"
_REST = ", ".join(
    f"CASE WHEN every.n{k} - own.n{k} >= 5 AND every.e{k} - own.e{k} >= 2 "
    f"THEN (every.v{k} - own.v{k}) / (every.q{k} - own.q{k}) END" for k in (1, 3, 12)
)  # fmt: skip
_SETS = {"district": ("chapter", "(), (chapter), (g), (g, chapter)"), "enterprise": ("NULL", "(g)")}
_NAMES = {(True, True): "nation", (False, True): "chapter", (True, False): "{g}", (False, False): "{g} x chapter"}


def in_sql(lines: str, threshold: float) -> pd.DataFrame:
    """Levels by SQL: by, key, level_included, level_loo."""
    database = engine.connection().con
    database.execute(CELLS.format(lines=lines, threshold=threshold))
    parts = []
    for group, (chapter, sets) in _SETS.items():
        query = LEVELS.format(group=group, own=_OWN, rest=_REST, chapter=chapter, sets=sets)
        found = database.execute(query).df()
        kind = [_NAMES[pd.isna(r.chapter), pd.isna(r.g)].format(g=group) for r in found.itertuples()]
        pairs = zip(found["g"], found["chapter"], strict=True)
        key = [" x ".join(str(x) for x in pair if not pd.isna(x)) or "all" for pair in pairs]
        parts.append(pd.DataFrame({"by": kind, "key": key, "level_included": found.included, "level_loo": found.loo}))
    return pd.concat(parts, ignore_index=True)


def one(what: str, source: Path, threshold: float, threads: int, out: Path) -> None:
    """One side, timed in this process; its levels go to `out`."""
    engine.configure(threads=threads)
    table = tables.read("declarations", str(source))
    cpu, wall = time.process_time(), time.perf_counter()
    if what == "sql":
        levels = in_sql(str(engine.duckdb().sql(keyed(imports(table))[0])), threshold)
    else:
        levels = valuation.national_levels(table, outlier_threshold=threshold).levels
    figures = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    levels[["by", "key", "level_included", "level_loo"]].to_parquet(out)
    print(json.dumps(figures))


def asked(what: str, source: Path, threshold: float, threads: int, out: Path) -> dict[str, float]:
    """Run one side in a process of its own."""
    command = [sys.executable, __file__, "--one", what, str(source), str(threshold), str(threads), str(out)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Print both sides with the filter, and how far apart they are without one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lines", nargs="?", type=float, default=1e6)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--folder", type=Path, help="where the simulated lines are kept; a temporary one by default")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        source = (given.folder or Path(temporary)) / f"s{int(given.lines)}"
        if not source.exists():
            tables.simulate(int(given.lines), 7).write(source)
        files, out = source / "declarations", Path(temporary)
        cost = {}
        for what in ("sql", "ours"):
            cost[what] = asked(what, files, 3.5, given.threads, out / f"{what}.parquet")
            print("{:5} wall {wall:7.2f} s  processor {cpu:7.2f} s  peak {peak_mb:6.0f} MB".format(what, **cost[what]))
            asked(what, files, 0.0, given.threads, out / f"{what}0.parquet")
        ratios = {name: cost["sql"][name] / cost["ours"][name] for name in ("cpu", "wall")}
        print("SQL over ours: processor {cpu:.2f}, wall {wall:.2f}".format(**ratios))
        a, b = (pd.read_parquet(out / f"{what}0.parquet").set_index(["by", "key"]).sort_index() for what in cost)
        apart = np.nanmax(np.abs(a / b.reindex(a.index) - 1)) if len(a) == len(b) else np.inf
        same = bool((a.isna() == b.reindex(a.index).isna()).all(axis=None))
        print(f"{len(a):,} levels without a filter: at most {apart:.1e} apart, missing in the same places: {same}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], Path(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]), Path(sys.argv[6]))
    else:
        main()
