"""Every documented breakdown, alone and in pairs, runs on small data or says why nothing compares."""

import itertools

import numpy as np
import pandas as pd
import pytest

from analytics import valuation
from analytics.valuation.comparison.keys import KEYS, contrasted


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    rng, n = np.random.default_rng(0), 500
    return pd.DataFrame(
        {
            "declaration_id": np.arange(n).astype(str),
            "line_no": 1,
            "date": pd.to_datetime("2024-01-10") + pd.to_timedelta(rng.integers(0, 150, n), unit="D"),
            "hs_code": [f"{84 + x % 2}{x % 3:02d}{x % 5:02d}00" for x in rng.integers(0, 8, n)],
            "district": rng.choice(["D1", "D2", "D3"], n),
            "origin": rng.choice(["US", "CN"], n),
            "enterprise_id": [f"E{x}" for x in rng.integers(0, 20, n)],
            "regime": rng.choice(["A", "B"], n),
            "transport_mode": rng.choice(["sea", "air"], n),
            "unit": "kg",
            "quantity": np.exp(rng.normal(4, 1, n)),
            "value": np.exp(rng.normal(5, 1, n)),
        }
    )


@pytest.mark.parametrize("by", [*itertools.combinations(KEYS, 1), *itertools.combinations(KEYS, 2)], ids="-".join)
def test_a_breakdown_runs_or_says_that_nothing_compares(lines, by):
    if not contrasted(by, None):
        with pytest.raises(valuation.ValuationError, match="1 by construction"):
            valuation.Question(by=by)
        return
    level = valuation.price_level(lines, by, period="quarter")
    assert level.levels["lines_declared"].sum() == len(lines)
    assert level.levels["key"].notna().all()
