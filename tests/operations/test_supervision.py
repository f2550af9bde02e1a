"""Goods under supervision: balances by hand, open cases kept, leads that are only leads."""

import numpy as np
import pandas as pd
import pytest

from analytics import briefing, operations
from analytics.language import Text
from analytics.operations.page import supervision as page
from analytics.simulation import simulate

END = pd.Timestamp("2025-12-31")


def _books(n=12, **changed):
    rng = np.random.default_rng(1)
    consumption = 1.2 * np.exp(0.02 * rng.standard_normal(n))
    output, waste, stock = np.full(n, 1000.0), np.full(n, 0.05), np.full(n, 50.0)
    rows = pd.DataFrame({
        "handbook_id": [f"B{i}" for i in range(n)], "enterprise_id": [f"E{i}" for i in range(n)], "hs_code": "84713000",
        "opened_on": pd.Timestamp("2025-01-01"), "due_on": pd.Timestamp("2025-06-30"), "extended_to": pd.NaT,
        "written_off_on": pd.Timestamp("2025-06-15"), "output_quantity": output, "unit_consumption": consumption,
        "waste_share": waste, "stock_quantity": stock,
    })  # fmt: skip
    rows["input_quantity"] = output * consumption / (1 - waste) + stock
    return rows.assign(**changed)


def test_a_handbook_balances_by_hand():
    """Inputs 1,313.16 less stock 50 are the 1,000 x 1.2 / 0.95 that the outputs took."""
    one = _books(1, unit_consumption=1.2, input_quantity=1313.157895)
    made = operations.balances(one, END)
    assert made.rows["balance"].iloc[0] == pytest.approx(1)
    assert made.rows["leads"].iloc[0] == ""


def test_inputs_that_outputs_do_not_explain_are_a_lead():
    rows = _books()
    rows.loc[3, "input_quantity"] *= 1.3
    made = operations.balances(rows, END)
    assert made.leads["handbook_id"].tolist() == ["B3"]
    assert made.leads["leads"].tolist() == ["balance"]


def test_a_consumption_far_above_the_peers_is_a_lead_though_it_balances():
    rows = _books()
    rows.loc[5, "unit_consumption"] *= 1.4
    rows.loc[5, "input_quantity"] = 1000 * rows.loc[5, "unit_consumption"] / 0.95 + 50
    made = operations.balances(rows, END)
    assert made.leads["handbook_id"].tolist() == ["B5"]
    assert made.leads["leads"].tolist() == ["consumption"]
    assert made.leads["against_peers"].iloc[0] == pytest.approx(1.4, rel=0.05)


def test_an_enterprise_is_never_its_own_peer():
    rows = _books(enterprise_id="E0")
    rows.loc[5, "unit_consumption"] *= 3
    made = operations.balances(rows, END)
    assert made.rows["peers"].eq(0).all()
    assert made.rows["against_peers"].isna().all()


@pytest.mark.parametrize(("done", "extended", "state"), [
    ("2025-06-30", None, "on_time"), ("2025-07-01", None, "late"), ("2025-07-20", "2025-07-30", "on_time"),
    (None, None, "overdue"), (None, "2026-01-31", "not_due"),
])  # fmt: skip
def test_the_state_of_a_write_off(done, extended, state):
    rows = _books(1, written_off_on=pd.Timestamp(done) if done else pd.NaT,
                  extended_to=pd.Timestamp(extended) if extended else pd.NaT)  # fmt: skip
    assert operations.balances(rows, END).rows["state"].tolist() == [state]


def test_overdue_handbooks_stay_in_the_rate():
    rows = _books()
    rows.loc[:2, "written_off_on"] = pd.NaT
    status, value, low, high = page.on_time(operations.balances(rows, END))
    assert value == pytest.approx(9 / 12)
    assert status == "not_met"
    assert low < value < high


def test_exempted_goods_past_their_time_are_overdue_until_lifted():
    rows = pd.DataFrame({
        "exemption_id": list("abcd"), "hs_code": "84713000", "released_on": pd.Timestamp("2022-01-01"), "value": 10.0,
        "duty_forgone": [1.0, 2, 3, 4],
            "supervision_end": pd.to_datetime(["2025-01-01", "2025-01-01", "2026-02-01", "2029-01-01"]),
        "lifted_on": pd.to_datetime(["2025-02-01", None, None, None]), "place": "2200",
        "place_found": [None, "2200", "5300", None], "status": "supervised",
    })  # fmt: skip
    made = operations.exempted(rows, END)
    assert made.rows["state"].tolist() == ["lifted", "overdue", "soon", "running"]
    assert made.checked["elsewhere"].tolist() == [False, True]
    assert made.forgone["duty_forgone"].tolist() == [9.0]


