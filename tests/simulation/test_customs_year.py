"""What users of the simulated customs year rely on."""

import numpy as np
import pandas as pd
import pytest

from analytics import tables
from analytics.simulation import Simulation, simulate
from analytics.simulation.year.year import Year

KEYS = ["declaration_id", "line_no"]


@pytest.fixture(scope="module")
def full() -> Simulation:
    return simulate(60_000, seed=7, detail="full", export_share=0.2)


@pytest.fixture(scope="module")
def lines(full: Simulation) -> pd.DataFrame:
    ordered = full.declarations.sort_values("version", kind="stable")
    return ordered.drop_duplicates(KEYS, keep="last")


def test_full_detail_only_appends(full):
    basic = simulate(60_000, seed=7, export_share=0.2)
    columns = list(basic.declarations.columns)
    assert list(full.declarations.columns[: len(columns)]) == columns
    pd.testing.assert_frame_equal(full.declarations[columns], basic.declarations)
    pd.testing.assert_frame_equal(full.receipts, basic.receipts)
    pd.testing.assert_frame_equal(full.enterprises[basic.enterprises.columns], basic.enterprises)
    for name, frame in basic.truth.items():
        pd.testing.assert_frame_equal(full.truth[name], frame)
    assert not hasattr(basic, "samples")


def test_the_same_seed_gives_the_same_year_whatever_the_threads(full):
    again = simulate(60_000, seed=7, threads=1, detail="full", export_share=0.2)
    pd.testing.assert_frame_equal(full.declarations, again.declarations)
    for name in Year.TABLES:
        pd.testing.assert_frame_equal(getattr(full, name), getattr(again, name))


@pytest.mark.parametrize("table", ["enterprises", *Year.TABLES])
def test_every_table_of_the_year_passes_its_own_contract(table, monkeypatch):
    monkeypatch.setenv("ANALYTICS_MASK_KEY", "a key for tests only")
    read = tables.read(table, "simulated:lines=5000,seed=3,detail=full,export_share=0.2")
    assert read.accounting.rows_set_aside == 0, read.accounting.reasons
    assert read.accounting.rows_used > 5


def test_full_declarations_pass_the_contract_with_only_their_planted_repetitions(monkeypatch):
    monkeypatch.setenv("ANALYTICS_MASK_KEY", "a key for tests only")
    read = tables.read("declarations", "simulated:lines=5000,seed=3,detail=full")
    assert set(read.accounting.reasons["code"]) <= {"duplicate", "superseded"}
    assert "released_at" in read.columns
    frame = read.to_pandas()
    assert (frame["released_at"].dropna().dt.hour != 0).any()
    assert frame["officer_id"].str.startswith("O-").all()


def test_a_basic_source_says_how_to_get_the_tables_of_a_year():
    with pytest.raises(tables.DataError, match="detail=full"):
        tables.read("samples", "simulated:lines=5000,seed=3")


def test_nothing_is_released_before_it_is_accepted_nor_after_the_end(full):
    d = full.declarations
    known = d["released_at"].notna()
    assert (d.loc[known, "released_at"] >= d.loc[known, "accepted_at"]).all()
    assert (d["released_at"].dropna() < pd.Timestamp("2026-01-01")).all()
    assert (d["accepted_at"].dt.normalize() == d["date"]).all()
    assert 0.0005 < 1 - known.mean() < 0.02
    examined = d["examined_at"].notna()
    assert set(d.loc[examined, "lane"]) == {"examine"}
    assert (d.loc[examined & known, "examined_at"] <= d.loc[examined & known, "released_at"]).mean() > 0.95


def test_confirmed_figures_are_known_only_with_an_outcome_and_true_only_where_found(full, lines):
    assert lines.loc[lines["confirmed_value"].notna(), "outcome_date"].notna().all()
    truth = full.truth["lines"].merge(lines, on=KEYS)
    found = truth[truth["found"] & truth["confirmed_hs_code"].notna()]
    assert len(found) > 50
    assert (found["confirmed_hs_code"] == found["true_hs_code"]).all()
    assert (found["confirmed_origin"] == found["true_origin"]).all()
    assert (found["finding_kind"].notna()).all()
    missed = truth[~truth["found"] & truth["confirmed_hs_code"].notna()]
    assert (missed["confirmed_hs_code"] == missed["hs_code"]).all()
    assert missed["finding_kind"].isna().all()


def test_descriptions_tell_the_true_code_more_often_than_the_declared_one(full, lines):
    usual = lines.groupby("description")["hs_code"].agg(lambda codes: codes.mode().iloc[0])
    wrong = full.truth["lines"].query("kind == 'misclassification'").merge(lines, on=KEYS)
    told = wrong["description"].map(usual)
    assert (told == wrong["true_hs_code"]).mean() > (told == wrong["hs_code"]).mean()
    honest = lines["description"].map(usual) == lines["hs_code"]
    assert 0.6 < honest.mean() < 0.99


