"""Figures inside a page: small, repeatable, readable."""

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import briefing
from analytics.briefing.look import fonts, theme
from analytics.briefing.look.svg import svg
from analytics.language import Text


def _lines(title: str = "亿元"):
    figure, ax = theme.subplots(height=2)
    ax.plot(np.linspace(0, 1, 50), np.linspace(0, 1, 50) ** 2)
    ax.fill_between([0, 1], [0, 0.5], [0.2, 1], alpha=0.2)
    theme.title(ax, title)
    theme.label(ax, (1, 1), "2,042", strong=True, color=theme.ACCENT)
    return figure


def test_the_same_figure_gives_the_same_bytes():
    assert svg(_lines(), "f1", "A line") == svg(_lines(), "f1", "A line")


def test_the_text_alternative_is_on_the_drawing():
    assert svg(_lines(), "f1", 'Rise & "fall"').startswith('<svg xmlns="http://www.w3.org/2000/svg" role="img"')
    assert 'aria-label="Rise &amp; &quot;fall&quot;"' in svg(_lines(), "f1", 'Rise & "fall"')


def test_figures_of_one_page_share_no_ids_but_glyphs():
    ids = [set(re.findall(r' id="([^"]+)"', svg(_lines(), name, "A line"))) for name in ("f1", "f2")]
    assert all(i.startswith(("NotoSansSC", "DejaVuSans")) for i in ids[0] & ids[1])
    assert any(i.startswith("f1-") for i in ids[0])


def test_text_is_drawn_as_outlines_so_that_no_reader_needs_a_font():
    drawing = svg(_lines(), "f1", "A line")
    assert "<text" not in drawing
    assert "NotoSansSC" in drawing


def test_coordinates_are_short():
    drawing = svg(_lines(), "f1", "A line")
    paths = " ".join(re.findall(r' d="([^"]*)"', drawing))
    assert not re.search(r"\d\.\d{3,}", paths)
    assert len(drawing) < 30_000


def test_text_size_is_the_same_in_wide_and_narrow_figures():
    scales = set()
    for width in (theme.WIDTH, 4.0):
        figure, _ = theme.subplots(width=width, height=2)
        drawing = svg(figure, "f1", "Axes")
        pixels, box = re.search(r'width="(\d+)"', drawing)[1], re.search(r'viewBox="0 0 ([\d.]+)', drawing)[1]
        scales.add(round(int(pixels) / float(box), 3))
    assert len(scales) == 1


def test_thousands_of_marks_stay_light():
    rng = np.random.default_rng(1)
    figure, ax = theme.subplots(height=3)
    ax.scatter(rng.normal(size=20_000), rng.normal(size=20_000), s=3, alpha=0.3)
    drawing = svg(figure, "f1", "Cloud")
    assert "data:image/png;base64," in drawing
    assert len(drawing) < 100_000
    assert svg(figure, "f1", "Cloud") == drawing


def test_a_few_marks_stay_outlines():
    figure, ax = theme.subplots(height=2)
    ax.scatter(range(50), range(50))
    assert "data:image/png" not in svg(figure, "f1", "Dots")


def test_bold_labels_are_thicker_than_others():
    drawing = svg(_lines(), "f1", "A line")
    assert re.search(rf"fill:{theme.ACCENT};stroke:{theme.ACCENT};stroke-width:\d+", drawing)


@pytest.mark.filterwarnings("ignore:Glyph:UserWarning")
def test_a_character_without_glyph_is_reported(project):
    briefing.start("tax_forecast", {"output_dir": "out"})
    with pytest.warns(UserWarning, match="No glyph for"):
        briefing.figure(_lines("\U0001f4c8"), title=Text("T", "题"), alt=Text("A", "图"))


def test_chinese_figures_have_every_glyph():
    assert fonts.missing("海关税收 2025年1—6月，亿元（80%区间）：−3.2% ±5% ≥0.95", figure=True) == set()
    assert fonts.missing("税\U0001f4c8") == {"\U0001f4c8"}


def test_numbers_on_axes_are_written_as_the_language_writes_them():
    theme.use("en")
    figure, ax = theme.subplots(height=2)
    ax.plot([0, 1], [-2000, 2000])
    theme.numbers(ax)
    figure.canvas.draw()
    assert "−2,000" in [t.get_text() for t in ax.get_yticklabels()]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12), st.floats(0.01, 1e4))
def test_labels_are_moved_apart_and_keep_their_order(values, gap):
    placed = theme.spread(values, gap)
    order = sorted(range(len(values)), key=lambda i: values[i])
    moved = [placed[i] for i in order]
    assert all(b - a >= gap * (1 - 1e-6) - 1e-6 for a, b in pairwise(moved))
    assert np.isclose(np.mean(placed), np.mean(values), atol=1e-3, rtol=1e-6)


def test_labels_that_do_not_collide_stay_where_they_are():
    assert theme.spread([1.0, 5.0, 9.0], 2.0) == [1.0, 5.0, 9.0]
