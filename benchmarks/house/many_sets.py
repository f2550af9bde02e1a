"""Many real sets in one batch: memory, processes, ports and folders while it runs and after; then each verified.

    python benchmarks/house/many_sets.py [NUMBER] [--verify CHECKOUT] [--jobs N] [--place FOLDER]

Real notebooks of several pillars on small data, each set another seed or month. Every tenth of the way the memory of
the batch and of its fork server is printed; at the end what is left of processes, listening ports and folders, and the
seconds of the index. With --verify every briefing is made again by the code of another checkout (`git clone . PLACE`)
and compared to the byte. With --place all of it stays in a folder, and the same command takes up where it was stopped:
briefings that stand are up to date, those verified stand in verified.jsonl.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ANALYTICS = Path(sys.executable).with_name("analytics")
REPLAY = """
import json, sys
from pathlib import Path
from analytics import preload
preload.begin(1)
from analytics.batch.checks.verify import verify
import analytics
print("code of", analytics.__file__, flush=True)
for folder in map(Path, sys.argv[1:]):
    found = verify(folder)
    name = f"{folder.parent.name}/{folder.name}"
    print(json.dumps([name, found.holds, found.equal, found.unequal, [n.en for n in found.notes]]), flush=True)
"""


def written(folder: Path, number: int) -> list[Path]:
    """Write sets of five pillars in turn, the cheapest oftenest."""
    files = []
    for at in range(number):
        pillar, values = [
            ("quality", {"source": f"simulated:lines=2000,seed={at}"}),
            ("tax_forecast", {"receipts": "published:china_customs_revenue_monthly", "year": 2014 + at // 5 % 11,
                              "as_of": f"{2014 + at // 5 % 11}-{at // 5 % 12 + 1:02d}", "policy_events": []}),
            ("quality", {"source": f"simulated:lines=1500,seed={at}"}),
            ("valuation", {"declarations": f"simulated:lines=1500,seed={at}", "by": ["district"]}),
            ("operations", {"declarations": f"simulated:lines=2000,seed={at},detail=full"}),
        ][at % 5]  # fmt: skip
        path = folder / "params" / pillar / f"s{at:03d}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
        files.append(path)
    return files


def watched(command: list[str], env: dict[str, str], number: int) -> None:
    """Run a batch; print its memory along the way, and what of it is left."""
    begun = time.perf_counter()
    batch = psutil.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    seen: set[int] = {batch.pid}
    for done, line in enumerate(batch.stdout, 1):
        if done % max(1, number // 10) == 0:
            server = next((c for c in batch.children() if "forkserver" in " ".join(c.cmdline())), batch)
            seen |= {c.pid for c in batch.children(recursive=True)}
            sizes = [p.memory_info().rss / 2**20 for p in (batch, server)]
            files = batch.num_fds()
            print(f"{done} sets: batch {sizes[0]:.0f} MB, fork server {sizes[1]:.0f} MB, {files} open files, "
                  f"{len(batch.children(recursive=True))} processes", flush=True)  # fmt: skip
        if "failed" in line:
            print(line.rstrip())
    batch.wait()
    print(f"ended with {batch.returncode} after {time.perf_counter() - begun:.0f} s")
    time.sleep(3)
    alive = [pid for pid in seen if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE]
    ports = [c.laddr.port for c in psutil.net_connections() if c.status == "LISTEN" and c.pid in seen]
    left = [p.name for p in Path(env["TMPDIR"]).iterdir()]
    print(f"left: {len(alive)} processes, {len(ports)} ports, {len(left)} folders {left[:3]}")


def main() -> None:
    """Run, watch, time the index, verify."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("number", nargs="?", type=int, default=50)
    parser.add_argument("--jobs", default="2")
    parser.add_argument("--verify", type=Path)
    parser.add_argument("--place", type=Path)
    given = parser.parse_args()
    root = given.place.resolve() if given.place else Path(tempfile.mkdtemp(prefix="many-"))
    try:
        measured(root, given)
    finally:
        if given.place is None:
            shutil.rmtree(root, ignore_errors=True)


def measured(root: Path, given: argparse.Namespace) -> None:
    """Run the sets in a folder, and verify them where that is asked for."""
    files = written(root, given.number)
    (root / "t").mkdir(exist_ok=True)
    env = {**os.environ, "TMPDIR": str(root / "t"), "ANALYTICS_MASK_KEY": "a key for measuring only"}
    command = [str(ANALYTICS), "run", "--jobs", given.jobs, "--out", str(root / "reports"), *map(str, files)]
    watched(command, env, given.number)
    from analytics.batch.schedule import write_index

    for told in ("first", "again"):
        begun, cpu = time.perf_counter(), time.process_time()
        write_index(root / "reports/en", "en")
        cpu, wall = time.process_time() - cpu, time.perf_counter() - begun
        print(f"index of {given.number}, {told}: {wall:.2f} s of wall, {cpu:.2f} of processor", flush=True)
    if given.verify:
        verified(root, given.verify.resolve(), env)


def verified(root: Path, checkout: Path, env: dict[str, str]) -> None:
    """Make every briefing again by the code of another checkout, those apart that were made again before."""
    told = root / "verified.jsonl"
    lines = [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []
    done = {line[0] for line in lines}
    folders = sorted(p.parent for p in root.glob("reports/en/*/*/provenance.json"))
    left = [str(folder) for folder in folders if f"{folder.parent.name}/{folder.name}" not in done]
    env = env | {"PYTHONPATH": str(checkout)}
    replay = [sys.executable, "-c", REPLAY, *left]
    with subprocess.Popen(replay, env=env, cwd=checkout, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if not line.startswith("["):
                print(line.rstrip(), flush=True)
                continue
            lines.append(json.loads(line))
            with told.open("a") as file:
                file.write(line)
    for line in lines:
        if not line[1]:
            print(line)
    print(f"verified: {sum(line[1] for line in lines)} of {len(folders)} equal to the byte")


if __name__ == "__main__":
    main()
