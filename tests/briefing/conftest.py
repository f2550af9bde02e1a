"""A small briefing made without a kernel, and a browser where there is one."""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analytics import briefing
from analytics.briefing.look import theme
from analytics.briefing.page import current
from analytics.language import Text

FOUND = Text("Receipts end 2025 at CNY 2.0 billion, 5.6 % below plan", "预计2025年税收20亿元，比计划少5.6%")

JANUARY, JUNE = pd.Timestamp("2025-01-01"), pd.Timestamp("2025-06-01")


@dataclass
class Counts:
    """What the page needs of an accounting."""

    rows_read: int = 12
    rows_used: int = 10
    rows_set_aside: int = 2
    faulty_share: float = 0.0  # the two are no faults to a page of the tests
    reasons: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            {"reason": ["date in the future"], "reason_zh": ["日期在未来"], "rows": [2]}
        )
    )
    quarantine: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            {"record": [3, 7], "reason": ["date in the future"] * 2, "raw importer": ["91110000X", "other"]}
        )
    )
    sha256: str = "ab" * 32
    first_period: pd.Timestamp | None = JANUARY
    last_period: pd.Timestamp | None = JUNE
    notes: tuple[Text, ...] = ()


@dataclass
class Source:
    """What the page needs of a table."""

    name: str = "declarations"
    source: str = "simulated:lines=12,seed=7"
    accounting: Counts = field(default_factory=Counts)
    simulated: bool = True
    identities: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            {"kind": ["enterprise"], "masked": ["E-7f3a9c1b2d"], "original": ["91110000X"]}, dtype="str"
        )
    )


def _empty_project(root: Path) -> Path:
    """Make a project with one pillar's schema."""
    schema = {
        "x-notebook": "notebooks/tax_forecast/annual_revenue.ipynb",
        "x-name": {"en": "Tax forecast", "zh": "税收预测"},
        "type": "object",
        "properties": {
            "year": {"title": "Year", "description": "", "type": "integer", "unit": "", "default": 2025},
            "source": {"title": "Source", "description": "", "type": "string", "unit": "", "default": ""},
        },
    }
    folder = root / "params" / "tax_forecast"
    folder.mkdir(parents=True)
    (folder / "schema.json").write_text(json.dumps(schema))
    (root / "pyproject.toml").touch()
    return root


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """Give an empty project, and work in it."""
    monkeypatch.chdir(_empty_project(tmp_path))
    return tmp_path


def verdict(**changes) -> briefing.Verdict:
    facts = {
        "target": "revenue_forecast_error",
        "status": "watch",
        "value": 5.6,
        "low": 1.2,
        "high": float("nan"),
        "text": FOUND,
        "lead": Text("January–June brought CNY 1.1 billion.", "1—6月累计11亿元。"),
    }
    return briefing.Verdict(**{**facts, **changes})


def items() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "item": [Text("Duty", "关税"), Text("Total", "合计")],
            "received": [109.4, 982.3],
            "change": [-0.077, 0.063],
            "status": ["met", "not_met"],
        }
    )


ITEM_COLUMNS = [
    briefing.Column("item", Text("Item", "税种")),
    briefing.Column("received", Text("Received", "入库"), "money", unit="CNY million", digits=1),
    briefing.Column("change", Text("Change", "增减"), "percent", sign=True, tone=True),
    briefing.Column("status", Text("Verdict", "判定"), "status"),
]


def bars():
    figure, ax = theme.subplots(height=2)
    ax.bar([2023, 2024, 2025], [1.2, -3.4, 2.2])
    theme.title(ax, briefing.say(Text("Error, %", "误差，%")))
    theme.label(ax, (2025, 2.2), briefing.say(Text("this year", "今年")), strong=True)
    return figure


def make(folder: Path | None, language: str = "en", *, inputs=None, **more) -> Path:
    """Make a small briefing with every element; return its folder."""
    briefing.start("tax_forecast", {"year": 2025, "source": "", "language": language, "output_dir": folder, **more})
    sources = [Source()] if inputs is None else inputs
    briefing.account(*sources)
    tiles = [
        briefing.Tile(Text("Forecast", "预测"), Text("2,042", "20420"), Text("CNY million", "万元"), spark=[1, 2, 1.5]),
        briefing.Tile(Text("Against plan", "与计划比"), Text("−5.6 %", "−5.6%"), tone="bad"),
    ]
    briefing.headline(verdict(), tiles, Text("data to June 2025", "数据截至2025年6月"))
    briefing.section(
        Text("Errors fell", "误差缩小"), Text("Each bar is a year.", "每根柱为一年。"), short=Text("Record", "记录")
    )
    errors = pd.DataFrame({"year": [2023, 2024, 2025], "error": [1.2, -3.4, 2.2]})
    alt = Text("Bars of three years", "三年的柱形图")
    briefing.figure(bars(), title=Text("Errors by year", "各年误差"), alt=alt, data=errors, name="errors")
    briefing.table(items(), title=Text("Items", "税种"), columns=ITEM_COLUMNS, name="items", total=True)
    briefing.bullets(Text("What to watch", "需要关注"), [Text("December bookings", "12月入库时点")])
    briefing.fold(Text("Method", "方法"), Text("Growth so far.", "累计增幅。"))
    briefing.finish(verdict(), {"total": 2042.5, "gap": float("nan")}, {"forecast": errors}, seed=7)
    return current().output_dir


def save_notebook(folder: Path, name: str = "run.ipynb") -> Path:
    """Save what the page has shown as an executed notebook with narrative in both languages."""
    outputs = [new_output(o["output_type"], data=o["data"], metadata=o["metadata"]) for o in current().outputs]
    first = [o for o in outputs if o.metadata["briefing"]["kind"] in ("style", "account", "headline")]
    code = 'year: int = 2025  # Year\nlanguage: str = "en"'
    cells = [
        new_markdown_cell("# Annual revenue\n\nWhat will the year bring?", metadata={"tags": ["en"]}),
        new_markdown_cell("# 全年税收\n\n今年预计多少？", metadata={"tags": ["zh"]}),
        new_code_cell(code, metadata={"tags": ["parameters"]}),
        new_code_cell("briefing.headline(year.verdict())", outputs=first),
        new_markdown_cell("Only what was known then.", metadata={"tags": ["en"]}),
        new_markdown_cell("只用当时已知数据。", metadata={"tags": ["zh"]}),
        new_code_cell("rest <b>()", outputs=[*outputs[len(first) :], new_output("stream", text="fitted <once>\n")]),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell{number}"
    path = folder / name
    nbformat.write(new_notebook(cells=cells), path)
    return path


@pytest.fixture
def sample() -> SimpleNamespace:
    """What tests make a small briefing with."""
    return SimpleNamespace(make=make, save=save_notebook, verdict=verdict, bars=bars, Source=Source)


def _build(root: Path, language: str, **more) -> Path:
    folder = make(root / "reports" / language / "tax_forecast" / "small", language, **more)
    briefing.export(save_notebook(folder), folder / "briefing.html", language, back="../../index.html")
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    """The small briefing in both languages, made once."""
    root = _empty_project(tmp_path_factory.mktemp("built"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        for language in ("en", "zh"):
            _build(root, language)
    return root


@pytest.fixture
def report(built, project):
    """Return a function that gives a folder with the small briefing and its page in a language."""

    def folder(language: str = "en", **more) -> Path:
        if more:
            return _build(project, language, **more)
        for name in ("reports", "private"):
            shutil.copytree(built / name, project / name, dirs_exist_ok=True)
        return project / "reports" / language / "tax_forecast" / "small"

    return folder
