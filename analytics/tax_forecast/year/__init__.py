"""The year as an object: forecast, parts, paths, scenarios, vintages."""
