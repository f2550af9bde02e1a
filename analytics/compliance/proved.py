"""Tax that was proved to be missing, by where it was proved: the gap of the upper bound."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.compliance.sample import KEYS, Frame, Sample


def proved_parts(sample: Sample, lines: pd.DataFrame, audits: Any, queries: Any, frame: Frame) -> dict[str, float]:
    """Tax proved to be missing, by where it was proved; a line counts once."""
    parts = {"sample": float(sample.loss.sum())}
    keys = sample.rows[KEYS].astype({"line_no": "int64"}).assign(_in=True)
    if "recovered" in lines.columns:
        seen = lines[lines["recovered"].fillna(0) > 0].merge(keys, on=KEYS, how="left")
        parts["inspection"] = float(seen.loc[seen["_in"].isna(), "recovered"].sum())
    if audits is not None:
        rows = audits if isinstance(audits, pd.DataFrame) else audits.to_pandas()
        closed = rows["closed_on"].between(frame.first, frame.last)
        parts["audits"] = float(rows.loc[closed, "recovered"].fillna(0).sum())
    if queries is not None:
        rows = queries if isinstance(queries, pd.DataFrame) else queries.to_pandas()
        closed = rows[rows["closed_on"].between(frame.first, frame.last)].merge(
            lines[[*KEYS, "tax", "value"]], on=KEYS, how="inner"
        )
        raised = (closed["accepted_value"] - closed["declared_value"]).clip(lower=0)
        rate = (closed["tax"] / closed["value"]).where(closed["value"] > 0, 0.0)
        parts["queries"] = float((raised * rate).sum())
    return parts
