"""Masking at the door: identifiers become a keyed hash on reading, so that nothing downstream can give them away."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from analytics.errors import DataError
from analytics.root import project_root

KEY_VARIABLE = "ANALYTICS_MASK_KEY"
_DIGITS = 12  # hexadecimal; 48 bits keep a million identifiers apart but for a chance of 0.2 %
_SHORTEST_KEY = 16


def private_folder() -> Path:
    """Folder <project root>/private, readable by its owner alone."""
    folder = project_root() / "private"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def key() -> bytes:
    """Return the key of the hash: ANALYTICS_MASK_KEY, else private/mask.key, made on first use.

    Raises
    ------
    DataError
        The key given is too short to keep anything secret.
    """
    given = os.environ.get(KEY_VARIABLE)
    if given:
        if len(given) < _SHORTEST_KEY:
            raise DataError(
                f"{KEY_VARIABLE} is shorter than {_SHORTEST_KEY} characters: anybody could guess it. "
                "Set a longer one, or unset it to have one made."
            )
        return given.encode()
    path = private_folder() / "mask.key"
    if not path.exists():
        _create(path, secrets.token_hex(32))
    return path.read_text(encoding="ascii").strip().encode()


def _create(path: Path, content: str) -> None:
    """Two runs may want a key at the same time: the first one's counts, and nobody sees half a file."""
    own = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(content + "\n")
    try:
        os.link(own, path)
    except FileExistsError:
        pass
    finally:
        own.unlink()


def mask(original: str, prefix: str, secret: bytes) -> str:
    """Stable name for an identifier, such as "E-7f3a9c1b2d40".

    The same original has the same digits under every prefix: an enterprise that declares for itself stays visible
    as such. Without the key nobody can find the name of a known identifier.
    """
    digest = hashlib.blake2b(original.encode(), key=hashlib.sha256(secret).digest(), digest_size=_DIGITS // 2)
    return f"{prefix}-{digest.hexdigest()}"


def lookup(originals: Iterable[str], prefix: str, kind: str, secret: bytes) -> pd.DataFrame:
    """Table of masked names.

    Returns
    -------
    DataFrame with columns kind, masked, original

    Raises
    ------
    DataError
        Two identifiers got the same name (never to be seen in practice): another key separates them.
    """
    rows = [(kind, mask(original, prefix, secret), original) for original in sorted(set(originals))]
    frame = pd.DataFrame(rows, columns=["kind", "masked", "original"], dtype="str")
    if frame["masked"].duplicated().any():
        raise DataError(f"Two values of {kind} got the same masked name. Set {KEY_VARIABLE} to another key.")
    return frame


def write_private(frame: pd.DataFrame, path: Path) -> Path:
    """Write a table that leads back to originals: readable by its owner alone.

    Parameters
    ----------
    frame : such as `Table.identities`
    path : CSV file to write; its folder is closed to others
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    own = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
        frame.to_csv(file, index=False)
    own.replace(path)
    return path
