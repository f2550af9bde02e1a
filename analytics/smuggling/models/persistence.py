"""Save a fitted model without pickle, with the fingerprint of its data and the schema it expects.

A saved model is a zip: model.json (facts, parameters, schema), parts.skops (scikit-learn estimators, checked when read)
and Parquet tables (memory of the parties' records, peers, outcomes).
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import skops.io

from analytics.smuggling.features.build import Features
from analytics.smuggling.features.encoding import GroupedTargetEncoder
from analytics.smuggling.features.frames import InputError
from analytics.smuggling.features.history import KEYS, OUTCOMES, History, volumes_of
from analytics.smuggling.features.peers import Peers
from analytics.smuggling.features.running import Running
from analytics.smuggling.goods.words import Words
from analytics.smuggling.models.blend import Blend
from analytics.smuggling.models.calibration import Platt
from analytics.smuggling.models.members import Inputs
from analytics.smuggling.models.recovery import Recovery
from analytics.smuggling.models.risk_model import RiskModel

FORMAT = 7
T = TypeVar("T")
TABLES = ("volumes", "known", "cells", "outcomes", "pairs", "duty")
FACTS = ("columns", "lines", "labelled", "findings", "base_rate", "copies", "label_delay", "model")
# types that the members' own estimators are made of; anything else in a file is refused
TRUSTED = (
    "collections.OrderedDict",
    "functools.partial",  # holds sklearn's check_array inside boosting; what a partial calls is listed by itself
    "lightgbm.basic.Booster",  # restored from LightGBM's own text format
    "lightgbm.sklearn.LGBMClassifier",
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
    "sklearn.utils.validation.check_array",
)


def save(model: RiskModel, path: str | Path) -> Path:
    """Write a fitted model.

    Parameters
    ----------
    model : RiskModel
    path : file to be written; replaced as a whole
    """
    path = Path(path)
    f, r = model.features, model.recovery
    facts = {name: getattr(model, name) for name in FACTS}
    facts |= {
        "format": FORMAT,
        "fingerprint": model.fingerprint,
        "trained_from": str(model.trained_from.date()),
        "trained_to": str(model.trained_to.date()),
        "reference": model.reference,
        "features": {
            "half_life": f.half_life, "strength": f.strength, "record": f.record, "attributes": f.attributes_,
            "numeric": f.numeric_, "categories": f.categories_, "base_rate": getattr(f.history_, "base_rate_", 0.0),
            "origin": getattr(f.history_, "origin_", 0.0),
            "overall": f.peers_.overall_, "levels": {c: list(levels) for c, levels in f.levels_.items()},
        },
        "blend": {
            "names": list(model.blend.names), "encoded": model.blend.inputs.encoded, "seed": model.blend.seed,
            "weights": getattr(model.blend, "weights_", {}),
        },
        "platt": _scaling(model.platt),
        "platt_declaration": _scaling(model.platt_declaration),
        "recovery": {"proxy_": r.proxy_, "factor_": r.factor_, "inputs_": r.inputs_, "line_": r.line_},
    }  # fmt: skip
    parts = {"members": model.blend.fitted_, "encoder": model.encoder.encoder_, "recovery": r.regressor_}
    frames = {
        "volumes": _stacked(getattr(f.history_, "volumes_", {})),
        "known": _stacked(getattr(f.history_, "outcomes_", {})),
        "cells": f.peers_.cells_,
        "pairs": f.words_.pairs_,
        "duty": f.words_.duty_.reset_index(),
        "outcomes": model.outcomes,
    }
    temporary = path.with_suffix(path.suffix + ".part")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("model.json", json.dumps(facts, ensure_ascii=False, indent=1))
        file.writestr("parts.skops", skops.io.dumps(parts))
        for name, frame in frames.items():
            buffer = io.BytesIO()
            frame.to_parquet(buffer)
            file.writestr(f"{name}.parquet", buffer.getvalue())
    temporary.replace(path)
    return path


def load(path: str | Path) -> RiskModel:
    """Read a model written by `save`.

    Raises
    ------
    InputError
        Not a saved model, of another format, or holding types that no member needs.
    """
    try:
        return _loaded(path)
    except (InputError, FileNotFoundError, PermissionError):
        raise
    except Exception as broken:  # a damaged file may raise whatever its readers have
        raise InputError(
            f"{path}: this is no saved risk model, or a damaged one ({type(broken).__name__}: {str(broken)[:80]}). "
            "Save one with smuggling.save, or copy it anew."
        ) from None


def _loaded(path: str | Path) -> RiskModel:
    with zipfile.ZipFile(path) as file:
        facts: dict[str, Any] = json.loads(file.read("model.json"))
        stored = file.read("parts.skops")
        frames = {n: pd.read_parquet(io.BytesIO(file.read(f"{n}.parquet"))) for n in TABLES}
    if facts["format"] != FORMAT:
        raise InputError(
            f"{path}: format {facts['format']}, but this version reads format {FORMAT}. Fit the model anew."
        )
    strange = sorted(set(skops.io.get_untrusted_types(data=stored)) - set(TRUSTED))
    if strange:
        raise InputError(f"{path}: holds types that are not trusted ({', '.join(strange)}). Do not use this file.")
    return _rebuilt(facts, skops.io.loads(stored, trusted=list(TRUSTED)), frames)


def _stacked(memory: dict[str, Running]) -> pd.DataFrame:
    """Memories of all kinds of key in one table."""
    parts = [running.to_frame().assign(kind=kind) for kind, running in memory.items()]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"kind": pd.Series(dtype="str")})


def _unstacked(table: pd.DataFrame, columns: Callable[[str], tuple[str, ...]]) -> dict[str, Running]:
    """Inverse of `_stacked`; a kind of key without an event has an empty memory."""
    if table.columns.equals(pd.Index(["kind"])):
        return {}
    return {
        kind: Running.from_frame(table.loc[table["kind"] == kind, ["key", "day", "first_day", *columns(kind)]])
        for kind in KEYS
    }


def _rebuilt(facts: dict[str, Any], parts: dict[str, Any], frames: dict[str, pd.DataFrame]) -> RiskModel:
    kept = facts["features"]
    history = _fitted(
        History(kept["half_life"], kept["strength"]), base_rate_=kept["base_rate"], origin_=kept["origin"],
        volumes_=_unstacked(frames["volumes"], volumes_of),
        outcomes_=_unstacked(frames["known"], lambda kind: OUTCOMES),
    )  # fmt: skip
    peers = _fitted(Peers(), cells_=frames["cells"], overall_={k: (v[0], v[1]) for k, v in kept["overall"].items()})
    features = _fitted(
        Features(kept["half_life"], kept["strength"], kept["record"]), history_=history, peers_=peers,
        words_=Words().from_pairs(frames["pairs"], frames["duty"].set_index("hs_code")["duty_rate"]),
        attributes_=kept["attributes"], numeric_=kept["numeric"], categories_=kept["categories"],
        levels_={c: pd.Index(levels) for c, levels in kept["levels"].items()},
    )  # fmt: skip
    made, inputs = facts["blend"], Inputs(kept["numeric"], facts["blend"]["encoded"], kept["categories"])
    blend = _fitted(
        Blend(tuple(made["names"]), inputs, made["seed"]), fitted_=parts["members"], weights_=made["weights"]
    )
    return RiskModel(
        features=features,
        encoder=_fitted(GroupedTargetEncoder(), encoder_=parts["encoder"], columns_=kept["categories"]),
        blend=blend,
        platt=_fitted(Platt(), **facts["platt"]),
        platt_declaration=_fitted(Platt(), **facts["platt_declaration"]),
        recovery=_fitted(Recovery(), **facts["recovery"], regressor_=parts["recovery"]),
        trained_from=pd.Timestamp(facts["trained_from"]),
        trained_to=pd.Timestamp(facts["trained_to"]),
        reference=facts["reference"],
        outcomes=frames["outcomes"],
        fingerprint=facts["fingerprint"],
        **{name: facts[name] for name in FACTS},
    )


def _scaling(platt: Platt) -> dict[str, float]:
    return {"slope_": platt.slope_, "shift_": platt.shift_}


def _fitted(estimator: T, **learnt: Any) -> T:
    """The estimator with what it had learnt."""
    for name, value in learnt.items():
        setattr(estimator, name, value)
    return estimator
