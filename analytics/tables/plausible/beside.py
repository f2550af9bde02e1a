"""Doubts about what a file says beside its values: units in headers, columns that scale others, sheets alike."""

from __future__ import annotations

from collections.abc import Mapping

from analytics.errors import plain_name
from analytics.language import Text
from analytics.tables.contract.contracts import Contract, contract
from analytics.tables.contract.doubts import Doubt, Way
from analytics.tables.engine import connection as engine
from analytics.tables.mapping.maps import ColumnMap, Field
from analytics.tables.shaping.shape import Shaped
from analytics.tables.source.raw import Raw
from analytics.tables.values.stated import (
    SIZE_WORDS,
    UNIT_MULTIPLIERS,
    header_doubt,
    stated_currency,
    stated_factor,
    stated_unit,
    units_above,
)

_FIGURES = ("number", "integer")
_SURELY_SHARE = 0.3  # a rate below that is no per cent beside others with a sign; 0.5 may be half of one


def doubts(raw: Raw, shaped: Shaped, table: Contract, column_map: ColumnMap) -> list[Doubt]:
    """Find what headers, columns not used and other sheets say against the reading."""
    fields = column_map.for_table(table)
    found = _headers(raw, shaped, table, fields)
    found += _signs(shaped, table, fields) + _currency(shaped, table)
    found += _size_said(raw, shaped, table, column_map)
    return [*found, *_multiplier(raw, shaped, table, column_map), *_sheets(raw, column_map)]


def _headers(raw: Raw, shaped: Shaped, table: Contract, fields: Mapping[str, Field]) -> list[Doubt]:
    """Headers that state another unit than the contract, where the map gives no factor."""
    found, beneath = [], _beneath(raw)
    for column in table.columns:
        headers = shaped.origin.get(column.name, [])
        given = column.name in fields and fields[column.name].factor is not None
        stated_by_unit = column.name == "y"  # its unit stands in a column of its own
        if column.kind not in _FIGURES or given or stated_by_unit or len(headers) != 1:
            continue
        if (doubt := header_doubt(column, headers[0], beneath.get(headers[0], ""))) is not None:
            found.append(doubt)
    return found


def _beneath(raw: Raw) -> dict[str, str]:
    """Header to the unit that stands under it, where the row below the names holds units and no row of data."""
    rows = [[" ".join(cell.split()) for cell in cells] for _, cells in raw.head]
    at = next((i for i, row in enumerate(rows) if row == list(raw.header)), None)
    if at is None or at + 1 >= len(rows) or any(any(c.isdigit() for c in cell) for cell in rows[at + 1]):
        return {}
    return {name: cell for name, cell in zip(raw.header, rows[at + 1], strict=False) if cell}


def _signs(shaped: Shaped, table: Contract, fields: Mapping[str, Field]) -> list[Doubt]:
    """Shares of which some carry a per cent sign and others do not, where the map does not say what these are."""
    found = []
    for column in table.columns:
        if not column.unit.startswith("share") or column.name not in shaped.origin:
            continue
        text = shaped.table[column.name]
        if not text.type().is_string() or (column.name in fields and fields[column.name].factor is not None):
            continue
        signed = text.re_search("[%％]")
        bare = (~signed & (text.try_cast("float64") > _SURELY_SHARE)).fill_null(False)
        seen = engine.one_row(shaped.table.aggregate(signed=signed.sum(), bare=bare.sum()))
        if not (seen["signed"] > 0 and seen["bare"] > 0):
            continue
        said = Text(
            f"{int(seen['signed']):,} figures carry a per cent sign, {int(seen['bare']):,} large ones do not.",
            f"{int(seen['signed'])}个数值带百分号，{int(seen['bare'])}个较大的数值不带。",
        )
        found.append(Doubt(column.name, "signs", said, (
            Way(Text("those without are per cents too (5 is 5 %)", "不带百分号的也是百分数（5即5%）"),
                f"{column.name}: {{from: {shaped.origin[column.name][0]}, factor: 0.01}}"),
            Way(Text("those without are shares (0.05 is 5 %)", "不带百分号的为份额（0.05即5%）"),
                f"accept: [{column.name}.signs]"),
        )))  # fmt: skip
    return found


def _currency(shaped: Shaped, table: Contract) -> list[Doubt]:
    """A currency that the header of the values names, while no column and no constant gives one."""
    headers = shaped.origin.get("value", [])
    if table.name != "declarations" or len(headers) != 1 or not {"currency"} & set(shaped.absent):
        return []
    currency = stated_currency(headers[0])
    if currency is None:
        return []
    said = Text(
        f'the header "{headers[0]}" names a currency, and the table has none: pages would call the values by another.',
        f"表头“{headers[0]}”注明了币种，而表中无币制列：页面可能误用其他币种。",
    )
    return [Doubt("value", "currency", said, (
        Way(Text(f"the values are in {currency}", f"价值以{currency}计"), f"currency: {{constant: {currency}}}"),
        Way(Text("they are not", "并非如此"), "accept: [value.currency]"),
    ))]  # fmt: skip


