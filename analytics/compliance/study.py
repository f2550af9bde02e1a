"""What the sample says of compliance and of the revenue due: the question, and everything computed from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analytics.compliance import accuracy
from analytics.compliance.doubts import of_second_look
from analytics.compliance.engine import double
from analytics.compliance.engine.gap import Gap, estimate
from analytics.compliance.engine.planner import Plan, half_width, plan
from analytics.compliance.engine.rates import Rate
from analytics.compliance.proved import proved_parts
from analytics.compliance.sample import Frame, Sample, drawn_months, frame_of, sample_of
from analytics.language import NO_CURRENCY, Text
from analytics.sampling import sizes
from analytics.shown import Shown
from analytics.targets import Status

TARGET = "full_collection_rate"
LEAST_HITS, LEAST_OF_CAUSE = 10.0, 6.0  # effective hits below which no point estimate is given
LEAST_SECOND = 5  # lines that the second team must have found
CAUSES = {
    "value": Text("Value", "价格"), "classification": Text("Classification", "归类"),
    "origin": Text("Origin", "原产地"), "quantity": Text("Quantity", "数量"),
    "exemption": Text("Exemption", "减免税"), "not_declared": Text("Not declared", "未申报"),
}  # fmt: skip
OTHER = Text("Other or not said", "其他或未注明")


@dataclass(frozen=True)
class Question:
    """What is asked: months, the rate wanted, hours of an inspection, the width that a next sample should promise."""

    first_month: str | None = None
    last_month: str | None = None
    rate: float = 0.95
    currency: str = NO_CURRENCY
    hours_per_line: float = 4.0
    wanted_width: float = 0.3

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Question:
        """Take the fields from a notebook's parameters."""
        return cls(**{name: values[name] for name in cls.__dataclass_fields__ if name in values})


