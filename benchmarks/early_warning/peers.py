"""The detector beside simple peers at equal false alarms: shifts of 20 and 30 % found within so many months.

    python benchmarks/early_warning/peers.py [seed] [interpreter that has Prophet] [folder]

With an interpreter the watch and Prophet run, on fewer series (a fit takes a second and more); each series' scores are
kept in the folder, so that a run that was cut short goes on where it stopped.

Each peer gives a score a month; its threshold is placed on the quiet months of one panel and judged on another.
"""

from __future__ import annotations

import hashlib
import resource
import subprocess
import sys
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from panels import Panel, Spec, simulate
from scoring import near_event
from statsmodels.tsa.seasonal import STL

from analytics.early_warning.alarms.thresholds import place, strength
from analytics.early_warning.detector.follow import follow, logarithms
from analytics.early_warning.detector.groups import Groups
from analytics.statistics import MAD_TO_SD

SERIES, QUIET, WARM_UP = 4_000, 200, 24
QUIET_PROPHET, EVENTS_PROPHET = 12, 16


def filled(panel: Panel) -> np.ndarray:
    """Logarithms with gaps carried forward: peers know no gaps."""
    logs = pd.DataFrame(logarithms(panel.figures)).ffill().bfill()
    return logs.to_numpy()


def watch(panel: Panel) -> tuple[np.ndarray, np.ndarray]:
    """Score and sign of the suite's detector."""
    reading = follow(panel.figures, panel.months, Groups.of(panel.names, ["partner", "good"], 10)).reading
    shift = np.where(np.isfinite(reading.shift), reading.shift, 0)
    return strength(reading), np.where(shift >= reading.jump, np.sign(reading.size), np.sign(reading.deviation))


def ewma(panel: Panel) -> tuple[np.ndarray, np.ndarray]:
    """Exponentially weighted mean (.25) of seasonal differences over its robust spread of the past."""
    y = filled(panel)
    d = np.full_like(y, np.nan)
    d[12:] = y[12:] - y[:-12]
    score = np.zeros_like(y)
    mean = np.zeros(y.shape[1])
    for t in range(12, len(y)):
        past = d[12:t] if t > 14 else d[12:15]
        spread = MAD_TO_SD * np.median(np.abs(past - np.median(past, axis=0)), axis=0) + 1e-3
        mean = 0.75 * mean + 0.25 * (d[t] - np.median(past, axis=0))
        score[t] = mean / (spread * np.sqrt(0.25 / 1.75))
    return np.abs(score), np.sign(score)


def stl_mad(panel: Panel) -> tuple[np.ndarray, np.ndarray]:
    """Robust STL of the past, fitted anew every six months; the month against trend and last season, over the MAD."""
    return _decomposed(panel, robust_level=False)


def hybrid_esd(panel: Panel) -> tuple[np.ndarray, np.ndarray]:
    """As seasonal-hybrid ESD: the season of STL, the median in place of the trend, MAD in place of the deviation."""
    return _decomposed(panel, robust_level=True)


def _decomposed(panel: Panel, *, robust_level: bool) -> tuple[np.ndarray, np.ndarray]:
    y = filled(panel)
    score = np.zeros_like(y)
    for i in range(y.shape[1]):
        for start in range(WARM_UP, len(y), 6):
            fit = STL(y[:start, i], period=12, robust=True).fit()
            level = np.median(y[start - 12 : start, i]) if robust_level else fit.trend[-1]
            rest = y[:start, i] - fit.seasonal - (np.median(y[:start, i]) if robust_level else fit.trend)
            spread = MAD_TO_SD * np.median(np.abs(rest - np.median(rest))) + 1e-3
            ahead = min(6, len(y) - start)
            season = fit.seasonal[-12:][np.arange(ahead) % 12]
            score[start : start + ahead, i] = (y[start : start + ahead, i] - level - season) / spread
    return np.abs(score), np.sign(score)


def prophet(panel: Panel, interpreter: str, kept: Path) -> tuple[np.ndarray, np.ndarray]:
    """Prophet's distance from its forecast over half the width of its 95 % interval (prophet_scores.py)."""
    y = filled(panel)
    folder = kept / hashlib.sha256(y.tobytes()).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "given.npz", y=y, months=panel.months.to_numpy())
    script = Path(__file__).with_name("prophet_scores.py")
    subprocess.run([interpreter, str(script), str(folder)], check=True)
    score = np.stack([np.load(folder / f"{i}.npy") for i in range(y.shape[1])], axis=1)
    return np.abs(score), np.sign(score)


def part(panel: Panel, columns: np.ndarray) -> Panel:
    """Some series of a panel: slow peers see no others, and use no groups."""
    return replace(panel, figures=panel.figures[:, columns])


def _cpu() -> float:
    """CPU seconds of this process and its children."""
    return sum(
        u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def main() -> None:
    """Print shares found within 1, 2, 3 and 4 months, and CPU seconds a thousand series."""
    seed = int((sys.argv[1:] + ["601"])[0])
    quiet, judged = (simulate(Spec(series=SERIES, grid=True), s) for s in (seed, seed + 1))
    sizes = judged.events["size"].abs().round(2).isin([0.2, 0.3])
    events = judged.events[sizes & (judged.noise[judged.events.series] <= 0.081)].reset_index(drop=True)
    calm = ~near_event(quiet)
    calm[:WARM_UP] = False
    rows = []
    peers = {"watch": watch, "EWMA": ewma, "STL + MAD": stl_mad, "S-H-ESD": hybrid_esd}
    if len(sys.argv) > 2:
        kept = Path((sys.argv[3:] + [str(Path(tempfile.gettempdir()) / "prophet_scores")])[0])
        peers = {"watch": watch, "Prophet": partial(prophet, interpreter=sys.argv[2], kept=kept)}
        events = events.groupby(events["size"].abs().round(2)).head(EVENTS_PROPHET).reset_index(drop=True)
    columns = events.series.to_numpy()
    for name, peer in peers.items():
        whole, few = name == "watch", QUIET_PROPHET if name == "Prophet" else QUIET
        begun = _cpu()
        score, _ = peer(quiet if whole else part(quiet, np.arange(few)))
        cpu = (_cpu() - begun) * 1000 / score.shape[1]
        limit = place(score[:, :few], calm[:, :few], 1 / 60)
        score, sign = peer(judged if whole else part(judged, columns))
        told = np.where(score > limit, sign, 0)
        told = told[:, columns] if whole else told
        for size in (0.2, 0.3):
            those = events[events["size"].abs().round(2) == size]
            hit = [
                np.mean([(told[e.month : e.month + k, e.Index] == np.sign(e.size)).any() for e in those.itertuples()])
                for k in (1, 2, 3, 4)
            ]
            rows.append([name, size, len(those), *np.round(hit, 2), round(cpu, 2)])
    print(pd.DataFrame(rows, columns=["peer", "size", "events", 1, 2, 3, 4, "CPU s a 1,000"]).to_string())


if __name__ == "__main__":
    main()
