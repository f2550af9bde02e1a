"""The error tree on a page: causes of each year's error."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from analytics.briefing import Chart, Column, Listing, Section, labelled
from analytics.language import Text, joined, told
from analytics.tax_forecast.evaluation.report import Evaluation
from analytics.tax_forecast.evaluation.tree import BEHAVIOUR, RHYTHM, together
from analytics.tax_forecast.page.reporting import plots
from analytics.tax_forecast.page.words import amounts, is_money, share
from analytics.tax_forecast.why.factors import REST

TOLD_APART = 0.05  # error of a year below which the noise of a month is as large as a cause
LABELS = {
    "volume": Text("Volume", "数量"),
    "price": Text("Price", "价格"),
    "exchange_rate": Text("Exchange rate", "汇率"),
    "rate": Text("Rate", "税率"),
    "base": Text("Tax base", "税基"),
    BEHAVIOUR: Text("Behaviour", "纳税行为"),
    RHYTHM: Text("Rhythm", "入库节奏"),
    REST: Text("Rest", "其他"),
}


def tree(found: Evaluation) -> Section | None:
    """Causes of every year's error; None where no cause has a driver."""
    if not any(tree.given or tree.causes.get("rate") for tree in found.trees):
        return None
    table = together(found.trees).fillna(0.0)
    causes = [name for name in table.columns if name not in ("year", "error")]
    actual = np.array([found.panel.total.total(int(y)) for y in table["year"]])
    labels = found.panel.total.fiscal.label
    years = [labels(int(y)) for y in table["year"]]
    unit = found.unit if is_money(found.unit) else None
    columns = (
        Column("name", Text("Year", "年份")),
        Column("error", Text("Forecast - outturn", "预测－决算"), "money", sign=True, unit=unit),
        *(Column(c, LABELS[c], "money", sign=True, unit=unit) for c in causes),
    )
    caption = Text("Error of each year by cause", "各年误差成因分解")
    shares = 100 * table[causes].to_numpy(dtype=float) / actual[:, None]
    said = [
        told("{year} {error}", "{year}年{error}", year=y, error=share(float(e), sign=True))
        for y, e in zip(years, table["error"] / actual, strict=True)
    ]
    chart = Chart(
        "error_tree_shares",
        caption,
        told("Error by year: {all}.", "各年误差：{all}。", all=joined(said, ", ", "，")),
        table,
        partial(plots.tree, [y.en for y in years], [LABELS[c] for c in causes], shares),
        Text("Dot: the error. A cause to the right made the forecast too high.", "圆点为总误差；右侧各项使预测偏高。"),
    )
    small = [y for y, e in zip(years, np.abs(table["error"] / actual), strict=True) if e < TOLD_APART]
    note = joined([_note(found), _small(small)])
    listing = Listing("error_tree", caption, labelled(table, name=years), columns, note)
    return Section(_finding(found, table, causes), Text("Error tree", "误差树"), (chart, listing))


def _small(years: list[Text]) -> Text:
    """Name the years whose error is too small for its causes to be told from the noise of a month."""
    if not years:
        return Text("", "")
    return told(
        "In {years} the whole error is below {least} of the outturn: its causes cannot be told apart from the noise "
        "of a month.",
        "{years}年总误差低于决算的{least}：各项成因与月度噪声难以区分。",
        years=joined(years, ", ", "、"),
        least=share(TOLD_APART, 0),
    )


def _finding(found: Evaluation, table: pd.DataFrame, causes: list[str]) -> Text:
    """Name the cause that moved forecasts most over the years."""
    sizes = table[causes].abs().sum()
    first = str(sizes.idxmax())
    newest = table.iloc[-1]
    return told(
        "Over these years {cause} moved errors most ({part} of all that moved them); in {year}: {amount}",
        "历年误差主要来自{cause}（占各项绝对值合计的{part}）；{year}年为{amount}",
        cause=Text(LABELS[first].en.lower(), LABELS[first].zh),
        part=share(float(sizes[first] / sizes.sum()), 0) if sizes.sum() else share(0.0, 0),
        year=found.panel.total.fiscal.label(int(newest["year"])),
        amount=amounts(float(newest[first]), found.unit, sign=True),
    )


def _note(found: Evaluation) -> Text:
    """Say what was given, and what therefore cannot be told apart."""
    given = sorted({kind for one in found.trees for kind in one.given})
    short = [one.year for one in found.trees if len(one.given) < len(given)]
    names = joined((LABELS.get(kind, Text("Assessed tax", "应征税额")) for kind in given), ", ", "、")
    apart = (
        Text("Behaviour and rhythm are told apart by assessed tax.", "纳税行为与入库节奏按应征税额区分。")
        if "assessed" in given
        else Text(
            "No assessed tax is given: what lasts through the open months is called behaviour, what changes from month "
            "to month rhythm.",
            "未提供应征税额：剩余各月持续的偏离计为纳税行为，逐月变化的计为入库节奏。",
        )
    )
    missing = told(
        "Drivers do not cover {years}: there the rest holds what they would explain.",
        "{years}年指标不全，其影响计入其他。",
        years=Text(", ".join(map(str, short)), "、".join(map(str, short))),
    )
    return joined(
        [
            told(
                "Given: {names}.", "已提供：{names}。", names=names if names.en else Text("policy events", "政策事件")
            ),
            apart if given else Text("", ""),
            missing if short else Text("", ""),
            Text("Causes add up to the error.", "各项合计等于误差。"),
        ]
    )
