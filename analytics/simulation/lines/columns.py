"""The canonical columns of declarations, and the truth beside them, as Arrow tables."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.simulation.lines.clerical import SLIPS, Recorded
from analytics.simulation.lines.inspection import Inspection
from analytics.simulation.lines.lines import Declarations, Lines
from analytics.simulation.lines.noncompliance import Truth
from analytics.simulation.world.enterprises import REGIMES, modes
from analytics.simulation.world.offences import KINDS
from analytics.simulation.world.seasons import BLOCK
from analytics.simulation.world.world import World

_STREAMS = pa.array(["random", "targeted"])
_DIRECTIONS = pa.array(["import", "export"])
_REGIMES, _MODES = pa.array(REGIMES, pa.string()), pa.array(modes(), pa.string())
_KINDS, _SLIPS = pa.array(KINDS, pa.string()), pa.array(SLIPS, pa.string())
_CURRENCY, _SELLER = pa.array(["CNY"]), pa.scalar("S")


@dataclass
class Rows:
    """All that a block knows about its lines."""

    world: World
    number: int
    heads: Declarations
    lines: Lines
    first: Recorded
    truth: Truth
    seen: Inspection
    noted: np.ndarray  # tax as first declared
    clean: np.ndarray  # tax after correction
    lost: np.ndarray  # (t) tax lost
    found: np.ndarray  # (t) bool: inspected and found


def _named(codes: np.ndarray, names: pa.Array, mask: np.ndarray | None = None) -> pa.DictionaryArray:
    """Text with few values, kept as codes into a dictionary."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=mask), names)


def _text(codes: np.ndarray, names: pa.Array) -> pa.Array:
    """Text with many values: a dictionary would be repeated with every block."""
    return names.take(pa.array(codes))


def _days(days: np.ndarray, mask: np.ndarray | None = None) -> pa.Array:
    return pa.array(days.astype("datetime64[us]"), mask=mask)


def _identity(b: Rows) -> pa.Array:
    """Eighteen digits a declaration: district, year, import (1) or export (0), serial number."""
    w, heads = b.world, b.heads
    district = w.places.districts.astype(np.int64)[heads.district]
    year = w.days.days[heads.day].astype("datetime64[Y]").astype(np.int64) + 1970
    direction = np.where(w.firms.exports[heads.firm], 0, 1)
    serial = b.number * BLOCK + np.arange(len(heads.firm))
    number = ((district * 10_000 + year) * 10 + direction) * 10**9 + serial
    return pc.utf8_lpad(pa.array(number).cast(pa.string()), 18, "0")


def _sellers(w: World, contract: np.ndarray) -> pa.Array:
    """Seven digits that tell nothing of the country: a false origin would show at once."""
    number = pc.utf8_lpad(pa.array(w.deals.seller[contract]).cast(pa.string()), 7, "0")
    return pc.binary_join_element_wise(_SELLER, number, "")


