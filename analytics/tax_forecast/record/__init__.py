"""The record of past forecasts: errors, weights, intervals and chances from it."""
