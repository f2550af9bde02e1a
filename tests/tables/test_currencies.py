"""No pillar adds up amounts in several currencies, whichever asks first."""

import numpy as np
import pandas as pd
import pytest

from analytics import compliance, early_warning, smuggling, valuation
from analytics.errors import AnalystError
from analytics.tables.currency import mixed


def lines(currencies: list[str]) -> pd.DataFrame:
    n, rng = 400, np.random.default_rng(1)
    quantity = rng.integers(1, 90, n).astype(float)
    date = pd.Timestamp("2024-01-05") + pd.to_timedelta(np.arange(n) % 360, "D")
    return pd.DataFrame(
        {
            "declaration_id": [f"D{i}" for i in range(n)], "line_no": 1, "date": date,
            "district": rng.choice(["5100", "5300"], n), "enterprise_id": [f"E{i % 20}" for i in range(n)],
            "hs_code": "84713000", "origin": "US", "unit": "kg", "quantity": quantity, "net_mass_kg": quantity,
            "value": 7.0 * quantity, "duty_rate": 0.1, "tax": 0.7 * quantity,
            "currency": [currencies[i % len(currencies)] for i in range(n)],
        }
    )  # fmt: skip


ASKED = {
    "valuation": lambda d: valuation.price_level(d, by=["district"]),
    "early_warning": early_warning.usable,
    "compliance": lambda d: compliance.full_collection(
        d.assign(probability=0.5, confirmed_tax=d["tax"], drawn_on=d["date"]), d
    ),
    "smuggling": lambda d: smuggling.answer(d),
}


@pytest.mark.parametrize("pillar", ASKED)
def test_two_currencies_are_refused_by_every_pillar(pillar: str):
    """Values in dollars from May on read as a fall of 88 % in every unit value."""
    with pytest.raises(AnalystError, match=r"2 currencies: CNY \(200 lines\), USD \(200 lines\)"):
        ASKED[pillar](lines(["CNY", "USD"]))
    assert mixed(lines(["CNY"])) is mixed(lines(["CNY"]).drop(columns="currency")) is None
