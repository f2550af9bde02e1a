"""Whether receipts are booked across the year end: tested on the data, so that the year-end block needs no switch.

Where they are, what December lacks January and February bring: against the months around, the two move in opposite
directions. The block is worth six points of error where that is so, and costs a quarter where it is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.language import Text, number
from analytics.tax_forecast.inputs.receipts import Panel
from analytics.tax_forecast.inputs.threads import single_threaded
from analytics.tax_forecast.models.base import log_levels
from analytics.tax_forecast.record.calibration import RECORD, TOLERANCE
from analytics.tax_forecast.record.judging import judged, record_with_intervals
from analytics.tax_forecast.record.past_errors import SCALE_PATHS, error_ratio
from analytics.tax_forecast.record.setting import AUTO, COMBINATION, Setting, origin_at

NEIGHBOURS = 3  # periods before December and after February that say what the level is
FEWEST_PAIRS = 5
SHRINK = 4.0  # pairs' weight of "no correlation"
OFFSETTING = -0.35  # shrunk correlation of December and January-February from which on they offset each other


@dataclass(frozen=True)
class YearEnd:
    """The decision on the year-end block, with what it rests on.

    Attributes
    ----------
    on : bool
    correlation : float
        Of December and the following January-February, both against the months around, shrunk; NaN with few pairs.
    pairs : int
        Year ends behind it.
    ratio : float
        Mean error at the year's start with the block over that without, shrunk; NaN where it was not needed.
    """

    on: bool
    correlation: float
    pairs: int
    ratio: float = float("nan")

    def reason(self) -> Text:
        """Say the decision and its reason."""
        r = Text(number(self.correlation, 2, "en"), number(self.correlation, 2, "zh"))
        if self.pairs < FEWEST_PAIRS:
            return Text(
                f"December is forecast like other months: {self.pairs} year ends are too few to see whether bookings "
                "shift across them.",
                f"12月按普通月份预测：可比的年末仅{self.pairs}个，尚不能判断是否存在跨年入库。",
            )
        if self.on:
            return Text(
                f"December and January-February have offset each other (correlation {r.en} in {self.pairs} year ends): "
                f"they are forecast as one block, which took the error at the year's start to {number(self.ratio, 2)} "
                "of that without.",
                f"12月与次年1—2月此消彼长（{self.pairs}个年末相关系数{r.zh}）：合并为一段预测，年初预测误差降至不合并时的"
                f"{number(self.ratio, 2)}倍。",
            )
        if self.correlation > OFFSETTING:
            return Text(
                f"December and January-February do not offset each other (correlation {r.en} in {self.pairs} year "
                "ends): they are forecast apart.",
                f"12月与次年1—2月未见此消彼长（{self.pairs}个年末相关系数{r.zh}）：分别预测。",
            )
        return Text(
            f"December and January-February seem to offset each other (correlation {r.en} in {self.pairs} year ends), "
            "but forecasting them as one block has not been better so far: they are forecast apart.",
            f"12月与次年1—2月似有此消彼长（{self.pairs}个年末相关系数{r.zh}），但合并预测迄今未见更准：仍分别预测。",
        )


@single_threaded
def resolved(panel: Panel, year: int, setting: Setting) -> tuple[Setting, YearEnd | None]:
    """Settle `year_end_block: auto` for a year, from what was known when it began.

    Returns
    -------
    (setting with the block on or off, the decision); no decision where the set names the block itself, or where no
    candidate works on blocks.
    """
    if setting.year_end_block != AUTO:
        return setting, None
    if setting.model not in (AUTO, COMBINATION) or setting.tax_base is not None:
        return replace(setting, year_end_block=False), None
    head = sum(end <= 2 for end in panel.total.ends)
    correlation, pairs = offsetting(origin_at(panel, panel.total, year, 0, setting).on_one_law, head)
    decision = YearEnd(False, correlation, pairs)
    if pairs >= FEWEST_PAIRS and correlation <= OFFSETTING:
        on, off = (replace(setting, year_end_block=block) for block in (True, False))
        ratio = error_ratio(panel, year, 0, on, off)
        decision = YearEnd(ratio < 1, correlation, pairs, ratio)
    return replace(setting, year_end_block=decision.on), decision


def record_as_settled(panel: Panel, years: Sequence[int], months: int, setting: Setting) -> pd.DataFrame:
    """Record of past years, each by the year-end decision that was taken when it began.

    Parameters
    ----------
    years : sequence of int
        Complete years with at least two complete years before them, ascending.

    Returns
    -------
    DataFrame as from `judging.record_with_intervals`, the years asked for.
    """
    settings = {year: resolved(panel, year, setting)[0] for year in years}
    if panel.total.monthly is not None or panel.total.parts:
        return pd.concat([_one_year(panel, year, months, settings[year]) for year in years])
    parts = []
    for block in sorted({s.year_end_block is True for s in settings.values()}):
        own = [year for year, s in settings.items() if (s.year_end_block is True) == block]
        # The newest origin's record already holds every earlier year, each judged by the years before it.
        known = record_with_intervals(panel, own[-1] + 1, months, settings[own[-1]])
        parts.append(known[known.index.isin(own)])
    return pd.concat(parts).sort_index()


def _one_year(panel: Panel, year: int, months: int, setting: Setting) -> pd.DataFrame:
    """Judge one year from receipts as known at its origin: holes and joint months were other then."""
    then = judged(panel.until(year, months), year, months, setting, SCALE_PATHS, year)
    forecast = then.origin.received + float(then.median.sum())
    bounds = (*then.spread.interval(forecast, 0.8), *then.spread.interval(forecast, 0.95))
    row = (
        panel.total.total(year),
        forecast,
        *bounds,
        then.spread.within(TOLERANCE),
        then.spread.scale,
        then.spread.freedom,
    )
    return pd.DataFrame([row], columns=RECORD, index=pd.Index([year], name="year"))


def offsetting(values: np.ndarray, head: int) -> tuple[float, int]:
    """Correlation of December and the following January-February, both against the months around.

    Parameters
    ----------
    values : ndarray of shape (years, periods)
        Receipts; the last row is the year at stake, which says nothing yet.
    head : int
        Periods that end in January or February.

    Returns
    -------
    (correlation shrunk by n / (n + 4), n pairs); NaN with fewer than five pairs.

    Notes
    -----
    Level L: mean of the log of the three periods before December and of the three after February. The pair is
    log December - L and log(mean of January and February) - L.
    """
    logs = log_levels(values[:-1])
    if head == 0 or len(logs) < 2 or values.shape[1] < head + 2 * NEIGHBOURS:
        return float("nan"), 0
    before = logs[:-1, -1 - NEIGHBOURS : -1].mean(axis=1)
    after = logs[1:, head : head + NEIGHBOURS].mean(axis=1)
    level = (before + after) / 2
    months = 2.0
    opening = log_levels(values[1:-1, :head].sum(axis=1) / months)
    december, january = logs[:-1, -1] - level, opening - level
    seen = np.isfinite(december) & np.isfinite(january)
    n = int(seen.sum())
    if n < FEWEST_PAIRS or december[seen].std() == 0 or january[seen].std() == 0:
        return float("nan"), n
    r = float(np.corrcoef(december[seen], january[seen])[0, 1])
    return r * n / (n + SHRINK), n
