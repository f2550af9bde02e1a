"""The optional columns of a block of declarations, appended behind those that are always there."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.simulation.details.clearance import LANES, Clearance, clearance
from analytics.simulation.details.nature import PROCESSING, TERMS, Nature
from analytics.simulation.lines.columns import Rows, order
from analytics.simulation.lines.noncompliance import CONCEALED, FALSE_ORIGIN, MISCLASSIFIED, SHORT
from analytics.simulation.world.enterprises import modes
from analytics.simulation.world.world import stream

CAUSES = np.array(["value", "classification", "origin", "quantity", "not_declared", "value_overstated"])
"""Kind of a finding, by the position of the offence in `KINDS`."""

_SCANNED = 0.3  # share of the declarations by sea and road that are scanned or weighed
_OWNERS = pa.array(["ABCU", "CSNU", "EMLU", "HLXU", "MKCU", "OOTU", "TGBU", "YMNU"])


def named(codes: np.ndarray, names: pa.Array, mask: np.ndarray | None = None) -> pa.DictionaryArray:
    """Text with few values, kept as codes into a dictionary."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=mask), names)


def appended(b: Rows, table: pa.Table, nature: Nature) -> pa.Table:
    """Append the optional columns of the contract to a block's rows."""
    rng = stream(b.world.seed, 3, b.number)
    way = clearance(b, nature, rng)
    row, _ = order(b)
    head = b.lines.declaration[row]
    further = {
        **_goods(b, nature, row, rng),
        **_carriage(b, nature, row, rng),
        **_way(way, nature, head),
        **_confirmed(b, row, head),
        **_papers(b, nature, row, head),
    }
    for name, column in further.items():
        table = table.append_column(name, column)
    return table


def _goods(b: Rows, nature: Nature, row: np.ndarray, rng: np.random.Generator) -> dict[str, pa.Array]:
    """Words describe the true goods, but for a quarter of the offenders who think of that too."""
    n, codes = len(b.lines.value), len(b.world.goods.code)
    product = b.lines.product.copy()
    wrong = b.truth.kind == MISCLASSIFIED
    honest = wrong & (rng.random(len(wrong)) < 0.75)
    product[b.truth.line[honest]] = b.truth.product[honest]
    contract = b.lines.contract
    manner = np.where(rng.random(n) < 0.85, nature.manner[contract], rng.integers(0, 3, n))
    premium = b.world.deals.premium[contract]
    grade = named(premium[row].astype(np.int32), pa.array(["|标准型", "|高配型"])).cast(pa.string())
    model = pa.array(nature.model[contract][row]).cast(pa.string())
    related = nature.related[contract]
    return {
        "description": named(nature.wording[manner * codes + product][row], nature.wordings),
        "specification": pc.binary_join_element_wise("型号", model, grade, ""),
        "brand": named(nature.brand[contract][row], nature.brands),
        "related_party": pa.array(related[row]),
    }


def _carriage(b: Rows, nature: Nature, row: np.ndarray, rng: np.random.Generator) -> dict[str, pa.Array]:
    """Preference claimed, terms, country of departure, container and weight as scanned."""
    w, lines, truth = b.world, b.lines, b.truth
    contract, head = lines.contract, lines.declaration
    false = np.zeros(len(contract), dtype=bool)
    false[truth.line[truth.kind == FALSE_ORIGIN]] = True
    claimed = w.deals.preference[contract] | false
    departs = nature.departs[contract].copy()
    # Goods of a false origin mostly leave from where they were made.
    moved = (truth.kind == FALSE_ORIGIN) & (rng.random(len(truth.kind)) < 0.5)
    departs[truth.line[moved]] = truth.origin[moved]
    agreements = pa.array([f"FTA-{c}" for c in w.places.countries], pa.string())
    number, container = _containers(b, rng)
    scanned = _scanned(b, rng)
    return {
        "preference": named(lines.origin[row], agreements, mask=~claimed[row]),
        "trade_term": named(nature.term[contract][row], pa.array(TERMS, pa.string())),
        "departure_country": named(departs[row], w.names["country"]),
        "container_no": pc.if_else(pa.array(container[head][row]), number.take(pa.array(head[row])), None),
        "scanned_weight_kg": pa.array(scanned[row], mask=np.isnan(scanned[row])),
    }


