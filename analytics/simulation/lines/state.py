"""What customs and enterprises have learnt so far: findings that arrived, and how offenders reacted."""

from dataclasses import dataclass, field

import numpy as np

from analytics.simulation.world.parameters import Parameters


@dataclass
class State:
    """Carried from month to month; read-only while a month's blocks are drawn."""

    caught: np.ndarray  # (e) findings that have arrived
    willing: np.ndarray  # (e) factor on the inclination to offend
    milder: np.ndarray  # (e) factor on the depth
    other_kind: np.ndarray  # (e) bool: turned to its second kind
    waiting: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)  # enterprise, month of arrival

    @classmethod
    def fresh(cls, enterprises: int) -> "State":
        """Nobody caught yet."""
        return cls(
            np.zeros(enterprises, dtype=np.int64),
            np.ones(enterprises),
            np.ones(enterprises),
            np.zeros(enterprises, dtype=bool),
        )

    def arrive(self, month: np.datetime64, p: Parameters, rng: np.random.Generator) -> None:
        """Take in findings whose outcome came before `month`; those found out may change their ways.

        Of those that react a third stop, four tenths take less and more rarely, the rest turn to another kind.
        Restraint wears off by three points a month.
        """
        self.willing = np.minimum(1.0, self.willing + 0.03)
        draw, change = rng.random(len(self.caught)), rng.random(len(self.caught))
        new = np.zeros(len(self.caught), dtype=np.int64)
        later = []
        for firm, arrival in self.waiting:
            due = arrival < month
            np.add.at(new, firm[due], 1)
            later.append((firm[~due], arrival[~due]))
        self.waiting = [pair for pair in later if len(pair[0])]
        self.caught = self.caught + new
        reacts = (new > 0) & (draw < p.reaction)
        stops, milder = reacts & (change < 0.35), reacts & (change >= 0.35) & (change < 0.75)
        self.willing = np.where(stops, 0.05, np.where(milder, 0.5 * self.willing, self.willing))
        self.milder = np.where(milder, 0.7 * self.milder, self.milder)
        self.other_kind = self.other_kind ^ (reacts & (change >= 0.75))
