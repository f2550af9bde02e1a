"""The random share by what it learns: nobody is out of sight, the rate stays unbiased, enterprises react."""

import numpy as np
import pandas as pd
import pytest

from analytics import briefing, smuggling
from analytics.sampling import systematic
from analytics.simulation.driven import Customs
from analytics.smuggling import page
from analytics.smuggling.exploration import bandit
from analytics.smuggling.exploration.rivalry import WAYS, play


def units(n: int = 4000, seed: int = 0) -> tuple[np.ndarray, np.ndarray, bandit.Strata]:
    rng = np.random.default_rng(seed)
    risk, chapter = rng.beta(1, 20, n), rng.choice(np.array(["84", "85", "39", "61", "08"], dtype=object), n)
    strata = bandit.Strata.of(risk, chapter)
    return risk, strata.names(risk, chapter), strata


def split(record: bandit.Record, seed: int = 0) -> tuple[bandit.Shares, np.ndarray, np.ndarray]:
    risk, name, _ = units()
    shares = bandit.share_out(record, risk, name, 160, 0.25, np.random.default_rng(seed))
    rest = np.argsort(-risk, kind="stable")[shares.targeted :]
    return shares, shares.chances(name, rest), name


def test_the_budget_is_kept_and_every_untargeted_unit_keeps_a_chance():
    record = bandit.Record()
    record.learn(np.array(["3 84"] * 50), np.full(50, 0.1), np.ones(50), 10.0)
    for seed in range(5):
        shares, chance, _ = split(record, seed)
        assert shares.targeted + shares.even + sum(shares.free.values()) == 160
        left = chance[chance > 0]
        assert len(left) == 4000 - shares.targeted
        assert left.min() >= bandit.FLOOR * 40 / 4000
        assert left.sum() == pytest.approx(160 - shares.targeted)


def test_draws_go_where_more_is_found_than_expected_and_to_targeting_where_nothing_is():
    rng = np.random.default_rng(1)
    more, nothing = bandit.Record(), bandit.Record()
    names = np.unique(units()[1])
    best = next(n for n in names if n.startswith("2 ") and n != "2 other")
    for name in names:
        nothing.learn(np.array([name] * 80), np.full(80, 0.2), np.zeros(80), 1.0)
        more.learn(np.array([name] * 80), np.full(80, 0.2), (rng.random(80) < 0.2).astype(float), 1.0)
    for record in (more, nothing):
        record.learn(np.array([bandit.TARGETED] * 100), np.full(100, 0.2), (np.arange(100) < 20) * 1.0, 1.0)
    more.learn(np.array([best] * 40), np.full(40, 0.05), np.ones(40), 1.0)
    drawn = [split(more, seed)[0].free.get(best, 0) for seed in range(6)]
    assert np.mean(drawn) > 15
    assert all(sum(split(nothing, seed)[0].free.values()) <= 3 for seed in range(6))
    assert more.table().set_index("stratum")["multiplier"][best] > 2


def test_what_was_found_fades():
    record = bandit.Record(half_life=100.0)
    record.learn(np.array(["a"]), np.array([0.5]), np.array([1.0]), 0.0)
    record.learn(np.array(["b"]), np.array([0.5]), np.array([1.0]), 100.0)
    assert record.found == pytest.approx({"a": 0.5, "b": 1.0})


def test_the_rate_weighted_by_the_recorded_chances_is_unbiased():
    risk, name, _ = units()
    answer = np.random.default_rng(3).random(len(risk)) < 3 * risk * (np.char.find(name, "84") > 0)
    record = bandit.Record()
    record.learn(np.array(["2 84"] * 40), np.full(40, 0.05), np.ones(40), 1.0)
    found = []
    for seed in range(150):
        chance = split(record, seed)[1]
        drawn = systematic(chance, np.random.default_rng(seed))
        found.append((answer[drawn] / chance[drawn]).sum() / (chance > 0).sum())
    rest = chance > 0
    assert np.mean(found) == pytest.approx(answer[rest].mean(), rel=0.15)


def test_a_study_whose_random_share_adapts_says_where_it_was_drawn_and_on_what_record(declared: pd.DataFrame):
    question = smuggling.Question(
        refit_weeks=0, evaluate_from="2025-07-01", model="logistic", exploration="adaptive", explore=0.3, rate=0.06
    )
    made = smuggling.study(declared, question)
    part = page.exploration(made)
    assert briefing.faults(part) == []
    table = page.exhibits(made)["exploration"].exhibits[0].frame
    heads = made.heads(made.targeting)
    untargeted = heads[heads["stream"].fillna("") != "targeted"]
    assert table["drawn"].sum() == (heads["stream"] == "random").sum()
    assert untargeted["selection_probability"].min() >= bandit.FLOOR * 0.3 * 0.06 * 0.9
    assert heads["selected"].sum() == pytest.approx(0.06 * len(heads), abs=2)
    known = declared[(declared["date"] < "2025-07-01") & (declared["outcome_date"] < "2025-07-01")]
    random = known[known["selection_stream"] == "random"]
    assert table["outcomes"].sum() <= random["declaration_id"].nunique() < 2 * table["outcomes"].sum()
    assert page.tables(made)["targeting"]["selection_probability"].notna().all()
    with pytest.raises(ValueError, match="exploration"):
        smuggling.Question(exploration="greedy")


def test_enterprises_that_are_told_of_findings_react_and_others_do_not():
    def wrong(told: bool) -> float:
        customs = Customs(12_000, 4, "hostile", start="2025-01-01", reaction=1.0)
        share = []
        for month in customs.months():
            share.append(month.wrong.mean())
            if told:
                customs.tell(month, np.flatnonzero(month.finding))
        return float(np.mean(share[-4:]))

    assert wrong(told=True) < 0.8 * wrong(told=False)


def test_two_ways_play_the_same_customs_within_the_same_budget():
    customs = {"start": "2025-01-01", "setting": "hostile"}
    fixed, adaptive = (play(Customs(9_000, 6, **customs), WAYS[name]) for name in ("fixed", "adaptive"))
    assert fixed["inspected"].tolist() == adaptive["inspected"].tolist()
    assert adaptive["random"].sum() <= fixed["random"].sum()
    assert (adaptive["found"] <= adaptive["stake"]).all()
