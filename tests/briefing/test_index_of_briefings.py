"""All briefings at a glance."""

import json

import pytest
from bs4 import BeautifulSoup

from analytics import briefing
from analytics.briefing.look import fonts
from analytics.briefing.pages.sheet import visible_text


@pytest.fixture
def entries(report):
    folder = report()
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    for status in ("met", "not_met", "insufficient"):
        twin = folder.parent / status
        twin.mkdir()
        (twin / "briefing.html").touch()
        told = {**result, "verdict": {**result["verdict"], "status": status, "value": None}, "simulated": False}
        (twin / "result.json").write_text(json.dumps(told))
    failed = folder.parent.parent / "valuation" / "bad"
    failed.mkdir(parents=True)
    (failed / "briefing.html").touch()
    return [
        briefing.Entry("tax_forecast", "small", "done"),
        *(briefing.Entry("tax_forecast", s, "done") for s in ("met", "not_met", "insufficient")),
        briefing.Entry("tax_forecast", "us", "skipped", "the data are not at hand: ANALYTICS_DATA is not set"),
        briefing.Entry("valuation", "bad", "failed", "a.csv, line 3: <1.200,50> is not a number.\nTraceback of no use"),
    ]


@pytest.fixture
def page(entries, project):
    path = briefing.index(entries, project / "reports" / "en" / "index.html", "en")
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def _row(page, name):
    return next(r for r in page.select("tbody tr") if r.code and r.code.get_text() == name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("small", "Watch"),
        ("met", "Target met"),
        ("not_met", "Target not met"),
        ("insufficient", "Not enough data"),
        ("us", "Skipped"),
        ("bad", "Run failed"),
    ],
)
def test_every_state_is_told_in_words_with_its_own_mark(page, name, words):
    badge = _row(page, name).select_one(".badge")
    assert badge.get_text() == words
    assert badge.svg


def test_a_row_holds_finding_value_target_and_data_date(page):
    row = _row(page, "small")
    assert row.a["href"] == "tax_forecast/small/briefing.html"
    assert row.a.get_text().startswith("Receipts end 2025")
    assert [td.get_text() for td in row.select("td.n")] == ["5.6\xa0%", "at most 5\xa0%", "June 2025"]
    assert "simulated" in row.select_one(".finding").get_text()


def test_a_failure_shows_its_message_and_links_to_its_page(page):
    row = _row(page, "bad")
    assert row.a.get_text() == "A.csv, line 3: <1.200,50> is not a number."
    assert "Traceback" not in page.get_text()


def test_a_skipped_set_links_nowhere_and_says_why(page):
    row = _row(page, "us")
    assert not row.a
    assert "ANALYTICS_DATA" in row.get_text()


def test_the_states_are_counted(page):
    assert [li.get_text() for li in page.select(".counts li")] == [
        "Target met1", "Watch1", "Target not met1", "Not enough data1", "Skipped1", "Run failed1",
    ]  # fmt: skip


def test_the_chinese_index_has_chinese_findings_and_every_glyph(entries, project):
    text = briefing.index(entries, project / "reports" / "en" / "zh.html", "zh").read_text(encoding="utf-8")
    soup = BeautifulSoup(text, "html.parser")
    assert soup.html["lang"] == "zh-CN"
    assert _row(soup, "small").a.get_text().startswith("预计2025年税收")
    assert fonts.missing(visible_text(text)) == set()


def test_the_error_page_helps_without_a_traceback(project):
    (project / "run.ipynb").touch()
    path = briefing.error_page(
        project / "briefing.html",
        "en",
        briefing.Failed(
            "valuation",
            "bad",
            message='a.csv, line 3: "<1.200,50>" is not a number.\nSet `decimal: ","`.',
            cell='lines = tables.read("declarations", source)',
            back="../../index.html",
        ),
    )
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    assert "line 3" in soup.select_one(".message").get_text()
    assert "tables.read" in soup.pre.get_text()
    assert [a["href"] for a in soup.select(".files a")] == ["../../index.html", "run.ipynb"]
    assert soup.find("meta", attrs={"http-equiv": True})["content"].startswith("default-src 'none'")


def test_an_index_names_place_and_period_and_what_the_value_was_before(entries, project):
    folder = project / "reports" / "en" / "tax_forecast" / "small"
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    result["params"] |= {"place": "Port <A>", "place_zh": "甲港"}
    (folder / "result.json").write_text(json.dumps(result))
    told = [
        {"started": "2025-05-02T08:00:00", "target": "revenue_forecast_error", "value": 7.2, "status": "watch"},
        {"started": "2025-06-02T08:00:00", "target": "revenue_forecast_error", "value": 5.6, "status": "watch"},
        {"started": "2025-06-03T08:00:00"},
    ]
    entry = briefing.Entry("tax_forecast", "small", "done", history=tuple(told))
    for language, place, before in (
        ("en", "Port <A> · January 2025–June 2025", "7.2\xa0% on 2025-05-02"),
        ("zh", "甲港", "2025-05-02为7.2%"),
    ):
        path = briefing.index([entry], project / "reports" / "en" / f"{language}.html", language)
        text = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").get_text()
        assert place in text
        assert before in text


def test_what_speaks_of_the_newest_data_comes_first_and_failures_last(report, project):
    folder = report()
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    for name, last in (("old", "2024-06-01"), ("live", "2026-08-01")):
        (folder.parent / name).mkdir()
        told = {**result, "inputs": [{**i, "last_period": last} for i in result["inputs"]]}
        (folder.parent / name / "result.json").write_text(json.dumps(told))
    entries = [briefing.Entry("tax_forecast", "broken", "failed", "x")]
    entries += [briefing.Entry("tax_forecast", n, "done") for n in ("old", "small", "live")]
    path = briefing.index(entries, project / "reports" / "en" / "index.html", "en")
    codes = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").select("tbody code")
    assert [c.get_text() for c in codes] == ["live", "small", "old", "broken"]


def test_a_filter_shows_one_verdict_without_a_script(chromium, entries, project):
    path = briefing.index(entries, project / "reports" / "en" / "index.html", "en")
    page = chromium.new_page()
    page.goto(path.as_uri())
    page.check("#f-met")
    assert page.locator("tbody tr:visible").count() == 1
    assert page.locator("section:visible").count() == 1
    page.check("#f-all")
    assert page.locator("tbody tr:visible").count() == 6
    page.close()
