"""Run the simulated customs month by month, in memory or to a folder."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.simulation import tables
from analytics.simulation.details.append import appended
from analytics.simulation.details.nature import Nature, nature
from analytics.simulation.lines.block import Block, Counts, draw, parts
from analytics.simulation.lines.state import State
from analytics.simulation.lines.taxes import receipts
from analytics.simulation.world.parameters import Parameters, parameters
from analytics.simulation.world.world import World, stream, world
from analytics.simulation.writer import Writer
from analytics.simulation.year.population import Population
from analytics.simulation.year.year import Year

VERSION = 1
"""Version of the generator: the same version, parameters and seed give the same content."""

_AHEAD = 4  # blocks drawn ahead of the one in use, which bounds the memory


class Simulation:
    """A simulated customs of a seed; rows are drawn when they are asked for.

    Attributes
    ----------
    parameters : Parameters
    full : whether declarations carry the contract's optional columns and the tables of a year are there
    declarations : DataFrame, canonical columns, in the order of arrival
    arrow : the same as a pyarrow Table with dictionary-encoded text, without the cost of pandas
    enterprises : DataFrame, importers and brokers
    receipts : DataFrame, monthly by district and tax item, totals as published
    samples, audits, queries, reference_prices, handbooks, exemptions, transit, rules, indicators, containment,
    rule_hits : DataFrames of the contract's tables; only with full detail
    truth : dict of DataFrames: "lines" (non-compliant lines only), "clerical", "enterprises", "price_bias",
        "schemes"; with full detail also "compliance", "rings", "officers", "handbooks", "exemptions", "indicators",
        "containment".
        Nothing in the other tables refers to it.
    """

    def __init__(self, lines: int, seed: int, p: Parameters, threads: int = 2, *, full: bool = False) -> None:
        self.lines, self.seed, self.parameters, self.threads, self.full = lines, seed, p, threads, full
        self._population: list[Population] = []
        self._counted: tuple[Counts, np.ndarray, State] | None = None

    @cached_property
    def world(self) -> World:
        """What was drawn before the first line (enterprises, tariff, offences)."""
        return world(self.parameters, self.lines, self.seed)

    @cached_property
    def _nature(self) -> Nature:
        return nature(self.world)

    def _drawn(self, state: State, month: int, part: tuple[int, int, int], of: int) -> Block:
        """A block, with the optional columns where they are wanted."""
        block = draw(self.world, state, month, part, of)
        if self.full:
            block.table = appended(block.rows, block.table, self._nature)
        return block

    def blocks(self) -> Iterator[tuple[int, Block]]:
        """Draw the blocks in order, each with the position of its month.

        Months follow one another, since findings of one change conduct and selection in the next; the blocks
        of a month are drawn in parallel. Neither threads nor the size of pieces change the content.
        """
        w, p = self.world, self.parameters
        state, counts = State.fresh(len(w.firms.home)), Counts.none(w)
        collected = np.zeros((len(w.days.months), *counts.collected.shape))
        self._population = []
        if self.full:
            _ = self._nature  # once, before the threads ask for it
        with ThreadPoolExecutor(self.threads) as pool:
            for month, start in enumerate(w.days.months):
                state.arrive(start, p, stream(self.seed, 2, month))
                pieces = parts(w, month)
                for i in range(0, len(pieces), _AHEAD):
                    jobs = [
                        pool.submit(self._drawn, state, month, part, len(pieces)) for part in pieces[i : i + _AHEAD]
                    ]
                    for job in jobs:
                        block = job.result()
                        counts.add(block.counts)
                        collected[month] += block.counts.collected
                        state.waiting.append((block.found_firm, block.found_month))
                        if self.full:
                            self._population.append(Population.of(block.rows, block.table))
                        yield month, block
        self._counted = (counts, collected, state)

    @cached_property
    def _in_memory(self) -> tuple[pa.Table, pa.Table, pa.Table]:
        found = [(b.table, b.truth, b.clerical) for _, b in self.blocks()]
        rows, truth, slips = (pa.concat_tables(t).unify_dictionaries() for t in zip(*found, strict=True))
        return rows, truth, slips

    @property
    def _sums(self) -> tuple[Counts, np.ndarray, State]:
        if self._counted is None:
            _ = self._in_memory
        assert self._counted is not None
        return self._counted

    @property
    def arrow(self) -> pa.Table:
        """Declarations as an Arrow table."""
        return self._in_memory[0]

    @cached_property
    def declarations(self) -> pd.DataFrame:
        """Declarations with the canonical columns and types."""
        return tables.to_pandas(self.arrow)

    @cached_property
    def enterprises(self) -> pd.DataFrame:
        """Importers and brokers; with full detail also where and by whom they are reached."""
        return self._year.enterprises if self.full else tables.enterprises(self.world)

    @cached_property
    def _year(self) -> Year:
        _ = self._sums
        return Year(self.world, self._nature, Population.together(self._population), tables.enterprises(self.world))

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Return a table of the customs year, where full detail was asked for."""
        if name in Year.TABLES and self.full:
            return self._year.table(name)
        hint = ': simulate with detail="full"' if name in Year.TABLES else ""
        raise AttributeError(f"the simulation holds no {name}{hint}")

    @cached_property
    def receipts(self) -> pd.DataFrame:
        """Monthly receipts by district and tax item, CNY 100 million."""
        return receipts(self.world, self._sums[1])

    @cached_property
    def truth(self) -> dict[str, pd.DataFrame]:
        """The truth, apart from everything that a model reads."""
        counts, _, state = self._sums
        return {
            "lines": tables.to_pandas(self._in_memory[1]),
            "clerical": tables.to_pandas(self._in_memory[2]),
            **tables.truth(self.world, counts, state),
            **(self._year.truth if self.full else {}),
        }

    def write(self, folder: str | Path) -> Path:
        """Write all tables as Parquet, month by month, without holding more than a few blocks.

        Parameters
        ----------
        folder : made if it is missing. Holds declarations/YYYY-MM.parquet, enterprises.parquet,
            receipts.parquet, truth/*.parquet, manifest.json (parameters, rows, bytes and sha256 of each file).

        Returns
        -------
        Path of the folder.
        """
        folder = Path(folder)
        (folder / "truth").mkdir(parents=True, exist_ok=True)
        (folder / "declarations").mkdir(exist_ok=True)
        months = self.world.days.months
        with Writer(folder) as out:
            for month, block in self.blocks():
                out.add(f"declarations/{months[month]}.parquet", block.table)
                out.add("truth/lines.parquet", block.truth)
                out.add("truth/clerical.parquet", block.clerical)
            counts, collected, state = self._sums
            frames = {"enterprises": self.enterprises, "receipts": receipts(self.world, collected)}
            frames |= {f"truth/{name}": frame for name, frame in tables.truth(self.world, counts, state).items()}
            if self.full:
                frames |= {name: self._year.table(name) for name in Year.TABLES}
                frames |= {f"truth/{name}": frame for name, frame in self._year.truth.items()}
            for name, frame in frames.items():
                out.add(f"{name}.parquet", pa.Table.from_pandas(frame, preserve_index=False))
        manifest = {
            "generator": VERSION,
            "simulated": True,
            "lines": self.lines,
            "seed": self.seed,
            "parameters": asdict(self.parameters),
            "files": out.files,
        }
        text = json.dumps(manifest, indent=1, ensure_ascii=False)
        (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
        return folder


def simulate(
    lines: int,
    seed: int,
    setting: Literal["standard", "hostile"] = "standard",
    *,
    detail: Literal["basic", "full"] = "basic",
    threads: int = 2,
    **overrides: Any,
) -> Simulation:
    """Simulate a customs administration's declarations with known truth.

    Parameters
    ----------
    lines : rows of declarations, later versions and repetitions included; at least 100.
    seed : whole number from 0; the same seed, setting and parameters give the same content.
    setting : "standard" is log-linear with normal errors; "hostile" differs in structure.
    detail : "full" appends the contract's optional columns to declarations and enterprises and draws the tables of a
        customs year; what "basic" holds stays the same to the last digit.
    threads : threads that draw blocks; they do not change the content.
    **overrides : any field of `Parameters`, for example start="2023-01-01", districts=20, bias_share=0.

    Returns
    -------
    Simulation, whose tables are drawn when they are asked for.

    Raises
    ------
    ValueError
        Names the parameter, the value found and what is allowed.

    Examples
    --------
    >>> made = simulate(2_000, seed=1)
    >>> len(made.declarations), sorted(made.truth)
    (2000, ['clerical', 'enterprises', 'lines', 'price_bias', 'schemes'])
    """
    if isinstance(lines, bool) or int(lines) != lines or lines < 100:
        raise ValueError(f"lines: {lines} is not possible; it must be a whole number of at least 100.")
    if isinstance(seed, bool) or int(seed) != seed or seed < 0:
        raise ValueError(f"seed: {seed} is not possible; it must be a whole number from 0.")
    if detail not in ("basic", "full"):
        raise ValueError(f'detail: "{detail}" is not known; it must be "basic" or "full".')
    return Simulation(int(lines), int(seed), parameters(setting, **overrides), threads, full=detail == "full")
