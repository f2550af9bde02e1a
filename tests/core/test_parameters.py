import json

import pytest

from analytics.parameters import ParameterError, check, digest, load, reference

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
        ("rate: 1e-3", "write 0.001"),
        ("rate: 4", "number, 0 to 1"),
        ("method: cdp", "cpd, ratio"),
        ("period: 2025-06-01", "Allowed: text"),
        ("method: no", '"method": false'),
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
