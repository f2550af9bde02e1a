"""Before a page is made: a district at a tenth of the others' prices is asked about, and nothing is called ready."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from analytics.cli import main
from analytics.valuation.alike.at_sight import far_off


def _lines(factor: float) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    district, code = rng.integers(0, 4, 400), rng.integers(0, 5, 400)
    quantity = np.round(np.exp(rng.normal(5, 1, 400)), 1)
    value = quantity * np.exp(code + rng.normal(0, 0.3, 400)) * np.where(district == 2, factor, 1.0)
    return pd.DataFrame(
        {
            "declaration_id": [f"D{i:04d}" for i in range(400)],
            "line_no": 1,
            "date": "2025-03-10",
            "district": np.char.add("510", district.astype(str)),
            "enterprise_id": np.char.add("E", rng.integers(0, 30, 400).astype(str)),
            "hs_code": [f"84{c}1300000" for c in code],
            "origin": "DE",
            "unit": "kg",
            "quantity": quantity,
            "value": value.round(2),
            "currency": "CNY",
        }
    )


@pytest.mark.parametrize("factor", [0.001, 0.1, 12.0])
def test_a_district_far_off_is_seen_with_its_ratio(factor):
    found = far_off(_lines(factor).assign(date=pd.Timestamp("2025-03-10")))
    assert found["place"].tolist() == ["5102"]
    assert found["ratio"].iloc[0] == pytest.approx(factor, rel=0.2)


@pytest.mark.parametrize("factor", [0.6, 1.0, 2.0])
def test_what_may_be_a_price_is_no_question_of_units(factor):
    assert far_off(_lines(factor).assign(date=pd.Timestamp("2025-03-10"))).empty


@pytest.mark.parametrize("command", [["check", "--for", "valuation"], ["start", "--for", "valuation"]])
def test_a_file_with_a_district_at_a_tenth_is_not_called_ready(tmp_path: Path, command):
    path = tmp_path / "lines.csv"
    _lines(0.1).to_csv(path, index=False)
    done = CliRunner().invoke(main, [command[0], str(path), *command[1:]])
    assert "Ready" not in done.output
    assert "Look into it first: district 5102 at 0." in done.output
    assert "times the others' unit values" in done.output
    assert (command[0] == "check") == bool(done.exit_code)
    _lines(1.0).to_csv(path, index=False)
    assert "Ready to use" in CliRunner().invoke(main, ["check", str(path), "--for", "valuation"]).output


def test_a_check_without_a_pillar_says_what_it_did_not_look_at(tmp_path: Path):
    path = tmp_path / "lines.csv"
    _lines(0.1).to_csv(path, index=False)
    done = CliRunner().invoke(main, ["check", "declarations", str(path)])
    assert "What the figures say is not looked at here: --for valuation" in done.output
