"""What columns are called in English and Chinese, and in the customs forms of other languages.

The names of the Single Administrative Document and of national forms stand in `analytics/data/column_names.csv`:
German, Spanish, French, Portuguese, Russian, Italian, Japanese, Korean, Vietnamese. A further language is a few lines.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from pathlib import Path

WORDS: dict[str, dict[str, tuple[str, ...]]] = {
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


@cache
def forms(table: str) -> dict[str, tuple[str, ...]]:
    """Canonical column to its names in other languages, from the package's list."""
    path = Path(str(resources.files("analytics"))) / "data" / "column_names.csv"
    found: dict[str, tuple[str, ...]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["table"] == table:
                found[row["column"]] = (*found.get(row["column"], ()), *row["names"].split("; "))
    return found
