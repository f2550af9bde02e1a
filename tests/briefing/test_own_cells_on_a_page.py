"""What an analyst adds to a notebook stands on its page, failures as failures, and nothing is fetched."""

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from analytics import briefing
from analytics.briefing.pages.narrative import clean, formula

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.fixture
def page(report):
    """Return a function that puts cells before the last cell of an executed notebook and gives its page."""

    def page(*cells, language="en"):
        folder = report(language)
        notebook = nbformat.read(folder / "run.ipynb", as_version=4)
        for number, cell in enumerate(cells):
            cell["id"] = f"own{number}"
        notebook.cells[-1:-1] = list(cells)
        nbformat.write(notebook, folder / "mine.ipynb")
        path = briefing.export(folder / "mine.ipynb", folder / "mine.html", language)
        return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")

    return page


def _shows(data, **more):
    return new_code_cell("mine", outputs=[new_output("display_data", data=data, **more)])


def test_a_picture_pasted_into_a_text_stands_on_the_page(page):
    pasted = new_markdown_cell("![b](attachment:x%20y.png)", attachments={"x y.png": {"image/png": DOT}})
    assert page(pasted).find("img")["src"] == f"data:image/png;base64,{DOT}"


@pytest.mark.parametrize(
    ("kind", "content"),
    [("image/png", DOT + "\n"), ("image/jpeg", "/9j/4AAQ"), ("image/svg+xml", "<svg onload='alert(1)'></svg>")],
)
def test_a_picture_of_an_own_cell_stands_on_the_page_under_a_heading(page, kind, content):
    found = page(_shows({kind: content, "text/plain": "<Figure>"}))
    assert found.find("img", class_="own")["src"].startswith(f"data:{kind};base64,")
    assert "Added by hand" in found.get_text()
    assert found.find("img", class_="own")["alt"]


def test_a_failed_cell_is_shown_as_failed_where_it_stands_and_at_the_top(page):
    trace = ["\x1b[31mZeroDivisionError\x1b[0m: /home/someone/secret/x.py"]
    error = new_output("error", ename="ZeroDivisionError", evalue="division in /home/someone/x.py", traceback=trace)
    found = page(new_code_cell("1/0", outputs=[error]))
    assert "ZeroDivisionError: division in x.py" in found.select_one(".message").get_text()
    assert "A cell of this notebook failed" in found.select_one(".banner.failed").get_text()
    assert "someone" not in str(found)
    assert page(new_code_cell("1 + 1")).select_one(".banner.failed") is None


def test_nothing_of_a_page_is_fetched_and_what_is_left_out_is_said(page):
    found = page(
        new_markdown_cell(
            "![a](https://example.org/a.png) <img src='http://example.org/b.png' onerror=x> ![c](plot.png) "
            "[l](https://example.org) <iframe src=//example.org></iframe> <a href='javascript:x'>j</a>"
        ),
        _shows({"text/html": "<img src=//example.org/c.png><link href=//example.org/d.css><video src=//e.org/v>"}),
    )
    assert not found.find_all(["iframe", "link", "video", "script", "object"])
    assert all(i["src"].startswith("data:") for i in found.find_all("img"))
    assert found.get_text().count("A picture outside the notebook is not shown") == 4
    assert [a["href"] for a in found.select(".prose a") if a.get("href")] == ["https://example.org"]


def test_a_table_of_an_own_cell_is_kept_and_what_would_run_is_not(page):
    frame = "<style>.dataframe td {color: red}</style><table border=1 class=dataframe onclick=x><tr><td>17</td></tr>"
    found = page(_shows({"text/html": frame + "</table><script>alert(1)</script>", "text/plain": "17"}))
    cell = next(td for td in found.find_all("td") if td.get_text() == "17")
    assert not cell.find_parent("table").attrs
    assert "alert" not in found.get_text()


@pytest.mark.parametrize("text", ["The index $x^2$ and $$\\sum_i p_i q_i$$", "\\begin{align}a &= b\\end{align}"])
def test_formulas_are_drawn_without_a_script(page, text):
    found = page(new_markdown_cell(text))
    assert found.find("math").find(["msup", "munder", "mtable", "mrow"])
    assert "\x01" not in str(found)


def test_a_formula_of_an_own_cell_is_drawn_and_a_broken_one_is_shown_as_written(page):
    assert page(_shows({"text/latex": "$\\displaystyle \\frac{a}{b}$"})).find("mfrac")
    assert formula(r"\frac{") == r"<code>\frac{</code>" or "math" in formula(r"\frac{")


def test_what_lives_in_jupyterlab_only_is_said(page):
    found = page(_shows({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "Slider()"}))
    assert "Shown in JupyterLab only: application/vnd.jupyter.widget-view+json" in found.get_text()


def test_warnings_of_libraries_stay_in_the_notebook(page):
    warned = new_output("stream", name="stderr", text="/home/someone/site-packages/lib.py:1: UserWarning: mind this")
    said = new_output("stream", name="stdout", text="seven lines")
    found = page(new_code_cell("mine", outputs=[warned, said]))
    assert "UserWarning" not in str(found)
    assert "seven lines" in found.get_text()


def test_plain_text_of_an_own_cell_stays_with_its_code(page):
    found = page(_shows({"text/plain": "forty-two <b>"}))
    assert "forty-two <b>" in found.select_one(".code pre.said").get_text()


@pytest.mark.parametrize(
    "attack",
    [
        "<scr<script>ipt>alert(1)</script>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
        "<td style='background:url(//example.org)'>x</td>",
        "<base href=//example.org><form action=//example.org><input autofocus onfocus=alert(1)>",
        "<style>@import '//example.org'",
    ],
)
def test_html_of_unknown_origin_neither_runs_nor_fetches(attack):
    found = BeautifulSoup(clean(attack, "en"), "html.parser")
    for tag in found.find_all(True):
        assert tag.name in ("a", "img", "td", "table", "p", "div", "span", "tr", "tbody"), tag
        assert not [k for k in tag.attrs if k.startswith("on") or k == "style"], tag
        assert not str(tag.get("href", "")).startswith(("data:", "javascript:")), tag
