"""The page's own words, in both languages."""

from __future__ import annotations

import re
from html import escape

from analytics.language import Language, Text

STATUS: dict[str, Text] = {
    "met": Text("Target met", "达标"),
    "not_met": Text("Target not met", "未达标"),
    "watch": Text("Watch", "需关注"),
    "insufficient": Text("Not enough data", "数据不足"),
    "skipped": Text("Skipped", "已跳过"),
    "failed": Text("Run failed", "运行失败"),
}
WORDS: dict[str, Text] = {
    "contents": Text("Contents", "目录"),
    "skip": Text("Skip to the findings", "跳到正文"),
    "simulated": Text(
        "Simulated data: the figures on this page describe no real country, district or enterprise.",
        "模拟数据：本页数字不代表任何真实的国家、关区或企业。",
    ),
    "simulated_note": Text("Simulated data.", "模拟数据。"),
    "method": Text("Method and data", "方法与数据"),
    "about": Text("About this briefing", "关于本简报"),
    "code": Text("Code of this briefing", "本简报代码"),
    "code_note": Text(
        "Every cell as it was run; the notebook beside this page runs again by itself.",
        "以下为实际运行的全部代码；同目录的笔记本可单独重新运行。",
    ),
    "data": Text("Data and row accounting", "数据与行数核对"),
    "data_note": Text(
        "Rows read = rows used + rows set aside. Every row set aside is in the quarantine file with its reason; the "
        "file is readable by its owner alone and is never packed.",
        "读入行数＝采用行数＋剔除行数。每一条被剔除的记录及原因均列入隔离文件，该文件仅本人可读，不随简报外发。",
    ),
    "input": Text("Input", "数据"),
    "period": Text("Period", "期间"),
    "read": Text("Read", "读入"),
    "used": Text("Used", "采用"),
    "aside": Text("Set aside", "剔除"),
    "reasons": Text("Reasons", "原因"),
    "reason": Text("Reason for setting aside", "剔除原因"),
    "rows": Text("Rows", "行数"),
    "fingerprint": Text("sha256", "sha256"),
    "quarantine": Text("Rows set aside (CSV)", "剔除记录（CSV）"),
    "parameters": Text("Parameters", "参数"),
    "parameter": Text("Parameter", "参数"),
    "value": Text("Value", "取值"),
    "versions": Text("Software", "软件版本"),
    "seed": Text("Random seed", "随机种子"),
    "csv": Text("CSV", "CSV"),
    "csv_of": Text("Data as CSV", "数据CSV"),
    "rows_shown": Text(
        "{shown} of {total} rows shown; all of them in the CSV.", "显示{total}行中的{shown}行，全部见CSV。"
    ),
    "private": Text(
        "Identifiers are masked. The table that leads back is kept apart, readable by its owner alone.",
        "企业等标识已脱敏；对照表另存，仅本人可读。",
    ),
    "back": Text("All briefings", "全部简报"),
    "index_title": Text("Customs analytics briefings", "海关分析简报"),
    "index_lead": Text(
        "{n} briefings, each with its verdict against the plan’s target. A title opens the briefing.",
        "共{n}份简报，按规划目标逐一判定；点击标题可打开简报。",
    ),
    "filter": Text("Show verdicts", "筛选判定"),
    "all": Text("All", "全部"),
    "before": Text("was {value} on {day}", "{day}为{value}"),
    "board": Text("The board: alarms, leads and verdicts on one page", "总览：预警、线索与判定一页"),
    "board_title": Text("Board of headquarters", "总署总览"),
    "board_district": Text("Board of district {district}", "{district}关区总览"),
    "board_lead": Text(
        "{judged} of {n} briefings are judged. A lead is a reason to look, no finding; what no briefing watches is not "
        "on this page.",
        "{n}份简报中{judged}份有判定。线索只是核查的理由，不是认定；没有简报覆盖的事项不在本页。",
    ),
    "board_plan": Text("The plan’s goals", "规划目标"),
    "board_plan_said": Text(
        "{year}: {met} of {all} goals met, {not_met} not met, {watch} to watch, {insufficient} cannot be judged",
        "{year}年：{all}项目标中{met}项达标，{not_met}项未达标，{watch}项需关注，{insufficient}项无法判定",
    ),
    "board_plan_same": Text("No goal changed its verdict against {since}.", "与{since}年相比，各目标判定未变。"),
    "board_plan_alone": Text(
        "What changed is not known: the goals were held against no earlier year.", "未与往年比较，变化情况未知。"
    ),
    "board_plan_none": Text(
        "No briefing says how the plan’s goals stand here.", "没有简报说明此处规划目标的完成情况。"
    ),
    "board_leads": Text("Leads to verify", "待核查线索"),
    "board_none": Text(
        "No briefing lists a lead. That is no finding that all is well: see below what could not be judged.",
        "没有简报列出线索。这并不表明一切正常：未能判定的事项见下。",
    ),
    "board_more": Text("and {n} more in the briefing", "另有{n}条见简报"),
    "board_without": Text("Briefings that list no leads of their own: {n}.", "不列线索的简报{n}份。"),
    "board_verdicts": Text("Verdicts", "判定"),
    "board_rest": Text("Not on this page", "本页未覆盖"),
    "board_silent": Text(
        "{n} briefings were skipped, failed or have too little data.", "{n}份简报跳过、失败或数据不足。"
    ),
    "board_apart": Text(
        "{n} briefings name nothing of this district: they tell no districts apart, or list no lead of it. What they "
        "say stands on headquarters’ page.",
        "{n}份简报未提及本关区：不区分关区，或未列出本关区线索，其内容见总署总览。",
    ),
    "board_month": Text("Data to the month", "数据截至月份"),
    "board_in_month": Text(
        "{n} briefings with data to {month}; {others} with data to other months are not shown, those without data are.",
        "数据截至{month}的简报{n}份；截至其他月份的{others}份未显示，无数据者照列。",
    ),
    "board_month_none": Text(
        "No briefing with data to this month lists a lead. That is no finding that all is well.",
        "数据截至本月的简报均未列出线索。这并不表明一切正常。",
    ),
    "district": Text("District", "关区"),
    "finding": Text("Finding", "结论"),
    "verdict": Text("Verdict", "判定"),
    "set": Text("Parameter set", "参数集"),
    "data_to": Text("Data to", "数据截至"),
    "target": Text("Target", "目标"),
    "simulated_tag": Text("simulated", "模拟"),
    "withheld": Text(
        "Withheld: outside the house a cell is told only with at least {fewest} enterprises, none of them above "
        "{share}.",
        "未公开：对外发布时，每个单元至少须有{fewest}家企业，且单家占比不超过{share}。",
    ),
    "rows_blank": Text(
        "{blank} of {total} rows are left out, so that no single enterprise can be told.",
        "{total}行中有{blank}行未公开，以免识别单家企业。",
    ),
    "leaves": Text(
        "Made to leave the house: tables and figures keep the rule of disclosure, and sentences that name what may not "
        "be told are withheld. Read the rest before it is sent: a sentence that names nothing cannot be checked.",
        "对外发布版：表格和图形已按保密规则处理，涉及不可公开单元的语句已略去。其余文字未指明单元，无法自动核查，发送前请审读。",
    ),
    "working": Text("Working, {seconds} s", "运行中，已{seconds}秒"),
    "worked": Text("Took {seconds} s", "用时{seconds}秒"),
    "written": Text(
        "Written to {folder}: result.json, tables.xlsx and {tables} tables. Saved, this notebook becomes a page with "
        "`analytics page`.",
        "已写入{folder}：result.json、tables.xlsx及{tables}张表。保存后可用`analytics page`生成页面。",
    ),
    "since": Text("Since the run of {day}:", "与{day}运行结果相比："),
    "contact": Text("Issued by:", "发布单位："),
    "issued": Text("Issued on {day}.", "发布日期：{day}。"),
    "own": Text("Added by hand", "补充内容"),
    "own_picture": Text("A picture added by the analyst", "分析人员添加的图片"),
    "picture_outside": Text(
        "A picture outside the notebook is not shown: paste it into the cell.",
        "未显示笔记本以外的图片，请将图片粘贴到单元中。",
    ),
    "picture_damaged": Text("A picture that cannot be read.", "图片无法读取。"),
    "not_on_a_page": Text("Shown in JupyterLab only:", "仅可在JupyterLab中显示："),
    "cell_failed": Text("This cell failed.", "本单元运行失败。"),
    "page_failed": Text(
        "A cell of this notebook failed: figures on this page may be missing or out of date.",
        "本笔记本有单元运行失败，页面数字可能缺失或不是最新。",
    ),
    "failed_title": Text("This briefing could not be made", "本简报未能生成"),
    "failed_fault": Text(
        "This is a fault of the suite, not a finding about the data. Send this page and error.txt to those who look "
        "after the suite; read both first, because a message may quote a value of the data.",
        "这是程序故障，并非数据问题。请将本页和error.txt发送给系统维护人员；发送前请先查看，报错信息中可能含有数据内容。",
    ),
    "damaged": Text("Its result.json is damaged. Run the set again.", "结果文件result.json已损坏，请重新运行。"),
    "since_failed": Text("A later run failed: {reason}", "此后一次运行失败：{reason}"),
    "since_skipped": Text("A later run was skipped: {reason}", "此后一次运行已跳过：{reason}"),
    "failed_cell": Text("The cell that failed", "出错的代码单元"),
    "failed_next": Text(
        "Correct what the message names and run the set again; the notebook beside this page holds the whole run.",
        "请按提示修正后重新运行；同目录的笔记本保留了完整运行记录。",
    ),
    "glyphs": Text("Characters without a glyph in the figure font: ", "图中字体缺少的字符："),
    "figure_scroll": Text("Figure, scrolls sideways on a narrow screen", "图，窄屏可左右滑动"),
    "table_scroll": Text("Table, scrolls sideways on a narrow screen", "表，窄屏可左右滑动"),
}

