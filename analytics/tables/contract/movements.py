"""Clearance of goods and what follows it: columns of declarations, handbooks, exemptions, transit."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.language import Text
from analytics.tables.contract.definition import Contract
from analytics.tables.contract.definition import column as _column

CLEARANCE = (
    _column("description", "Name of the goods", "商品名称"),
    _column("specification", "Specification and model", "规格型号"),
    _column("brand", "Brand", "品牌"),
    _column("preference", "Trade agreement claimed", "优惠贸易协定", "id"),
    _column("trade_term", "Terms of delivery", "成交方式", "id"),
    _column("related_party", "Buyer and seller are related", "特殊关系确认", "flag"),
    _column("departure_country", "Country of departure", "启运国", "id"),
    _column("container_no", "Container", "集装箱号", "id"),
    _column("scanned_weight_kg", "Weight by scanner or weighbridge, of the line", "机检或过磅重量（本项）", "number",
            unit="kg", above=0),
    _column("officer_id", "Officer in charge", "经办关员", "id", masked="O"),
    _column("accepted_at", "Accepted at", "接受申报时间", "time", past=True),
    _column("examined_at", "Examination finished at", "查验完毕时间", "time", past=True),
    _column("released_at", "Released at", "放行时间", "time", past=True),
    _column("lane", "Lane", "通道"),
    _column("confirmed_value", "Value confirmed by customs", "审定完税价格", "number",
            unit="as given in column currency", minimum=0),
    _column("confirmed_hs_code", "HS code confirmed by customs", "认定商品编码", "code"),
    _column("confirmed_origin", "Country of origin confirmed by customs", "认定原产国", "id"),
    _column("finding_kind", "Kind of finding", "查获类型"),
    _column("handbook_id", "Processing-trade handbook or book", "加工贸易手册（账册）号", "id"),
    _column("exemption_id", "Exemption certificate", "征免税证明编号", "id"),
)  # fmt: skip
"""Optional columns of a declaration line: the goods in words, the way through the house, and what customs confirmed."""

HANDBOOKS = Contract(
    "handbooks",
    Text("Handbooks: one row a processing-trade handbook or book period", "手册（账册）：每手册（每核销周期）一行"),
    (
        _column("handbook_id", "Handbook or book", "手册（账册）号", "id", required=True),
        _column("enterprise_id", "Enterprise", "企业", "id", masked="E"),
        _column("district", "Customs district", "关区", "id"),
        _column("kind", "Kind of handbook (paper, electronic, book)", "手册类型（纸质、电子手册、电子账册）"),
        _column("physical_fence", "In a special supervised area", "是否在特殊监管区域", "flag"),
        _column("hs_code", "HS code of the main output", "主要成品商品编码", "code"),
        _column("opened_on", "Opened on", "备案日期", "date", past=True),
        _column("due_on", "Write-off due on", "核销到期日", "date", required=True),
        _column("extended_to", "Extended to", "延期至", "date"),
        _column("reported_on", "Reported on", "报核日期", "date", past=True),
        _column("written_off_on", "Written off on", "核销日期", "date", past=True),
        _column("input_quantity", "Inputs imported", "进口料件数量", "number", unit="kg", minimum=0),
        _column("output_quantity", "Outputs exported", "出口成品数量", "number", unit="kg", minimum=0),
        _column("unit_consumption", "Inputs for one unit of output, as declared", "申报单耗", "number",
                unit="kg a kg", minimum=0),
        _column("waste_share", "Share of inputs lost as waste, as declared", "申报损耗率", "number", unit="share",
                minimum=0, maximum=1),
        _column("stock_quantity", "Inputs in stock", "料件结存数量", "number", unit="kg", minimum=0),
        _column("trade_value", "Import and export value", "进出口总值", "number", unit="CNY", minimum=0),
    ),
    key=("handbook_id", "due_on"),
    period="due_on",
)  # fmt: skip

EXEMPTIONS = Contract(
    "exemptions",
    Text("Exemptions: one row a certificate of goods under supervision", "减免税货物：每证明一行"),
    (
        _column("exemption_id", "Exemption certificate", "征免税证明编号", "id", required=True),
        _column("enterprise_id", "Enterprise", "企业", "id", masked="E"),
        _column("district", "Customs district", "关区", "id"),
        _column("hs_code", "HS code", "商品编码", "code"),
        _column("released_on", "Released on", "放行日期", "date", past=True),
        _column("value", "Value of the goods", "货物价值", "number", unit="CNY", minimum=0),
        _column("duty_forgone", "Duty forgone", "减免税额", "number", unit="CNY", minimum=0),
        _column("supervision_end", "End of supervision", "监管年限届满日", "date"),
        _column("place", "Place of use as approved", "核准使用地点", "id"),
        _column("place_found", "Place where found", "核查使用地点", "id"),
        _column("status", "Status (supervised, released, moved, pledged)", "状态（监管中、解除监管、移作他用、抵押）"),
        _column("checked_on", "Last checked on", "最近核查日期", "date", past=True),
        _column("lifted_on", "Supervision lifted on", "解除监管日期", "date", past=True),
    ),
    key=("exemption_id",),
    period="released_on",
)

TRANSIT = Contract(
    "transit",
    Text("Transit: one row a consignment that arrived for another district", "转关：每票转关货物一行"),
    (
        _column("manifest_id", "Manifest and bill of lading", "舱单及提运单号", "id", required=True),
        _column("district", "District of arrival", "进境地关区", "id"),
        _column("destination", "District of destination", "指运地关区", "id"),
        _column("eligible", "Eligible for transit", "是否符合转关条件", "flag"),
        _column("arrived_on", "Arrived on", "进境日期", "date", required=True, past=True),
        _column("filed_on", "Transit declared on", "转关申报日期", "date", past=True),
        _column("delivered_on", "Arrived at destination on", "运抵指运地日期", "date", past=True),
        _column("declaration_id", "Declaration", "报关单号", "id"),
        _column("net_mass_kg", "Net mass on the manifest", "舱单净重", "number", unit="kg", above=0),
    ),
    key=("manifest_id",),
    period="arrived_on",
)

SEA = ("sea", "maritime", "ocean", "vessel", "ship", "water", "水路运输", "江海运输", "海运", "水运")
OTHER_MODES = (
    "air", "plane", "aircraft", "flight", "road", "truck", "lorry", "rail", "railway", "train", "post", "mail",
    "courier", "express", "pipeline", "fixed", "other", "航空运输", "空运", "公路运输", "汽车运输", "公路", "铁路运输",
    "铁路", "邮件运输", "其他运输", "固定设施运输", "旅客携带",
)  # fmt: skip


def by_sea(mode: ir.StringValue) -> ir.BooleanValue:
    """Whether goods come by sea; missing where the mode is no word that is known, for a code may mean either."""
    word = mode.strip().lower()
    return ibis.cases((word.isin(SEA), True), (word.isin(OTHER_MODES), False), else_=ibis.null("boolean"))