def order(b: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Rows as lines with their version: first versions, later versions, repetitions."""
    n = len(b.lines.value)
    row = np.concatenate([np.arange(n), b.first.again, b.first.repeated])
    version = np.ones(len(row), dtype=np.int64)
    version[n : n + len(b.first.again)] = 2
    return row, version


def declarations(b: Rows) -> pa.Table:
    """The canonical table; outcomes that had not arrived by the end of the span are missing."""
    w, heads, lines, seen = b.world, b.heads, b.lines, b.seen
    names, units, unit = w.names, *w.units
    row, version = order(b)
    later = version == 2
    head = lines.declaration[row]
    firm, district, product = heads.firm[head], heads.district[head], lines.product[row]
    broker = heads.broker[head]
    declarant = np.where(broker >= 0, broker, len(w.firms.brokers) + firm)

    def figure(corrected: np.ndarray, first: np.ndarray) -> np.ndarray:
        return np.where(later, corrected[row], first[row])

    once = _named(np.zeros(len(row)), _CURRENCY)
    table = {
        "declaration_id": _identity(b).take(pa.array(head)),
        "line_no": row - heads.first[head] + 1,
        "date": _days(w.days.days[heads.day[head]]),
        "district": _named(district, names["district"]),
        "enterprise_id": _text(firm, names["firm"]),
        "declarant_id": _text(declarant, names["declarant"]),
        "hs_code": _named(product, names["code"]),
        "origin": _named(lines.origin[row], names["country"]),
        "regime": _named(heads.regime[head], _REGIMES),
        "transport_mode": _named(heads.mode[head], _MODES),
        "unit": _named(unit[product], units),
        "quantity": figure(lines.quantity, b.first.quantity),
        "net_mass_kg": figure(lines.net, b.first.net),
        "value": figure(lines.value, b.first.value),
        "duty_rate": lines.rate[row],
        "tax": figure(b.clean, b.noted),
        "version": version,
        "direction": _named(w.firms.exports[firm].astype(np.int32), _DIRECTIONS),
        "currency": once,
        "port": _named(heads.port[head], names["port"]),
        "seller_id": _sellers(w, lines.contract[row]),
        "gross_mass_kg": lines.gross[row],
        **_outcome(b, row, head),
        "selection_stream": _named(seen.stream[head], _STREAMS, mask=~seen.chosen[head]),
        "selection_probability": np.round(seen.probability[head], 6),
    }
    return pa.table(table)


def _outcome(b: Rows, row: np.ndarray, head: np.ndarray) -> dict[str, pa.Array]:
    """Inspected, and what has come of it by the end of the span."""
    seen, n = b.seen, len(b.lines.value)
    finding, recovered = np.zeros(n, dtype=bool), np.zeros(n)
    finding[b.truth.line[b.found]] = True
    recovered[b.truth.line[b.found]] = np.maximum(b.lost[b.found], 0)
    chosen = seen.chosen[head]
    unknown = ~chosen | (seen.outcome[head] > b.world.days.days[-1])
    return {
        "inspected": pa.array(chosen),
        "finding": pa.array(finding[row], mask=unknown),
        "recovered": pa.array(recovered[row], mask=unknown),
        "outcome_date": _days(seen.outcome[head], mask=unknown),
    }


def truth(b: Rows) -> pa.Table:
    """Non-compliant lines with their true figures."""
    w, t, line = b.world, b.truth, b.truth.line
    head = b.lines.declaration[line]
    schemes = pa.array([s.identity for s in w.offences.schemes])
    return pa.table(
        {
            "declaration_id": _identity(b).take(pa.array(head)),
            "line_no": line - b.heads.first[head] + 1,
            "date": _days(w.days.days[b.heads.day[head]]),
            "enterprise_id": _text(b.heads.firm[head], w.names["firm"]),
            "kind": _text(t.kind, _KINDS),
            "scheme_id": _named(t.scheme, schemes, mask=t.scheme < 0).cast(pa.string()),
            "true_hs_code": _text(t.product, w.names["code"]),
            "true_origin": _text(t.origin, w.names["country"]),
            "true_duty_rate": t.rate,
            "true_quantity": np.round(t.quantity, 2),
            "true_value": np.round(t.value, 2),
            "tax_lost": b.lost,
            "inspected": b.seen.chosen[head],
            "found": b.found,
        }
    )


def slips(b: Rows) -> pa.Table:
    """Lines with a clerical error in their first version, with the figures meant."""
    line = b.first.slipped
    head = b.lines.declaration[line]
    corrected = np.isin(line, b.first.again)
    return pa.table(
        {
            "declaration_id": _identity(b).take(pa.array(head)),
            "line_no": line - b.heads.first[head] + 1,
            "slip": _text(b.first.slip, _SLIPS),
            "meant_quantity": b.lines.quantity[line],
            "meant_net_mass_kg": b.lines.net[line],
            "meant_value": b.lines.value[line],
            "corrected_later": corrected,
        }
    )
