"""Nothing downstream can give an identifier away, and those who must act find their way back."""

import stat
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from analytics import tables
from analytics.briefing import masking as door
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


def test_names_of_earlier_briefings_hold_under_the_same_key():
    """BLAKE2b of 48 bits, keyed by the SHA-256 of the key: a private table of years ago still leads back."""
    assert masking.mask("91110000X", "E", b"a key of some length") == "E-32fb1207189d"


def test_a_key_of_sixteen_signs_is_taken_and_one_sign_less_is_not(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ANALYTICS_MASK_KEY", "k" * 16)
    assert masking.key() == b"k" * 16
    monkeypatch.setenv("ANALYTICS_MASK_KEY", "k" * 15)
    with pytest.raises(tables.DataError, match="shorter than 16"):
        masking.key()


def test_of_two_runs_that_want_a_key_at_once_the_first_ones_counts(project: Path):
    path = masking.private_folder() / "mask.key"
    masking._create(path, "first")
    masking._create(path, "second")
    assert masking.key() == b"first"
    assert [p.name for p in path.parent.iterdir()] == ["mask.key"]


def test_two_identifiers_under_one_name_are_refused_and_each_stands_once(monkeypatch: pytest.MonkeyPatch):
    found = masking.lookup(["B", "A", "B"], "E", "enterprise", b"k")
    assert found["original"].tolist() == ["A", "B"]
    assert set(found["kind"]) == {"enterprise"}
    monkeypatch.setattr(masking, "mask", lambda original, prefix, secret: "E-1")
    with pytest.raises(tables.DataError, match="the same masked name"):
        masking.lookup(["A", "B"], "E", "enterprise", b"k")


def test_the_last_door_masks_what_was_joined_on_again_and_nothing_else():
    told = SimpleNamespace(identities=masking.lookup(["ENT-A", "77"], "E", "enterprise", b"k"))
    name = dict(zip(told.identities["original"], told.identities["masked"], strict=True))
    frame = pd.DataFrame({"enterprise_id": ["ENT-A", "free", None], "note": ["ENT-A", "77", "x"], "rows": [77, 1, 2]})
    safe = door.masked(frame, [told])
    assert safe["enterprise_id"].tolist()[:2] == [name["ENT-A"], "free"]
    assert safe[["note", "rows"]].equals(frame[["note", "rows"]])
    everywhere = door.masked(frame, [told, told], everywhere=True)
    assert everywhere["note"].tolist() == [name["ENT-A"], name["77"], "x"]
    assert everywhere["rows"].tolist() == [77, 1, 2]  # a figure is no identifier
    assert frame["enterprise_id"].iloc[0] == "ENT-A"
    assert door.masked(frame, [SimpleNamespace(identities=None)]) is frame
    assert len(door.identities([told, told])) == 2
    assert door.masked_text("Enterprise ENT-A, not ENT-AB.", name) == f"Enterprise {name['ENT-A']}, not ENT-AB."


def test_the_way_back_of_each_briefing_has_a_place_of_its_own_closed_to_others(project: Path):
    """Inside the reports by language, pillar and set; elsewhere by the last folders and a mark of the whole path."""
    told = SimpleNamespace(identities=masking.lookup(["ENT-A"], "E", "enterprise", b"k"))
    good = project / "reports/en/valuation/one"
    path = door.write_identities([told], good, project)
    assert path == project / "private/en/valuation/one/identities.csv"
    assert "ENT-A" in path.read_text(encoding="utf-8-sig")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((project / "private").stat().st_mode) == 0o700
    # A batch writes beside the good one first: the same briefing, and no other folder that only looks like it.
    assert door.write_identities([told], good.with_name(".one.partial"), project) == path
    hidden = door.write_identities([told], good.with_name(".one"), project)
    assert hidden == path.parents[1] / ".one" / path.name
    away, twin = (door.write_identities([told], project / up / "out/en/valuation/one", project) for up in ("a", "b"))
    assert away.parents[2] == twin.parents[2] == project / "private/en"
    assert away.parent.name[:4] == twin.parent.name[:4] == "one-"
    assert len(away.parent.name) == 12
    assert away != twin
    assert door.write_identities([SimpleNamespace(identities=None)], good, project) is None


def test_the_way_back_lists_each_name_once_in_order_of_its_mask():
    told = SimpleNamespace(identities=masking.lookup(["C", "A", "B"], "E", "enterprise", b"k"))
    more = SimpleNamespace(identities=masking.lookup(["D"], "D", "declarant", b"k"))
    found = door.identities([told, more, told])
    assert found.index.tolist() == [0, 1, 2, 3]
    assert found["kind"].tolist() == ["declarant", *["enterprise"] * 3]
    assert found["masked"].iloc[1:].is_monotonic_increasing
    assert door.identities([]).columns.tolist() == ["kind", "masked", "original"]


def test_a_folder_that_others_could_look_into_is_closed_and_a_table_written_twice_is_the_last_one(tmp_path: Path):
    frame = masking.lookup(["A", "B"], "E", "enterprise", b"k")
    path = tmp_path / "new/deep/identities.csv"
    assert masking.write_private(frame, path) == path
    assert masking.write_private(frame.head(1), path) == path
    read = pd.read_csv(path, encoding="utf-8-sig")
    assert read.columns.tolist() == ["kind", "masked", "original"]
    assert read["original"].tolist() == ["A"]
    assert [p.name for p in path.parent.iterdir()] == ["identities.csv"]
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_private_folder_that_stood_open_is_closed(project: Path):
    (project / "private").mkdir(mode=0o755)
    assert stat.S_IMODE(masking.private_folder().stat().st_mode) == 0o700
    assert masking.private_folder() == project / "private"
