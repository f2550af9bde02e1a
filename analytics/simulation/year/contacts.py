"""Addresses, telephones and legal persons of enterprises, and the rings that share them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.simulation.world.world import World, stream

_TOGETHER = 0.02  # honest enterprises that share an address with another: office buildings


def contacts(world: World, enterprises: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add address, phone, legal_person to enterprises; return the rings apart.

    Returns
    -------
    enterprises with three more columns; truth with enterprise_id, ring, shared (columns)
    """
    rng, firms = stream(world.seed, 5, 9), world.firms
    n, everyone = len(firms.home), len(enterprises)
    address, phone, person = (np.arange(everyone) for _ in range(3))
    honest = rng.random(n) < _TOGETHER
    address[:n] = np.where(honest, rng.integers(0, n, n), address[:n])
    rows = []
    offenders = np.flatnonzero(world.offences.offender)
    members = rng.permutation(offenders)[: round(world.parameters.enterprise_rings * len(offenders))]
    members = members[np.argsort(firms.home[members], kind="stable")]
    at, ring = 0, 0
    while at + 3 <= len(members):
        size = min(int(rng.integers(3, 8)), len(members) - at)
        group = members[at : at + size]
        for name, column in (("address", address), ("phone", phone), ("legal_person", person)):
            shares = rng.random(size) < 0.8
            column[group[shares]] = column[group[0]]
            rows += [(firms.identity[f], f"G{ring + 1:03d}", name) for f in group[shares]]
        at, ring = at + size, ring + 1
    order = np.concatenate([firms.identity, firms.brokers])
    frame = pd.DataFrame(
        {
            "enterprise_id": pd.Series(order, dtype="str"),
            "address": pd.Series([f"addr-{i:06d}" for i in rng.permutation(everyone)[address]], dtype="str"),
            "phone": pd.Series([f"tel-{i:06d}" for i in rng.permutation(everyone)[phone]], dtype="str"),
            "legal_person": pd.Series([f"person-{i:06d}" for i in rng.permutation(everyone)[person]], dtype="str"),
        }
    )
    truth = pd.DataFrame(rows, columns=["enterprise_id", "ring", "shared"], dtype="str")
    truth = truth.groupby(["enterprise_id", "ring"])["shared"].agg(" ".join).reset_index()
    return enterprises.merge(frame, on="enterprise_id", how="left"), truth
