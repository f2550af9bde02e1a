"""Receipts that run through a year are told from single months, whatever month the year begins in."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics import tables
from analytics.tables import DataError
from analytics.tables.plausible import running

MONTHS = pd.date_range("2019-01-01", "2025-06-01", freq="MS")


def monthly(seed: int, noise: float = 0.08) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    season = 1 + 0.15 * np.sin(2 * np.pi * MONTHS.month.to_numpy() / 12)
    y = 500 * season * np.exp(0.004 * np.arange(len(MONTHS)) + rng.normal(0, noise, len(MONTHS)))
    return pd.DataFrame({"unique_id": "duty", "ds": MONTHS, "y": y.round(3)})


def summed(frame: pd.DataFrame, start: int = 1, years: tuple[int, ...] | None = None) -> pd.DataFrame:
    year = frame["ds"].dt.year - (frame["ds"].dt.month < start)
    chosen = year.isin(years) if years else year.notna()
    return frame.assign(y=frame["y"].where(~chosen, frame.groupby(year)["y"].cumsum()))


def read(folder: Path, frame: pd.DataFrame, more: str) -> pd.DataFrame:
    frame.to_csv(folder / "r.csv", index=False)
    where = folder / "map.yaml"
    where.write_text(f"table: receipts\ncolumns: {{unique_id: unique_id, ds: ds, y: y}}\n{more}")
    return tables.read("receipts", str(folder / "r.csv"), str(where)).to_pandas().sort_values("ds")


def test_single_months_are_never_taken_for_sums():
    asked = [seed for seed in range(60) if running.doubts(monthly(seed, (0.05, 0.15, 0.25)[seed % 3]))]
    assert asked == []


@pytest.mark.parametrize("start", [1, 4, 7, 10])
def test_sums_of_fiscal_years_are_asked_about_and_read_as_the_answer_says(tmp_path: Path, start: int):
    frame = monthly(3)
    with pytest.raises(DataError, match=r"as sums since (January|April|July|October) do") as told:
        read(tmp_path, summed(frame, start), "")
    answer = f"cumulative: true\nyear_ends: {start - 1}\n" if start > 1 else "cumulative: true\n"
    assert answer.splitlines()[-1] in str(told.value)
    found = read(tmp_path, summed(frame, start), answer)
    whole = slice((start - 1) % 12, None)  # the file's first months belong to a year that began before it
    assert np.allclose(found["y"].to_numpy()[whole], frame["y"].to_numpy()[whole])
    assert set(found["months_covered"].to_numpy()[whole]) == {1}


@pytest.mark.parametrize("years", [(2025,), (2021,), (2019, 2020, 2021, 2022, 2023)])
def test_sums_in_some_years_alone_are_asked_about(years: tuple[int, ...]):
    told = running.doubts(summed(monthly(5), years=years))
    assert [doubt.name for doubt in told] == ["y.cumulative"]
    assert any(str(year) in told[0].text.en for year in (*years, max(years) + 1))


def test_months_that_were_no_sums_are_not_differenced_in_silence(tmp_path: Path):
    frame = monthly(7)
    for wrong, hint in (
        (frame, "cumulative: false"),
        (summed(frame, 4), "year_ends: 3"),
        (summed(frame, years=(2019, 2020, 2021, 2022, 2023, 2024)), 'matches: "2025"'),
    ):
        with pytest.raises(DataError) as told:
            read(tmp_path, wrong, "cumulative: true\n")
        assert hint in str(told.value)


def test_small_series_that_run_like_sums_by_chance_are_not_asked_about_and_the_one_that_counts_is():
    small = [summed(monthly(seed, 0.2), years=(2023,)).assign(unique_id=f"s{seed}") for seed in range(3)]
    small = [part.assign(y=part["y"] / 1_000) for part in small]
    assert running.doubts(pd.concat([monthly(7), *small])) == []
    assert running.doubts(pd.concat([summed(monthly(7), years=(2023,)), *small]))