def _size_said(raw: Raw, shaped: Shaped, table: Contract, column_map: ColumnMap) -> list[Doubt]:
    """Thousands or millions that a header, a title or a row of units states, while no unit (or factor) is read."""
    at = next((i for i, (_, row) in enumerate(raw.head) if row and row[0] == raw.header[0]), 0)
    titles = units_above([cell for _, row in raw.head[:at] for cell in row])
    if table.name == "declarations" and "value" in shaped.origin:
        return _scaled_by_title(titles, column_map.for_table(table)["value"].factor)
    if table.name != "receipts" or "unit" not in shaped.absent:
        return []
    texts = [*shaped.origin.get("y", []), raw.header[0], *titles, *_beneath(raw).values()]
    said = next((t for t in texts if SIZE_WORDS.search(t)), None)
    if said is None:
        return []
    unit = stated_unit(said) or "CNY million"
    seen = Text(f'"{said}" states a size of the amounts, and no unit is read: they would be shown as single units.',
                f"“{said}”注明了金额的数量级，而未读取单位：金额将按原值显示。")  # fmt: skip
    return [Doubt("y", "size", seen, (
        Way(Text("it is the unit; write it with its currency", "为金额单位，须连同币种写明"),
            f'unit: {{constant: "{unit}"}}'),
        Way(Text("the amounts are single units", "金额为原值"), "accept: [y.size]"),
    ))]  # fmt: skip


def _scaled_by_title(titles: list[str], factor: float | None) -> list[Doubt]:
    """Values that a line above the names states in thousands or millions, while the map gives no factor."""
    value = contract("declarations")["value"]
    sizes = [(t, f) for t in titles if (f := stated_factor(value, f"x ({t})")) not in (None, 1.0)]
    if factor is not None or not sizes:
        return []
    said, size = sizes[0]
    seen = Text(f'a line above the names states "{said}", and the values are read as single units of the currency.',
                f"表头上方注明“{said}”，而价值按原值读取。")  # fmt: skip
    return [Doubt("value", "size", seen, (
        Way(Text(f"the values are to be multiplied by {size:g}", f"价值应乘以{size:g}"),
            f"value: {{from: ..., factor: {size:g}}}"),
        Way(Text("the values are single units", "价值为原值"), "accept: [value.size]"),
    ))]  # fmt: skip


def _multiplier(raw: Raw, shaped: Shaped, table: Contract, column_map: ColumnMap) -> list[Doubt]:
    """A column of powers of ten that scales the amounts, and that the map does not use."""
    plain = {plain_name(h.split(":")[0]): h for h in shaped.ignored if h not in column_map.left_out}
    header = next((plain[n] for n in UNIT_MULTIPLIERS if n in plain), None)
    if table.name != "receipts" or header is None:
        return []
    powers = engine.fetch(raw.table.select(power=raw.column(header).cast("string")).distinct().limit(5))["power"]
    scaled = sorted({str(p) for p in powers.dropna() if str(p).lower() not in ("0", "", "unit", "units", "ones")})
    if not scaled:
        return []
    said = Text(
        f'the column "{header}" ({", ".join(scaled)}) scales the amounts by powers of ten, and is not used.',
        f"“{header}”列（{'、'.join(scaled)}）以10的幂表示金额单位，未被使用。",
    )
    return [Doubt("y", "unit_mult", said, (
        Way(Text("it belongs to the unit", "应并入单位"), f'unit: {{join: [UNIT_MEASURE, {header}], between: " 10^"}}'),
        Way(Text("the amounts need no scaling", "金额无须换算"), "accept: [y.unit_mult]"),
    ))]  # fmt: skip


def _sheets(raw: Raw, column_map: ColumnMap) -> list[Doubt]:
    """Further sheets that hold the same columns: a book with a sheet a month."""
    mine = tuple(" ".join(h.split()) for h in raw.header)
    alike = [name for name, head in raw.sheets if name != raw.found.get("sheet")
             and any(tuple(" ".join(c.split()) for c in row)[: len(mine)] == mine for _, row in head)]  # fmt: skip
    if column_map.sheet is not None or len(mine) < 2 or not alike:
        return []
    read = raw.found["sheet"]
    said = Text(
        f"sheet {read} is read; {len(alike)} more hold the same columns ({', '.join(alike[:5])}).",
        f"读取了工作表{read}；另有{len(alike)}个工作表列名相同（{'、'.join(alike[:5])}）。",
    )
    return [Doubt("sheet", "alike", said, (
        Way(Text("all of them are wanted", "需要全部工作表"), 'sheet: "*"'),
        Way(Text("this one alone is wanted", "仅需该工作表"), f'sheet: "{read}"'),
    ))]  # fmt: skip
