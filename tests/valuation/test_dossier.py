"""A dossier tells an enterprise's prices of one good, comparables by the law's order, and what queries brought."""

import json

import numpy as np
import pandas as pd
import pytest

from analytics import briefing, valuation
from analytics.cli.dossiers import asked
from analytics.language import Text
from analytics.valuation import dossier
from analytics.valuation.comparison.lines import ValuationError


@pytest.fixture(scope="module")
def level() -> valuation.PriceLevel:
    """Five districts; E001 of district 1 declares product 84010000 at half the price."""
    rng, lines = np.random.default_rng(5), 1_500
    firm, month = rng.integers(0, 40, lines), rng.integers(1, 13, lines)
    product, quantity = rng.integers(0, 2, lines), np.exp(rng.normal(4, 0.5, lines))
    frame = pd.DataFrame(
        {
            "declaration_id": [f"{i:05d}" for i in range(lines)],
            "line_no": 1,
            "date": pd.to_datetime([f"2024-{m:02d}-10" for m in month]),
            "district": [f"D{f % 5}" for f in firm],
            "enterprise_id": [f"E{f:03d}" for f in firm],
            "hs_code": [f"84{p:02d}0000" for p in product],
            "origin": rng.choice(["US", "CN"], lines),
            "unit": "kg",
            "quantity": quantity,
            "value": quantity * np.exp(1 + rng.normal(0, 0.1, lines)),
        }
    )
    low = (frame["enterprise_id"] == "E001") & (frame["hs_code"] == "84010000")
    return valuation.price_level(frame.assign(value=frame["value"].where(~low, 0.5 * frame["value"])))


@pytest.fixture(scope="module")
def file(level) -> dossier.Dossier:
    return dossier.dossier(level, "E001", "84010000")


def test_an_enterprise_at_half_the_price_reads_half_and_gives_reason_to_ask(file):
    ratio, low, high = file.ratio
    assert ratio == pytest.approx(0.5, rel=0.06)
    assert low < 0.5 < high < 0.95
    said = dossier.verdict(file)
    assert said.status == "watch"
    assert said.value == ratio
    assert file.at_stake == pytest.approx(file.lines["tax"].sum(), rel=0.15)


def test_an_enterprise_in_order_gives_no_reason_and_scattered_prices_are_not_called_in_order(level):
    honest = dossier.dossier(level, "E002", "84010000")
    assert dossier.verdict(honest).status in ("met", "insufficient")
    assert (dossier.verdict(honest).status == "met") == (honest.ratio[1] >= 0.95)


def test_comparables_are_of_others_nearest_first_and_of_these_the_lowest(file, level):
    table = file.comparables
    order = table["rung"].map({name: k for k, name in enumerate(dict.fromkeys(table["rung"]))})
    assert order.is_monotonic_increasing
    assert table["rung"].iloc[0] == "same month and origin"
    for _, part in table.groupby("rung"):
        assert part["unit_value"].is_monotonic_increasing
    assert not table["who"].str.startswith("E0").any()
    assert not (table["unit_value"] < 0.7 * file.lines["reference"].min()).any()


def test_a_name_or_good_that_is_not_there_is_answered_with_those_that_are(level):
    with pytest.raises(ValuationError, match="It declares: 84000000, 84010000"):
        dossier.dossier(level, "E001", "99999999")
    with pytest.raises(ValuationError, match="declares nothing here"):
        dossier.dossier(level, "nobody", "84010000")


def test_the_largest_gap_is_asked_about_first(level):
    assert dossier.largest(level)[0] == ("E001", "84010000")


def test_the_board_is_told_of_a_dossier_only_where_there_is_a_reason_to_ask(file, level):
    [told] = dossier.leads(file)
    assert told.text == dossier.verdict(file).text
    assert told.district == "D1"
    assert dossier.leads(dossier.dossier(level, "E002", "84010000")) == []


def test_every_part_of_a_dossier_keeps_the_rules_of_the_house(file):
    parts = dossier.exhibits(file, Text("a place", "某地"), "2025-06-03")
    for name, part in parts.items():
        assert not briefing.faults(part), name
    assert parts["hearing"].frame["date"].tolist()[:3] == ["2025-06-03", "2025-06-10", "2025-06-24"]
    assert parts["course"].exhibits[0].draw().axes


def queries(file: dossier.Dossier, raised: int) -> pd.DataFrame:
    """A ledger on lines of the enterprise: the first are raised to their reference, the rest accepted."""
    rows = file.compared.head(12)
    up = np.arange(len(rows)) < raised
    return pd.DataFrame(
        {
            "query_id": [f"Q{i}" for i in range(len(rows))],
            "declaration_id": rows["declaration_id"].to_numpy(),
            "line_no": rows["line_no"].to_numpy(),
            "opened_on": pd.Timestamp("2025-01-10"),
            "declared_value": rows["value"].to_numpy(),
            "accepted_value": np.where(up, rows["value"] / rows["relative"], rows["value"]),
            "outcome": np.where(up, "调整", "accepted"),
        }
    )


def test_a_ledger_tells_what_queries_of_such_lines_brought(file):
    all_raised, none = dossier.ledger(queries(file, 12)), dossier.ledger(queries(file, 0))
    assert all_raised.counts() == {"raised": 12, "accepted": 0, "open": 0}
    assert all_raised.yield_of(file.compared)[0] == pytest.approx(1.0)
    assert none.yield_of(file.compared)[0] == pytest.approx(0.0)
    assert none.uplift() == 0
    low, high = all_raised.rate()[1:]
    assert low == pytest.approx(1 / (1 + 1.959964**2 / 12), rel=1e-4)  # Wilson (1927) at 12 of 12
    assert high == pytest.approx(1.0)


def test_an_outcome_that_no_one_knows_counts_as_open_and_not_as_success(file):
    odd = queries(file, 3).assign(outcome="settled somehow")
    assert dossier.ledger(odd).counts() == {"raised": 0, "accepted": 0, "open": 12}


def test_a_dossier_says_which_of_its_lines_were_queried_before(level, file):
    again = dossier.dossier(level, "E001", "84010000", dossier.ledger(queries(file, 4)))
    told = dossier.exhibits(again, Text("a place", "某地"))["grounds"].items[-1]
    assert "12 of its lines were queried before: 4 raised, 8 accepted" in told.en


def test_the_command_asks_about_each_enterprise_and_good_once_most_at_stake_first(tmp_path):
    table = tmp_path / "lines_to_verify.csv"
    rows = [("A", "1", 5), ("B", "1", 7), ("A", "1", 6), ("", "2", 99), ("A", "2", 1)]
    pd.DataFrame(rows, columns=["enterprise", "product", "duty_at_stake"]).to_csv(table, index=False)
    assert asked(table) == [("A", "1"), ("B", "1"), ("A", "2")]
    assert json.dumps(asked(table))
