"""The documentation site holds every page, and no link in it leads nowhere."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
_LINK = re.compile(r"(?<!`)\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.M)


def _named(entry):
    for value in entry.values() if isinstance(entry, dict) else [entry]:
        yield from (name for item in value for name in _named(item)) if isinstance(value, list) else [value]


def test_every_page_stands_in_the_contents_once():
    site = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    named = [name for entry in site["nav"] for name in _named(entry)]
    assert sorted(named) == [page.name for page in PAGES]
    assert site["strict"]
    assert site["theme"]["font"] is False, "nothing is fetched"
    assert [p for p in site["plugins"] if isinstance(p, str)] == ["search", "offline"], "searched on a disk too"
    [shim] = site["extra"]["polyfills"]
    assert (DOCS / shim).is_file(), "without it the site would fetch one, in whose name the plugin looks"
    assert "iframe-worker" in shim


def _anchors(page):
    """Names of a page's headings as the site makes them."""
    found = _HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[\s]+", "-", re.sub(r"[^\w\s-]", "", h.replace("`", "")).strip().lower()) for h in found}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_no_link_of_a_page_leads_nowhere(page):
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
    for target in _LINK.findall(text):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.is_file(), f"{page.name}: {target}"
        assert there.is_relative_to(DOCS), f"{page.name}: {target} lies outside the site"
        if anchor:
            assert anchor in _anchors(there), f"{page.name}: {target}"


def test_the_lock_of_the_site_pins_every_file_and_names_no_host():
    text = (ROOT / "requirements-docs.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^[a-z0-9\[\]._-]+==\S+", text, re.M)
    assert {"mkdocs-material", "mkdocstrings"} <= {re.split(r"[\[=]", pin)[0] for pin in pins}
    assert text.count("--hash=sha256:") >= len(pins)
    assert "://" not in text
