"""Results that show themselves: one line in a terminal, the line and a table in JupyterLab, `summary()` for more."""

from __future__ import annotations

import html
from abc import abstractmethod

import pandas as pd

ROWS = 10


class Shown:
    """A result that is typed as a name by an analyst: no dump of what it holds.

    A result says its line in `said` and what matters most of it in `summary`. A dataclass that inherits this needs
    `repr=False`.
    """

    @property
    @abstractmethod
    def said(self) -> str:
        """The result in one line."""

    @abstractmethod
    def summary(self) -> pd.DataFrame:
        """What matters most of the result, as a table."""

    def __repr__(self) -> str:
        """One line, whatever the size of what it holds."""
        return f"<{type(self).__name__} {self.said}>"

    def _repr_html_(self) -> str:
        """The line of the terminal, and the first rows of the summary."""
        rows = self.summary().head(ROWS)
        return f"<p>{html.escape(repr(self))}</p>{rows.to_html(index=False, na_rep='', float_format='{:,.3g}'.format)}"
