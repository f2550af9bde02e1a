"""What a reader finds on an exported page."""

import os
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analytics import briefing
from analytics.briefing.look import fonts
from analytics.briefing.pages.sheet import quoted, visible_text
from analytics.language import Text

TEXT = Text("a", "a")
GOLDEN = Path(__file__).parent / "golden" / "page.html"


def _soup(folder: Path) -> BeautifulSoup:
    return BeautifulSoup((folder / "briefing.html").read_text(encoding="utf-8"), "html.parser")


def _normalised(page: str) -> str:
    """Keep what the page says and how it is built; drop outlines, fonts, styles and versions."""
    page = re.sub(r"<style>.*?</style>", "<style/>", page, flags=re.S)
    page = re.sub(r'(<svg[^>]*class="figure"[^>]*>).*?</svg>', r"\1…</svg>", page, flags=re.S)
    page = re.sub(r'<svg width="0".*?</svg>', "<svg glyphs/>", page, flags=re.S)
    page = re.sub(r"(Software: )[^<]*", r"\1…", page)
    return re.sub(r"(</(?:p|h1|h2|h3|li|tr|div|section|details|nav|header|figure)>)", r"\1\n", page)


def test_the_page_looks_as_agreed(report):
    # UPDATE_GOLDEN=1 writes the file anew; read the difference before committing it.
    page = _normalised((report() / "briefing.html").read_text(encoding="utf-8"))
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(page, encoding="utf-8")
    assert page == GOLDEN.read_text(encoding="utf-8")


def test_the_same_notebook_gives_the_same_page(report):
    folder = report()
    first = (folder / "briefing.html").read_bytes()
    briefing.export(folder / "run.ipynb", folder / "briefing.html", "en", back="../../index.html")
    assert (folder / "briefing.html").read_bytes() == first


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_fetched_and_nothing_runs(report, language):
    soup = _soup(report(language))
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
    assert not soup.find(["script", "link", "iframe", "object", "embed", "base", "form"])
    for tag in soup.find_all(True):
        assert not [a for a in tag.attrs if a.lower().startswith("on")]
        for name in ("src", "href", "xlink:href", "action"):
            assert not re.match(r"(?:[a-z]+:)?//|https?:|javascript:", tag.get(name, "")), tag
    sheets = "".join(s.string for s in soup.find_all("style"))
    assert set(re.findall(r"url\((.{5})", sheets)) == {"data:"}
    assert "@import" not in sheets


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_is_light(report, language):
    assert (report(language) / "briefing.html").stat().st_size < 150 * 1024


def test_the_title_is_the_finding_and_headings_keep_their_order(report):
    soup = _soup(report())
    assert [h.get_text() for h in soup.find_all("h1")] == [
        "Receipts end 2025 at CNY\xa02.0\xa0billion, 5.6\xa0% below plan"
    ]
    assert soup.title.string.startswith("Receipts end 2025")
    levels = [int(h.name[1]) for h in soup.find_all(re.compile("^h[1-6]$"))]
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("text", ["above the plan's 25\xa0%", "“两关”（5个）、3%", 'a"b\\c</style>d', "3\n4 a"])
def test_the_running_title_of_a_printed_page_is_the_whole_title(text):
    string = quoted(text)
    assert not re.search(r"[<>'\"\n]", string[1:-1])
    assert re.sub(r"\\([0-9a-f]+) ", lambda code: chr(int(code[1], 16)), string[1:-1]) == text


def test_contents_list_the_sections_and_every_link_leads_somewhere(report):
    folder = report()
    soup = _soup(folder)
    entries = soup.select("nav ul a")
    assert [a.get_text() for a in entries] == ["Record", "What to watch", "Method and data"]
    identifiers = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(identifiers) == len(set(identifiers))
    for link in soup.find_all("a", href=True):
        if link["href"].startswith("#"):
            assert link["href"][1:] in identifiers
        elif link["href"] != "../../index.html":
            assert (folder / link["href"]).is_file(), link["href"]


def test_an_outlook_has_its_own_mark_and_never_says_met():
    from analytics.briefing.look.graphics import badge

    words = Text("On track: chance 93 %", "进展正常：概率93%")
    shown, met = badge("watch", "en", words, "on_track"), badge("met", "en")
    assert 'class="badge on_track"' in shown
    assert "Met" not in shown
    assert shown.split("<path")[1].split("/>")[0] != met.split("<path")[1].split("/>")[0]
    with pytest.raises(ValueError, match="watch"):
        briefing.Verdict("", "met", None, None, None, words, words, words, "on_track")


