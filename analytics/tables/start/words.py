"""What columns are called in files of customs offices and statistical bodies, beside the names of the contract."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from analytics.errors import plain_name
from analytics.tables.contract.contracts import contract
from analytics.tables.mapping.files import every_shipped

_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "receipts": {
        "ds": (
            "month", "period", "date", "time_period", "time", "ym", "year_month", "月份", "年月", "期间",
            "所属期", "统计月份", "mes", "mois",
        ),
        "y": (
            "amount", "revenue", "receipts", "collected", "obs_value", "value", "金额", "税额",
            "入库金额", "税收", "入库税款", "税收收入", "monto", "montant",
        ),
        "unit": ("unit_measure", "单位", "金额单位"),
        "currency": ("ccy", "币种", "币制"),
        "tax_item": ("tax", "item", "tax_type", "indicator", "税种", "税目"),
        "district": ("region", "office", "state", "port", "ref_area", "关区", "海关", "直属海关", "地区"),
        "vintage": ("published", "published_on", "发布日期"),
        "unique_id": ("series", "series_id", "序列"),
    },
    "declarations": {
        "declaration_id": (
            "declaration", "declaration_no", "declaration_number", "entry_no", "entry_number", "decl_id",
            "sad_number", "id",
        ),
        "line_no": ("line", "item_no", "item", "line_number"),
        "date": ("declaration_date", "entry_date", "registration_date", "reg_date", "month", "period", "time_period"),
        "district": ("office", "customs_office", "port_of_entry", "region", "reporter"),
        "port": ("port_of_entry", "entry_port"),
        "enterprise_id": (
            "importer", "importer_id", "importer_tin", "consignee", "company_id", "trader_id",
            "importer_bin",
        ),
        "declarant_id": ("broker", "broker_id", "agent", "agent_id", "declarant"),
        "hs_code": (
            "hs", "hscode", "hs8", "hs10", "commodity_code", "tariff_code", "declared_hs_code", "ncm",
            "cn8", "goods_code",
        ),
        "origin": ("country_of_origin", "origin_country", "country", "partner"),
        "unit": ("uom", "statistical_unit", "quantity_unit", "qty_unit", "unit_of_measure"),
        "quantity": ("qty", "supplementary_quantity", "statistical_quantity"),
        "net_mass_kg": (
            "net_weight", "net_mass", "netweight", "netweight_kg", "declared_weight_kg", "weight_kg",
            "net_weight_kg", "kg_net",
        ),
        "gross_mass_kg": ("gross_weight", "gross_mass", "gross_weight_kg"),
        "value": (
            "customs_value", "declared_value", "cif_value", "statistical_value", "invoice_value",
            "item_price", "cif",
        ),
        "duty_rate": ("rate", "duty_percent", "tariff_rate", "cd_rate"),
        "tax": ("tax_amount", "duty", "duties", "total_tax", "taxes"),
        "currency": ("ccy", "currency_code"),
        "inspected": ("examined", "was_inspected"),
        "finding": ("fraud", "offence", "hit", "discrepancy"),
    },
}  # fmt: skip
MONTHS = {
    **{f"{i}": i for i in range(1, 13)}, **{f"{i:02d}": i for i in range(1, 13)}, **{f"{i}月": i for i in range(1, 13)},
    **{f"m{i}": i for i in range(1, 13)}, **{f"m{i:02d}": i for i in range(1, 13)},
    **{name: i for i, names in enumerate((
        ("jan", "january", "ene", "enero", "janv", "janvier"), ("feb", "february", "febrero", "fev", "février"),
        ("mar", "march", "marzo", "mars", "março"), ("apr", "april", "abr", "abril", "avr", "avril"),
        ("may", "mayo", "mai", "maio"), ("jun", "june", "junio", "juin", "junho"),
        ("jul", "july", "julio", "juil", "juillet", "julho"), ("aug", "august", "ago", "agosto", "août"),
        ("sep", "sept", "september", "septiembre", "septembre", "set"), ("oct", "october", "octubre", "octobre", "out"),
        ("nov", "november", "noviembre", "novembre"), ("dec", "december", "dic", "diciembre", "déc", "dez"),
    ), start=1) for name in names},
}  # fmt: skip
YEARS = (
    "year",
    "年",
    "年份",
    "年度",
    "fy",
    "fiscal year",
    "financial year",
    "财政年度",
    "anio",
    "año",
    "ano",
    "année",
    "jahr",
)
CUMULATIVE = ("累计", "cumulative", "ytd", "year to date", "year-to-date", "to date", "acumulado", "cumul")


@cache
def names_of(table: str) -> dict[str, tuple[str, ...]]:
    """Canonical column to the names that it is known by, the most certain first."""
    found: dict[str, list[str]] = {}
    for column in contract(table).columns:
        found[column.name] = [column.name, column.title.en, column.title.zh]
    for known in (m for m in every_shipped() if m.table == table):
        every = [source for rule in known.fields.values() for source in rule.sources]
        for name, rule in known.fields.items():
            found.setdefault(name, []).extend(s for s in rule.sources if every.count(s) == 1)
    for name, words in _WORDS.get(table, {}).items():
        found[name].extend(words)
    return {name: tuple(dict.fromkeys(words)) for name, words in found.items()}


def columns_named(header: Sequence[str], table: str) -> dict[str, str]:
    """Canonical column to the header that seems to hold it; each header serves once."""
    bare = {h: plain_name(re.split(r"[(（\[:：]", h)[0]) for h in header if h}
    plain = {h: plain_name(h) for h in header if h}
    found: dict[str, str] = {}
    for name, words in names_of(table).items():
        for word in map(plain_name, words):
            hit = next((h for h in plain if word in (plain[h], bare[h]) and h not in found.values()), None)
            if hit and word:
                found[name] = hit
                break
    return found
