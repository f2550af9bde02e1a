"""A model is approved once and scores often; nobody scores with one that nobody read."""

import zipfile

import pandas as pd
import pytest
from click.testing import CliRunner

from analytics import smuggling
from analytics.cli import main
from analytics.smuggling.features.frames import InputError


@pytest.fixture
def saved(fitted: smuggling.RiskModel, tmp_path):
    return smuggling.save(fitted, tmp_path / "weekly.risk")


def test_an_approved_model_scores_as_it_was_fitted(saved, fitted: smuggling.RiskModel, later: pd.DataFrame, tmp_path):
    assert smuggling.card(saved)["findings"] == fitted.findings
    smuggling.approve(saved, "risk division")
    assert smuggling.approved(saved)["by"] == "risk division"
    one = later.head(1)
    pd.testing.assert_frame_equal(smuggling.scorer(saved)(one), smuggling.score(fitted, one))


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
