"""A private folder goes with its maker; where that one was killed, with the next run."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

from analytics import places

_MAKE = "import sys; from pathlib import Path; from analytics import places; "
_HOLD = _MAKE + "print(places.until_exit(Path(sys.argv[1])), flush=True); sys.stdin.read()"
_SERVE = _MAKE + "from analytics import preload; preload._EVERY_NOTEBOOK = (); preload.begin(1, ('none',))"


def test_what_a_killed_process_leaves_is_swept_and_the_living_keep_theirs(tmp_path: Path):
    command = [sys.executable, "-c", _HOLD, str(tmp_path)]
    held = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    folder = Path(held.stdout.readline().strip())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (folder / "clear.parquet").write_text("unmasked")
    places.sweep([tmp_path])
    assert folder.exists(), "its maker lives"
    held.send_signal(signal.SIGKILL)
    held.communicate()
    places.sweep([tmp_path])
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_ends_leaves_nothing_and_says_nothing(tmp_path: Path):
    command = [sys.executable, "-c", _HOLD, str(tmp_path)]
    assert subprocess.run(command, input="", capture_output=True, text=True, check=True).stderr == ""
    # With the fork server's socket in it: multiprocessing removes its own part first.
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    served = subprocess.run([sys.executable, "-c", _SERVE], env=env, capture_output=True, text=True, check=True)
    assert served.stderr == ""
    assert list(tmp_path.iterdir()) == []
