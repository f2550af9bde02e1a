"""Data quality: faults are told, an upper bound is never called accuracy, and what was not seen is not judged."""

from pathlib import Path

import pandas as pd
import pytest

from analytics import quality, tables


@pytest.fixture(autouse=True)
def _own_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYTICS_MASK_KEY", "a key for tests only")


def measured(folder: Path, rows: list[str], header: str = "declaration_id,date,hs_code,value", mapping: str = ""):
    path = folder / "a.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    column_map = None
    if mapping:
        (folder / "m.yaml").write_text(mapping, encoding="utf-8")
        column_map = str(folder / "m.yaml")
    return quality.measure(tables.read("declarations", str(path), column_map), column_map)


def good(count: int, start: int = 0) -> list[str]:
    return [f"A{i},2024-0{1 + i % 8}-05,87032319,{10 + i}" for i in range(start, start + count)]


def test_faulty_rows_below_the_plan_are_told(tmp_path: Path):
    found = measured(tmp_path, [*good(97), "B1,2024-01-05,87032319,-1", "B2,32.13.2024,87032319,1", "B3,,87032319,1"])
    assert found.status == "not_met"
    assert found.accuracy == pytest.approx(0.97)
    assert "97.00" in quality.page.verdict(found).text.en


def test_a_file_without_a_fault_is_never_called_accurate(tmp_path: Path):
    found = measured(tmp_path, good(50))
    assert found.status == "insufficient"  # no versions: revisions cannot be told
    assert "cannot tell" in quality.page.verdict(found).text.en
    with_versions = measured(tmp_path, [f"{r},1" for r in good(50)], "declaration_id,date,hs_code,value,version")
    assert with_versions.status == "watch"


def test_revised_lines_are_judged_against_the_plan(tmp_path: Path):
    rows = [f"{r},{2 if i < 2 else 1}" for i, r in enumerate(good(100))]
    found = measured(tmp_path, rows, "declaration_id,date,hs_code,value,version")
    assert found.revised == pytest.approx(0.02)
    assert found.status == "not_met"
    assert "revised" in quality.page.verdict(found).text.en


def test_totals_notes_and_copies_are_no_faults(tmp_path: Path):
    found = measured(tmp_path, [*good(20), *good(1), "Total,,,999", "Source: customs,,,"])
    assert found.accuracy == 1
    assert found.table.accounting.rows_set_aside == 3
    copies = found.checks.set_index("check").loc["Exact copies"]
    assert (copies["value"], copies["status"]) == (pytest.approx(1 / 23), "watch")


def test_a_last_month_that_breaks_off_is_pointed_at(tmp_path: Path):
    rows = [f"A{m}-{i},2024-0{m}-05,87032319,1" for m in range(1, 8) for i in range(10)] + ["Z,2024-08-05,87032319,1"]
    checks = measured(tmp_path, rows).checks.set_index("check")
    assert checks.loc["Rows of the last month against those before", "status"] == "watch"
    short = measured(tmp_path, rows[:20]).checks.set_index("check")
    assert short.loc["Rows of the last month against those before", "status"] == "insufficient"


def test_doubts_that_the_map_decided_are_listed(tmp_path: Path):
    mapping = (
        "table: declarations\ncolumns: {declaration_id: declaration_id, date: date, hs_code: hs_code, value: value}\n"
    )
    found = measured(tmp_path, good(5), mapping=mapping + "accept: [value.empty]\n")
    assert found.accepted == ("value.empty",)
    assert quality.page.decided(found).items[0].en == "value.empty"


def test_every_exhibit_speaks_both_languages_and_the_table_holds_every_check(tmp_path: Path):
    from analytics.briefing.exhibits import faults
    from analytics.language import Text

    found = measured(tmp_path, [*good(30), "B1,,87032319,1"])
    parts = (
        quality.page.headline(found, Text("here", "此处")), quality.page.checks(found), quality.page.reasons(found),
        quality.page.inside(found), quality.page.method(),
    )  # fmt: skip
    assert [faults(p) for p in parts] == [[]] * len(parts)
    written = quality.page.tables(found)["quality"]
    assert isinstance(written, pd.DataFrame)
    assert len(written) == 6
    assert {"check", "value", "threshold", "status"} <= set(written)
