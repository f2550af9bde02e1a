"""A simulated customs in which the truth is known: declarations, enterprises, receipts and the truth behind them."""

from analytics.tables.simulation.simulation import Simulation, simulate

__all__ = ["Simulation", "simulate"]