def test_badges_say_the_verdict_in_words_beside_the_colour(report):
    assert "Watch" in _soup(report()).select_one(".lead .badge").get_text()
    assert "需关注" in _soup(report("zh")).select_one(".lead .badge").get_text()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_language_is_kept(report, language):
    soup = _soup(report(language))
    text = soup.get_text()
    assert soup.html["lang"] == {"en": "en", "zh": "zh-CN"}[language]
    kept, left = (
        ("What will the year bring?", "今年预计多少") if language == "en" else ("今年预计多少", "What will the year")
    )
    assert kept in text
    assert left not in text


def test_narrative_stands_with_what_it_introduces(report):
    assert "Only what was known then." in _soup(report()).select_one("section").get_text()


def test_simulated_data_are_labelled_on_the_page_and_below_figures(report):
    soup = _soup(report())
    assert "Simulated data" in soup.select_one(".banner").get_text()
    assert "Simulated data." in soup.select_one("figure").get_text()
    assert "模拟数据" in _soup(report("zh")).select_one(".banner").get_text()


def test_real_data_carry_no_such_label(report):
    assert "imulated data" not in _soup(report(inputs=[])).get_text()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_character_has_a_glyph(report, language):
    page = (report(language) / "briefing.html").read_text(encoding="utf-8")
    assert fonts.missing(visible_text(page)) == set()


def test_the_embedded_font_holds_every_character_of_the_page(report, tmp_path):
    import base64
    from io import BytesIO

    from fontTools.ttLib import TTFont

    page = (report("zh") / "briefing.html").read_text(encoding="utf-8")
    data = base64.b64decode(re.search(r"font/woff2;base64,([^)]+)\)", page)[1])
    held = set(TTFont(BytesIO(data)).getBestCmap())
    shown = {ord(c) for c in visible_text(page) if c.isprintable() and not c.isspace()}
    assert shown <= held


def test_row_accounting_is_on_the_page(report):
    told = _soup(report()).select_one(".method").get_text(" ")
    for fact in ("declarations", "January 2025–June 2025", "12", "10", "date in the future: 2", "ab" * 32):
        assert fact in told
    assert "日期在未来：2" in _soup(report("zh")).select_one(".method").get_text(" ")


def test_code_and_stray_output_are_folded_away_as_text(report):
    fold = _soup(report()).select_one("details.code")
    assert not fold.has_attr("open")
    assert "rest <b>()" in fold.get_text()
    assert "fitted <once>" in fold.get_text()


def test_tables_name_their_columns_and_rows(report):
    table = _soup(report()).select_one(".tabled table")
    assert table.caption.get_text() == "Items"
    assert {th["scope"] for th in table.thead.find_all("th")} == {"col"}
    assert {row.find("th")["scope"] for row in table.tbody.find_all("tr")} == {"row"}
    assert table.find_all("tr")[2]["class"] == ["total"]
    assert [td.get_text() for td in table.find_all("tr")[1].find_all(["th", "td"])] == [
        "Duty", "109.4", "−7.7\xa0%", "Target met",
    ]  # fmt: skip


def test_money_columns_name_the_unit_that_is_shown(report):
    assert "CNY million" in _soup(report()).select_one(".tabled thead").get_text()
    assert "亿元" in _soup(report("zh")).select_one(".tabled thead").get_text()


@pytest.mark.parametrize("alt", [None, Text("", ""), Text("Bars", " ")])
def test_a_figure_without_text_alternative_is_refused(project, alt, sample):
    briefing.start("tax_forecast", {"output_dir": "out"})
    with pytest.raises(ValueError, match="text alternative"):
        briefing.figure(sample.bars(), title=Text("Errors", "误差"), alt=alt)


def test_a_figure_outside_any_section_heads_its_own(project, sample):
    briefing.start("tax_forecast", {"output_dir": "out"})
    briefing.headline(sample.verdict())
    briefing.figure(sample.bars(), title=Text("Errors <fell>", "误差缩小"), alt=Text("Bars", "柱形图"))
    folder = project / "out"
    folder.mkdir()
    page = briefing.export(sample.save(folder), folder / "briefing.html", "en").read_text(encoding="utf-8")
    soup = BeautifulSoup(page, "html.parser")
    assert [h.get_text() for h in soup.select("section h2")] == ["Errors <fell>", "Method and data"]
    assert not soup.select("figure h3")


def test_a_notebook_run_in_the_other_language_is_refused(project, sample):
    folder = sample.make(project / "out", "en")
    with pytest.raises(ValueError, match='was run in "en"'):
        briefing.export(sample.save(folder), folder / "briefing.html", "zh")
    assert not (folder / "briefing.html").exists()


def test_a_notebook_without_headline_is_refused(project):
    path = project / "empty.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), path)
    with pytest.raises(ValueError, match="shows no headline"):
        briefing.export(path, project / "page.html", "en")


