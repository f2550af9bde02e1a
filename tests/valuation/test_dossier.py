"""A dossier tells an enterprise's prices of one good, comparables by the law's order, and what queries brought."""

import json

import numpy as np
import pandas as pd
import pytest

from analytics import briefing, valuation
from analytics.cli.dossiers import asked, known_places, written_set
from analytics.language import Text
from analytics.valuation import dossier
from analytics.valuation.comparison.lines import ValuationError
from analytics.valuation.page import Findings, headline, tables


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


@pytest.fixture(scope="module")
def page() -> Findings:
    """Five districts in order; small E001 declares everything at a third in two of them, E002 at 0.7 from July on."""
    rng, lines = np.random.default_rng(8), 3_000
    often = np.where(np.arange(40) == 1, 0.3, np.where(np.arange(40) == 2, 0.8, 1.0))
    firm, month = rng.choice(40, lines, p=often / often.sum()), rng.integers(1, 13, lines)
    place = np.where((firm == 1) & (rng.random(lines) < 0.5), 2, firm % 5)
    quantity = np.exp(rng.normal(4, 0.5, lines))
    price = np.exp(1 + rng.normal(0, 0.08, lines)) * np.where(firm == 1, 0.33, 1)
    frame = pd.DataFrame(
        {
            "declaration_id": [f"{i:05d}" for i in range(lines)],
            "line_no": 1,
            "date": pd.to_datetime([f"2024-{m:02d}-10" for m in month]),
            "district": [f"D{d}" for d in place],
            "enterprise_id": [f"E{f:03d}" for f in firm],
            "hs_code": [f"8{k}010000" for k in rng.integers(3, 6, lines)],
            "unit": "kg",
            "quantity": quantity,
            "value": quantity * price * np.where((firm == 2) & (month > 6), 0.7, 1),
        }
    )
    return Findings(valuation.price_level(frame, by=("district", "chapter")))


def test_lines_of_an_enterprise_low_everywhere_are_listed_though_its_groups_are_in_order(page):
    assert page.low_everywhere == ["E001"]
    quiet = set(page.level.levels.loc[page.level.levels["status"] == "met", "key"])
    listed = page.lines[(page.lines["enterprise"] == "E001") & page.lines["key"].isin(quiet)]
    assert set(listed["because"]) == {"enterprise"}
    assert set(listed["key"].str[:2]) == {"D1", "D2"}
    assert not page.lines.duplicated(["declaration_id", "line_no"]).any()
    assert page.outside.empty
    assert f"{len(page.lines)} lines of 2 enterprises" in headline(page, Text("", "")).verdict.lead.en


def test_a_dossier_gives_every_line_the_figures_of_the_page(page):
    for who, what in dossier.largest(page.level, 4):
        shown = page.lines[(page.lines["enterprise"] == who) & (page.lines["product"] == what)]
        both = shown.merge(dossier.dossier(page.level, who, what).lines, on=["declaration_id", "line_no"])
        assert len(both) == len(shown)
        for one, other in (("reference", "reference"), ("compared_lines", "compared_lines"), ("rung", "rung")):
            assert (both[f"{one}_x"] == both[f"{other}_y"]).all()
        assert both["duty_at_stake"].to_numpy() == pytest.approx(both["at_stake"].to_numpy())


def test_a_line_has_one_ratio_on_the_page_in_its_dossier_and_in_the_table_for_risk(page):
    gaps = tables(page)["price_gaps"]
    both = gaps.merge(page.lines, on=["declaration_id", "line_no"])
    assert len(both) == (page.lines["relative"] < 0.7).sum() > 20
    assert (both["relative_x"] == both["relative_y"]).all()
    assert (both["compared_lines_x"] == both["compared_lines_y"]).all()
    assert gaps["relative"].is_monotonic_increasing
    assert gaps["relative"].max() < 0.7
    assert not gaps.duplicated(["declaration_id", "line_no"]).any()


def test_an_enterprise_of_two_districts_is_no_comparable_of_itself(page):
    """In either district its lines of the other would be elsewhere: a third of the price, and close to its own."""
    own = page.lines[page.lines["enterprise"] == "E001"]
    assert own["relative"].median() == pytest.approx(0.33, rel=0.05)
    kept = page.level.prepared.lines.execute()
    for _, row in own.head(5).iterrows():
        like = kept[(kept["product"] == row["product"]) & (kept["month"] == row["month"]) & (kept["kind"] == "")]
        like = like[(like["district"] != row["key"][:2]) & (like["quantity"].map(np.log10).map(np.floor)
                    == np.floor(np.log10(row["quantity"])))]  # fmt: skip
        if row["rung"] == "same month and origin":
            assert row["compared_lines"] == (like["enterprise"] != "E001").sum()


def test_a_price_that_fell_is_asked_about_since_it_fell_and_not_for_all_its_lines(page):
    fell = page.fallen
    assert set(fell["enterprise"]) == {"E002"}
    row = fell.iloc[0]
    since = pd.Timestamp(row["since"])
    found = dossier.dossier(page.level, "E002", row["product"])
    assert abs(since - pd.Timestamp("2024-07-01")) < pd.Timedelta("32D")
    assert (found.compared["month"] >= since).all()
    assert found.ratio[0] == pytest.approx(0.7, rel=0.08)
    said = dossier.verdict(found)
    assert said.status == "watch"
    assert "since" in said.text.en
    assert any("All its" in item.en for item in dossier.exhibits(found, Text("", ""))["grounds"].items)


def test_no_amount_is_told_of_an_enterprise_that_there_is_no_reason_to_ask(page, level):
    calm = [dossier.dossier(page.level, f"E{k:03d}", "83010000") for k in (5, 6, 7)]
    for found in calm:
        assert dossier.verdict(found).status != "watch"
        assert "at_stake" not in dossier.figures(found)
        assert "higher" not in dossier.verdict(found).lead.en
        assert found.at_stake < 0.5 * found.lines["at_stake"].sum()  # lines above count against those below


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


def test_the_command_finds_the_file_of_a_page_where_the_set_still_knows_its_place(tmp_path, monkeypatch):
    """A result names a file outside the project by its bare name: the dossiers read it all the same."""
    data, folder = tmp_path / "own.csv", tmp_path / "report"
    (tmp_path / "valuation").mkdir()
    (tmp_path / "valuation" / "own.yaml").write_text(f"declarations: {data}\nmin_lines: 40\n")
    folder.mkdir()
    params = {"declarations": "own.csv", "min_lines": 30, "queries": "book.csv"}
    told = {"set": str(tmp_path / "valuation" / "own.yaml")}
    monkeypatch.setattr("analytics.batch.checks.provenance.read", lambda _: told)
    found = known_places(folder, params)
    assert found == {**params, "declarations": str(data)}  # what the set says otherwise by now is not taken
    written = written_set(tmp_path, ("E-1", "8401"), found, None).read_text()
    assert f"declarations: {data}" in written
    assert "queries: book.csv" in written  # the page's own ledger
    assert "queries: other.csv" in written_set(tmp_path, ("E-1", "8401"), found, "other.csv").read_text()
