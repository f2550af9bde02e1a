"""The plan's indicators that a run can compute, each with the definition used."""

from __future__ import annotations

import pandas as pd

from analytics.language import Text

DEFINITIONS = {
    "risk_control_rate": Text(
        "declarations with a line selected / all declarations; each declaration counted once",
        "有布控记录的报关单÷全部报关单（同一报关单只计一次）",
    ),
    "risk_control_effectiveness": Text(
        "inspected declarations with a finding / inspected declarations whose outcome is known",
        "有查获的已查验报关单÷已反馈结果的查验报关单",
    ),
    "enterprise_compliance_rate": Text(
        "1 - enterprises with a finding in the last twelve months / enterprises that traded in them",
        "1－近12个月有查获的企业÷同期有实际进出口的企业",
    ),
    "followup_effectiveness": Text(
        "closed inspections with a finding and a recovered amount / closed inspections; stands in for audits, "
        "which the declarations do not hold",
        "有查获且追补税款的已结查验÷已结查验（报关数据不含稽查作业，以此代替）",
    ),
}


def indicators(frame: pd.DataFrame, targeting: pd.DataFrame | None = None) -> pd.DataFrame:
    """Selection rate, targeting effectiveness, enterprise compliance and follow-up effectiveness of a period.

    Parameters
    ----------
    frame : DataFrame from `frames.prepare`
        Lines of the period with what inspections found.
    targeting : DataFrame from `select`, optional
        The proposed selection; its rate is given beside that of the period.

    Returns
    -------
    DataFrame (indicator_id, basis, value, numerator, denominator, definition, definition_zh); value is a share, missing
    where the denominator is empty. basis is "recorded" or "proposed".
    """
    declared = frame.groupby("declaration_id").agg(inspected=("inspected", "any"), found=("label", "max"))
    known = declared[declared["inspected"] & declared["found"].notna()]
    year = frame[frame["date"] > frame["date"].max() - pd.DateOffset(months=12)]
    firms = year.groupby("enterprise_id")["label"].max()
    closed = frame[frame["label"].notna()]
    amounts = closed["recovered"].notna().any()
    rows = [
        ("risk_control_rate", "recorded", declared["inspected"].sum(), len(declared)),
        ("risk_control_effectiveness", "recorded", (known["found"] == 1).sum(), len(known)),
        ("enterprise_compliance_rate", "recorded", len(firms) - (firms == 1).sum(), len(firms)),
        ("followup_effectiveness", "recorded", ((closed["label"] == 1) & (closed["recovered"] > 0)).sum(),
         len(closed) if amounts else 0),
    ]  # fmt: skip
    if targeting is not None:
        chosen = targeting.groupby("declaration_id")["selected"].any()
        rows.insert(1, ("risk_control_rate", "proposed", chosen.sum(), len(chosen)))
    table = pd.DataFrame(rows, columns=["indicator_id", "basis", "numerator", "denominator"])
    table["value"] = table["numerator"] / table["denominator"].where(table["denominator"] > 0)
    table["definition"] = [DEFINITIONS[i].en for i in table["indicator_id"]]
    table["definition_zh"] = [DEFINITIONS[i].zh for i in table["indicator_id"]]
    return table[["indicator_id", "basis", "value", "numerator", "denominator", "definition", "definition_zh"]]
