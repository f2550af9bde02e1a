"""How the command speaks when something is wrong."""

import pytest
from click.testing import CliRunner

from analytics.cli import main
from analytics.errors import DataError


@pytest.fixture
def broken(monkeypatch):
    """Return a function that makes a command raise."""

    def broken(error):
        def fail(*_args, **_more):
            raise error

        monkeypatch.setattr("analytics.parameters.reference", fail)
        return CliRunner().invoke(main, ["params", "valuation"])

    return broken


def test_an_error_for_analysts_is_plain_text(broken):
    outcome = broken(DataError("a.csv, line 3: write 0.001."))
    assert outcome.exit_code == 1
    assert outcome.output == "Error: a.csv, line 3: write 0.001.\n"


def test_a_fault_of_the_suite_is_shown_as_one_and_says_what_to_send_to_whom(broken, monkeypatch):
    monkeypatch.setenv("ANALYTICS_CONTACT", "Statistics Office, room 4")
    outcome = broken(KeyError("mean_error"))
    assert outcome.exit_code == 70
    assert "KeyError: 'mean_error'" in outcome.output
    assert "not of your data. Send the lines above and the command to Statistics Office, room 4" in outcome.output


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    for place in (tmp_path / "file" / "inside", tmp_path / "file"):
        outcome = CliRunner().invoke(main, ["simulate", "--lines", "1000", "--seed", "1", "--out", str(place)])
        assert outcome.exit_code == 1
        assert outcome.output.startswith(f"Error: {tmp_path / 'file'}")
        assert "has room and may be read" in outcome.output


def test_an_error_of_the_system_without_a_file_is_a_fault(broken):
    assert broken(OSError(12, "Cannot allocate memory")).exit_code == 70


def test_only_the_pillars_named_are_read_ahead(tmp_path, monkeypatch):
    from analytics.preload import _pillars

    for pillar in ("valuation", "smuggling"):
        (tmp_path / "params" / pillar).mkdir(parents=True)
        (tmp_path / "params" / pillar / "schema.json").touch()
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    assert _pillars(("params/valuation/ours.yaml",)) == []  # one kernel needs it: it reads what is its own
    assert _pillars(("params/valuation/ours.yaml", "params/valuation/theirs.yaml")) == ["analytics.valuation"]
    assert _pillars(("valuation",)) == ["analytics.valuation"]
    assert _pillars(()) == _pillars(("elsewhere.yaml",)) == ["analytics.smuggling", "analytics.valuation"]
