"""Sentences of a price page hold for one thing as for many, and for what a group stands out by."""

import dataclasses
import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from analytics import valuation
from analytics.language import Text
from analytics.valuation import page
from analytics.valuation.level.verdicts import prices_below

_LINES, _BAND = 1_500, (0.95, 1.05)
_ONE_OF_MANY = re.compile(
    r"\b1 (?:of them (?:are|price)|(?:closed price |watched )?(?:groups|lines|codes|enterprises|districts|queries)\b)"
    r"|\b1 of \d+ [a-z x]*(?:stand|price|give|are)\b|nan|None of [01]\b|1 of 1\b"
)


def _lines() -> pd.DataFrame:
    """Four districts of forty enterprises; D1 at 0.8."""
    rng = np.random.default_rng(5)
    firm, month = rng.integers(0, 40, _LINES), rng.integers(1, 13, _LINES)
    quantity = np.exp(rng.normal(4, 1, _LINES))
    off = rng.normal(0, 0.02, 40)[firm] + rng.normal(0, 0.1, _LINES) + np.where(firm % 4 == 1, np.log(0.8), 0.0)
    return pd.DataFrame(
        {
            "declaration_id": np.arange(_LINES).astype(str),
            "date": pd.to_datetime([f"2024-{m:02d}-10" for m in month]),
            "district": np.char.add("D", (firm % 4).astype(str)),
            "enterprise_id": np.char.add("E", firm.astype(str)),
            "hs_code": "8471300000",
            "origin": "US",
            "unit": "kg",
            "quantity": quantity,
            "value": quantity * np.exp(off),
        }
    )


@pytest.fixture(scope="module")
def level() -> valuation.PriceLevel:
    return valuation.price_level(_lines())


def _texts(shown: object) -> Iterator[Text]:
    """All that a part says."""
    if isinstance(shown, Text):
        yield shown
    elif isinstance(shown, (list, tuple)):
        for part in shown:
            yield from _texts(part)
    elif isinstance(shown, pd.DataFrame):
        for column in shown:
            yield from (cell for cell in shown[column] if isinstance(cell, Text))
    elif dataclasses.is_dataclass(shown):
        for field in dataclasses.fields(shown):
            yield from _texts(getattr(shown, field.name))


def _with(found: valuation.PriceLevel, **columns: object) -> page.Findings:
    cells = found.levels.assign(**columns).astype(found.levels.dtypes.to_dict())
    return page.Findings(dataclasses.replace(found, levels=cells))


@pytest.mark.parametrize(
    "status", [None, "met watch", "insufficient met", "insufficient watch", "insufficient not_met"]
)
def test_one_of_anything_is_told_as_one(level, status):
    """One group that stands out, one that is judged: no "1 groups", no "1 of 1"."""
    found = page.Findings(level)
    if status:
        others, one = status.split()
        at = level.levels["key"] == "D1"
        found = _with(level, status=np.where(at, one, others), reason=np.where(at, "level", "few lines"))
    said = [text.en for part in page.exhibits(found, Text("a place", "某地")).values() for text in _texts(part)]
    assert len(said) > 20
    assert not [text for text in said if _ONE_OF_MANY.search(text)]


def test_a_group_stands_below_by_what_it_is_called_for(level):
    """By its level, by its level by value where lines are in order, or by what is set apart."""
    cells = pd.DataFrame(
        {
            "level": [0.9, 1.2, 1.01, 1.01, 0.99, 0.9, np.nan],
            "level_weighted": [1.0, 1.0, 0.8, 1.0, 1.0, 1.0, np.nan],
            "reason": ["level", "level", "by value", "set apart", "set apart", "by value", "set apart"],
            "set_apart_below": [0.0, 0.0, 0.0, 0.3, 0.0, 0.0, 0.0],
            "set_apart_above": [0.0, 0.0, 0.0, 0.1, 0.4, 0.0, 1.0],
        }
    )
    assert prices_below(cells, _BAND).tolist() == [True, False, True, True, False, True, False]
    at = level.levels["key"] == "D2"
    found = _with(
        level,
        status=np.where(at, "watch", "met"),
        reason=np.where(at, "set apart", ""),
        level=1.02,
        set_apart_below=0.2,
        set_apart_above=0.0,
        duty_at_stake=0.0,
    )
    assert page.map(found).finding.en == "The one group that stands out prices below the others"
    assert page.funnel(found).finding.en == "No group reads outside the band; 1 more stands out by what is set apart"
    lead = page.verdict(found).lead
    assert lead is not None
    assert "no value is at stake" not in lead.en


