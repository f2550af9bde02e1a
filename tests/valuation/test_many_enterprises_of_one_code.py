"""Thousands of enterprises in a few cells: some of them tell the variances, and no full matrix is factored."""

import numpy as np
import pandas as pd
import pytest

from analytics import valuation
from analytics.valuation.regression import fixed_effects, information


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    size, enterprises = 12_000, 400
    firm, month = rng.integers(0, enterprises, size), rng.integers(0, 4, size)
    quantity = np.exp(rng.normal(4, 1, size))
    log = rng.normal(0, 0.1, enterprises)[firm] + rng.normal(0, 0.1, size) + np.log(0.85) * (firm % 8 == 3)
    return pd.DataFrame(
        {
            "declaration_id": np.arange(size).astype(str),
            "date": pd.Timestamp("2025-01-15") + pd.to_timedelta(30 * month, unit="D"),
            "district": np.char.add("D", (firm % 8).astype(str)),
            "enterprise_id": np.char.add("E", firm.astype(str)),
            "hs_code": "8703234110",
            "origin": "DE",
            "unit": "kg",
            "quantity": quantity,
            "value": quantity * np.exp(log),
        }
    )


def test_some_enterprises_tell_the_variances_of_all(lines, monkeypatch):
    whole = valuation.price_level(lines, by=["district"])
    monkeypatch.setattr(fixed_effects, "_VARIANCE_LINES", 300)
    told = []
    monkeypatch.setattr(fixed_effects, "variance_components", _counting(fixed_effects.variance_components, told))
    part = valuation.price_level(lines, by=["district"])
    assert sum(told) < 600
    parties = [sum(level.variances.get(k, 0.0) for k in ("enterprise", "enterprise_group", "contract"))
               for level in (whole, part)]  # fmt: skip
    assert parties[1] == pytest.approx(parties[0], rel=0.5)
    assert parties[0] == pytest.approx(0.01, rel=0.35)
    np.testing.assert_allclose(part.levels["level"], whole.levels["level"], atol=0.01)


def _counting(components, told):
    def counted(obs, parts, *rest):
        told.extend(len(part.rows) for part in parts)
        return components(obs, parts, *rest)

    return counted


def test_a_full_matrix_is_iterated_to_the_same_levels(lines, monkeypatch):
    factored = valuation.price_level(lines, by=["district"])

    def never(*_):
        raise AssertionError("a full matrix was factored")

    monkeypatch.setattr(information, "_ENTRIES", 10)
    monkeypatch.setattr(information, "_factored", never)
    iterated = valuation.price_level(lines, by=["district"])
    np.testing.assert_allclose(iterated.levels["level"], factored.levels["level"], rtol=1e-6)
    assert list(iterated.levels["status"]) == list(factored.levels["status"])
