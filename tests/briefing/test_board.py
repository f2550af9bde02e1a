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
    assert "2 briefings name nothing of this district" in text
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
        gate, inputs = None, ()

    leads = [
        briefing.Lead(Text("9111 moved goods", "9111改报")),
        briefing.Lead(Text("a lead", "线索"), "2200", "2025-05"),
    ]
    block = finishing._leads(Page(), leads)
    assert block["total"] == 2
    assert block["shown"][0]["text"] == {"en": "E-000000000001 moved goods", "zh": "E-000000000001改报"}
    assert block["shown"][1] == {"text": {"en": "a lead", "zh": "线索"}, "district": "2200", "since": "2025-05"}
    Page.gate = type("Gate", (), {"open": False})()
    assert finishing._leads(Page(), leads) == {"total": 2, "shown": []}


def _changed(entry, project, **changes):
    """Write a briefing's result anew with some of it changed."""
    path = project / "reports" / "en" / entry.pillar / entry.name / "result.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}), encoding="utf-8")


def _standing(**changes):
    counts = {"met": 12, "not_met": 3, "watch": 5, "insufficient": 33}
    line = {"en": "Released within the day: to watch, was met", "zh": "当日放行：需关注，原为达标"}
    return {"counts": counts, "year": 2010, "since": 2009, "changed": [line], **changes}


def test_the_board_says_how_the_plans_goals_stand_and_what_changed(entries, project):
    _changed(entries[1], project, standing=_standing())
    text = _boards(entries, project)["board.html"].get_text(" ")
    assert "12 of 53 goals met, 3 not met, 5 to watch, 33 cannot be judged" in text
    assert "to watch, was met" in text
    _changed(entries[1], project, standing=_standing(since=None, changed=[]))
    assert "What changed is not known" in _boards(entries, project)["board.html"].get_text(" ")
    assert "12项达标" in _boards(entries, project, "zh")["board.html"].get_text(" ")


def test_a_district_is_not_shown_the_plan_of_another_or_of_all(entries, project):
    _changed(entries[1], project, standing=_standing(), params={"district": "5300"})
    boards = _boards(entries, project)
    assert "12 of 53" in boards["board_5300.html"].get_text(" ")
    assert "12 of 53" not in boards["board_2200.html"].get_text(" ")
    assert "No briefing says how the plan’s goals stand here" in boards["board_2200.html"].get_text(" ")


def test_a_district_is_told_how_many_of_its_leads_are_not_shown(entries, project):
    shown = [{"text": {"en": f"lead {n}", "zh": f"线索{n}"}, "district": "2200", "since": ""} for n in range(5)]
    block = {"total": 90, "shown": shown, "by_district": {"2200": 11, "5300": 79}}
    _changed(entries[0], project, leads=block)
    boards = _boards(entries, project)
    assert "and 6 more in the briefing" in boards["board_2200.html"].get_text(" ")
    assert "and 85 more in the briefing" in boards["board.html"].get_text(" ")
    assert "and 79 more in the briefing" in boards["board_5300.html"].get_text(" ")


def test_a_month_is_chosen_without_a_script_and_says_what_it_leaves_out(entries, project):
    inputs = [{"name": "x", "first_period": "2025-01-01", "last_period": "2025-07-31"}]
    _changed(entries[1], project, inputs=inputs)
    page = _boards(entries, project)["board.html"]
    assert not page.find("script")
    assert page.find("input", id="m-2025-07")
    assert page.find("input", id="m-2025-06")
    style = page.find("style").get_text()
    assert "main:has(#m-2025-07:checked) .dated:not(.m-2025-07){display:none}" in style
    said = page.select_one("p.note.month-said.m-2025-07").get_text()
    assert "1 briefings with data to July 2025; 2 with data to other months are not shown" in said
    nothing = page.select_one("p.month-said.m-2025-07:not(.note)").get_text()
    assert "no finding that all is well" in nothing
    assert {"dated", "m-2025-06"} <= set(page.select_one("tbody tr")["class"])


@pytest.mark.parametrize("block", [{"shown": [{"text": "no"}]}, {"total": "many"}, {"by_district": [1]}, [1], "x"])
def test_a_damaged_block_makes_a_damaged_briefing_and_no_broken_board(entries, project, block):
    _changed(entries[0], project, leads=block)
    text = _boards(entries, project)["board.html"].get_text(" ")
    assert "2 briefings were skipped, failed" in text


@pytest.mark.parametrize("district", [None, "", "2200"])
def test_a_lead_without_a_district_stands_on_the_board_all_the_same(entries, project, district):
    lead = {"text": {"en": "a lead of nowhere", "zh": "线索"}, "district": district, "since": ""}
    _changed(entries[0], project, leads={"total": 1, "shown": [lead]})
    assert "a lead of nowhere" in _boards(entries, project)["board.html"].get_text(" ")


def test_each_district_keeps_its_strongest_leads_beside_those_of_all(monkeypatch):
    from analytics.briefing.written import finishing

    known = pd.DataFrame({"kind": [], "masked": [], "original": []})
    monkeypatch.setattr(finishing, "identities", lambda inputs: known)

    class Page:
        gate, inputs = None, ()

    large = [briefing.Lead(Text(f"a{n}", f"甲{n}"), "2200") for n in range(30)]
    small = [briefing.Lead(Text(f"b{n}", f"乙{n}"), "5300") for n in range(7)]
    block = finishing._leads(Page(), large + small)
    assert [x["district"] for x in block["shown"]] == ["2200"] * 20 + ["5300"] * 5
    assert block["by_district"] == {"2200": 30, "5300": 7}
    assert block["total"] == 37
