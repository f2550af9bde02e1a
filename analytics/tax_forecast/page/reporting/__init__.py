"""Parts of the page that rest on more than one forecast: the record, evaluation, causes."""

from analytics.tax_forecast.page.reporting import evaluation

__all__ = ["evaluation"]
