"""Shared fixtures: where the real data and the reference tables lie, if they are at hand."""

import os
from pathlib import Path

import pytest


def _folder(variable: str) -> Path:
    value = os.environ.get(variable)
    if not value:
        pytest.skip(f"{variable} is not set: this test needs the files of that folder")
    return Path(value).resolve()


@pytest.fixture(scope="session")
def analytics_data() -> Path:
    """Folder of the real data sets (environment variable ANALYTICS_DATA)."""
    return _folder("ANALYTICS_DATA")


@pytest.fixture(scope="session")
def analytics_fixtures() -> Path:
    """Folder of published reference tables (environment variable ANALYTICS_FIXTURES)."""
    return _folder("ANALYTICS_FIXTURES")
