"""Price gaps of the price-level page rank, and are told, where they are given."""

import numpy as np
import pandas as pd
import pytest

from analytics import briefing, smuggling, tables
from analytics.smuggling import page
from analytics.smuggling.features.frames import InputError

OUTCOMES = ["inspected", "finding", "recovered", "outcome_date", "selection_stream", "selection_probability"]


def listed(lines: pd.DataFrame, count: int, relative: float, enterprises: int = 20) -> pd.DataFrame:
    """A table of price gaps of the first lines."""
    keys = lines[["declaration_id", "line_no"]].head(count)
    return keys.assign(relative=relative, compared_lines=90, enterprises=enterprises)


def test_without_outcomes_lines_far_below_like_goods_come_first_and_the_page_says_why(declared: pd.DataFrame):
    new = declared.drop(columns=OUTCOMES).sample(4000, random_state=1).reset_index(drop=True)
    made = smuggling.answer(smuggling.with_price_gaps(new, listed(new, 60, 0.3)))
    assert isinstance(made, smuggling.RuleStudy)
    own = made.targeting["declaration_id"].isin(new["declaration_id"].head(60))
    chosen = made.targeting["stream"] == "targeted"
    assert chosen[own].mean() > 0.6 > 5 * chosen[~own].mean()
    gap = (made.lines["price_gap"] < 1).to_numpy()
    assert made.targeting["reasons"].str.contains("far below like goods").to_numpy().tolist() == gap.tolist()
    told = " ".join(t.en for t in briefing.texts(page.exhibits(made)["watch"]))
    assert "Price gaps of a price-level page stand with 60 of 4,000 lines" in told


def test_a_model_learns_a_price_gap_and_cites_it(declared: pd.DataFrame):
    found = declared["finding"].fillna(False).astype(bool)
    rng = np.random.default_rng(2)
    gapped = declared[(found & (rng.random(len(declared)) < 0.7)) | (rng.random(len(declared)) < 0.002)]
    lines = smuggling.with_price_gaps(declared, listed(gapped, len(gapped), 0.4))
    model = smuggling.fit(lines, model="logistic")
    line = lines.tail(1).reset_index(drop=True)
    low, usual = (smuggling.score(model, line.assign(price_gap=g))["probability"].iloc[0] for g in (0.4, 1.0))
    assert low > 2 * usual
    with pytest.raises(InputError, match="price_gap"):  # a model that knows gaps must not be asked without them
        smuggling.score(model, line.drop(columns="price_gap"))


def test_a_table_of_other_declarations_or_of_thin_comparisons_is_not_believed(declared: pd.DataFrame):
    other = listed(declared, 5, 0.5).assign(declaration_id=[f"X{i}" for i in range(5)])
    with pytest.raises(InputError, match="none of the 5 lines listed"):
        smuggling.with_price_gaps(declared, other)
    with pytest.raises(InputError, match="above 0"):
        smuggling.with_price_gaps(declared, listed(declared, 5, 0.0))
    assert (smuggling.with_price_gaps(declared, listed(declared, 5, 0.5, enterprises=2))["price_gap"] == 1).all()


def test_the_table_is_read_by_its_contract(tmp_path, declared: pd.DataFrame):
    path = tmp_path / "price_gaps.csv"
    pd.concat([listed(declared, 3, 0.5), listed(declared.iloc[3:], 1, -1.0)]).to_csv(path, index=False)
    read = tables.read("price_gaps", str(path))
    assert (read.accounting.rows_used, read.accounting.rows_set_aside) == (3, 1)
    assert (smuggling.with_price_gaps(declared, read)["price_gap"] == 0.5).sum() == 3
