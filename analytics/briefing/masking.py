"""The last door: no original identifier leaves in a table, and the way back lies in a private file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.briefing.files import write_csv

_WORD = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")
_IDENTIFIERS = ("enterprise_id", "declarant_id", "seller_id")


def identities(inputs: Sequence[Any]) -> pd.DataFrame:
    """Return kind, masked, original of all inputs, without repeats, sorted."""
    frames = [t.identities for t in inputs if getattr(t, "identities", None) is not None and len(t.identities)]
    if not frames:
        return pd.DataFrame({"kind": [], "masked": [], "original": []}, dtype="str")
    joined = pd.concat(frames, ignore_index=True)[["kind", "masked", "original"]].astype("str")
    return joined.drop_duplicates().sort_values(["kind", "masked", "original"], ignore_index=True)


def masked(frame: pd.DataFrame, inputs: Sequence[Any], *, everywhere: bool = False) -> pd.DataFrame:
    """Return a table whose identifier columns hold masks only.

    Inputs are masked when they are read; this catches what was joined on again afterwards.

    Parameters
    ----------
    everywhere : bool
        Look into every text column (rows set aside carry their raw columns, whatever these are called).
    """
    known = identities(inputs)
    if known.empty:
        return frame
    to_mask = dict(zip(known["original"], known["masked"], strict=True))
    safe = frame.copy()
    for at, column in enumerate(frame.columns):
        kept = frame.iloc[:, at]
        if (everywhere and not pd.api.types.is_numeric_dtype(kept)) or str(column) in _IDENTIFIERS:
            safe.isetitem(at, list(kept.map(lambda v: to_mask.get(str(v), v), na_action="ignore")))
    return safe


def masked_text(text: str, to_mask: Mapping[str, str]) -> str:
    """Return a sentence whose words that are original identifiers are replaced by their masks."""
    return _WORD.sub(lambda found: to_mask.get(found[0], found[0]), text)


def _final(folder: Path) -> Path:
    """A batch makes a briefing in `.<set>.partial` and puts it in place when it is complete."""
    if folder.name.startswith(".") and folder.name.endswith(".partial"):
        return folder.with_name(folder.name[1 : -len(".partial")])
    return folder


def write_identities(inputs: Sequence[Any], output_dir: Path, root: Path) -> Path | None:
    """Write the private table that leads from masks to originals, outside the reports, mode 600.

    Returns
    -------
    Path or None
        private/<language>/<pillar>/<set>/identities.csv under the project's root; None when nothing was masked.
    """
    known = identities(inputs)
    if known.empty:
        return None
    place = _final(output_dir.resolve())
    reports = (root / "reports").resolve()
    if place.is_relative_to(reports):
        below = place.relative_to(reports)
    else:
        # Reports written elsewhere: the same names, and a mark that keeps two such folders apart.
        mark = hashlib.sha256(str(place).encode()).hexdigest()[:8]
        below = Path(*place.parts[1:][-3:]).with_name(f"{place.name}-{mark}")
    (root / "private").mkdir(mode=0o700, exist_ok=True)
    return write_csv(root / "private" / below / "identities.csv", known, private=True)
