"""The evaluation of a series: all its forecasts against outturns, rivals and causes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.shown import Shown
from analytics.tax_forecast.evaluation.calibration import by_fifths, coverage, integral_transform
from analytics.tax_forecast.evaluation.efficiency import (
    Bias,
    Revisions,
    diebold_mariano,
    mincer_zarnowitz,
    revision_efficiency,
)
from analytics.tax_forecast.evaluation.forecasts import RIVAL, forecasts, read_rivals
from analytics.tax_forecast.evaluation.tree import ErrorTree, Said, error_tree, parse_causes
from analytics.tax_forecast.inputs.periods import ReceiptsError
from analytics.tax_forecast.inputs.receipts import Panel, prepare
from analytics.tax_forecast.inputs.threads import single_threaded
from analytics.tax_forecast.lodged.profile import read
from analytics.tax_forecast.record.past_errors import central, record
from analytics.tax_forecast.record.setting import Setting, years_between
from analytics.tax_forecast.record.shifts import resolved
from analytics.tax_forecast.year.question import Question

LAST_YEAR, CANDIDATES, PLAN = "last year", "mean of the candidates", "plan"


@dataclass(frozen=True)
class Asked:
    """What an evaluation is asked for.

    Attributes
    ----------
    since : int or None
        First year of a backtest.
    folder : Path or None
        Lodged forecasts; the backtest of the rule where there is none.
    judged_at : int
        Known months of the forecasts that the verdict and the error tree speak of.
    plans : DataFrame with columns year, plan, or None
    rivals : DataFrame with columns rival, year, months_known, forecast, or None
    causes : tuple of str
        Which driver stands for which cause, see `tree.parse_causes`.
    drivers : DataFrame indexed by month, or None
    """

    since: int | None = None
    folder: Path | None = None
    judged_at: int = 6
    plans: pd.DataFrame | None = field(default=None, repr=False)
    rivals: pd.DataFrame | None = field(default=None, repr=False)
    causes: tuple[str, ...] = ()
    drivers: pd.DataFrame | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls, parameters: Mapping[str, Any], root: Path, plans: pd.DataFrame | None, drivers: pd.DataFrame | None
    ) -> Asked:
        """Make it from a parameter set; paths are relative to `root`."""
        p = parameters
        return cls(
            since=p["since"],
            folder=root / p["lodged"] if p["lodged"] else None,
            judged_at=p["judged_at"],
            plans=plans,
            rivals=read_rivals(root / p["rivals"]) if p["rivals"] else None,
            causes=tuple(p["causes"]),
            drivers=drivers,
        )


@dataclass(frozen=True, repr=False)
class Evaluation(Shown):
    """Forecasts judged together.

    Attributes
    ----------
    panel : Panel
    asked : Asked
    table : DataFrame as from `forecasts.backtested`
    open_ : int
        Lodged forecasts whose year is not over.
    bias : dict of months known to Bias
    revisions : Revisions
    rivals : DataFrame with columns rival, months_known, years, own_error, error, ratio, statistic, p
        Mean absolute errors as shares of the outturn, in the years that both forecast.
    coverage, fifths : DataFrame as from `calibration`
    transform : ndarray; p_transform : float
    trees : list of ErrorTree
        One a year, at `judged_at` known months; empty where no cause has a driver.
    """

    panel: Panel
    asked: Asked
    table: pd.DataFrame
    open_: int
    bias: dict[int, Bias]
    revisions: Revisions
    rivals: pd.DataFrame
    coverage: pd.DataFrame
    fifths: pd.DataFrame
    transform: np.ndarray
    p_transform: float
    trees: list[ErrorTree] = field(default_factory=list)

    @property
    def said(self) -> str:
        """The result in one line."""
        name = self.panel.total.unique_id
        return f"{name}: {len(self.table):,} forecasts of {self.table['year'].nunique()} years, {self.open_} still open"

    def summary(self) -> pd.DataFrame:
        """Bias and efficiency by months known."""
        rows = [(k, b.years, b.mean, b.low, b.high, b.slope, b.p) for k, b in sorted(self.bias.items())]
        return pd.DataFrame(rows, columns=["months_known", "years", "bias", "low95", "high95", "slope", "p"])

    def at(self, months: int) -> pd.DataFrame:
        """Forecasts made after `months` known months."""
        return self.table[self.table["months_known"] == months]

    @property
    def unit(self) -> str:
        """Unit of the receipts."""
        return self.panel.total.unit


@single_threaded
def evaluate(receipts: Any, question: Question, asked: Asked) -> Evaluation:
    """Judge all forecasts of a series together.

    Parameters
    ----------
    receipts : Table, Ibis table or DataFrame
        As for `forecast_year`.
    question : Question
        Devices, fiscal year and joint months; its year and origin are not used.
    asked : Asked

    Returns
    -------
    Evaluation

    Raises
    ------
    ReceiptsError
        A cause or a rival that cannot be read.
    """
    causes = parse_causes(list(asked.causes))
    panel = prepare(receipts, name=question.name, joint=question.joint, year_start=question.year_start)
    table, open_ = forecasts(panel, question.setting, asked.since, asked.folder)
    found = {int(str(k)): g for k, g in table.groupby("months_known")}
    bias = {
        k: mincer_zarnowitz(*(g[c].to_numpy(dtype=float) for c in ("forecast", "actual", "last_year")))
        for k, g in found.items()
    }
    wide = table.pivot_table(index="year", columns="months_known", values="forecast")
    actual = table.drop_duplicates("year").set_index("year")["actual"].reindex(wide.index)
    transform, p = integral_transform(table)
    return Evaluation(
        panel=panel,
        asked=asked,
        table=table,
        open_=open_,
        bias=bias,
        revisions=revision_efficiency(np.log(wide.to_numpy(dtype=float)), np.log(actual.to_numpy(dtype=float))),
        rivals=_rivals(panel, question.setting, table, asked),
        coverage=coverage(table),
        fifths=by_fifths(table),
        transform=transform,
        p_transform=p,
        trees=_trees(panel, question.setting, table, asked, causes) if causes or question.setting.events else [],
    )


def _rivals(panel: Panel, setting: Setting, table: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Errors of every rival in the years that both forecast, by months known."""
    said = [table[["year", "months_known"]].assign(rival=LAST_YEAR, forecast=table["last_year"])]
    said.append(_candidates(panel, setting, table))
    if asked.plans is not None:
        plans = asked.plans.set_index("year")["plan"].astype(float)
        said.append(table[["year", "months_known"]].assign(rival=PLAN, forecast=table["year"].map(plans)))
    if asked.rivals is not None:
        said.append(asked.rivals[RIVAL])
    both = pd.concat(said).merge(table[["year", "months_known", "forecast", "actual"]], on=["year", "months_known"])
    both = both[both["forecast_x"].notna()].sort_values("year")
    rows = []
    for key, group in both.groupby(["rival", "months_known"], sort=False):
        rival, months = str(key[0]), int(str(key[1]))
        theirs, own = (
            np.abs(group[c] / group["actual"] - 1).to_numpy(dtype=float) for c in ("forecast_x", "forecast_y")
        )
        ahead = max(1, years_between(months))
        test = diebold_mariano(own, theirs, ahead)
        row = {"rival": rival, "months_known": months, "years": test.years, "own_error": own.mean()}
        rows.append({**row, "error": theirs.mean(), "ratio": test.ratio, "statistic": test.statistic, "p": test.p})
    return pd.DataFrame(rows)