@dataclass(frozen=True, repr=False)
class Study(Shown):
    """A compliance measurement: sample, frame, and what follows; everything is computed when it is asked for."""

    question: Question
    frame: Frame
    lines: pd.DataFrame
    sample: Sample
    proved: float
    proved_parts: Mapping[str, float]

    @property
    def said(self) -> str:
        """The result in one line."""
        rate, low, high = self.rate
        told = f"at least {low:.2%}" if self.thin else f"full collection {rate:.2%} ({low:.2%} to {high:.2%})"
        if self.doubts:
            told = f"{rate:.2%} as found, not to be judged ({len(self.doubts)} doubts)"
        return f"{told}, {len(self.sample.rows):,} lines inspected"

    def summary(self) -> pd.DataFrame:
        """Gap and rate with their 95 % intervals."""
        gap, rate = self.gap, self.rate
        rows = [("gap", gap.value, gap.low, gap.high), ("full_collection_rate", *rate)]
        return pd.DataFrame(rows, columns=["figure", "value", "low95", "high95"])

    @cached_property
    def found(self) -> Gap:
        """Gap as the first team found it."""
        s = self.sample
        return estimate(s.loss, s.column("size"), s.column("chance"))

    @cached_property
    def detection(self) -> double.Detection | None:
        """Share of the loss that the first team finds; None without a blind second inspection that found enough."""
        s = self.sample
        if self.second_doubts:
            return None
        cap, twice = 2 * s.column("size"), s.twice
        first, second = np.minimum(s.loss, cap), np.minimum(s.second, cap)
        found = double.detection(first[twice], second[twice], s.column("chance")[twice])
        return found if found is not None and found.second >= LEAST_SECOND else None

    @cached_property
    def second_doubts(self) -> list[Text]:
        """Why the second inspection says nothing of the first, where it was not of a random part."""
        return of_second_look(self.sample.loss > 0, self.sample.twice)

    @cached_property
    def due(self) -> Gap | None:
        """Gap that a second careful inspection would find; None where nobody looked twice."""
        return None if self.detection is None else double.corrected(self.found, self.detection)

    @property
    def gap(self) -> Gap:
        """Gap that is judged: what is due where it can be said, else what was found."""
        return self.due or self.found

    def collected_share(self, gap: float) -> float:
        """Full-collection rate at a gap: collected over collected and missing."""
        return self.frame.tax / (self.frame.tax + gap) if self.frame.tax > 0 else np.nan

    @property
    def rate(self) -> tuple[float, float, float]:
        """Estimated full-collection rate with its 95 % interval; without the part above the cap."""
        g = self.gap
        return self.collected_share(g.value), self.collected_share(g.high), self.collected_share(g.low)

    @property
    def thin(self) -> bool:
        """Whether too few effective hits stand behind the total for a point estimate."""
        return self.gap.effective_hits < LEAST_HITS

    @cached_property
    def doubts(self) -> tuple[Text, ...]:
        """Why the estimate cannot be judged as met; empty where nothing stands against it."""
        found = [*self.sample.doubts, *self.second_doubts]
        if self.due is None and not self.second_doubts:
            found.append(
                Text(
                    "no blind second inspection of a random half (column second_tax): what inspectors missed is not "
                    "known, so the sample says what was found, not what was due",
                    "未对随机一半样本进行第二次盲查（缺second_tax列），漏查情况不明，只能说明“查实”，不能说明“应收”",
                )
            )
        if self.thin:
            found.append(
                Text(
                    f"only {self.gap.effective_hits:.1f} effective hits ({LEAST_HITS:g} are needed): an upper bound, "
                    "no point estimate",
                    f"有效命中数仅{self.gap.effective_hits:.1f}（至少需要{LEAST_HITS:g}），只给出上限，不给出点估计",
                )
            )
        return tuple(found)

    @property
    def status(self) -> Status:
        """Met or not met only where the whole interval says so and nothing stands against it.

        A gap that is too large already by what was found is not met whatever was missed.
        """
        _, low, high = self.rate
        if self.sample.doubts:
            return "insufficient"
        if high < self.question.rate and self.found.effective_hits >= LEAST_HITS:
            return "not_met"
        if self.doubts:
            return "insufficient"
        return "met" if low >= self.question.rate else "watch"

    @cached_property
    def causes(self) -> pd.DataFrame:
        """Gap by cause as found: cause, label, amount, low95, high95, rate, hits, effective_hits, printable."""
        s, rows = self.sample, []
        named = s.rows["cause"].astype("object").where(s.loss > 0)
        known = named.where(named.isin(list(CAUSES)))
        for cause, label in [*CAUSES.items(), ("other", OTHER)]:
            domain = (known == cause).to_numpy() if cause != "other" else ((s.loss > 0) & known.isna().to_numpy())
            g = estimate(s.loss, s.column("size"), s.column("chance"), domain=domain)
            if cause == "other" and not g.hits:
                continue
            if self.detection is not None:
                g = double.corrected(g, self.detection)
            sure = g.effective_hits >= LEAST_OF_CAUSE
            rows.append((cause, label, g.value if sure else np.nan, g.low if sure else np.nan, g.high,
                         g.value / self.frame.tax if sure else np.nan, g.hits, g.effective_hits, sure))  # fmt: skip
        names = ["cause", "label", "amount", "low95", "high95", "rate", "hits", "effective_hits", "printable"]
        return pd.DataFrame(rows, columns=names)

    @cached_property
    def rates(self) -> dict[str, Rate | None]:
        """Rates by line, by value and by tax of what was found; None where the column is missing."""
        return accuracy.rates(self.sample)

    @cached_property
    def enterprises_with_finding(self) -> Rate | None:
        """Share of the sampled enterprises with a finding: a lower bound, for few of their lines were looked at."""
        return accuracy.enterprises(self.sample)

    @cached_property
    def declarations_without_loss(self) -> accuracy.Bounds:
        """Share of whole declarations without a loss, as far as lines tell."""
        return accuracy.declarations(self.sample, self.lines)

    @cached_property
    def frame_sizes(self) -> np.ndarray:
        """What is at stake on every line of the frame."""
        return sizes(self.lines["tax"].to_numpy(float), self.lines["value"].to_numpy(float))

    @cached_property
    def next_sample(self) -> Plan:
        """Sample of the next year for the width wanted, planned without a score."""
        return plan(self.frame_sizes, self.question.wanted_width, hours_per_line=self.question.hours_per_line)

    @cached_property
    def widths(self) -> pd.DataFrame:
        """Expected half-width by sample size: lines, half_width (of the gap), points (of the rate), hours."""
        most = len(self.frame_sizes)
        sizes_ = [n for n in (250, 500, 1000, 1500, 2000, 3000, 4000, 6000, 8000) if n < most]
        rows = []
        centre = self.rate[0]
        for n in sizes_:
            h, _ = half_width(self.frame_sizes, n)
            rows.append((n, h, 100 * centre * (1 - centre) * h, n * self.question.hours_per_line))
        return pd.DataFrame(rows, columns=["lines", "half_width", "points", "hours"])


def full_collection(
    samples: Any, declarations: Any, question: Question | None = None, audits: Any = None, queries: Any = None
) -> Study:
    """Measure compliance and the revenue due.

    Parameters
    ----------
    samples : Table or DataFrame `samples`: the lines drawn, with chance and what the inspection confirmed
    declarations : Table or DataFrame `declarations`: the lines from which they were drawn
    question : Question, optional
    audits, queries : Table or DataFrame, optional
        What else was proved to be missing in these months; each adds to the proved gap.

    Returns
    -------
    Study

    Raises
    ------
    DesignError
        Columns that the estimate cannot do without are missing.
    """
    asked = question or Question()
    frame, lines = frame_of(declarations, asked.first_month, asked.last_month)
    if asked.first_month is None and asked.last_month is None:
        frame, lines = drawn_months(samples, frame, lines)
    sample = sample_of(samples, frame, asked.first_month, asked.last_month, lines)
    parts = proved_parts(sample, lines, audits, queries, frame)
    return Study(asked, frame, lines, sample, sum(parts.values()), parts)
