"""What columns are called in files of customs offices and statistical bodies, beside the names of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from analytics.errors import plain_name
from analytics.tables.contract.contracts import contract
from analytics.tables.mapping.files import every_shipped
from analytics.tables.start.names import WORDS, forms
from analytics.tables.start.phrases import Values, before_bracket, by_phrase

CUMULATIVE = ("累计", "cumulative", "ytd", "year to date", "year-to-date", "to date", "acumulado", "cumul")


@cache
def names_of(table: str) -> dict[str, tuple[str, ...]]:
    """Canonical column to the names that it is known by, the most certain first."""
    found: dict[str, list[str]] = {}
    for column in contract(table).columns:
        found[column.name] = [column.name, column.title.en, column.title.zh]
    shipped = [m.fields for m in every_shipped() if m.table == table]
    means = {plain_name(w): {name} for name, words in WORDS.get(table, {}).items() for w in words}
    # A partner is where exports go to in one map, where imports come from in another.
    for name, source in ((n, s) for fields in shipped for n, rule in fields.items() for s in rule.sources):
        means.setdefault(plain_name(source), set()).add(name)
    for fields in shipped:
        for name, rule in fields.items():
            found.setdefault(name, []).extend(s for s in rule.sources if len(means[plain_name(s)]) == 1)
    for name, words in WORDS.get(table, {}).items():
        found[name].extend(words)
    for name, words in forms(table).items():
        found[name].extend(words)
    return {name: tuple(dict.fromkeys(words)) for name, words in found.items()}


def columns_named(header: Sequence[str], table: str, values: Values | None = None) -> dict[str, str]:
    """Canonical column to the header that seems to hold it; each header serves once.

    Parameters
    ----------
    header : column names
    table : of the contract
    values : distinct values of a column, a few; where given, a name counts only if its values look like it
    """
    bare = {h: plain_name(before_bracket(h)) for h in header if h}
    plain = {h: plain_name(h) for h in header if h}
    found: dict[str, str] = {}
    for name, words in names_of(table).items():
        for word in map(plain_name, words):
            hit = next((h for h in plain if word in (plain[h], bare[h]) and h not in found.values()), None)
            if hit and word:
                found[name] = hit
                break
    return found | by_phrase([h for h in plain if h not in found.values()], table, set(found), values)
