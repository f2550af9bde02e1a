"""What the page may say of the revenue due, and what it may never say."""

import numpy as np
import pandas as pd
import pytest

from analytics import briefing, compliance
from analytics.compliance import page
from analytics.language import Text
from analytics.simulation import simulate


def _customs(n=20_000, seed=1, wrong=0.03, taint=0.4):
    rng = np.random.default_rng(seed)
    tax = np.round(100 * (rng.pareto(1.4, n) + 0.1), 2)
    lines = pd.DataFrame({
        "declaration_id": [f"D{i // 2:07d}" for i in range(n)], "line_no": np.arange(n) % 2 + 1,
        "date": pd.Timestamp("2025-01-01") + pd.to_timedelta(np.arange(n) * 365 // n, "D"),
        "tax": tax, "value": tax * 5, "hs_code": "84713000", "enterprise_id": [f"E{i % 300}" for i in range(n)],
    })  # fmt: skip
    lost = np.where(rng.random(n) < wrong, taint * tax, 0.0)
    return lines, lost


def _drawn(lines, lost, n=2_000, seed=1, twice=True, skill=1.0):
    made = compliance.design(compliance.sizes(lines["tax"].to_numpy(), lines["value"].to_numpy()), n)
    at = compliance.draw(made, seed)
    rng = np.random.default_rng(seed)
    first, second = (np.where(rng.random(len(at)) < skill, lost[at], 0.0) for _ in range(2))
    half = rng.random(len(at)) < 0.5
    s = lines.iloc[at].rename(columns={"date": "drawn_on"}).copy()
    return s.assign(
        probability=made.probability[at], size=made.size[at], confirmed_tax=s["tax"] + first,
        second_tax=np.where(half, s["tax"] + second, np.nan) if twice else np.nan,
        cause=np.where(first > 0, "value", "none"), confirmed_hs_code=s["hs_code"],
    ).reset_index(drop=True)  # fmt: skip


def _truth(lines, lost):
    return lines["tax"].sum() / (lines["tax"].sum() + lost.sum())


def test_a_high_rate_measured_twice_is_met_and_its_interval_holds_the_truth():
    lines, lost = _customs()
    study = compliance.full_collection(_drawn(lines, lost), lines)
    _value, low, high = study.rate
    assert low <= _truth(lines, lost) <= high
    assert study.status == "met"
    assert low >= 0.95


def test_without_a_second_look_nothing_is_ever_met():
    lines, lost = _customs()
    study = compliance.full_collection(_drawn(lines, lost, twice=False), lines)
    assert study.status == "insufficient"
    assert study.due is None
    assert "found" in page.verdict(study).text.en
    assert page.verdict(study).value is None
    assert page.verdict(study).low is None  # what was missed may be more
    assert page.verdict(study).high < 100
    assert np.isnan(page.figures(study)["full_collection_estimated"])
    assert any("second_tax" in doubt.en for doubt in study.doubts)


def test_what_was_found_alone_can_show_that_too_little_is_collected():
    lines, lost = _customs(wrong=0.3, taint=0.9)
    study = compliance.full_collection(_drawn(lines, lost, twice=False), lines)
    assert _truth(lines, lost) < 0.9
    assert study.status == "not_met"


def test_a_sample_with_chances_of_another_draw_is_refused():
    lines, lost = _customs()
    sample = _drawn(lines, lost)
    sample["probability"] = (2 * sample["probability"]).clip(upper=1)
    study = compliance.full_collection(sample, lines)
    assert study.status == "insufficient"
    assert "0.52 times the number of lines" in study.doubts[0].en
    assert np.isnan(page.gap_table(study).set_index("cause").loc["all", "amount"])


def test_a_sample_of_other_months_is_refused():
    lines, lost = _customs()
    half = lines["date"] < "2025-07-01"
    sample = _drawn(lines[half].reset_index(drop=True), lost[half.to_numpy()])
    asked = compliance.Question(first_month="2025-01", last_month="2025-12")
    assert compliance.full_collection(sample, lines, asked).status == "insufficient"
    assert compliance.full_collection(sample, lines).status == "met"  # its own months


def test_lines_drawn_and_not_inspected_are_no_clean_lines():
    lines, lost = _customs()
    sample = _drawn(lines, lost)
    sample.loc[::5, "confirmed_tax"] = np.nan
    study = compliance.full_collection(sample, lines)
    assert study.status == "insufficient"
    assert "80%" in study.doubts[0].en


def test_a_thin_sample_gives_a_bound_and_no_estimate():
    lines, lost = _customs(wrong=0.004)
    study = compliance.full_collection(_drawn(lines, lost, n=150), lines)
    assert study.status == "insufficient"
    assert np.isnan(page.gap_table(study).set_index("cause").loc["all", "amount"])
    assert "not decided" in study.doubts[0].en or "effective hits" in study.doubts[-1].en or study.due is None


def test_inspectors_who_miss_are_corrected_by_the_second_look():
    lines, lost = _customs(n=40_000)
    truth, inside, naive = lost.sum(), [], []
    for seed in range(12):
        study = compliance.full_collection(_drawn(lines, lost, 3_000, seed, skill=0.75), lines)
        inside.append(study.due.low <= truth <= study.due.high)
        naive.append(study.found.low <= truth <= study.found.high)
    assert sum(inside) >= 11
    assert sum(naive) < sum(inside)


def test_a_cause_is_printed_only_with_enough_behind_it():
    lines, lost = _customs()
    sample = _drawn(lines, lost)
    sample.loc[sample.index[sample["cause"] == "value"][:2], "cause"] = "origin"
    causes = compliance.full_collection(sample, lines).causes.set_index("cause")
    assert causes.loc["value", "printable"]
    assert not causes.loc["origin", "printable"]
    assert np.isnan(causes.loc["origin", "amount"])
    assert causes.loc["origin", "high95"] > 0


def test_an_unknown_cause_is_counted_and_not_lost():
    lines, lost = _customs()
    sample = _drawn(lines, lost)
    sample["cause"] = sample["cause"].where(sample["cause"] != "value", "其他原因")
    causes = compliance.full_collection(sample, lines).causes.set_index("cause")
    assert causes.loc["other", "hits"] == (sample["confirmed_tax"] > sample["tax"]).sum()


def test_overpayments_are_apart_and_lower_no_gap():
    lines, lost = _customs()
    sample = _drawn(lines, lost)
    before = compliance.full_collection(sample, lines).found.value
    sample.loc[sample["cause"] == "none", "confirmed_tax"] *= 0.9
    study = compliance.full_collection(sample, lines)
    assert study.found.value == pytest.approx(before)
    assert study.sample.overpaid.sum() > 0


def test_the_proved_gap_counts_a_line_once_and_adds_audits_and_queries():
    lines, lost = _customs()
    sample = _drawn(lines, lost)
    lines = lines.assign(recovered=lost)
    audits = pd.DataFrame({"closed_on": pd.to_datetime(["2025-03-01", "2024-03-01", None]), "recovered": [10.0, 99, 5]})
    queries = pd.DataFrame({
        "declaration_id": ["D0000000"], "line_no": [1], "closed_on": pd.to_datetime(["2025-02-01"]),
        "declared_value": [100.0], "accepted_value": [150.0],
    })  # fmt: skip
    study = compliance.full_collection(sample, lines, None, audits, queries)
    parts = study.proved_parts
    assert parts["sample"] + parts["inspection"] == pytest.approx(lost.sum())
    assert parts["audits"] == 10
    assert parts["queries"] == pytest.approx(50 / 5)


def test_classification_accuracy_is_not_given_without_confirmed_codes():
    lines, lost = _customs()
    sample = _drawn(lines, lost)
    assert compliance.full_collection(sample, lines).rates["classification_lines"].value == 1
    study = compliance.full_collection(sample.drop(columns="confirmed_hs_code"), lines)
    assert study.rates["classification_lines"] is None
    assert np.isnan(page.figures(study)["classification_lines"])


def test_a_missing_column_is_named():
    lines, lost = _customs(2_000)
    with pytest.raises(compliance.DesignError, match="confirmed_tax"):
        compliance.full_collection(_drawn(lines, lost, 200).drop(columns="confirmed_tax"), lines)
    with pytest.raises(compliance.DesignError, match="tax"):
        compliance.full_collection(_drawn(lines, lost, 200), lines.drop(columns="tax"))


def test_inspections_at_hand_say_what_was_found_and_never_what_was_due():
    made = simulate(40_000, 3)
    lines = made.declarations.drop_duplicates(["declaration_id", "line_no"], keep="last")
    study = compliance.full_collection(compliance.from_inspections(lines), lines)
    assert study.due is None
    assert study.status in ("insufficient", "not_met")


def _status(sample, lines):
    study = compliance.full_collection(sample, lines)
    page.headline(study, Text("x", "某关"))
    return study.status, " ".join(d.en for d in study.doubts)


@pytest.mark.parametrize("chance", [np.nan, 0.0, -0.1, 20.0])
def test_lines_without_a_chance_are_no_sample(chance):
    lines, lost = _customs()
    sample = _drawn(lines, lost)
    sample.loc[:3, "probability"] = chance
    status, why = _status(sample, lines)
    assert status == "insufficient"
    assert "4 lines drawn have no chance" in why
    sample["probability"] = chance
    with pytest.raises(compliance.DesignError, match="picked by hand are no sample"):
        _status(sample, lines)


def test_a_sample_whose_tax_was_put_right_after_the_inspection_is_refused():
    """The loss is hidden then, and a rate of .94 read "met"."""
    lines, lost = _customs(wrong=0.1, taint=0.6)
    sample = _drawn(lines, lost)
    status, why = _status(sample.assign(tax=sample["confirmed_tax"]), lines)
    assert status == "insufficient"
    assert "is not that of the declarations" in why


def test_confirmed_tax_in_another_unit_is_told():
    lines, lost = _customs()
    sample = _drawn(lines, lost)
    shrunk = sample.assign(confirmed_tax=sample["confirmed_tax"] / 1e4, second_tax=sample["second_tax"] / 1e4)
    status, why = _status(shrunk, lines)
    assert status == "insufficient"
    assert "another unit" in why


def test_lines_with_an_amount_and_without_a_day_of_inspection_count_as_not_inspected():
    lines, lost = _customs()
    sample = _drawn(lines, lost)
    looked = sample["drawn_on"].where(np.arange(len(sample)) % 3 > 0)
    status, why = _status(sample.assign(inspected_on=looked), lines)
    assert status == "insufficient"
    assert "67% of the lines drawn were inspected" in why
    assert "were inspected" not in _status(sample.assign(inspected_on=pd.NaT), lines)[1]


def test_lines_of_other_declarations_or_drawn_twice_are_refused():
    lines, lost = _customs()
    sample = _drawn(lines, lost)
    status, why = _status(sample.assign(declaration_id="Z" + sample["declaration_id"]), lines)
    assert status == "insufficient"
    assert "only 0% of the lines drawn are among the declarations" in why
    status, why = _status(pd.concat([sample, sample.iloc[:2]]), lines)
    assert status == "insufficient"
    assert "2 lines stand in the sample twice" in why


def test_a_second_look_at_hits_only_corrects_nothing_and_meets_nothing():
    lines, lost = _customs()
    sample = _drawn(lines, lost, skill=0.6)
    sample["second_tax"] = sample["confirmed_tax"].where(sample["confirmed_tax"] > sample["tax"] + 0.01)
    status, why = _status(sample, lines)
    assert status == "insufficient"
    assert "not of a random half" in why
    study = compliance.full_collection(sample, lines)
    assert study.due is None
    assert "found" in page.verdict(study).text.en


def test_two_teams_that_agree_on_every_line_are_wondered_at():
    lines, lost = _customs()
    sample = _drawn(lines, lost, skill=0.6)
    sample["second_tax"] = sample["confirmed_tax"]
    assert "did not know the first" in page.verdict(compliance.full_collection(sample, lines)).lead.en
    honest = compliance.full_collection(_drawn(lines, lost, skill=0.6), lines)
    assert "did not know the first" not in page.verdict(honest).lead.en


def test_none_found_all_found_and_hardly_any_line_have_a_page():
    lines, lost = _customs()
    sample = _drawn(lines, lost)
    looked = sample["second_tax"].notna()
    for taint, status in ((0.0, "insufficient"), (1.0, "not_met")):
        due = sample["tax"] * (1 + taint)
        assert _status(sample.assign(confirmed_tax=due, second_tax=due.where(looked)), lines)[0] == status
    assert _status(sample.iloc[:1], lines)[0] == "insufficient"
    few = lines.iloc[:3].rename(columns={"date": "drawn_on"})
    few = few.assign(probability=1.0, confirmed_tax=few["tax"], second_tax=few["tax"], cause="none")
    study = compliance.full_collection(few, lines.iloc[:3])
    assert study.status == "insufficient"
    assert "inspected all" in page.planning(study).finding.en


def test_without_collected_tax_there_is_no_share_of_it():
    lines, lost = _customs(2_000)
    with pytest.raises(compliance.DesignError, match="no tax was collected"):
        compliance.full_collection(_drawn(lines, lost, 200), lines.assign(tax=0.0))


def test_declarations_lie_between_what_lines_tell_and_exactly_where_they_were_drawn_whole():
    lines, lost = _customs()  # two lines a declaration, losses independent
    bad = pd.Series(lost > 0).groupby(lines["declaration_id"].to_numpy()).any()
    truth = 1 - bad.mean()
    told = compliance.full_collection(_drawn(lines, lost), lines).declarations_without_loss
    assert not told.whole
    assert told.low <= told.least < told.most <= told.high
    assert told.low <= truth <= told.high
    heads = np.random.default_rng(2).choice(bad.index, 1_500, replace=False)
    at = lines["declaration_id"].isin(heads).to_numpy()
    s = lines[at].rename(columns={"date": "drawn_on"})
    s = s.assign(probability=1_500 / len(bad), confirmed_tax=s["tax"] + lost[at])
    whole = compliance.full_collection(s, lines).declarations_without_loss
    assert whole.whole
    assert whole.least == whole.most == pytest.approx(1 - bad.loc[heads].mean())
    assert whole.low <= truth <= whole.high


def _studies():
    lines, lost = _customs()
    yield "met", compliance.full_collection(_drawn(lines, lost), lines)
    yield "found only", compliance.full_collection(_drawn(lines, lost, twice=False), lines)
    bad = _drawn(lines, lost)
    bad["probability"] /= 2
    yield "refused", compliance.full_collection(bad, lines)
    yield "thin", compliance.full_collection(_drawn(lines, lost, 200), lines)
    bare = _drawn(lines, lost)[["declaration_id", "line_no", "probability", "tax", "confirmed_tax", "drawn_on"]]
    yield "bare", compliance.full_collection(bare, lines)
    lines, lost = _customs(wrong=0.3, taint=0.9)
    yield "not met", compliance.full_collection(_drawn(lines, lost), lines)
    lines, lost = _customs(wrong=0.1, taint=0.5)
    yield "watch", compliance.full_collection(_drawn(lines, lost), lines)


@pytest.fixture(scope="module")
def studies():
    return dict(_studies())


@pytest.mark.parametrize("name", ["met", "found only", "refused", "thin", "bare", "not met", "watch"])
def test_every_part_of_the_page_keeps_the_rules_in_every_case(studies, name):
    study = studies[name]
    parts = [page.headline(study, Text("x", "某关")), page.causes(study), page.rates(study), page.rests(study),
             page.planning(study), page.watch(study), page.method(study)]  # fmt: skip
    assert [fault for part in parts for fault in briefing.faults(part)] == []
    said = " ".join(text.en + text.zh for part in parts for text in briefing.texts(part))
    assert "nan" not in said
    assert "inf" not in said.replace("info", "")
    assert "走私" not in said
    assert "违规" not in said
    badge = page.verdict(study).status
    assert (badge == "met") == (name == "met")
    table = page.gap_table(study)
    assert list(table.columns) == ["stratum", "cause", "rate", "amount", "low95", "high95"]


def test_the_next_draw_stores_the_chance_of_each_line_and_repeats_by_its_seed(studies):
    first, again = (page.sample_frame(studies["met"], 500, 7) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    assert first["probability"].between(0, 1, inclusive="right").all()
    assert abs(len(first) - 500) <= 1
    assert not first.equals(page.sample_frame(studies["met"], 500, 8))
