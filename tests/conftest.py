"""Shared fixtures: where the real data and the reference tables lie, if they are at hand."""

import os
import shutil
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


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium that asks nothing of the network by itself."""
    from playwright.sync_api import Error, sync_playwright

    path = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
    if path is None:
        pytest.skip("no chromium on this machine: install it to check pages in a browser")
    with sync_playwright() as playwright:
        try:
            engine = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-quic"])
        except Error as error:
            pytest.skip(f"chromium does not start here: {error}")
        yield engine
        engine.close()
