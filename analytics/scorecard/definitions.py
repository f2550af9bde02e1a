"""What each indicator means here, how else it could be read, and what is needed to compute it.

The plan gives no formula but for one; definitions are this suite's proposals, with the other readings beside them.
"""

from __future__ import annotations

from dataclasses import dataclass

from analytics.language import Text


@dataclass(frozen=True)
class Definition:
    """Meaning, other readings, and the tables or columns that it is computed from."""

    meaning: Text
    otherwise: Text
    needs: Text


_NONE = Text("none known", "无")
_DEPARTMENT = Text("table indicators, as the department in charge gives it", "indicators表，由主管部门提供")


def _d(en: str, zh: str, other_en: str, other_zh: str, needs_en: str, needs_zh: str = "") -> Definition:
    return Definition(Text(en, zh), Text(other_en, other_zh), Text(needs_en, needs_zh or needs_en))


_RELEASE = _d(
    "declarations released on the calendar day of acceptance / declarations accepted; open ones stay in",
    "接受申报当日放行的报关单/接受申报的报关单，未放行的计入分母",
    "within 24 hours; by working day; from arrival",
    "24小时内放行；按工作日；自货物运抵起算",
    "declarations: accepted_at, released_at, direction, transport_mode",
    "报关单：accepted_at、released_at、direction、transport_mode",
)
DEFINITIONS: dict[str, Definition] = {
    "auto_screening_rate": _d(
        "declarations that a lane was given to "
        "by the risk system / all declarations", "由风险系统分流的报关单/全部报关单",
        "by document instead of declaration", "按单证而非报关单计",
        "declarations: lane", "报关单：lane"),
    "risk_control_rate": _d(
        "declarations inspected by a risk or random instruction / declarations accepted",
        "按风险或随机布控实施查验的报关单/接受申报的报关单",
        "instructions instead of declarations; imports only; weighted by value", "按指令计；仅进口；按货值加权",
        "declarations: inspected", "报关单：inspected"),
    "risk_control_effectiveness": _d(
        "inspected declarations with a finding / inspected declarations whose outcome is known",
        "查获报关单/已反馈结果的查验报关单",
        "of all instructions issued; weighted by tax", "占全部布控指令；按税款加权",
        "declarations: inspected, finding", "报关单：inspected、finding"),
    "full_collection_rate": _d(
        "tax collected / (tax collected + gap "
        "estimated from a random sample)", "已征税款/（已征税款＋随机样本估计的差距）",
        "proved gap only (an upper bound); collected / assessed", "仅计查实差距（上限）；入库/应征税单",
        "result of notebooks/compliance/full_collection (parameter results)", "应收尽收简报结果（参数results）"),
    "smuggling_containment_rate": _d(
        "1 - value of established and estimated cases / (dutiable value + that value)",
        "1－已认定及估计案值/（应税货值＋该案值）",
        "1 - recurrence in treated risk areas; "
        "share of areas without a large case", "1－治理领域复发率；无大案领域占比",
        "case files with values (no table of the contract; table indicators)", "案件及案值（indicators表）"),
    "import_sea_same_day_release": _RELEASE,
    "import_other_same_day_release": _RELEASE,
    "export_sea_same_day_release": _RELEASE,
    "export_other_same_day_release": _RELEASE,
    "revenue_forecast_error": _d(
        "|forecast made within the year - outturn| / outturn", "|当年预测－决算|/决算",
        "of the forecast; by vintage", "以预测数为分母；按预测时点分列",
        "result of notebooks/tax_forecast/annual_revenue (parameter results)", "税收预测简报结果（参数results）"),
    "price_level": _d(
        "declared prices against those of the other districts for the same goods", "同类商品申报价格与其他关区之比",
        "against reference prices", "与参考价格之比",
        "result of notebooks/valuation/price_level (parameter results)", "审价简报结果（参数results）"),
    "classification_accuracy_direction": _d(
        "lines whose code was confirmed / lines of a random sample", "归类获认定的商品项/随机样本商品项",
        "weighted by tax; 1 - lines re-classified later", "按税款加权；1－事后改归类比例",
        "result of notebooks/compliance/full_collection (parameter results)", "应收尽收简报结果（参数results）"),
    "transit_fulfilment_rate": _d(
        "eligible consignments transferred / eligible "
        "consignments, by month of arrival", "已转关货物/应转关货物，按进境月份",
        "applications approved / applications", "批准申请/申请",
        "table transit: eligible, arrived_on, "
        "filed_on, delivered_on", "transit表：eligible、arrived_on、filed_on、delivered_on"),
    "physical_fence_share": _d(
        "trade of handbooks in special supervised "
        "areas / processing trade", "特殊监管区域手册进出口值/加工贸易进出口值",
        "by enterprise", "按企业计", "table handbooks: physical_fence, "
                                 "trade_value", "handbooks表：physical_fence、trade_value"),
    "info_fence_share": _d(
        "trade of electronic handbooks and books / processing trade", "电子手册（账册）进出口值/加工贸易进出口值",
        "by enterprise", "按企业计", "table handbooks: kind, trade_value", "handbooks表：kind、trade_value"),
    "handbook_ontime_writeoff_rate": _d(
        "handbooks written off by their (extended) due date / handbooks due; overdue ones stay in",
        "到期（含延期）前核销的手册/到期手册，逾期未核销的计入分母",
        "of those written off; reporting instead of write-off", "以已核销为分母；以报核代替核销",
        "table handbooks: due_on, extended_to, written_off_on", "handbooks表：due_on、extended_to、written_off_on"),
    "operational_data_accuracy": _d(
        "rows that pass every check of the contract / rows read", "通过全部校验的行/读入行",
        "audited fields that "
        "are right / fields", "经核查正确的字段/字段", "declarations, and an audit sample", "报关单及核查样本"),
    "trade_stat_revision_share": _d(
        "lines revised after the first submission / lines", "首次申报后更改的商品项/商品项",
        "fields; value changed", "按字段；按更改金额", "declarations: version", "报关单：version"),
    "enterprise_compliance_rate": _d(
        "enterprises without a finding in the year "
        "/ enterprises with business in the year", "当年无查获情形的企业/有进出口业务的企业",
        "by declaration; from a random sample", "按报关单；按随机样本",
        "declarations: enterprise_id, finding; table audits", "报关单：enterprise_id、finding；audits表"),
    "followup_enterprise_coverage": _d(
        "enterprises with an audit closed in the year / enterprises with business in the year before",
        "当年办结稽查核查的企业/上年有进出口业务的企业",
        "enterprises of the same year", "以当年企业为分母",
        "table audits: closed_on; declarations of the year before", "audits表：closed_on；上年报关单"),
    "followup_business_coverage": _d(
        "value covered by audits closed in the "
        "year / value of the year's declarations", "当年办结稽查覆盖货值/当年进出口值",
        "declarations or tax covered", "按报关单或税款", "table audits: covered_value", "audits表：covered_value"),
    "followup_effectiveness": _d(
        "audits closed with a finding "
        "/ audits closed", "有效作业/办结作业", "by enterprise; tax recovered", "按企业；按追补税款",
        "table audits: closed_on, finding", "audits表：closed_on、finding"),
}  # fmt: skip


def definition(indicator: str, own: str = "") -> Definition:
    """Definition of an indicator; those of other departments are taken as given."""
    if own:
        return Definition(Text(own, own), _NONE, _DEPARTMENT)
    given = Text("as the department in charge defines and gives it", "按主管部门的定义和提供的数据")
    return DEFINITIONS.get(indicator, Definition(given, _NONE, _DEPARTMENT))
