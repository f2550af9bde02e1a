"""A briefing with its tables as one zip file that can be sent."""

from __future__ import annotations

import json
import re
import stat
import zipfile
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

from analytics.briefing.files import write_bytes
from analytics.errors import DataError

# What may leave, and nothing else: the private table lies elsewhere, and would not match if it did not.
_MAY_LEAVE = ("briefing.html", "result.json", "provenance.json", "run.ipynb", "tables.xlsx", "tables/*.csv")
_LINK = re.compile(r'href="(?!#|[a-z]+:)([^"#]+)')
_BACK = re.compile(r'<a class="back"[^>]*>.*?</a>', re.S)
_QUARANTINE = re.compile(r'<a href="quarantine/[^"]*">(.*?)</a>', re.S)
_INSIDE = ("run.ipynb",)
_NOTEBOOK = re.compile(r'<a href="run\.ipynb"[^>]*>(.*?)</a>', re.S)
_CODE = re.compile(r'<details class="code".*?</details>', re.S)
# Zip files hold times of two seconds from 1980 on; a fixed one keeps the bytes the same.
_WHEN = (1980, 1, 1, 0, 0, 0)


def pack(report_dir: Path | str, zip_path: Path | str, *, outside: bool = False) -> Path:
    """Pack a briefing, its tables and its notebook into one zip file whose links work.

    Rows set aside stay behind: what went wrong with a row may have put an identifier where none belongs.

    Parameters
    ----------
    report_dir : path
        reports/<language>/<pillar>/<set>, with its briefing.html.
    zip_path : path
    outside : bool
        The pack is to leave the house: the notebook stays behind, whose cells may show whatever an analyst looked at.

    Returns
    -------
    Path of the zip file. The same briefing gives the same bytes.

    Raises
    ------
    FileNotFoundError
        When there is no briefing.html, or the page links to a file that is not there.
    DataError
        When it is to leave the house and was not made for that.
    """
    folder, target = Path(report_dir).resolve(), Path(zip_path)
    page = folder / "briefing.html"
    if not page.exists():
        raise FileNotFoundError(f"{report_dir}: no briefing.html to pack. Run the parameter set first.")
    if not (folder / "result.json").exists():
        raise FileNotFoundError(
            f"{report_dir}: this set came to no result; its page tells why. Put it right and run it."
        )
    if outside:
        _made_to_leave(folder, str(report_dir))
    patterns = [p for p in _MAY_LEAVE if not (outside and p in _INSIDE)]
    files = [p for pattern in patterns for p in sorted(folder.glob(pattern)) if _may_leave(p, folder)]
    # The index is not packed, so the way back to it is taken out of the copy.
    text = _QUARANTINE.sub(r"\1", _BACK.sub("", page.read_text(encoding="utf-8")))
    if outside:
        text = _NOTEBOOK.sub(r"\1", _CODE.sub("", text))
    names = {p.relative_to(folder).as_posix() for p in files}
    lost = sorted({unquote(link) for link in _LINK.findall(text)} - names)
    if lost:
        raise FileNotFoundError(f"{report_dir}: the page links to {', '.join(lost)}, which is not there to be packed.")
    top = f"{folder.parent.name}_{folder.name}"
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            entry = zipfile.ZipInfo(f"{top}/{path.relative_to(folder).as_posix()}", date_time=_WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text.encode("utf-8") if path == page else path.read_bytes())
    return write_bytes(target, out.getvalue())


def _made_to_leave(folder: Path, name: str) -> None:
    """Refuse a briefing that keeps no rule of disclosure."""
    try:
        rule = json.loads((folder / "result.json").read_text(encoding="utf-8")).get("disclosure")
    except (OSError, ValueError, AttributeError):
        rule = None
    if not rule:
        raise DataError(
            f"{name}: this briefing was made for use inside the house. Make it again with `analytics run --outside`, "
            "which withholds what may not be told, then pack that one."
        )


def _may_leave(path: Path, folder: Path) -> bool:
    """Refuse what a link leads to, the file's own or that of a folder on the way, and what only its owner may read."""
    way = (path, *(p for p in path.parents if p.is_relative_to(folder) and p != folder))
    if any(p.is_symlink() for p in way) or not path.is_file():
        return False
    return path.name != "identities.csv" and bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
