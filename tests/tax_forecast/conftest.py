"""Made-up receipts for the tests of the forecast: seasonal, growing, noisy, with known quirks."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from analytics.tax_forecast.record import candidates

Maker = Callable[..., pd.DataFrame]


@pytest.fixture
def series() -> Maker:
    """Monthly receipts of one series from January of `first` to a last month."""

    def make(
        first: int = 2008, last: str = "2024-12", growth: float = 0.05, noise: float = 0.04, seed: int = 3
    ) -> pd.DataFrame:
        months = pd.date_range(f"{first}-01-01", f"{last}-01", freq="MS")
        rng = np.random.default_rng(seed)
        season = 0.15 * np.sin(2 * np.pi * np.arange(len(months)) / 12)
        level = np.log(1000) + growth * np.arange(len(months)) / 12
        y = np.exp(level + season + noise * rng.standard_normal(len(months)))
        return pd.DataFrame({"unique_id": "duty", "ds": months, "y": y, "unit": "CNY million"})

    return make


@pytest.fixture
def panel(series: Maker) -> Maker:
    """Receipts by tax item and district."""

    def make(
        items: tuple[str, ...] = ("duty", "import_vat"),
        districts: tuple[str, ...] = ("north", "south"),
        **kwargs: object,
    ) -> pd.DataFrame:
        parts = []
        for i, item in enumerate(items):
            for j, district in enumerate(districts):
                part = series(seed=10 * i + j, **kwargs)
                part["y"] *= 1 + i + 3 * j
                parts.append(part.assign(unique_id=f"{item}/{district}", tax_item=item, district=district))
        return pd.concat(parts, ignore_index=True)

    return make


def joined(frame: pd.DataFrame, years: range | None = None) -> pd.DataFrame:
    """Publish January and February as one period (in the years given, or in all)."""
    frame = frame.assign(months_covered=1)
    in_years = frame["ds"].dt.year.isin(years) if years is not None else True
    head = frame["ds"].dt.month.le(2) & in_years
    pairs = frame[head].assign(year=frame["ds"].dt.year).groupby(["unique_id", "year"], as_index=False)
    both = pairs.agg(y=("y", "sum"), ds=("ds", "max"), unit=("unit", "first")).drop(columns="year")
    return pd.concat([frame[~head], both.assign(months_covered=2)], ignore_index=True).sort_values(["unique_id", "ds"])


@pytest.fixture
def joint() -> Callable[..., pd.DataFrame]:
    """Function that joins January and February."""
    return joined


@pytest.fixture
def forgetful() -> None:
    """Start without remembered forecasts."""
    candidates._kept.clear()
