"""A page never calls amounts by a currency that neither its data nor its set ever stated."""

import pytest

from analytics import briefing, tables
from analytics.briefing import page
from analytics.errors import AnalystError
from analytics.language import NO_CURRENCY, money, money_scale


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """Open a page over declarations whose currencies are given."""

    def over(*currencies):
        head = "declaration_id,line_no,date,district,hs_code,unit,quantity,value" + (",currency" if currencies else "")
        rows = [f"{i},1,2024-01-0{i},D,84713000,kg,1,10" + (f",{c}" if c else "") for i, c in
                enumerate(currencies or [""], 1)]  # fmt: skip
        path = tmp_path / "office.csv"
        path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
        made = page.Page("valuation", "en", tmp_path, tmp_path, "", {}, [tables.read("declarations", str(path))])
        monkeypatch.setattr(page, "_current", made)

    return over


def test_the_data_are_believed_before_the_set(opened):
    opened("USD", "USD")
    assert briefing.currency("CNY") == "USD"


def test_the_set_speaks_where_the_data_do_not(opened):
    opened()
    assert briefing.currency("THB") == "THB"
    assert briefing.place("Office", "本关").en == "Office"


def test_a_currency_that_nobody_stated_is_not_made_up(opened):
    opened()
    assert briefing.currency(None) == NO_CURRENCY
    assert briefing.place("Office", "本关").en == "Office · currency not stated"
    assert briefing.place("Office", "本关").zh == "本关 · 币种未注明"


def test_two_currencies_make_no_page(opened):
    opened("USD", "EUR")
    with pytest.raises(AnalystError, match="EUR, USD"):
        briefing.currency("USD")


def test_amounts_without_a_currency_are_written_bare_and_columns_say_so():
    assert money(2.34e6, NO_CURRENCY, "en") == "2.3\N{NO-BREAK SPACE}million"
    assert money(2.34e6, NO_CURRENCY, "zh") == "234.0万"
    assert money_scale(NO_CURRENCY, "en", 2e6) == (1e-6, "million, currency not stated")
    assert money_scale(NO_CURRENCY, "zh", 10) == (1.0, "币种未注明")


@pytest.mark.parametrize(
    "name", ["valuation", "valuation/query", "compliance", "early_warning/steps", "tax_forecast/causes"]
)
def test_no_set_names_a_currency_by_default(name):
    from analytics import parameters

    assert parameters.schema(name)["properties"]["currency"]["default"] is None
