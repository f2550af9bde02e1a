"""What an importer is asked, the steps with their dates, and how a dossier is made: words, no figures."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.briefing import Column, Listing, Points, cells
from analytics.language import Text

REPLY_DAYS, EXTENSION_DAYS = (
    5,
    10,
)  # working days; source: General Administration of Customs, Decree 213 (2013), Art. 44
BLANK = "____"

ASKED = Points(
    Text("What is asked", "要求提供的资料"),
    (
        Text("Contract, invoice and proof of payment of the lines above.", "上述记录的合同、发票和付款凭证。"),
        Text(
            "Price list or quotation of the seller; how the price was agreed, and its date.",
            "卖方价目表或报价单；定价方式和定价日期。",
        ),
        Text(
            "Relation of buyer and seller; where related, how it left the price untouched.",
            "买卖双方关系；有特殊关系的，说明其未影响成交价格。",
        ),
        Text(
            "Freight, insurance, commissions, assists, royalties, and proceeds that go back to the seller.",
            "运费、保险费、佣金、协助、特许权使用费以及返还卖方的收益。",
        ),
        Text(
            "Specification, grade, brand, condition and quantity terms that set these goods apart from the "
            "comparables.",
            "使货物区别于可比记录的规格、档次、品牌、状态和数量条件。",
        ),
    ),
)


def steps(opened_on: str | None) -> Listing:
    """Steps of a price query with their dates: known ones filled in, the others left open.

    Parameters
    ----------
    opened_on : day of the notice ("2025-06-03"); None leaves all dates open
    """
    reply = extended = BLANK
    if opened_on:
        day = np.datetime64(pd.Timestamp(opened_on).date(), "D")
        reply = str(np.busday_offset(day, REPLY_DAYS, roll="backward"))
        extended = str(np.busday_offset(day, REPLY_DAYS + EXTENSION_DAYS, roll="backward"))
    rows = [
        (Text("Notice of price query", "发出价格质疑通知书"), opened_on or BLANK),
        (Text(f"Reply due ({REPLY_DAYS} working days)", f"答复期限（{REPLY_DAYS}个工作日）"), reply),
        (
            Text(f"At the latest, extended (by {EXTENSION_DAYS})", f"延期后最迟（再延{EXTENSION_DAYS}个工作日）"),
            extended,
        ),
        (Text("Reply received: the importer's reasons", "收到答复：进口人说明"), BLANK),
        (Text("Consultation", "价格磋商"), BLANK),
        (Text("Decision: value accepted, or raised to", "结论：接受，或调整为"), BLANK),
    ]
    return Listing(
        name="hearing",
        caption=Text("Hearing and dates", "听取意见与日期"),
        frame=pd.DataFrame({"step": cells(r[0] for r in rows), "date": [r[1] for r in rows]}),
        columns=(Column("step", Text("Step", "步骤")), Column("date", Text("Date", "日期"))),
        note=Text(
            "Working days without public holidays: check the calendar. Enter the outcome in the ledger of queries.",
            "工作日未扣除法定节假日，请核对日历。结论请登记入价格质疑台账。",
        ),
    )


METHOD = (
    Text(
        "Each line is compared with the median of at least five like lines of two enterprises of other districts, as "
        "near in time and origin as there are, within its size class. The ratio is the median over the lines; its "
        "interval holds their own scatter and that of the comparables.",
        "每条记录与他处至少五条、两家企业的同类记录（同数量级）中位数比较，时间和原产国尽可能接近。比率为各条中位数，"
        "区间包含其自身与可比记录的离散。",
    ),
    Text(
        "A price gap is a reason to ask. The burden shifts only after doubts are told and reasons heard (WTO Valuation "
        "Agreement, Decision 6.1; General Administration of Customs, Decree 213 of 2013, Article 44).",
        "价格差异只是质疑的理由。告知质疑并听取说明之后举证责任方可转移（WTO估价委员会决定6.1；海关总署令第213号第四十四条）。",
    ),
)
