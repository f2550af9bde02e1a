"""The page's own words."""

import re

import pytest

from analytics.briefing.look import fonts
from analytics.briefing.look.wording import STATUS, WORDS, html
from analytics.language import Text
from analytics.parameters import pillar_name, pillars

NAMES = {f"pillar {p}": pillar_name(p) for p in pillars()}
ALL = {**WORDS, **{f"status {k}": v for k, v in STATUS.items()}, **NAMES}


@pytest.mark.parametrize("key", ALL)
def test_every_word_exists_in_both_languages_with_its_placeholders(key):
    text = ALL[key]
    assert text.en.strip()
    assert text.zh.strip()
    assert set(re.findall(r"{\w+}", text.en)) == set(re.findall(r"{\w+}", text.zh))
    assert fonts.missing(text.en + text.zh) == set()


@pytest.mark.parametrize("key", ALL)
def test_chinese_uses_full_width_punctuation_and_no_space_beside_characters(key):
    assert not re.search(r"[\u4e00-\u9fff] ?[,.;:!?()]|[\u4e00-\u9fff] [\d{]|[\d}] [\u4e00-\u9fff]", ALL[key].zh)


def test_numbers_stay_with_their_units_in_both_languages():
    assert html("CNY 982.3 billion, 5.6 % of 3 millions", "en") == "CNY\xa0982.3\xa0billion, 5.6\xa0% of 3 millions"
    assert html("0.95–1.05 of E-7f3a9c1b2d40", "en") == (
        '<span class="nb">0.95–1.05</span> of <span class="nb">E-7f3a9c1b2d40</span>'
    )
    assert html(Text("", "减少659.0亿元，2025年1—6月"), "zh") == (
        '减少<span class="nb">659.0亿元</span>，<span class="nb">2025年</span><span class="nb">1—6月</span>'
    )
