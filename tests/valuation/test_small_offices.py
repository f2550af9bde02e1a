"""A small office's file: prices without any order give a page without an exception, and nothing is met on it."""

import numpy as np
import pandas as pd

from analytics import valuation


def test_prices_that_have_nothing_to_do_with_their_quantities_are_judged_without_an_exception():
    rng = np.random.default_rng(5)
    count = 600
    quantity = rng.lognormal(4, 1, count)
    frame = pd.DataFrame({
        "declaration_id": [f"D{i}" for i in range(count)],
        "date": pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 20, count), "D"),
        "district": rng.choice(["5100", "5200", "5300", "5400"], count),
        "enterprise_id": rng.choice(list("ABCDEFG"), count),
        "hs_code": rng.choice(["03038900", "03038910"], count), "origin": "JP", "unit": "kg", "quantity": quantity,
        "value": 100.0, "currency": "CNY",
    })  # fmt: skip
    level = valuation.judge(frame, valuation.Question.of({"by": ["district", "chapter"]}))
    assert valuation.page.Findings(level, ["district"], "CNY", 8)
