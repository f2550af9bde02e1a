import json

import pytest

from analytics.parameters import ParameterError, check, digest, load, pillar_name, pillars, reference

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Price level",
    "type": "object",
    "additionalProperties": False,
    "x-notebook": "notebooks/valuation/price_level.ipynb",
    "properties": {
        "period": {"title": "Period", "type": "string", "unit": "month", "default": "2025-06", "description": ""},
        "rate": {"title": "Rate", "type": "number", "minimum": 0, "maximum": 1, "unit": "share", "default": 0.04},
        "method": {"title": "Method", "type": "string", "enum": ["cpd", "ratio"], "unit": "", "default": "cpd"},
        "years": {"title": "Years", "type": "array", "items": {"type": "integer"}, "unit": "year", "default": [2025]},
    },
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    folder = tmp_path / "params" / "valuation"
    folder.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("")
    (folder / "schema.json").write_text(json.dumps(SCHEMA))
    monkeypatch.chdir(tmp_path)
    return folder


def test_a_mistyped_parameter_names_its_file_and_the_nearest_name(project):
    (project / "nanjing.yaml").write_text("perido: 2025-06\n")
    with pytest.raises(ParameterError) as error:
        load(project / "nanjing.yaml")
    assert str(error.value) == ('params/valuation/nanjing.yaml: unknown parameter "perido". Did you mean "period"?')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rate: 1e", "Write a number"),
        ("rate: 4", "number, 0 to 1"),
        ("method: cdp", "cpd, ratio"),
        ("method: no", '"method": "no"'),
        ("years: [2024, late]", '"years"[1]: "late"'),
        ("- a list", "expected lines"),
        ("rate: [", "not readable as YAML"),
    ],
)
def test_a_wrong_value_names_what_was_given_and_what_is_allowed(project, text, said):
    (project / "bad.yaml").write_text(text + "\n")
    with pytest.raises(ParameterError) as error:
        load(project / "bad.yaml")
    assert said in str(error.value)
    assert "params/valuation/bad.yaml" in str(error.value)


def test_every_fault_of_a_set_is_named_at_once(project):
    (project / "bad.yaml").write_text("rate: 7\nperido: x\nmethod: y\n")
    with pytest.raises(ParameterError) as error:
        load(project / "bad.yaml")
    assert len(str(error.value).splitlines()) == 3


def test_defaults_fill_what_a_set_leaves_out_and_settings_replace_what_it_says(project):
    (project / "ok.yaml").write_text("rate: 0.05\n")
    assert load(project / "ok.yaml").values == {"period": "2025-06", "rate": 0.05, "method": "cpd", "years": [2025]}
    assert load(project / "ok.yaml", {"rate": 0.02}).values["rate"] == 0.02
    with pytest.raises(ParameterError, match="--set"):
        load(project / "ok.yaml", {"rate": 2})


def test_sets_in_a_folder_below_keep_the_folder_in_their_name(project):
    (project / "bulk").mkdir()
    (project / "bulk" / "june.yaml").write_text("rate: 0.05\n")
    assert load(project / "bulk" / "june.yaml").name == "bulk/june"


def test_a_missing_file_and_a_missing_pillar_are_named(project):
    with pytest.raises(ParameterError, match="no such file"):
        load(project / "none.yaml")
    with pytest.raises(ParameterError, match='Did you mean "valuation"'):
        check("valuatoin", {}, "here")


def test_the_reference_shows_title_unit_range_and_default(project):
    assert "| `rate` | Rate | share | number, 0 to 1 | 0.04 |" in reference("valuation")


def test_the_digest_depends_on_values_and_not_on_their_order():
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1}) != digest({"a": 1, "b": 3})


@pytest.fixture
def dossier(project):
    """A second notebook of the pillar, with a parameter of its own."""
    rules = {
        **SCHEMA,
        "x-notebook": "notebooks/valuation/dossier.ipynb",
        "properties": {"lines": {"title": "Lines", "type": "integer", "minimum": 1, "unit": "", "default": 10}},
    }
    (project / "dossier.schema.json").write_text(json.dumps(rules))
    return project


def test_a_set_names_the_second_notebook_of_its_pillar_and_is_checked_by_that_ones_schema(dossier):
    (dossier / "largest.yaml").write_text("notebook: dossier\nlines: 3\n")
    found = load(dossier / "largest.yaml", {"lines": 4})
    assert (found.pillar, found.subject, found.name) == ("valuation", "valuation/dossier", "largest")
    assert found.values == {"lines": 4}
    assert found.notebook.name == "dossier.ipynb"
    (dossier / "largest.yaml").write_text("notebook: dossier\nrate: 0.5\n")
    with pytest.raises(ParameterError, match=r"largest\.yaml: unknown parameter"):
        load(dossier / "largest.yaml")


def test_a_mistyped_notebook_names_the_nearest_one(dossier):
    (dossier / "bad.yaml").write_text("notebook: dosier\n")
    with pytest.raises(ParameterError, match=r'bad.yaml: "dosier" is not a notebook of .*Did you mean "dossier"'):
        load(dossier / "bad.yaml")


def test_a_pillar_needs_its_own_files_and_no_list_of_pillars(project, tmp_path):
    folder = tmp_path / "params" / "origin"
    folder.mkdir()
    (folder / "schema.json").write_text(
        json.dumps({**SCHEMA, "x-order": 1, "x-name": {"en": "Origin", "zh": "原产地"}})
    )
    (folder / "first.yaml").write_text("rate: 0.05\n")
    assert pillars() == ["origin", "valuation"]
    assert load(folder / "first.yaml").pillar == "origin"
    assert pillar_name("origin").zh == "原产地"
    assert pillar_name("gone") == ("gone", "gone")


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("period: 2025-06-01", "period", "2025-06-01"),
        ("period: 0100", "period", "0100"),
        ("period: NO", "period", "NO"),
        ("rate: 1e-3", "rate", 0.001),
        ("years: [2024, 2025]", "years", [2024, 2025]),
    ],
)
def test_text_stays_text_and_figures_are_figures(project, line, key, value):
    (project / "plain.yaml").write_text(line + "\n")
    assert load(project / "plain.yaml").values[key] == value


def _own_set(folder, source):
    sets = folder / "operations"
    sets.mkdir(exist_ok=True)
    path = sets / "own.yaml"
    path.write_text(f"declarations: {source}\nplace: x\nplace_zh: x\n", encoding="utf-8")
    return path


def test_a_source_is_found_beside_its_set_from_wherever_one_stands(tmp_path, monkeypatch):
    (tmp_path / "lines.csv").write_text("a\n1\n", encoding="utf-8")
    path = _own_set(tmp_path, "../lines.csv")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert (elsewhere / load(path).values["declarations"]).samefile(tmp_path / "lines.csv")
    joined = load(_own_set(tmp_path, "../lines.csv + published:x")).values["declarations"]
    assert joined == "../lines.csv + published:x"


def test_a_name_that_leads_to_two_files_is_refused(tmp_path, monkeypatch):
    path = _own_set(tmp_path, "lines.csv")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lines.csv").write_text("a\n1\n", encoding="utf-8")
    assert load(path).values["declarations"] == "lines.csv"
    (path.parent / "lines.csv").write_text("a\n2\n", encoding="utf-8")
    with pytest.raises(ParameterError, match=r'"declarations": "lines.csv" leads to two files'):
        load(path)
