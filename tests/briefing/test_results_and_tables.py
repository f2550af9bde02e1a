"""What a finished briefing leaves for other programs, and what never leaves."""

import json
import stat
from types import SimpleNamespace

import pandas as pd
import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st

import analytics
from analytics import briefing, parameters
from analytics.briefing.files import harmless, write_bytes, write_csv
from analytics.briefing.page import current
from analytics.briefing.written.finishing import versions
from analytics.briefing.written.plain import plain
from analytics.briefing.written.step import TITLE, propose
from analytics.briefing.written.workbook import write_workbook
from analytics.language import Text


def test_the_same_inputs_give_the_same_bytes(project, sample):
    written = [
        {p.relative_to(f): p.read_bytes() for p in sorted(f.rglob("*")) if p.is_file()}
        for f in (sample.make(project / "one"), sample.make(project / "two"))
    ]
    assert written[0] == written[1]
    assert {"result.json", "tables.xlsx"} <= {str(p) for p in written[0]}


def test_the_result_is_the_same_in_both_languages(project, sample):
    assert (sample.make(project / "a", "en") / "result.json").read_bytes() == (
        sample.make(project / "b", "zh") / "result.json"
    ).read_bytes()


def test_the_result_holds_what_was_promised(project, sample):
    result = json.loads((sample.make(project / "out") / "result.json").read_text(encoding="utf-8"))
    assert result["notebook"] == "notebooks/tax_forecast/annual_revenue.ipynb"
    assert result["params"] == {"year": 2025, "source": ""}
    assert result["verdict"] == {
        "target": "revenue_forecast_error",
        "status": "watch",
        "value": 5.6,
        "low": 1.2,
        "high": None,
        "text": sample.verdict().text._asdict(),
    }
    assert result["figures"] == {"total": 2042.5, "gap": None}
    assert result["inputs"][0] == {
        "name": "declarations",
        "source": "simulated:lines=12,seed=7",
        "sha256": "ab" * 32,
        "rows_read": 12,
        "rows_used": 10,
        "rows_set_aside": 2,
        "first_period": "2025-01-01",
        "last_period": "2025-06-01",
    }
    assert result["tables"] == {n: f"tables/{n}.csv" for n in ("errors", "forecast", "items")}
    assert {"analytics", "python", "pandas", "statsmodels", "scikit-learn", "duckdb", "ibis"} <= set(result["versions"])
    assert result["seed"] == 7
    assert list(result) == sorted(result)


def test_no_path_of_this_machine_is_written(project, sample):
    folder = sample.make(project / "out", source=str(project / "data" / "receipts.csv") + " + /home/somebody/other.csv")
    text = (folder / "result.json").read_text(encoding="utf-8")
    assert str(project) not in text
    assert json.loads(text)["params"]["source"] == "data/receipts.csv + other.csv"


@pytest.mark.parametrize("kept", ["${ANALYTICS_DATA}/korea/a.csv", "database:CUSTOMS_DB/lines", "data/a b.csv", "1/2"])
def test_source_strings_are_kept_as_given(kept, tmp_path):
    assert plain(kept, tmp_path) == kept


def test_tables_carry_the_texts_of_the_page(project, sample):
    frame = pd.read_csv(sample.make(project / "out", "zh") / "tables" / "items.csv")
    assert frame["item"].tolist() == ["关税", "合计"]


