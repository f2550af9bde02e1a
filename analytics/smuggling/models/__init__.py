"""Classifiers, their blend, calibration, expected recovery and reasons."""
