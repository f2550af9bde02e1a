"""One zip file that can be sent."""

import json
import re
import shutil
import zipfile

import pytest

from analytics import briefing


@pytest.fixture
def packed(report, project):
    folder = report()
    # What must never leave, even where somebody put it into the wrong folder.
    shutil.copy(project / "private" / "en" / "tax_forecast" / "small" / "identities.csv", folder / "tables")
    (folder / "tables" / "identities.csv").chmod(0o644)
    (folder / "tables" / "own.csv").write_text("secret")
    (folder / "tables" / "own.csv").chmod(0o600)
    (folder / "quarantine" / "open.csv").write_text("91110000X")
    (folder / "run.json").write_text("{}")
    briefing.pack(folder, project / "small.zip")
    return zipfile.ZipFile(project / "small.zip")


def test_every_link_of_the_packed_page_resolves(packed):
    names = set(packed.namelist())
    page = packed.read("tax_forecast_small/briefing.html").decode()
    links = [link for link in re.findall(r'href="([^"]+)"', page) if not link.startswith("#")]
    assert "tables/errors.csv" in links
    assert {f"tax_forecast_small/{link}" for link in links} <= names


def test_the_private_table_is_never_packed(packed):
    assert not [n for n in packed.namelist() if "identit" in n or "own.csv" in n]
    assert not [n for n in packed.namelist() if b"91110000X" in packed.read(n)]


def test_the_same_briefing_gives_the_same_zip(report, project):
    folder = report()
    one, two = (briefing.pack(folder, project / f"{n}.zip").read_bytes() for n in ("one", "two"))
    assert one == two


def test_the_code_of_a_page_does_not_leave_the_house(report, project):
    folder = report()
    result = json.loads((folder / "result.json").read_text())
    (folder / "result.json").write_text(json.dumps({**result, "disclosure": "3,0.85"}))
    assert 'class="code"' in (folder / "briefing.html").read_text()
    archive = zipfile.ZipFile(briefing.pack(folder, project / "small.zip", outside=True))
    page = archive.read("tax_forecast_small/briefing.html").decode()
    assert 'class="code"' not in page
    assert not [n for n in archive.namelist() if n.endswith("ipynb")]


def test_a_link_to_nowhere_stops_the_packing(report, project):
    folder = report()
    (folder / "tables" / "errors.csv").unlink()
    with pytest.raises(FileNotFoundError, match=r"tables/errors\.csv"):
        briefing.pack(folder, project / "small.zip")
    assert not (project / "small.zip").exists()


def test_a_folder_without_a_page_says_what_to_do(project):
    with pytest.raises(FileNotFoundError, match="Run the parameter set first"):
        briefing.pack(project, project / "small.zip")


def test_a_link_out_of_the_folder_is_not_followed(report, project):
    folder = report()
    (project / "elsewhere.csv").write_text("secret")
    (folder / "tables" / "elsewhere.csv").symlink_to(project / "elsewhere.csv")
    names = zipfile.ZipFile(briefing.pack(folder, project / "small.zip")).namelist()
    assert not [n for n in names if "elsewhere" in n]


def test_a_link_to_a_folder_is_not_followed(report, project):
    folder = report()
    (project / "elsewhere").mkdir()
    (project / "elsewhere" / "errors.csv").write_text("secret")
    (project / "elsewhere" / "items.csv").write_text("secret")
    shutil.move(folder / "tables", project / "own")
    (folder / "tables").symlink_to(project / "elsewhere")
    with pytest.raises(FileNotFoundError, match="is not there to be packed"):
        briefing.pack(folder, project / "small.zip")


def test_rows_set_aside_are_private_and_stay_behind(report, project):
    folder = report()
    [kept] = (folder / "quarantine").glob("*.csv")
    assert kept.stat().st_mode & 0o077 == 0
    archive = zipfile.ZipFile(briefing.pack(folder, project / "small.zip"))
    assert not [n for n in archive.namelist() if "quarantine" in n]
    page = archive.read("tax_forecast_small/briefing.html").decode()
    assert "Rows set aside (CSV)" in page
    assert 'href="quarantine' not in page