def test_enterprises_without_a_usual_price_are_not_confirmed_to_stand_apart_from_it():
    """A few large ones have one price, each of many small ones its own: half of all would "price apart"."""
    rng = np.random.default_rng(8)
    firm = np.where(rng.random(2_000) < 0.6, rng.integers(0, 25, 2_000), rng.integers(25, 60, 2_000))
    own = np.where(np.arange(60) < 25, rng.normal(0, 0.02, 60), np.abs(rng.normal(0.9, 0.5, 60)))
    quantity = np.exp(rng.normal(4, 1, 2_000))
    frame = pd.DataFrame(
        {
            "declaration_id": np.arange(2_000).astype(str),
            "date": pd.Timestamp("2024-03-10"),
            "district": np.char.add("D", (firm % 5).astype(str)),
            "enterprise_id": np.char.add("E", firm.astype(str)),
            "hs_code": "2835250000",
            "origin": "CN",
            "unit": "kg",
            "quantity": quantity,
            "value": quantity * np.exp(own[firm] + rng.normal(0, 0.1, 2_000)),
        }
    )
    found = page.Findings(valuation.price_level(frame))
    table = found.enterprises
    assert not table["usual"].any()
    assert not (table["status"] == "not_met").any()
    section = page.enterprises(found)
    assert section is not None
    assert "the others differ too much to have a usual price" in section.finding.en


def test_a_headline_says_of_how_many_that_can_be_judged_and_confirmed_is_not_all_that_stand_outside(level):
    """Where nobody is judged who does not stand far off, all that are judged stand outside."""
    keys = level.levels["key"]
    found = _with(
        level,
        status=np.select([keys == "D1", keys == "D2"], ["not_met", "watch"], "insufficient"),
        reason=np.where(keys.isin(["D1", "D2"]), "level", "mixed goods"),
    )
    said = page.verdict(found).text.en
    assert said.startswith(
        "1 of 2 districts that can be judged is confirmed outside 0.95–1.05; district D1 is farthest"
    )


def test_a_breakdown_by_enterprise_has_a_page_and_one_level_an_enterprise():
    """The page of a documented breakdown ended in an error, under it stood other levels of the same enterprises."""
    parts = page.exhibits(page.Findings(valuation.price_level(_lines(), by=["enterprise"])), Text("a place", "某地"))
    assert "enterprises" not in parts
    assert "breaches" in parts


def test_an_amount_whose_level_has_no_interval_stands_without_one():
    found = page.Findings(valuation.price_level(_lines(), method="ratio"))
    lead = page.verdict(found).lead
    assert lead is not None
    assert re.search(r"at stake [^(]*\d[^(]*\. ", lead.en)
    assert "CNY 0" not in lead.en
    assert "at_stake" in page.figures(found)
    assert "at_stake_low95" not in page.figures(found)


def test_quarters_of_a_district_are_counted_as_such():
    found = page.Findings(valuation.price_level(_lines(), by=["district", "period"], period="quarter"))
    assert "district x period groups" in page.verdict(found).text.en
    assert len(found.sensitivity) == min(len(found.outside), found.cells_shown)


def test_no_group_is_said_to_be_inside_where_none_can_be_judged_but_an_enterprise(level):
    found = _with(level, status="insufficient", reason="few lines")
    apart = found.enterprises.assign(status="not_met", level=0.7)
    told = dataclasses.replace(found)
    told.__dict__["enterprises"] = apart
    assert page.verdict(told).text.en.startswith("No group can be judged, but 40 enterprises price apart")
