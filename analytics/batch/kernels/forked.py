"""Kernels forked from the process that has read the libraries already (see `analytics.preload`).

Where forking is not safe (macOS, Windows) kernels start as fresh processes.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
import tempfile
from contextlib import suppress
from multiprocessing import forkserver, get_context
from pathlib import Path
from threading import Event
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from analytics.batch.kernels.limits import Watch
from analytics.preload import POSSIBLE

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG, prctl(2)


def _become_kernel(argv: list[str], env: dict[str, str], folder: str) -> None:
    """Turn the fork into an IPython kernel (runs in the child)."""
    gc.freeze()  # what the libraries brought is here to stay: collections, the last one too, need not go through it
    os.setsid()
    _end_with_parent()
    os.environ.clear()
    tempfile.tempdir = None  # the fork server may have looked for its own already
    # A kernel ends when its parent does, and its parent is the fork server.
    os.environ.update(env, JPY_PARENT_PID=str(os.getppid()))
    os.chdir(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if not env.get("PYTHONSAFEPATH"):
        sys.path.insert(0, "")
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance(argv)


def _end_with_parent() -> None:
    """Let the kernel end with the fork server, and the fork server with the batch, however the batch ends."""
    # Every fork holds the pipe by which the server sees that somebody still needs it: a kernel does not.
    alive = getattr(forkserver, "_forkserver", None)
    with suppress(OSError, AttributeError, TypeError):
        os.close(alive._forkserver_alive_fd)  # type: ignore[union-attr]
        alive._forkserver_alive_fd = None  # type: ignore[union-attr]
    # ipykernel looks for its parent once a second, but not while a library keeps the interpreter busy.
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)


class _Process:
    """A forked kernel with the face of `subprocess.Popen` that jupyter_client expects."""

    stdin = stdout = stderr = None

    def __init__(self, argv: list[str], env: dict[str, str], folder: str) -> None:
        self._process = get_context("forkserver").Process(
            target=_become_kernel, args=(argv, env, folder), daemon=True, name="kernel"
        )
        self._process.start()

    @property
    def pid(self) -> int:
        return int(self._process.pid or 0)

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self._process.kill()

    def terminate(self) -> None:
        self._process.terminate()


class ForkedProvisioner(LocalProvisioner):
    """Start kernels from the fork server, and none once the batch is being stopped."""

    stopping: Event
    watch: Watch

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel that `cmd` (python -m ipykernel_launcher ARGUMENTS) describes."""
        if self.stopping.is_set():
            raise InterruptedError("the batch is being stopped")
        if not POSSIBLE:
            connection = await super().launch_kernel(cmd, **kwargs)
            self.watch.begin(self.process)
            return connection
        folder = str(kwargs.get("cwd") or Path.cwd())
        process = _Process(cmd[cmd.index("ipykernel_launcher") + 1 :], dict(kwargs["env"]), folder)
        self.process: Any = process
        # The child leads a session of its own (setsid), so its group is itself.
        self.pid = self.pgid = process.pid
        self.cwd = folder
        if self.stopping.is_set():  # stopped between the first look and now: nobody else knows this process yet
            process.kill()
        self.watch.begin(process)
        return self.connection_info
