"""A lodged forecast stays as it was, and each new month is judged against it."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analytics import briefing, parameters
from analytics.batch.fingerprint import input_files
from analytics.tax_forecast import ReceiptsError, forecast_year, keep_receipts, lodge, news, on_record, page, profile


@pytest.fixture
def made(series):
    return forecast_year(series(), 2024, "2024-03", "theta", paths=500)


def test_a_profile_adds_up_to_the_year(made):
    table = profile(made)
    assert table["period"].tolist() == [f"2024-{m:02d}" for m in range(4, 13)]
    assert made.received + table["expected"].sum() == pytest.approx(made.forecast)
    assert (table["low80"] < table["expected"]).all()
    assert (table["expected"] < table["high80"]).all()


def test_a_lodged_forecast_is_never_overwritten(made, series, tmp_path):
    path = lodge(made, tmp_path)
    before = path.read_bytes()
    assert lodge(made, tmp_path) == path
    other = forecast_year(series(seed=9), 2024, "2024-03", "theta", paths=500)
    with pytest.raises(ReceiptsError, match=r"on record.*not overwritten"):
        lodge(other, tmp_path)
    assert path.read_bytes() == before
    later = lodge(forecast_year(series(), 2024, "2024-04", "theta", paths=500), tmp_path)
    assert sorted(tmp_path.iterdir()) == [path, later]


@pytest.mark.parametrize(("factor", "sign"), [(1.6, 1), (0.6, -1)])
def test_a_month_far_from_its_profile_is_news_with_its_worth(made, series, tmp_path, factor, sign):
    frame = series(last="2024-06")
    usual = frame.loc[frame["ds"] == "2024-05-01", "y"].item()
    frame.loc[frame["ds"] == "2024-05-01", "y"] = usual * factor
    table = news(lodge(made, tmp_path), frame).set_index("period")
    assert table.index.tolist() == ["2024-04", "2024-05", "2024-06"]
    assert table.loc["2024-05", "news"]
    assert np.sign(table.loc["2024-05", "deviations"]) == sign
    worth = (usual * factor - table.loc["2024-05", "expected"]) / made.forecast
    assert table.loc["2024-05", "worth"] == pytest.approx(worth)


def test_months_as_expected_are_no_news(made):
    table = profile(made)
    as_said = pd.DataFrame({"ds": pd.to_datetime(table["period"] + "-01"), "y": table["expected"]})
    before = pd.DataFrame({"ds": pd.date_range("2023-01-01", "2024-03-01", freq="MS"), "y": 1000.0})
    found = news(table, pd.concat([before, as_said]))
    assert not found["news"].any()
    assert found["worth"].abs().max() < 1e-9


def test_news_names_the_part_that_carries_it(panel):
    whole = panel(last="2024-06")
    frame = whole[whole["ds"] <= "2024-03-01"]
    kept = profile(forecast_year(frame, 2024, model="theta", paths=300))
    later = whole.copy()
    hit = (later["unique_id"] == "import_vat/south") & (later["ds"] == "2024-05-01")
    later.loc[hit, "y"] *= 1.8
    table = news(kept, later).set_index("period")
    assert table.loc["2024-05", "carried_by"] == "import_vat/south"
    assert table.loc["2024-05", "news"]
    assert 0 < table.loc["2024-05", "carried"] <= table.loc["2024-05", "worth"] * 1.5


def test_every_month_is_judged_against_the_newest_profile_lodged_before_it(series, tmp_path):
    frame = series(last="2024-06")
    for month in ("03", "04"):
        lodge(forecast_year(frame, 2024, f"2024-{month}", "theta", paths=300), tmp_path)
    now = forecast_year(frame, 2024, "2024-06", "theta", paths=300)
    kept = on_record(now, frame, tmp_path, dt.date(2024, 7, 10))
    assert kept.news["period"].tolist() == ["2024-04", "2024-05", "2024-06"]
    assert kept.news["as_of"].tolist() == ["2024-03", "2024-04", "2024-04"]
    assert kept.lodged_on == "2024-07-10"
    assert on_record(now, frame, tmp_path, dt.date(2024, 8, 1)).lodged_on == "2024-07-10"
    said = " ".join(t.en for t in briefing.texts(page.lodged(now, kept)))
    assert "lodged on 2024-07-10" in said
    assert "2 " in said or "2." in said


def test_a_page_says_that_another_forecast_stands_on_record_already(made, series, tmp_path):
    lodge(forecast_year(series(seed=9), 2024, "2024-03", "theta", paths=300), tmp_path)
    kept = on_record(made, series(), tmp_path)
    assert kept.other
    assert kept.lodged_on == ""
    said = " ".join(t.en for t in briefing.texts(page.lodged(made, kept)))
    assert "not lodged" in said
    assert "This forecast was lodged" not in said


def test_a_year_that_is_over_cannot_be_lodged(series, tmp_path):
    with pytest.raises(ReceiptsError, match="is over"):
        lodge(forecast_year(series(), 2024, "2024-12", "theta", paths=200), tmp_path)


def test_receipts_are_kept_as_published_and_a_revision_is_added(series, tmp_path):
    path = tmp_path / "receipts.csv"
    first = series(first=2016, last="2023-06")
    keep_receipts(first, path, dt.date(2023, 7, 15))
    second = series(first=2016, last="2023-07")
    second.loc[second["ds"] == "2023-05-01", "y"] *= 1.4
    table = keep_receipts(second, path, dt.date(2023, 8, 15))
    assert keep_receipts(second, path, dt.date(2023, 9, 15)).equals(table)
    added = table[table["vintage"] == "2023-08-15"]
    assert added["ds"].dt.strftime("%Y-%m").tolist() == ["2023-05", "2023-07"]
    kept = pd.read_csv(path, parse_dates=["ds", "vintage"])
    then = forecast_year(kept, 2023, "2023-06", "theta", paths=200)
    assert then.forecast == forecast_year(first, 2023, "2023-06", "theta", paths=200).forecast


def test_the_proposed_step_names_its_owner_and_date(made):
    (said,) = page.next_step(made, "Duty office").items
    assert "Owner: Duty office" in said.en
    assert "April 2024" in said.en


def test_the_folder_of_the_record_is_no_input_of_the_run(tmp_path):
    """It changes while the notebook runs, and should: a batch that took it for an input would fail every run."""
    path = tmp_path / "tax_forecast" / "set.yaml"
    path.parent.mkdir()
    source = tmp_path / "receipts.csv"
    record = tmp_path / "record"
    record.mkdir()
    for file in (source, record / "total_2024_2024-03.csv"):
        file.write_text("ds,y\n", encoding="utf-8")
    path.write_text(f"receipts: {source}\nlodge: {record}\nvintages: {record}\n", encoding="utf-8")
    found = input_files(parameters.load(path))
    assert found == [source]
