"""What users of the simulated customs rely on."""

import hashlib
import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.simulation import Parameters, Simulation, simulate
from analytics.simulation.lines.block import draw, parts
from analytics.simulation.lines.state import State

KEYS = ["declaration_id", "line_no"]
# fmt: off
COLUMNS = [
    "declaration_id", "line_no", "date", "district", "enterprise_id",
    "declarant_id", "hs_code", "origin", "regime", "transport_mode",
    "unit", "quantity", "net_mass_kg", "value", "duty_rate",
    "tax", "version", "direction", "currency", "port",
    "seller_id", "gross_mass_kg", "inspected", "finding", "recovered",
    "outcome_date", "selection_stream", "selection_probability",
]
# fmt: on


@pytest.fixture(scope="module")
def made() -> Simulation:
    return simulate(60_000, seed=7)


@pytest.fixture(scope="module")
def lines(made: Simulation) -> pd.DataFrame:
    """Each line once, in its latest version."""
    ordered = made.declarations.sort_values("version", kind="stable")
    return ordered.drop_duplicates(KEYS, keep="last")


def digest(made: Simulation) -> str:
    """Content of all tables, without the encoding of a file format."""
    total = hashlib.sha256()
    for frame in (made.declarations, made.enterprises, made.receipts, *made.truth.values()):
        total.update(frame.to_csv(index=False, float_format="%.6g").encode())
    return total.hexdigest()


def test_declarations_have_the_contract_columns_and_exactly_the_rows_asked_for(made):
    assert list(made.declarations.columns) == COLUMNS
    assert len(made.declarations) == 60_000
    must = made.declarations[COLUMNS[:23]]
    assert not must.isna().any().any()
    assert set(made.enterprises.columns) == {"enterprise_id", "registered_on", "district", "category", "kind"}
    assert {"unique_id", "ds", "y", "tax_item", "months_covered"} <= set(made.receipts.columns)


def test_codes_are_text_with_leading_zeros(made):
    d = made.declarations
    assert d["hs_code"].str.fullmatch(r"\d{10}").all()
    assert d["hs_code"].str[:2].between("01", "97").all()
    assert d["district"].str.fullmatch(r"\d{4}").all()
    assert d["declaration_id"].str.fullmatch(r"\d{18}").all()
    assert (d["declaration_id"].str[:4] == d["district"]).all()
    assert simulate(500, 1, hs_digits=8).declarations["hs_code"].str.fullmatch(r"\d{8}").all()


def test_a_code_has_one_unit_and_a_declaration_one_declarant_district_and_day(made):
    d = made.declarations
    assert len(d[["hs_code", "unit"]].drop_duplicates()) == d["hs_code"].nunique()
    shared = ["date", "district", "enterprise_id", "declarant_id", "regime", "transport_mode", "port"]
    assert len(d[["declaration_id", *shared]].drop_duplicates()) == d["declaration_id"].nunique()


def test_the_same_seed_gives_the_same_content_whatever_the_threads(made):
    again = simulate(60_000, seed=7, threads=1)
    pd.testing.assert_frame_equal(made.declarations, again.declarations)
    pd.testing.assert_frame_equal(made.truth["lines"], again.truth["lines"])
    pd.testing.assert_frame_equal(made.receipts, again.receipts)
    assert not made.declarations["value"].equals(simulate(60_000, seed=8).declarations["value"])


def test_the_content_of_version_1_is_pinned():
    """A change here means another version of the generator: raise VERSION and say so in the changelog."""
    assert digest(simulate(3_000, seed=1)) == "a44d8072795fdf2fcb8d5355e2986dfbdb1514f272677f80b54af05f4fde9b4c"
    hostile = simulate(3_000, seed=1, setting="hostile")
    assert digest(hostile) == "49018a2f34a690845bfc5dfa89c114e8027137ce50145088a7254b121c71f902"


def test_pieces_are_drawn_from_their_own_random_numbers(made):
    """A block can be drawn again alone, without those before it in its month."""
    world, month = made.world, 1
    state = State.fresh(len(world.firms.home))
    number, position, rows = part = parts(world, month)[0]
    alone = draw(world, state, month, part, 1).table
    other = draw(world, state, month, (number + 1, position, rows), 1).table
    assert alone.num_rows == rows
    assert alone.equals(draw(world, state, month, part, 1).table)
    assert not alone["quantity"].equals(other["quantity"])


