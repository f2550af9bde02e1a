"""The way of a declaration through the house: officer, lane, and the times of acceptance, examination and release."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.simulation.details.nature import Nature
from analytics.simulation.lines.columns import Rows
from analytics.simulation.world.enterprises import modes

LANES = np.array(["release", "documents", "examine"])
_OPENS, _CLOSES = 8.0, 20.0  # office hours in which goods are released
_DOCUMENTS = 0.10  # share of the declarations whose papers are looked at
_RING = 0.75  # share of the ring's declarations that its officer takes
_NEVER = 0.002  # withdrawn or returned, never released


@dataclass(frozen=True)
class Clearance:
    """By declaration (d) of a block; times in microseconds since 1970."""

    officer: np.ndarray
    lane: np.ndarray  # position in LANES
    accepted: np.ndarray
    examined: np.ndarray  # meaningless outside the lane of examination
    released: np.ndarray
    open: np.ndarray  # bool: not released by the end of the span


def clearance(b: Rows, nature: Nature, rng: np.random.Generator) -> Clearance:
    """Draw the way of every declaration.

    Hours of work from acceptance to release are log-normal with a median by direction and mode (0.8 to 2.6 hours);
    papers add about four hours, an examination about nine; work rests from 20:00 to 08:00.
    """
    heads, n = b.heads, len(b.heads.firm)
    officer = nature.first_officer[heads.port] + (nature.officer_count[heads.port] * rng.random(n)).astype(np.int64)
    ring = (heads.broker == nature.ring_broker) & (heads.port == nature.ring_port) & (nature.ring_broker >= 0)
    officer = np.where(ring & (rng.random(n) < _RING), nature.ring_officer, officer)
    papers = rng.random(n) < _DOCUMENTS
    papers &= ~(ring & (officer == nature.ring_officer))  # the officer of the ring waves its goods through
    lane = np.where(b.seen.chosen, 2, np.where(papers, 1, 0))
    late = rng.random(n) < 0.04
    hour = np.where(late, 18 + 5 * rng.random(n), _OPENS + 10 * rng.beta(2.0, 2.6, n))
    sea = modes()[heads.mode] == "sea"
    exports = b.world.firms.exports[heads.firm]
    median = np.where(sea, np.where(exports, 1.8, 2.6), np.where(exports, 0.8, 1.2))
    work = median * np.exp(0.75 * rng.standard_normal(n))
    extra = np.where(lane == 1, rng.gamma(2.0, 2.0, n), np.where(lane == 2, rng.gamma(2.0, 4.5, n), 0.0))
    day = b.world.days.days[heads.day].astype("datetime64[us]").astype(np.int64)
    start = np.clip(hour, _OPENS, _CLOSES) - _OPENS
    released = day + _hours(_working(start + work + extra))
    accepted = day + _hours(hour)
    examined = day + _hours(_working(start + work * 0.5 + extra * 0.9))
    end = (b.world.days.days[-1] + 1).astype("datetime64[us]").astype(np.int64)
    released = np.maximum(released, accepted + 60_000_000)
    never = rng.random(n) < _NEVER
    return Clearance(officer, lane, accepted, np.maximum(examined, accepted), released, (released >= end) | never)


def _working(hours: np.ndarray) -> np.ndarray:
    """Hours of work since opening as hours since midnight of the first day."""
    length = _CLOSES - _OPENS
    return 24 * np.floor(hours / length) + _OPENS + hours % length


def _hours(hours: np.ndarray) -> np.ndarray:
    return np.round(hours * 3600).astype(np.int64) * 1_000_000
