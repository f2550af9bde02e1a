"""A simulated customs in which the truth is known: declarations, enterprises, receipts and the truth behind them."""

from analytics.simulation.simulated import VERSION, Simulation, simulate
from analytics.simulation.world.parameters import Parameters

__all__ = ["VERSION", "Parameters", "Simulation", "simulate"]


def __dir__() -> list[str]:
    return sorted(__all__)
