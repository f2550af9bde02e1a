"""The page of data quality: verdict, checks, rows by reason, missing by column, digits and units, months."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.briefing import Fold, Headline, Listing, Points, Section, cells
from analytics.briefing.parts import Column, Tile, Verdict
from analytics.language import Text
from analytics.language.both import number, percent
from analytics.quality.measure import ACCURACY, Quality
from analytics.quality.page.first import columns, next_steps

__all__ = [
    "checks",
    "columns",
    "decided",
    "figures",
    "headline",
    "inside",
    "method",
    "next_steps",
    "reasons",
    "tables",
    "verdict",
]


_JUDGED = {
    "met": Text("in order", "正常"), "watch": Text("to look at", "需关注"),
    "not_met": Text("short of the plan", "未达规划要求"), "insufficient": Text("cannot be told", "无法判断"),
}  # fmt: skip


def _texts(frame: pd.DataFrame, en: str, zh: str) -> np.ndarray:
    pairs = zip(frame[en].astype(str), frame[zh].astype(str), strict=True)
    return cells(Text(a, b) for a, b in pairs)


def _shown(frame: pd.DataFrame, name: str) -> np.ndarray:
    """Figures of the checks as they are shown: shares as per cents, columns by number."""
    pairs = zip(frame[name].tolist(), frame["kind"].tolist(), strict=True)
    texts = [number(value) if kind == "columns" else percent(value, 2) for value, kind in pairs]
    return cells(texts)


def verdict(quality: Quality) -> Verdict:
    """Both figures of the plan: below 99 % is told, 99 % and above is only an upper bound."""
    account = quality.table.accounting
    share, most = quality.accuracy, percent(quality.accuracy, 2)
    if share is None:
        text = Text("The source holds no row to judge", "数据源无可评价的行")
    elif quality.status == "not_met" and share < 0.99:
        text = Text(
            f"{most.en} of the rows are without a fault; the plan asks for 99 %", f"无差错的行占{most.zh}，规划要求99%"
        )
    elif quality.status == "not_met":
        revised = percent(quality.revised, 2)
        text = Text(f"{revised.en} of the lines were revised; the plan asks for less than 1 %",
                    f"更改的记录占{revised.zh}，规划要求低于1%")  # fmt: skip
    elif share == 1:
        text = Text("No fault of form was found; whether the figures are right, a file alone cannot tell",
                    "未发现格式差错；数据是否准确，仅凭文件无法判断")  # fmt: skip
    else:
        text = Text(f"At most {most.en} of the rows are right: checks of form find no more faults",
                    f"准确率至多为{most.zh}：格式与取值检查未发现更多差错")  # fmt: skip
    lead = Text(
        f"{number(account.rows_read).en} rows read, {number(account.rows_used).en} used, "
        f"{number(account.rows_faulty).en} set aside for a fault. Whether the figures are true needs a sample that is "
        "audited; these checks see form and range alone.",
        f"读取{number(account.rows_read).zh}行，使用{number(account.rows_used).zh}行，因差错剔除{number(account.rows_faulty).zh}行。"
        "数据是否属实须抽样核查；上述检查仅涉及格式与取值范围。",
    )
    value = None if share is None else 100 * share
    return Verdict(ACCURACY, quality.status, value, None, None, text, lead)


def headline(quality: Quality, place: Text) -> Headline:
    """Verdict and four tiles."""
    account = quality.table.accounting
    unknown = Text("no versions in the file", "文件无版本字段")
    tiles = (
        Tile(Text("Without a fault of form", "无差错（准确率上限）"), percent(quality.accuracy, 2),
             note=Text("plan: at least 99 %", "规划：不低于99%")),
        Tile(Text("Revised", "更改比重"), percent(quality.revised, 2),
             note=Text("plan: below 1 %", "规划：低于1%") if quality.revised is not None else unknown),
        Tile(Text("Set aside for a fault", "因差错剔除"), number(account.rows_faulty), note=Text("rows", "行")),
        Tile(Text("Doubts decided by the map", "映射已决定的疑点"), number(len(quality.accepted))),
    )  # fmt: skip
    name = Text(
        quality.table.name,
        {"declarations": "报关单", "receipts": "税收入库"}.get(quality.table.name, quality.table.name),
    )
    return Headline(verdict(quality), tiles, Text(f"{place.en} · {name.en}", f"{place.zh} · {name.zh}"))


def checks(quality: Quality) -> Section:
    """Every check with its threshold."""
    frame = quality.checks
    frame = frame.assign(
        name=_texts(frame, "check", "check_zh"), found=_shown(frame, "value"), bound=_shown(frame, "threshold")
    )
    open_ = int((frame["status"] != "met").sum())
    frame = frame.assign(judged=cells(_JUDGED[str(s)] for s in frame["status"]))
    judged = Column("judged", Text("Judged", "判断"))
    columns = (Column("name", Text("Check", "检查项")), Column("found", Text("Found", "结果")),
               Column("bound", Text("Threshold", "阈值")), judged)  # fmt: skip
    title = Text(f"{open_} of {len(frame)} checks ask for a look", f"{len(frame)}项检查中{open_}项需关注")
    return Section(
        title,
        Text("Checks", "检查"),
        (Listing("checks", Text("Checks and thresholds", "检查项与阈值"), frame, columns),),
    )


def reasons(quality: Quality) -> Section:
    """Rows set aside by reason, and doubts that the map decided."""
    found = quality.table.accounting.reasons
    frame = pd.DataFrame({"why": _texts(found, "reason", "reason_zh"), "rows": found["rows"].tolist()})
    columns = (Column("why", Text("Reason", "原因")), Column("rows", Text("Rows", "行数"), "number", bar=True))
    title = Text("No row was set aside", "没有剔除任何行") if frame.empty else Text(
        f"Rows were set aside for {len(frame)} {'reason' if len(frame) == 1 else 'reasons'}",
        f"因{len(frame)}种原因剔除了行")  # fmt: skip
    return Section(
        title,
        Text("Set aside", "剔除"),
        (Listing("reasons", Text("Rows by reason", "按原因分的行数"), frame, columns),),
    )


def inside(quality: Quality) -> Section:
    """What the rows hold: missing by column, digits and units, rows by month."""
    missing = quality.missing.assign(name=_texts(quality.missing, "title", "title_zh"))
    missing = missing.sort_values("missing", ascending=False, kind="stable")
    share = Column("missing", Text("Missing", "缺失"), "percent", 2, bar=True)
    columns = (Column("name", Text("Column", "列")), share)
    parts = [Listing("missing", Text("Missing by column", "各列缺失比重"), missing, columns, rows=15)]
    rows = Column("rows", Text("Rows", "行数"), "number", bar=True)
    if len(quality.codes):
        digits = (Column("digits", Text("Digits", "位数"), "number"), rows)
        parts.append(Listing("digits", Text("Digits of commodity codes", "商品编码位数"), quality.codes, digits))
    if len(quality.units):
        units = (Column("unit", Text("Unit", "计量单位")), rows)
        parts.append(Listing("units", Text("Units of quantity", "计量单位"), quality.units, units))
    if len(quality.months):
        months = (Column("month", Text("Month", "月份"), "month"), rows)
        parts.append(
            Listing(
                "months",
                Text("Rows by month, the last first", "各月行数（末月在前）"),
                quality.months.iloc[::-1],
                months,
                rows=13,
            )
        )
    sparse = int((missing["missing"] > 0.05).sum())
    title = Text(f"{sparse} columns lack a value in more than 5 % of the rows", f"{sparse}列的缺失超过5%")
    return Section(title, Text("Contents", "内容"), tuple(parts))


def decided(quality: Quality) -> Points | None:
    """Doubts that the column map decided; None where it decided none."""
    if not quality.accepted:
        return None
    return Points(
        Text("Doubts that the map decided", "字段映射已决定的疑点"), tuple(Text(a, a) for a in quality.accepted)
    )


def method() -> Fold:
    """How the figures are made."""
    return Fold(Text("How this is judged", "评价方法"), (
        Text("Accuracy: rows without a fault / rows judged. Totals, lines of text, exact copies, older versions and "
             "rows left out by rule are no faults and not judged. It is an upper bound: a wrong figure in form passes.",
             "准确率：无差错的行／被评价的行。合计、说明文字、完全重复、旧版本及按规则剔除的行不计差错，也不参与评价。"
             "该值为上限：格式正确的错误数据不会被发现。"),
        Text("Revised: lines whose version is not the first / lines used; not told where the file has no versions.",
             "更改比重：版本号非最初版本的记录／使用的记录；文件无版本字段时不作判断。"),
        Text("Last month: its rows against the median of the six months before; more than half away asks for a look.",
             "末月：其行数与此前六个月中位数比较，相差超过一半时提示关注。"),
    ))  # fmt: skip


def figures(quality: Quality) -> dict[str, float]:
    """Figures of result.json."""
    account = quality.table.accounting
    found = {
        "rows_read": account.rows_read,
        "rows_faulty": account.rows_faulty,
        "doubts_decided": len(quality.accepted),
    }
    shares = {"accuracy_at_most": quality.accuracy, "revised": quality.revised}
    return {**{k: float(v) for k, v in found.items()}, **{k: v for k, v in shares.items() if v is not None}}


def tables(quality: Quality) -> dict[str, pd.DataFrame]:
    """Table for other programs: every check with its value, threshold and judgement."""
    return {"quality": quality.checks}
