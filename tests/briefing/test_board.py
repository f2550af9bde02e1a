"""The board: leads and verdicts of all briefings on one page, for headquarters and for each district."""

import json

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analytics import briefing
from analytics.language import Text


@pytest.fixture
def entries(report):
    """Three briefings: one that lists leads of two districts, one that lists none, one that judges nothing."""
    folder = report()
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    shown = [
        {
            "text": {"en": f"unit value down {n} % since May 2025", "zh": f"单价降{n}%"},
            "district": d,
            "since": "2025-05",
        }
        for n, d in ((40, "2200"), (30, "5300"), (20, ""))
    ]
    blocks = {"leads": {"total": 7, "shown": shown}, "none": {"total": 0, "shown": []}, "few": None}
    for name, block in blocks.items():
        twin = folder.parent / name
        twin.mkdir()
        (twin / "briefing.html").touch()
        status = "insufficient" if name == "few" else "watch"
        told = {**result, "verdict": {**result["verdict"], "status": status}, **({"leads": block} if block else {})}
        (twin / "result.json").write_text(json.dumps(told), encoding="utf-8")
    return [briefing.Entry("tax_forecast", name, "done") for name in blocks]


def _boards(entries, project, language="en"):
    folder = project / "reports" / "en"
    written = briefing.board(entries, folder, language)
    return {path.name: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for path in written}


def test_headquarters_sees_every_lead_and_how_many_more_there_are(entries, project):
    page = _boards(entries, project)["board.html"]
    text = page.get_text(" ")
    assert all(f"unit value down {n}" in text for n in (40, 30, 20))
    assert "and 4 more in the briefing" in text
    assert page.select_one("h3 a")["href"] == "tax_forecast/leads/briefing.html"


def test_a_district_sees_its_own_leads_and_no_other_districts(entries, project):
    boards = _boards(entries, project)
    assert set(boards) == {"board.html", "board_2200.html", "board_5300.html"}
    text = boards["board_2200.html"].get_text(" ")
    assert "unit value down 40" in text
    assert "unit value down 30" not in text
    assert "2 briefings tell no districts apart" in text
    assert boards["board.html"].find("a", href="board_5300.html")


def test_what_could_not_be_judged_stands_on_the_board(entries, project):
    page = _boards(entries, project)["board.html"]
    assert "1 briefings were skipped, failed or have too little data" in page.get_text(" ")
    assert "2 of 3 briefings are judged" in page.get_text(" ")
    assert page.find("code", string="tax_forecast/few")


def test_no_lead_is_no_finding_that_all_is_well(entries, project):
    text = _boards(entries[1:], project)["board.html"].get_text(" ")
    assert "That is no finding that all is well" in text


def test_a_board_of_a_district_that_nobody_names_any_more_goes(entries, project):
    folder = project / "reports" / "en"
    _boards(entries, project)
    _boards(entries[1:], project)
    assert not list(folder.glob("board_*.html"))


def test_a_finished_briefing_writes_its_leads_with_masks(report, project, monkeypatch):
    from analytics.briefing.written import finishing

    known = pd.DataFrame({"kind": ["E"], "masked": ["E-000000000001"], "original": ["9111"]})
    monkeypatch.setattr(finishing, "identities", lambda inputs: known)

    class Page:
        rule, inputs = None, ()

    leads = [
        briefing.Lead(Text("9111 moved goods", "9111改报")),
        briefing.Lead(Text("a lead", "线索"), "2200", "2025-05"),
    ]
    block = finishing._leads(Page(), leads)
    assert block["total"] == 2
    assert block["shown"][0]["text"] == {"en": "E-000000000001 moved goods", "zh": "E-000000000001改报"}
    assert block["shown"][1] == {"text": {"en": "a lead", "zh": "线索"}, "district": "2200", "since": "2025-05"}
    Page.rule = object()
    assert finishing._leads(Page(), leads) == {"total": 2, "shown": []}