def test_transit_that_never_arrived_is_not_transferred():
    rows = pd.DataFrame({
        "manifest_id": list("abcde"), "eligible": pd.array([True, True, True, True, False], dtype="boolean"),
        "district": "2200", "destination": "0400", "arrived_on": pd.Timestamp("2025-10-01"),
        "filed_on": pd.to_datetime(["2025-10-02", "2025-10-02", "2025-12-20", None, None]),
        "delivered_on": pd.to_datetime(["2025-10-08", None, None, None, None]),
    })  # fmt: skip
    made = operations.carried(rows, END)
    assert made.rows["state"].tolist() == ["delivered", "lost", "travelling", "not_declared"]
    assert (made.done, made.missing, made.open) == (1, 2, 1)
    assert made.routes["missing"].tolist() == [2]


def _shipped(n=300, **changed):
    rows = pd.DataFrame({
        "manifest_id": [f"M{i}" for i in range(n)], "eligible": pd.array([True] * n, dtype="boolean"),
        "arrived_on": pd.Timestamp("2025-06-01"), "filed_on": pd.Timestamp("2025-06-02"),
        "delivered_on": pd.Timestamp("2025-06-05"),
    })  # fmt: skip
    return rows.assign(**changed)


def _open_last(rows, **still):
    """The last row is of the present: still open, not yet due."""
    last = rows.iloc[[-1]].assign(**still)
    return pd.concat([rows.iloc[:-1], last.astype(rows.dtypes.to_dict())], ignore_index=True)


def _and_a_late_one(rows):
    return _open_last(rows, arrived_on=pd.Timestamp("2025-12-28"), filed_on=pd.NaT, delivered_on=pd.NaT)


def _and_an_open_one(books):
    return _open_last(books, due_on=pd.Timestamp("2026-03-31"), written_off_on=pd.NaT)


def test_a_file_of_closed_cases_alone_meets_nothing():
    """Drawn by write-off or delivery it shows none that failed."""
    books, moved = operations.balances(_books(400), END), operations.carried(_shipped(), END)
    assert (page.on_time(books)[:2], page.transferred(moved)[:2]) == (("watch", 1.0), ("watch", 1.0))
    lead = page.verdict(books, moved, None).lead.en
    assert "drawn by write-off" in lead
    assert "drawn by delivery" in lead
    whole = operations.balances(_and_an_open_one(_books(400)), END)
    assert page.on_time(whole)[:2] == ("met", 1.0)
    assert "drawn by" not in page.verdict(whole, operations.carried(_and_a_late_one(_shipped()), END), None).lead.en


def test_what_is_on_the_way_came_late_or_is_unclear_is_not_counted_as_transferred():
    assert page.transferred(operations.carried(_and_a_late_one(_shipped()), END))[0] == "met"
    away = _shipped(filed_on=pd.Timestamp("2025-12-20"), delivered_on=pd.NaT)
    both = pd.concat([_shipped(), away]).astype({"delivered_on": "datetime64[us]"})
    assert page.transferred(operations.carried(both, END))[0] == "watch"
    late = _shipped(arrived_on=pd.Timestamp("2025-12-20"), filed_on=pd.NaT, delivered_on=pd.NaT)
    made = operations.carried(pd.concat([_shipped(), late]).astype({"delivered_on": "datetime64[us]"}), END)
    assert made.recent == 300
    assert page.transferred(made)[:2] == ("met", 1.0)
    unclear = _shipped(eligible=pd.array([None] * 300, dtype="boolean"))
    assert page.transferred(operations.carried(pd.concat([_shipped(), unclear]), END))[0] == "watch"


def test_handbooks_without_a_date_leave_the_rate_open():
    good = _and_an_open_one(_books(400))
    assert page.on_time(operations.balances(good, END))[0] == "met"
    good.loc[:50, "due_on"] = pd.NaT
    books = operations.balances(good, END)
    assert books.undated == 51
    assert page.on_time(books)[:2] == ("watch", 1.0)