def _candidates(panel: Panel, setting: Setting, table: pd.DataFrame) -> pd.DataFrame:
    """Plain mean of the candidates at every origin."""
    settled = {int(year): resolved(panel, int(year), setting)[0] for year in table["year"].unique()}
    rows = []
    for year, months in table[["year", "months_known"]].itertuples(index=False):
        said = record(panel, [int(year)], int(months), settled[int(year)]).drop(columns="actual")
        rows.append((CANDIDATES, int(year), int(months), float(np.nanmean(said.to_numpy(dtype=float)))))
    return pd.DataFrame(rows, columns=RIVAL)


def _trees(
    panel: Panel, setting: Setting, table: pd.DataFrame, asked: Asked, causes: dict[str, str]
) -> list[ErrorTree]:
    drivers = asked.drivers if asked.drivers is not None else pd.DataFrame()
    absent = [name for name in causes.values() if name not in drivers.columns]
    if absent:
        known = ", ".join(map(str, drivers.columns)) or "none"
        raise ReceiptsError(f"Indicator {absent[0]} of causes is not among the drivers: {known}.")
    trees = []
    for year in table.loc[table["months_known"] == asked.judged_at, "year"].astype(int):
        said = _said(panel, setting, year, asked)
        covered = [k for k, n in causes.items() if _covers(panel, drivers[n], year)]
        trees.append(error_tree(said, panel.total, drivers, {k: causes[k] for k in covered}))
    return trees


def _covers(panel: Panel, series: pd.Series, year: int) -> bool:
    """Whether a driver holds every month of the year and of the one before."""
    months = pd.date_range(panel.total.month(year - 1, 1), panel.total.month(year, 12), freq="MS")
    return bool(series.reindex(months).gt(0).all())


def _said(panel: Panel, setting: Setting, year: int, asked: Asked) -> Said:
    """What was said of the open months: on record, or by the rule."""
    cut = panel.until(year, asked.judged_at)
    if asked.folder is not None:
        at = panel.total.month(year, asked.judged_at)
        name = f"{panel.total.unique_id}_{year}_{at:%Y-%m}.csv".replace("/", "-")
        kept = read(asked.folder / name)
        return Said(cut, year, asked.judged_at, kept.loc[kept["part"] == "", "expected"].to_numpy(), setting.events)
    own = resolved(panel, year, setting)[0]
    return Said(cut, year, asked.judged_at, central(panel, year, asked.judged_at, own)[1], setting.events)