def test_scanned_weights_show_what_is_concealed_or_short(full, lines):
    truth = full.truth["lines"].merge(lines[lines["scanned_weight_kg"].notna()], on=KEYS)
    over = np.log(truth["scanned_weight_kg"] / truth["gross_mass_kg"].clip(lower=1))
    heavy = truth["gross_mass_kg"] > 5
    short = over[heavy & (truth["kind"] == "quantity_understated")]
    value = over[heavy & (truth["kind"] == "undervaluation")]
    assert short.median() > 0.08
    assert abs(value.median()) < 0.02


def test_container_numbers_carry_their_check_digit(full):
    """ISO 6346: CSQU3054383 is the standard's own example."""
    from analytics.simulation.details.append import _letters

    def check(number: str) -> int:
        return (_letters(number[:4]) + sum(int(c) * 2**i for i, c in enumerate(number[4:10], 4))) % 11 % 10

    assert check("CSQU3054383") == 3
    some = full.declarations["container_no"].dropna().unique()[:500]
    assert len(some) == 500
    assert all(check(number) == int(number[-1]) for number in some)


def test_the_ring_of_an_officer_and_a_broker_is_planted_and_can_be_left_out(full):
    def shares(made):
        ring = made.truth["officers"].query("ring")
        d = made.declarations.drop_duplicates("declaration_id")
        if ring.empty:
            return None
        at = (d["declarant_id"] == ring["broker"].iloc[0]) & (d["port"] == ring["port"].iloc[0])
        his = d["officer_id"] == ring["officer_id"].iloc[0]
        others = (d["port"] == ring["port"].iloc[0]) & ~at
        return his[at].mean(), his[others].mean()

    inside, outside = shares(full)
    assert inside > 0.7
    assert outside < 0.45
    assert shares(simulate(3_000, 1, detail="full", officer_ring=0)) is None


def test_rings_share_what_they_are_said_to_share(full):
    rings, firms = full.truth["rings"], full.enterprises.set_index("enterprise_id")
    assert rings["ring"].nunique() >= 3
    offenders = full.truth["enterprises"].query("offender")["enterprise_id"]
    assert set(rings["enterprise_id"]) <= set(offenders)
    for column in ("address", "phone", "legal_person"):
        sharing = rings[rings["shared"].str.contains(column)]
        counts = sharing.groupby("ring")["enterprise_id"].agg(lambda e, c=column: firms.loc[e, c].nunique())
        assert (counts == 1).all(), column
    assert firms["phone"].duplicated().mean() < 0.05


def test_samples_are_drawn_with_the_chance_they_state():
    """Over many draws of one population the estimate of its tax by 1/probability is unbiased."""
    from analytics.sampling import chances, systematic

    rng = np.random.default_rng(1)
    size = rng.pareto(1.2, 3_000) + 0.1
    chance = chances(0.65 * size / size.sum() + 0.35 / 3_000, 300)
    assert chance.sum() == pytest.approx(300)
    assert chance.max() == 1
    count = np.zeros(3_000)
    for _ in range(400):
        count[systematic(chance, rng)] += 1
    error = (count / 400 - chance) / np.sqrt(np.maximum(chance * (1 - chance), 1e-9) / 400)
    assert abs(error[chance < 1].mean()) < 0.15
    assert np.abs(error[chance < 1]).max() < 5


def test_the_sample_and_the_truth_of_compliance_agree(full):
    truth = full.truth["compliance"].set_index("cause")
    assert truth.loc["all", "tax_lost"] == pytest.approx(truth.drop("all")["tax_lost"].sum())
    s = full.samples
    found = s["confirmed_tax"] != s["tax"]
    assert set(s.loc[s["cause"] == "none", "tax"] - s.loc[s["cause"] == "none", "confirmed_tax"]) == {0.0}
    assert 0.35 < s["second_tax"].notna().mean() < 0.65
    assert found.any()
    assert (s["probability"] > 0).all()


def test_open_audits_have_no_result_yet(full):
    still = full.audits[full.audits["closed_on"].isna()]
    assert len(still)
    assert still[["finding", "recovered"]].isna().all().all()


def test_honest_handbooks_balance_and_diverted_ones_declare_more_than_their_goods_need(full):
    b = full.handbooks.merge(full.truth["handbooks"], on=["handbook_id", "due_on"])
    used = b["input_quantity"] - b["stock_quantity"]
    balance = used / (b["output_quantity"] * b["unit_consumption"] / (1 - b["waste_share"]))
    assert balance.sub(1).abs().quantile(0.95) < 0.05
    more = b["unit_consumption"] / b["true_consumption"]
    assert more[b["diverted"]].min() > 1.1
    assert more[~b["diverted"]].max() < 1.01


def test_what_is_written_holds_the_year_too(tmp_path):
    folder = simulate(2_000, 5, detail="full").write(tmp_path / "customs")
    for name in Year.TABLES:
        assert (folder / f"{name}.parquet").exists()
    assert (folder / "truth" / "officers.parquet").exists()
    other = simulate(2_000, 5, threads=1, detail="full").write(tmp_path / "other")
    assert (folder / "manifest.json").read_bytes() == (other / "manifest.json").read_bytes()
