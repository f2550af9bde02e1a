"""Levels at national volume are those of the ratio on the same lines, however the chapters are cut."""

import ibis
import numpy as np
import pandas as pd
import pytest

from analytics import tables
from analytics.valuation.comparison.lines import ValuationError
from analytics.valuation.comparison.national import national_levels
from analytics.valuation.level.price_level import price_level

SAME = ["level_included", "level_loo", "lines", "effective_n", "matched_value_share", "value", "tax_weight"]


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    return tables.as_pandas(tables.simulate(12_000, 3).declarations)


@pytest.mark.parametrize("by", [("district",), ("district", "chapter"), ("enterprise",)])
def test_levels_at_any_volume_are_those_of_the_ratio(lines: pd.DataFrame, by: tuple[str, ...]):
    expected = price_level(lines, by, method="ratio", outlier_threshold=0).levels.set_index("key")[SAME]
    found = national_levels(lines, [by], outlier_threshold=0).levels.set_index("key")[SAME]
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, check_like=True, rtol=1e-9)


def test_chapter_by_chapter_gives_the_same_bytes_as_all_at_once(lines: pd.DataFrame):
    whole, parts = national_levels(lines), national_levels(lines, at_once=1_500)
    pd.testing.assert_frame_equal(whole.levels, parts.levels, check_exact=True)
    pd.testing.assert_frame_equal(whole.outliers, parts.outliers)


def test_shuffled_lines_give_the_same_levels(lines: pd.DataFrame):
    whole, mixed = national_levels(lines), national_levels(lines.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(whole.levels, mixed.levels, rtol=1e-11)


def test_nation_and_chapters_add_up_the_districts(lines: pd.DataFrame):
    levels = national_levels(lines).levels.set_index("by")
    for name in ("value", "lines", "matched_lines"):
        assert np.isclose(levels.loc["nation", name], levels.loc["district", name].sum())
        assert np.isclose(levels.loc["chapter", name].sum(), levels.loc["district x chapter", name].sum())


def test_an_unknown_breakdown_is_refused_by_name(lines: pd.DataFrame):
    with pytest.raises(ValuationError, match="breakdown origin"):
        national_levels(lines, [("origin",)])


def test_a_table_of_ones_own_connection_is_read(lines: pd.DataFrame):
    own = ibis.duckdb.connect()
    there = own.create_table("lines", lines)
    pd.testing.assert_frame_equal(national_levels(there).levels, national_levels(lines).levels, rtol=1e-9)


@pytest.mark.parametrize("factor", [0.5, 0.1, 0.03, 8.0])
def test_a_district_far_off_keeps_its_lines_and_its_level(lines: pd.DataFrame, factor: float):
    """A filter that asks only how far a line lies would take the district's lines out and call the rest in order."""
    honest = lines.assign(direction="import")
    where = honest["district"].value_counts().index[3]
    own = (honest["district"] == where).to_numpy()
    moved = honest.assign(
        value=honest["value"] * np.where(own, factor, 1.0), tax=honest["tax"] * np.where(own, factor, 1)
    )
    before, after = (
        national_levels(frame, [("district",)]).levels.set_index("key").loc[where] for frame in (honest, moved)
    )
    assert after["lines"] > 0.97 * before["lines"]
    assert after["level_loo"] == pytest.approx(factor * before["level_loo"], rel=0.1)
