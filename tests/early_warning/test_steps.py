"""Duty steps: who moved goods at the old price is told, who honestly changed suppliers is not."""

import numpy as np
import pandas as pd
import pytest

from analytics import briefing
from analytics.early_warning.panels import WarningDataError
from analytics.early_warning.steps import page, parse_steps, preferences, study_steps
from analytics.errors import ParameterError
from analytics.language import Text
from analytics.simulation.scenes import duty_step

MONTHS = pd.date_range("2023-01-01", periods=27, freq="MS")
STEP = "2025-01-01 850110 AAA 0->20 (anti-dumping)"
PRICES = {("850110", "AAA"): 5.0, ("850110", "BBB"): 8.0, ("850120", "AAA"): 9.0, ("850120", "BBB"): 7.0}


def lines(movers, seed=1, sellers=True):
    """Thirty enterprises in four places; `movers`: enterprise to (code, origin, price, seller) from January 2025."""
    rng = np.random.default_rng(seed)
    rows = []
    for e in range(30):
        name = f"E{e:02d}"
        code, origin = next(iter(PRICES)) if e < 15 else list(PRICES)[1 + e % 3]
        for t, month in enumerate(MONTHS):
            place = (code, origin, PRICES[code, origin], f"S{e}")
            if t >= 24 and name in movers:
                place = movers[name]
            kg = np.exp(rng.normal(8, 0.3))
            rows.append((month, *place[:2], name, place[3], kg, kg * place[2] * np.exp(rng.normal(0, 0.03))))
    columns = ["date", "hs_code", "origin", "enterprise_id", "seller_id", "net_mass_kg", "value"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame if sellers else frame.drop(columns="seller_id")


@pytest.mark.parametrize("sellers", [True, False])
@pytest.mark.parametrize(
    ("to", "kind"), [(("850110", "BBB", 5.0, "S3"), "origin"), (("850120", "AAA", 5.0, "S3"), "code")]
)
def test_goods_moved_at_the_old_price_are_told(to, kind, sellers):
    found = study_steps(lines({"E03": to}, sellers=sellers), parse_steps([STEP]))
    assert list(found.leads["enterprise"]) == ["E03"]
    row = found.leads.iloc[0]
    assert row["kind"] == kind
    assert row["old_price"] == pytest.approx(5, rel=0.03)
    assert row["duty"] == pytest.approx(12 * 0.2 * row["gained"])
    assert found.chance == 0


@pytest.mark.parametrize(
    "to",
    [
        ("850110", "BBB", 8.0, "S99"),  # another supplier elsewhere at the price there
        ("850120", "AAA", 9.0, "S3"),  # the same seller's other goods at their price
        ("850110", "AAA", 5.0, "S98"),  # another seller of the same goods
        ("850120", "BBB", 7.0, "S97"),  # other goods from elsewhere
    ],
)
def test_an_honest_change_is_not_told(to):
    found = study_steps(lines({"E03": to, "E05": to}), parse_steps([STEP]))
    assert found.leads.empty


def test_enterprises_that_shrink_or_stop_without_appearing_elsewhere_are_not_told():
    frame = lines({})
    frame = frame[~((frame["enterprise_id"] == "E04") & (frame["date"] >= "2025-01-01"))]
    assert study_steps(frame, parse_steps([STEP])).leads.empty


@pytest.mark.parametrize(
    "line",
    ["2025-01-01 850110 0->20", "2025-01-01 850110 AAA 20->0", "2025-13-01 850110 AAA 0->20", "850110 AAA 0->20"],
)
def test_a_step_that_cannot_be_studied_says_how_to_write_it(line):
    with pytest.raises(ParameterError, match="Write: DATE CODE ORIGIN"):
        parse_steps([line])


def test_missing_columns_and_months_are_named():
    with pytest.raises(WarningDataError, match="enterprise_id"):
        study_steps(lines({}).drop(columns="enterprise_id"), parse_steps([STEP]))
    with pytest.raises(WarningDataError, match="2025-04 to 2026-06"):
        study_steps(lines({}), parse_steps(["2026-04-01 850110 AAA 0->20"]))


def test_without_an_earlier_date_chance_is_not_known_and_the_page_says_so():
    frame = lines({"E03": ("850110", "BBB", 5.0, "S3")})
    found = study_steps(frame[frame["date"] >= "2024-01-01"], parse_steps([STEP]))
    assert len(found.leads) == 1
    assert np.isnan(found.chance)
    assert np.isnan(found.precision)
    assert "chance is not known" in page.verdict(found, "CNY").lead.en


def test_use_of_preferences_counts_what_could_claim_and_what_left_from_elsewhere():
    frame = lines({}).assign(preference=None, departure_country="AAA")
    claims = (frame["origin"] == "AAA") & (frame["enterprise_id"] < "E10") & (frame["hs_code"] == "850110")
    frame.loc[claims, "preference"] = "FTA-AAA"
    away = claims & (frame["enterprise_id"] < "E02")
    frame.loc[away, "departure_country"] = "XYZ"
    table = preferences(frame)
    recent = frame["date"] >= "2024-04-01"
    could = recent & (frame["origin"] == "AAA") & (frame["hs_code"] == "850110")
    assert list(table["origin"]) == ["AAA"]
    assert table["eligible"][0] == pytest.approx(frame.loc[could, "value"].sum())
    assert table["used"][0] == pytest.approx(frame.loc[could & claims, "value"].sum() / frame.loc[could, "value"].sum())
    assert table["elsewhere"][0] == pytest.approx(
        frame.loc[recent & away, "value"].sum() / frame.loc[recent & claims, "value"].sum()
    )
    assert not briefing.faults(page.preferences(table))


def test_without_preferences_or_departures_nothing_is_made_up():
    assert preferences(lines({})) is None
    assert page.preferences(None) is None
    frame = lines({}).assign(preference="FTA")
    assert preferences(frame)["elsewhere"].isna().all()


def test_the_shipped_scene_has_its_moves_found_and_its_honest_changes_left_alone():
    scene = duty_step(6_000, 3)
    found = study_steps(scene.declarations, parse_steps(scene.steps))
    planted = set(zip(scene.truth["enterprise_id"], scene.truth["new"], strict=True))
    told = set(zip(found.leads["enterprise"], found.leads["new"], strict=True))
    assert len(planted) >= 4
    assert len(told & planted) >= 0.75 * len(planted)
    assert len(told - planted) <= 1


@pytest.mark.parametrize("movers", [{}, {"E03": ("850110", "BBB", 5.0, "S3"), "E04": ("850120", "AAA", 5.0, "S4")}])
def test_every_part_of_the_page_keeps_the_rules_of_the_house(movers):
    found = study_steps(lines(movers), parse_steps([STEP]))
    parts = (page.headline(found, Text("a", "某"), "CNY"), page.moves(found), page.watch(found), page.method(found))
    assert not any(briefing.faults(part) for part in parts)
    assert page.verdict(found, "CNY").status == "watch"
    assert page.figures(found)["leads_origin"] == (1 if movers else 0)
