"""A simulated customs with a model of its first half, shared by the tests of this room."""

import pandas as pd
import pytest

from analytics import smuggling, tables
from analytics.simulation.simulated import Simulation


@pytest.fixture(scope="session")
def simulated() -> Simulation:
    return tables.simulate(16_000, 5)


@pytest.fixture(scope="session")
def declared(simulated: Simulation) -> pd.DataFrame:
    return simulated.declarations.drop_duplicates(["declaration_id", "line_no"], keep="last")


@pytest.fixture(scope="session")
def fitted(declared: pd.DataFrame) -> smuggling.RiskModel:
    return smuggling.fit(declared[declared["date"] < "2025-07-01"])


@pytest.fixture(scope="session")
def later(declared: pd.DataFrame) -> pd.DataFrame:
    return declared[declared["date"] >= "2025-07-01"].reset_index(drop=True)


@pytest.fixture(scope="session")
def studied(simulated: Simulation, declared: pd.DataFrame) -> smuggling.Study:
    question = smuggling.Question(refit_weeks=12, evaluate_from="2025-07-01")
    return smuggling.study(declared, question, enterprises=simulated.enterprises, truth=simulated.truth["lines"])
