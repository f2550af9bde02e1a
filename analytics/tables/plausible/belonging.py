"""Doubts about what belongs to the table: exports, cancelled rows, names that stand again, odd years."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import ibis.expr.types as ir

from analytics.errors import plain_name
from analytics.language import Text
from analytics.tables.contract.doubts import Doubt, Way
from analytics.tables.engine import connection as engine
from analytics.tables.mapping.maps import ColumnMap
from analytics.tables.shaping.shape import Shaped
from analytics.tables.source.raw import Raw

_FEW = 50  # distinct values of a column that tells kinds of rows
_FLOW_NAMES = re.compile(
    r"flow|direction|^ie$|impexp|importexport|进出口|流向|fluxo|flujo|flux|^sens$|richtung|поток|направлен"
)
_EXPORT = re.compile(
    r"(re-?)?exp(ort)?s?\b.*|e|x|ex|出口.*|复出口|ausfuhr.*|exportaci.*|exportaç.*|exportation.*|экспорт.*", re.I
)
_STATE_NAMES = re.compile(r"status|state$|状态|estado|statut|zustand|situa[cç]|статус")
_VOID = re.compile(
    r"cancel.*|void.*|annul.*|reject.*|withdrawn|deleted|invalid.*|撤销.*|撤单.*|删单.*|删除.*|作废.*|退单.*|已撤.*|已删.*"
    r"|anulad.*|rechazad.*|annulé.*|storniert.*|ungültig.*|cancelad.*|аннулир.*|отозван.*",
    re.I,
)
_MOST = 10_000  # rows set aside among which names are looked for


def doubts(raw: Raw, shaped: Shaped, column_map: ColumnMap) -> list[Doubt]:
    """Find columns not used that tell rows apart, years that do not begin in January, and text that was lost."""
    return [*_unused(raw, shaped, column_map), *_order_of_months(raw, column_map), *_lost(raw, shaped)]


def _unused(raw: Raw, shaped: Shaped, column_map: ColumnMap) -> list[Doubt]:
    """Columns not used that hold exports beside imports, or cancelled rows beside those in force."""
    found = []
    kinds = (("flow", _FLOW_NAMES, _EXPORT, Text("exports", "出口")),
             ("state", _STATE_NAMES, _VOID, Text("rows no longer in force", "已失效的记录")))  # fmt: skip
    if column_map.table not in (None, "declarations"):
        return []
    ruled = {name for rule in column_map.row_rules for name in rule.columns}
    for header in (h for h in shaped.ignored if h and h not in column_map.left_out and h not in ruled):
        for kind, names, values, what in kinds:
            if names.search(plain_name(header)) and (held := _distinct(raw, header)):
                gone = [v for v in held if values.fullmatch(v.strip())]
                if gone and len(gone) < len(held):
                    found.append(_apart(header, kind, gone, what))
    return found


def _distinct(raw: Raw, header: str) -> list[str]:
    texts = raw.table.select(v=raw.column(header).cast("string")).distinct().limit(_FEW + 1)
    held = sorted(str(v) for v in engine.fetch(texts)["v"].dropna() if str(v).strip())
    return held if len(held) <= _FEW else []


def _apart(header: str, kind: str, gone: Sequence[str], what: Text) -> Doubt:
    said = Text(
        f'the column "{header}" is not used, but some rows say "{gone[0]}": {what.en} may stand among the rows.',
        f"“{header}”列未被使用，但部分行为“{gone[0]}”：其中可能有{what.zh}。",
    )
    listed = ", ".join(f'"{v}"' for v in gone)
    line = f'leave_out_rows: [{{column: "{header}", equals: [{listed}], reason: {{en: "{what.en}", zh: {what.zh}}}}}]'
    return Doubt("rows", kind, said, (
        Way(Text("they do not belong here", "不应计入"), line),
        Way(Text("all rows belong here", "全部计入"), f"accept: [rows.{kind}]"),
    ))  # fmt: skip


def _order_of_months(raw: Raw, column_map: ColumnMap) -> list[Doubt]:
    """Months across that begin in April or July beside a plain year: which year the last of them lie in is open."""
    unpivot, rule = column_map.unpivot, column_map.fields.get("ds")
    if unpivot is None or "ds" not in unpivot.into or rule is None or not rule.join:
        return []
    at = unpivot.into.index("ds")
    labels = [label[at] for label in unpivot.columns.values()]
    months = [int(label) for label in labels if label.isdigit() and 1 <= int(label) <= 12]
    turned = len(months) == len(labels) and len(months) > 2 and months[0] != 1 and months != sorted(months)
    year = next((n for part in rule.join for n in part if n in raw.header), None)
    if not turned or year is None or not all(re.fullmatch(r"\d{4}年?", v.strip()) for v in _distinct(raw, year)):
        return []
    said = Text(
        f'months run from {months[0]} to {months[-1]} across, while "{year}" holds plain years: the months after the '
        "turn of the year may belong to the year that follows.",
        f"月份从{months[0]}月排到{months[-1]}月，而“{year}”为普通年份：跨年后的月份可能属于次年。",
    )
    return [Doubt("ds", "year_order", said, (
        Way(Text("fiscal years: write them as 2023/24 in the file, and their last month as `year_ends`",
                 "为财政年度：在文件中写作2023/24，并以year_ends给出末月"), ""),
        Way(Text("every month lies in the year of its row", "各月均属于该行年份"), "accept: [ds.year_order]"),
    ))]  # fmt: skip


def _lost(raw: Raw, shaped: Shaped) -> list[Doubt]:
    """Cells of question marks: characters that the writing program could not write, so that names run together."""
    for name, headers in shaped.origin.items():
        if len(headers) != 1 or headers[0] not in raw.header:
            continue
        at = raw.header.index(headers[0])
        lost = [
            row[at] for _, row in raw.head if at < len(row) and re.fullmatch(r"[?\ufffd]{2,}[?\ufffd\s\w]*", row[at])
        ]
        if len(lost) >= 2:
            said = Text(
                f'cells such as "{lost[0]}" stand for characters that were lost when the file was written.',
                f"“{lost[0]}”等单元格的字符在文件写出时已丢失。",
            )
            return [Doubt(name, "lost", said, (
                Way(Text("the file is exported again as UTF-8", "以UTF-8重新导出文件"), ""),
                Way(Text("the column does not matter", "该列无关紧要"), f"accept: [{name}.lost]"),
            ))]  # fmt: skip
    return []


def names_again(raw: Raw, aside: ir.Table, accepted: Sequence[str]) -> list[Doubt]:
    """Names that stand again among the rows in another order or with others: the rows below them mean other columns.

    Parameters
    ----------
    aside : rows set aside, with `_record`: a row of names is always among them
    """
    known = {plain_name(h): i for i, h in enumerate(raw.header) if h}
    if (raw.text is None and raw.rows_of_sheet is None) or len(known) < 2 or "rows.names" in accepted:
        return []
    looked = [f"c{i}" for i in sorted(known.values())[:4]]
    rows = raw.table.semi_join(aside.select("_record").limit(_MOST), "_record")
    texts = engine.fetch(rows.select("_record", **{c: rows[c].cast("string") for c in looked}))
    hit = texts[looked].apply(lambda column: column.map(lambda v: plain_name(str(v)) in known)).any(axis=1)
    for record in texts.loc[hit, "_record"].head(_FEW):
        row = engine.one_row(raw.table.filter(raw.table["_record"] == int(record)).drop("_record"))
        cells = ["" if v is None or v != v else " ".join(str(v).split()) for v in row.values()]
        if _other_names(cells, raw.header, known):
            return [_again(cells)]
    return []


def _other_names(cells: Sequence[str], header: Sequence[str], known: Mapping[str, int]) -> bool:
    """Whether cells are names, and not those of the header: in another order, or of other periods."""
    filled = [i for i, text in enumerate(cells) if text]
    moved = [i for i in filled if known.get(plain_name(cells[i]), i) != i]
    others = [i for i in filled if plain_name(cells[i]) not in known]
    same = len(filled) - len(moved) - len(others)
    return len(moved) >= 2 or bool(same and others and _labels([cells[i] for i in others], [header[i] for i in others]))


def _labels(texts: Sequence[str], headers: Sequence[str]) -> bool:
    """Whether texts stand where names are periods, and are periods too: another year's table below the first."""
    return all(re.search(r"\d", t) and re.search(r"\d", h) and t != h for t, h in zip(texts, headers, strict=True))


def _again(texts: Sequence[str]) -> Doubt:
    listed = ", ".join(t for t in texts if t)[:120]
    said = Text(
        f"column names stand again among the rows, and not the same ones ({listed}): what is below them was read under "
        "the wrong names.",
        f"数据行中再次出现列名，且与表头不同（{listed}）：其下各行按错误的列名读取。",
    )
    return Doubt("rows", "names", said, (
        Way(Text("the file is split where the names stand again", "在列名再次出现处拆分文件"), ""),
        Way(Text("it is no row of names", "该行并非列名"), "accept: [rows.names]"),
    ))  # fmt: skip
