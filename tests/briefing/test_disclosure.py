"""What leaves the house tells nothing of single enterprises, neither by itself nor by differencing totals."""

from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import briefing
from analytics.briefing.disclosure import Gate, Ledger, Records, Rule
from analytics.briefing.disclosure.gate import SILENCED
from analytics.briefing.page import current
from analytics.errors import ParameterError
from analytics.language import Text

NAMES = ("district", "origin")


def _lines(rows):
    """Lines of (district, origin, enterprise, value)."""
    return pd.DataFrame(rows, columns=[*NAMES, "enterprise_id", "value"])


def _drawn(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(10, 120))
    firms = rng.choice(12, count, p=np.arange(1, 13) / 78)
    rows = zip(rng.integers(0, 4, count), rng.integers(0, 3, count), firms, rng.lognormal(2, 1, count), strict=True)
    return _lines([(f"d{d}", f"o{o}", f"f{f}", v) for d, o, f, v in rows])


def _inside(frame, dims, key):
    return np.all([frame[d] == k for d, k in zip(dims, key, strict=True)] or [np.ones(len(frame), bool)], axis=0)


def _unsafe(frame, mask, rule):
    own = frame.loc[mask].groupby("enterprise_id")["value"].sum()
    return len(own) > 0 and (len(own) < rule.fewest or own.max() > rule.dominance * own.sum())


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.permutations([("district",), ("origin",), NAMES]), st.sampled_from([1, 2, 99]))
def test_no_cell_that_must_not_be_told_follows_from_the_tables_of_a_page(seed, tables, cut):
    frame, rule = _drawn(seed), Rule(3, 0.8)
    ledger = Ledger(Records(frame), rule)
    for dims in tables:
        keys = sorted(ledger.support(dims).safe)
        ledger.admit(dims, keys[:cut] if len(dims) == 2 else keys)
    told = np.array([_inside(frame, d, k) for d, k in ledger.told] or [np.zeros(len(frame))], dtype=float)
    rank = np.linalg.matrix_rank(told)
    for count in (1, 2):
        for dims in combinations(NAMES, count):
            for key in ledger.support(dims).safe:
                mask = _inside(frame, dims, key)
                follows = np.linalg.matrix_rank(np.vstack([told, mask])) == rank
                assert not (follows and _unsafe(frame, mask, rule)), (dims, key)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.permutations([("district",), NAMES]))
def test_what_a_table_leaves_out_of_a_total_is_never_one_enterprise(seed, tables):
    frame, rule = _drawn(seed), Rule(3, 0.8)
    ledger = Ledger(Records(frame), rule)
    for dims in tables:
        ledger.admit(dims, sorted(ledger.support(dims).safe))
    for dims in [d for d in tables if any(known == d for known, _ in ledger.told)]:
        out = ~np.any([_inside(frame, d, k) for d, k in ledger.told if d == dims], axis=0)
        assert not _unsafe(frame, out, rule)


def test_one_cell_that_may_not_be_told_takes_the_smallest_other_with_it():
    lines = _lines([(d, "o", f, v) for d, v in [("a", 90), ("b", 50), ("c", 40)] for f in "123"] + [("z", "o", "9", 5)])
    ledger = Ledger(Records(lines), Rule(3, 0.85))
    assert ledger.admit(("district",), [("a",), ("b",), ("c",), ("z",)]) == [True, True, False, False]


def test_a_total_whose_parts_would_give_one_enterprise_away_is_not_told_later():
    own = [("a", o, f, 10) for o in ("x", "y") for f in "123"]
    ledger = Ledger(Records(_lines([*own, ("b", "x", "9", 8), *[("b", "y", f, 20) for f in "123"]])), Rule(3, 0.85))
    assert all(ledger.admit(NAMES, [("a", "x"), ("a", "y")]))
    assert ledger.admit(("origin",), [("x",), ("y",)]) == [False, False]
    assert ledger.admit(("district",), [("b",)]) == [True]