def test_calling_an_element_before_start_says_what_to_do(monkeypatch):
    from analytics.briefing import page

    monkeypatch.setattr(page, "_current", None)
    with pytest.raises(RuntimeError, match=r"briefing\.start"):
        briefing.section(Text("Errors", "误差"))


@pytest.mark.parametrize(
    ("make_it", "told"),
    [
        (
            lambda: briefing.Verdict("price_level", "fine", None, None, None, Text("a", "a"), Text("a", "a")),
            "met, not_met, watch, insufficient",
        ),
        (lambda: briefing.Tile(Text("a", "a"), "1", tone="red"), "neutral, good, bad, watch"),
        (lambda: briefing.Column("a", Text("a", "a"), "euro"), "text, number, percent"),
    ],
)
def test_a_word_that_no_page_can_show_is_refused_with_those_it_can(make_it, told):
    with pytest.raises(ValueError, match=told):
        make_it()


def test_a_column_that_is_not_in_the_table_is_named(project):
    import pandas as pd

    briefing.start("tax_forecast", {"output_dir": "out"})
    columns = [briefing.Column("lvel", Text("Level", "水平"))]
    with pytest.raises(ValueError, match=r"no column lvel\. Columns: level"):
        briefing.table(pd.DataFrame({"level": [1.0]}), title=Text("T", "表"), columns=columns)


def test_by_hand_a_briefing_goes_to_its_own_folder(project, sample):
    assert sample.make(None) == project / "reports" / "en" / "tax_forecast" / "by_hand"


def test_text_of_the_data_cannot_become_markup(project, sample):
    import pandas as pd

    briefing.start("tax_forecast", {"output_dir": "out"})
    briefing.headline(
        sample.verdict(lead=Text('<img src=x onerror="a">', "<b>")), [briefing.Tile(Text("<i>", "<i>"), "<s>")]
    )
    briefing.table(
        pd.DataFrame({"a": ["<script>1</script>"]}),
        title=Text("T", "表"),
        columns=[briefing.Column("a", Text("A", "A"))],
    )
    folder = project / "out"
    page = briefing.export(sample.save(folder), folder / "briefing.html", "en").read_text(encoding="utf-8")
    assert not re.search(r"<script|<img|<i>|<s>", page)


def test_a_long_value_of_a_tile_may_break_and_a_short_one_stands_large(project, sample):
    briefing.start("tax_forecast", {"output_dir": "out"})
    tiles = [briefing.Tile(Text("Stake", "税款"), Text(v, v)) for v in ("CNY\N{NO-BREAK SPACE}799.0 thousand", "5.6 %")]
    briefing.headline(sample.verdict(), tiles)
    (project / "out").mkdir()
    path = briefing.export(sample.save(project / "out"), project / "out" / "briefing.html", "en")
    long, short = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").select(".figure-value")
    assert "long" in long["class"]
    assert long.get_text() == "CNY 799.0 thousand"
    assert "long" not in short["class"]


def test_five_tiles_are_refused(project, sample):
    briefing.start("tax_forecast", {"output_dir": "out"})
    with pytest.raises(ValueError, match="up to 4 tiles, got 5"):
        briefing.headline(sample.verdict(), [briefing.Tile(TEXT, "1")] * 5)


def test_a_table_of_sentences_becomes_cards_on_a_phone_and_stays_a_table_for_readers_aloud(chromium, project):
    from analytics.briefing.look.grid import grid
    from analytics.briefing.page import TEMPLATE

    why = ["short", "a long sentence that would never fit beside the other columns of a phone"]
    frame = pd.DataFrame({"key": ["a", "b"], "share": [0.5, 0.25], "why": why})
    columns = [
        briefing.Column("key", Text("Key", "键")),
        briefing.Column("share", Text("Share", "占比"), "percent"),
        briefing.Column("why", Text("Reason", "原因")),
    ]
    content = grid(frame, Text("T", "表"), columns, "en")
    assert "cards" not in grid(frame.drop(columns="why"), Text("T", "表"), columns[:2], "en")
    style = "".join((TEMPLATE / n).read_text(encoding="utf-8") for n in ("elements.css", "page.css"))
    page = chromium.new_page(viewport={"width": 390, "height": 800})
    page.set_content(f'<meta name=viewport content="width=device-width"><style>{style}</style>'
                     f'<main class="briefing"><div class="tabled">{content}</div></main>')  # fmt: skip
    assert page.locator("td").first.evaluate("e => getComputedStyle(e, '::before').content") == '"Share: "'
    assert page.locator(".wide").evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.get_by_role("row").count() == 3
    assert page.get_by_role("cell").count() == 4
    page.close()
