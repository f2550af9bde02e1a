"""What a description says of the code: the right heading first, disagreement seen, silence where nothing is said."""

import numpy as np
import pandas as pd
import pytest

from analytics import smuggling, tables
from analytics.smuggling.explanation.evidence import evidence, fits_dearer_code
from analytics.smuggling.fast.blend import Fast
from analytics.smuggling.fast.scoring import few
from analytics.smuggling.features.documents import figures
from analytics.smuggling.features.frames import prepare
from analytics.smuggling.features.peers import Peers
from analytics.smuggling.goods.words import Words
from analytics.smuggling.models.rules import rules_met


@pytest.fixture(scope="module")
def full() -> pd.DataFrame:
    made = tables.simulate(14_000, 34, detail="full")
    keys = ["declaration_id", "line_no"]
    lines = made.declarations.drop_duplicates(keys, keep="last").reset_index(drop=True)
    truth = made.truth["lines"].drop_duplicates(keys)[[*keys, "kind", "true_hs_code"]]
    return lines.merge(truth, how="left", on=keys)


@pytest.fixture(scope="module")
def words(full: pd.DataFrame) -> Words:
    return Words().fit(prepare(full[full["date"] < "2025-07-01"]))


def test_a_description_suggests_its_heading(full: pd.DataFrame, words: Words):
    new = full[(full["date"] >= "2025-07-01") & full["kind"].isna()].drop_duplicates("description").head(200)
    top = words.suggest(new["description"].tolist())
    heading = top.assign(right=top["hs_code"].str[:4] == np.repeat(new["hs_code"].str[:4].to_numpy(), 3))
    assert heading.loc[heading["rank"] == 1, "right"].mean() > 0.9
    assert heading.groupby("description")["right"].any().mean() > 0.95


def test_disagreement_parts_wrong_codes_from_right_ones(full: pd.DataFrame, words: Words):
    found = words.values(prepare(full))
    wrong = (full["kind"] == "misclassification").to_numpy()
    lead = (found["text_gap"] > 0) & (found["text_duty"] > 0)
    assert wrong.sum() > 20
    assert lead[wrong].mean() > 3 * lead[~wrong].mean()
    assert ((found["text_rank"] == 0) == (found["text_gap"] == 0)).all()


def test_one_declarant_does_not_outvote_the_others():
    honest = pd.DataFrame({"description": "pump, electric", "hs_code": "8413000000", "enterprise_id": list("ABCD")})
    false = pd.DataFrame({"description": "pump, electric", "hs_code": "8421000000", "enterprise_id": ["Z"] * 200})
    others = pd.DataFrame(
        {
            "description": [f"thing {i} of wood" for i in range(60)], "hs_code": "4421000000", "enterprise_id": "Y",
        }
    )  # fmt: skip
    frame = pd.concat([honest, false, others], ignore_index=True).assign(duty_rate=0.05)
    frame = frame.assign(declarant_id=None, declaration_id=[f"D{i}" for i in range(len(frame))])
    assert Words().fit(frame).suggest(["pump, electric"])["hs_code"].iloc[0] == "8413000000"


def test_without_descriptions_nothing_is_said(declared: pd.DataFrame, fitted: smuggling.RiskModel):
    frame = prepare(declared.head(300))
    assert np.isnan(Words().fit(frame).values(frame)["text_gap"]).all()
    assert not [c for c in fitted.features.numeric_ if c.startswith("text_")]
    assert smuggling.suggest_codes(fitted, ["pump"]).empty


def test_a_weighbridge_and_a_description_rank_where_no_label_is_known():
    lines = {c: np.array([10.0]) for c in ("value", "quantity", "net_mass_kg", "duty_rate", "tax", "day")}
    lines |= {
        "gross_mass_kg": np.array([100.0]),
        "scanned_weight_kg": np.array([130.0]),
        "price_gap": np.array([np.nan]),
    }
    made = figures({**lines, "declarant_id": ["D"], "seller_id": [None]})
    assert made["scanned_to_gross"][0] == pytest.approx(np.log(1.3))
    X = pd.DataFrame({"scanned_to_gross": made["scanned_to_gross"], "text_gap": [9.0], "text_duty": [0.05]})
    met = rules_met(X)
    assert met["odd_scan"][0] == met["other_goods"][0] == 1
    say = evidence(X)
    assert "weighed at 130" in say("weight", 0).en
    assert "duty 5.0 points higher" in say("classification", 0).en


def test_a_saved_model_reads_descriptions_alike(full: pd.DataFrame, tmp_path):
    lines = full.drop(columns=["kind", "true_hs_code"])
    model = smuggling.fit(lines[lines["date"] < "2025-07-01"], model="logistic")
    assert "text_gap" in model.features.numeric_
    new = lines[lines["date"] == lines["date"].max()].drop(columns=["inspected", "finding", "recovered"]).head(30)
    again = smuggling.load(smuggling.save(model, tmp_path / "m.risk"))
    pd.testing.assert_frame_equal(smuggling.score(again, new), smuggling.score(model, new), rtol=1e-9)
    quick = few(Fast.of(model), new, "hit_rate")
    pd.testing.assert_frame_equal(quick, smuggling.score(model, new), rtol=1e-9)


def test_figures_that_fit_a_dearer_code_of_the_heading_are_told_and_others_are_not():
    rng = np.random.default_rng(4)

    def lines(code: str, duty: float, price: float, weight: float, n: int) -> pd.DataFrame:
        quantity = rng.integers(50, 500, n).astype(float)
        value, net = (quantity * np.exp(np.log(x) + 0.1 * rng.normal(size=n)) for x in (price, weight))
        return pd.DataFrame(
            {"hs_code": code, "duty_rate": duty, "value": value, "quantity": quantity, "net_mass_kg": net}
        )

    past = pd.concat(
        [lines("8413100000", 0.02, 40, 3.0, 80), lines("8413200000", 0.12, 100, 9.0, 80),
         lines("8414000000", 0.30, 100, 9.0, 80)], ignore_index=True,
    )  # fmt: skip
    new = pd.concat(
        [lines("8413100000", 0.02, 40, 3.0, 20), lines("8413100000", 0.02, 100, 9.0, 20),
         lines("8413200000", 0.12, 40, 3.0, 20)], ignore_index=True,
    )  # fmt: skip

    def prepared(frame: pd.DataFrame) -> pd.DataFrame:
        ids = [f"D{i}" for i in range(len(frame))]
        return prepare(frame.assign(declaration_id=ids, date="2025-01-06", unit="piece", origin="Japan"))

    found = Peers().fit(prepared(past)).transform(prepared(new))
    honest, renamed, dearest = (found.iloc[i : i + 20] for i in (0, 20, 40))
    assert (renamed["sibling_fit"] > 1).all()
    assert renamed["sibling_duty"].to_numpy() == pytest.approx(0.10)
    assert (honest["sibling_fit"] < 0).all()  # another heading of the same figures is no sibling
    assert dearest[["sibling_fit", "sibling_duty"]].isna().all(axis=None)
    told = evidence(renamed.reset_index(drop=True))("classification", 0)
    assert "10.0 points higher" in told.en
    assert "10.0个百分点" in told.zh
    assert fits_dearer_code(found).tolist() == [False] * 20 + [True] * 20 + [False] * 20
