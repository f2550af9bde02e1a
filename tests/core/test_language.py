import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.language import (
    Text,
    both,
    joined,
    money,
    money_scale,
    month,
    months_to,
    number,
    parse_unit,
    percent,
    told,
)

NBSP = "\N{NO-BREAK SPACE}"


def test_chinese_amounts_are_in_hundred_millions_without_a_space():
    assert money(9823, "CNY 100 million", "zh") == "9823亿元"
    assert money(873.4, "CNY 100 million", "zh") == "873.4亿元"


def test_english_amounts_are_in_billions():
    assert money(9823, "CNY 100 million", "en") == f"CNY{NBSP}982.3{NBSP}billion"
    assert money(20420, "CNY 100 million", "en") == f"CNY{NBSP}2,042{NBSP}billion"
    assert money(-659, "CNY 100 million", "en") == f"CNY{NBSP}−65.9{NBSP}billion"


def test_small_amounts_fall_to_smaller_units():
    assert money(2.3e6, "CNY", "en") == f"CNY{NBSP}2.3{NBSP}million"
    assert money(2.3e6, "CNY", "zh") == "230.0万元"
    assert money(12, "USD", "en", digits=0) == f"USD{NBSP}12"


@given(st.floats(1, 1e6), st.sampled_from(["CNY", "USD million", "CNY 100 million", "KRW 10,000"]))
def test_scale_and_unit_agree_on_the_value(amount, unit):
    currency, worth = parse_unit(unit)
    factor, label = money_scale(unit, "en", amount)
    words = {"billion": 1e9, "million": 1e6, "thousand": 1e3}
    shown = words.get(label.removeprefix(currency).strip(), 1.0)
    assert math.isclose(amount * factor * shown, amount * worth, rel_tol=1e-12)


def test_missing_figures_are_a_dash_and_never_nan():
    assert number(math.nan) == percent(math.nan) == money(math.nan, "CNY", "en") == "—"


def test_rounding_to_zero_leaves_no_minus_sign():
    assert number(-0.04, 1) == "0.0"
    assert number(-0.04, 1, sign=True) == "0.0"


def test_months_and_cumulated_months():
    assert (month("2025-06-01", "en"), month("2025-06-01", "zh")) == ("June 2025", "2025年6月")
    assert (months_to("2025-06-01", "en"), months_to("2025-06-01", "zh")) == (
        "January–June 2025",
        "2025年1—6月",
    )
    assert months_to("2025-01-01", "zh") == "2025年1月"


def test_percentages_follow_each_language():
    assert (percent(0.053, 1, "en", sign=True), percent(-0.053, 1, "zh")) == (f"+5.3{NBSP}%", "−5.3%")


def test_a_bad_money_unit_says_what_one_looks_like():
    with pytest.raises(ValueError, match="CNY 100 million"):
        parse_unit("bushels")


def test_a_text_gives_the_language_asked_for():
    assert Text("duty", "关税").in_language("zh") == "关税"


@pytest.mark.parametrize(
    ("unit", "currency", "worth"),
    [
        ("元", "CNY", 1), ("万元", "CNY", 1e4), ("亿元", "CNY", 1e8), ("万美元", "USD", 1e4), ("£m", "GBP", 1e6),
        ("₹ in crore", "INR", 1e7), ("INR lakh", "INR", 1e5), ("R million", "ZAR", 1e6), ("million rand", "ZAR", 1e6),
        ("millions of US dollars", "USD", 1e6), ("In millions of euros", "EUR", 1e6), ("USD 1,000", "USD", 1e3),
    ],
)  # fmt: skip
def test_money_units_are_read_as_offices_write_them(unit, currency, worth):
    assert parse_unit(unit) == (currency, worth)


@pytest.mark.parametrize("unit", ["$", "Rs crore", "¥", "pieces", "kg"])
def test_a_unit_that_belongs_to_several_currencies_is_not_guessed(unit):
    with pytest.raises(ValueError, match="is not a money unit"):
        parse_unit(unit)


def test_a_figure_in_a_sentence_speaks_each_language():
    said = told(
        "{n} lines, {share} of {value}",
        "{n}条，占{value}的{share}",
        n=both.number(12345),
        share=both.percent(0.5),
        value=both.money(9823, "CNY 100 million"),
    )
    assert said.en == f"12,345 lines, 50.0{NBSP}% of CNY{NBSP}982.3{NBSP}billion"
    assert said.zh == "12345条，占9823亿元的50.0%"


def test_what_is_not_known_is_a_dash_in_both_languages():
    assert both.percent(None) == both.percent(math.nan) == both.number(math.nan) == both.NOTHING


def test_an_interval_names_its_unit_once_in_english_and_at_both_ends_in_chinese():
    assert both.span(0.412, 0.43) == Text(f"41.2–43.0{NBSP}%", "41.2%—43.0%")


def test_sentences_are_joined_without_gaps_where_one_is_empty():
    assert joined([Text("One.", "一。"), Text("", ""), Text("Two.", "二。")]) == Text("One. Two.", "一。二。")
