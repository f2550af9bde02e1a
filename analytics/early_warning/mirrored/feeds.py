"""What the mirror hands on: price levels on the page; reference prices, risk features and leads for others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.briefing import Lead, Listing, Section, interval
from analytics.briefing.parts import Column
from analytics.early_warning.mirrored.study import MirrorFindings
from analytics.language import NO_CURRENCY, Text, money, number

_ROWS = 12


def levels(found: MirrorFindings) -> Section | None:
    """Price level of each importer against the mirror; None where no weights are given on both sides."""
    table = found.levels[found.levels["level"].notna()]
    if table.empty:
        return None
    columns = [
        Column("importer", Text("Importer", "进口方")),
        Column("level", Text("Level", "价格水平"), "number", digits=3),
        *interval("number", 3),
    ]
    if table["relative"].notna().any():
        columns += [
            Column("relative", Text("Against others", "相对他方"), "number", digits=3),
            Column("relative_low95", Text("Low", "下限"), "number", digits=3),
            Column("relative_high95", Text("High", "上限"), "number", digits=3),
        ]
    columns.append(Column("cells", Text("Flows", "单元数"), "number"))
    listing = Listing(
        "nation_price_level",
        Text("Declared unit values over those that partners report", "申报单价与伙伴方申报单价之比"),
        table,
        tuple(columns),
        note=Text(
            "Level holds freight and insurance. Against others: the same goods and exporters, as other importers "
            "declare them. The table reference_prices.csv holds what partners' unit values lead to expect, month by "
            "month, as the valuation takes it.",
            "价格水平含运保费。相对他方：相同商品与出口方，与其他进口方相比。reference_prices.csv按月列出由伙伴方单价推"
            "得的预期价格，可作为价格水平分析的参考。",
        ),
        rows=_ROWS,
    )
    low, high = float(table["level"].min()), float(table["level"].max())
    finding = Text(
        f"Declared prices stand at {number(low, 2)} to {number(high, 2)} times those that partners report",
        f"申报价格为伙伴方申报价格的{number(low, 2, 'zh')}—{number(high, 2, 'zh')}倍",
    )
    if len(table) == 1:
        finding = Text(
            f"Declared prices stand at {number(low, 2)} times those that partners report",
            f"申报价格为伙伴方申报价格的{number(low, 2, 'zh')}倍",
        )
    return Section(finding, Text("Prices", "价格"), (listing,))


def risk_features(found: MirrorFindings) -> pd.DataFrame:
    """Features of a flow that a risk model can join on hs_code (the mirror's digits), origin and importer.

    Returns
    -------
    DataFrame: hs_code, origin, importer, gap, expected, z, price_gap (logarithms), missing_share (of the expected
    imports; 0 unless short), status, hub. Flows that were not judged have their status and no z.
    """
    cells = found.gaps.cells
    expected = np.exp(cells["expected"]) * cells["exports"]
    return pd.DataFrame(
        {
            "hs_code": cells["good"], "origin": cells["exporter"], "importer": cells["importer"], "gap": cells["gap"],
            "expected": cells["expected"], "z": cells["z"].where(cells["status"].isin(["in_line", "short", "surplus"])),
            "price_gap": cells["price_gap"], "missing_share": cells["missing_value"] / expected.where(expected > 0),
            "status": cells["status"], "hub": cells["hub"],
        }
    ).fillna({"missing_share": 0.0})  # fmt: skip


def tables(found: MirrorFindings) -> dict[str, pd.DataFrame]:
    """Tables that other programs read."""
    return {
        "mirror_gaps": found.gaps.cells.drop(columns=["is_hub", "import_weight", "export_weight"]),
        "reference_prices": found.prices.assign(currency=found.currency if found.currency != NO_CURRENCY else ""),
        "risk_features": risk_features(found),
    }


def leads(found: MirrorFindings) -> list[Lead]:
    """Shortfalls for the board, the largest amount first."""
    short = found.of_status("short")
    names = (short[name].astype(str) for name in ("good", "exporter", "importer"))
    return [
        Lead(
            Text(
                f"{good} from {exporter} to {importer}: imports {money(missing, found.currency, 'en')} below what "
                "partners report",
                f"{importer}自{exporter}进口{good}：比伙伴方申报少{money(missing, found.currency, 'zh')}",
            ),
            since=f"{found.months[0]:%Y-%m}",
        )
        for good, exporter, importer, missing in zip(*names, short["missing_value"].astype(float), strict=True)
    ]
