"""A model is approved once and scores often; nobody scores with one that nobody read."""

import shutil
import zipfile

import pandas as pd
import pytest
from click.testing import CliRunner

from analytics import smuggling
from analytics.cli import main
from analytics.smuggling.fast.blend import Fast
from analytics.smuggling.fast.scoring import few
from analytics.smuggling.features.frames import InputError


@pytest.fixture(scope="module")
def written(fitted: smuggling.RiskModel, tmp_path_factory: pytest.TempPathFactory):
    return smuggling.save(fitted, tmp_path_factory.mktemp("model") / "weekly.risk")


@pytest.fixture
def saved(written, tmp_path):
    """A copy of one's own: approvals are written beside it."""
    return shutil.copy(written, tmp_path / written.name)


def test_an_approved_model_scores_as_it_was_fitted(saved, fitted: smuggling.RiskModel, later: pd.DataFrame, tmp_path):
    assert smuggling.card(saved)["findings"] == fitted.findings
    smuggling.approve(saved, "risk division")
    assert smuggling.approved(saved)["by"] == "risk division"
    one = later.head(1)
    pd.testing.assert_frame_equal(smuggling.scorer(saved)(one), smuggling.score(fitted, one))


@pytest.mark.parametrize("objective", ["hit_rate", "mixture"])
def test_the_fast_path_gives_the_scores_of_the_slow_one(
    saved, fitted: smuggling.RiskModel, later: pd.DataFrame, objective
):
    unknown = later.drop(columns=["inspected", "finding", "recovered", "outcome_date"])
    scoring = smuggling.scorer(saved, objective=objective, unapproved=True)
    fast = Fast.of(fitted)
    assert fast is not None
    strange = unknown.head(3).assign(
        hs_code=pd.Series(["9999999999", "0101", None], dtype="str"),
        origin=pd.Series(["XX", None, "DE"], dtype="str"),
        enterprise_id=pd.Series(["E-NEW", None, unknown["enterprise_id"].iloc[0]], dtype="str"),
        seller_id=pd.Series([None] * 3, dtype="str"),
        quantity=[0.0, -1.0, float("nan")],
        date=pd.Timestamp("2025-07-02"),
    )
    day = unknown[unknown["date"] == unknown["date"].iloc[0]]
    for lines, quick in ((day.head(40), True), (strange, True), (unknown.head(900), False)):
        assert (few(fast, lines, objective) is not None) == quick
        found, slow = scoring(lines), smuggling.score(fitted, lines, objective=objective)
        pd.testing.assert_frame_equal(found, slow, rtol=1e-9, atol=0)


def test_where_trees_are_kept_otherwise_the_public_way_scores(
    saved, fitted: smuggling.RiskModel, later: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
):
    """Another version of scikit-learn may rename what the arrays are read from, or give it another meaning."""
    from analytics.smuggling.fast import blend

    def renamed(rounds: object) -> None:
        raise AttributeError("'TreePredictor' object has no attribute 'nodes'")

    def shifted(rounds):
        trees = original(rounds)
        trees.threshold[:] = trees.threshold + 1.0
        return trees

    original = blend.of_boosting
    for changed in (renamed, shifted):
        monkeypatch.setattr(blend, "of_boosting", changed)
        assert Fast.of(fitted) is None
    line = later.drop(columns=["finding"]).head(3)
    pd.testing.assert_frame_equal(smuggling.scorer(saved, unapproved=True)(line), smuggling.score(fitted, line))
    monkeypatch.setattr(blend, "of_boosting", original)
    assert Fast.of(fitted) is not None


def test_lines_with_outcomes_or_of_several_days_take_the_whole_way(fitted: smuggling.RiskModel, later: pd.DataFrame):
    fast = Fast.of(fitted)
    assert few(fast, later[later["finding"].notna()].head(1), "hit_rate") is None
    assert few(fast, later.groupby("date").head(1).head(5), "hit_rate") is None


def test_a_model_that_nobody_approved_is_refused(saved):
    with pytest.raises(InputError, match="nobody approved this model"):
        smuggling.scorer(saved)


def test_a_model_changed_after_its_approval_is_refused(saved):
    smuggling.approve(saved, "risk division")
    with zipfile.ZipFile(saved, "a") as file:
        file.writestr("more.json", "{}")
    with pytest.raises(InputError, match="changed since risk division approved it"):
        smuggling.scorer(saved)
    with pytest.raises(InputError, match="approved already"):
        smuggling.approve(saved, "somebody else")


def test_the_command_scores_and_selects_declarations(saved, later: pd.DataFrame, tmp_path):
    later.head(300).to_csv(tmp_path / "week.csv", index=False)
    run = CliRunner()
    refused = run.invoke(main, ["score", str(saved), str(tmp_path / "week.csv")])
    assert refused.exit_code != 0
    assert "nobody approved" in refused.output
    assert run.invoke(main, ["score", str(saved), "--approve", "risk division"]).exit_code == 0
    done = run.invoke(main, ["score", str(saved), str(tmp_path / "week.csv"), "--out", str(tmp_path / "out.csv")])
    assert done.exit_code == 0, done.output
    made = pd.read_csv(tmp_path / "out.csv", dtype=str, encoding="utf-8-sig")
    heads = made.drop_duplicates("declaration_id")
    assert (heads["selected"] == "True").sum() - round(0.04 * len(heads)) in (0, 1)  # no lane goes entirely unseen
