"""Shared fixtures: where the real data and the reference tables lie, if they are at hand."""

import gc
import os
import shutil
from pathlib import Path

import pytest

# The collector would look through all that the libraries and 3,500 collected tests brought again and again: a quarter
# of the suite's processor time. What is there after collection stays; what a test makes is looked at less often.
gc.set_threshold(20_000, 20, 20)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    gc.unfreeze()  # else libraries in C++ report at the end what they believe is never given back


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


# The files that take longest, in order: they are begun first, so that at the end no core works on one alone.
DEAREST = (
    "house/test_briefings.py",
    "tables/test_on_a_spark_cluster.py",
    "tables/test_same_on_spark.py",
    "tables/test_first_hour.py",
    "tables/test_from_file_to_page.py",
    "smuggling/test_risk_selection.py",
    "tables/test_national_volume.py",
    "valuation/test_grades.py",
    "house/test_examples.py",
    "batch/test_what_goes_wrong.py",
    "tax_forecast/test_devices.py",
    "tables/test_row_accounting.py",
    "valuation/test_nothing_hides.py",
    "valuation/test_national_levels.py",
    "valuation/test_page.py",
    "smuggling/test_audit_plan.py",
    "tax_forecast/test_combination_and_spread.py",
    "smuggling/test_leaks_of_any_kind.py",
    "smuggling/test_enterprises_drift_and_rules.py",
    "tax_forecast/test_periods_of_the_year.py",
    "smuggling/test_selection_by_declaration.py",
)


def pytest_collection_modifyitems(items):
    """Begin with the dearest files; the others keep their order."""
    here = Path(__file__).parent
    place = {here / name: at for at, name in enumerate(DEAREST)}
    gone = [str(path) for path in place if not path.is_file()]
    assert not gone, f"tests/conftest.py, DEAREST: no such file: {', '.join(gone)}"
    items.sort(key=lambda item: place.get(item.path, len(place)))
