"""Forecasts judged together: bias, efficiency, rivals, calibration, and the causes of each year's error."""
