"""What a user of risk selection relies on."""

from __future__ import annotations

import runpy
import zipfile
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from analytics import smuggling, tables
from analytics.smuggling.evaluation.splits import time_split, without_outcomes
from analytics.smuggling.evaluation.strategies import COLUMNS
from analytics.smuggling.explanation import contributions as why
from analytics.smuggling.features.build import Features
from analytics.smuggling.features.encoding import GroupedTargetEncoder
from analytics.smuggling.features.frames import InputError, prepare
from analytics.smuggling.features.units import Units
from analytics.smuggling.models.calibration import Platt, calibration_error, design
from analytics.smuggling.models.risk_model import to_score
from analytics.smuggling.selection.weekly import STRATEGIES

COVERAGE = Path(__file__).parents[2] / "benchmarks/smuggling/coverage.py"


def record(**changes: object) -> pd.DataFrame:
    """Four lines of one enterprise, ten days apart; the first was found wanting, known after five days."""
    n = 4
    base = {
        "declaration_id": [f"D{i}" for i in range(n)], "line_no": 1,
        "date": pd.date_range("2025-01-01", periods=n, freq="10D"), "enterprise_id": "E1", "declarant_id": "B1",
        "hs_code": "8471300000", "origin": "JP", "district": "0100", "unit": "piece", "quantity": 10.0, "value": 100.0,
        "net_mass_kg": 5.0, "duty_rate": 0.1, "tax": 10.0,
        "inspected": pd.array([True, False, False, False], dtype="boolean"),
        "finding": pd.array([True, pd.NA, pd.NA, pd.NA], dtype="boolean"),
        "outcome_date": pd.to_datetime(["2025-01-15", None, None, None]),
    }  # fmt: skip
    return pd.DataFrame(base | changes)


def features_of(frame: pd.DataFrame) -> pd.DataFrame:
    prepared = prepare(frame)
    f = Features(half_life=1e9, strength=1.0)
    return f.fit_transform(prepared, np.arange(len(prepared)), base_rate=0.0)


def test_an_outcome_counts_only_from_the_day_after_it_became_known():
    X = features_of(record())
    assert X["enterprise_past_rate"].tolist() == pytest.approx([0.0, 0.0, 0.5, 0.5], abs=1e-6)  # known on 15 January


def test_a_line_never_sees_its_own_or_a_later_outcome():
    changed = record(finding=pd.array([True, pd.NA, pd.NA, True], dtype="boolean"),
                     inspected=pd.array([True, False, False, True], dtype="boolean"))  # fmt: skip
    pd.testing.assert_frame_equal(features_of(record()), features_of(changed))


def test_new_code_and_past_lines_look_at_earlier_days_only():
    X = features_of(record(hs_code=["8471300000", "8471300000", "6204620000", "6204620000"]))
    assert X["new_code"].tolist() == [1.0, 0.0, 1.0, 0.0]
    assert np.expm1(X["enterprise_past_lines"]).round().tolist() == [0, 1, 2, 3]


def test_shuffled_rows_give_the_same_scores(fitted: smuggling.RiskModel, later: pd.DataFrame):
    part = later.head(800)
    mixed = part.sample(frac=1, random_state=3)
    a = smuggling.score(fitted, part)["score"].to_numpy()
    b = smuggling.score(fitted, mixed)["score"].to_numpy()
    assert np.allclose(a[mixed.index.to_numpy()], b)


def test_features_never_read_the_outcomes_of_the_lines_scored(fitted: smuggling.RiskModel, later: pd.DataFrame):
    day = later[later["date"] == later["date"].iloc[0]]
    flipped = day.assign(inspected=True, finding=True, recovered=1e6)
    flipped["inspected"] = flipped["inspected"].astype("boolean")
    flipped["finding"] = flipped["finding"].astype("boolean")
    assert np.array_equal(smuggling.score(fitted, day)["score"], smuggling.score(fitted, flipped)["score"])


def test_unseen_codes_parties_and_origins_are_scored(fitted: smuggling.RiskModel, later: pd.DataFrame):
    strange = later.head(5).assign(hs_code="0000000000", enterprise_id="nobody", origin="ZZ", declarant_id=pd.NA)
    p = smuggling.score(fitted, strange)["probability"]
    assert p.between(0, 1).all()


def test_a_missing_column_of_the_training_schema_is_named(fitted: smuggling.RiskModel, later: pd.DataFrame):
    with pytest.raises(InputError, match='column "net_mass_kg" is missing; the model was trained with it'):
        smuggling.score(fitted, later.drop(columns="net_mass_kg"))


def test_no_outcomes_and_one_kind_of_outcome_are_refused_with_advice(declared: pd.DataFrame):
    nothing = declared.head(500).assign(inspected=False)
    with pytest.raises(InputError, match="no line has an outcome"):
        smuggling.fit(nothing)
    clean = declared.head(500).assign(inspected=True, finding=False)
    with pytest.raises(InputError, match="have no finding; a model needs both outcomes"):
        smuggling.fit(clean)


