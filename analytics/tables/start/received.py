"""First column map for receipts: long, years by months, items by periods, periods by items."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from analytics.errors import fold_width, plain_name
from analytics.tables.contract.months import month_labelled
from analytics.tables.plausible.measures import no_revenue
from analytics.tables.start import kinds
from analytics.tables.start.kinds import LABELS, label_of, without_words
from analytics.tables.start.phrases import part
from analytics.tables.start.seen import Lines, Seen, bare, code_of, flags, multiplier_of, negatives, quoted, unit_line
from analytics.tables.start.words import CUMULATIVE, columns_named
from analytics.tables.values.spellings import family_of
from analytics.tables.values.totals import is_total

_YEAR = 12
_IDS = ("district", "tax_item", "unit", "currency", "unique_id")
_BESIDE = ("ds", "district", "unit", "currency", "vintage", "tax_item", "unique_id")
_AMOUNTS = ("amount", "value", "obs_value", "y", "金额", "税额")  # names that say nothing of what the amount is of


def received(seen: Seen) -> Lines | None:
    """Lines of the map and headers used; None where no period and no amount is found."""
    named = columns_named(seen.header, "receipts", seen.values)
    goods = columns_named(seen.header, "declarations", seen.values)
    if "hs_code" in goods and kinds.are_codes(seen.values(goods["hs_code"])) and {"origin", "direction"} & set(goods):
        return None  # trade by goods: values and quantities beneath one another are no revenue
    return _wide(seen, named) or _labelled(seen, named) or _long(seen, named) or _by_values(seen, named)


def _wide(seen: Seen, named: dict[str, str]) -> Lines | None:
    """Years down, months across."""
    year = next(iter(part(seen.header, "years")), None)
    months = {h: m for h in seen.header if h != year and (m := month_labelled(h))}
    if year is None or len(months) < 2:
        return None
    ids = {n: h for n, h in named.items() if n in _IDS and h not in months and h != year}
    lines = ["columns:", f"  ds: {{join: [{quoted(year)}, ds]}}", *(f"  {n}: {quoted(h)}" for n, h in ids.items())]
    labels = ", ".join(f'{quoted(h)}: "{m:02d}"' for h, m in months.items())
    lines += [*unit_line(year, ids, seen), f"unpivot: {{into: ds, values: y, columns: {{{labels}}}}}"]
    lines += _fiscal(list(months.values()), seen.values(year))
    return lines, {year, *months, *ids.values()}


def _fiscal(months: list[int], years: list[str]) -> list[str]:
    """Last month of a fiscal year, told by the order in which the header lists the months: April to March."""
    runs = len(months) == _YEAR and all((b - a) % _YEAR == 1 for a, b in pairwise(months))
    if not runs or months[0] == 1 or kinds.are_years(years):
        return []
    return [f"year_ends: {months[-1]}  # the header lists the months of a year in this order"]


def _labelled(seen: Seen, named: dict[str, str]) -> Lines | None:
    """Items down, periods across."""
    kind = [label_of(h) for h in seen.header]
    finest = min((k for k in kind if k), key=lambda k: {"year": 2, "quarter": 1}.get(k, 0), default="")
    months = tuple(k for k in LABELS if k not in ("year", "quarter"))
    wanted = (finest,) if finest in ("year", "quarter") else months  # a year beside its months adds them up
    labels = [h for h, k in zip(seen.header, kind, strict=True) if k in wanted]
    if len(labels) < 3:
        return None
    periods = {h for h, k in zip(seen.header, kind, strict=True) if k}
    ids = {n: h for n, h in named.items() if n in _IDS and h not in periods}
    first = next((h for h in seen.header if h and h not in periods and h not in ids.values()), None)
    ids |= {"unique_id": first} if first and not {"unique_id", "tax_item", "district"} & set(ids) else {}
    lines = ["columns:", *(f"  {n}: {quoted(h)}" for n, h in ids.items()), *unit_line(first or "", ids, seen)]
    lines += [_across(labels, "ds"), *_cumulative(labels), *negatives(labels, seen), *flags(labels, seen)]
    return lines, {*labels, *ids.values()}


def _long(seen: Seen, named: dict[str, str]) -> Lines | None:
    """One amount a row, named as such; two columns of amounts are two items, whatever one of them is called."""
    if not {"ds", "y"} <= set(named):
        return None
    others = [h for h in _amounts(seen, named) if h != named["y"]]
    if others and plain_name(named["y"]) not in map(plain_name, _AMOUNTS) and "tax_item" not in named:
        return None
    named = {n: h for n, h in named.items() if n != "unit"} if multiplier_of(seen) else named
    when, dates = _when(seen, named)
    lines = ["columns:", f"  ds: {when}", *(f"  {n}: {quoted(h)}" for n, h in named.items() if n != "ds")]
    lines += unit_line(named["y"], named, seen) + _cumulative([named["y"], *_spans(dates, seen)]) + _frequency(seen)
    return [*lines, *negatives([named["y"]], seen), *flags([named["y"]], seen)], {*named.values(), *dates}


def _by_values(seen: Seen, named: dict[str, str]) -> Lines | None:
    """Periods down and amounts across, told by what stands in the columns where no name tells it."""
    when, dates = _when(seen, named)
    if not when:
        found = [h for h in seen.header if h and kinds.are_periods(seen.values(h))]
        when, dates = (quoted(found[0]), found[:1]) if found else ("", [])
    ids = {n: h for n, h in named.items() if n in _BESIDE and n != "ds" and h not in dates}
    amounts = [h for h in _amounts(seen, ids) if h not in dates]
    texts = [h for h in seen.header if h and h not in {*dates, *ids.values(), *amounts} and _is_text(seen, h)]
    if not when or not amounts or (len(amounts) > 1 and texts) or len(texts) > 1:
        return None
    ids |= {"tax_item": texts[0]} if texts and "tax_item" not in ids else {}
    if len(amounts) > 1 and "tax_item" in ids:
        return None  # items down and items across: which of them is revenue is not told by their looks
    many = [_across(amounts, "tax_item")] if len(amounts) > 1 or (not texts and "tax_item" not in ids) else []
    one = [] if many else [f"  y: {quoted(amounts[0])}"]
    lines = ["columns:", f"  ds: {when}", *(f"  {n}: {quoted(h)}" for n, h in ids.items()), *one]
    lines += [
        *unit_line(amounts[0], ids, seen),
        *many,
        *_cumulative([*amounts, *_spans(dates, seen)]),
        *negatives(amounts, seen),
        *flags(amounts, seen),
    ]
    return lines, {*dates, *ids.values(), *amounts}


def _when(seen: Seen, named: dict[str, str]) -> tuple[str, list[str]]:
    """Where the period comes from, and its headers; a column of months alone is joined to that of the years."""
    years = [h for h in part(seen.header, "years") if kinds.are_years(seen.values(h))]
    months = [h for h in part(seen.header, "months") if kinds.are_months(seen.values(h))]
    if "ds" in named and kinds.are_months(seen.values(named["ds"])):
        months = [named["ds"]]
    if years and months and years[0] != months[0]:
        return f"{{join: [{quoted(years[0])}, {quoted(months[0])}]}}", [years[0], months[0]]
    column = named.get("ds") or next(iter(years), "")
    return (quoted(column), [column]) if column else ("", [])


def _amounts(seen: Seen, named: dict[str, str]) -> list[str]:
    """Columns of amounts: without growth, plans and counts, sums since January beside months, totals beside parts."""
    beside = {h for n, h in named.items() if n != "y"} | set(part(seen.header, "years"))
    found = [h for h in seen.header if h and h not in beside and no_revenue(h) is None]
    found = [h for h in found if kinds.are_figures(seen.values(h))]
    for leave in (_runs, is_total):
        found = [h for h in found if not leave(h)] or found
    return found


def _is_text(seen: Seen, header: str) -> bool:
    values = seen.values(header)
    return len(values) > 1 and not kinds.are_figures(values)


def _across(headers: list[str], into: str) -> str:
    meant = {h: without_words(fold_width(h)) if into == "ds" else h for h in headers}
    across = ", ".join(f"{quoted(h)}: {quoted(to)}" for h, to in meant.items())
    return f"unpivot: {{into: {into}, values: y, columns: {{{across}}}}}"


def _runs(header: str) -> bool:
    return any(word in header.lower() for word in CUMULATIVE)


def _cumulative(amounts: list[str]) -> list[str]:
    said = "cumulative: true  # the name says that amounts run from January on"
    return [said] if all(map(_runs, amounts)) or _RUNNING in amounts else []


_RUNNING = "since January"


def _spans(dates: Sequence[str], seen: Seen) -> list[str]:
    """Whether periods are runs of months that all begin in January and lengthen: 2024年1-2月, 1-3月, 1-4月."""
    values = seen.every(dates[0]) if len(dates) == 1 else []
    spans = [p.months for v in values if (found := family_of(v))[0] == "months of a year" for p in found[1].values()]
    return [_RUNNING] if len(spans) > 2 and len(spans) >= 0.8 * len(values) and len(set(spans)) > 2 else []


def _frequency(seen: Seen) -> list[str]:
    """Keep one frequency where a file holds several."""
    header = next((h for h in seen.header if bare(h) in ("freq", "frequency")), None)
    held = {code_of(v): v for v in seen.values(header)} if header else {}
    kept = next((held[f] for f in ("M", "Q", "A") if f in held), None)
    if header is None or kept is None or len(held) < 2:
        return []
    reason = "reason: {en: another frequency, zh: 其他频率}"
    return [f"leave_out_rows: [{{column: {quoted(header)}, not_equals: {quoted(kept)}, {reason}}}]"]
