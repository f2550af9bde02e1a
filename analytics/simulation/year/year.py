"""The tables of a customs year, made when they are asked for."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd

from analytics.simulation.details.nature import Nature
from analytics.simulation.world.world import World
from analytics.simulation.year.audits import audits, queries, reference_prices, rules
from analytics.simulation.year.contacts import contacts
from analytics.simulation.year.departments import departments
from analytics.simulation.year.evidence import evidence
from analytics.simulation.year.population import Population
from analytics.simulation.year.rulehits import rule_hits
from analytics.simulation.year.samples import compliance_truth, samples
from analytics.simulation.year.supervision import exemptions, handbooks, transit


class Year:
    """What a customs administration holds beside its declarations, and the truth behind it."""

    TABLES: ClassVar = (
        "samples", "audits", "queries", "reference_prices", "handbooks", "exemptions", "transit", "rules", "indicators",
        "containment", "rule_hits",
    )  # fmt: skip

    def __init__(self, world: World, nature: Nature, lines: Population, enterprises: pd.DataFrame) -> None:
        self.world, self.nature, self.lines, self._enterprises = world, nature, lines, enterprises

    def table(self, name: str) -> pd.DataFrame:
        """Table of the contract by its name."""
        frame: pd.DataFrame = getattr(self, name)
        return frame

    @cached_property
    def _contacts(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        return contacts(self.world, self._enterprises)

    @property
    def enterprises(self) -> pd.DataFrame:
        """Enterprises with addresses, telephones and legal persons."""
        return self._contacts[0]

    @cached_property
    def samples(self) -> pd.DataFrame:
        """The random compliance sample of the last twelve months."""
        return samples(self.world, self.lines)

    @cached_property
    def audits(self) -> pd.DataFrame:
        """Post-clearance audits and checks."""
        return audits(self.world, self.lines)

    @cached_property
    def queries(self) -> pd.DataFrame:
        """Price doubts and their outcomes."""
        return queries(self.world, self.lines)

    @cached_property
    def reference_prices(self) -> pd.DataFrame:
        """Reference prices by month."""
        return reference_prices(self.world)

    @cached_property
    def rules(self) -> pd.DataFrame:
        """Selectivity rules."""
        return rules(self.world)

    @cached_property
    def rule_hits(self) -> pd.DataFrame:
        """Declarations hit by each rule."""
        return rule_hits(self.world, self.lines)

    @cached_property
    def _handbooks(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        return handbooks(self.world)

    @property
    def handbooks(self) -> pd.DataFrame:
        """Handbooks of processing trade."""
        return self._handbooks[0]

    @cached_property
    def _exemptions(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        return exemptions(self.world, self.nature)

    @property
    def exemptions(self) -> pd.DataFrame:
        """Exempted goods under supervision."""
        return self._exemptions[0]

    @cached_property
    def transit(self) -> pd.DataFrame:
        """Consignments for other districts."""
        return transit(self.world)

    @cached_property
    def _departments(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        return departments(self.world)

    @property
    def indicators(self) -> pd.DataFrame:
        """Indicators of other departments."""
        return self._departments[0]

    @cached_property
    def _evidence(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        return evidence(self.world, self.lines)

    @property
    def containment(self) -> pd.DataFrame:
        """Evidence on containment by year and kind of district."""
        return self._evidence[0]

    @property
    def truth(self) -> dict[str, pd.DataFrame]:
        """The truth behind the tables of the year."""
        return {
            "compliance": compliance_truth(self.world, self.lines),
            "rings": self._contacts[1],
            "officers": self._officers(),
            "handbooks": self._handbooks[1],
            "exemptions": self._exemptions[1],
            "indicators": self._departments[1],
            "containment": self._evidence[1],
        }

    def _officers(self) -> pd.DataFrame:
        nature, places = self.nature, self.world.places
        port = np.repeat(places.ports, nature.officer_count)
        names = nature.officers.to_pylist()
        ring = np.arange(len(names)) == nature.ring_officer
        broker = self.world.firms.brokers[nature.ring_broker] if nature.ring_broker >= 0 else None
        frame = pd.DataFrame({"officer_id": names, "port": port, "ring": ring}).astype({"officer_id": "str"})
        frame["broker"] = pd.Series([broker if r else None for r in ring], dtype="str")
        return frame
