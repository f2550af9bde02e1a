"""Files whose records forbid a verdict: the page says which and why, and judges nothing."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics import smuggling
from analytics.cli.starting import _NOT_JUDGED, _risks
from analytics.smuggling import page
from analytics.smuggling.audit.drawn import FAR, unevenness
from analytics.smuggling.audit.records import Records
from analytics.smuggling.features.frames import prepare
from analytics.smuggling.inquiry.periods import Periods
from analytics.tables import as_ibis


def twice(d: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([d, d], ignore_index=True)


def clean_outcomes_mostly_not_written_down(d: pd.DataFrame) -> pd.DataFrame:
    gone = (d["finding"] == False).fillna(False) & (np.arange(len(d)) % 5 < 3)  # noqa: E712
    return d.assign(finding=d["finding"].mask(gone))


def one_enterprise_inspected(d: pd.DataFrame) -> pd.DataFrame:
    firm = d.loc[d["finding"].notna(), "enterprise_id"].value_counts().index[0]
    others = d["enterprise_id"] != firm
    return d.assign(finding=d["finding"].mask(others), inspected=d["inspected"].mask(others, False))


def numbers_used_again(d: pd.DataFrame) -> pd.DataFrame:
    return d.assign(declaration_id=(pd.factorize(d["declaration_id"])[0] % 3000).astype(str), line_no=range(len(d)))


def split_by_line(d: pd.DataFrame) -> pd.DataFrame:
    return d.assign(declaration_id=d["declaration_id"] + "-" + d["line_no"].astype("str"))


def findings_recorded_months_later(d: pd.DataFrame) -> pd.DataFrame:
    found, date = d["finding"].fillna(False).to_numpy(dtype=bool), pd.to_datetime(d["date"])
    known = date + pd.to_timedelta(np.where(found, 100, 5), "D")
    out = found & (known > date.max()).to_numpy()
    clean = d.assign(outcome_date=known.where(d["finding"].notna() & ~out), finding=d["finding"].mask(out))
    return clean.assign(inspected=d["inspected"].mask(out, False))


def targets_called_random(d: pd.DataFrame) -> pd.DataFrame:
    called = d["selection_stream"].mask(d["inspected"].fillna(False).astype(bool), "random")
    return d.assign(selection_stream=called, selection_probability=np.nan)


CASES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "repeated": twice,
    "unrecorded": clean_outcomes_mostly_not_written_down,
    "parties": one_enterprise_inspected,
    "reused": numbers_used_again,
    "apart": split_by_line,
    "late": findings_recorded_months_later,
    "uneven": targets_called_random,
}


@pytest.mark.parametrize("doubt", CASES)
def test_each_fault_of_the_records_is_named(declared: pd.DataFrame, doubt: str):
    assert Records.of(prepare(CASES[doubt](declared)), 28).doubts == [doubt]


def test_sound_records_raise_no_doubt(declared: pd.DataFrame):
    assert Records.of(prepare(declared), 28).doubts == []


@pytest.mark.parametrize("doubt", CASES)
def test_doubtful_records_are_never_judged(studied: smuggling.Study, declared: pd.DataFrame, doubt: str):
    assert page.verdict(studied).status != "insufficient"
    doubted = replace(studied, records=Records.of(prepare(CASES[doubt](declared)), 28))
    verdict = page.verdict(doubted)
    assert verdict.status == "insufficient"
    assert verdict.text.en.startswith("Not judged: ")
    assert verdict.text.zh.startswith("不予评判：")
    assert verdict.text.zh.removeprefix("不予评判：") in verdict.lead.zh


def test_the_order_of_a_file_tells_nothing(declared: pd.DataFrame):
    found = declared["finding"].fillna(False).to_numpy(dtype=bool)
    sorted_ = declared.iloc[np.argsort(~found, kind="stable")]
    ways = [Periods.of(d, smuggling.Question()) for d in (declared, sorted_)]
    columns = ["declaration_id", "line_no", "label"]
    pd.testing.assert_frame_equal(ways[0].evaluation[columns], ways[1].evaluation[columns])
    pd.testing.assert_frame_equal(ways[0].train[columns], ways[1].train[columns])


def test_outcomes_of_one_kind_are_not_called_too_few(declared: pd.DataFrame):
    only = declared.assign(finding=declared["finding"].where(declared["finding"].isna(), True))
    few = smuggling.answer(only.head(4000), smuggling.Question(refit_weeks=0))
    said = page.verdict(few)
    assert "hold a finding" in said.text.en
    assert "too few" not in said.text.en


def test_lines_drawn_evenly_are_not_doubted(declared: pd.DataFrame):
    """By whole declarations, a twentieth of each month's, whoever declared them."""
    names, code = np.unique(declared["declaration_id"], return_inverse=True)
    for seed in range(5):
        drawn = (np.random.default_rng(seed).random(len(names)) < 0.05)[code]
        lines = declared.assign(
            selection_stream=np.where(drawn, "random", None), inspected=drawn, selection_probability=np.nan
        )
        assert unevenness(prepare(lines.assign(finding=lines["finding"].where(drawn))))[0] < FAR


def test_check_says_beforehand_what_the_page_will_not_judge(declared: pd.DataFrame):
    for name, doubted in (("late", findings_recorded_months_later), ("uneven", targets_called_random)):
        assert any(_NOT_JUDGED[name] in doubt for doubt in _risks(as_ibis(doubted(declared)), None).doubts)
    assert not _risks(as_ibis(declared), None).doubts
    assert set(_NOT_JUDGED) == set(CASES)


def test_check_names_a_column_that_tells_outcomes_and_judges_the_rest_as_the_page_does(declared: pd.DataFrame):
    """The leak itself makes random lines look unevenly drawn, which the page, that leaves it out, does not say."""
    regime = np.where(declared["finding"].fillna(False).to_numpy(bool), "0110X", "0110")
    doubts = _risks(as_ibis(declared.assign(regime=regime)), None).doubts
    assert len(doubts) == 1
    assert doubts[0].startswith("regime: tells outcomes")
