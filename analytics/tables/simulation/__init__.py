"""A simulated customs in which the truth is known: declarations, enterprises, receipts and the truth behind them."""

from analytics.tables.simulation.parameters import Parameters
from analytics.tables.simulation.simulation import VERSION, Simulation, simulate

__all__ = ["VERSION", "Parameters", "Simulation", "simulate"]
