"""Months already read are not read again, and the levels are those of one reading of all."""

import shutil
import stat
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics import briefing, tables, valuation
from analytics.language import Text
from analytics.valuation.months import levels as room
from analytics.valuation.months import movement, page, sources

KEYS = ["by", "key"]


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYTICS_MASK_KEY", "a key for tests only")


@pytest.fixture(scope="module")
def declared() -> pd.DataFrame:
    rows = tables.as_pandas(tables.simulate(6_000, 3).declarations)
    rows = rows.drop_duplicates(["declaration_id", "line_no"], keep="last")
    return rows[rows["date"] < rows["date"].min() + pd.DateOffset(months=4)]


@pytest.fixture(scope="module")
def files(declared: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A file for each of four months, the last first: their order tells nothing."""
    folder = tmp_path_factory.mktemp("months")
    month = declared["date"].dt.to_period("M")
    for one in month.unique():
        declared[month == one].to_parquet(folder / f"{one}.parquet", index=False)
    return sorted(folder.glob("*.parquet"), reverse=True)


@pytest.fixture(scope="module")
def held(files, tmp_path_factory) -> Path:
    """All months kept, as they are read by default."""
    state = tmp_path_factory.mktemp("held") / "s"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANALYTICS_MASK_KEY", "a key for tests only")
        valuation.levels_by_month(files, state)
    return state


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


def test_a_new_month_gives_what_one_reading_of_all_gives(files, held, tmp_path, monkeypatch):
    shutil.copytree(held, tmp_path / "whole")
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


def test_the_state_is_private_whole_or_not_there_and_of_one_key(files, held, tmp_path, monkeypatch):
    state = tmp_path / "s"
    shutil.copytree(held, state)
    first = valuation.levels_by_month(files, state)
    modes = {stat.S_IMODE(p.stat().st_mode) for p in state.iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    names = (state / "names.json").read_text()
    real = pd.read_parquet(files[0])["enterprise_id"].dropna()
    assert not any(str(name) in names for name in real)
    rows = next(state.glob("*.rows.parquet"))
    rows.write_bytes(rows.read_bytes()[:-9])  # a disk that was full
    again = valuation.levels_by_month(files, state)
    assert sorted(again.account["state"]) == ["kept", "kept", "kept", "read"]
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


def _course(levels: dict[str, list[float]], lines: int = 80) -> room.Months:
    """Months of districts with given levels, each of two chapters alike."""
    months = [f"{m:%Y-%m}" for m in pd.date_range("2024-01-01", periods=len(next(iter(levels.values()))), freq="MS")]
    rows = [
        {"month": m, "by": "district", "key": key, "level_loo": x, "lines": lines, "matched_lines": lines,
         "matched_value_share": 0.8, "value": 10.0}
        for key, course in levels.items() for m, x in zip(months, course, strict=True)
    ]  # fmt: skip
    by_month = pd.DataFrame(rows)
    parts = [by_month.assign(district=by_month["key"], chapter=c, matched_tax=by_month["level_loo"], base=1.0)
             for c in ("84", "85")]  # fmt: skip
    account = pd.DataFrame({"month": months, "file": "f", "sha256": "0", "rows_read": 10, "rows_used": 10,
                            "rows_set_aside": 0, "state": "read"})  # fmt: skip
    none = pd.DataFrame()
    return room.Months(by_month, by_month, pd.concat(parts), none, account, none, False, "tax", "CNY")


def test_a_move_is_told_where_it_leaves_the_districts_own_range_and_quiet_pages_are_rarely_called_moved():
    quiet = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        months = _course({f"{d}00": np.exp(rng.normal(0, 0.1, 16)).tolist() for d in range(10, 22)})
        quiet += (movement.moved(months)["status"] == "watch").any()
    assert 2 <= quiet <= 10, "five in a hundred pages, all districts together"
    steady = [1.0, 1.02, 0.98, 1.01, 0.99, 1.0, 1.03, 0.97, 1.0, 1.01, 0.99, 1.02]
    table = movement.moved(_course({"2200": [*steady, 0.8], "2300": [*steady, 1.01]})).set_index("key")
    assert table["status"].tolist() == ["watch", "met"]
    assert table.index[0] == "2200"
    assert 0.9 < table.loc["2200", "low"] < 1 < table.loc["2200", "high"] < 1.1


def test_a_district_of_few_lines_or_few_months_is_not_judged_and_the_page_says_so():
    steady = [1.0, 1.02, 0.98, 1.01, 0.99, 1.0, 1.03]
    for months in (_course({"2200": [*steady, 0.5]}), _course({"2200": [*steady, *steady, 0.5]}, lines=20)):
        table = movement.moved(months)
        assert table["status"].tolist() == ["insufficient"]
        said = page.verdict(table, months.account["month"].max())
        assert (said.status, said.value) == ("insufficient", None)


def test_a_page_without_a_move_is_never_green_and_names_what_it_does_not_see():
    steady = [1.0, 1.02, 0.98, 1.01, 0.99, 1.0, 1.03, 0.97, 1.0, 1.01, 0.99, 1.02, 1.0]
    said = page.verdict(movement.moved(_course({"2200": steady})), "2025-01")
    assert said.status == "watch"
    assert "never in order is not seen" in said.lead.en


def test_a_move_that_one_chapter_carries_alone_is_said_so():
    steady = [1.0, 1.02, 0.98, 1.01, 0.99, 1.0, 1.03, 0.97, 1.0, 1.01, 0.99, 1.02]
    months = _course({"2200": [*steady, 0.5]})
    newest = months.chapters["month"] == months.chapters["month"].max()
    slip = newest & (months.chapters["chapter"] == "85")
    months.chapters.loc[newest, "matched_tax"] = 1.0
    months.chapters.loc[slip, ["matched_tax", "base"]] = [1.0, 3.0]
    table = movement.moved(months)
    assert table["carried_by"].tolist() == ["85"]
    assert "chapter 85 alone" in page.verdict(table, "2025-01").lead.en


def test_a_month_that_is_no_longer_named_is_let_go_and_stands_behind_no_later_reference(files, held, tmp_path):
    newest = files[0]
    shutil.copytree(held, tmp_path / "s")
    without = valuation.levels_by_month(files[:-1], tmp_path / "s", whole=True)
    fresh = valuation.levels_by_month(files[:-1], tmp_path / "t")
    assert without.account["state"].eq("kept").all()
    assert len(without.account) == len(files) - 1
    _same(without.by_month, fresh.by_month, ["month", *KEYS])
    assert newest.name in set(without.account["file"])


def test_a_folder_of_months_is_one_input_whose_rows_add_up_and_what_is_no_month_is_named(files, tmp_path, monkeypatch):
    folder = tmp_path / "lines"
    folder.mkdir()
    for path in files[:2]:
        shutil.copy(path, folder)
    (folder / "notes.txt.bak").touch()
    (folder / "old").mkdir()
    months, account = sources.kept(str(folder), str(tmp_path / "s"))
    again, _ = sources.kept(str(folder), str(tmp_path / "s"))
    assert months.account["state"].tolist() == ["read", "read"]
    assert again.account["state"].tolist() == ["kept", "kept"]
    counts = account.accounting
    assert counts.rows_read == counts.rows_used + counts.rows_set_aside == months.account["rows_read"].sum()
    assert "notes.txt.bak" in counts.notes[-1].en
    with pytest.raises(valuation.ValuationError, match="no file of a month"):
        sources.kept("published:china_customs_revenue_monthly")


def test_the_page_keeps_the_rules_of_the_house_and_holds_no_enterprise(files, held, tmp_path):
    shutil.copytree(held, tmp_path / "s")
    months, _ = sources.kept(" + ".join(map(str, files)), str(tmp_path / "s"))
    table = movement.moved(months)
    parts = page.exhibits(months, table, Text("Here", "此处"))
    assert [p for part in parts.values() for p in briefing.faults(part)] == []
    for frame in page.tables(months).values():
        assert len(frame)
        assert not frame["by"].str.contains("enterprise").any()
    assert page.figures(months, table)["rows_read"] == months.account["rows_read"].sum()
