"""What is asked of declarations: breakdown, comparison, band and thresholds as one value, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import pandas as pd

from analytics import tables
from analytics.errors import did_you_mean
from analytics.language import Text
from analytics.valuation.comparison.keys import KEYS, contrasted
from analytics.valuation.comparison.lines import BAND, LIKE, ValuationError

Method = Literal["cpd", "weighted", "ratio"]
Period = Literal["all", "month", "quarter", "year"]


@dataclass(frozen=True)
class Question:
    """What is asked; the fields are the arguments of `price_level`, and the defaults stand here alone.

    Raises
    ------
    ValuationError
        For a value that is not allowed, or a breakdown that can only be compared with itself.
    """

    by: Sequence[str] = ("district",)
    method: Method = "cpd"
    period: Period = "all"
    base_period: str | None = None
    reference: pd.DataFrame | None = field(default=None, repr=False)
    band: tuple[float, float] = BAND
    product_digits: int = 0
    outlier_threshold: float = 3.5
    min_lines: int = 30
    concordance: Mapping[str, str] | None = None
    like: Sequence[str] = ()
    words: Mapping[str, Text] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what cannot be asked, before a line is read."""
        object.__setattr__(self, "by", tuple(self.by))
        object.__setattr__(self, "like", tuple(self.like))
        object.__setattr__(self, "words", dict(self.words or {}))
        _one_of("method", self.method, get_args(Method))
        _one_of("period", self.period, get_args(Period))
        for name in self.like:
            _one_of("like", name, LIKE)
        unknown = [d for d in self.by if d not in KEYS]
        if unknown or not self.by:
            raise ValuationError(f"by: {', '.join(unknown) or 'empty'} is not a breakdown. Allowed: {', '.join(KEYS)}.")
        if self.base_period is not None and "period" not in self.by:
            raise ValuationError(f'base_period "{self.base_period}": add "period" to by to compare periods.')
        if not contrasted(self.by, self.base_period) and self.reference is None:
            raise ValuationError(
                f"by {', '.join(self.by)}: over all districts the level against the national average is 1 by "
                "construction. Give base_period (with period in by), an external table of reference prices, or a "
                "breakdown by district."
            )
        low, high = self.band
        if not 0 < low <= 1 <= high:
            raise ValuationError(f"band: {low} to {high} does not hold 1. Give lowest and highest level in order.")

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Question:
        """Make the question of a parameter set (params/valuation/schema.json), given by name."""
        given = {name: parameters[name] for name in _SAME if name in parameters}
        band = (parameters.get("band_low", BAND[0]), parameters.get("band_high", BAND[1]))
        word = parameters.get("district_word", "district"), parameters.get("district_word_zh", "关区")
        source = parameters.get("reference")
        prices = tables.read("reference_prices", source).to_pandas() if source else None
        return cls(**given, band=band, reference=prices, words={"district": Text(*word)})

    @property
    def length(self) -> str:
        """Length of a period: levels over time without one are by year."""
        return "year" if self.period == "all" and self.base_period else self.period


_SAME = ("by", "method", "period", "base_period", "product_digits", "outlier_threshold", "min_lines", "like")


def _one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise ValuationError(
            f'{name}: "{value}" is not known. Allowed: {", ".join(allowed)}.{did_you_mean(value, allowed)}'
        )