_KEEP = (
    # A number and its unit stay on one line.
    (re.compile(r"(?<=\d) (?=(?:%|billion|million|trillion|thousand)(?![a-z]))"), "\N{NO-BREAK SPACE}"),
    (re.compile(r"(?<=\b[A-Z]{3}) (?=[\d+−])"), "\N{NO-BREAK SPACE}"),
)
# Masked identifiers and ranges would break at their dash.
_KEEP_EN = re.compile(r"\b[A-Z]-[0-9a-f]{6,}\b|[+−]?\d[\d.,]*–\d[\d.,]*(?<=\d)")
# Chinese has no spaces to bind: a number and its measure word stand in one unbroken piece.
_KEEP_ZH = re.compile(
    r"[+−]?\d[\d.,]*(?:—[+−]?\d[\d.,]*)?%?(?:个百分点|[亿万]?[A-Za-z\u4e00-\u9fff]?元|[亿万年月日个条行份次])"
    r"|[+−]?\d[\d.,]*(?:—[+−]?\d[\d.,]*%?|%)|\b[A-Z]-[0-9a-f]{6,}\b"
)


def said(text: Text | str, language: Language) -> str:
    """Return a text in the page's language; a plain string is the same in both."""
    return text.in_language(language) if isinstance(text, Text) else str(text)


def word(key: str, language: Language) -> str:
    """Return one of the page's own words."""
    return WORDS[key].in_language(language)


def attribute(text: Text | str, language: Language) -> str:
    """Return a text escaped for an attribute."""
    shown = said(text, language)
    for pattern, by in _KEEP:
        shown = pattern.sub(by, shown)
    return escape(shown, quote=True)


def html(text: Text | str, language: Language) -> str:
    """Return a text escaped for a page, with numbers tied to their units."""
    shown = attribute(text, language)
    return (_KEEP_ZH if language == "zh" else _KEEP_EN).sub(r'<span class="nb">\g<0></span>', shown)
