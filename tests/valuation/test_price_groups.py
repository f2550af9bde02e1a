"""Two grades under one code are no breach, and a practice is no grade."""

import numpy as np
import pandas as pd
import pytest

from analytics import valuation

_LINES, _DISTRICTS, _CODES, _STEP = 6_000, 8, 6, 0.7


def _lines(seed: int, dearer: np.ndarray, practice: float = 0.0, of_lines: float = 1.0) -> pd.DataFrame:
    """Lines of codes with two prices; `dearer`: share of the dearer one by district; a practice in the last one."""
    rng = np.random.default_rng(seed)
    district, code = rng.integers(0, _DISTRICTS, _LINES), rng.integers(0, _CODES, _LINES)
    enterprise = district * 20 + rng.integers(0, 20, _LINES)
    log = code + _STEP * (rng.random(_LINES) < dearer[district]) + rng.normal(0, 0.12, _LINES)
    log += practice * ((district == _DISTRICTS - 1) & (rng.random(_LINES) < of_lines))
    quantity = np.exp(rng.normal(4, 1, _LINES))
    return pd.DataFrame(
        {
            "declaration_id": np.arange(_LINES).astype(str),
            "date": pd.Timestamp("2025-01-15") + pd.to_timedelta(30 * rng.integers(0, 6, _LINES), unit="D"),
            "district": np.char.add("D", district.astype(str)),
            "enterprise_id": np.char.add("E", enterprise.astype(str)),
            "hs_code": [f"84{c}1000000" for c in code],
            "origin": "DE",
            "unit": "kg",
            "quantity": quantity,
            "value": quantity * np.exp(log),
        }
    )


def _last(lines: pd.DataFrame) -> tuple[pd.Series, pd.DataFrame]:
    level = valuation.price_level(lines, by=["district"])
    return level.levels.set_index("key").loc[f"D{_DISTRICTS - 1}"], level.goods


@pytest.mark.parametrize("seed", [1, 2])
def test_a_district_that_buys_more_of_the_dearer_grade_is_watched_and_not_confirmed(seed):
    share = np.full(_DISTRICTS, 0.3)
    share[-1] = 0.8
    row, goods = _last(_lines(seed, share))
    assert row["level"] > 1.1
    assert (row["status"], row["reason"]) == ("watch", "mixed goods")
    assert set(goods["grade"]) == {"mixed"}
    np.testing.assert_allclose(goods["step"], _STEP, atol=0.1)


def test_a_breach_beyond_what_two_grades_explain_is_confirmed():
    row, _ = _last(_lines(3, np.full(_DISTRICTS, 0.3), practice=np.log(0.3)))
    assert row["status"] == "not_met"


@pytest.mark.parametrize("of_lines", [1.0, 0.4])
def test_a_practice_of_one_place_is_not_taken_for_a_grade(of_lines):
    row, goods = _last(_lines(4, np.zeros(_DISTRICTS), practice=np.log(0.5), of_lines=of_lines))
    assert goods["step"].isna().all()
    assert row["status"] == "not_met"
