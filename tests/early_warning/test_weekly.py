"""The watch of weeks: the same detector on Mondays, holidays known, an unfinished week not judged."""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from analytics import briefing, early_warning
from analytics.cli import main
from analytics.early_warning import page
from analytics.early_warning.detector import lunar
from analytics.early_warning.detector.pace import MONTH, WEEK
from analytics.early_warning.panels import WarningDataError
from analytics.language import Text

WEEKS = pd.date_range("2020-01-06", periods=4 * 52 + 20, freq="W-MON")
FALL = WEEKS[200]
GOODS = [f"0302{n}" for n in range(10, 16)]


def declarations(seed=3, until=None):
    """Three lines a week of eighteen cells; holidays halve the trade, one cell falls by half, one stops."""
    rng = np.random.default_rng(seed)
    days = pd.date_range(WEEKS[0], WEEKS[-1] + pd.Timedelta(days=6), freq="D")
    days = days[days.day_of_week.isin([0, 2, 4])]
    cells = pd.MultiIndex.from_product([days, GOODS, ["A", "B", "C"]], names=["date", "hs_code", "origin"])
    frame = cells.to_frame(index=False)
    monday = frame["date"] - pd.to_timedelta(frame["date"].dt.day_of_week, unit="D")
    share = {week: lunar.share_of_week(week) for week in WEEKS}
    size = {cell: rng.uniform(4, 8) for cell in range(18)}
    level = frame.groupby(["hs_code", "origin"]).ngroup().map(size)
    late = frame["date"] >= FALL
    fall = late & (frame["hs_code"] == "030212") & (frame["origin"] == "B")
    shock = np.log(0.5) * monday.map(share) + np.where(fall, np.log(0.5), 0)
    mass = np.exp(level + shock + 0.2 * rng.normal(size=len(frame)))
    frame = frame.assign(net_mass_kg=mass, value=mass * 3.0)
    stop = late & (frame["hs_code"] == "030214") & (frame["origin"] == "C")
    frame = frame[~stop & (frame["date"] < (until or pd.Timestamp.max))]
    ids = [f"D{n:06d}" for n in range(len(frame))]
    return frame.assign(declaration_id=ids, line_no=1, enterprise_id="E1").reset_index(drop=True)


def question(**asked):
    return early_warning.Question(**{"period": "week", "measures": ("value",), "told_months": 9, **asked})


@pytest.fixture(scope="module")
def found():
    return early_warning.study(declarations(), question())


def test_a_fall_by_half_is_told_within_three_weeks_with_its_week_and_its_carrier(found):
    rows = found.alarms[(found.alarms["series"] == "030212 x B") & (found.alarms["measure"] == "value")]
    assert rows["told"].min() in WEEKS[200:203]
    shift = rows[rows["kind"] == "shift"].iloc[-1]
    assert abs((shift["since"] - FALL).days) <= 7
    assert shift["low95"] < -0.5 < shift["high95"]
    assert (rows[rows["listed"]]["carried_by"] == "E1 (100 %)").all()


def test_a_series_that_stops_is_missed_within_three_weeks(found):
    silent = found.alarms[found.alarms["kind"] == "silence"]
    assert list(silent["series"]) == ["030214 x C"]
    assert silent["told"].iloc[0] in WEEKS[200:203]


def test_the_weeks_of_long_holidays_are_no_alarm_and_would_be_without_being_known():
    frame = declarations(until=pd.Timestamp("2023-10-16"))
    known, not_known = (early_warning.study(frame, question(lunar_new_year=known)).alarms for known in (True, False))
    holidays = [w for w in WEEKS if lunar.share_of_week(w) > 0.5]
    told = [int((a["told"].isin(holidays) & a["opened"]).sum()) for a in (known, not_known)]
    assert told[0] == 0 < told[1]


def test_every_sentence_speaks_of_weeks(found):
    parts = page.exhibits(found, Text("a place", "某地"))
    assert not [fault for part in parts.values() for fault in briefing.faults(part)]
    head = parts["headline"]
    said = [text for part in parts.values() for text in briefing.texts(part)]
    assert f"the week of {found.last.day} " in head.kicker.en
    assert "当周" in head.kicker.zh
    months = ("当月", "本月", "各月", "单月", "后续月份", "提示月")
    assert not [t.zh for t in said if any(word in t.zh for word in months)]
    assert not [t.en for t in said if "this month" in t.en or "later month" in t.en]
    soon = early_warning.study(declarations(until=WEEKS[203]), question())
    assert any("the week of" in lead.text.en and lead.since == f"{FALL:%Y-%m-%d}" for lead in page.leads(soon))


