"""What is asked of a forecast: one value, checked when it is made, passed down as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analytics.tax_forecast.inputs.events import parse
from analytics.tax_forecast.record.setting import AUTO, Setting

JANUARY_FEBRUARY = (1, 2)
DEFAULTS: dict[str, Any] = {
    **{"model": AUTO, "year_end_block": AUTO, "policy_events": (), "driver_names": (), "tax_base": None},
    **{"record_years": None, "calendar": None, "joint_january_february": False, "year": 0, "as_of": None},
    **{"plan": None, "year_start": 1, "paths": 2000, "seed": 1},
}


@dataclass(frozen=True, kw_only=True)
class Question:
    """A year, the month it is seen from, and how it is to be forecast.

    Attributes
    ----------
    year : int
        The year asked for.
    as_of : str or None
        Last known month, "2025-06"; the newest month by default.
    setting : Setting
        Model and devices.
    plan : float or None
        Planned annual total, in the receipts' unit.
    joint : tuple of int
        Months read together although published apart, such as (1, 2).
    year_start : int
        Calendar month in which the year starts.
    name : str or None
        Name of the total.
    paths, seed : int
        Simulated paths, and the seed they are drawn with.
    """

    year: int
    as_of: str | None = None
    setting: Setting = field(default_factory=Setting)
    plan: float | None = None
    joint: tuple[int, ...] = ()
    year_start: int = 1
    name: str | None = None
    paths: int = 2000
    seed: int = 1

    @classmethod
    def of(cls, parameters: Mapping[str, Any], levels: pd.DataFrame | None = None) -> Question:
        """Make it from a parameter set.

        Parameters
        ----------
        parameters : mapping
            Names and values as in params/tax_forecast/schema.json; others are passed over, absent ones take defaults.
        levels : DataFrame indexed by month, optional
            Driver levels, see `driver_levels`; needed where the set names drivers or a tax base.
        """
        p = {**DEFAULTS, **parameters}
        setting = Setting(
            model=p["model"],
            year_end_block=p["year_end_block"],
            events=tuple(parse(p["policy_events"])),
            drivers=levels[p["driver_names"]] if levels is not None and p["driver_names"] else None,
            tax_base=levels[p["tax_base"]] if levels is not None and p["tax_base"] else None,
            record_years=p["record_years"],
            calendar=p["calendar"],
        )
        joint = JANUARY_FEBRUARY if p["joint_january_february"] else ()
        own = {name: p[name] for name in ("year", "as_of", "plan", "year_start", "paths", "seed")}
        return cls(setting=setting, joint=joint, **own)
