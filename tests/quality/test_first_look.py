"""An own file is read by a guessed map, and what was guessed is shown."""

from pathlib import Path

import pytest

from analytics import quality
from analytics.errors import AnalystError
from analytics.quality import page

EXAMPLE = Path(__file__).parents[2] / "params" / "quality" / "example_declarations.csv"


@pytest.fixture(autouse=True)
def _own_key(monkeypatch):
    monkeypatch.setenv("ANALYTICS_MASK_KEY", "a key for tests only")


def test_a_file_is_read_by_its_own_headings_and_every_guess_is_shown(tmp_path):
    look = quality.first_look(str(EXAMPLE), tmp_path)
    assert look.table.accounting.rows_read == 320
    assert look.table.accounting.rows_set_aside == 1
    told = dict(zip(look.columns["column"], look.columns["source"], strict=True))
    assert told["declaration_id"] == "Declaration No"
    assert told["net_mass_kg"] == "Net weight (kg)"
    assert look.left == ("Remarks",)
    assert "Remarks" in page.columns(look).exhibits[0].note.en
    assert Path(look.column_map).parent == tmp_path
    assert any(f"analytics start {EXAMPLE}" in step.en for step in page.next_steps(look, str(EXAMPLE)).items)


def test_a_file_that_a_shipped_map_reads_needs_no_map_of_its_own(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("month,receipts\n" + "".join(f"2024-{m:02d},{m}00\n" for m in range(1, 13)), encoding="utf-8")
    look = quality.first_look(str(path), tmp_path / "out", "receipts")
    assert look.table.name == "receipts"
    assert look.table.accounting.rows_used == 12
    assert "tax_forecast" in page.next_steps(look, str(path)).items[-1].en


def test_a_file_that_fits_nothing_says_what_to_do(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("colour,shape\nred,round\n", encoding="utf-8")
    with pytest.raises(AnalystError, match="column map by hand"):
        quality.first_look(str(path), tmp_path)
