"""The data contract, declared once: it drives reading, checks, error messages and documentation."""

from __future__ import annotations

from analytics.errors import DataError, did_you_mean
from analytics.language import Text
from analytics.tables.contract.definition import EARLIEST, Column, Contract, Kind
from analytics.tables.contract.definition import column as _column
from analytics.tables.contract.duties import (
    ALARM_OUTCOMES,
    AUDITS,
    CONTAINMENT,
    PRICE_GAPS,
    QUERIES,
    REFERENCE_PRICES,
    RULE_HITS,
    RULES,
    SAMPLES,
    TARGETS,
)
from analytics.tables.contract.movements import CLEARANCE, EXEMPTIONS, HANDBOOKS, TRANSIT

__all__ = ["CONTRACTS", "EARLIEST", "Column", "Contract", "Kind", "contract", "reference"]

RECEIPTS = Contract(
    "receipts",
    Text("Receipts: one row a series and period", "税收入库：每序列每期一行"),
    (
        _column("unique_id", "Series", "序列", "id", required=True),
        _column("ds", "Period (first day of its last month)", "期间（末月首日）", "month", required=True, past=True),
        # No lower limit: refunds make a small district's month negative, and rightly so.
        _column("y", "Amount", "金额", "number", unit="as given in column unit", required=True),
        _column("unit", "Unit of the amount", "金额单位"),
        _column("currency", "Currency", "币种"),
        _column("tax_item", "Tax item", "税种"),
        _column("district", "Customs district", "关区", "id"),
        _column("months_covered", "Months that the period covers", "期间所含月数", "integer", minimum=1, maximum=12),
        _column("vintage", "Date of publication", "发布日期", "date", past=True),
    ),
    key=("unique_id", "ds", "vintage"),
    period="ds",
)

RECEIPTS_BY_DAY = Contract(
    "receipts_by_day",
    Text("Receipts by day or ten days: one row a series and stretch of days", "税收入库（按日、按旬）：每序列每段一行"),
    (
        _column("unique_id", "Series", "序列", "id"),
        _column("last_day", "Last day that the figure covers", "截止日", "date", required=True, past=True),
        _column("y", "Amount", "金额", "number", unit="as given in column unit", required=True),
        _column("days_covered", "Days that the figure covers", "所含天数", "integer", minimum=1, maximum=31),
        _column("unit", "Unit of the amount", "金额单位"),
        _column("tax_item", "Tax item", "税种"),
        _column("district", "Customs district", "关区", "id"),
    ),
    key=("unique_id", "tax_item", "district", "last_day"),
    period="last_day",
)

DECLARATIONS = Contract(
    "declarations",
    Text("Declarations: one row a declaration line", "报关单：每商品项一行"),
    (
        _column("declaration_id", "Declaration", "报关单号", "id", required=True),
        _column("line_no", "Line", "项号", "integer", minimum=0),
        _column("date", "Date of declaration", "申报日期", "date", required=True, past=True),
        _column("district", "Customs district", "关区", "id"),
        _column("enterprise_id", "Consignee or consignor", "收发货人", "id", masked="E"),
        _column("declarant_id", "Declarant", "申报单位", "id", masked="D"),
        _column("hs_code", "HS code", "商品编码", "code", required=True),
        _column("origin", "Country of origin", "原产国", "id"),
        _column("regime", "Customs regime", "监管方式", "id"),
        _column("transport_mode", "Mode of transport", "运输方式", "id"),
        _column("unit", "Unit of quantity", "计量单位"),
        _column("quantity", "Quantity", "数量", "number", unit="as given in column unit", above=0),
        _column("net_mass_kg", "Net mass", "净重", "number", unit="kg", above=0),
        _column("value", "Declared value", "申报价值", "number", unit="as given in column currency", minimum=0),
        _column("duty_rate", "Duty rate", "关税税率", "number", unit="share (0.08 is 8 %)", minimum=0, maximum=30),
        _column("tax", "Tax", "税款", "number", unit="as given in column currency", minimum=0),
        _column("version", "Version of the declaration", "报关单版本", "integer", minimum=0),
        _column("direction", "Import or export", "进出口标志"),
        _column("currency", "Currency of the value", "币制"),
        _column("port", "Port", "口岸", "id"),
        _column("seller_id", "Seller abroad", "境外发货人", "id", masked="S"),
        _column("gross_mass_kg", "Gross mass", "毛重", "number", unit="kg", above=0),
        _column("inspected", "Inspected", "是否查验", "flag"),
        _column("finding", "Finding", "是否查获", "flag"),
        _column("recovered", "Tax recovered", "追补税款", "number", unit="as given in column currency", minimum=0),
        _column("outcome_date", "Date of the outcome", "结果日期", "date", past=True),
        _column("selection_stream", "Selection stream", "布控方式"),
        _column("selection_probability", "Selection probability", "布控概率", "number", unit="share", minimum=0,
                maximum=1),
        *CLEARANCE,
    ),
    key=("declaration_id", "line_no"),
    version="version",
    period="date",
)  # fmt: skip

ENTERPRISES = Contract(
    "enterprises",
    Text("Enterprises: one row an enterprise", "企业：每企业一行"),
    (
        _column("enterprise_id", "Enterprise", "企业", "id", required=True, masked="E"),
        _column("registered_on", "Date of registration", "注册日期", "date", past=True),
        _column("district", "Customs district", "关区", "id"),
        _column("category", "Legal category, as given", "企业信用等级（法定，照录）"),
        _column("kind", "Kind of enterprise", "企业类型"),
        _column("address", "Address", "地址", masked="A"),
        _column("phone", "Telephone", "联系电话", masked="T"),
        _column("legal_person", "Legal person", "法定代表人", masked="P"),
    ),
    key=("enterprise_id",),
)

INDICATORS = Contract(
    "indicators",
    Text("Indicators: one row an indicator, period and district", "指标：每指标每期每关区一行"),
    (
        _column("indicator_id", "Indicator", "指标", "id", required=True),
        _column("period", "Period", "期间", "id", required=True),
        _column("district", "Customs district", "关区", "id"),
        _column("numerator", "Numerator", "分子", "number"),
        _column("denominator", "Denominator", "分母", "number", above=0),
        _column("value", "Value", "数值", "number"),
    ),
    key=("indicator_id", "period", "district"),
    period="period",
)

CONTRACTS: dict[str, Contract] = {
    c.name: c
    for c in (
        RECEIPTS, RECEIPTS_BY_DAY, DECLARATIONS, ENTERPRISES, INDICATORS,
        SAMPLES, AUDITS, QUERIES, REFERENCE_PRICES, PRICE_GAPS, HANDBOOKS, EXEMPTIONS, TRANSIT, RULES, RULE_HITS,
        TARGETS, ALARM_OUTCOMES, CONTAINMENT,
    )
}  # fmt: skip


def contract(table: str) -> Contract:
    """Return the contract of a canonical table.

    Raises
    ------
    DataError
        When there is no such table.
    """
    if table not in CONTRACTS:
        raise DataError(
            f'"{table}" is not a table of the contract.{did_you_mean(table, CONTRACTS)} Tables: {", ".join(CONTRACTS)}.'
        )
    return CONTRACTS[table]


def reference(table: str) -> str:
    """Return the columns of a table as a Markdown table."""
    rows = ["| column | what | kind | unit | required | allowed |", "|---|---|---|---|---|---|"]
    for column in contract(table).columns:
        needed = "yes" if column.required else ""
        cells = (f"`{column.name}`", column.title.en, column.kind, column.unit, needed, column.allowed.en)
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)
