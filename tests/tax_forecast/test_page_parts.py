"""Every part of the page keeps the rules of the house, and says one number for one thing."""

import re

import pandas as pd
import pytest

from analytics import briefing, tax_forecast
from analytics.briefing import Section
from analytics.language import Text, money
from analytics.tax_forecast import forecast_year, page

PLANS = pd.DataFrame({"year": [2021, 2022], "plan": [15000.0, 16000.0], "actual": [16000.0, 16500.0]})
LINES = ("Duty lower: 2024-09-01 duty -10 %", "Duty higher: 2024-09-01 duty +10 %")
PLACE = Text("Port", "口岸")


@pytest.fixture(scope="module")
def frame():
    """Two items in two districts, 2008 to 2024, unit in the contract's form."""
    months = pd.date_range("2008-01-01", "2024-12-01", freq="MS")
    parts = []
    for i, (tax_item, district) in enumerate([("duty", "north"), ("duty", "south"), ("import_vat", "north")]):
        wave = [1 + 0.1 * ((7 * at + 3 * i) % 12) / 12 + 0.02 * ((5 * at + i) % 7) for at in range(len(months))]
        y = [(1 + i) * 100 * 1.05 ** (at / 12) * w for at, w in enumerate(wave)]
        part = pd.DataFrame({"ds": months, "y": y, "unit": "CNY million", "tax_item": tax_item, "district": district})
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


ORIGINS = {"start": "2023-12", "joint": "2024-02", "june": "2024-06", "november": "2024-11", "over": "2024-12"}


@pytest.fixture(scope="module")
def shown(frame):
    """All parts of the page at several origins, with a plan and without, judged and open."""

    def parts(as_of: str, **kwargs: object) -> tuple[tax_forecast.YearForecast, dict]:
        rows = frame if kwargs.pop("judged", True) else frame[frame["ds"] <= f"{as_of}-01"]
        year = forecast_year(rows, 2024, as_of, "theta", paths=200, record_years=8, **kwargs)
        return year, page.exhibits(year, PLACE, LINES if as_of < "2024-08" else (), PLANS)

    made = {name: parts(as_of) for name, as_of in ORIGINS.items()}
    made |= {f"open {name}": parts(as_of, judged=False, plan=9000.0) for name, as_of in ORIGINS.items()}
    return made


def test_every_part_stands_in_both_languages_with_data_columns_and_alternatives(shown):
    found = {
        (origin, name): wrong
        for origin, (_, parts) in shown.items()
        for name, part in parts.items()
        if (wrong := briefing.faults(part))
    }
    assert not found


def test_every_chart_can_be_drawn(shown):
    for _, parts in shown.values():
        for part in parts.values():
            for exhibit in part.exhibits if isinstance(part, Section) else ():
                if isinstance(exhibit, briefing.Chart):
                    exhibit.draw().clear()


def test_the_forecast_is_one_number_wherever_the_page_says_it(shown):
    year, parts = shown["open june"]
    total = money(year.forecast, year.unit, "en")
    assert total in parts["headline"].verdict.text.en
    assert total in parts["path"].exhibits[0].alt.en
    for listing in parts["parts"].exhibits[1:]:
        assert listing.frame["forecast"].iloc[-1] == year.forecast
    assert parts["scenarios"].exhibits[1].frame["forecast"].iloc[0] == pytest.approx(year.forecast, rel=1e-12)
    assert parts["revisions"].exhibits[0].frame["forecast"].iloc[-1] == pytest.approx(year.forecast, rel=1e-12)
    assert tax_forecast.forecast_table(year)["forecast"].iloc[0] == year.forecast
    assert tax_forecast.figures_of(year)["forecast"] == year.forecast


def test_the_record_is_one_number_in_lead_tile_heading_table_and_result(shown):
    year, parts = shown["open june"]
    facts = tax_forecast.figures_of(year)
    hits = round(facts["record_within_5pct"] * facts["record_years"])
    said = f"{hits} of {facts['record_years']:.0f} years"
    assert said in parts["headline"].verdict.lead.en
    assert said in parts["record"].finding.en
    assert said in parts["headline"].tiles[3].note.en
    by_month = parts["record"].exhibits[1].frame.set_index("months_known")
    assert by_month.loc[6, "mean_error"] == pytest.approx(facts["record_mean_error"])
    board = parts["record"].exhibits[2].frame.set_index("model")
    assert board.loc["theta", "mean_error"] == pytest.approx(facts["record_mean_error"])


def test_no_text_holds_a_place_that_was_never_filled(shown):
    for _, parts in shown.values():
        for part in parts.values():
            for text in briefing.texts(part):
                assert not re.search(r"\{|\}|nan|None|—\s*—", text.en + text.zh), text


def test_a_forecast_shows_itself_in_a_line_and_as_a_table(shown):
    year, _ = shown["june"]
    assert repr(year).count("\n") == 0
    assert len(repr(year)) < 160
    assert list(year.summary().index) == ["total", *year.panel.leaves]
    assert "<table" in year._repr_html_()


def test_the_pillar_lists_its_public_names_only():
    assert dir(tax_forecast) == sorted(tax_forecast.__all__)