def test_a_week_that_is_not_over_is_not_judged():
    cut = declarations(until=WEEKS[-1] + pd.Timedelta(days=3))  # to its Wednesday
    result = early_warning.study(cut, question())
    assert result.coverage.unfinished == WEEKS[-1]
    assert result.last == WEEKS[-2]
    assert "is not complete in the data and was not judged" in page.verdict(result).lead.en


def test_a_week_without_news_does_not_read_as_quiet_while_series_stay_away(found):
    said = page.verdict(found)
    assert found.this_month.empty
    assert "1 of 18 series told as silent has not come back" in said.text.en
    assert "尚未恢复" in said.text.zh
    assert said.badge.en == "1 silent"


def test_receipts_have_no_weeks_and_short_files_are_refused_with_the_number_needed():
    receipts = pd.DataFrame({"unique_id": "duty", "ds": pd.date_range("2015-01-01", periods=90, freq="MS"), "y": 1.0})
    with pytest.raises(WarningDataError, match="needs declarations"):
        early_warning.study(receipts, question())
    with pytest.raises(WarningDataError, match="156 weeks"):
        early_warning.study(declarations(until=WEEKS[100]), question())


def test_a_week_lies_between_the_middles_of_two_months():
    place = WEEK.place(pd.Timestamp("2024-01-29"), use_lunar=False)  # Thursday 1 February
    assert (place.month, place.calendar) == (0, 1)
    assert 0.5 < place.into < 0.53
    for monday in WEEKS:
        assert WEEK.place(monday, use_lunar=False).calendar == (monday + pd.Timedelta(days=3)).month - 1
    assert MONTH.place(pd.Timestamp("2024-05-01"), use_lunar=True).into == 0


def test_weeks_judged_from_the_kept_state_are_those_of_the_whole_history(tmp_path, found):
    frame = declarations()
    before = early_warning.study(frame[frame["date"] < WEEKS[198]], question())
    early_warning.keep_all(before, tmp_path / "state")
    went_on = early_warning.go_on(tmp_path / "state", frame[frame["date"] >= WEEKS[190]])
    assert went_on.steps == tuple(WEEKS[198:])
    assert went_on.unknown == ()
    told = went_on.alarms[went_on.alarms["series"] == "030212 x B"]
    assert told["told"].min() in WEEKS[200:203]
    assert "030214 x C" in set(went_on.alarms.loc[went_on.alarms["kind"] == "silence", "series"])
    with pytest.raises(WarningDataError, match="brings nothing after"):
        early_warning.go_on(tmp_path / "state", frame[frame["date"] >= WEEKS[190]])


def test_the_command_judges_the_next_week_and_refuses_one_that_is_not_over(tmp_path):
    frame = declarations()
    before = early_warning.study(frame[frame["date"] < WEEKS[202]], question())
    early_warning.keep_all(before, tmp_path / "state")
    week = frame[frame["date"].between(WEEKS[202], WEEKS[202] + pd.Timedelta(days=6))]
    week = week.assign(quantity=week["net_mass_kg"], unit="kg")
    week[week["date"] < WEEKS[202] + pd.Timedelta(days=2)].to_csv(tmp_path / "half.csv", index=False)
    week.to_csv(tmp_path / "week.csv", index=False)
    refused = CliRunner().invoke(main, ["next", str(tmp_path / "state"), str(tmp_path / "half.csv")])
    assert refused.exit_code == 1
    assert "is not complete" in refused.output
    done = CliRunner().invoke(
        main, ["next", str(tmp_path / "state"), str(tmp_path / "week.csv"), "--out", str(tmp_path / "a.csv")]
    )
    assert done.exit_code == 0, done.output
    assert "18 series watched; leads, no findings" in done.output
    assert "030212 x B" in set(pd.read_csv(tmp_path / "a.csv")["series"])