def test_tables_open_in_excel_with_chinese_headings(project):
    path = write_csv(project / "t.csv", pd.DataFrame({"税种": ["关税"], "date": [pd.Timestamp("2025-06-30")]}))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert pd.read_csv(path).columns.tolist() == ["税种", "date"]
    assert "2025-06-30\n" in path.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("evil", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK()"])
def test_text_that_a_spreadsheet_would_run_is_disarmed(project, evil):
    frame = pd.DataFrame({"name": [evil], evil: [-1.5]})
    read = pd.read_csv(write_csv(project / "t.csv", frame))
    assert read["name"][0].startswith("'")
    assert read.columns[1].startswith("'")
    assert read.iloc[0, 1] == -1.5


@pytest.mark.parametrize("number", ["-1.5", "+3", "-2,042.7", "−5.6 %"])
def test_numbers_written_as_text_stay_numbers(number):
    assert harmless(number) == number


@pytest.mark.parametrize("text", ["-1\r1", "-1\n", "+1\t2", "-1\n=2", "-1\x0b"])
def test_a_line_break_makes_no_number(text):
    assert str(harmless(text)).startswith("'")


@settings(deadline=None, max_examples=60)
@given(st.text(st.sampled_from("=+-@＝＋\t\r\n 1a,.%"), max_size=8) | st.text(max_size=12))
def test_no_text_can_run(text):
    safe = harmless(text)
    assert "\r" not in safe
    assert safe.removeprefix("'") in (text.replace("\r\n", "\n").replace("\r", "\n"), text.removeprefix("'"))
    if safe.lstrip()[:1] in tuple("=@＝＋－＠"):
        raise AssertionError(safe)
    if safe.lstrip()[:1] in ("+", "-"):
        float(safe.strip().rstrip("%").replace(",", "").replace(" ", "").replace(".", "", safe.count(".") - 1) or 0)


def test_the_workbook_has_a_sheet_a_table_and_no_formula(project):
    path = project / "tables.xlsx"
    frame = pd.DataFrame(
        {"name": ["=1+1", "关税"], "level": [0.913, None], "day": pd.to_datetime(["2025-06-30", None])}
    )
    write_workbook(path, {"levels": frame, "x" * 40: frame}, {}, "en")
    book = python_calamine.CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["Contents", "levels", "x" * 31]
    rows = book.get_sheet_by_name("levels").to_python()
    assert rows[0] == ["name", "level", "day"]
    assert rows[1][0] == "=1+1"  # a text cell, not a formula
    assert rows[1][1] == 0.913
    import zipfile

    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet2.xml").decode()
    assert "<f>" not in sheet
    assert 'state="frozen"' in sheet


def test_a_table_too_long_for_a_sheet_is_named_in_the_contents(project, monkeypatch):
    from analytics.briefing.written import workbook

    monkeypatch.setattr(workbook, "MAX_ROWS", 2)
    path = write_workbook(project / "t.xlsx", {"lines": pd.DataFrame({"a": [1, 2, 3]})}, {}, "en")
    book = python_calamine.CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["Contents"]
    assert book.get_sheet_by_name("Contents").to_python()[1][:3] == ["", "tables/lines.csv", 3]


def test_original_identifiers_are_in_no_file_that_is_sent(project, sample):
    briefing.start("tax_forecast", {"output_dir": "reports/en/tax_forecast/small", "year": 2025})
    briefing.account(sample.Source())
    lines = pd.DataFrame({"enterprise_id": ["91110000X", "E-1"], "value": [1.0, 2.0]})
    columns = [briefing.Column("enterprise_id", Text("Enterprise", "企业"))]
    briefing.table(lines, title=Text("Lines", "清单"), columns=columns, name="lines")
    briefing.finish(sample.verdict(), {}, {"targeting": lines})
    folder = current().output_dir
    for path in folder.rglob("*"):
        if path.is_file():
            assert b"91110000X" not in path.read_bytes(), path
    assert not any("91110000X" in o["data"]["text/html"] + o["data"]["text/plain"] for o in current().outputs)
    assert pd.read_csv(folder / "tables" / "lines.csv")["enterprise_id"].tolist() == ["E-7f3a9c1b2d", "E-1"]
    assert pd.read_csv(folder / "quarantine" / "declarations.csv")["raw importer"].tolist() == ["E-7f3a9c1b2d", "other"]


def test_the_way_back_lies_outside_the_reports_for_its_owner_alone(project, sample):
    sample.make(project / "reports" / "en" / "tax_forecast" / ".small.partial")
    path = project / "private" / "en" / "tax_forecast" / "small" / "identities.csv"
    assert pd.read_csv(path).to_dict("records") == [
        {"kind": "enterprise", "masked": "E-7f3a9c1b2d", "original": "91110000X"}
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((project / "private").stat().st_mode) == 0o700
    assert not list((project / "reports").rglob("identities*"))


def test_without_identifiers_there_is_no_private_table(project, sample):
    sample.make(project / "out", inputs=[])
    assert not (project / "private").exists()


def test_a_result_names_the_version_of_its_code_whatever_an_installation_notes(monkeypatch):
    monkeypatch.setattr("analytics.briefing.written.finishing.version", lambda package: "0.0.1")
    assert versions()["analytics"] == analytics.__version__
    assert versions()["pandas"] == "0.0.1"


def test_tables_of_an_earlier_run_do_not_linger(project, sample):
    folder = sample.make(project / "out")
    (folder / "tables" / "old.csv").write_text("a\n1\n")
    (folder / "quarantine" / "old.csv").write_text("a\n1\n")
    sample.make(project / "out")
    assert not list(folder.rglob("old.csv"))


def test_a_file_is_whole_or_not_there(project, monkeypatch):
    from pathlib import Path

    path = write_bytes(project / "a.txt", b"first")

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_bytes(path, b"second")
    assert path.read_bytes() == b"first"
    assert [p.name for p in project.glob("*a.txt*")] == ["a.txt"]


@settings(deadline=None, max_examples=60)
@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda s: st.lists(s, max_size=3))
)
def test_anything_becomes_plain_json(value):
    json.dumps(plain(value), allow_nan=False)


@pytest.mark.parametrize(("language", "owner"), [("en", "Owner: revenue."), ("zh", "责任单位：税收岗。")])
def test_a_page_ends_with_a_step_and_who_takes_it_once(sample, project, language, owner):
    path = project / "params/tax_forecast/schema.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "x-owner": {"en": "revenue", "zh": "税收岗"}}))
    parameters.schemas._read_schema.cache_clear()
    sample.make(project / "out", language=language)
    told = [o["data"]["text/html"] for o in current().outputs if o["metadata"]["briefing"].get("title") in TITLE]
    assert len(told) == 1
    assert owner in told[0]


def test_no_step_is_proposed_beside_the_pillars_own_and_each_status_has_one(monkeypatch):
    for status in ("met", "not_met", "watch", "insufficient"):
        page = SimpleNamespace(owner={"en": "x", "zh": "某岗"}, outputs=[], language="en", tell=lambda t: t)
        page.show = lambda kind, content, plain, page=page, **facts: page.outputs.append(
            {"metadata": {"briefing": {"kind": kind, **facts}}, "plain": plain}
        )
        verdict = SimpleNamespace(status=status)
        propose(page, verdict, None)
        propose(page, verdict, [object()])
        assert len(page.outputs) == 1
    page.outputs = []
    propose(page, verdict, [object()] * 3)
    assert "Verify the leads that are listed (3)" in page.outputs[0]["plain"]