def test_exempted_goods_of_which_nobody_says_whether_they_were_lifted_are_not_called_overdue():
    rows = pd.DataFrame({
        "exemption_id": list("abc"), "hs_code": "84713000", "released_on": pd.Timestamp("2022-01-01"), "value": 10.0,
        "duty_forgone": [1.0, 2, 4], "supervision_end": pd.to_datetime(["2025-01-01", "2029-01-01", None]),
    })  # fmt: skip
    made = operations.exempted(rows, END)
    assert made.rows["state"].tolist() == ["undated", "running", "undated"]
    stake = made.at_stake.set_index("reason")["duty_forgone"]
    assert stake.to_dict() == {"overdue": 0, "soon": 0, "elsewhere": 0, "undated": 5, "unseen": 7}
    assert np.isnan(made.away[0])
    assert "Nobody looked" in page.exemptions(made).exhibits[0].note.en


def test_of_many_enterprises_that_differ_by_chance_hardly_one_is_a_lead():
    """Thirty codes, six enterprises each, that differ by 8 %: one page in ten may hold a lead by chance."""
    called = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        rows = pd.concat([_books(6, hs_code=f"{10_000_000 + k}") for k in range(30)], ignore_index=True)
        rows["enterprise_id"] = [f"E{i}" for i in range(len(rows))]
        rows["unit_consumption"] = 1.2 * np.exp(0.08 * rng.standard_normal(len(rows)))
        called.append(operations.balances(rows, END).rows["leads"].str.contains("consumption").sum())
    assert np.mean(np.array(called) > 0) <= 0.25
    rows.loc[[3, 40, 100], "unit_consumption"] = 1.2 * 1.8
    found = operations.balances(rows, END).rows
    assert found.loc[[3, 40, 100], "leads"].str.contains("consumption").all()
    assert (found["low95"].iloc[3] < 1.8 / 1.0) & (found["low95"].iloc[3] > 1.2)


def test_other_goods_of_the_same_six_digits_are_no_peers():
    rows = _books(8)
    rows.loc[5, "hs_code"] = "84713099"
    rows.loc[5, "unit_consumption"] *= 3
    made = operations.balances(rows, END)
    assert made.rows.loc[5, "peers"] == 0
    assert made.compared == 7
    assert "7 of 8 could be compared" in page.handbooks(made).lead.en


def test_a_book_of_several_periods_is_one_handbook():
    rows = _books(4)
    rows["handbook_id"] = "B1"
    rows["due_on"] = pd.to_datetime(rows["due_on"]) + pd.to_timedelta(range(4), unit="D")
    rows["input_quantity"] *= 2
    made = operations.balances(rows, END)
    assert (made.books, len(made.rows)) == (1, 4)
    assert "4 of 4 periods of 1 handbooks" in page.handbooks(made).finding.en
    assert "1 handbooks" in page.verdict(made, None, None).text.en
    tile = page.headline(made, None, None, Text("here", "此处")).tiles[2]
    assert tile.value.en == "1"


def test_empty_tables_have_a_page_and_nothing_in_them_is_met():
    books = operations.balances(_books(2).iloc[:0], END)
    moved = operations.carried(_shipped(2).iloc[:0], END)
    assert page.verdict(books, moved, None).status == "insufficient"
    assert "no case" in page.verdict(books, moved, None).lead.en
    assert [page.handbooks(books), page.transit(moved)] != [None, None]


def test_nothing_is_met_that_was_not_given():
    good = operations.balances(_and_an_open_one(_books(400)), END)
    assert page.on_time(good)[0] == "met"
    made = page.verdict(good, None, None)
    assert made.status == "insufficient"
    assert "not given" in made.lead.en


def test_planted_diversions_stand_out_where_there_are_peers():
    made = simulate(60_000, 11, detail="full")
    rows = operations.balances(made.handbooks, END).rows.merge(made.truth["handbooks"], on=["handbook_id", "due_on"])
    known = rows[rows["peers"] > 0]
    told = known["leads"].str.contains("consumption")
    assert told[known["diverted"]].mean() >= 0.8
    assert known.loc[told, "diverted"].mean() >= 0.8


def test_every_part_of_the_page_keeps_the_rules():
    made = simulate(8_000, 5, detail="full")
    books, goods = operations.balances(made.handbooks), operations.exempted(made.exemptions)
    moved = operations.carried(made.transit)
    for a, b, c in ((books, moved, goods), (None, moved, None), (None, None, None)):
        parts = [
            page.headline(a, b, c, Text("x", "某关")),
            page.handbooks(a),
            page.exemptions(c),
            page.transit(b),
            page.method(),
        ]
        assert [f for part in parts if part is not None for f in briefing.faults(part)] == []
        said = " ".join(t.en + t.zh for part in parts if part is not None for t in briefing.texts(part))
        assert "走私" not in said
        assert "违规" not in said
