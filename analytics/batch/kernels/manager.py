"""The kernel that runs a notebook: always this environment's own Python.

JUPYTER_PATH, JUPYTER_PREFER_ENV_PATH or a missing kernelspec can make papermill start another environment's Python,
where the package is absent or old. So no kernelspec is looked up at all.
"""

from __future__ import annotations

import sys
import weakref
from threading import Event
from typing import Any, ClassVar

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec

from analytics.batch.kernels.forked import ForkedProvisioner
from analytics.batch.kernels.limits import Watch, stop
from analytics.batch.kernels.workplace import Workplace


class OwnKernelManager(AsyncKernelManager):
    """Kernel manager whose kernel is `sys.executable`, reached over ipc sockets.

    Sockets in a private folder avoid clashes of ports between runs side by side and traffic that others could read.
    Whatever the kernel writes for a while goes into that folder too.
    """

    running: ClassVar[weakref.WeakSet[OwnKernelManager]] = weakref.WeakSet()
    made: ClassVar[list[OwnKernelManager]]
    stopping: ClassVar[Event] = Event()
    place: ClassVar[Workplace]
    watch: ClassVar[Watch]

    def __init__(self, **options: Any) -> None:
        if OwnKernelManager.stopping.is_set():
            raise InterruptedError("the batch is being stopped")
        self.made.append(self)  # from here on `end` closes it
        told = {
            "transport": "ipc",
            "ip": str(self.place.sockets / "k"),
            "connection_file": str(self.place.folder / "kernel.json"),
        }
        super().__init__(**{**options, **told})
        self.provisioner = ForkedProvisioner(kernel_id="", kernel_spec=self.kernel_spec, parent=self)
        self.provisioner.stopping = OwnKernelManager.stopping
        self.provisioner.watch = self.watch
        OwnKernelManager.running.add(self)

    @property
    def kernel_spec(self) -> KernelSpec:
        """The one kernel there is: this interpreter, without a user's IPython start-up files or history."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--HistoryManager.enabled=False"]
        folder = str(self.place.folder)
        return KernelSpec(
            argv=[*argv, "--IPKernelApp.exec_PYTHONSTARTUP=False", "--log-level=50"],
            language="python",
            display_name="Analytics",
            env={"IPYTHONDIR": folder, "PYTHONSAFEPATH": "", "TMPDIR": folder, "ANALYTICS_TEMP": str(self.place.spill)},
        )


def manager_in(place: Workplace, watch: Watch) -> type[OwnKernelManager]:
    """Return the kernel manager of one run: its private place, and what watches over its limits."""
    return type("RunKernelManager", (OwnKernelManager,), {"place": place, "watch": watch, "made": []})


def end(managers: type[OwnKernelManager]) -> None:
    """End what a run's kernels left open, however the run ended.

    A socket left to the garbage collector can hold the process for ever: its context waits for a socket that is
    collected only after it.
    """
    for manager in managers.made:
        stop(getattr(getattr(manager, "provisioner", None), "process", None))
        manager.context.destroy(linger=0)
    managers.made.clear()


def stop_all() -> None:
    """Kill every running kernel: an interrupted batch leaves no process behind.

    Kernels live in sessions of their own, so the terminal's Ctrl-C does not reach them.
    """
    OwnKernelManager.stopping.set()
    for manager in list(OwnKernelManager.running):
        stop(getattr(getattr(manager, "provisioner", None), "process", None))
