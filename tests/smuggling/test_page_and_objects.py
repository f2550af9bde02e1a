"""What a reader of the page and a user of the objects relies on."""

import inspect

import pandas as pd
import pytest
from sklearn.base import BaseEstimator, clone

from analytics import briefing, smuggling
from analytics.smuggling import page
from analytics.smuggling.features.build import Features
from analytics.smuggling.features.encoding import GroupedTargetEncoder
from analytics.smuggling.features.history import History
from analytics.smuggling.features.peers import Peers
from analytics.smuggling.models.blend import Blend
from analytics.smuggling.models.calibration import Platt
from analytics.smuggling.models.members import Inputs
from analytics.smuggling.models.recovery import Recovery

ESTIMATORS = [
    Features(30.0, 5.0, record=False),
    History(90.0, 3.0),
    Peers(2.0),
    GroupedTargetEncoder(10.0, 3, 1),
    Blend(("trees",), Inputs(["a"], [], ["b"]), seed=4, trees=9, copies=True),
    Platt(),
    Recovery(seed=3),
]


def test_every_exhibit_keeps_the_rules_of_the_house(studied: smuggling.Study):
    parts = page.exhibits(studied)
    assert {name: found for name, part in parts.items() if (found := briefing.faults(part))} == {}
    assert {"headline", "hit_rate", "leads", "enterprises", "leak_audit", "calibration"} <= set(parts)


def test_the_board_is_told_every_declaration_targeted_after_the_enterprises(studied: smuggling.Study):
    leads, t = page.for_board(studied), studied.targeting
    firms = [lead for lead in leads if lead.text.en.startswith("Enterprise")]
    assert leads[: len(firms)] == firms
    assert len(firms) == min(5, int((studied.enterprises["attention"] == 5).sum()))
    chosen = t[t["stream"] == "targeted"]
    by_line = studied.question.unit == "line"
    assert len(leads) - len(firms) == (len(chosen) if by_line else chosen["declaration_id"].nunique()) > 0
    assert all(lead.text.zh.strip() and lead.district and lead.since for lead in leads[len(firms) :])
    assert not any(word in lead.text.en + lead.text.zh for lead in leads for word in ("smuggling", "走私", "违规"))


def test_no_exhibit_calls_an_undecided_case_guilty(studied: smuggling.Study):
    for name, part in page.exhibits(studied).items():
        told = " ".join(t.en + t.zh for t in briefing.texts(part))
        assert not any(word in told for word in ("smuggling", "violation", "走私", "违规")), name


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_an_estimator_is_cloned_with_its_parameters_and_nothing_it_learnt(estimator: BaseEstimator):
    given = set(inspect.signature(type(estimator).__init__).parameters) - {"self", "args", "kwargs"}
    assert set(estimator.get_params(deep=False)) == given
    estimator.learnt_ = 1  # type: ignore[attr-defined]
    again = clone(estimator)
    assert {n: str(v) for n, v in again.get_params(deep=False).items()} == {
        n: str(v) for n, v in estimator.get_params(deep=False).items()
    }
    assert not [name for name in vars(again) if name.endswith("_")]


def test_a_clone_fitted_on_the_same_lines_is_the_same(declared: pd.DataFrame):
    from analytics.smuggling.features.frames import prepare

    frame = prepare(declared.head(2000))
    first = Peers().fit(frame)
    pd.testing.assert_frame_equal(first.transform(frame), clone(first).fit(frame).transform(frame))


def test_typing_a_name_shows_a_line_not_a_dump(studied: smuggling.Study):
    for shown in (studied, studied.model):
        assert "\n" not in repr(shown)
        assert len(repr(shown)) < 250
        assert len(shown._repr_html_()) < 10_000
    assert set(dir(smuggling)) == set(smuggling.__all__)


def test_the_question_takes_what_is_named_alike_and_nothing_else():
    asked = smuggling.Question.of({"rate": 0.05, "seed": 3, "place": "here", "label_delay": 10})
    assert (asked.rate, asked.seed, asked.fitting.label_delay, asked.fitting.seed) == (0.05, 3, 10, 3)


def without(frame: pd.DataFrame, *gone: str) -> pd.DataFrame:
    return frame.drop(columns=list(gone))


def test_a_file_without_enterprise_or_origin_is_studied_and_the_page_says_what_it_cannot_tell(declared: pd.DataFrame):
    question = smuggling.Question(refit_weeks=0, evaluate_from="2025-07-01", model="logistic", most_per_enterprise=1)
    made = smuggling.answer(without(declared, "enterprise_id", "origin", "declarant_id", "seller_id"), question)
    assert isinstance(made, smuggling.Study)
    assert made.enterprises.empty
    assert (made.targeting["stream"] == "targeted").sum() > 20  # no limit by an enterprise that nobody names
    parts = page.exhibits(made)
    assert {name: found for name, part in parts.items() if (found := briefing.faults(part))} == {}
    assert "name no enterprise" in " ".join(t.en for t in briefing.texts(parts["enterprises"]))
    told = " ".join(t.en for t in briefing.texts(parts["watch"]))
    assert "hold no enterprise, declarant, seller, origin" in told
    assert "name no party at all" in told
    assert page.verdict(made).status not in ("met", "not_met")


def test_a_file_without_outcomes_or_parties_is_ranked_by_rules_and_says_so(declared: pd.DataFrame):
    outcomes = ("inspected", "finding", "recovered", "outcome_date", "selection_stream", "selection_probability")
    made = smuggling.answer(without(declared, "enterprise_id", "declarant_id", "seller_id", *outcomes))
    assert isinstance(made, smuggling.RuleStudy)
    parts = page.exhibits(made)
    assert {name: found for name, part in parts.items() if (found := briefing.faults(part))} == {}
    assert page.verdict(made).status == "insufficient"
    assert "name no enterprise" in " ".join(t.en for t in briefing.texts(parts["watch"]))
