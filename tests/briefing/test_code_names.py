"""Names beside codes are the codes' own, and no name is lent to another country's codes."""

import csv
import re
from importlib import resources

import pandas as pd
import pytest

from analytics.briefing import Column
from analytics.briefing.look import code_names
from analytics.briefing.look.grid import grid
from analytics.language import Text


@pytest.mark.parametrize(
    ("code", "en", "zh"),
    [
        ("8703231090", "Passenger cars", "乘用车"),
        ("2709", "Crude petroleum", "原油"),
        ("84", "Machinery", "机械器具"),
        ("03.02.14", "Fish, fresh or chilled", "鲜、冷鱼"),
        ("8499", "Machinery", "机械器具"),
    ],
)
def test_a_commodity_code_has_its_heading_s_name_or_its_chapter_s(code, en, zh):
    assert code_names.goods(code) == Text(en, zh)


@pytest.mark.parametrize("code", ["", "7", "77", "98", "unknown", None, "E-7f3a9c1b"])
def test_what_is_no_known_code_has_no_name(code):
    assert code_names.goods(code) is None


def test_the_nomenclature_is_complete_and_said_in_both_languages():
    text = (resources.files("analytics") / "data" / "hs_names.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    codes = [row["code"] for row in rows]
    assert len(set(codes)) == len(codes)
    assert {c for c in codes if len(c) == 2} == {f"{n:02d}" for n in range(1, 98) if n != 77}
    assert sum(len(c) == 4 for c in codes) >= 1_228, "the headings of the 2022 edition"
    assert all(c[:2] in codes for c in codes)
    assert not [r for r in rows if not r["en"].strip() or not re.search(r"[\u4e00-\u9fff]", r["zh"])]


def test_another_country_s_codes_are_given_no_name_of_china_s_districts():
    assert code_names.are_districts(["5300", "2200", "9100", "0200"])
    assert not code_names.are_districts(["5301", "2704", "0101", "5300"])
    assert not code_names.are_districts(["DEU", "ESP"])
    assert not code_names.are_districts([])


def _shown(frame, columns, by=()):
    return grid(frame, Text("T", "表"), [Column(c, Text(c, c)) for c in columns], "en", by=by)


def test_tables_show_names_beside_codes():
    frame = pd.DataFrame({"district": ["5300", "2200"], "hs_code": ["8703231090", "9999999999"], "note": ["8703", "x"]})
    shown = _shown(frame, ["district", "hs_code", "note"])
    assert [name for name in ("Shenzhen", "Shanghai") if name in shown] == ["Shenzhen", "Shanghai"]
    assert shown.count("Passenger cars") == 1
    assert "9999999999" in shown
    keyed = pd.DataFrame({"key": ["5300 x 84", "2200 x 27"]})
    assert "Shenzhen, Machinery" in _shown(keyed, ["key"], ["district", "chapter"])
    assert "Machinery" not in _shown(keyed, ["key"]), "without knowing what the parts are nothing is named"
    abroad = pd.DataFrame({"district": ["5301", "5300"], "hs_code": ["2709", "27"]})
    assert "Shenzhen" not in _shown(abroad, ["district", "hs_code"])


def test_countries_have_names_in_both_languages_where_the_codes_are_countries():
    frame = pd.DataFrame({"origin": ["US", "NO"], "hub": ["AB1", "SWE"], "unit": ["kg", "piece"]})
    columns = [Column(c, Text(c, c)) for c in frame]
    en, zh = (grid(frame, Text("T", "表"), columns, language, by=()) for language in ("en", "zh"))
    assert "Norway" in en
    assert "挪威" in zh
    assert "Sweden" not in en, "codes of another kind lend no names"
    assert "千克" in zh
    assert "千克" not in en
    assert code_names.with_name("SWE") == Text("Sweden (SWE)", "瑞典（SWE）")
    assert code_names.with_name("ZZZ") == Text("ZZZ", "ZZZ")
    assert code_names.word("duty") == Text("duty", "关税")


def test_a_table_without_a_row_says_so():
    frame = pd.DataFrame({"origin": pd.Series(dtype="str"), "y": pd.Series(dtype="float")})
    columns = [Column("origin", Text("O", "源")), Column("y", Text("Y", "值"), "number")]
    assert '<td colspan="2">无</td>' in grid(frame, Text("T", "表"), columns, "zh", by=())
    assert "无" not in grid(pd.DataFrame({"origin": ["US"], "y": [1.0]}), Text("T", "表"), columns, "zh", by=())


def test_every_country_stands_once_in_both_languages():
    text = (resources.files("analytics") / "data" / "countries.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 249 == len({r["alpha2"] for r in rows}) == len({r["alpha3"] for r in rows})
    assert not [r for r in rows if not r["en"].strip() or not re.search(r"[\u4e00-\u9fff]", r["zh"])]