def _containers(b: Rows, rng: np.random.Generator) -> tuple[pa.Array, np.ndarray]:
    """Container numbers with the check digit of ISO 6346, and which declarations have one."""
    n = len(b.heads.firm)
    owner, serial = rng.integers(0, len(_OWNERS), n), rng.integers(0, 1_000_000, n)
    letters = [_letters(o) for o in _OWNERS.to_pylist()]
    digits = serial[:, None] // 10 ** np.arange(5, -1, -1) % 10
    check = (np.array(letters)[owner] + (digits * 2 ** np.arange(4, 10)).sum(axis=1)) % 11 % 10
    text = pc.utf8_lpad(pa.array(serial * 10 + check).cast(pa.string()), 7, "0")
    boxed = (modes()[b.heads.mode] == "sea") & (rng.random(n) < 0.85)
    return pc.binary_join_element_wise(_OWNERS.take(pa.array(owner)), text, ""), boxed


def _letters(owner: str) -> int:
    """Weighted sum of the four letters: A is 10, multiples of 11 are left out."""
    values = [v for v in range(10, 39) if v % 11]
    return sum(values[ord(c) - ord("A")] * 2**i for i, c in enumerate(owner))


def _scanned(b: Rows, rng: np.random.Generator) -> np.ndarray:
    """Weight of the line as weighed: the true gross mass within a per cent; missing where nobody weighed."""
    lines, truth, n = b.lines, b.truth, len(b.lines.value)
    gross = lines.gross.copy()
    at = truth.kind == CONCEALED
    line = truth.line[at]
    gross[line] = np.maximum(gross[line], lines.net[line] * (truth.quantity[at] / lines.quantity[line]))
    at = truth.kind == SHORT
    line = truth.line[at]
    usual = lines.gross[line] / lines.net[line]
    counted = b.world.goods.unit_kg[lines.product[line]] != 1
    mass = truth.quantity[at] * np.where(counted, b.world.deals.unit_kg[lines.contract[line]], 1.0)
    gross[line] = np.maximum(gross[line], mass * usual)
    way = modes()[b.heads.mode]
    scanned = np.isin(way, ["sea", "road"]) & (rng.random(len(way)) < _SCANNED)
    weight = np.maximum(np.round(gross * np.exp(0.01 * rng.standard_normal(n)), 1), 0.1)
    return np.where(scanned[lines.declaration], weight, np.nan)


def _way(way: Clearance, nature: Nature, head: np.ndarray) -> dict[str, pa.Array]:
    def time(values: np.ndarray, mask: np.ndarray | None = None) -> pa.Array:
        return pa.array(values[head].astype("datetime64[us]"), mask=None if mask is None else mask[head])

    return {
        "officer_id": named(way.officer[head], nature.officers),
        "accepted_at": time(way.accepted),
        "examined_at": time(way.examined, (way.lane != 2) | way.open),
        "released_at": time(way.released, way.open),
        "lane": named(way.lane[head], pa.array(LANES, pa.string())),
    }


def _confirmed(b: Rows, row: np.ndarray, head: np.ndarray) -> dict[str, pa.Array]:
    """What customs confirmed: the true figures where the inspection found it, else what was declared."""
    w, lines, truth, found = b.world, b.lines, b.truth, b.found
    unknown = ~b.seen.chosen[head] | (b.seen.outcome[head] > w.days.days[-1])
    value, product, origin = lines.value.copy(), lines.product.copy(), lines.origin.copy()
    kind = np.full(len(value), -1)
    line = truth.line[found]
    value[line], product[line] = np.round(truth.value[found], 2), truth.product[found]
    origin[line], kind[line] = truth.origin[found], truth.kind[found]
    none = unknown | (kind[row] < 0)
    return {
        "confirmed_value": pa.array(value[row], mask=unknown),
        "confirmed_hs_code": named(product[row], w.names["code"], mask=unknown),
        "confirmed_origin": named(origin[row], w.names["country"], mask=unknown),
        "finding_kind": named(np.maximum(kind[row], 0), pa.array(CAUSES, pa.string()), mask=none),
    }


def _papers(b: Rows, nature: Nature, row: np.ndarray, head: np.ndarray) -> dict[str, pa.Array]:
    """Handbook of an enterprise's processing trade, and the exemption certificate of a contract."""
    contract = b.lines.contract[row]
    processing, exempt = PROCESSING[b.heads.regime[head]], nature.exempt[contract]
    firm = b.heads.firm[head]
    exempt &= ~b.world.firms.exports[firm]
    return {
        "handbook_id": pc.if_else(pa.array(processing), numbered("B", firm), None),
        "exemption_id": pc.if_else(pa.array(exempt & ~processing), numbered("Z", contract), None),
    }


def numbered(letter: str, number: np.ndarray) -> pa.Array:
    """An identifier of a letter and eleven digits."""
    return pc.binary_join_element_wise(letter, pc.utf8_lpad(pa.array(number).cast(pa.string()), 11, "0"), "")
