"""The mirror as a briefing: what it tells of, and what it says that it cannot see."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics import briefing, tables
from analytics.early_warning.mirrored import MirrorQuestion, page, study_mirror
from analytics.early_warning.panels import WarningDataError
from analytics.language import Text

SCHEMA = Path(__file__).resolve().parents[2] / "params" / "early_warning" / "mirror.schema.json"


def sides(short=12, seed=1):
    """Declarations of imports and the partners' exports: 300 cells, `short` of them at a third of what was sent."""
    rng = np.random.default_rng(seed)
    months = pd.date_range("2021-01-01", periods=30, freq="MS")
    cells = pd.MultiIndex.from_product([[f"84{n:02d}10" for n in range(30)], list("ABCDEFGHIJ"), ["N"]])
    frame = pd.DataFrame(list(cells), columns=["hs_code", "origin", "district"])
    sent = np.exp(rng.normal(12, 1, len(frame)))[:, None] * np.exp(rng.normal(0, 0.3, (len(frame), len(months))))
    ratio = 1.06 * np.exp(rng.normal(0, 0.08, len(frame)))
    ratio[:short] /= 3
    arrived = sent * ratio[:, None] * np.exp(rng.normal(0, 0.1, sent.shape))

    def lines(values, direction):
        long = frame.loc[frame.index.repeat(len(months))].reset_index(drop=True)
        ids = [f"{direction}{i}" for i in range(len(long))]
        return long.assign(date=np.tile(months, len(frame)), value=values.ravel(), net_mass_kg=values.ravel() / 3,
                           declaration_id=ids, duty_rate=0.05, direction=direction)  # fmt: skip

    return lines(arrived, "import"), lines(sent, "export")


@pytest.fixture(scope="module", params=[12, 0], ids=["short", "nothing short"])
def found(request):
    return study_mirror(*sides(request.param), MirrorQuestion())


def test_every_part_of_the_page_keeps_the_rules_of_the_house(found):
    parts = [page.headline(found, Text("a", "某")), page.shortfalls(found), page.transit(found), page.reporters(found)]
    for part in (*parts, page.evasion(found), page.method(found)):
        assert not briefing.faults(part)
    assert page.shortfalls(found).exhibits[0].draw().axes


def test_amounts_are_told_in_their_currency_and_without_one_in_none():
    question = MirrorQuestion(currency="USD")
    stated, bare = study_mirror(*sides(12), question), study_mirror(*sides(12), MirrorQuestion())
    assert "below what" in page.verdict(stated).lead.en
    for found, en, zh in ((stated, "USD", "美元"), (bare, "", "")):
        said = [page.verdict(found).lead, page.leads(found)[0].text]
        assert all(("USD" in t.en, "美元" in t.zh) == (bool(en), bool(zh)) for t in said)
        units = {c.unit for c in page.transit(found).exhibits[0].columns if c.kind == "money"}
        assert units == {found.currency}


def test_a_mirror_never_says_that_all_is_declared(found):
    verdict = page.verdict(found)
    assert verdict.status == "watch"
    assert verdict.target == ""
    if found.of_status("short").empty:
        assert "no finding that all is declared" in verdict.lead.en


def test_cells_that_declare_a_third_are_told_and_few_others():
    told = study_mirror(*sides(12), MirrorQuestion()).of_status("short")
    planted = {(f"84{n // 10:02d}10", "ABCDEFGHIJ"[n % 10]) for n in range(12)}
    hit = planted & set(zip(told["good"], told["exporter"], strict=True))
    assert len(hit) >= 9
    assert len(told) <= 1.5 * len(hit)


def test_risk_features_reference_prices_and_leads_leave_in_the_shapes_that_others_take(tmp_path):
    found = study_mirror(*sides(12), MirrorQuestion())
    features = page.risk_features(found)
    short = features[features["status"] == "short"]
    assert {"hs_code", "origin", "importer", "gap", "z", "missing_share"} <= set(features)
    assert short["missing_share"].between(0.1, 0.9).all()
    assert (features.loc[features["status"] != "short", "missing_share"] == 0).all()
    path = tmp_path / "reference_prices.csv"
    page.tables(found)["reference_prices"].to_csv(path, index=False)
    read = tables.read("reference_prices", str(path))
    assert read.accounting.rows_used == len(found.prices) > 1000
    assert len(page.leads(found)) == len(short)
    assert not briefing.faults(page.levels(found))


def test_own_declarations_of_one_country_are_named_by_the_question():
    own, theirs = sides()
    one = study_mirror(own.drop(columns="district"), theirs, MirrorQuestion(importer="N"))
    assert set(one.gaps.cells["importer"]) == {"N"}
    with pytest.raises(WarningDataError, match="district"):
        study_mirror(own.drop(columns="district"), theirs, MirrorQuestion())


def test_parameters_and_question_agree_on_names_and_defaults():
    rules = json.loads(SCHEMA.read_text(encoding="utf-8"))["properties"]
    asked = MirrorQuestion.of({n: r["default"] for n, r in rules.items() if n != "least_value"})
    assert asked == MirrorQuestion()
    assert {f.name for f in dataclasses.fields(asked)} <= set(rules)
