"""Rows set aside, with their place in the source and what stood there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import ibis.expr.types as ir
import pandas as pd

from analytics.errors import unwrapped
from analytics.tables.contract.accounting import NO_FAULT, QUARANTINE_COLUMNS
from analytics.tables.contract.contracts import Contract
from analytics.tables.contract.reasons import Reason, Reasons, misfit
from analytics.tables.engine import connection as engine
from analytics.tables.reading import masking
from analytics.tables.reading.checks import REASON
from analytics.tables.reading.recognised import Recognised
from analytics.tables.reading.table import PART, PLACE, RECORD, SOURCE


class Quarantine:
    """Finds rows set aside in their sources, when somebody asks."""

    def __init__(
        self, aside: ir.Table, readings: Sequence[Recognised], reasons: Reasons, rules: Contract, *, mask: bool
    ) -> None:
        self.aside, self._readings, self._reasons, self._rules = aside, readings, reasons, rules
        self._mask = mask

    @cached_property
    def counts(self) -> list[tuple[Reason, int]]:
        """Rows that failed a check, by reason."""
        counted = engine.fetch(self.aside.group_by(REASON).aggregate(rows=self.aside.count()))
        return [(self.reason(number), int(rows)) for number, rows in counted.itertuples(index=False)]

    def reason(self, number: int) -> Reason:
        """Reason of a number."""
        return self._reasons.found[int(number)]

    def behind(self, every: ir.Table, column: str, last: pd.Timestamp) -> list[tuple[pd.Timestamp, int, Reason]]:
        """Rows (of all) set aside for a fault whose day lies behind another: day, rows and reason, in order."""
        faulty = [r for r, _ in self.counts if r.code not in (*NO_FAULT, "future")]
        if column not in every.columns or not faulty:
            return []
        late = every.filter(every[column] > last).select(*PLACE, column).inner_join(self.aside, list(PLACE))
        found = engine.fetch(late.group_by([column, REASON]).aggregate(rows=late.count()).order_by(column))
        told = [(pd.Timestamp(day), int(rows), self.reason(n)) for day, n, rows in found.itertuples(index=False)]
        return [one for one in told if one[2] in faulty]

    def misfits(self, limit: int | None) -> pd.DataFrame:
        """Records that fit no header."""
        parts = []
        for reading in self._readings:
            found = reading.raw.misfits if limit is None else reading.raw.misfits.head(limit)
            said = [misfit(code) for code in found["problem"]]
            parts.append(
                pd.DataFrame(
                    {
                        "source": reading.raw.name,
                        "record": found["record"].astype("Int64"),
                        "line": found["line"].astype("Int64"),
                        "reason": [r.text.en for r in said],
                        "reason_zh": [r.text.zh for r in said],
                        "code": [r.code for r in said],
                        "column": "",
                        "value": pd.Series(None, index=found.index, dtype="str"),
                    }
                )
            )
        return pd.concat(parts, ignore_index=True)

    def checked(self, limit: int | None) -> pd.DataFrame:
        """Rows that failed a check; with a limit, the first ones of every reason."""
        frame = engine.fetch(self.aside.order_by(*PLACE))
        if limit is not None:
            frame = frame.groupby(REASON, sort=False).head(limit)
        said = [self.reason(n) for n in frame[REASON]]
        return self.placed(frame.assign(
            reason=[r.text.en for r in said], reason_zh=[r.text.zh for r in said],
            code=[r.code for r in said], column=[r.column for r in said],
        ))  # fmt: skip

    def placed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Entries of rows given by their place: record, line, reason, value and raw columns."""
        parts = [self._of_source(int(str(number)), rows) for number, rows in frame.groupby(SOURCE, sort=True)]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    def _of_source(self, number: int, rows: pd.DataFrame) -> pd.DataFrame:
        reading = self._readings[number]
        raw = reading.raw.table
        wanted = engine.load_frame(pd.DataFrame({RECORD: rows[RECORD].unique()}), beside=raw)
        found = engine.fetch(raw.semi_join(wanted, RECORD)).set_index(RECORD)
        found.columns = pd.Index(reading.raw.header)
        found = found.loc[rows[RECORD]].reset_index(drop=True)
        known = [h for h in reading.raw.header if any(h in hs for hs in reading.shaped.origin.values())]
        cells = self._without_identities(found[known], reading)
        records, lines = reading.raw.places(rows[RECORD].to_numpy())
        entries = pd.DataFrame({
            "source": reading.raw.name,
            "record": pd.array(records, dtype="Int64"),
            "line": pd.array(lines, dtype="Int64"),
            **{name: rows[name].to_numpy() for name in ("reason", "reason_zh", "code", "column")},
            "value": self._values(cells, rows, reading),
        })  # fmt: skip
        entries["line"] = entries["line"].mask(entries["line"] < 0)
        cells.columns = pd.Index([f"{h} (raw)" if h in QUARANTINE_COLUMNS else h for h in cells.columns])
        return pd.concat([entries, cells], axis=1)

    def _values(self, cells: pd.DataFrame, rows: pd.DataFrame, reading: Recognised) -> pd.Series:
        """What stood in the column that a reason names."""
        values = pd.Series(None, index=cells.index, dtype="object")
        rows = rows.reset_index(drop=True)
        for column, part in rows[["column", PART]].drop_duplicates().itertuples(index=False):
            headers = reading.shaped.origin.get(str(column), [])
            if headers:
                mine = (rows["column"] == column) & (rows[PART] == part)
                values = values.mask(mine, cells[headers[min(int(str(part)), len(headers) - 1)]].astype("object"))
        return values

    def _without_identities(self, found: pd.DataFrame, reading: Recognised) -> pd.DataFrame:
        if not self._mask:
            return found
        secret = masking.key()
        for column in self._rules.columns:
            for header in reading.shaped.origin.get(column.name, []) if column.masked else []:
                names = found[header].astype("str").map(
                    lambda v, p=column.masked: masking.mask(unwrapped(v), p, secret), na_action="ignore"
                )  # fmt: skip
                found = found.assign(**{header: names})
        return found
