"""Run one notebook with its parameters through papermill, in a kernel of this environment."""

from __future__ import annotations

import logging
from pathlib import Path

import papermill
from papermill.exceptions import PapermillExecutionError

from analytics.batch.kernel import OwnKernelManager
from analytics.batch.place import shown
from analytics.errors import AnalystError
from analytics.language import Language
from analytics.parameters import ParameterSet
from analytics.root import project_root

# Parameters are checked against the schema; papermill's own warnings misread annotations such as `str | None`.
logging.getLogger("papermill").setLevel(logging.ERROR)


class NotebookError(Exception):
    """A cell of a notebook raised; the message is for an analyst, `source` is the cell."""

    def __init__(self, message: str, source: str) -> None:
        super().__init__(message)
        self.source = source


def execute(parameters: ParameterSet, work: Path, folder: Path, language: Language) -> None:
    """Execute the set's notebook into `work`/run.ipynb, which names `folder`, where it ends up.

    Raises
    ------
    NotebookError
        When a cell raises; run.ipynb is left as far as it came.
    """
    notebook = work / "run.ipynb"
    try:
        papermill.execute_notebook(
            parameters.notebook,
            notebook,
            parameters={**parameters.values, "language": language, "output_dir": shown(work)},
            kernel_name="python3",
            progress_bar=False,
            request_save_on_cell_execute=False,
            kernel_manager_class=OwnKernelManager,
            resources={"metadata": {"path": str(project_root())}},
        )
    except PapermillExecutionError as error:
        raise NotebookError(_said(error), error.source) from error
    finally:
        _rename_inside(notebook, shown(work), shown(folder))


def _rename_inside(notebook: Path, work: str, folder: str) -> None:
    """Let the notebook that is kept name the folder it ends up in, and no place of this machine."""
    if notebook.exists():
        text = notebook.read_text(encoding="utf-8").replace(work, folder).replace(f"{project_root()}/", "")
        notebook.write_text(text, encoding="utf-8")


def _said(error: PapermillExecutionError) -> str:
    # What is written for analysts arrives under the name of its base (`briefing.start`); a fault carries its type.
    return str(error.evalue) if error.ename == AnalystError.__name__ else f"{error.ename}: {error.evalue}"
