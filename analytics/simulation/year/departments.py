"""Indicators as other departments give them: personnel, law, finance, systems; numerator and denominator by year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.simulation.world.world import World, stream

# indicator, true rate, cases a year (0: a value without cases)
_RATES = [
    ("litigation_win_rate", 0.965, 180), ("internal_discipline_pass_rate", 0.991, 900),
    ("integrity_responsibility_pass_rate", 0.985, 320), ("staff_misconduct_rate", 0.0025, 48_000),
    ("criminal_enforcement_pass_rate", 0.93, 41), ("admin_enforcement_pass_rate", 0.96, 41),
    ("stat_autocollection_rate", 1.0, 420), ("port_assessment_share", 0.87, 253),
    ("training_share", 0.985, 48_000), ("reserve_cadre_two_posts", 1.0, 210), ("reserve_cadre_grassroots", 0.96, 210),
    ("client_satisfaction", 0.914, 6_000), ("workforce_info_coverage", 1.0, 620), ("econ_audit_coverage", 1.0, 130),
    ("internal_control_share", 0.92, 620), ("backbone_availability", 0.99985, 8_760 * 41),
    ("h2000_availability", 0.9993, 8_760), ("convention_participation", 0.8, 20), ("hb2004_usage", 1.0, 41),
    ("budget_execution", 0.992, 0),
]  # fmt: skip
_VALUES = [
    ("ideology_themes_per_year", 2, 2), ("officer_training_days", 12.6, 0.4), ("leader_offjob_training", 3.1, 0.2),
    ("leadership_age_core", 50.4, 0.4), ("industry_standards_count", 42, 2),
]  # fmt: skip
_COUNTED = {
    "stat_autocollection_rate", "port_assessment_share", "training_share", "reserve_cadre_two_posts",
    "reserve_cadre_grassroots", "workforce_info_coverage", "econ_audit_coverage", "internal_control_share",
    "backbone_availability", "h2000_availability", "convention_participation", "hb2004_usage",
}  # fmt: skip
_MILESTONES = ("risk_big_system_built", "midterm_review")


def departments(world: World) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table `indicators` by calendar year, and the true rates behind it.

    What no department gives is left out on purpose: an indicator without data must show.
    """
    rng = stream(world.seed, 5, 10)
    years = sorted({str(m)[:4] for m in world.days.months})
    rows, truth = [], []
    for year in years:
        for name, rate, cases in _RATES:
            true = rate + 0.05 * min(rate, 1 - rate) * float(rng.standard_normal())
            if name in _COUNTED and cases:  # every unit is counted: the share itself is the truth
                rows.append((name, year, float(round(true * cases)), float(cases), np.nan))
                truth.append((name, year, 100 * round(true * cases) / cases))
                continue
            truth.append((name, year, 100 * true))
            if cases:
                rows.append((name, year, float(rng.binomial(cases, true)), float(cases), np.nan))
            else:
                rows.append((name, year, np.nan, np.nan, round(100 * true, 2)))
        for name, value, width in _VALUES:
            shown = round(value + (width * (rng.random() - 0.5) if isinstance(value, float) else 0), 2)
            truth.append((name, year, shown))
            rows.append((name, year, np.nan, np.nan, shown))
    rows += [(name, years[len(years) // 2], np.nan, np.nan, 1.0) for name in _MILESTONES]
    frame = pd.DataFrame(rows, columns=["indicator_id", "period", "numerator", "denominator", "value"])
    frame.insert(2, "district", pd.Series([None] * len(frame), dtype="str"))
    frame = frame.astype({"indicator_id": "str", "period": "str"})
    return frame, pd.DataFrame(truth, columns=["indicator_id", "period", "value"])
