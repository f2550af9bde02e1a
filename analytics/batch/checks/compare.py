"""What changed between two runs of a set: headline, figures, tables."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.batch.checks import provenance
from analytics.batch.checks.causes import WORD, Cause, causes
from analytics.briefing.look.wording import STATUS
from analytics.briefing.written.kept import read_result
from analytics.errors import DataError
from analytics.language import Language, Text

_MOST = 12  # figures and tables named one by one


@dataclass(frozen=True)
class Difference:
    """What is not the same in two briefings, and why.

    Attributes
    ----------
    headline : titles of the earlier and the later one; None where they are the same
    status : verdicts of the two; None where they are the same
    figures : name, before, after of every figure that differs
    tables : what changed in each table
    causes : what differs in what they were made from; empty where nothing does
    known : whether both carry the provenance that causes are told from
    """

    headline: tuple[Text, Text] | None = None
    status: tuple[str, str] | None = None
    figures: list[tuple[str, float | None, float | None]] = field(default_factory=list)
    tables: dict[str, Text] = field(default_factory=dict)
    causes: list[Cause] = field(default_factory=list)
    known: bool = True

    @property
    def same(self) -> bool:
        """Whether headline, verdict, figures and tables are the same."""
        return not (self.headline or self.status or self.figures or self.tables)

    def lines(self, language: Language) -> list[str]:
        """Say the difference, one line a thing."""
        said = (
            [Text("Nothing changed in headline, figures and tables.", "标题、数字和表格均无变化。")]
            if self.same
            else []
        )
        if self.headline:
            said.append(_change(Text("Headline", "标题"), *self.headline))
        if self.status:
            said.append(_change(Text("Verdict", "判定"), *(STATUS.get(s, Text(s, s)) for s in self.status)))
        named = [_change(Text(n, n), _number(a), _number(b)) for n, a, b in self.figures]
        named += [Text(f"{name}.csv: {text.en}", f"{name}.csv：{text.zh}") for name, text in self.tables.items()]
        said += named[:_MOST]
        if len(named) > _MOST:
            said.append(Text(f"and {len(named) - _MOST} more", f"另有{len(named) - _MOST}项"))
        return [text.in_language(language) for text in [*said, *self.because()]]

    def because(self) -> list[Text]:
        """Say the causes, one line each."""
        if not self.known:
            return [
                Text(
                    "Why cannot be told: one of the runs has no provenance.json.",
                    "原因不明：其中一次运行没有provenance.json。",
                )
            ]
        if not self.causes and not self.same:
            return [Text("Cause: none found. The set does not repeat itself.", "原因：未找到，该参数集结果不可重复。")]
        return [
            Text(f"Cause: {WORD[c.kind].en}: {c.what.en}", f"原因：{WORD[c.kind].zh}：{c.what.zh}") for c in self.causes
        ]


def compare(before: Path, after: Path, made_from: dict[str, Any] | None = None) -> Difference:
    """Compare the briefings in two folders.

    Parameters
    ----------
    before, after : Path
    made_from : dict, optional
        What the later one was made from, where its provenance.json is not written yet.

    Raises
    ------
    DataError
        When a folder holds no readable result.json.
    """
    a, b = _result(before), _result(after)
    old, new = provenance.read(before), made_from or provenance.read(after)
    known = old is not None and new is not None
    titles = Text(**a["verdict"]["text"]), Text(**b["verdict"]["text"])
    statuses = a["verdict"]["status"], b["verdict"]["status"]
    return Difference(
        headline=titles if titles[0] != titles[1] else None,
        status=statuses if statuses[0] != statuses[1] else None,
        figures=_figures(_flat(a), _flat(b)),
        tables=_tables(before, after, a["tables"], b["tables"]),
        causes=causes(old, new) if old is not None and new is not None else [],
        known=known,
    )


def _result(folder: Path) -> dict[str, Any]:
    result = read_result(folder)
    if result is None:
        raise DataError(
            f"{folder}: no readable result.json. Name the folder of a briefing, such as reports/en/valuation/ours."
        )
    return result


def _flat(result: dict[str, Any]) -> dict[str, float | None]:
    verdict = {f"verdict.{k}": result["verdict"].get(k) for k in ("value", "low", "high")}
    return {**verdict, **result["figures"]}


def _figures(a: dict[str, float | None], b: dict[str, float | None]) -> list[tuple[str, float | None, float | None]]:
    return [(name, a.get(name), b.get(name)) for name in {**a, **b} if a.get(name) != b.get(name)]


def _tables(before: Path, after: Path, a: dict[str, str], b: dict[str, str]) -> dict[str, Text]:
    found = {}
    for name in {**a, **b}:
        if name not in a or name not in b:
            found[name] = Text("only in one of the runs", "仅见于其中一次运行")
            continue
        old, new = before / a[name], after / b[name]
        if not (old.is_file() and new.is_file()):
            found[name] = Text("its file is missing", "文件缺失")
        elif old.read_bytes() != new.read_bytes():
            found[name] = _rows(_read(old), _read(new))
    return found


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _rows(a: pd.DataFrame, b: pd.DataFrame) -> Text:
    """Say how many rows of a table are new, gone or changed; rows are known by their texts."""
    if list(a.columns) != list(b.columns):
        return Text("other columns", "列不同")
    keys = [c for c in a.columns if not (_numeric(a[c]) and _numeric(b[c]))]
    whole = [set(map(tuple, frame.itertuples(index=False))) for frame in (a, b)]
    named = [set(map(tuple, frame[keys].itertuples(index=False))) if keys else set() for frame in (a, b)]
    gone, new = len(named[0] - named[1]), len(named[1] - named[0])
    changed = max(len(whole[1] - whole[0]) - new, 0)
    order = "" if changed or gone or new else ", another order"
    return Text(
        f"{changed} rows changed, {new} new, {gone} gone{order}",
        f"{changed}行变化，{new}行新增，{gone}行消失{'，顺序不同' if order else ''}",
    )


def _numeric(column: pd.Series) -> bool:
    return bool(pd.to_numeric(column.replace("", "nan"), errors="coerce").notna().eq(column.ne("")).all())


def _number(value: float | None) -> Text:
    shown = "—" if value is None or not math.isfinite(value) else f"{value:.6g}"
    return Text(shown, shown)


def _change(name: Text, a: Text, b: Text) -> Text:
    return Text(f"{name.en}: {a.en} → {b.en}", f"{name.zh}：{a.zh} → {b.zh}")
