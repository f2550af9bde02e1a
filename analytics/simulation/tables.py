"""Enterprises and the truth as tables."""

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.simulation.lines.block import Counts
from analytics.simulation.lines.state import State
from analytics.simulation.world.enterprises import legal_classes
from analytics.simulation.world.offences import KINDS
from analytics.simulation.world.world import World, stream


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """Text as text, flags as nullable booleans."""
    for i, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(i, field.name, table.column(i).cast(pa.string()))
    return table.to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get)


def _text(values: np.ndarray) -> pd.Series:
    return pd.Series(values, dtype="str")


def enterprises(world: World) -> pd.DataFrame:
    """Importers and brokers with registration, district, legal class at the end of the span, and kind."""
    firms, brokers = world.firms, len(world.firms.brokers)
    rng = stream(world.seed, 0, 8)
    names, large, _ = legal_classes(world.parameters.end)
    class_ = np.searchsorted(large.cumsum(), rng.random(brokers))
    age = rng.integers(200, 9000, brokers).astype("timedelta64[D]")
    registered = np.concatenate([firms.registered, world.days.days[-1] - age])
    category = np.concatenate([firms.category, np.array(names)[np.minimum(class_, len(names) - 1)]])
    frame = pd.DataFrame(
        {
            "enterprise_id": _text(np.concatenate([firms.identity, firms.brokers])),
            "registered_on": registered.astype("datetime64[us]"),
            "district": _text(world.places.districts[np.concatenate([firms.home, firms.broker_home])]),
            "category": _text(category),
            "kind": _text(np.repeat(["consignee", "broker"], [len(firms.home), brokers])),
        }
    )
    return frame.sort_values("enterprise_id", ignore_index=True)


def truth(world: World, counts: Counts, state: State) -> dict[str, pd.DataFrame]:
    """Truth about enterprises, price bias and schemes."""
    return {
        "enterprises": _enterprises(world, counts, state),
        "price_bias": _price_bias(world, counts),
        "schemes": _schemes(world, counts),
    }


def _enterprises(world: World, counts: Counts, state: State) -> pd.DataFrame:
    crimes, firms = world.offences, world.firms
    moved = pd.Series(0.0, index=range(len(firms.home)))
    for _, _, firm, own in world.bias.guilty:
        moved[firm] = own
    return pd.DataFrame(
        {
            "enterprise_id": _text(firms.identity),
            "offender": crimes.offender,
            "kind": _text(KINDS[crimes.kind[:, 0]]).where(crimes.offender),
            "second_kind": _text(KINDS[crimes.kind[:, 1]]).where(crimes.offender),
            "depth": np.where(crimes.offender, crimes.depth, np.nan),
            "bad_broker": crimes.bad_broker[firms.broker[:, 0]] & (firms.broker[:, 0] >= 0),
            "lines": counts.firm_lines.astype(np.int64),
            "value": np.round(counts.firm_value, 2),
            "noncompliant_lines": counts.firm_wrong.astype(np.int64),
            "tax_lost": np.round(counts.firm_lost, 2),
            "times_found": state.caught,
            "willing_at_end": state.willing,
            "price_log_bias": moved.to_numpy(),
        }
    )


def _price_bias(world: World, counts: Counts) -> pd.DataFrame:
    """One row a district x chapter that was traded: what was injected and what came about."""
    bias, shape = world.bias, world.bias.cell.shape
    names: dict[tuple[int, int], list[str]] = {}
    for district, chapter, firm, _ in bias.guilty:
        names.setdefault((district, chapter), []).append(str(world.firms.identity[firm]))
    practice = bias.practice != 0
    cause = np.where(bias.cell == 0, "none", np.where(practice, "practice", "enterprise"))
    lines, value, fair = counts.cell_lines, counts.cell_value, counts.cell_fair
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = counts.cell_log / lines
        level = value / fair
    grid = [(d, c) for d in range(shape[0]) for c in range(shape[1])]
    frame = pd.DataFrame(
        {
            "district": _text(np.repeat(world.places.districts, shape[1])),
            "chapter": _text(np.tile(np.array([c.code for c in world.goods.chapters]), shape[0])),
            "log_bias": bias.cell.ravel(),
            "cause": _text(cause.ravel()),
            "enterprises": _text(np.array([" ".join(names.get(cell, [])) for cell in grid])),
            "lines": lines.ravel().astype(np.int64),
            "value": np.round(value.ravel(), 2),
            "realised_level": level.ravel(),
            "realised_mean_log": mean.ravel(),
        }
    )
    return frame[frame["lines"] > 0].reset_index(drop=True)


def _schemes(world: World, counts: Counts) -> pd.DataFrame:
    months = world.days.months
    rows = []
    for i, scheme in enumerate(world.offences.schemes):
        on = np.flatnonzero(scheme.strength > 0)
        rows.append(
            {
                "scheme_id": scheme.identity,
                "kind": str(KINDS[scheme.kind]),
                "first_month": months[on[0]] if len(on) else np.datetime64("NaT"),
                "last_month": months[on[-1]] if len(on) else np.datetime64("NaT"),
                "about": scheme.about,
                "lines": int(counts.scheme_lines[i]),
                "tax_lost": round(float(counts.scheme_lost[i]), 2),
            }
        )
    frame = pd.DataFrame(rows)
    for name in ("first_month", "last_month"):
        frame[name] = frame[name].to_numpy().astype("datetime64[us]")
    return frame
