"""Refunds, ended and late items, wild districts: each part as good as without the others, and the page says so."""

import numpy as np
import pandas as pd
import pytest

from analytics import briefing
from analytics.language import Text
from analytics.tax_forecast import compare, forecast_year, page, parse_scenarios
from analytics.tax_forecast.inputs.receipts import prepare

KW = {"year": 2025, "as_of": "2025-06", "model": "theta", "paths": 300}
TRUTH = {"duty": 20.0, "import_vat": 100.0, "surcharge": 10.0, "refunds": -30.0}


def item(name: str, last: str = "2025-12", growth: float = 0.05) -> pd.DataFrame:
    """A calm item with a season: what it brings in 2025 is known."""
    months = pd.date_range("2016-01-01", f"{last}-01", freq="MS")
    at = np.arange(len(months))
    y = TRUTH[name] * np.exp(growth * at / 12) * (1 + 0.05 * np.sin(2 * np.pi * at / 12))
    return pd.DataFrame({"ds": months, "tax_item": name, "y": y.round(1), "unit": "CNY million"})


def errors(year) -> pd.Series:
    """Error of every item against what it brought."""
    parts = year.parts().set_index("unique_id")
    got = parts["received"] + year.later.groupby("unique_id")["y"].sum()
    return parts["forecast"] / got - 1


def known(frame: pd.DataFrame, to: str = "2025-06") -> pd.DataFrame:
    return frame[frame["ds"] <= f"{to}-01"]


@pytest.mark.parametrize("growth", [0.0, -0.05, 0.2])
def test_every_item_is_as_good_with_refunds_as_without(growth):
    goods, refunds = pd.concat([item("duty"), item("import_vat")]), item("refunds", growth=growth)
    without = errors(forecast_year(goods, **KW)).abs()
    year = forecast_year(pd.concat([goods, refunds]), **KW)
    found = errors(year).abs()
    assert (found[["duty", "import_vat"]] <= 1.5 * without + 0.01).all()
    assert found["refunds"] < 0.03
    refunds_row = year.parts().set_index("unique_id").loc["refunds"]
    assert refunds_row["low80"] < refunds_row["forecast"] < refunds_row["high80"] < 0
    total = np.sum(list(year.leaf_paths.values()), axis=0)
    assert np.allclose(total, year.paths)


def ended_zeros(last: str) -> pd.DataFrame:
    frame = item("surcharge")
    return frame.assign(y=frame["y"].where(frame["ds"] <= f"{last}-01", 0.0))


def ended_rows(last: str) -> pd.DataFrame:
    return item("surcharge", last)


@pytest.mark.parametrize("last", ["2023-12", "2024-08", "2025-03"])
@pytest.mark.parametrize("ended", [ended_zeros, ended_rows])
def test_an_abolished_item_stays_at_nothing_and_costs_the_others_nothing(ended, last):
    goods = pd.concat([item("duty"), item("import_vat")])
    alone = forecast_year(goods, **KW)
    year = forecast_year(pd.concat([goods, ended(last)]), **KW)
    parts = year.parts().set_index("unique_id")
    assert parts.loc["surcharge", "forecast"] == pytest.approx(parts.loc["surcharge", "received"])
    assert year.leaf_paths["surcharge"].max() == 0
    rest = year.forecast - parts.loc["surcharge", "forecast"]
    assert rest == pytest.approx(alone.forecast, rel=0.002)
    said = " ".join(note.en for note in year.notes)
    assert said.count("taken as ended") == 1
    assert "surcharge" in said


def test_an_item_that_pauses_every_winter_is_not_taken_for_ended():
    frame = item("surcharge")
    frame.loc[frame["ds"].dt.month.isin([1, 2, 3, 4]), "y"] = 0.0
    year = forecast_year(pd.concat([item("duty"), frame]), 2025, "2025-04", "theta", paths=200)
    assert year.parts().set_index("unique_id").loc["surcharge", "forecast"] > 60
    assert not any("taken as ended" in note.en for note in year.notes)


@pytest.mark.parametrize(("late", "to"), [(1, "2025-06"), (2, "2025-06"), (1, "2025-12")])
def test_an_item_that_is_late_is_estimated_said_and_costs_little(late, to):
    goods = known(pd.concat([item("duty"), item("import_vat")]), to)
    newest = goods["ds"].max() - pd.DateOffset(months=late - 1)
    behind = goods[~((goods["tax_item"] == "import_vat") & (goods["ds"] >= newest))]
    kwargs = KW | {"as_of": to}
    whole, ragged = forecast_year(goods, **kwargs), forecast_year(behind, **kwargs)
    assert ragged.received == pytest.approx(whole.received, rel=0.01)
    assert ragged.forecast == pytest.approx(whole.forecast, rel=0.01)
    assert any("not yet in" in note.en and "import_vat" in note.en for note in ragged.notes)


def test_a_new_item_is_forecast_from_its_first_months():
    fresh = item("surcharge").query("ds >= '2025-02-01'")
    year = forecast_year(pd.concat([item("duty"), item("import_vat"), fresh]), **KW)
    share = year.parts().set_index("unique_id").loc["surcharge", "forecast"] / (5 * fresh["y"].iloc[0])
    assert 1.5 < share < 3


def test_a_part_that_went_wild_is_held_to_what_its_past_allows_and_named():
    wild = item("surcharge")
    rng = np.random.default_rng(3)
    wild["y"] *= np.exp(rng.normal(0, 1.5, len(wild)))
    wild.loc[wild["ds"] >= "2024-07-01", "y"] *= 12
    year = forecast_year(known(pd.concat([item("duty"), item("import_vat"), wild])), **KW)
    row = year.parts().set_index("unique_id").loc["surcharge"]
    leaf = year.panel.leaves["surcharge"]
    allowed = max(leaf.row(2024)[6:].sum(), leaf.row(2024)[6:].sum() * 2, row["received"])
    assert row["forecast"] - row["received"] <= 1.25 * allowed
    assert any("more than threefold" in note.en and "surcharge" in note.en for note in year.notes)


