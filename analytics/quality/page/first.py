"""Sections of a first look: columns recognised, and what to do next."""

from __future__ import annotations

from analytics.briefing import Listing, Points, Section, cells
from analytics.briefing.parts import Column
from analytics.language import Text
from analytics.quality.first import FirstLook


def columns(look: FirstLook) -> Section:
    """Which column of the file was taken for which of the contract, and which are not used."""
    frame, left = look.columns, look.left
    frame = frame.assign(name=cells(Text(a, b) for a, b in zip(frame["title"], frame["title_zh"], strict=True)))
    shown = (
        Column("name", Text("Taken for", "识别为")), Column("column", Text("Name in the suite", "系统字段名")),
        Column("source", Text("Column of the file", "文件中的列")),
    )  # fmt: skip
    finding = Text(
        f"{len(frame)} columns were recognised, {len(left)} {'is' if len(left) == 1 else 'are'} not used"
        if left
        else f"All {len(frame)} columns were recognised",
        f"识别{len(frame)}列，{len(left)}列未使用" if left else f"{len(frame)}列全部识别",
    )
    lead = Text(
        "Look every line over: the names were guessed from the headings and a few values.",
        "请逐行核对：以上由列名和少量取值推断得出。",
    )
    unused = ", ".join(left)
    note = Text(f"Not used: {unused}.", f"未使用：{'、'.join(left)}。") if left else None
    caption = Text("Columns as they were taken", "各列的识别结果")
    return Section(finding, Text("Columns", "列"), (Listing("columns", caption, frame, shown, note),), lead)


def next_steps(look: FirstLook, source: str) -> Points:
    """What the analyst does next, with the command for it."""
    declared = look.table.name == "declarations"
    pillars = ("valuation", "smuggling") if declared else ("tax_forecast",)
    asked = [
        Text(
            f"Analyst: ask what a run of {name} would refuse: analytics check {source} --for {name}",
            f"分析人员：查看{name}运行前还缺什么：analytics check {source} --for {name}",
        )
        for name in pillars
    ]
    return Points(
        Text("Next steps", "下一步"),
        (
            Text(
                "Those who know the file: confirm the columns above, the unit of the amounts and the dates",
                "熟悉数据的人员：确认上表各列、金额单位和日期",
            ),
            Text(
                f"Analyst: write the map and a parameter set beside the file: analytics start {source}",
                f"分析人员：在文件旁生成字段映射和参数集：analytics start {source}",
            ),
            *asked,
        ),
    )
