"""Nothing downstream can give an identifier away, and those who must act find their way back."""

import stat
from pathlib import Path

import pytest

from analytics import tables
from analytics.tables.reading import masking


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project in which no key is set."""
    (tmp_path / "params").mkdir()
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANALYTICS_MASK_KEY")
    return tmp_path


def test_identifiers_are_replaced_and_the_private_table_leads_back(csv_file):
    table = tables.read("declarations", csv_file())
    shown = table.to_pandas()
    assert shown["enterprise_id"].str.fullmatch(r"E-[0-9a-f]{12}").all()
    assert shown["enterprise_id"].nunique() == 2
    back = table.identities.set_index("masked")["original"]
    assert back.loc[shown["enterprise_id"]].tolist() == ["ENT-A", "ENT-A", "ENT-B"]
    assert "ENT-" not in shown.to_csv()
    assert shown["declaration_id"].iloc[0] == "310120250000000001"


def test_quarantine_and_report_show_no_identifier_either(csv_file):
    path = csv_file("A,1,2025-03-01,,ENT-SECRET,030289,,,-1,1,1", "too,few,ENT-SECRET")
    report = tables.check("declarations", path)
    assert "ENT-SECRET" not in report.text
    assert "ENT-SECRET" not in report.table.accounting.quarantine.to_csv()


def test_names_are_stable_under_one_key_and_differ_under_another(csv_file, monkeypatch: pytest.MonkeyPatch):
    path = csv_file()
    first = tables.read("declarations", path).to_pandas()["enterprise_id"]
    assert tables.read("declarations", path).to_pandas()["enterprise_id"].equals(first)
    monkeypatch.setenv("ANALYTICS_MASK_KEY", "another key of some length")
    assert not set(tables.read("declarations", path).to_pandas()["enterprise_id"]) & set(first)


def test_an_enterprise_that_declares_for_itself_stays_visible_as_such():
    assert masking.mask("X", "E", b"k")[2:] == masking.mask("X", "D", b"k")[2:]


def test_masking_can_be_left_off_on_purpose(csv_file):
    table = tables.read("declarations", csv_file(), mask=False)
    assert table.to_pandas()["enterprise_id"].tolist() == ["ENT-A", "ENT-A", "ENT-B"]
    assert table.identities.empty


def test_a_key_is_made_once_and_for_the_owner_alone(project: Path):
    first = masking.key()
    assert masking.key() == first
    assert len(first) == 64
    path = project / "private" / "mask.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [p.name for p in path.parent.iterdir()] == ["mask.key"]


def test_a_key_that_anybody_could_guess_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ANALYTICS_MASK_KEY", "short")
    with pytest.raises(tables.DataError, match="shorter than 16"):
        masking.key()


def test_the_private_table_is_readable_by_its_owner_alone(csv_file, tmp_path: Path):
    table = tables.read("declarations", csv_file())
    path = tables.write_private(table.identities, tmp_path / "private" / "identities.csv")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "ENT-A" in path.read_text(encoding="utf-8-sig")
