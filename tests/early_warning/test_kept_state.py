"""The watch kept in a file tells a new month as if all months had been read again."""

import numpy as np
import pandas as pd
import pytest

from analytics.early_warning.alarms.keeping import figures_of, keep, next_month, resume
from analytics.early_warning.alarms.telling import tell
from analytics.early_warning.alarms.watched import watch_panel
from analytics.early_warning.panels import Panel, WarningDataError

MONTHS = pd.date_range("2019-01-01", periods=64, freq="MS")
COLUMNS = ["series", "since", "kind", "size", "low95", "high95", "told", "opened", "strength"]


def panel(months=64, seed=1):
    """Sixty series in three goods; one falls by half, one stops, in the last months."""
    rng = np.random.default_rng(seed)
    figures = np.exp(rng.normal(5, 1, 60) + 0.08 * rng.normal(size=(64, 60)))
    figures[60:, 4] *= 0.5
    figures[60:, 9] = np.nan
    names = pd.DataFrame({"good": np.repeat(list("abc"), 20), "origin": [f"O{n:02d}" for n in range(60)]})
    return Panel("value", names, figures[:months], MONTHS[:months], np.ones(60))


def watched(months):
    return watch_panel(panel(months), rate=1 / 60, told_months=12, use_lunar=False)[0]


def test_months_taken_in_one_by_one_from_a_file_tell_what_reading_all_of_them_tells(tmp_path):
    before, path = watched(60), tmp_path / "watch.state"
    keep(before, path, use_lunar=False)
    told = []
    for t in range(60, 64):
        kept, lunar = resume(path)
        assert lunar is False
        now, unknown = next_month(kept, figures_of(panel(64), t), MONTHS[t], use_lunar=lunar)
        assert unknown == ()
        told.append(tell(now))
        keep(now, path, use_lunar=False)
    kept = pd.concat(told, ignore_index=True)
    whole = watched(64)
    whole = type(whole)(whole.panel, whole.followed, before.limits, before.silence_limit, np.arange(64) >= 60)
    expected = tell(whole).sort_values(["told", "strength"], ignore_index=True)
    kept = kept.sort_values(["told", "strength"], ignore_index=True)
    pd.testing.assert_frame_equal(kept[COLUMNS], expected[COLUMNS], check_dtype=False)
    assert {"a x O04", "a x O09"} <= set(kept["series"])
    assert "silence" in set(kept["kind"])


def test_a_series_that_the_kept_watch_does_not_know_is_named():
    now, unknown = next_month(watched(60), {"a x O00": 100.0, "z x NEW": 5.0}, MONTHS[60], use_lunar=False)
    assert unknown == ("z x NEW",)
    assert np.isfinite(now.followed.reading.deviation[-1]).sum() == 1


def test_a_month_that_does_not_follow_and_a_file_of_another_kind_are_refused(tmp_path):
    with pytest.raises(WarningDataError, match="ends in 2023-12"):
        next_month(watched(60), {}, MONTHS[62])
    (tmp_path / "x").write_text("declaration_id,date\n1,2\n")
    with pytest.raises(WarningDataError, match="no state of the watch"):
        resume(tmp_path / "x")