def test_the_total_wears_no_green_badge_over_a_part_that_missed_by_far():
    odd = item("surcharge")
    odd.loc[odd["ds"] > "2025-06-01", "y"] *= 0.02
    year = forecast_year(pd.concat([item("duty"), item("import_vat"), odd]), **KW)
    verdict = page.verdict(year)
    assert abs(year.error) <= 0.05
    assert year.missed_parts() == ["surcharge"]
    assert verdict.status == "watch"
    assert "1 of 3 parts" in verdict.badge.en
    calm = page.verdict(forecast_year(pd.concat([item("duty"), item("import_vat"), item("surcharge")]), **KW))
    assert calm.status == "met"


def test_each_part_has_a_record_by_the_same_rule():
    year = forecast_year(pd.concat([item("duty"), item("import_vat"), item("refunds")]), **KW)
    record = year.leaf_record
    assert set(record["unique_id"]) == {"duty", "import_vat", "refunds"}
    assert record["year"].max() == 2024
    sums = record.groupby("year")[["forecast", "actual"]].sum()
    assert np.allclose(sums["forecast"], year.record.loc[sums.index, "forecast"])
    assert np.allclose(sums["actual"], year.record.loc[sums.index, "actual"])


def test_parts_of_a_page_keep_the_rules_whatever_they_are():
    everything = pd.concat([item("duty"), item("refunds"), ended_zeros("2024-02"), item("import_vat", "2025-05")])
    for frame in (everything, known(everything)):
        parts = page.exhibits(forecast_year(frame, **KW), Text("Port", "口岸"))
        assert not [fault for part in parts.values() for fault in briefing.faults(part)]


def test_the_total_of_parts_is_the_total_when_one_is_late_and_one_has_ended():
    panel = prepare(known(pd.concat([item("duty"), item("import_vat", "2025-05"), ended_rows("2024-02")])))
    cut = panel.until(2025, 6)
    assert cut.total.grid[-1, :6].sum() == pytest.approx(sum(np.nansum(h.grid[-1, :6]) for h in cut.leaves.values()))
    assert np.isfinite(cut.total.grid[-1, :6]).all()


@pytest.mark.parametrize("jump", [20, 300, 1e4])
def test_a_part_with_a_hopeless_record_takes_nothing_from_the_others(jump):
    """Its paths are wide; the mean of wide paths is no forecast."""
    odd = item("surcharge").assign(y=lambda f: f["y"] / jump)
    for year in (2019, 2021, 2023):
        odd.loc[odd["ds"].dt.year == year, "y"] *= jump
    year = forecast_year(known(pd.concat([item("duty"), item("import_vat"), odd])), **KW)
    parts = year.parts().set_index("unique_id")
    assert parts["forecast"].sum() == pytest.approx(year.forecast)
    assert parts.loc["import_vat", "forecast"] / parts.loc["import_vat", "last_year"] == pytest.approx(1.05, abs=0.03)
    assert parts.loc["surcharge", "forecast"] <= 1.5 * parts.loc["surcharge", "last_year"]


@pytest.mark.parametrize(("factor", "called"), [(0.2, True), (5.0, True), (1.0, False)])
def test_a_part_that_starts_or_stops_within_the_year_is_called(factor, called):
    turned = item("surcharge")
    turned.loc[turned["ds"] >= "2025-04-01", "y"] *= factor
    year = forecast_year(known(pd.concat([item("duty"), item("import_vat"), turned])), **KW)
    assert any("within the year" in note.en and "surcharge" in note.en for note in year.notes) is called


def test_refunds_are_taken_off_a_year_that_lies_further_ahead() -> None:
    months = pd.date_range("2016-01-01", "2023-12-01", freq="MS")
    season = 1 + 0.1 * np.sin(np.arange(len(months)) * np.pi / 6)
    rows = [
        pd.DataFrame({"unique_id": item, "tax_item": item, "ds": months, "y": level * season})
        for item, level in (("duty", 100.0), ("vat", 300.0), ("refund", -60.0))
    ]
    for as_of in ("2022-12", "2022-06", "2021-12"):
        said = forecast_year(pd.concat(rows), year=2024, as_of=as_of, model="theta", paths=50)
        assert said.received + said.median.sum() == pytest.approx(12 * 340, rel=0.01)
        assert said.leaf_medians["refund"].sum() == pytest.approx(-12 * 60, rel=0.01)
        assert (said.record["forecast"] / said.record["actual"]).to_numpy() == pytest.approx(1, rel=0.01)


def test_a_policy_of_one_item_counts_by_its_share_in_a_year_that_lies_further_ahead() -> None:
    months = pd.date_range("2016-01-01", "2022-12-01", freq="MS")
    season = 1 + 0.1 * np.sin(np.arange(len(months)) * np.pi / 6)
    rows = [
        pd.DataFrame({"unique_id": item, "tax_item": item, "ds": months, "y": level * season})
        for item, level in (("duty", 100.0), ("vat", 300.0))
    ]
    for as_of in ("2022-12", "2022-06"):
        said = forecast_year(pd.concat(rows), year=2024, as_of=as_of, model="theta", paths=50)
        halved = compare(said, parse_scenarios(["Half: 2024-01-01 duty -50 %"]))
        assert halved["share"].iloc[1] == pytest.approx(-0.125, abs=0.002)
