"""Kernels forked from the process that has read the libraries already (see `analytics.preload`).

Where forking is not safe (macOS, Windows) kernels start as fresh processes.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from multiprocessing import get_context
from pathlib import Path
from threading import Event
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from analytics.preload import POSSIBLE


def _become_kernel(argv: list[str], env: dict[str, str], folder: str) -> None:
    """Turn the fork into an IPython kernel (runs in the child)."""
    gc.freeze()  # what the libraries brought is here to stay: collections, the last one too, need not go through it
    os.setsid()
    os.environ.clear()
    # A kernel ends when its parent does, and its parent is the fork server.
    os.environ.update(env, JPY_PARENT_PID=str(os.getppid()))
    os.chdir(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if not env.get("PYTHONSAFEPATH"):
        sys.path.insert(0, "")
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance(argv)


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

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel that `cmd` (python -m ipykernel_launcher ARGUMENTS) describes."""
        if self.stopping.is_set():
            raise InterruptedError("the batch is being stopped")
        if not POSSIBLE:
            return await super().launch_kernel(cmd, **kwargs)
        folder = str(kwargs.get("cwd") or Path.cwd())
        process = _Process(cmd[cmd.index("ipykernel_launcher") + 1 :], dict(kwargs["env"]), folder)
        self.process: Any = process
        # The child leads a session of its own (setsid), so its group is itself.
        self.pid = self.pgid = process.pid
        self.cwd = folder
        if self.stopping.is_set():  # stopped between the first look and now: nobody else knows this process yet
            process.kill()
        return self.connection_info
