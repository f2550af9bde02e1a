"""Parts of the page that rest on more than one forecast: the record, evaluation, causes."""

from analytics.tax_forecast.page.reporting import causes, evaluation

__all__ = ["causes", "evaluation"]
