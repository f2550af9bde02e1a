"""Pages as a browser shows them: no request, no sideways scrolling, no barrier."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from analytics import briefing

pytestmark = pytest.mark.browser


@pytest.fixture(params=["en", "zh"])
def pages(request, report, project):
    folder = report(request.param)
    entries = [
        briefing.Entry("tax_forecast", "small", "done"),
        briefing.Entry("tax_forecast", "us", "skipped", "the data are not at hand"),
        briefing.Entry("valuation", "bad", "failed", "a_rather_long_file_name_2025_06.csv, line 3: not a number."),
    ]
    index = briefing.index(entries, project / "reports" / request.param / "index.html", request.param)
    error = briefing.error_page(
        project / "error.html",
        request.param,
        briefing.Failed("valuation", "bad", "a.csv: " + "x" * 90, cell="read()"),
    )
    return [folder / "briefing.html", index, error]


def test_no_request_leaves_and_the_policy_blocks_nothing_of_the_page(chromium, pages):
    page = chromium.new_page()
    asked, told = [], []
    page.on("request", lambda r: asked.append(r.url))
    page.on("console", lambda m: told.append(m.text))
    for path in pages:
        page.goto(path.as_uri())
        page.evaluate("document.fonts.ready")
        assert page.evaluate("document.fonts.check('16px \"Noto Sans SC\"', '税')")
    page.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert told == []


def test_a_phone_needs_no_sideways_scrolling(chromium, pages):
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    for path in pages:
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    page.close()


@pytest.mark.parametrize("width", [390, 1200])
def test_there_is_no_serious_barrier(chromium, pages, width):
    context = chromium.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    page = context.new_page()
    for path in pages:
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found = Axe().run(page).response["violations"]
        grave = [
            (v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found if v["impact"] in ("serious", "critical")
        ]
        assert grave == [], path
    context.close()


def test_bold_headings_and_figures_show_in_the_page_s_own_font(chromium, pages):
    page = chromium.new_page()
    page.goto(pages[0].as_uri())
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith('"Noto Sans SC"')
    box = page.evaluate(
        "(() => {const r = document.querySelector('svg.figure').getBoundingClientRect(); return [r.width, r.height]})()"
    )
    page.close()
    assert box[0] > 500
    assert box[1] > 100
