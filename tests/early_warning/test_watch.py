"""From data to leads: what an analyst is told, and what the page says of what it did not see."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics import briefing, early_warning, tables
from analytics.early_warning import page
from analytics.early_warning.alarms import ledger
from analytics.early_warning.alarms.events import parse
from analytics.early_warning.panels import WarningDataError, from_declarations, from_receipts
from analytics.errors import ParameterError
from analytics.language import Text

SCHEMA = Path(__file__).resolve().parents[2] / "params" / "early_warning" / "schema.json"
MONTHS = pd.date_range("2019-01-01", periods=72, freq="MS")
GOODS, ORIGINS = [f"0302{n}" for n in range(10, 34)], list("ABCDE")


def declarations(seed=1, months=MONTHS):
    """Lines of 120 cells, two enterprises each, with a price fall, a stop and a surge in the last year."""
    rng = np.random.default_rng(seed)
    cells = pd.MultiIndex.from_product([months, GOODS, ORIGINS, ["E1", "E2"]], names=["date", "hs_code", "origin", "e"])
    frame = cells.to_frame(index=False)
    price = rng.uniform(2, 9, (len(GOODS), len(ORIGINS)))
    g, o = frame["hs_code"].map(GOODS.index), frame["origin"].map(ORIGINS.index)
    frame["net_mass_kg"] = np.exp(rng.normal(6, 0.15, len(frame)))
    frame["price"] = price[g, o] * np.exp(rng.normal(0, 0.05, len(frame)))
    late = frame["date"] >= "2024-07-01"
    fall = late & (frame["hs_code"] == "030215") & (frame["origin"] == "B") & (frame["e"] == "E2")
    frame.loc[fall, "price"] *= 0.35
    surge = late & (frame["hs_code"] == "030220") & (frame["origin"] == "C")
    frame.loc[surge, "net_mass_kg"] *= 4
    stop = late & (frame["hs_code"] == "030225") & (frame["origin"] == "D")
    frame["value"] = frame["price"] * frame["net_mass_kg"]
    frame = frame[~stop].rename(columns={"e": "enterprise_id"})
    ids = [f"D{n:06d}" for n in range(len(frame))]
    return frame.assign(declaration_id=ids, line_no=1, date=frame["date"] + pd.Timedelta(days=9)).drop(columns="price")


@pytest.fixture(scope="module")
def found():
    return early_warning.study(declarations(), early_warning.Question(told_months=12, lunar_new_year=False))


@pytest.mark.parametrize(
    ("series", "measure", "kind", "sign"),
    [
        ("030215 x B", "unit_value", "shift", -1),
        ("030220 x C", "value", "shift", 1),
        ("030225 x D", "trade", "silence", -1),
    ],
)
def test_what_was_planted_is_listed_within_two_months(found, series, measure, kind, sign):
    rows = found.alarms[(found.alarms["series"] == series) & (found.alarms["measure"] == measure)]
    told = rows[rows["told"] <= "2024-08-01"]
    assert len(told)
    assert (np.sign(told["size"]) == sign).all()
    assert rows["listed"].any()
    of_kind = rows[rows["kind"] == kind]
    assert len(of_kind)
    assert of_kind.iloc[-1]["since"] == pd.Timestamp("2024-07-01")


def test_the_size_of_a_shift_lies_in_its_interval(found):
    row = found.alarms[(found.alarms["series"] == "030220 x C") & (found.alarms["kind"] == "shift")].iloc[-1]
    assert row["low95"] < 3.0 < row["high95"]


def test_who_carries_a_change_is_named_and_who_does_not_is_not(found):
    rows = found.alarms[(found.alarms["series"] == "030215 x B") & (found.alarms["measure"] == "unit_value")]
    named = rows[rows["carried_by"] != ""]["carried_by"]
    assert len(named)
    assert all("E2" in n and "E1" not in n for n in named)


def test_a_known_event_is_no_alarm():
    question = early_warning.Question(
        told_months=12, lunar_new_year=False, known_events=["2024-07-01 030215 15->5 (duty cut)"]
    )
    alarms = early_warning.study(declarations(), question).alarms
    rows = alarms[(alarms["series"] == "030215 x B") & (alarms["since"] == "2024-07-01")]
    assert (rows["status"] == "known").all()
    assert not rows["listed"].any()
    assert (rows["event"] == "duty cut").all()
    assert alarms[alarms["series"] == "030220 x C"]["listed"].any()


@pytest.mark.parametrize(
    ("line", "parts", "month", "hit"),
    [
        ("2024-07-01 0302 (quota)", ["030215", "B"], "2024-08-01", True),
        ("2024-07-01 0302 (quota)", ["030215", "B"], "2024-12-01", False),
        ("2024-07-01 all (strike)", ["x"], "2024-06-01", True),
        ("2024-07-01 B -5 % share 0.2", ["030215", "B"], "2024-07-01", True),
        ("2024-07-01 03 (quota)", ["B"], "2024-07-01", False),
        ("2018-05-01 duty 17->16 announced 2018-03-28 (VAT cut)", ["duty"], "2018-04-01", True),
    ],
)
def test_an_event_touches_what_it_names_and_the_months_around_it(line, parts, month, hit):
    assert parse([line])[0].touches(parts, pd.Timestamp(month)) is hit


@pytest.mark.parametrize("line", ["July 2024 0302", "2024-13-01 0302", "2024-07-01"])
def test_an_event_that_cannot_be_read_says_how_to_write_it(line):
    with pytest.raises(ParameterError, match="Write: DATE ITEM"):
        parse([line])


def test_the_list_is_no_longer_than_asked_and_repeats_no_series_within_half_a_year(found):
    listed = found.alarms[found.alarms["listed"]]
    assert listed.groupby("told").size().max() <= 5
    for _, months in listed.groupby("series")["told"]:
        assert (np.diff(np.sort(months.to_numpy()).astype("datetime64[M]").astype(int)) > 6).all()


def test_lines_without_an_origin_are_watched_under_a_name_of_their_own():
    frame = declarations()
    frame.loc[frame["origin"] == "E", "origin"] = None
    panels, coverage = from_declarations(frame, measures=("value",))
    assert "030210 x -" in set(panels[0].keys)
    assert coverage.share > 0.99


def test_what_is_too_short_is_counted_and_its_value_said():
    frame = declarations()
    frame = frame[(frame["hs_code"] != "030210") | (frame["date"] >= "2024-01-01")]
    _, coverage = from_declarations(frame, measures=("value",))
    assert coverage.series - coverage.watched == 5
    assert 0.95 < coverage.share < 1


def test_an_unfinished_last_month_is_not_judged():
    frame = declarations()
    last = frame["date"] >= "2024-12-01"
    cut = frame[~last | (np.arange(len(frame)) % 10 == 0)]
    result = early_warning.study(cut, early_warning.Question(lunar_new_year=False))
    assert result.coverage.unfinished == pd.Timestamp("2024-12-01")
    assert result.last == pd.Timestamp("2024-11-01")
    assert "not complete" in page.verdict(result).lead.en


def test_exports_and_lines_without_value_are_set_aside():
    frame = declarations(months=MONTHS[:40]).head(4).assign(direction=["import", "export", "进口", "import"])
    frame.loc[frame.index[3], "value"] = 0.0
    assert int(early_warning.usable(frame).count().execute()) == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"told_months": 48}, "Tell at most 36"),
        ({"by": ("enterprise", "district")}, "district"),
        ({"measures": ("weight",)}, "no measure"),
        ({"least_months": 100}, "coarser breakdown"),
    ],
)
def test_a_question_that_cannot_be_answered_says_what_to_do(change, message):
    question = dataclasses.replace(early_warning.Question(lunar_new_year=False), **change)
    with pytest.raises(WarningDataError, match=message):
        early_warning.study(declarations(), question)


def test_too_few_months_are_refused_with_the_number_needed():
    with pytest.raises(WarningDataError, match="36 months"):
        early_warning.study(declarations(months=MONTHS[:30]), early_warning.Question())


def test_receipts_of_two_months_are_watched_as_their_average_and_their_sum_as_total():
    frame = pd.DataFrame(
        [(i, m, 20.0 if m.month == 2 else 10.0, 2 if m.month == 2 else 1)
         for i in ("duty", "vat") for m in MONTHS if m.month != 1],
        columns=["unique_id", "ds", "y", "months_covered"],
    )  # fmt: skip
    [panel], coverage = from_receipts(frame)
    assert list(panel.keys) == ["duty", "vat", "total"]
    assert np.nanmin(panel.figures[:, 0]) == np.nanmax(panel.figures[:, 0]) == 10
    assert np.isnan(panel.figures[11::12, 0]).all()  # Januaries
    assert coverage.share == pytest.approx(1)


@pytest.mark.parametrize("decided", [0, 1, 4])
def test_a_hit_rate_counts_only_listed_leads_that_are_decided(found, decided):
    listed = found.alarms[found.alarms["listed"]].drop_duplicates(["series", "since"])
    outcomes = listed[["series", "since"]].head(decided).assign(outcome="confirmed")
    other = found.alarms[~found.alarms["listed"]][["series", "since"]].head(3).assign(outcome="unfounded")
    other = other[~other["series"].isin(listed["series"])]
    rate = ledger.hit_rate(ledger.with_outcomes(found.alarms.drop(columns="outcome"), pd.concat([outcomes, other])))
    assert rate.decided == rate.confirmed == decided
    assert np.isnan(rate.rate) if not decided else rate.low95 < 1 == rate.rate


def test_every_part_of_the_page_keeps_the_rules_of_the_house(found):
    parts = page.exhibits(found, Text("a place", "某地"))
    assert list(parts) == ["headline", *page.SECTIONS]
    for name, part in parts.items():
        assert not briefing.faults(part), name
        for exhibit in getattr(part, "exhibits", ()):
            if isinstance(exhibit, briefing.Chart):
                assert exhibit.draw().axes


def test_a_quiet_month_is_never_called_in_order(found):
    none = dataclasses.replace(found, alarms=found.alarms.assign(listed=False))
    verdict = page.verdict(none)
    assert verdict.status == "watch"
    assert verdict.target == ""
    assert not any(briefing.faults(p) for p in page.exhibits(none, Text("a", "某")).values())


def test_a_month_without_a_new_lead_tells_of_the_alarms_that_go_on(found):
    last = found.last
    row = found.alarms.iloc[[0]].assign(told=last, opened=False, listed=False)
    before = found.alarms[found.alarms["told"] < last]
    going = dataclasses.replace(found, alarms=pd.concat([before, row], ignore_index=True))
    still = page.exhibits(going, Text("ours", "本关"))["headline"].verdict
    assert "still stands in alarm" in still.text.en
    assert "仍有1个" in still.text.zh
    none = page.exhibits(dataclasses.replace(found, alarms=before), Text("ours", "本关"))["headline"].verdict
    assert none.text.en.startswith("Nothing new in")
    assert "told as silent" in none.text.en  # the cell that stopped is still away
    assert none.status == "watch"


def test_what_was_found_reads_in_one_line(found):
    assert len(repr(found)) < 200
    assert "120 of 120 series" in repr(found)


def test_parameters_and_question_agree_on_names_and_defaults():
    rules = json.loads(SCHEMA.read_text(encoding="utf-8"))["properties"]
    asked = early_warning.Question.of({name: rule["default"] for name, rule in rules.items()})
    for field in dataclasses.fields(asked):
        assert field.name in rules
        given = getattr(asked, field.name)
        assert (list(given) if isinstance(given, tuple | list) else given) == rules[field.name]["default"]


def test_chinas_december_2008_stands_out_and_few_later_months_are_told():
    """The data begin in February 2008, so the watch is still learning then; the evidence is there all the same."""
    read = tables.read("receipts", "published:china_customs_revenue_monthly")
    result = early_warning.study(read, early_warning.Question(told_months=180))
    total = list(result.series[0].panel.keys).index("total")
    jump = pd.Series(result.series[0].followed.reading.jump[:, total], index=result.months)
    assert jump.idxmax() == pd.Timestamp("2008-12-01")
    assert jump.max() > 3
    opened = result.alarms[(result.alarms["series"] == "total") & result.alarms["opened"]]
    assert len(opened) <= 0.03 * 180


@pytest.mark.data
def test_the_tariffs_of_2018_and_2025_are_told_in_american_duties(analytics_data):
    read = tables.read("receipts", str(analytics_data / "us_customs_duties_monthly.csv"), "us_customs_duties")
    kept = early_warning.usable(read, first="2008-01", last="2025-12")
    question = early_warning.Question(told_months=120, lunar_new_year=False)
    alarms = early_warning.study(kept, question).alarms
    opened = set(alarms[alarms["opened"]]["told"].dt.strftime("%Y-%m"))
    assert {"2018-06", "2025-04"} <= opened
    assert len(opened - {"2018-06", "2025-04"}) <= 0.03 * 120
