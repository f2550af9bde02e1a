"""Rings are found where they are planted; an officer's pairing beyond chance is told to two key holders only."""

import numpy as np
import pandas as pd
import pytest

from analytics import briefing, smuggling, tables
from analytics.language import Text
from analytics.smuggling.features.frames import InputError
from analytics.smuggling.links.integrity import integrity, seal

KEYS = ("the first key of two", "the second key of two")


@pytest.fixture(scope="module")
def full():
    return tables.simulate(24_000, 61, detail="full")


def test_planted_rings_are_found(full):
    found, true = smuggling.rings(full.enterprises).members, full.truth["rings"]
    assert len(true) > 5
    hit = found["enterprise_id"].isin(true["enterprise_id"])
    assert hit.mean() >= 0.7
    assert true["enterprise_id"].isin(found["enterprise_id"]).mean() >= 0.5


def test_office_buildings_make_no_ring():
    firms = pd.DataFrame(
        {
            "enterprise_id": [f"E{i}" for i in range(60)],
            "address": ["tower"] * 30 + ["shared house"] * 2 + [f"a{i}" for i in range(28)],
            "phone": [f"t{i}" for i in range(60)], "legal_person": [None] * 60,
        }
    )  # fmt: skip
    made = smuggling.rings(firms)
    assert made.members.empty
    assert made.told == ("address", "phone")


def test_findings_of_a_ring_stand_beside_what_was_expected_and_successors_are_named():
    firms = pd.DataFrame(
        {
            "enterprise_id": ["A", "B", "C", "D"], "phone": ["1", "1", "1", "2"], "address": ["x", "x", "y", "z"],
            "registered_on": pd.to_datetime(["2015-01-01", "2016-01-01", "2024-08-01", "2024-09-01"]),
        }
    )  # fmt: skip
    outcomes = pd.DataFrame(
        {"enterprise_id": ["A", "A", "D"], "date": pd.to_datetime(["2024-03-01", "2024-06-01", "2024-06-01"]),
         "finding": [1, 1, 1], "probability": [0.2, 0.3, 0.5]}
    )  # fmt: skip
    made = smuggling.rings(firms, outcomes)
    assert made.members["enterprise_id"].tolist() == ["A", "B", "C"]
    assert made.rings["findings"].tolist() == [2]
    assert made.rings["expected_findings"].iloc[0] == pytest.approx(0.5)
    assert made.successors[["enterprise_id", "follows"]].to_numpy().tolist() == [["C", "A"]]


def test_the_ring_of_an_officer_with_a_broker_is_told(full, tmp_path):
    lock = seal(tmp_path / "lock.json", *KEYS)
    panel = integrity(full.declarations, lock, KEYS[1], KEYS[0])
    ring = full.truth["officers"].query("ring")
    first = panel.pairs.iloc[0]
    assert (first["officer_id"], first["declarant_id"]) == (ring["officer_id"].iloc[0], ring["broker"].iloc[0])
    assert first["p_adjusted"] < 1e-6
    assert len(panel.pairs) == 1
    assert first["released"] > first["released_alike"]


def dealt(seed: int) -> pd.DataFrame:
    rng, n = np.random.default_rng(seed), 6_000
    return pd.DataFrame(
        {
            "declaration_id": np.arange(n).astype(str), "port": rng.integers(0, 5, n).astype(str),
            "date": pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 360, n), unit="D"),
            "declarant_id": "D" + pd.Series(np.minimum(rng.geometric(0.08, n), 40).astype(str)), "lane": "release",
            "officer_id": "O" + pd.Series(rng.integers(0, 9, n).astype(str)),
        }
    )  # fmt: skip


def test_officers_dealt_at_random_make_no_ring(tmp_path):
    lock = seal(tmp_path / "lock.json", *KEYS)
    told = [len(integrity(dealt(seed), lock, *KEYS).pairs) for seed in range(20)]
    assert sum(n > 0 for n in told) <= 1


def test_one_busy_shift_is_one_day_and_no_ring(tmp_path):
    lock = seal(tmp_path / "lock.json", *KEYS)
    busy = dealt(3).head(400).assign(date=pd.Timestamp("2025-03-03"), officer_id="O1", declarant_id="D1", port="0")
    busy["declaration_id"] = "busy" + busy["declaration_id"]
    assert integrity(pd.concat([dealt(3), busy], ignore_index=True), lock, *KEYS).pairs.empty


@pytest.mark.parametrize("keys", [(KEYS[0], KEYS[0]), (KEYS[0], "a wrong key, alas"), ("", "")])
def test_the_panel_opens_with_two_different_keys_only(keys, tmp_path):
    lock = seal(tmp_path / "lock.json", *KEYS)
    with pytest.raises(InputError, match="two keys only"):
        integrity(dealt(1), lock, *keys)
    assert KEYS[0] not in lock.read_text()
    with pytest.raises(InputError, match="two different keys"):
        seal(tmp_path / "other.json", KEYS[0], KEYS[0])


def test_who_shares_a_shift_is_no_pair(tmp_path):
    """Officers and declarants that come on the same weekdays meet more often than a month's dealing explains."""
    lock = seal(tmp_path / "lock.json", *KEYS)
    frame = dealt(5)
    early = frame["date"].dt.day_of_week < 3
    frame["officer_id"] = np.where(early, "E", "L") + frame["officer_id"]
    frame["declarant_id"] = np.where(early, "E", "L") + frame["declarant_id"].str[:2]
    assert integrity(frame, lock, *KEYS).pairs.empty


def test_keys_come_from_two_variables_and_the_page_clears_nobody(tmp_path, monkeypatch):
    lock = seal(tmp_path / "lock.json", *KEYS)
    with pytest.raises(InputError, match="INTEGRITY_KEY_1 is not set"):
        smuggling.open_panel(dealt(1), lock, "INTEGRITY_KEY_1", "INTEGRITY_KEY_2")
    for name, key in zip(("INTEGRITY_KEY_1", "INTEGRITY_KEY_2"), KEYS, strict=True):
        monkeypatch.setenv(name, key)
    clean = smuggling.open_panel(dealt(1), lock, "INTEGRITY_KEY_1", "INTEGRITY_KEY_2")
    nobody = integrity(dealt(1).assign(officer_id=None), lock, *KEYS)
    paired = dealt(2)
    own = (paired["declarant_id"] == "D1") & (paired["port"] == "0")
    paired.loc[own, "officer_id"] = "O1"
    watched = integrity(paired, lock, *KEYS)
    page = smuggling.page.followup.panel
    assert [page.verdict(p).status for p in (clean, nobody, watched)] == ["insufficient", "insufficient", "watch"]
    assert "clears nobody" in page.verdict(clean).text.en
    assert (watched.pairs["officer_id"].iloc[0], watched.pairs["declarant_id"].iloc[0]) == ("O1", "D1")
    for panel in (clean, nobody, watched):
        parts = page.exhibits(panel, Text("here", "本地"))
        assert {name: found for name, part in parts.items() if (found := briefing.faults(part))} == {}
        told = " ".join(t.en + t.zh for part in parts.values() for t in briefing.texts(part))
        assert not any(word in told for word in ("corrupt", "腐败", "走私", "违规"))
