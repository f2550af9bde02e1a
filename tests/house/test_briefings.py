"""The suite end to end: every set that needs no data of the user's, in both languages, as a reader receives it."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analytics import briefing
from analytics.batch import find_sets, missing_sources, run_sets
from analytics.parameters import ParameterSet, digest, load
from analytics.targets import judge, targets

ROOT = Path(__file__).resolve().parents[2]
TABLES = {
    "tax_forecast": {
        "backtest": "unique_id year months_known actual forecast low80 high80 low95 high95 model",
        "forecast": "unique_id year as_of forecast low80 high80 low95 high95 p_within_5pct",
    },
    "valuation": {
        "price_level": "by key period level low95 high95 level_included level_loo lines effective_n "
        "matched_value_share status",
        "contributions": "by key parent weight relative contribution",
    },
    "smuggling": {
        "targeting": "declaration_id line_no date port hs_code score expected_recovery selected stream reasons",
        "evaluation": "split strategy selected_share precision recall recovered_share low95 high95",
        "enterprises": "enterprise_id attention score legal_category reasons",
    },
    "early_warning": {"alarms": "series since kind size low95 high95 carried_by status"},
    "early_warning/containment": {"containment": "place period group low high"},
    "early_warning/enforcement": {"comparisons": "unit decided compared taken observed others odds low95 high95"},
    "early_warning/steps": {"leads": "old new before after fell gained"},
    "scorecard": {"indicators": "indicator_id period district value target status"},
    "quality": {"quality": "check check_zh value threshold status"},
}
EXTERNAL = re.compile(r"""(?:src|href)\s*=\s*["'](?:https?:)?//|@import|url\(\s*["']?(?:https?:)?//""")


# One forecast as it is shipped, the newest; the others by a model that is fitted at once, and judged in fewer years.
QUICK = {
    "china_2024_march": {"model": "damped_growth", "record_years": 5, "paths": 200},
    "china_2025_june": {"model": "damped_growth", "record_years": 5, "paths": 200},
    "evaluation_china": {"since": 2021, "year_end_block": False},
}


# What says all it says on fewer still.
PARTS = {("valuation", "simulated_districts"): 8, ("compliance", "simulated"): 8}


def _smaller(found: ParameterSet) -> ParameterSet:
    """The set on a quarter or an eighth of its simulated lines: contracts and words do not hang on their number."""
    given = dict(found.values)
    if found.name in QUICK:
        return load(found.path, QUICK[found.name])
    sources = {key: value for key, value in given.items() if "simulated:lines=" in str(value)}
    parts = PARTS.get((found.pillar, found.name), 4)
    fewer = {k: re.sub(r"lines=(\d+)", lambda n: f"lines={int(n[1]) // parts}", v) for k, v in sources.items()}
    return load(found.path, fewer) if fewer and "scene=" not in str(sources) else found


EMBEDDED = [_smaller(s) for s in find_sets([]) if not re.search(r"\$\{|database:", json.dumps(s.values))]
NAMES = [f"{s.pillar}/{s.name}" for s in EMBEDDED]
# Every page in English; in Chinese one of each notebook.
CHINESE = list({s.notebook: f"{s.pillar}/{s.name}" for s in reversed(EMBEDDED)}.values())
PAGES = [*((name, "en") for name in NAMES), *((name, "zh") for name in CHINESE)]


@pytest.fixture(scope="session")
def reports(tmp_path_factory):
    """Every embedded set, run in the languages of `PAGES`."""
    assert not any(missing_sources(s) for s in EMBEDDED)
    out = tmp_path_factory.mktemp("reports")
    for language in ("en", "zh"):
        sets = [s for s in EMBEDDED if (f"{s.pillar}/{s.name}", language) in PAGES]
        failed = [f"{o.name}: {o.message}" for o in run_sets(sets, out, language, jobs=2) if o.state != "done"]
        assert not failed, failed
    return out


def _result(reports: Path, name: str, language: str = "en") -> dict:
    return json.loads((reports / language / name / "result.json").read_text(encoding="utf-8"))


def test_a_user_without_data_gets_briefings_of_every_pillar():
    assert {s.pillar for s in EMBEDDED} >= {"tax_forecast", "valuation", "smuggling"}


@pytest.mark.parametrize("name", NAMES)
def test_the_result_keeps_its_contract(reports, name):
    result = _result(reports, name)
    assert result["params_sha256"] == digest(result["params"])
    assert result["verdict"]["status"] in ("met", "not_met", "watch", "insufficient")
    assert result["verdict"]["target"] in {*targets(), ""}  # a page that judges no indicator of the plan names none
    assert all(result["verdict"]["text"][language] for language in ("en", "zh"))
    _no_verdict_against_its_own_value(result["verdict"])
    assert all(v is None or isinstance(v, int | float) for v in result["figures"].values())
    assert result["inputs"]
    for entry in result["inputs"]:
        assert entry["rows_read"] == entry["rows_used"] + entry["rows_set_aside"]
        assert re.fullmatch(r"[0-9a-f]{64}", entry["sha256"])


def _no_verdict_against_its_own_value(verdict: dict) -> None:
    """The indicator's own threshold, asked anew: no page says met over a value that misses it, nor missed over one
    that meets it."""
    if verdict["status"] in ("met", "not_met") and verdict["value"] is not None:
        assert judge(verdict["target"], verdict["value"]) in (verdict["status"], "insufficient"), verdict


@pytest.mark.parametrize("name", NAMES)
def test_tables_that_other_programs_read_have_the_columns_promised(reports, name):
    result = _result(reports, name)
    subject = next(s.subject for s in EMBEDDED if f"{s.pillar}/{s.name}" == name)
    for table, columns in TABLES.get(subject, {}).items():
        frame = pd.read_csv(reports / "en" / name / result["tables"][table])
        assert list(frame.columns)[: len(columns.split())] == columns.split(), table
        assert len(frame) or table == "alarms", table  # a week may have none


@pytest.mark.parametrize("name", CHINESE)
def test_the_same_inputs_give_the_same_bytes_whatever_the_language(reports, name):
    first = (reports / "en" / name / "result.json").read_bytes()
    assert first == (reports / "zh" / name / "result.json").read_bytes()


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_a_page_is_light_self_contained_and_names_no_machine(reports, name, language):
    _light((reports / language / name / "briefing.html").read_text(encoding="utf-8"))


def _light(page: str) -> None:
    assert len(page.encode()) <= 500 * 1024
    assert not EXTERNAL.search(page)
    assert "<script" not in page
    assert "default-src 'none'" in page.replace("&#39;", "'")
    assert str(ROOT) not in page
    assert "site-packages" not in page


def test_pages_of_the_last_batch_at_their_full_size_are_light_too():
    """What `make briefings` left, as continuous integration runs it before the tests; pages of before are old."""
    pages = list((ROOT / "reports" / "en").glob("*/*/briefing.html"))
    if not pages:
        pytest.skip("no briefings here: make briefings")
    for path in pages:
        _light(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_no_page_calls_an_undecided_case_guilty(reports, name, language):
    page = (reports / language / name / "briefing.html").read_text(encoding="utf-8")
    told = re.sub(r"<details.*?</details>|<svg.*?</svg>|<style.*?</style>", "", page, flags=re.DOTALL)
    assert not re.search(r"smuggling (?:was )?(?:detected|found|confirmed)|(?<!遏制)走私(?!风险|与)|违规", told), told


# Words of the workshop that no official knows: not in a headline.
UNKNOWN = re.compile(
    r"\b(?:kappa|sigma|ensemble|posterior|prior|bootstrap|quantile|residual|regression|heteroskedastic|"
    r"log[- ]odds|AUC|ROC|MAPE|RMSE|CPD|GLS|ETS|ARIMA|p-value|hyperparameter|outlier|robust|estimator|boosting|"
    r"NaN|DataFrame|cells?|blend)\b|卡帕|后验|先验|自助法|分位数|残差|回归|单元格|稳健|估计量|集成模型"
)


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_headlines_and_tiles_use_words_that_an_official_knows(reports, name, language):
    soup = BeautifulSoup((reports / language / name / "briefing.html").read_text(encoding="utf-8"), "html.parser")
    told = [e.get_text(" ") for e in soup.select("h1, h2, .lead, .tile .what, .tile .note, .tile .figure-value")]
    assert not [t for t in told if UNKNOWN.search(t)]


# Half-width marks between Chinese words, and dates as programs write them.
UNLIKE_CHINESE = re.compile(
    r"[\u4e00-\u9fff]\s?[,;:?!](?=\s|$|[\u4e00-\u9fff])|[\u4e00-\u9fff]\((?=[\u4e00-\u9fff])|(?<!\d)\d{4}-\d\d(?:-\d\d)?(?!\d)"
)


@pytest.mark.parametrize("name", CHINESE)
def test_chinese_pages_have_chinese_marks_and_dates_in_what_is_read_first(reports, name):
    soup = BeautifulSoup((reports / "zh" / name / "briefing.html").read_text(encoding="utf-8"), "html.parser")
    told = [e.get_text("") for e in soup.select("h1, h2, h3, caption, .kicker, .lead, .sub, .tile, footer")]
    assert not [t for t in told if UNLIKE_CHINESE.search(t)]
    assert "责任单位" in soup.get_text(), "every page proposes a step and names who takes it"


@pytest.mark.parametrize("name", NAMES)
def test_simulated_data_are_said_to_be_simulated_on_every_page(reports, name):
    if _result(reports, name)["simulated"]:
        assert "imulated" in (reports / "en" / name / "briefing.html").read_text(encoding="utf-8")
        if name in CHINESE:
            assert "模拟" in (reports / "zh" / name / "briefing.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_briefing_packs_with_links_that_work_and_nothing_private(reports, name, tmp_path):
    import zipfile

    briefing.pack(reports / "en" / name, tmp_path / "b.zip")
    names = zipfile.ZipFile(tmp_path / "b.zip").namelist()
    assert any(n.endswith("briefing.html") for n in names)
    assert not any("identit" in n or "mask" in n for n in names)


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_ask_the_network_for_nothing_and_fit_a_phone(reports, language, chromium):
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in [
        reports / language / "index.html",
        *(reports / language / n / "briefing.html" for n, told in PAGES if told == language),
    ]:
        page.goto(path.as_uri())
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px wider than a phone"
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    page.close()