def test_nothing_is_told_of_data_that_are_one_enterprise_s():
    lines = _lines([("a", "o", "1", 94.0), ("b", "o", "2", 3.0), ("c", "o", "3", 3.0)])
    assert Ledger(Records(lines), Rule(3, 0.85)).admit((), [()]) == [False]
    assert Ledger(Records(lines), Rule(3, 0.95)).admit((), [()]) == [True]


class _Input:
    """What the gate needs of a table that was read."""

    def __init__(self, frame, source="own.csv"):
        self.frame, self.source, self.columns = frame, source, list(frame.columns)

    def part(self, columns):
        from analytics.tables.engine import connection

        return connection.load_frame(self.frame[list(columns)])


def _gate(frame, source="own.csv", rule=None, **parameters):
    return Gate(rule or Rule(3, 0.85), [_Input(frame, source)], parameters)


@pytest.fixture(scope="module")
def customs():
    rng = np.random.default_rng(5)
    cells = [(d, c) for d in ("0200", "2200", "5300") for c in ("84", "85", "90")]
    rows = [(*cell, f"f{f}", v) for cell in cells for f, v in enumerate(rng.random(9))]
    rows += [("9100", "84", "f1", 3.0), ("9100", "85", "f1", 2.0), ("9100", "90", "f2", 1.0)]
    frame = pd.DataFrame(rows, columns=["district", "chapter", "enterprise_id", "value"])
    return frame.drop(columns="chapter").assign(
        hs_code=frame["chapter"] + "010000", date=pd.Timestamp("2025-03-04"), month="2025-03"
    )


def test_rows_are_found_in_the_data_by_district_chapter_and_month(customs):
    frame = pd.DataFrame(
        {"district": ["0200", "2200", "5300", "9100"], "y": [1.0, 2.0, 3.0, 4.0], "note": list("abcd")}
    )
    kept, hidden = _gate(customs).table(frame)
    assert hidden == 2, "9100 and one beside it: the rest of the total would give it away"
    assert len(kept) == 2
    assert "9100" not in kept["district"].tolist(), "that it stands in the table would tell of it"
    keyed = pd.DataFrame({"by": "district x chapter", "key": ["0200 x 84", "9100 x 84"], "level": [1.0, 0.9]})
    kept, _ = _gate(customs).table(keyed)
    assert kept["key"].tolist() == ["0200 x 84"]
    monthly = pd.DataFrame({"month": [pd.Timestamp("2025-03-01"), pd.Timestamp("2031-01-01")], "y": [1.0, 2.0]})
    kept, hidden = _gate(customs).table(monthly)
    assert kept["y"].tolist() == [1.0], "a month that the data do not have cannot be checked"


@pytest.mark.parametrize(
    "more",
    [
        {"enterprise_id": "E-1"}, {"declaration_id": "1"}, {"enterprise": "E-1"}, {"officer_id": "o"}, {"84": 1.0},
    ],
)  # fmt: skip
def test_tables_of_single_enterprises_and_tables_that_cannot_be_followed_stay_inside(customs, more):
    frame = pd.DataFrame({"district": ["0200", "5300"], "y": [1.0, 2.0]})
    assert _gate(customs).table(frame)[0] is not None
    assert _gate(customs).table(frame.assign(**more))[0] is None
    assert _gate(customs).table(frame.drop(columns="district"))[0] is None
    twice = pd.concat([frame, frame]).assign(kind=list("aabb"))
    assert _gate(customs).table(twice)[0] is None, "something else tells these rows apart"


def test_figures_of_a_part_of_a_cell_and_names_of_enterprises_are_left_blank(customs):
    frame = pd.DataFrame({"district": ["0200", "5300"], "y": [1.0, 2.0], "duty_at_stake": 5.0, "leading": "E-7f3a9c1b"})
    kept, _ = _gate(customs).table(frame)
    assert kept["y"].tolist() == [1.0, 2.0]
    assert kept["duty_at_stake"].isna().all()
    assert set(kept["leading"]) == {""}


