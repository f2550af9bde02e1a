"""Files whose records forbid a verdict: the page says which and why, and judges nothing."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics import smuggling
from analytics.smuggling import page
from analytics.smuggling.audit.records import Records
from analytics.smuggling.features.frames import prepare
from analytics.smuggling.inquiry.periods import Periods


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


CASES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "repeated": twice,
    "unrecorded": clean_outcomes_mostly_not_written_down,
    "parties": one_enterprise_inspected,
    "reused": numbers_used_again,
    "apart": split_by_line,
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
