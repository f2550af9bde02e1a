"""A page over a file of which much could not be read: it says so at its head, and never that the target is met."""

import json
from pathlib import Path

import pytest

from analytics import briefing, tables
from analytics.briefing.page import current
from analytics.language import Text

MET = briefing.Verdict(
    "price_level", "met", 1.0, 0.99, 1.01, Text("In order", "正常"), Text("All is well.", "一切正常。")
)


def page_over(folder: Path, good: int, bad: int, verdict: briefing.Verdict = MET) -> tuple[dict, str]:
    """What a page says, and its result, over a file with so many rows of good and of bad values."""
    rows = [f"d{i},1,2025-01-{1 + i % 28:02d},0101,{10 + i}" for i in range(good)]
    rows += [f"x{i},1,2025-01-{1 + i % 28:02d},0101,not known {i}" for i in range(bad)]
    source = folder / "lines.csv"
    source.write_text("\n".join(["declaration_id,line_no,date,hs_code,value", *rows]) + "\n", encoding="utf-8")
    briefing.start("valuation", {"output_dir": str(folder / "out")})
    briefing.account(tables.check("declarations", str(source)).table)
    briefing.show(briefing.Headline(verdict, (), Text("here", "此处")))
    briefing.finish(verdict)
    shown = next(o for o in current().outputs if o["metadata"]["briefing"]["kind"] == "headline")
    return json.loads((folder / "out" / "result.json").read_text(encoding="utf-8")), shown["data"]["text/html"]


def test_nothing_is_met_where_a_tenth_of_the_rows_could_not_be_read(tmp_path):
    result, shown = page_over(tmp_path, good=90, bad=10)
    assert result["verdict"]["status"] == "watch"
    assert result["verdict"]["text"]["en"].startswith("Of what could be read: ")
    assert "10.0\N{NO-BREAK SPACE}%" in shown or "10\N{NO-BREAK SPACE}%" in shown
    assert "were set aside for faults" in shown
    assert 'class="badge met"' not in shown


def test_a_few_faulty_rows_leave_a_verdict_as_it_is(tmp_path):
    result, shown = page_over(tmp_path, good=98, bad=2)
    assert result["verdict"]["status"] == "met"
    assert "set aside for faults" not in shown


@pytest.mark.parametrize("status", ["not_met", "insufficient", "watch"])
def test_other_verdicts_stay_and_say_what_was_not_read(tmp_path, status):
    given = briefing.Verdict("price_level", status, None, None, None, MET.text, MET.lead)
    result, shown = page_over(tmp_path, good=60, bad=40, verdict=given)
    assert result["verdict"]["status"] == status
    assert "40" in shown
    assert "set aside for faults" in shown


def test_rows_that_stand_twice_are_no_rows_unread(tmp_path):
    table = tables.check("declarations", _copies(tmp_path)).table
    assert table.accounting.rows_set_aside == 50
    assert table.accounting.faulty_share == 0


def _copies(folder: Path) -> str:
    rows = [f"d{i},1,2025-01-{1 + i % 28:02d},0101,{10 + i}" for i in range(50)]
    (folder / "copies.csv").write_text("\n".join(["declaration_id,line_no,date,hs_code,value", *rows, *rows]) + "\n")
    return str(folder / "copies.csv")
