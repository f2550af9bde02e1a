"""Columns written after the inspection are flagged, named and left out; clean data pass."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from analytics import smuggling
from analytics.smuggling import page
from analytics.smuggling.features.frames import LATER, prepare

Change = Callable[[pd.DataFrame, np.ndarray, np.ndarray, np.random.Generator], dict[str, object]]


def tax_as_corrected(d: pd.DataFrame, found: np.ndarray, seen: np.ndarray, rng: np.random.Generator):
    return {"tax": d["tax"] + np.where(found, d["recovered"].fillna(0.0), 0.0)}


def text_set_by_the_outcome(d: pd.DataFrame, found: np.ndarray, seen: np.ndarray, rng: np.random.Generator):
    return {"remark": np.where(found, "corrected", np.where(seen, "agreed", "none"))}


def outcome_code_inside_the_regime(d: pd.DataFrame, found: np.ndarray, seen: np.ndarray, rng: np.random.Generator):
    return {"regime": np.where(found, d["regime"] + "/9", d["regime"] + "/0")}


def mark_of_clean_inspections(d: pd.DataFrame, found: np.ndarray, seen: np.ndarray, rng: np.random.Generator):
    return {"release_note": np.where(seen & ~found, "no objection", "-")}


def net_mass_weighed_again(d: pd.DataFrame, found: np.ndarray, seen: np.ndarray, rng: np.random.Generator):
    return {"net_mass_kg": d["net_mass_kg"] * np.where(found, rng.uniform(1.1, 1.6, len(d)), 1.0)}


def duty_rate_as_corrected(d: pd.DataFrame, found: np.ndarray, seen: np.ndarray, rng: np.random.Generator):
    return {"duty_rate": d["duty_rate"] + np.where(found, rng.choice([0.03, 0.05, 0.08], len(d)), 0.0)}


def class_of_firms_ever_found(d: pd.DataFrame, found: np.ndarray, seen: np.ndarray, rng: np.random.Generator):
    return {"firm_class": np.where(d["enterprise_id"].isin(d.loc[found, "enterprise_id"]), "watched", "normal")}


def mark_on_a_third_of_the_findings(d: pd.DataFrame, found: np.ndarray, seen: np.ndarray, rng: np.random.Generator):
    return {"batch": np.where(found & (rng.random(len(d)) < 0.35), "Z9", rng.choice(["A1", "B2", "C3"], len(d)))}


def value_rounded_when_uplifted(d: pd.DataFrame, found: np.ndarray, seen: np.ndarray, rng: np.random.Generator):
    return {"value": np.where(found, d["value"].round(-2), d["value"])}


def declarant_put_in_by_the_office(d: pd.DataFrame, found: np.ndarray, seen: np.ndarray, rng: np.random.Generator):
    return {"declarant_id": d["declarant_id"].mask(pd.Series(found, d.index), "D-OFFICE")}


def seller_taken_away(d: pd.DataFrame, found: np.ndarray, seen: np.ndarray, rng: np.random.Generator):
    return {"seller_id": d["seller_id"].mask(pd.Series(found, d.index))}


def unit_spelt_as_the_laboratory_does(d: pd.DataFrame, found: np.ndarray, seen: np.ndarray, rng: np.random.Generator):
    return {"unit": d["unit"].mask(pd.Series(found, d.index), d["unit"] + "(lab)")}


def amount_in_words(d: pd.DataFrame, found: np.ndarray, seen: np.ndarray, rng: np.random.Generator):
    words = "补税" + d["recovered"].fillna(0).round(2).astype("str")
    return {"memo": pd.Series(words, d.index).where(found & (rng.random(len(d)) < 0.95))}


def code_as_customs_writes_it(d: pd.DataFrame, found: np.ndarray, seen: np.ndarray, rng: np.random.Generator):
    return {"hs_code": d["hs_code"].mask(pd.Series(found, d.index), d["hs_code"] + "999")}


def amount_in_logs(d: pd.DataFrame, found: np.ndarray, seen: np.ndarray, rng: np.random.Generator):
    return {"index_1": pd.Series(np.where(found, np.log1p(d["recovered"].fillna(0)).round(2), 0.0)).astype("str")}


def amount_hashed(d: pd.DataFrame, found: np.ndarray, seen: np.ndarray, rng: np.random.Generator):
    return {"key_2": [f"{rng.integers(2**32):08x}" if f else "00000000" for f in found]}


def day_on_which_the_case_was_closed(d: pd.DataFrame, found: np.ndarray, seen: np.ndarray, rng: np.random.Generator):
    closed = d["date"] + pd.to_timedelta(rng.integers(1, 10, len(d)) + 25 * found, unit="D")
    return {"archived": closed.dt.strftime("%Y-%m-%d")}


def description_with_the_inspectors_initials(
    d: pd.DataFrame, found: np.ndarray, seen: np.ndarray, rng: np.random.Generator
):
    goods = [f"{a} of {b} pieces" for a, b in zip(rng.choice(["parts", "goods"], len(d)), range(len(d)), strict=True)]
    return {"description": [g + (" lw" if f else "") for g, f in zip(goods, found, strict=True)]}


def enterprise_marked(d: pd.DataFrame, found: np.ndarray, seen: np.ndarray, rng: np.random.Generator):
    return {"enterprise_id": np.where(found, d["enterprise_id"] + "*", d["enterprise_id"])}


def number_in_the_order_of_outcomes(d: pd.DataFrame, found: np.ndarray, seen: np.ndarray, rng: np.random.Generator):
    place = np.argsort(np.argsort(np.where(found, 0, np.where(seen, 1, 2)) + 0.9 * rng.random(len(d))))
    return {"record": pd.Series(place).astype("str")}


LEAKS: dict[str, Change] = {
    "index_1": amount_in_logs,
    "key_2": amount_hashed,
    "archived": day_on_which_the_case_was_closed,
    "description": description_with_the_inspectors_initials,
    "enterprise_id": enterprise_marked,
    "record": number_in_the_order_of_outcomes,
    "tax": tax_as_corrected,
    "remark": text_set_by_the_outcome,
    "regime": outcome_code_inside_the_regime,
    "release_note": mark_of_clean_inspections,
    "net_mass_kg": net_mass_weighed_again,
    "duty_rate": duty_rate_as_corrected,
    "firm_class": class_of_firms_ever_found,
    "batch": mark_on_a_third_of_the_findings,
    "value": value_rounded_when_uplifted,
    "declarant_id": declarant_put_in_by_the_office,
    "seller_id": seller_taken_away,
    "unit": unit_spelt_as_the_laboratory_does,
    "memo": amount_in_words,
    "hs_code": code_as_customs_writes_it,
}


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    from analytics import tables

    made = tables.simulate(30_000, 31).declarations
    return made.drop_duplicates(["declaration_id", "line_no"], keep="last").reset_index(drop=True)


def with_leak(lines: pd.DataFrame, column: str) -> pd.DataFrame:
    found = lines["finding"].fillna(False).to_numpy(dtype=bool)
    seen = lines["finding"].notna().to_numpy()
    return lines.assign(**LEAKS[column](lines, found, seen, np.random.default_rng(1)))


def test_clean_data_pass(lines: pd.DataFrame):
    frame = prepare(lines)
    result = smuggling.audit_outcomes(frame, smuggling.finding_rate(frame).value)
    assert result.sources == []
    assert not result.dates_doubted
    assert len(result.tested) > 20


@pytest.mark.parametrize("column", LEAKS)
def test_a_column_written_after_the_inspection_is_flagged_and_no_other(lines: pd.DataFrame, column: str):
    frame = prepare(with_leak(lines, column))
    assert smuggling.audit_outcomes(frame, smuggling.finding_rate(frame).value).sources == [column]


def test_without_a_random_stream_leaks_are_still_seen(lines: pd.DataFrame):
    frame = prepare(with_leak(lines, "remark"))
    assert smuggling.audit_outcomes(frame).sources == ["remark"]


def test_a_flagged_column_is_left_out_named_and_no_longer_flatters(lines: pd.DataFrame):
    question = smuggling.Question(model="logistic", refit_weeks=0)
    some = lines[lines["date"] < lines["date"].quantile(0.45)].reset_index(drop=True)
    leaked, clean = (smuggling.study(f, question) for f in (with_leak(some, "remark"), some))
    assert leaked.outcome_audit.sources == ["remark"]
    assert "remark" not in leaked.model.features.get_feature_names_out()
    assert leaked.selection["precision"] == pytest.approx(clean.selection["precision"], abs=0.03)
    assert "remark" in page.verdict(leaked).lead.en
    assert "remark" in page.leak_audit(leaked).finding.en
    assert page.leaking(leaked)
    assert not page.leaking(clean)


def test_figures_put_right_in_a_later_version_are_seen_by_the_version(lines: pd.DataFrame):
    found = lines["finding"].fillna(False).to_numpy(dtype=bool)
    frame = prepare(lines.assign(version=np.where(found, 2, 1)))
    assert smuggling.audit_outcomes(frame, smuggling.finding_rate(frame).value).sources == ["version"]


def test_columns_that_come_later_are_not_read_and_the_page_says_so():
    from analytics import tables

    made = tables.simulate(12_000, 32, detail="full").declarations
    full = made.drop_duplicates(["declaration_id", "line_no"], keep="last")
    study = smuggling.study(full, smuggling.Question(model="logistic", refit_weeks=0))
    assert set(LATER) == set(study.outcome_audit.by_contract)
    assert not set(LATER) & set(study.model.columns)
    kept = study.model.features.get_feature_names_out()
    assert not [c for c in kept if any(c.startswith(later) for later in LATER)]
    assert "finding_kind" in page.leak_audit(study).lead.en  # type: ignore[union-attr]
    assert study.outcome_audit.sources == []


def test_outcomes_dated_before_their_declaration_are_not_known_then(lines: pd.DataFrame):
    early = lines.assign(outcome_date=lines["date"] - pd.Timedelta(days=1))
    frame = prepare(early, label_delay=28)
    known = frame["known_day"].notna()
    assert (frame["known_day"][known] == frame["day"][known] + 28).all()
    assert smuggling.audit_outcomes(frame).dates_doubted


def test_what_could_not_be_tested_is_not_vouched_for(lines: pd.DataFrame):
    few = lines.head(1500)
    result = smuggling.audit_outcomes(prepare(few))
    assert result.tested == ()
    assert set(result.untested.values()) == {"too few outcomes"}


def test_figures_that_leaks_flatter_are_never_judged(lines: pd.DataFrame):
    trusting = smuggling.Question(model="logistic", refit_weeks=0, leave_out_leaks=False)
    kept = smuggling.study(with_leak(lines, "remark"), trusting)
    verdict = page.verdict(kept)
    assert "remark" in kept.model.features.get_feature_names_out()
    assert "KEPT" in verdict.lead.en
    assert verdict.status == "insufficient"
    assert "Not judged" in verdict.text.en


def test_a_study_is_made_without_the_codes_where_they_leak(lines: pd.DataFrame):
    some = with_leak(lines.head(14_000), "hs_code")
    study = smuggling.study(some, smuggling.Question(model="logistic", refit_weeks=0))
    assert study.outcome_audit.sources == ["hs_code"]
    assert not {"hs2", "hs4", "hs6"} & {*study.model.features.get_feature_names_out()}
    assert all(code.startswith("none|") for code in study.model.features.levels_["hs4_origin"])
