"""What customs does beside clearance: random samples, audits, price queries, reference prices, selectivity rules."""

from __future__ import annotations

from analytics.language import Text
from analytics.tables.contract.definition import Contract
from analytics.tables.contract.definition import column as _column

_MONEY = "as in the declarations"

SAMPLES = Contract(
    "samples",
    Text("Samples: one row a line drawn for the random compliance measurement", "随机抽查样本：每抽中商品项一行"),
    (
        _column("declaration_id", "Declaration", "报关单号", "id", required=True),
        _column("line_no", "Line", "项号", "integer", required=True, minimum=0),
        _column("drawn_on", "Drawn on", "抽样日期", "date", past=True),
        _column("stratum", "Stratum", "层"),
        _column("probability", "Probability of being drawn", "抽中概率", "number", unit="share", required=True,
                above=0, maximum=1),
        _column("size", "Size measure of the draw", "抽样规模值", "number", unit=_MONEY, minimum=0),
        _column("district", "Customs district", "关区", "id"),
        _column("enterprise_id", "Consignee", "收货人", "id", masked="E"),
        _column("hs_code", "HS code declared", "申报商品编码", "code"),
        _column("value", "Value declared", "申报价值", "number", unit=_MONEY, minimum=0),
        _column("tax", "Tax collected", "已征税款", "number", unit=_MONEY, minimum=0),
        _column("inspected_on", "Checked on", "核查日期", "date", past=True),
        _column("confirmed_value", "Value confirmed", "认定价值", "number", unit=_MONEY, minimum=0),
        _column("confirmed_hs_code", "HS code confirmed", "认定商品编码", "code"),
        _column("confirmed_origin", "Origin confirmed", "认定原产国", "id"),
        _column("confirmed_tax", "Tax due as confirmed", "认定应征税款", "number", unit=_MONEY, minimum=0),
        _column("cause", "Cause of the difference", "差异原因"),
        _column("second_tax", "Tax due by the second, blind inspection", "第二次盲查认定应征税款", "number",
                unit=_MONEY, minimum=0),
    ),
    key=("declaration_id", "line_no"),
    period="drawn_on",
)  # fmt: skip

AUDITS = Contract(
    "audits",
    Text("Audits: one row a post-clearance audit or check", "稽查核查：每项作业一行"),
    (
        _column("audit_id", "Audit", "稽查作业号", "id", required=True),
        _column("enterprise_id", "Enterprise", "企业", "id", masked="E"),
        _column("district", "Customs district", "关区", "id"),
        _column("kind", "Kind of audit", "作业类型"),
        _column("selected_by", "Selected by (risk, random, order)", "选取方式（风险、随机、指令）"),
        _column("opened_on", "Opened on", "立项日期", "date", past=True),
        _column("closed_on", "Closed on", "办结日期", "date", past=True),
        _column("finding", "Finding", "是否有效", "flag"),
        _column("recovered", "Tax recovered", "追补税款", "number", unit="CNY", minimum=0),
        _column("hours", "Hours of work", "工时", "number", unit="hours", minimum=0),
        _column("covered_value", "Value of the trade covered", "覆盖的进出口值", "number", unit="CNY", minimum=0),
    ),
    key=("audit_id",),
    period="closed_on",
)

QUERIES = Contract(
    "queries",
    Text("Queries: one row a price doubt and its outcome", "价格质疑：每次质疑一行"),
    (
        _column("query_id", "Query", "质疑编号", "id", required=True),
        _column("declaration_id", "Declaration", "报关单号", "id"),
        _column("line_no", "Line", "项号", "integer", minimum=0),
        _column("opened_on", "Opened on", "质疑日期", "date", past=True),
        _column("closed_on", "Closed on", "结案日期", "date", past=True),
        _column("declared_value", "Value declared", "申报价值", "number", unit="CNY", minimum=0),
        _column("accepted_value", "Value accepted", "审定价值", "number", unit="CNY", minimum=0),
        _column("outcome", "Outcome (accepted, raised, open)", "结果（接受、调整、未结）"),
    ),
    key=("query_id",),
    period="opened_on",
)

REFERENCE_PRICES = Contract(
    "reference_prices",
    Text("Reference prices: one row a good, origin and month", "参考价格：每商品、原产国和月份一行"),
    (
        _column("hs_code", "HS code", "商品编码", "code", required=True),
        _column("unit", "Unit of quantity", "计量单位"),
        _column("origin", "Country of origin", "原产国", "id"),
        _column("month", "Month", "月份", "month", required=True, past=True),
        _column("price", "Price", "价格", "number", unit="as given in column currency, a unit", required=True, above=0),
        _column("currency", "Currency", "币制"),
        _column("source", "Source", "来源"),
    ),
    key=("hs_code", "unit", "origin", "month", "source"),
    period="month",
)

