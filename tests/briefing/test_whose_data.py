"""A page wears the name of its own data."""

from types import SimpleNamespace

import pytest

from analytics import briefing
from analytics.briefing import page
from analytics.language import Text


@pytest.fixture
def opened(monkeypatch):
    """A page with the inputs named."""

    def with_inputs(*inputs: SimpleNamespace) -> None:
        monkeypatch.setattr(page, "_current", SimpleNamespace(inputs=list(inputs)))

    return with_inputs


def _table(source: str, *, simulated: bool = False) -> SimpleNamespace:
    return SimpleNamespace(source=source, simulated=simulated)


@pytest.mark.parametrize(
    "source",
    ["data/port.csv", "C:\\data\\port.xlsx", "port.parquet", "database:CUSTOMS_DB/port", "data/port"],
)
def test_own_data_wear_their_own_name(opened, source):
    opened(_table(source))
    assert briefing.place() == Text("port", "port")
    assert briefing.place("Harbour") == Text("Harbour", "Harbour")
    assert briefing.place("Harbour", "口岸") == Text("Harbour", "口岸")


def test_only_simulated_data_are_called_simulated(opened):
    opened(_table("simulated:lines=1000,seed=1", simulated=True))
    assert briefing.place().en == "simulated customs"
    opened(_table("simulated:lines=1000,seed=1", simulated=True), _table("ours.csv"))
    assert briefing.place().en == "ours"


def test_published_figures_wear_the_name_of_their_country(opened):
    opened(_table("published:china_customs_revenue_monthly"))
    assert briefing.place() == Text("China, national", "全国")
