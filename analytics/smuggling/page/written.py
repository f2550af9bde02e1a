"""What the risk page leaves for other programs: key figures and tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.smuggling.inquiry.study import Study
from analytics.smuggling.page.headline import enough
from analytics.smuggling.page.words import texts


def key_figures(study: Study) -> dict[str, float]:
    """Key figures for result.json."""
    s, audit, t = study, study.audit, study.comparison.table
    unit, chosen, c = s.question.unit, s.selection, s.calibration
    # what too few outcomes cannot tell is missing here as on the page
    told = s.answers.basis == "all_inspected" or enough(s)
    values = {
        "prevalence": s.answers.prevalence, "ceiling": s.ceiling, "calibration_error": c.error,
        "expected_in_selection": c.expected, "observed_in_selection": c.observed.value,
        "judged_in_selection": c.observed.counted,
        "hit_rate": chosen["precision"], "hit_rate_low95": chosen["low95"], "hit_rate_high95": chosen["high95"],
        "findings_reached": chosen["recall"] if told else np.nan,
        "tax_reached": chosen["recovered_share"] if told else np.nan,
        "copied_share": audit.copied_share, "copy_agreement": audit.agreement, "copy_kappa": audit.kappa,
        "finding_rate": s.rate.value, "finding_rate_low95": s.rate.low, "finding_rate_high95": s.rate.high,
        "labelled_lines": float(s.model.labelled), f"selected_{unit}s": float(s.heads(s.targeting)["selected"].sum()),
    }  # fmt: skip
    for row in t[(t["split"] == s.split) & (t["strategy"] == "blend")].to_dict("records"):
        values[f"precision_at_{round(100 * row['selected_share'])}pct"] = float(row["precision"])
    mixture = t[(t["strategy"] == "blend, mixture") & np.isclose(t["selected_share"], 0.04)]
    if len(mixture):
        values["mixture_precision_at_4pct"] = float(mixture["precision"].iloc[0])
        values["mixture_recovered_share_at_4pct"] = float(mixture["recovered_share"].iloc[0])
    if s.records.level_unknown:  # no rate of all lines follows
        values |= dict.fromkeys(
            ("prevalence", "ceiling", "finding_rate", "finding_rate_low95", "finding_rate_high95"), np.nan
        )
    return {name: float(value) for name, value in values.items()}


def tables(study: Study) -> dict[str, pd.DataFrame]:
    """Tables that other programs read."""
    keep = ["declaration_id", "line_no", "date", "port", "hs_code", "score", "expected_recovery", "selected", "stream"]
    more = ["lane", "declaration_risk", "declaration_score", "selection_probability"]
    graded = study.enterprises
    return {
        "targeting": study.targeting[keep].assign(reasons=texts(study.targeting)).join(study.targeting[more]),
        "evaluation": study.comparison.table,
        "enterprises": graded[["enterprise_id", "attention", "score", "legal_category"]]
        .assign(reasons=texts(graded))
        .join(graded[["expected_recovery", "findings", "expected_findings", "card"]]),
    }