PRICE_GAPS = Contract(
    "price_gaps",
    Text("Price gaps: one row a line far below like goods", "价差：每条明显低于同类货物的记录一行"),
    (
        _column("declaration_id", "Declaration", "报关单号", "id", required=True),
        _column("line_no", "Line", "项号", "integer", required=True, minimum=1),
        _column("relative", "Unit value over that of like goods", "单价与同类货物之比", "number", unit="share",
                required=True, above=0),
        _column("compared_lines", "Lines compared", "可比记录数", "integer", minimum=0),
        _column("enterprises", "Enterprises compared", "可比企业数", "integer", minimum=0),
    ),
    key=("declaration_id", "line_no"),
)  # fmt: skip
"""Written by the price level's page (tables/price_gaps.csv), read by risk selection."""

TARGETS = Contract(
    "targets",
    Text("Targets: one row an indicator of a plan", "目标：规划的每项指标一行"),
    (
        _column("indicator_id", "Indicator", "指标编号", "id", required=True),
        _column("name", "Name", "指标名称"),
        _column("name_zh", "Name in Chinese", "指标中文名称"),
        _column("comparator", "Comparator (>=, <=, <, ==, ~, between, increase, milestone)", "比较方式", required=True),
        _column("low", "Lower bound", "下限", "number", unit="as given in column unit"),
        _column("high", "Upper bound", "上限", "number", unit="as given in column unit"),
        _column("unit", "Unit", "单位"),
        _column("deadline", "Deadline (year)", "期限（年）", "integer", minimum=1950, maximum=2200),
        _column("definition", "Definition", "定义"),
        _column("section", "Section of the plan", "规划章节"),
        _column("tolerance", "Tolerance of about", "“左右”的容许幅度", "number", unit="share", minimum=0, maximum=1),
    ),
    key=("indicator_id",),
)

RULES = Contract(
    "rules",
    Text("Rules: one row a selectivity rule", "布控规则：每规则一行"),
    (
        _column("rule_id", "Rule", "规则编号", "id", required=True),
        _column("kind", "What the rule looks at", "规则类型"),
        _column("valid_from", "Valid from", "生效日期", "date", past=True),
        _column("valid_to", "Valid to", "失效日期", "date"),
        _column("hits", "Declarations hit", "命中报关单数", "integer", minimum=0),
        _column("executed", "Hits executed and reported back", "执行并反馈数", "integer", minimum=0),
        _column("findings", "Hits with a finding", "有效数", "integer", minimum=0),
    ),
    key=("rule_id",),
)

RULE_HITS = Contract(
    "rule_hits",
    Text("Rule hits: one row a rule and declaration hit", "规则命中：每规则每命中报关单一行"),
    (
        _column("rule_id", "Rule", "规则编号", "id", required=True),
        _column("declaration_id", "Declaration", "报关单号", "id", required=True),
        _column("hit_on", "Hit on", "命中日期", "date", past=True),
        _column("executed", "Executed and reported back", "是否执行并反馈", "flag"),
        _column("finding", "Finding", "是否有效", "flag"),
        _column("recovered", "Tax recovered", "追补税款", "number", unit=_MONEY, minimum=0),
        _column("hours", "Hours of work", "工时", "number", unit="hours", minimum=0),
    ),
    key=("rule_id", "declaration_id"),
    period="hit_on",
)

ALARM_OUTCOMES = Contract(
    "alarm_outcomes",
    Text("Alarm outcomes: one row an alarm that was verified", "预警核查结果：每条预警一行"),
    (
        _column("series", "Series, as in alarms.csv", "序列（同alarms.csv）", required=True),
        _column("since", "First month of the change", "变动起始月", "month", required=True, past=True),
        _column(
            "outcome",
            "Outcome (confirmed, unfounded, open)",
            "结果（confirmed属实、unfounded不属实、open核查中）",
            required=True,
        ),
        _column("decided_on", "Decided on", "认定日期", "date", past=True),
        _column("remark", "Remark", "备注"),
    ),
    key=("series", "since"),
    period="since",
)

CONTAINMENT = Contract(
    "containment",
    Text("Containment: one row a place and period", "打私遏制依据：每地区每期一行"),
    (
        _column("place", "Place", "地区", required=True),
        _column("group", "Group of like places", "类别"),
        _column("period", "Period", "期间", required=True),
        _column(
            "collected", "Duty and tax collected", "已征税款", "number", unit="one currency", required=True, minimum=0
        ),
        _column("proved", "Duty recovered in proved cases", "已查证案件追补税款", "number", required=True, minimum=0),
        _column("gap", "Duty gap of declared goods", "已申报货物税款缺口", "number", required=True, minimum=0),
        _column("gap_low95", "Its lower limit", "缺口下限", "number", required=True),
        _column("gap_high95", "Its upper limit", "缺口上限", "number", required=True, minimum=0),
        _column("missing", "Duty on imports the mirror misses", "镜像缺失涉税", "number", minimum=0),
        _column("missing_low95", "Its lower limit of the mirror", "镜像缺失下限", "number"),
        _column("missing_high95", "Its upper limit of the mirror", "镜像缺失上限", "number", minimum=0),
    ),
    key=("place", "period"),
    period="period",
)  # fmt: skip
