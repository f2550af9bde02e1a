"""Run one notebook with its parameters through papermill, in a kernel of this environment."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from analytics.batch.kernels.limits import Limits, Watch
from analytics.batch.kernels.manager import OwnKernelManager, end, manager_in
from analytics.batch.kernels.workplace import Workplace, workplace
from analytics.batch.place import shown
from analytics.errors import AnalystError
from analytics.language import Language, Text
from analytics.parameters import ParameterSet
from analytics.root import project_root, standing

# Parameters are checked against the schema; papermill's own warnings misread annotations such as `str | None`.
logging.getLogger("papermill").setLevel(logging.ERROR)
_DIED = Text(
    "its kernel died, most often because the memory of the machine was used up: set --memory-limit, take fewer rows, "
    "or run fewer sets at a time (--jobs 1)",
    "其内核意外终止，多因本机内存耗尽：可设置--memory-limit、减少数据行数，或减少并行数量（--jobs 1）",
)


class NotebookError(Exception):
    """A cell of a notebook raised; `source` is the cell.

    Attributes
    ----------
    source : str
    trace : str
        Of a fault of the suite; empty where the message is written for an analyst.
    """

    def __init__(self, message: str, source: str, trace: str = "") -> None:
        super().__init__(message)
        self.source, self.trace = source, trace


@dataclass
class _Progress:
    """Which cell a notebook is at."""

    cell: Any = None
    index: int = -1
    done: list[Any] = field(default_factory=list)

    def at(self, cell: Any, cell_index: int) -> None:
        if cell.cell_type == "code":
            self.cell, self.index = cell, cell_index


def execute(parameters: ParameterSet, work: Path, folder: Path, language: Language, limits: Limits) -> None:
    """Execute the set's notebook into `work`/run.ipynb, which names `folder`, where it ends up.

    Raises
    ------
    NotebookError
        When a cell raises, takes more than the limits allow, or its kernel dies; run.ipynb is left as far as it came.
    """
    notebook, watch, progress = work / "run.ipynb", Watch(limits), _Progress()
    try:
        with workplace() as place, _kernels(place, watch) as managers:
            papermill.execute_notebook(
                parameters.notebook,
                notebook,
                parameters={**parameters.values, **_around(parameters, language, work)},
                kernel_name="python3",
                progress_bar=False,
                request_save_on_cell_execute=False,
                kernel_manager_class=managers,
                on_cell_start=progress.at,
                resources={"metadata": {"path": str(standing())}},
            )
    except PapermillExecutionError as error:
        raise _as_told(error) from error
    except (DeadKernelError, RuntimeError) as error:
        if OwnKernelManager.stopping.is_set() or (watch.reason is None and not isinstance(error, DeadKernelError)):
            raise
        _keep(parameters, notebook)
        raise _stopped(watch.reason or _DIED, progress, language) from error
    finally:
        watch.end()
        _rename_inside(notebook, shown(work), shown(folder))


def _around(parameters: ParameterSet, language: Language, work: Path) -> dict[str, str]:
    """Variables of every notebook beside its own parameters."""
    outside = {"disclosure": parameters.disclosure} if parameters.disclosure else {}
    return {"language": language, "output_dir": shown(work), **outside}


@contextmanager
def _kernels(place: Workplace, watch: Watch) -> Iterator[type[OwnKernelManager]]:
    managers = manager_in(place, watch)
    try:
        yield managers
    finally:
        end(managers)


def _as_told(error: PapermillExecutionError) -> NotebookError:
    # What is written for analysts arrives under the name of its base (`briefing.start`); a fault carries its type.
    if error.ename == AnalystError.__name__:
        return NotebookError(str(error.evalue), error.source)
    return NotebookError(f"{error.ename}: {error.evalue}", error.source, "\n".join(error.traceback))


def _stopped(reason: Text, progress: _Progress, language: Language) -> NotebookError:
    source = progress.cell.source if progress.cell is not None else ""
    first = next((line.strip() for line in source.splitlines() if line.strip()), "")
    text = Text(
        f'The set was stopped in cell {progress.index + 1} ("{first}"): {reason.en}.',
        f"参数集在第{progress.index + 1}个单元（“{first}”）处终止：{reason.zh}。",
    )
    return NotebookError(text.in_language(language), source)


def _keep(parameters: ParameterSet, notebook: Path) -> None:
    """Leave the notebook as it was to be run, where papermill could not save it."""
    if not notebook.exists():
        with suppress(OSError):
            nbformat.write(nbformat.read(parameters.notebook, as_version=4), notebook)


def _rename_inside(notebook: Path, work: str, folder: str) -> None:
    """Let the notebook that is kept name the folder it ends up in, and no place of this machine."""
    if notebook.exists():
        text = notebook.read_text(encoding="utf-8").replace(work, folder).replace(f"{project_root()}/", "")
        notebook.write_text(text, encoding="utf-8")
