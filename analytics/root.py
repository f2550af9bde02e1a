"""The project's root: the folder that paths in parameter sets are relative to."""

from __future__ import annotations

from pathlib import Path


def _is_root(folder: Path) -> bool:
    return (folder / "params").is_dir() and (folder / "pyproject.toml").is_file()


def project_root(start: Path | None = None) -> Path:
    """Nearest folder upwards that holds `params/` and `pyproject.toml`.

    Notebooks run from their own folder and batches from the root: both find the same place. Outside a project the
    clone that the package was installed from serves; where it was installed from a wheel, the folder to begin in.

    Parameters
    ----------
    start : Path, optional
        Where to begin; by default the working directory.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if _is_root(folder):
            return folder
    clone = Path(__file__).resolve().parents[1]
    return clone if _is_root(clone) else here


def shipped_root() -> Path:
    """Folder that holds params/ and notebooks/: the project's root, else what an installed package brings along."""
    root = project_root()
    return root if _is_root(root) else Path(__file__).resolve().parent / "project"


def standing() -> Path:
    """Folder that notebooks run in: the project's root for who works inside it, else where the user stands."""
    here, root = Path.cwd().resolve(), project_root()
    return root if here.is_relative_to(root) else here


def where_named(path: str | Path) -> Path:
    """A path as its user means it: from where the user stands, else from the project's root.

    Parameters
    ----------
    path : absolute, relative or beginning with ~

    Returns
    -------
    Path, whether or not anything is there.
    """
    named = Path(path).expanduser()
    if named.is_absolute():
        return named
    here = Path.cwd() / named
    return here if here.exists() else project_root() / named
