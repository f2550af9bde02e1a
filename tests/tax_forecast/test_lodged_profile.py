"""A lodged forecast stays as it was, and each new month is judged against it."""

import numpy as np
import pandas as pd
import pytest

from analytics.tax_forecast import ReceiptsError, forecast_year, lodge, news, profile


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
