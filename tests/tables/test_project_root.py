"""Paths in parameter sets mean the same from a notebook's folder and from the top."""

from pathlib import Path

import pytest

from analytics import tables


def test_the_root_is_found_from_a_notebooks_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "params").mkdir()
    (tmp_path / "pyproject.toml").touch()
    deep = tmp_path / "notebooks" / "valuation"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert tables.project_root() == tmp_path.resolve()


def test_outside_a_project_the_packages_own_folder_serves(tmp_path: Path):
    assert (tables.project_root(tmp_path) / "analytics").is_dir()
