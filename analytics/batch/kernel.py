"""The kernel that runs a notebook: always this environment's own Python.

JUPYTER_PATH, JUPYTER_PREFER_ENV_PATH or a missing kernelspec can make papermill start another environment's Python,
where the package is absent or old. So no kernelspec is looked up at all.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any, ClassVar

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec

from analytics.batch.forked import ForkedProvisioner


class OwnKernelManager(AsyncKernelManager):
    """Kernel manager whose kernel is `sys.executable`, reached over ipc sockets.

    Sockets in a private folder avoid clashes of ports between runs side by side and traffic that others could read.
    """

    running: ClassVar[weakref.WeakSet[OwnKernelManager]] = weakref.WeakSet()
    stopping: ClassVar[Event] = Event()

    def __init__(self, **options: Any) -> None:
        if OwnKernelManager.stopping.is_set():
            raise InterruptedError("the batch is being stopped")
        # A short path: the name of an ipc socket may hold about 100 characters.
        self._folder = tempfile.mkdtemp(prefix="nb-")
        super().__init__(**{**options, "transport": "ipc", "connection_file": str(Path(self._folder) / "kernel.json")})
        self.provisioner = ForkedProvisioner(kernel_id="", kernel_spec=self.kernel_spec, parent=self)
        self.provisioner.stopping = OwnKernelManager.stopping
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        OwnKernelManager.running.add(self)

    @property
    def kernel_spec(self) -> KernelSpec:
        """The one kernel there is: this interpreter, without a user's IPython start-up files or history."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--HistoryManager.enabled=False"]
        return KernelSpec(
            argv=[*argv, "--IPKernelApp.exec_PYTHONSTARTUP=False", "--log-level=50"],
            language="python",
            display_name="Analytics",
            env={"IPYTHONDIR": self._folder, "PYTHONSAFEPATH": ""},
        )


def stop_all() -> None:
    """Kill every running kernel: an interrupted batch leaves no process behind.

    Kernels live in sessions of their own, so the terminal's Ctrl-C does not reach them.
    """
    OwnKernelManager.stopping.set()
    for manager in list(OwnKernelManager.running):
        process = getattr(getattr(manager, "provisioner", None), "process", None)
        if process is not None and process.poll() is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