def test_labels_from_after_the_score_date_are_taken_out_of_training(declared: pd.DataFrame):
    frame = prepare(declared)
    train, evaluation, start = time_split(frame, evaluate_from="2025-07-01")
    day = (start - pd.Timestamp("2000-01-01")).days
    assert train["known_day"].max() < day <= evaluation["day"].min()
    assert ((frame["known_day"] >= day) & (frame["day"] < day)).any()  # there was something to take out


def test_reasons_add_up_to_the_score(fitted: smuggling.RiskModel, later: pd.DataFrame):
    X = fitted.matrix(to_score(fitted, later.head(60)))
    parts = why.contributions(fitted, X)
    assert np.allclose(parts.sum(axis=1), fitted.log_odds(X), atol=1e-6)
    told = why.reasons(fitted, X)
    assert all(len(t.en.split("; ")) <= 5 for t in told)
    assert not any(word in t.en + t.zh for t in told for word in ("smuggling", "violation", "走私", "违规"))


def test_a_saved_model_scores_the_same(fitted: smuggling.RiskModel, later: pd.DataFrame, tmp_path):
    path = smuggling.save(fitted, tmp_path / "model.risk")
    again = smuggling.load(path)
    part = later.head(200)
    pd.testing.assert_frame_equal(smuggling.score(fitted, part), smuggling.score(again, part))
    assert again.fingerprint == fitted.fingerprint
    (tmp_path / "other.risk").write_text("not a model")
    with pytest.raises(InputError, match="no saved risk model"):
        smuggling.load(tmp_path / "other.risk")