def test_sentences_that_name_what_may_not_be_told_are_withheld(customs):
    gate = _gate(customs)
    fine = Text("District 5300, chapter 84 stands at 0.98", "5300关区84章为0.98")
    assert gate.sentence(fine) == fine
    plain = Text("Three of 40 stand below", "40个中有3个偏低")
    assert gate.sentence(plain) == plain
    for said in (
        Text("District 9100 is farthest at 0.83", "偏离最大的是9100关区"),
        Text("mostly E-7f3a9c1b2d", "主要是E-7f3a9c1b2d"),
        Text("chapters 84 and 90 in 9100", "9100关区84章"),
    ):
        assert gate.sentence(said) == SILENCED


def test_of_an_input_whose_records_are_not_at_hand_no_figure_is_told(customs):
    gate = Gate(Rule(), [SimpleNamespace(name="declarations", source="x", unseen=True)], {})
    assert gate.sentence(Text("District 2200 stands at 0.81", "2200关区为0.81")) == SILENCED
    assert gate.table(pd.DataFrame({"district": ["2200"], "level": [0.81]}))[0] is None
    plain = Text("Levels are unit values against like goods", "水平为与同类货物单价之比")
    assert gate.sentence(plain) == plain


def test_what_is_published_already_is_not_withheld(customs):
    frame = pd.DataFrame({"enterprise_id": ["E-1"], "y": [1.0]})
    for gate in (_gate(customs, "published:x"), _gate(customs, rule=Rule.of("3,0.85,public"))):
        assert gate.table(frame) == (frame, 0) or gate.table(frame)[0] is frame
        assert gate.sentence(Text("E-7f3a9c1b2d", "E-7f3a9c1b2d")) != SILENCED
    assert Gate(Rule(), [], {}).table(frame)[0] is None, "without inputs nothing is known to be published"


@pytest.mark.parametrize("text", ["3", "1,0.85", "3,85", "a,b", "3,0.85,1", "3,0.85,publics", "-3,0.5"])
def test_a_rule_in_another_form_is_refused(text):
    with pytest.raises(ParameterError, match="is not a rule"):
        Rule.of(text)


def test_a_page_that_is_to_leave_says_what_it_withholds(sample, project, monkeypatch):
    monkeypatch.setenv("ANALYTICS_DISCLOSURE", "3,0.85")
    folder = sample.make(project / "out")
    shown = [o["metadata"]["briefing"]["kind"] for o in current().outputs]
    assert "figure" not in shown
    assert "table" not in shown
    told = " ".join(o["data"]["text/html"] for o in current().outputs)
    assert told.count("Withheld") == 2
    assert "at least 3 enterprises" in told
    assert list((folder / "tables").glob("*.csv")) == []
    assert not (folder / "quarantine").exists()


def test_inside_the_house_nothing_is_withheld(sample, project, monkeypatch):
    monkeypatch.delenv("ANALYTICS_DISCLOSURE", raising=False)
    folder = sample.make(project / "out")
    assert list((folder / "tables").glob("*.csv"))
    assert "withheld" not in [o["metadata"]["briefing"]["kind"] for o in current().outputs]


def test_a_drawing_that_names_an_enterprise_or_a_cell_apart_is_withheld(sample, project, monkeypatch, customs):
    monkeypatch.setenv("ANALYTICS_DISCLOSURE", "3,0.85")
    sample.make(project / "out")
    page = current()
    page.gate = _gate(customs)
    data = pd.DataFrame({"district": ["0200", "5300"], "y": [1.0, 2.0]})

    def shown(label):
        fig, ax = briefing.theme.subplots()
        ax.bar([label, "5300"], [1, 2])
        briefing.figure(fig, title=Text("T", "图"), alt=Text("A", "图"), data=data, name=f"f{len(page.outputs)}")
        return page.outputs[-1]["metadata"]["briefing"]["kind"]

    assert shown("0200") == "figure"
    assert shown("E-7f3a9c1b2d") == "withheld"
    assert shown("9100") == "withheld"
