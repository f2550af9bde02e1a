"""Two grades under one code are no breach, and a practice is no grade."""

import numpy as np
import pandas as pd
import pytest

from analytics import valuation
from analytics.valuation import page
from analytics.valuation.alike.mixed_goods import mixture_of, of_grades
from analytics.valuation.alike.tiers import two_groups
from analytics.valuation.level.enterprise_levels import enterprise_levels

_LINES, _DISTRICTS, _CODES, _STEP = 6_000, 8, 6, 0.7


def _declared(
    rng: np.random.Generator, district: np.ndarray, code: np.ndarray, enterprise: np.ndarray, log: np.ndarray
) -> pd.DataFrame:
    """Declarations of half a year at log unit values."""
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


def _lines(seed: int, dearer: np.ndarray, practice: float = 0.0, of_lines: float = 1.0) -> pd.DataFrame:
    """Lines of codes with two prices; `dearer`: share of the dearer one by district; a practice in the last one."""
    rng = np.random.default_rng(seed)
    district, code = rng.integers(0, _DISTRICTS, _LINES), rng.integers(0, _CODES, _LINES)
    enterprise = district * 20 + rng.integers(0, 20, _LINES)
    log = code + _STEP * (rng.random(_LINES) < dearer[district]) + rng.normal(0, 0.12, _LINES)
    log += practice * ((district == _DISTRICTS - 1) & (rng.random(_LINES) < of_lines))
    return _declared(rng, district, code, enterprise, log)


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


def _of_enterprises(seed: int, dearer: np.ndarray, practice: float = 0.0) -> pd.DataFrame:
    """Four enterprises a place, each buys one of two brands; `dearer`: share of those who buy the dearer one."""
    rng = np.random.default_rng(seed)
    district, code = rng.integers(0, _DISTRICTS, _LINES), rng.integers(0, 3, _LINES)
    own = rng.integers(0, 4, _LINES)
    enterprise = district * 4 + own
    log = code + _STEP * (own < np.rint(4 * dearer)[district]) + rng.normal(0, 0.12, _LINES)
    log += rng.normal(0, 0.02, 4 * _DISTRICTS)[enterprise] + practice * (district == _DISTRICTS - 1)
    return _declared(rng, district, code, enterprise, log)


def test_brands_that_enterprises_keep_to_confirm_neither_their_district_nor_who_buys_them():
    """A third of the enterprises buy the dearer brand, three quarters of those of one place."""
    share = np.array([0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.25, 0.75])
    level = valuation.price_level(_of_enterprises(1, share), by=["district"])
    assert set(level.goods["grade"]) == {"mixed"}
    assert not (level.levels["status"] == "not_met").any()
    assert level.levels.set_index("key").loc["D7", "status"] != "met"
    assert not (enterprise_levels(level.prepared, level.band, level.goods)["status"] == "not_met").any()


def test_a_practice_of_all_enterprises_of_two_places_is_no_brand():
    lines = _of_enterprises(2, np.zeros(_DISTRICTS), practice=np.log(0.6))
    lines["value"] *= np.where(lines["district"] == "D2", 0.6, 1.0)
    level = valuation.price_level(lines, by=["district"])
    assert level.goods["step"].isna().all()
    assert set(level.levels.set_index("key").loc[["D2", "D7"], "status"]) == {"not_met"}


def test_one_group_of_prices_is_not_cut_in_two():
    rng = np.random.default_rng(3)
    cut = [two_groups(rng.normal(0, 0.05, size))[0] for size in (8, 12, 20, 40) for _ in range(100)]
    assert not any(cut)
    step, dear = two_groups(np.r_[rng.normal(0, 0.05, 20), rng.normal(0.5, 0.05, 10)])
    assert step == pytest.approx(0.5, abs=0.05)
    assert dear.tolist() == [False] * 20 + [True] * 10


@pytest.mark.parametrize("seed", [1, 4, 19, 25])
def test_a_clean_code_of_few_enterprises_is_not_said_to_mix_goods(seed):
    """By chance eighteen of them seem to differ by 0.15 to 0.31 in half of such files: too few to be sure."""
    rng = np.random.default_rng(seed)
    lines, district, code = 500, rng.integers(0, 6, 500), rng.integers(0, 4, 500)
    enterprise = district * 3 + rng.integers(0, 3, lines)
    quantity = np.exp(rng.normal(4, 1.5, lines))
    log = code + rng.normal(0, 0.25, lines) + rng.normal(0, 0.04, 18)[enterprise]
    frame = pd.DataFrame(
        {
            "declaration_id": np.arange(lines).astype(str),
            "date": pd.Timestamp("2025-01-15") + pd.to_timedelta(30 * rng.integers(0, 6, lines), unit="D"),
            "district": np.char.add("D", district.astype(str)),
            "enterprise_id": np.char.add("E", enterprise.astype(str)),
            "hs_code": [f"84{c}1000000" for c in code],
            "origin": "DE",
            "unit": "kg",
            "quantity": quantity,
            "value": quantity * np.exp(log),
        }
    )
    level = valuation.price_level(frame, by=["district"])
    assert "perhaps mixed" in set(level.goods["grade"])
    assert page.mixed(page.Findings(level)) is None


def test_a_mixed_code_explains_as_much_as_it_weighs_by_value_or_by_lines():
    """A minor code in which one enterprise buys the dear side moves its cell though most of the cell is of one kind."""
    compared = pd.DataFrame({
        "district": "D1", "product": ["a", "b"], "unit": "kg", "like": "",
        "aligned_value": [40.0, 60.0], "lines": [10, 90],
    })  # fmt: skip
    table = compared[["product", "unit", "like"]].assign(between=[0.5, 0.02], step=np.nan, grade=["mixed", "uniform"])
    found = mixture_of(compared, table, ["district"]).iloc[0]
    assert found["mixed_share"] == pytest.approx(0.4)
    assert found["reach"] == pytest.approx(0.4 * 2 * 0.5)
    by_lines = mixture_of(compared.assign(lines=[90, 10]), table, ["district"]).iloc[0]
    assert by_lines["mixed_share"] == pytest.approx(0.9)
    band = (0.95, 1.05)
    assert of_grades(pd.DataFrame([found]).assign(log_level=0.3), band).all()
    assert not of_grades(pd.DataFrame([found]).assign(log_level=0.6), band).any()
