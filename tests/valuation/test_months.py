"""Months already read are not read again, and the levels are those of one reading of all."""

import shutil
import stat
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics import tables, valuation
from analytics.valuation.months import levels as room

KEYS = ["by", "key"]


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYTICS_MASK_KEY", "a key for tests only")


@pytest.fixture(scope="module")
def declared() -> pd.DataFrame:
    rows = tables.as_pandas(tables.simulate(6_000, 3).declarations)
    rows = rows.drop_duplicates(["declaration_id", "line_no"], keep="last")
    return rows[rows["date"] < rows["date"].min() + pd.DateOffset(months=6)]


@pytest.fixture(scope="module")
def files(declared: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A file for each of six months, the last first: their order tells nothing."""
    folder = tmp_path_factory.mktemp("months")
    month = declared["date"].dt.to_period("M")
    for one in month.unique():
        declared[month == one].to_parquet(folder / f"{one}.parquet", index=False)
    return sorted(folder.glob("*.parquet"), reverse=True)


def _same(one: pd.DataFrame, other: pd.DataFrame, by: list[str], rtol: float = 1e-9) -> None:
    frames = [f.sort_values(by, ignore_index=True)[list(one.columns)] for f in (one, other)]
    pd.testing.assert_frame_equal(*frames, rtol=rtol, check_dtype=False)


@pytest.fixture(scope="module")
def unfiltered(files, tmp_path_factory) -> Path:
    """The state of all months, no slip set apart."""
    state = tmp_path_factory.mktemp("state") / "s"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANALYTICS_MASK_KEY", "a key for tests only")
        valuation.levels_by_month(files, state, outlier_threshold=0)
    return state


def _at_once(files: list[Path]) -> pd.DataFrame:
    table = tables.read("declarations", " + ".join(map(str, sorted(files))))
    return valuation.national_levels(table, outlier_threshold=0).levels


def test_a_new_month_gives_what_one_reading_of_all_gives(files, tmp_path, monkeypatch):
    files = files[:4]
    whole = valuation.levels_by_month(files, tmp_path / "whole")
    valuation.levels_by_month(files[1:], tmp_path / "kept")
    read = []
    original = room.read_month
    monkeypatch.setattr(room, "read_month", lambda path, *rest: read.append(path) or original(path, *rest))
    new = valuation.levels_by_month(files, tmp_path / "kept")
    assert read == files[:1], "months already read are not read again"
    assert list(new.account["state"]) == ["kept"] * 3 + ["read"]
    assert repr(new).startswith("<Months 4 months, 1 read now")
    _same(whole.levels, new.levels, KEYS)
    _same(whole.by_month, new.by_month, ["month", *KEYS])
    assert valuation.levels_by_month([], tmp_path / "kept").levels.equals(new.levels)


def test_without_a_filter_the_levels_are_those_of_the_nation_read_at_once(files, declared, unfiltered):
    kept = valuation.levels_by_month([], unfiltered, outlier_threshold=0)
    at_once = _at_once(files)
    assert len(kept.levels) == len(at_once) > 50
    _same(at_once, kept.levels, KEYS)
    counts = kept.account[["rows_read", "rows_used", "rows_set_aside"]].sum()
    assert counts["rows_read"] == len(declared) == counts["rows_used"] + counts["rows_set_aside"]


def test_a_later_version_of_a_month_takes_its_place_and_moves_the_months_after_it(files, tmp_path, unfiltered):
    folder, state = tmp_path / "files", tmp_path / "s"
    folder.mkdir()
    shutil.copytree(unfiltered, state)
    here = [Path(shutil.copy(path, folder)) for path in files]
    third = sorted(here)[2]
    rows = pd.read_parquet(third)
    rows.assign(value=rows["value"] * np.where(rows.index % 2, 1.3, 1.0)).to_parquet(third, index=False)
    after = valuation.levels_by_month([third], state, outlier_threshold=0)
    assert dict(after.account.set_index("month")["state"])[third.stem] == "read again"
    _same(_at_once(here), after.levels, KEYS)


def test_what_would_be_wrong_is_refused_in_words(files, tmp_path):
    two = pd.concat([pd.read_parquet(path) for path in files[:2]])
    two.to_parquet(tmp_path / "two.parquet", index=False)
    with pytest.raises(valuation.ValuationError, match=r"two.parquet: holds lines of 2 months: .* a file of its own"):
        valuation.levels_by_month([tmp_path / "two.parquet"], tmp_path / "s")
    Path(tmp_path / "copy.parquet").write_bytes(files[0].read_bytes())
    with pytest.raises(valuation.ValuationError, match="both hold"):
        valuation.levels_by_month([files[0], tmp_path / "copy.parquet"], tmp_path / "s")
    moved = pd.read_parquet(files[0])
    moved.assign(date=moved["date"] - pd.DateOffset(months=1)).to_parquet(tmp_path / "moved.parquet", index=False)
    with pytest.raises(valuation.ValuationError, match=r"stand in .* already and would count twice"):
        valuation.levels_by_month([tmp_path / "moved.parquet"], tmp_path / "s")
    with pytest.raises(valuation.ValuationError, match="no such file"):
        valuation.levels_by_month([tmp_path / "none.parquet"], tmp_path / "s")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "x").touch()
    with pytest.raises(valuation.ValuationError, match="something other than months"):
        valuation.levels_by_month(files[:1], tmp_path / "other")


def test_the_state_is_private_whole_or_not_there_and_of_one_key(files, tmp_path, monkeypatch):
    state = tmp_path / "s"
    first = valuation.levels_by_month(files[:3], state)
    modes = {stat.S_IMODE(p.stat().st_mode) for p in state.iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    names = (state / "names.json").read_text()
    real = pd.read_parquet(files[0])["enterprise_id"].dropna()
    assert not any(str(name) in names for name in real)
    rows = next(state.glob("*.rows.parquet"))
    rows.write_bytes(rows.read_bytes()[:-9])  # a disk that was full
    again = valuation.levels_by_month(files[:3], state)
    assert sorted(again.account["state"]) == ["kept", "kept", "read"]
    _same(first.levels, again.levels, KEYS)
    monkeypatch.setenv("ANALYTICS_MASK_KEY", "another key for tests only")
    with pytest.raises(valuation.ValuationError, match="no month is kept"):
        valuation.levels_by_month([], state)
    assert valuation.levels_by_month(files[:1], tmp_path / "t").account["state"].tolist() == ["read"]


def test_lines_of_another_month_are_set_aside_and_accounted_for(files, tmp_path):
    rows = pd.read_parquet(files[0])
    rows.loc[rows.index[:3], "date"] -= pd.DateOffset(months=2)
    rows.to_parquet(tmp_path / "m.parquet", index=False)
    account = valuation.levels_by_month([tmp_path / "m.parquet"], tmp_path / "s").account.iloc[0]
    assert account["rows_set_aside"] >= 3
    assert account["rows_read"] == len(rows) == account["rows_used"] + account["rows_set_aside"]