@pytest.mark.parametrize("part", ["model.json", "parts.skops", "known.parquet"])
def test_a_damaged_model_is_refused_in_words(fitted: smuggling.RiskModel, tmp_path, part: str):
    whole, hurt = smuggling.save(fitted, tmp_path / "m.risk"), tmp_path / "hurt.risk"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(hurt, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(
                name,
                content[: len(content) // 2] + b"\xd3" + content[len(content) // 2 + 9 :] if name == part else content,
            )
    with pytest.raises(InputError, match="no saved risk model, or a damaged one"):
        smuggling.load(hurt)


def test_the_optional_member_is_fitted_saved_and_explained(declared: pd.DataFrame, later: pd.DataFrame, tmp_path):
    try:
        import lightgbm  # noqa: F401
    except (ImportError, OSError) as missing:  # its wheel asks the system for libgomp
        pytest.skip(f"LightGBM is not at hand: {missing}")
    model = smuggling.fit(declared[declared["date"] < "2025-07-01"], model="lightgbm")
    again = smuggling.load(smuggling.save(model, tmp_path / "model.risk"))
    part = later.head(200)
    scored = smuggling.score(model, part)
    pd.testing.assert_frame_equal(scored, smuggling.score(again, part))
    X = model.matrix(to_score(model, part))
    explained = why.contributions(model, X).sum(axis=1)
    np.testing.assert_allclose(1 / (1 + np.exp(-explained)), scored["probability"], rtol=1e-9)


def test_objectives_trade_hit_rate_for_tax(fitted: smuggling.RiskModel, later: pd.DataFrame):
    by = {o: smuggling.score(fitted, later, objective=o) for o in ("hit_rate", "mixture", "expected_tax")}  # type: ignore[arg-type]
    p, tax = by["hit_rate"]["probability"], by["hit_rate"]["expected_recovery"]
    assert np.allclose(by["expected_tax"]["score"], tax)
    assert np.allclose(by["mixture"]["score"] ** 2, p * tax)


@settings(deadline=None, max_examples=40)
@given(
    n=st.integers(20, 400), rate=st.floats(0.0, 0.5), explore=st.floats(0.0, 1.0), seed=st.integers(0, 9)
)  # fmt: skip
def test_the_budget_is_kept_and_every_selected_line_has_a_stream(n: int, rate: float, explore: float, seed: int):
    scores = pd.DataFrame({"score": np.random.default_rng(seed).random(n)})
    chosen = smuggling.select(scores, rate, explore, seed=seed)
    targeted = chosen["stream"] == "targeted"
    assert targeted.sum() == round(rate * n) - round(round(rate * n) * explore)
    assert (chosen["selected"] == chosen["stream"].notna()).all()
    if targeted.any():
        assert chosen.loc[targeted, "score"].min() >= chosen.loc[~targeted, "score"].max()
    drawn = chosen["stream"] == "random"
    assert (chosen.loc[drawn, "selection_probability"] > 0).all()


def test_capacity_and_diversity_limit_the_targeted_stream():
    n = 300
    scores = pd.DataFrame(
        {
            "score": np.linspace(1, 0, n),
            "port": "P1",
            "enterprise_id": [f"E{i // 30}" for i in range(n)],
            "date": pd.to_datetime("2025-01-01") + pd.to_timedelta(np.arange(n) % 3, unit="D"),
        }
    )
    chosen = smuggling.select(scores, 0.2, 0.0, capacity=4, most_per_enterprise=3)
    targeted = chosen[chosen["stream"] == "targeted"]
    assert targeted.groupby(["port", "date"]).size().max() <= 4
    assert targeted.groupby("enterprise_id").size().max() <= 3


def test_copies_are_flagged_and_a_clean_set_passes(declared: pd.DataFrame):
    rng = np.random.default_rng(0)
    frame = prepare(declared.head(4000))
    frame["label"] = (rng.random(len(frame)) < 0.2).astype(float)
    train, evaluation, _ = time_split(frame)
    assert not smuggling.audit(train, evaluation).flagged
    copied = pd.concat([evaluation.iloc[::2], train.sample(len(evaluation), random_state=1)], ignore_index=True)
    result = smuggling.audit(train, copied)
    assert result.flagged
    assert result.agreement == pytest.approx(1.0)
    assert not smuggling.audit(smuggling.purge(train, copied), copied).flagged


def test_regular_shipments_of_the_same_goods_are_no_leak():
    rng = np.random.default_rng(2)
    frame = prepare(pd.concat([record()] * 300, ignore_index=True))
    frame["label"] = (rng.random(len(frame)) < 0.3).astype(float)
    result = smuggling.audit(frame.iloc[:900], frame.iloc[900:])
    assert result.copied_share == 1.0
    assert not result.flagged


def test_group_wise_encoding_gives_a_copy_nothing_of_its_own_label():
    rng = np.random.default_rng(4)
    groups = np.repeat(np.arange(200), 5)
    y = np.repeat(rng.integers(0, 2, 200), 5)
    X = pd.DataFrame({"code": pd.Series(groups.astype(str), dtype="str")})
    encoded = GroupedTargetEncoder().fit_transform(X, y, groups)["code_rate"]
    assert abs(np.corrcoef(encoded, y)[0, 1]) < 0.35  # a row-wise encoding of this set correlates above 0.9


def test_evaluation_keeps_the_ceiling_and_the_promised_columns():
    rng = np.random.default_rng(1)
    y = (rng.random(5000) < 0.02).astype(float)
    table = smuggling.evaluate({"perfect": y, "chance": rng.random(5000)}, y, recovered=y * 10)
    assert tuple(table.columns) == COLUMNS
    perfect = table[(table["strategy"] == "perfect") & (table["selected_share"] == 0.04)].iloc[0]
    assert perfect["precision"] == pytest.approx(smuggling.ceiling(y.mean(), 0.04))
    assert perfect["recall"] == perfect["recovered_share"] == 1.0
    assert (table["low95"] <= table["precision"] + 1e-9).all()


def test_a_ranking_against_itself_differs_by_nothing():
    rng = np.random.default_rng(1)
    score, y = rng.random(2000), (rng.random(2000) < 0.1).astype(float)
    assert smuggling.paired_difference(score, score, y, np.arange(2000), draws=50) == (0.0, 0.0, 0.0)


def test_a_difference_over_repetitions_is_the_mean_of_theirs():
    rng = np.random.default_rng(3)
    y, clusters = (rng.random(2000) < 0.2).astype(float), np.arange(2000) // 2
    good, chance = y + rng.normal(0, 1, (3, 2000)), rng.random((3, 2000))
    each = [smuggling.paired_difference(a, b, y, clusters, draws=200) for a, b in zip(good, chance, strict=True)]
    gap, low, high = smuggling.paired_difference(good, chance, y, clusters, draws=200)
    assert gap == pytest.approx(np.mean([e[0] for e in each]))
    assert low < gap < high
    assert high - low < np.mean([e[2] - e[1] for e in each])  # repetitions average the noise of one ranking away


def test_the_finding_rate_is_right_though_inspection_is_targeted():
    synthetic = runpy.run_path(str(COVERAGE))["synthetic"]
    inside = 0
    for seed in range(20):
        rate, _, truth = synthetic(seed)
        assert rate.naive > 1.5 * truth
        inside += rate.low <= truth <= rate.high
    assert inside >= 18


def test_calibration_with_inspection_weights_recovers_the_level():
    rng = np.random.default_rng(0)
    n = 60_000
    z = rng.normal(-4, 1.2, n)
    y = (rng.random(n) < 1 / (1 + np.exp(-z))).astype(float)
    targeted = z > np.quantile(z, 0.96)
    random = ~targeted & (rng.random(n) < 0.03)
    frame = pd.DataFrame(
        {
            "label": np.where(targeted | random, y, np.nan),
            "inspected": targeted | random,
            "selection_probability": np.nan,
            "selection_stream": pd.Series(np.where(random, "random", "targeted"), dtype="str"),
        }
    )
    w = design(frame, Units.of(frame)).weight
    seen = w > 0
    raw = 2 * z + 5  # a distorted scale, as from a model fitted on selected lines
    p = Platt().fit(raw[seen], y[seen], w[seen]).transform(raw)
    assert calibration_error(p, y) < 0.01


def test_grades_use_findings_beyond_what_was_expected_and_never_the_legal_category():
    scored = pd.DataFrame({"enterprise_id": np.repeat([f"E{i}" for i in range(40)], 5), "probability": 0.05})
    outcomes = pd.DataFrame({"enterprise_id": [f"E{i}" for i in range(40)] * 4, "probability": 0.05, "finding": 0.0})
    outcomes.loc[outcomes["enterprise_id"] == "E7", "finding"] = 1.0
    firms = pd.DataFrame({"enterprise_id": [f"E{i}" for i in range(40)], "category": "高级认证"})
    graded = smuggling.grade(scored, outcomes, firms)
    assert graded.iloc[0]["enterprise_id"] == "E7"
    assert graded.iloc[0]["attention"] == 5
    assert graded.iloc[0]["card"] == "red"
    assert (graded["legal_category"] == "高级认证").all()
    assert graded["attention"].between(1, 5).all()
    pd.testing.assert_series_equal(graded["score"], smuggling.grade(scored, outcomes)["score"])


def test_indicators_say_which_definition_they_use(declared: pd.DataFrame):
    table = smuggling.indicators(prepare(declared)).set_index("indicator_id")
    assert table["value"].dropna().between(0, 1).all()
    assert (table["definition"].str.len() > 20).all()
    assert (table["definition_zh"].str.len() > 8).all()


def test_a_moved_population_shows(fitted: smuggling.RiskModel, declared: pd.DataFrame):
    frame = without_outcomes(prepare(declared.head(3000)))
    still = smuggling.drift(fitted, frame.iloc[::2], frame.iloc[1::2])
    moved = smuggling.drift(fitted, frame, frame.assign(value=frame["value"] * 5))
    assert (still["reading"] == "stable").all()
    assert moved.iloc[0]["reading"] == "moved"


@pytest.mark.data
def test_the_audit_flags_korea_by_itself(analytics_data):
    source = " + ".join(str(analytics_data / "korea" / f"df_syn_{p}_eng.csv") for p in ("train", "valid"))
    frame = prepare(tables.read("declarations", source, "korea_declarations"))
    train, evaluation, _ = time_split(frame, evaluate_from="2021-01-01")
    result = smuggling.audit(train, evaluation)
    assert result.flagged
    assert result.copied_share > 0.75
    assert result.agreement > 0.95
    assert result.lookup_precision > 0.9  # a mere look-up: why official-split figures are not quoted


def test_the_weekly_loop_learns_only_what_it_chose_and_only_when_it_is_known(
    fitted: smuggling.RiskModel, later: pd.DataFrame
):
    weeks = 14  # refitted twice, the second time while the last four weeks' outcomes are still unknown
    lines = without_outcomes(prepare(later[later["date"] < later["date"].min() + pd.Timedelta(weeks=weeks)]))
    X = fitted.matrix(lines)
    rng = np.random.default_rng(0)
    answer = (rng.random(len(lines)) < 0.05).astype(float)
    weeks = smuggling.loop(fitted, X, lines, answer, refit_weeks=6, delay=28)
    assert (weeks["selected"] - 0.04 * weeks["units"]).abs().max() <= 0.5 + 1e-9  # every strategy keeps the budget
    early = weeks[weeks["week"] <= 4]
    assert (early["inspected_so_far"] == 0).all()  # no outcome arrives before the delay has passed
    assert early["estimate"].isna().all()
    # outcomes of lines that a strategy never chose do not change what it does
    names = weeks["strategy"].unique()
    assert set(names) == {"random", "expert rules", "model only", "model, 10 % random", "model by tax, 10 % random"}
    only = {"model only": STRATEGIES["model only"]}
    first = smuggling.loop(fitted, X, lines, answer, refit_weeks=6, strategies=only)
    week = ((lines["day"] - lines["day"].min()) // 7).to_numpy()
    flipped = np.where(week >= week.max() - 3, 1 - answer, answer)  # of the last weeks: too late to be learnt
    second = smuggling.loop(fitted, X, lines, flipped, refit_weeks=6, strategies=only)
    pd.testing.assert_series_equal(first["inspected_so_far"], second["inspected_so_far"])
    pd.testing.assert_series_equal(first["estimate"], second["estimate"])