def test_months_of_many_blocks_fill_all_their_days():
    big = simulate(90_000, 3, start="2025-03-01", end="2025-03-31")
    assert len(parts(big.world, 0)) == 3
    assert big.arrow.num_rows == 90_000
    assert big.declarations["date"].nunique() == 31
    assert big.declarations[KEYS].drop_duplicates().shape[0] > 88_000


def test_what_is_written_equals_what_is_in_memory(made, tmp_path):
    folder = simulate(60_000, seed=7).write(tmp_path / "customs")
    months = sorted((folder / "declarations").glob("*.parquet"))
    assert [m.stem for m in months] == [str(m) for m in made.world.days.months]
    written = pd.concat([pq.read_table(m).to_pandas() for m in months], ignore_index=True)
    memory = made.declarations
    for name in COLUMNS:
        got, known = written[name], memory[name].notna()
        assert (got.notna() == known).all()
        assert got[known].tolist() == memory.loc[known, name].tolist()
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "receipts.parquet"), made.receipts)
    truth = pd.read_parquet(folder / "truth" / "lines.parquet")
    assert truth[KEYS].astype(str).equals(made.truth["lines"][KEYS].astype(str))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["lines"] == 60_000
    assert manifest["parameters"]["prevalence"] == made.parameters.prevalence
    listed = sum(f["rows"] for name, f in manifest["files"].items() if name.startswith("declarations/"))
    assert listed == 60_000
    for name, about in manifest["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == about["sha256"]


def test_two_runs_write_the_same_bytes(tmp_path):
    one = simulate(2_000, 5).write(tmp_path / "one")
    two = simulate(2_000, 5, threads=1).write(tmp_path / "two")
    assert (one / "manifest.json").read_bytes() == (two / "manifest.json").read_bytes()


def test_receipts_add_up_to_the_published_totals(made):
    from analytics.simulation.world.published import published

    rows = published("china_customs_revenue_monthly.csv")
    total = {row["period"]: float(row["total"]) for row in rows}
    duty = {row["period"]: float(row["duty"]) for row in rows}
    by_month = made.receipts.assign(period=made.receipts["ds"].dt.strftime("%Y-%m")).groupby("period")
    assert set(by_month.groups) == {p for p in total if p[:4] in ("2024", "2025")}
    for period, part in by_month:
        assert part["y"].sum() == pytest.approx(total[period], rel=1e-9)
        assert part.loc[part["tax_item"] == "duty", "y"].sum() == pytest.approx(duty[period], rel=1e-9)
        assert (part["months_covered"] == (2 if period.endswith("-02") else 1)).all()
    assert not any(p.endswith("-01") for p in by_month.groups)
    assert (made.receipts["y"] >= 0).all()


def test_receipts_are_the_taxes_of_the_corrected_lines(made, lines):
    """Within a month every district's share of the receipts is its share of the declared taxes."""
    month = lines["date"].dt.strftime("%Y-%m") == "2025-06"
    declared = lines[month].groupby("district")[["tax", "value"]].sum()
    got = made.receipts[made.receipts["ds"] == "2025-06-01"]
    got = got.pivot_table(index="district", columns="tax_item", values="y", aggfunc="sum")
    duty = (lines["value"] * lines["duty_rate"]).where(lines["regime"].isin(["0110", "9610", "3010"]), 0)
    share = duty[month].groupby(lines.loc[month, "district"]).sum()
    slipped = set(made.truth["clerical"]["declaration_id"])
    clean = ~lines.loc[month, "declaration_id"].isin(slipped).groupby(lines.loc[month, "district"]).any()
    use = clean[clean].index.intersection(share[share > 0].index)[1:]
    assert len(use) > 5
    ratio = got.loc[use, "duty"] / share[use]
    assert ratio.max() / ratio.min() == pytest.approx(1, abs=1e-6)
    assert declared["tax"].sum() > 0


def test_a_span_without_published_figures_still_has_receipts():
    early = simulate(1_000, 1, start="1995-01-01", end="1995-06-30")
    assert (early.receipts["y"] >= 0).all()
    assert early.receipts["y"].sum() > 0


def test_the_share_and_kinds_of_non_compliance_are_as_in_life(made, lines):
    truth = made.truth["lines"]
    assert 0.02 <= len(truth) / len(lines) <= 0.045
    assert not truth.duplicated(KEYS).any()
    assert set(truth["kind"]) == {
        "undervaluation", "misclassification", "false_origin", "quantity_understated", "concealed_goods",
        "overvaluation",
    }  # fmt: skip
    assert truth["kind"].value_counts(normalize=True).min() > 0.02
    costly = truth[truth["kind"].isin(["undervaluation", "misclassification", "false_origin"])]
    assert (costly["tax_lost"] >= -0.02).all()


def test_each_kind_moves_what_it_says(made, lines):
    slipped = made.truth["clerical"][KEYS].assign(slipped=True)
    t = made.truth["lines"].merge(lines, on=KEYS, suffixes=("", "_declared")).merge(slipped, on=KEYS, how="left")
    t = t[t["slipped"].isna()]
    of = {kind: t[t["kind"] == kind] for kind in t["kind"].unique()}
    assert (of["undervaluation"]["value"] < of["undervaluation"]["true_value"]).all()
    assert (of["overvaluation"]["value"] > of["overvaluation"]["true_value"]).all()
    wrong = of["misclassification"]
    assert (wrong["hs_code"] != wrong["true_hs_code"]).all()
    assert (wrong["hs_code"].str[:4] == wrong["true_hs_code"].str[:4]).all()
    assert (wrong["duty_rate"] <= wrong["true_duty_rate"]).all()
    false = of["false_origin"]
    assert (false["origin"] != false["true_origin"]).all()
    assert (false["duty_rate"] < false["true_duty_rate"]).all()
    short = of["quantity_understated"]
    assert (short["quantity"] <= short["true_quantity"]).all()
    assert (short["quantity"] < short["true_quantity"]).mean() > 0.7
    hidden = of["concealed_goods"]
    packing = (hidden["gross_mass_kg"] / hidden["net_mass_kg"]).median()
    assert packing > 1.15 * (lines["gross_mass_kg"] / lines["net_mass_kg"]).median()


def test_the_truth_stays_apart_from_what_models_read(made):
    names = {"kind", "scheme_id", "tax_lost", "found", "offender", "log_bias", "scheme", "truth"}
    for frame in (made.declarations, made.enterprises, made.receipts):
        assert not names - {"kind"} & set(frame.columns)
    assert set(made.enterprises["kind"]) == {"consignee", "broker"}
    assert set(made.truth) == {"lines", "clerical", "enterprises", "price_bias", "schemes"}


def test_declared_rates_of_offenders_exist_in_the_tariff_as_honest_ones_do(made, lines):
    """No rate, seller or code may give a line away by how the simulation was made."""
    marked = lines.merge(made.truth["lines"][[*KEYS, "kind"]], on=KEYS, how="left")
    honest = marked[marked["kind"].isna()]
    wrong = marked[marked["kind"].isin(["misclassification", "false_origin"])]
    pairs = honest[["hs_code", "origin"]].drop_duplicates().assign(seen=True)
    known = wrong.merge(pairs, on=["hs_code", "origin"])
    same = known.merge(honest[["hs_code", "origin", "duty_rate"]].drop_duplicates())
    assert len(same) > 0.6 * len(known)
    decimals = (marked["duty_rate"] * 1e4 - (marked["duty_rate"] * 1e4).round()).abs()
    assert decimals.max() < 1e-6


def test_outcomes_come_after_declarations_and_only_for_inspected_lines(made):
    d = made.declarations
    told = d["outcome_date"].notna()
    assert (d.loc[told, "outcome_date"] > d.loc[told, "date"]).all()
    assert (d.loc[told, "outcome_date"] <= pd.Timestamp(made.parameters.end)).all()
    assert d.loc[told, "inspected"].all()
    assert d.loc[told, "finding"].notna().all()
    assert d.loc[~told, ["finding", "recovered"]].isna().all().all()
    assert d.loc[~d["inspected"], "selection_stream"].isna().all()
    waiting = (d["outcome_date"] - d["date"]).dt.days
    assert 15 <= waiting.mean() <= 27
    late = d["inspected"] & ~told
    assert (d.loc[late, "date"] > pd.Timestamp(made.parameters.end) - pd.Timedelta(days=120)).all()


def test_about_four_percent_are_inspected_every_week_and_a_tenth_of_them_at_random(made):
    heads = made.declarations.drop_duplicates("declaration_id")
    weekly = heads.groupby(heads["date"].dt.to_period("W"))["inspected"].agg(["mean", "size"])
    busy = weekly[weekly["size"] > 150]
    assert busy["mean"].mean() == pytest.approx(0.04, abs=0.004)
    assert busy["mean"].between(0.005, 0.09).all()
    assert (heads["selection_stream"] == "random").mean() == pytest.approx(0.004, abs=0.0015)
    probability = heads["selection_probability"]
    assert probability.between(0.004, 0.61).all()
    assert probability.sum() == pytest.approx(heads["inspected"].sum(), rel=0.08)


def test_findings_are_true_but_inspectors_miss_some(made, lines):
    truth = made.truth["lines"]
    marked = lines.merge(truth[[*KEYS, "kind", "tax_lost"]], on=KEYS, how="left")
    found = marked["finding"].fillna(False)
    assert marked.loc[found, "kind"].notna().all()
    seen = marked["finding"].notna() & marked["kind"].notna()
    assert 0.5 < found[seen].mean() < 0.9
    assert (marked.loc[found, "recovered"] == marked.loc[found, "tax_lost"].clip(lower=0)).all()


def test_targeting_beats_chance_but_leaves_most_undiscovered(made, lines):
    truth = made.truth["lines"]
    marked = lines.merge(truth[[*KEYS, "kind"]], on=KEYS, how="left")
    bad = marked["kind"].notna()
    assert bad[marked["selection_stream"] == "targeted"].mean() > 1.5 * bad.mean()
    assert truth["found"].mean() < 0.3


def test_those_found_out_change_their_ways():
    quiet = simulate(40_000, 3, inspection_rate=0.0)
    strict = simulate(40_000, 3, inspection_rate=0.5, reaction=1.0)
    assert quiet.truth["enterprises"]["times_found"].sum() == 0
    assert (quiet.truth["enterprises"]["willing_at_end"] == 1).all()
    assert len(strict.truth["lines"]) < 0.85 * len(quiet.truth["lines"])
    known = strict.truth["enterprises"]
    assert (known.loc[known["willing_at_end"] < 1, "times_found"] > 0).all()


def test_a_new_scheme_appears_part_way_and_another_ends(made):
    schemes = made.truth["schemes"].set_index("scheme_id")
    first, last = schemes["first_month"], schemes["last_month"]
    assert (first > pd.Timestamp("2024-12-01")).sum() >= 2
    assert (last < pd.Timestamp("2025-11-01")).any()
    used = made.truth["lines"].dropna(subset=["scheme_id"])
    month = used["date"].dt.to_period("M").dt.to_timestamp()
    assert (month >= used["scheme_id"].map(first)).all()
    assert (month <= used["scheme_id"].map(last)).all()
    counted = used.groupby("scheme_id").size().reindex(schemes.index, fill_value=0)
    assert counted.to_list() == schemes["lines"].to_list()


def test_injected_bias_shows_in_the_prices_of_its_cell():
    made = simulate(60_000, 2, districts=8, chapters=6, prevalence=0.0, slip_share=0, swap_share=0, bias_share=0.4)
    cells = made.truth["price_bias"]
    known = cells[cells["lines"] >= 200]
    size = np.expm1(known["log_bias"].abs()[known["log_bias"] != 0])
    assert size.between(0.06, 0.14).all()
    spread = known[known["cause"] != "enterprise"]
    assert (spread["realised_mean_log"] - spread["log_bias"]).abs().max() < 0.01
    assert len(spread) > 15
    few = cells[cells["cause"] == "enterprise"]
    assert (few["enterprises"].str.split().str.len().between(1, 3)).all()
    assert (cells.loc[cells["cause"] != "enterprise", "enterprises"] == "").all()


def test_a_concentrated_bias_comes_from_its_guilty_enterprises():
    made = simulate(
        80_000, 4, districts=6, chapters=4, prevalence=0.0, slip_share=0, swap_share=0, bias_share=1.0,
        bias_concentrated_share=1.0,
    )  # fmt: skip
    cells = made.truth["price_bias"]
    few = cells[(cells["cause"] == "enterprise") & (cells["lines"] >= 300)]
    assert len(few) >= 5
    error = np.log(few["realised_level"]) - few["log_bias"]
    assert error.abs().median() < 0.04
    assert np.corrcoef(np.log(few["realised_level"]), few["log_bias"])[0, 1] > 0.8


def test_later_versions_and_repetitions_are_few_and_resolvable(made):
    d = made.declarations
    assert d.duplicated().mean() == pytest.approx(0.003, abs=0.002)
    again = d[d["version"] == 2]
    assert len(again) / len(d) == pytest.approx(0.010, abs=0.002)
    both = again.merge(d[d["version"] == 1].drop_duplicates(KEYS), on=KEYS, suffixes=("", "_first"))
    assert len(both) == len(again)
    assert (both["value"] != both["value_first"]).mean() > 0.3


def test_slips_are_known_and_corrected_where_a_newer_version_came(made, lines):
    slips = made.truth["clerical"]
    first = made.declarations[made.declarations["version"] == 1].drop_duplicates(KEYS)
    assert len(slips) / len(first) == pytest.approx(0.0037, abs=0.0012)
    at = slips.merge(first, on=KEYS)
    power = at[at["slip"] == "quantity by a power of ten"]
    ratio = np.log10(power["quantity"] / power["meant_quantity"])
    exact = power["meant_quantity"] > 100
    assert (ratio[exact].round(2) % 1 == 0).mean() > 0.9
    corrected = slips[slips["corrected_later"]].merge(lines, on=KEYS)
    assert len(corrected) > 10
    assert (corrected["quantity"] == corrected["meant_quantity"]).all()
    assert (corrected["value"] == corrected["meant_value"]).all()


def test_few_enterprises_hold_much_of_the_trade(made):
    share = made.declarations["enterprise_id"].value_counts(normalize=True)
    assert share.head(len(share) // 10).sum() > 0.4
    assert share.iloc[0] < 0.1


def test_work_rests_at_weekends_and_at_the_lunar_new_year(made):
    daily = made.declarations.groupby("date").size()
    week = daily.groupby(daily.index.day_of_week).mean()
    assert week.loc[5:6].mean() < 0.5 * week.loc[0:4].mean()
    feast = daily.loc["2025-01-28":"2025-02-04"].mean()
    assert feast < 0.4 * daily.loc["2025-03-01":"2025-03-31"].mean()


def test_duty_rates_look_like_a_tariff(made):
    duty = made.world.goods.duty
    assert duty.mean() == pytest.approx(0.075, abs=0.002)
    assert 0.08 < (duty == 0).mean() < 0.5
    assert duty.max() <= 0.65
    lower = made.world.goods.sibling >= 0
    assert lower.mean() > 0.2
    assert (duty[made.world.goods.sibling[lower]] < duty[lower]).all()
    assert len(np.unique(made.world.goods.code)) == len(duty)
    old = simulate(200, 1, start="2001-01-01", end="2001-12-31").world.goods.duty
    assert old.mean() == pytest.approx(0.153, abs=0.004)


def test_legal_classes_are_those_in_force(made):
    assert set(made.enterprises["category"]) <= {"高级认证", "其他", "失信"}
    then = simulate(2_000, 1, start="2005-01-01", end="2006-12-31")
    assert set(then.enterprises["category"]) <= {"A", "B", "C", "D"}
    assert set(made.declarations["enterprise_id"]) <= set(made.enterprises["enterprise_id"])
    assert set(made.declarations["declarant_id"]) <= set(made.enterprises["enterprise_id"])
    known = made.enterprises.set_index("enterprise_id")["registered_on"]
    assert (made.declarations["enterprise_id"].map(known) <= made.declarations["date"]).all()


def test_the_hostile_setting_has_fatter_tails():
    def tails(setting):
        made = simulate(30_000, 9, setting, prevalence=0.0, slip_share=0, swap_share=0, districts=10, chapters=8)
        d = made.declarations
        u = np.log(d["value"] / d["quantity"])
        part = d["hs_code"] + d["origin"] + d["enterprise_id"]
        size = u.groupby(part).transform("size")
        z = (u - u.groupby(part).transform("median"))[size > 8]
        return float(((z / z.std()) ** 4).mean())

    assert tails("hostile") > 2 * tails("standard")


def test_exports_pay_no_duty():
    d = simulate(3_000, 1, export_share=0.5).declarations
    away = d["direction"] == "export"
    assert 0.1 < away.mean() < 0.9
    assert (d.loc[away, ["duty_rate", "tax"]] == 0).all().all()


@settings(max_examples=12, deadline=None)
@given(
    lines=st.integers(100, 1500),
    seed=st.integers(0, 2**32),
    setting=st.sampled_from(["standard", "hostile"]),
    districts=st.integers(1, 42),
    chapters=st.integers(1, 96),
    resubmitted=st.floats(0, 0.2),
)
def test_any_size_seed_and_setting_gives_sound_tables(lines, seed, setting, districts, chapters, resubmitted):
    made = simulate(lines, seed, setting, districts=districts, chapters=chapters, resubmitted_share=resubmitted)
    d = made.declarations
    assert len(d) == lines
    assert d["district"].nunique() <= districts
    assert d["hs_code"].str[:2].nunique() <= chapters
    figures = d[["quantity", "net_mass_kg", "gross_mass_kg", "value"]]
    assert (figures > 0).all().all()
    assert np.isfinite(figures).all().all()
    assert (d["tax"] >= 0).all()
    assert d["date"].between(pd.Timestamp("2024-01-01"), pd.Timestamp("2025-12-31")).all()
    assert not d[d["version"] == 2].duplicated(KEYS).any()
    assert set(map(tuple, made.truth["lines"][KEYS].to_numpy())) <= set(map(tuple, d[KEYS].to_numpy()))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"lines": 10, "seed": 1}, "lines: 10 is not possible"),
        ({"lines": 1000.5, "seed": 1}, "whole number of at least 100"),
        ({"lines": 1000, "seed": -1}, "seed: -1"),
        ({"lines": 1000, "seed": 1, "setting": "friendly"}, 'must be "standard" or "hostile"'),
        ({"lines": 1000, "seed": 1, "prevalance": 0.1}, 'Did you mean "prevalence"'),
        ({"lines": 1000, "seed": 1, "prevalence": 0.9}, "outside the allowed range 0 to 0.3"),
        ({"lines": 1000, "seed": 1, "prevalence": float("nan")}, "outside the allowed range"),
        ({"lines": 1000, "seed": 1, "districts": 2.5}, "must be a whole number"),
        ({"lines": 1000, "seed": 1, "start": "01/02/2024"}, "is not a date"),
        ({"lines": 1000, "seed": 1, "start": "2025-01-01", "end": "2024-01-01"}, "must be later than start"),
        ({"lines": 1000, "seed": 1, "hs_digits": 9}, "8 or 10"),
        ({"lines": 1000, "seed": 1, "bias_low": 0.2}, "bias_high"),
        ({"lines": 1000, "seed": 1, "scheme_share": 0.9}, "must not exceed 1"),
        ({"lines": 1000, "seed": 1, "growth": "much"}, "is not a number"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_is_allowed(call, message):
    with pytest.raises(ValueError, match=".*".join(message.split(".*"))) as caught:
        simulate(**call)
    assert message in str(caught.value)


def test_every_parameter_tells_its_meaning_unit_and_range():
    from dataclasses import fields

    for field in fields(Parameters()):
        assert field.metadata["title"]
        assert "unit" in field.metadata
        if field.metadata["unit"] != "date":
            assert field.metadata["low"] <= field.default <= field.metadata["high"]


def test_the_page_explains_every_parameter_with_its_default():
    from dataclasses import fields
    from pathlib import Path

    page = (Path(__file__).parents[2] / "docs" / "simulation.md").read_text(encoding="utf-8")
    for field in fields(Parameters):
        default = field.default if field.metadata["unit"] == "date" else f"{field.default:g}"
        assert f"| `{field.name}` | {field.metadata['title']} | {field.metadata['unit']} | {default} |" in page
